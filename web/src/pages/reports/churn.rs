//! Who leaves, and why (R20).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::reports::{ChurnNumbers, ChurnReport, Tenure};

use crate::api;
use crate::browser;
use crate::format::{csv, share, time, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::cancel_words::reason_text;
use crate::ui::button::{Button, Look};
use crate::ui::page::Panel;
use crate::ui::stat::Stat;

const TITLES: [&str; 7] = ["", "Asked", "Left", "In notice", "Stayed", "Renewed", "No reason"];

#[component]
pub(super) fn Churn(query: Signal<ListQuery>) -> impl IntoView {
    let report = Loader::new(move || api::reports::report_churn(query.get()));
    view! {
        <h2 class="section-head">"Who leaves, and why"</h2>
        <Loaded loader=report shape=Shape::Rows(4) let:report><Report report /></Loaded>
    }
}

#[component]
fn Report(report: ChurnReport) -> impl IntoView {
    let total = report.total;
    if total.asked == 0 {
        return view! { <p class="panel-none">"Nobody has cancelled in this time."</p> }.into_any();
    }
    let days = total
        .average_days
        .map_or_else(|| "–".to_owned(), |days| time::plural(days, "day"));
    let rows = lines(&report);
    let file = Callback::new({
        let rows = rows.clone();
        move |()| {
            let table = rows.iter().map(|(group, name, numbers)| {
                let mut row = vec![(*group).to_owned(), name.clone()];
                row.extend(figures(numbers).map(|number| number.to_string()));
                row
            });
            let titles: Vec<&str> = ["By", "What"].into_iter().chain(TITLES[1..].iter().copied()).collect();
            browser::save_bytes("churn.csv", "text/csv", csv::file(&titles, table).as_bytes());
        }
    });
    let table = move |group: &'static str, title: &'static str| {
        let of_group = rows.iter().filter(|(of, ..)| *of == group);
        let body = of_group
            .map(|(_, name, numbers)| {
                let cells = figures(numbers).map(|number| view! { <td class="numeric">{share::count(number)}</td> });
                view! { <tr><th scope="row">{name.clone()}</th>{cells.collect_view()}</tr> }
            })
            .collect_view();
        let head = TITLES[1..]
            .iter()
            .map(|title| view! { <th scope="col" class="numeric">{*title}</th> })
            .collect_view();
        view! {
            <Panel title>
                <div class="table-frame" role="region" aria-label=title tabindex="0">
                    <table class="table"><thead><tr><th scope="col">{title}</th>{head}</tr></thead><tbody>{body}</tbody></table>
                </div>
            </Panel>
        }
    };
    let tenures = report
        .tenures
        .iter()
        .map(|line| view! { <tr><th scope="row">{tenure(line.tenure)}</th><td class="numeric">{share::count(line.accounts)}</td></tr> })
        .collect_view();
    view! {
        <div class="stats">
            <Stat label="Cancellations" value=share::count(total.asked) note=format!("{} in notice, {} renewed", total.scheduled, total.renewed) />
            <Stat label="Left" value=share::count(total.effective) note=format!("after {days} in the mean") />
            <Stat label="Stayed after all" value=share::count(total.withdrawn) />
            <Stat label="Gave no reason" value=share::count(total.skipped) note="when they were asked" />
        </div>
        <div class="columns uneven">
            {table("Reason", "Reasons to leave")}
            {table("Channel", "How they asked")}
        </div>
        <div class="columns uneven">
            {table("Programme", "Programmes")}
            <Panel title="How long they were here">
                <div class="table-frame" role="region" aria-label="How long they were here" tabindex="0">
                    <table class="table"><thead><tr><th scope="col">"Time"</th><th scope="col" class="numeric">"Accounts"</th></tr></thead><tbody>{tenures}</tbody></table>
                </div>
            </Panel>
        </div>
        <p class="spaced-below"><Button look=Look::Quiet icon=icondata_lu::LuDownload on_click=file>"Who leaves, as CSV"</Button></p>
    }
    .into_any()
}

/// The lines of all tables: what they go by, what they are about, and the numbers.
fn lines(report: &ChurnReport) -> Vec<(&'static str, String, ChurnNumbers)> {
    let reasons = report.reasons.iter().map(|line| {
        let name = line.reason.map_or("None given", reason_text);
        ("Reason", name.to_owned(), line.numbers)
    });
    let channels = report.channels.iter().map(|line| {
        let name = line
            .channel
            .map_or_else(|| "In the portal".to_owned(), |word| words::sentence(word.as_str()));
        ("Channel", name, line.numbers)
    });
    let programmes = report
        .programmes
        .iter()
        .map(|line| ("Programme", line.programme_name.clone(), line.numbers));
    reasons.chain(channels).chain(programmes).collect()
}

fn figures(numbers: &ChurnNumbers) -> impl Iterator<Item = i64> {
    [
        numbers.asked,
        numbers.effective,
        numbers.scheduled,
        numbers.withdrawn,
        numbers.renewed,
        numbers.skipped,
    ]
    .into_iter()
}

const fn tenure(tenure: Tenure) -> &'static str {
    match tenure {
        Tenure::NeverActive => "Never active",
        Tenure::Days30 => "Fewer than 30 days",
        Tenure::Days90 => "30 to 89 days",
        Tenure::Year => "90 to 364 days",
        Tenure::Longer => "A year and more",
    }
}

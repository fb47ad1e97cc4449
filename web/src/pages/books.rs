//! The books: cash in and what is owed by month, the journal as a file, and months that are closed.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::month_closes::{CloseMonth, MonthClose, ReopenMonth};
use tradepost_contract::permissions::Permission;
use tradepost_contract::reports::{CashLine, CashReport};
use tradepost_contract::{LegalEntityId, LocalDate, Page};

use crate::api;
use crate::api::files::File;
use crate::clock;
use crate::format::time;
use crate::kit::confirm::confirm;
use crate::kit::download::DownloadButton;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::field::DateField;
use crate::ui::money::Money;
use crate::ui::page::{PageHead, Panel};
use crate::ui::reason::ReasonAction;

/// Cash, the journal, and month closes.
#[component]
pub fn Books() -> impl IntoView {
    let cash = Loader::new(|| api::books::report_cash(12));
    let closes = Loader::new(|| api::books::list_month_closes(ListQuery::first(100)));
    let reload = Callback::new(move |()| {
        cash.reload();
        closes.reload();
    });
    view! {
        <PageHead title="Books" subtitle="Cash in and what is owed, the journal, and closed months" />
        <Loaded loader=cash shape=Shape::Rows(8) let:report><Entities report reload /></Loaded>
        <Loaded loader=closes shape=Shape::Tile let:page><Closes page reload /></Loaded>
    }
}

/// `March 2026`, as months are called.
fn month_name(month: LocalDate) -> String {
    let date = month.date();
    format!("{} {}", date.month(), date.year())
}

#[component]
fn Entities(report: CashReport, reload: Callback<()>) -> impl IntoView {
    let mut entities: Vec<(LegalEntityId, String, Vec<CashLine>)> = Vec::new();
    for line in report.lines {
        match entities.iter_mut().find(|(id, ..)| *id == line.legal_entity_id) {
            Some((.., lines)) => lines.push(line),
            None => entities.push((line.legal_entity_id, line.legal_entity_name.clone(), vec![line])),
        }
    }
    if entities.is_empty() {
        return view! { <p class="panel-none">"Nothing was invoiced yet."</p> }.into_any();
    }
    entities
        .into_iter()
        .map(|(id, name, lines)| view! { <Entity id name lines reload /> })
        .collect_view()
        .into_any()
}

#[component]
fn Entity(id: LegalEntityId, name: String, lines: Vec<CashLine>, reload: Callback<()>) -> impl IntoView {
    // Months before anything moved say nothing.
    let moved = |line: &CashLine| {
        let amounts = [
            line.invoiced,
            line.credited,
            line.received,
            line.refunded,
            line.other,
            line.owed,
        ];
        amounts.iter().any(|amount| amount.minor != 0)
    };
    let lines: Vec<CashLine> = lines.into_iter().skip_while(|line| !moved(line)).collect();
    // The last line is the month under way, which cannot be closed.
    let this_month = lines.last().map(|line| line.month);
    let closable = lines
        .iter()
        .filter(|line| !line.closed && Some(line.month) != this_month)
        .map(|line| line.month)
        .min();
    let any_closed = lines.iter().any(|line| line.closed);
    let closes = session::may(Permission::BillingRun);
    let of = name.clone();
    let rows = lines
        .into_iter()
        .rev()
        .map(|line| {
            // Where nothing is closed, the first closing may be of any month.
            let may_close = closes
                && Some(line.month) != this_month
                && !line.closed
                && (!any_closed || closable == Some(line.month));
            let (month, of) = (line.month, of.clone());
            let close = may_close.then(|| {
                let close = Callback::new(move |()| close_month(id, month, &of, reload));
                view! { <Button look=Look::Quiet on_click=close>"Close"</Button> }
            });
            let badge = line.closed.then(|| view! { <Badge text="Closed" tone=Tone::Good /> });
            view! {
                <tr>
                    <th scope="row">{month_name(line.month)}" "{badge}</th>
                    <td class="numeric"><Money amount=line.invoiced /></td>
                    <td class="numeric"><Money amount=line.credited /></td>
                    <td class="numeric"><Money amount=line.received /></td>
                    <td class="numeric"><Money amount=line.refunded /></td>
                    <td class="numeric"><Money amount=line.owed /></td>
                    <td>{close}</td>
                </tr>
            }
        })
        .collect_view();
    if rows.is_empty() {
        return view! { <Panel title=name><p class="panel-none">"Nothing was invoiced yet."</p></Panel> }.into_any();
    }
    view! {
        <Panel title=name.clone()>
            <div class="table-frame" role="region" aria-label=format!("Cash by month of {name}") tabindex="0">
                <table class="table statement">
                    <thead><tr>
                        <th scope="col">"Month"</th><th scope="col" class="numeric">"Invoiced"</th><th scope="col" class="numeric">"Credited"</th>
                        <th scope="col" class="numeric">"Received"</th><th scope="col" class="numeric">"Refunded"</th><th scope="col" class="numeric">"Owed at its end"</th>
                        <th scope="col"><span class="sr-only">"Closing"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Journal entity=id />
        </Panel>
    }
    .into_any()
}

fn close_month(entity: LegalEntityId, month: LocalDate, of: &str, reload: Callback<()>) {
    confirm(
        format!("Close {} of {of}?", month_name(month)),
        "Nothing is posted in it or before it any more. It can be opened again, with a reason.",
        format!("Close {}", month_name(month)),
        false,
        move || {
            let body = CloseMonth {
                legal_entity_id: entity,
                month,
            };
            wasm_bindgen_futures::spawn_local(async move {
                let key = crate::browser::random_key();
                match api::books::close_month(&body, &key).await {
                    Ok(_) => {
                        toast::done(format!("{} is closed", month_name(month)));
                        reload.run(());
                    }
                    Err(failure) => toast::failed(failure.title()),
                }
            });
        },
    );
}

/// The journal of a range of days, as a file.
#[component]
fn Journal(entity: LegalEntityId) -> impl IntoView {
    let today = time::iso_day(untrack(clock::now), "UTC");
    let first = format!("{}-01", &today[..today.len().min(7)]);
    let form = Form::new("journal");
    let (from, to) = (form.field("/from", first), form.field("/to", today));
    let file = Signal::derive(move || File::Journal(entity, from.text(), to.text()));
    let name = Signal::derive(move || format!("journal-{}-{}.csv", from.text(), to.text()));
    view! {
        <form class="range" novalidate on:submit=|event: web_sys::SubmitEvent| event.prevent_default()>
            <DateField field=from label="Journal from" />
            <DateField field=to label="To" />
            <DownloadButton file name label="Journal as CSV" />
        </form>
    }
}

#[component]
fn Closes(page: Page<MonthClose>, reload: Callback<()>) -> impl IntoView {
    let may = session::may(Permission::BillingRun);
    if page.data.is_empty() {
        return view! { <Panel title="Closed months"><p class="panel-none">"None yet. A month that is over can be closed above."</p></Panel> }.into_any();
    }
    let rows = page
        .data
        .into_iter()
        .map(|close| {
            let (id, month) = (close.id, month_name(close.month));
            let said = match (&close.reopened_by, &close.reopen_reason) {
                (Some(by), Some(reason)) => format!("closed by {}, opened again by {by}: {reason}", close.closed_by),
                _ => format!("closed by {}, with {} entries", close.closed_by, close.entries),
            };
            let reopen = (may && close.reopened_at.is_none()).then(|| view! {
                <ReasonAction label="Open again" title=format!("Open {month} of {} again?", close.legal_entity_name)
                    text="The months after it are opened, too. The reason stays with it and in the audit trail." look=Look::Quiet optional=false said="Opened again" done=reload
                    run=Box::new(move |reason, key| async move { api::books::reopen_month(id, &ReopenMonth { reason: reason.unwrap_or_default() }, &key).await.map(drop) }.boxed_local()) />
            });
            view! {
                <li class="row-flat"><span class="row-text"><strong>{month}" · "{close.legal_entity_name}</strong><small>{said}</small></span>{reopen}</li>
            }
        })
        .collect_view();
    view! { <Panel title="Closed months"><ul class="rows-flat">{rows}</ul></Panel> }.into_any()
}

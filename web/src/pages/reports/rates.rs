//! The return rate by supplier: a point with the range it is likely in, so that few leads say little.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::reports::ReturnRateLine;

use super::numbers::{percent, ten_thousandths};
use crate::routes::{ConsoleRoute, Route};

#[component]
pub(super) fn Rates(lines: Vec<ReturnRateLine>, most: usize) -> impl IntoView {
    let shown: Vec<(ReturnRateLine, i64, (i64, i64))> = lines
        .into_iter()
        .filter(|line| line.numbers.deliveries > 0)
        .take(most)
        .map(|line| {
            let numbers = &line.numbers;
            let range = (ten_thousandths(numbers.rate_low), ten_thousandths(numbers.rate_high));
            let rate = ten_thousandths(numbers.rate);
            (line, rate, range)
        })
        .collect();
    if shown.is_empty() {
        return view! { <p class="panel-none">"Nothing was delivered in this time."</p> }.into_any();
    }
    let top = shown.iter().map(|(.., (_, high))| *high).max().unwrap_or(1).max(1_000);
    let about = "Return rate by supplier. The dot is the rate, the band the range it is likely in.";
    let rows = shown
        .iter()
        .map(|(line, rate, (low, high))| {
            let x = |share: i64| (share * 1_000 / top).to_string();
            let said = format!("{}: {}, likely {} to {}", line.supplier_name, percent(*rate), percent(*low), percent(*high));
            view! {
                <li class="stack-row">
                    <a href=Route::Console(ConsoleRoute::Supplier(line.supplier_id)).path()>{line.supplier_name.clone()}</a>
                    <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label=said.clone()>
                        <title>{said.clone()}</title>
                        <desc>{about}</desc>
                        <rect class="track" x="0" y="9" width="1000" height="2" />
                        <rect class="range" x=x(*low) y="4" width=((high - low) * 1_000 / top).max(2).to_string() height="12" rx="3" />
                        <rect class="point" x=((rate * 1_000 / top) - 3).max(0).to_string() y="2" width="6" height="16" rx="2" />
                    </svg>
                    <span class="figures muted">{format!("{} of {}", percent(*rate), line.numbers.deliveries)}</span>
                </li>
            }
        })
        .collect_view();
    let table = shown
        .iter()
        .map(|(line, rate, (low, high))| {
            let numbers = &line.numbers;
            let (deliveries, requested, approved) = (numbers.deliveries, numbers.requested, numbers.approved);
            view! { <tr><th scope="row">{line.supplier_name.clone()}</th><td class="numeric">{deliveries}</td><td class="numeric">{requested}</td><td class="numeric">{approved}</td><td class="numeric">{percent(*rate)}</td><td class="numeric">{format!("{} – {}", percent(*low), percent(*high))}</td></tr> }
        })
        .collect_view();
    view! {
        <figure class="chart rates">
            <ul class="stacks">{rows}</ul>
            <figcaption class="muted">"The mark is the rate, the band the range it is likely in (95 %): the fewer leads, the wider."</figcaption>
            <details class="chart-numbers">
                <summary>"Show the numbers"</summary>
                <div class="table-frame" role="region" aria-label="Numbers of the return rates" tabindex="0"><table class="table"><thead><tr><th scope="col">"Supplier"</th><th scope="col" class="numeric">"Leads"</th><th scope="col" class="numeric">"Asked"</th><th scope="col" class="numeric">"Approved"</th><th scope="col" class="numeric">"Rate"</th><th scope="col" class="numeric">"Likely"</th></tr></thead><tbody>{table}</tbody></table></div>
            </details>
        </figure>
    }
    .into_any()
}

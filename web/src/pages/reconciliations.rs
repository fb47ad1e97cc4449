//! What the payment gateway says of each day, compared with the books; and what somebody has to look into.

use futures_util::{FutureExt, future};
use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::reconciliations::{
    DifferenceKind, Reconciliation, ReconciliationDifference, ResolveDifference,
};

use crate::api;
use crate::format::{share, time};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Look;
use crate::ui::page::{PageHead, Panel};
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// So many days are shown.
const DAYS: u32 = 31;

type Compared = (
    Vec<ReconciliationDifference>,
    Vec<ReconciliationDifference>,
    Vec<Reconciliation>,
);

/// The open differences, the settled ones, and the days.
#[component]
pub fn Reconciliations() -> impl IntoView {
    let all: Loader<Compared> = Loader::new(|| async {
        let differences = |open: &str| api::reconciliations::list_differences(ListQuery::first(50).with("open", open));
        let days = api::reconciliations::list_reconciliations(ListQuery::first(DAYS));
        let (open, settled, days) = future::try_join3(differences("true"), differences("false"), days).await?;
        Ok((open.data, settled.data, days.data))
    });
    let reload = Callback::new(move |()| all.reload());
    view! {
        <PageHead title="Reconciliation" subtitle="Each day that is over is compared with what the payment gateway has of it. What is open keeps its month from being closed." />
        <Loaded loader=all shape=Shape::Rows(8) let:all>
            {
                let (open, settled, days) = all;
                view! {
                    <Open differences=open reload />
                    <Days days />
                    <Settled differences=settled />
                }
            }
        </Loaded>
    }
}

/// What a kind of difference means.
const fn meaning(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::MissedNews => "News that never came",
        DifferenceKind::UnknownAtGateway => "Missing at the gateway",
        DifferenceKind::UnknownHere => "Unknown here",
        DifferenceKind::Amount => "Another amount",
        DifferenceKind::Refund => "A refund differs",
    }
}

#[component]
fn About(difference: ReconciliationDifference) -> impl IntoView {
    let payment = difference.payment_id.map(|id| {
        view! { " · "<a href=Route::Console(ConsoleRoute::Payment(id)).path()>"Its payment"</a> }
    });
    view! {
        <span class="row-text wrapped">
            <strong>{meaning(difference.kind)}</strong>
            <small>{difference.detail}</small>
            <small>{time::date(difference.day)}" · "<code>{difference.reference}</code>{payment}</small>
            {difference.resolution.zip(difference.resolved_by).map(|(said, by)| view! { <small>{format!("{by}: {said}")}</small> })}
        </span>
    }
}

#[component]
fn Open(differences: Vec<ReconciliationDifference>, reload: Callback<()>) -> impl IntoView {
    if differences.is_empty() {
        return view! { <Panel title="To look into"><p class="panel-none">"The gateway and the books agree."</p></Panel> }.into_any();
    }
    let may = session::may(Permission::PaymentsRecord);
    let rows = differences
        .into_iter()
        .map(|difference| {
            let id = difference.id;
            let run = move |note: Option<String>, key: String| {
                let body = ResolveDifference { note: note.unwrap_or_default() };
                async move { api::reconciliations::resolve_difference(id, &body, &key).await.map(drop) }.boxed_local()
            };
            let title = format!("What was the difference {}?", difference.reference);
            let action = may.then(|| view! {
                <ReasonAction label="Say what it was" title text="Nothing is posted by this. Write down what it was and what was done about it; it stays with the day and in the audit trail." look=Look::Plain said="Written down" done=reload run=Box::new(run) />
            });
            view! { <li class="row-flat"><About difference />{action}</li> }
        })
        .collect_view();
    view! { <Panel title="To look into"><ul class="rows-flat">{rows}</ul></Panel> }.into_any()
}

#[component]
fn Settled(differences: Vec<ReconciliationDifference>) -> impl IntoView {
    let rows = differences
        .into_iter()
        .map(|difference| {
            let badge = if difference.mended { "Taken over" } else { "Explained" };
            view! { <li class="row-flat"><About difference /><Badge text=badge tone=Tone::Good /></li> }
        })
        .collect_view();
    let none = rows.is_empty();
    (!none).then(|| view! { <Panel title="Settled"><ul class="rows-flat">{rows}</ul></Panel> })
}

#[component]
fn Days(days: Vec<Reconciliation>) -> impl IntoView {
    if days.is_empty() {
        return view! { <Panel title="Days"><p class="panel-none">"No day with payments through the gateway is over yet."</p></Panel> }.into_any();
    }
    let rows = days
        .into_iter()
        .map(|day| {
            let verdict = if day.differences == 0 {
                view! { <Badge text="Agrees" tone=Tone::Good /> }
            } else {
                view! { <Badge text=time::plural(day.differences, "difference") tone=Tone::Warn /> }
            };
            view! {
                <tr>
                    <th scope="row">{time::date(day.day)}</th>
                    <td class="numeric">{share::count(day.charges)}</td>
                    <td>{verdict}</td>
                    <td><Time at=day.made_at shown=Shown::Relative /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel title="Days">
            <div class="table-frame" role="region" aria-label="Days that were compared" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">"Day (UTC)"</th><th scope="col" class="numeric">"Charges"</th><th scope="col">"Verdict"</th><th scope="col">"Compared"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Panel>
    }
    .into_any()
}

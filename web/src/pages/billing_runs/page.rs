//! One billing run: its progress, what parked it, its invoices.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::BillingRunId;
use tradepost_contract::billing_runs::{BillingRun, BillingRunStatus, ResumeBillingRun};
use tradepost_contract::permissions::Permission;

use super::preview::PreviewBody;
use crate::api;
use crate::format::money;
use crate::format::time::date;
use crate::kit::list::{List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::poll::poll;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::Look;
use crate::ui::page::PageHead;
use crate::ui::problem::Notice;
use crate::ui::progress::Progress;
use crate::ui::reason::ReasonAction;
use crate::ui::stat::Stat;
use crate::ui::time::Time;

/// One pass over a period.
#[component]
pub fn BillingRunPage(
    /// Which.
    id: BillingRunId,
) -> impl IntoView {
    let run = Loader::new(move || api::billing_runs::get_billing_run(id));
    poll(run, |run| run.status == BillingRunStatus::Running);
    let invoices = move || {
        let done = run.get().map(|run| (run.status, run.invoices));
        done.filter(|(status, _)| *status != BillingRunStatus::Scheduled)
            .map(|_| {
                let list = crate::pages::invoices::list::columns(List::new("run-invoices", move |query| {
                    api::invoices::list_invoices(query.with("billing_run_id", id.to_string()))
                }));
                view! { <h2 class="section-head">"Its invoices"</h2><ListView list /> }
            })
    };
    let invoices_shown = Memo::new(move |_| run.get().map(|run| run.status));
    view! {
        <Loaded loader=run shape=Shape::Page let:found><Body run=found reload=Callback::new(move |()| run.reload()) /></Loaded>
        {move || invoices_shown.get().and_then(|_| untrack(invoices))}
    }
}

#[component]
fn Body(run: BillingRun, reload: Callback<()>) -> impl IntoView {
    let (id, version, programme) = (run.id, run.version, run.programme_id);
    let amount = money::text(run.total);
    let parked = run.status == BillingRunStatus::Parked && session::may(Permission::BillingRun);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let (done, total) = (count(run.suppliers_done), count(run.suppliers_total));
    let scheduled = run.status == BillingRunStatus::Scheduled;
    let preview =
        scheduled.then(|| Loader::new(move || api::billing_runs::preview_billing_run(programme, Some(run.starts_on))));
    let resume = parked.then(|| view! {
        <ReasonAction label="Resume" title="Resume the run?" text=format!("Its totals are accepted as they are: {amount} so far. The invoices that are left are made.") look=Look::Primary said="It goes on" done=reload
            run=Box::new(move |reason, key| async move {
                let body = ResumeBillingRun { accept_unusual_totals: true, reason: reason.unwrap_or_default() };
                api::billing_runs::resume_billing_run(id, version, &body, &key).await.map(drop)
            }.boxed_local()) />
    });
    view! {
        <PageHead title=format!("{} to {}", date(run.starts_on), date(run.ends_before.plus_days(-1))) back=(Route::Console(ConsoleRoute::BillingRuns).path(), "Billing runs")
            subtitle=session::programme(programme).map(|programme| programme.name).unwrap_or_default()>
            {status_badge(run.status)}
            <div class="verdicts">{resume}</div>
        </PageHead>
        {run.problem.map(|problem| view! { <Notice tone=Tone::Warn>{problem}</Notice> })}
        {(run.status == BillingRunStatus::Running).then(|| view! { <Progress label="Suppliers" done=Signal::stored(done) total=Signal::stored(total) /> })}
        {match preview {
            Some(preview) => view! { <Loaded loader=preview shape=Shape::Rows(6) let:preview><PreviewBody preview /></Loaded> }.into_any(),
            None => view! {
                <div class="stats">
                    <Stat label="Invoiced" value=money::text(run.total) />
                    <Stat label="Invoices" value=run.invoices.to_string() note=format!("{} lines", run.lines) />
                    <Stat label="Suppliers" value=format!("{done} of {total}") />
                </div>
                <p class="muted">{run.started_by.map(|who| format!("Started by {who} "))}{run.started_at.map(|at| view! { <Time at programme /> })}{run.finished_at.map(|at| view! { ", finished "<Time at programme /> })}</p>
            }.into_any(),
        }}
    }
}

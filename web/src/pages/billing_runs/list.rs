//! The billing runs, and the way to a new one.

use leptos::prelude::*;
use tradepost_contract::ProgrammeId;
use tradepost_contract::billing_runs::{BillingRun, BillingRunStatus};
use tradepost_contract::permissions::Permission;

use super::preview::PreviewBody;
use crate::api;
use crate::format::money;
use crate::format::time::date;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// Every period that is laid out.
#[component]
pub fn BillingRuns() -> impl IntoView {
    let open = RwSignal::new(false);
    let list = List::new("billing-runs", api::billing_runs::list_billing_runs)
        .empty(
            "No billing runs yet",
            "The first is laid out with the programme's first lead.",
        )
        .link(|run: &BillingRun| Some(Route::Console(ConsoleRoute::BillingRun(run.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            BillingRunStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(
            Column::text("period", "Period", |run: &BillingRun| {
                format!("{} – {}", date(run.starts_on), date(run.ends_before.plus_days(-1)))
            })
            .on_card(Card::Title),
        )
        .column(
            Column::new(
                "status",
                "Status",
                |run: &BillingRun| status_badge(run.status),
                |run| run.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("programme", "Programme", |run: &BillingRun| {
            session::programme(run.programme_id)
                .map(|programme| programme.name)
                .unwrap_or_default()
        }))
        .column(Column::new(
            "due",
            "Due",
            |run: &BillingRun| view! { <Time at=run.due_at shown=Shown::Day programme=run.programme_id /> },
            |run| run.due_at.to_string(),
        ))
        .column(Column::text("invoices", "Invoices", |run: &BillingRun| run.invoices.to_string()).numeric())
        .column(Column::text("lines", "Lines", |run: &BillingRun| run.lines.to_string()).numeric())
        .column(
            Column::new(
                "total",
                "Total",
                |run: &BillingRun| view! { <Money amount=run.total /> },
                |run| money::decimal(run.total),
            )
            .numeric(),
        );
    view! {
        <PageHead title="Billing runs" subtitle="They start by themselves when they are due.">
            {session::may(Permission::ReportsRead).then(|| view! { <div class="verdicts"><Button icon=icondata_lu::LuEye look=Look::Primary on_click=Callback::new(move |()| open.set(true))>"Preview the next"</Button></div> })}
        </PageHead>
        <ListView list />
        <Dialog open title=Signal::stored("The next billing run".to_owned()) class="drawer wide"><Choose /></Dialog>
    }
}

#[component]
fn Choose() -> impl IntoView {
    let programmes = session::programmes();
    let chosen = RwSignal::new(programmes.first().map(|programme| programme.id));
    let chips = programmes.into_iter().map(|programme| {
        let id = programme.id;
        let class = move || if chosen.get() == Some(id) { "chip set" } else { "chip" };
        view! { <button type="button" class=class aria-pressed=move || (chosen.get() == Some(id)).to_string() on:click=move |_| chosen.set(Some(id))>{programme.name}</button> }
    }).collect_view();
    view! {
        <div class="drawer-content">
            <div class="filters" role="group" aria-label="Programme">{chips}</div>
            {move || chosen.get().map(|programme| view! { <Preview programme /> })}
        </div>
    }
}

#[component]
fn Preview(programme: ProgrammeId) -> impl IntoView {
    let preview = Loader::new(move || api::billing_runs::preview_billing_run(programme, None));
    view! { <Loaded loader=preview let:preview><PreviewBody preview /></Loaded> }
}

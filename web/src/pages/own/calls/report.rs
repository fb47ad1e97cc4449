//! The call report: each lead with what came of it, as it happens (R97, R98).

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::calls::{CallLead, CallState, CallSummary, PlanUsage};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::WordingKey;

use crate::api;
use crate::format::{phone, share, time};
use crate::kit::list::{Card, Column, Filter, List, ListView, Order};
use crate::kit::live::{self, Following};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::calls::history::{LastResult, name_of};
use crate::pages::own::statement::{nobody, own_account};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::progress::Progress;
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

/// The report of one's own account.
#[component]
pub fn CallReportPage() -> impl IntoView {
    match own_account() {
        Some(supplier) => view! { <Report supplier /> }.into_any(),
        None => view! { <PageHead title="Call report" />{nobody()} }.into_any(),
    }
}

#[component]
fn Report(supplier: SupplierId) -> impl IntoView {
    let following = live::follow(supplier);
    let news = following.news;
    let summary = Loader::new(move || {
        news.track();
        api::calls::get_call_summary(supplier)
    });
    let script = Loader::new(move || api::calls::get_call_script(supplier));
    let hands_in = session::may(Permission::LeadsSubmit);
    view! {
        <PageHead title=session::word(WordingKey::LeadList) subtitle="What came of your leads, as we call them.">
            <Connection following />
            <a class="button quiet" href=Route::Portal(PortalRoute::CallScript).path()>"Call script"</a>
            {hands_in.then(|| view! { <a class="button primary" href=Route::Portal(PortalRoute::HandIn).path()>"Hand in leads"</a> })}
        </PageHead>
        <Loaded loader=summary shape=Shape::Tile let:summary><Figures summary /></Loaded>
        // The filter needs the dispositions, which the script comes with.
        <Loaded loader=script shape=Shape::Rows(8) let:script>
            {
                let dispositions = script.dispositions.into_iter().map(|(code, one)| (code, one.label)).collect();
                view! { <ListView list=list(dispositions, news) /> }
            }
        </Loaded>
    }
}

/// Whether what is shown is of this moment.
#[component]
fn Connection(following: Following) -> impl IntoView {
    let connected = following.connected;
    view! {
        <span class="live" class:on=move || connected.get() role="status">
            <span class="dot"></span>
            {move || if connected.get() { "Live" } else { "Connecting…" }}
        </span>
    }
}

fn list(dispositions: Vec<(String, String)>, news: RwSignal<u32>) -> List<CallLead> {
    let fetch = move |query| {
        news.track();
        api::calls::get_call_report(query)
    };
    let states = [
        ("waiting,claimed", "To be called"),
        ("closed", "Done"),
        ("removed", "Not called"),
    ];
    List::new("call-report", fetch)
        .empty(
            "No calls yet",
            "Hand in your leads: they are called in the order in which they come.",
        )
        .link(|lead: &CallLead| Some(Route::Portal(PortalRoute::CalledLead(lead.lead_id))))
        .sorts(&[
            ("activity", "What happened last"),
            ("newest", "Newest leads first"),
            ("oldest", "Oldest leads first"),
        ])
        .filter(Filter::Choice {
            name: "state",
            title: "Stands",
            options: states
                .iter()
                .map(|(word, name)| ((*word).to_owned(), (*name).to_owned()))
                .collect(),
            many: false,
        })
        .filter(Filter::Choice {
            name: "disposition",
            title: "Last result",
            options: dispositions,
            many: true,
        })
        .column(Column::text("name", "Lead", |lead: &CallLead| name_of(&lead.person)).on_card(Card::Title))
        .column(
            Column::new(
                "result",
                "Last result",
                |lead: &CallLead| view! { <LastResult lead=lead.clone() /> },
                |lead| lead.disposition_label.clone().unwrap_or_default(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("note", "What was said", last_note).on_card(Card::Below))
        .column(
            Column::text("phone", "Phone", |lead: &CallLead| {
                lead.person.phone.as_deref().map(phone::readable).unwrap_or_default()
            })
            .optional(),
        )
        .column(Column::text("calls", "Calls", |lead: &CallLead| share::count(lead.attempts)).numeric())
        .column(
            Column::new(
                "called",
                "Last call",
                |lead: &CallLead| {
                    lead.last_called_at
                        .map(|at| view! { <Time at shown=Shown::Relative /> })
                },
                |lead| lead.last_called_at.map(|at| at.to_string()).unwrap_or_default(),
            )
            .sorted("activity", Order::Descending),
        )
        .column(Column::new(
            "state",
            "Stands",
            |lead: &CallLead| status_badge(lead.state),
            |lead| lead.state.label(),
        ))
        .column(Column::new(
            "due",
            "Next call",
            |lead: &CallLead| {
                lead.due_at
                    .filter(|_| lead.state == CallState::Waiting && lead.attempts > 0)
                    .map(|at| view! { <Time at shown=Shown::Full /> })
            },
            |lead| lead.due_at.map(|at| at.to_string()).unwrap_or_default(),
        ))
        .column(Column::text("period", "Period", |lead: &CallLead| {
            lead.period_key.clone()
        }))
        .column(
            Column::new(
                "queued",
                "Handed in",
                |lead: &CallLead| view! { <Time at=lead.queued_at shown=Shown::Day /> },
                |lead| lead.queued_at.to_string(),
            )
            .sorted("newest", Order::Descending)
            .turned("oldest"),
        )
}

fn last_note(lead: &CallLead) -> String {
    lead.history
        .first()
        .and_then(|last| last.note.clone())
        .unwrap_or_default()
}

#[component]
fn Figures(summary: CallSummary) -> impl IntoView {
    let report = Route::Portal(PortalRoute::CallReport).path();
    let no_plan = summary.usage.is_none();
    let of = |query: &str| format!("{report}?{query}");
    let fresh = format!("{} not called yet", share::count(summary.not_called_yet));
    let results = summary
        .dispositions
        .into_iter()
        .map(|one| {
            let href = of(&format!("disposition={}", one.disposition));
            view! { <a class="result" href=href><span>{one.label}</span><strong class="figures">{share::count(one.leads)}</strong></a> }
        })
        .collect_view();
    view! {
        <div class="stats">
            <Stat label="To be called" value=share::count(summary.open) note=fresh href=of("state=waiting%2Cclaimed") />
            <Stat label="Done" value=share::count(summary.closed) href=of("state=closed") />
            {summary.usage.map(|usage| view! { <Usage usage /> })}
        </div>
        {no_plan.then(|| view! { <NoPlan /> })}
        <div class="results" aria-label="How the last calls ended">{results}</div>
    }
}

/// The first step: nobody is called without a plan, and who has one chooses none again (R99).
#[component]
fn NoPlan() -> impl IntoView {
    let plan = Route::Portal(PortalRoute::Plan).path();
    let chooses = session::may(Permission::InvoicesRead);
    view! {
        <Notice tone=crate::ui::badge::Tone::Warn>
            "No plan runs, so nobody is called. "
            {chooses.then(|| view! { <a href=plan>"Choose a plan"</a> })}
        </Notice>
    }
}

/// What is used of the plan (R97).
#[component]
fn Usage(usage: PlanUsage) -> impl IntoView {
    let (used, least) = (
        u64::try_from(usage.used).unwrap_or(0),
        u64::try_from(usage.min_units).unwrap_or(0),
    );
    let until = time::short_date(usage.ends_before.plus_days(-1));
    let above = (usage.overage > 0).then(|| format!(", {} above the minimum", share::count(usage.overage)));
    view! {
        <Panel title=format!("{}, {}", usage.label, usage.key)>
            <Progress label="Leads used" done=Signal::stored(used) total=Signal::stored(least) />
            <p class="muted">{format!("Until {until}")}{above}</p>
        </Panel>
    }
}

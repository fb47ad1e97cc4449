//! What a programme's policy takes away by time: the rules, what goes soon, what waits, and what went.

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::retention::{
    RetentionBlock, RetentionKind, RetentionRemoval, RetentionReport, RetentionRule, RetentionWaiting,
};
use tradepost_contract::{LocalDate, ProgrammeId};

use crate::api;
use crate::format::{share, time};
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::page::{PageHead, Panel};
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

const fn kind_text(kind: RetentionKind) -> &'static str {
    match kind {
        RetentionKind::SoldLeads => "People behind sold leads",
        RetentionKind::UnsoldLeads => "People behind leads nobody bought",
        RetentionKind::RefusedLeads => "People behind refused leads",
        RetentionKind::Recordings => "Places of recordings",
        RetentionKind::ImportFiles => "Imported files",
        RetentionKind::RefusedPosts => "Refused posts of lead sources",
    }
}

const fn since_text(kind: RetentionKind) -> &'static str {
    match kind {
        RetentionKind::SoldLeads => "after the last sale or call",
        RetentionKind::UnsoldLeads | RetentionKind::RefusedLeads | RetentionKind::RefusedPosts => "after they came in",
        RetentionKind::Recordings => "after the call",
        RetentionKind::ImportFiles => "after the upload",
    }
}

const fn because_text(because: RetentionBlock) -> &'static str {
    match because {
        RetentionBlock::Held => "are held",
        RetentionBlock::SubjectRequest => "wait for their person's request",
        RetentionBlock::OpenReturn => "have a return that is not settled",
        RetentionBlock::ReturnWindow => "may still be returned",
        RetentionBlock::Unbilled => "are not invoiced yet",
        RetentionBlock::OpenInvoice => "stand on an invoice that is not paid",
        RetentionBlock::Called => "are being called",
        RetentionBlock::ImportRunning => "came with a file that was being read",
    }
}

/// The page, one programme at a time.
#[component]
pub fn Retention() -> impl IntoView {
    let programmes: Vec<(String, String)> = session::programmes()
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    let form = Form::new("retention");
    let first = programmes.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let programme = form.field("/programme_id", &first);
    let several = programmes.len() > 1;
    let shown = move || {
        let id: Option<ProgrammeId> = programme.value.get().parse().ok();
        id.map(|id| view! { <Of id /> })
    };
    view! {
        <PageHead title="Kept data" back=(Route::Console(ConsoleRoute::SubjectRequests).path(), "People's requests")
            subtitle="What says who somebody is goes by itself when the policy's time for it is over." />
        {several.then(|| view! { <Select field=programme label="Programme" options=programmes /> })}
        {shown}
    }
}

#[component]
fn Of(id: ProgrammeId) -> impl IntoView {
    let report = Loader::new(move || api::retention::get_programme_retention(id));
    view! { <Loaded loader=report shape=Shape::Rows(6) let:report><Report report /></Loaded> }
}

#[component]
fn Report(report: RetentionReport) -> impl IntoView {
    let programme = report.programme_id;
    let rules = report
        .rules
        .into_iter()
        .map(|rule| view! { <Rule rule /> })
        .collect_view();
    let looked = match report.looked_at {
        Some(at) => {
            view! { <p class="muted">"All leads were last looked at "<Time at shown=Shown::Full programme />"."</p> }
                .into_any()
        }
        None => view! { <p class="muted">"Leads are looked at for the first time after midnight."</p> }.into_any(),
    };
    view! {
        <Panel title="What the policy says" more=(Route::Console(ConsoleRoute::Programme(programme)).path(), "The policy")>
            <ul class="rows-flat">{rules}</ul>
            <p class="muted">"Invoices, payments, counts and times stay. Nobody who bought a lead is told. Products may have times of their own for leads."</p>
        </Panel>
        <div class="columns">
            <Panel title="Kept although their time is over">
                <Waiting waiting=report.waiting />
                {looked}
            </Panel>
            <Panel title="Removed in the last 90 days"><Removed removed=report.removed /></Panel>
        </div>
    }
}

#[component]
fn Rule(rule: RetentionRule) -> impl IntoView {
    let kept = match rule.days {
        Some(days) => format!("for {} days {}", share::count(i64::from(days)), since_text(rule.kind)),
        None => "for ever".to_owned(),
    };
    view! {
        <li class="row-flat">
            <span class="row-text wrapped"><span>{kind_text(rule.kind)}</span><small>"Kept "{kept}</small></span>
            <span class="row-side"><strong>{share::count(rule.kept)}</strong><small>{format!("{} due within 30 days", share::count(rule.due_within_30_days))}</small></span>
        </li>
    }
}

#[component]
fn Waiting(waiting: Vec<RetentionWaiting>) -> impl IntoView {
    if waiting.is_empty() {
        return view! { <p class="panel-none">"None."</p> }.into_any();
    }
    let rows = waiting.into_iter().map(|one| {
        let leads = if one.leads == 1 { "lead" } else { "leads" };
        view! { <li class="row-flat"><span class="row-text"><span>{format!("{} {leads}", share::count(one.leads))}</span><small>{because_text(one.because)}</small></span></li> }
    });
    view! { <ul class="rows-flat">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn Removed(removed: Vec<RetentionRemoval>) -> impl IntoView {
    if removed.is_empty() {
        return view! { <p class="panel-none">"Nothing was over its time."</p> }.into_any();
    }
    let mut days: BTreeMap<LocalDate, Vec<String>> = BTreeMap::new();
    for one in removed {
        let what = format!("{}: {}", kind_text(one.kind), share::count(one.removed));
        days.entry(one.on).or_default().push(what);
    }
    let rows = days.into_iter().rev().map(|(on, what)| {
        view! { <li class="row-flat"><span class="row-text wrapped"><span>{time::date(on)}</span><small>{what.join(" · ")}</small></span></li> }
    });
    view! { <ul class="rows-flat">{rows.collect_view()}</ul> }.into_any()
}

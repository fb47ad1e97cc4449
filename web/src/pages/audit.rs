//! Who changed what.

use leptos::prelude::*;
use serde_json::Value;
use tradepost_contract::events::AuditEntry;

use super::events::subject_route;
use crate::api;
use crate::format::{json, words};
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::Route;
use crate::ui::dialog::Dialog;
use crate::ui::page::{Fact, Facts, PageHead};
use crate::ui::time::Time;

/// The audit trail, newest first.
#[component]
pub fn Audit() -> impl IntoView {
    let shown = RwSignal::new(None::<AuditEntry>);
    let open = RwSignal::new(false);
    let list = List::new("audit", api::events::list_audit_entries)
        .empty("Nothing was changed yet", "Every change of the books by anybody stands here.")
        .filter(Filter::Text { name: "object", placeholder: "Number of a thing" })
        .filter(Filter::Text { name: "action", placeholder: "Action, such as order.paused" })
        .column(Column::text("action", "Action", |entry: &AuditEntry| words::sentence(&entry.action)).on_card(Card::Title))
        .column(Column::new("when", "When", |entry: &AuditEntry| view! { <Time at=entry.recorded_at /> }, |entry| entry.recorded_at.to_string()).on_card(Card::Aside))
        .column(Column::text("who", "Who", |entry: &AuditEntry| entry.actor_name.clone()))
        .column(Column::text("object", "What", |entry: &AuditEntry| entry.object.clone()))
        .column(Column::text("changes", "Changes", |entry: &AuditEntry| {
            let said = changes(entry).into_iter().map(|(pointer, before, after)| format!("{}: {} → {}", json::readable(&pointer), json::line(&before), json::line(&after)));
            said.collect::<Vec<_>>().join("; ")
        }))
        .column(Column::text("channel", "Through", |entry: &AuditEntry| words::sentence(&entry.channel)).optional())
        .column(Column::text("request", "Request", |entry: &AuditEntry| entry.request_id.clone()).optional())
        .column(Column::new("more", "Details", move |entry: &AuditEntry| {
            let entry = entry.clone();
            view! { <button type="button" class="button quiet small" on:click=move |_| { shown.set(Some(entry.clone())); open.set(true); }>"Show"</button> }
        }, |_| String::new()))
        .column(Column::text("reason", "Reason", |entry: &AuditEntry| entry.reason.clone().unwrap_or_default()));
    view! {
        <PageHead title="Audit trail" subtitle="Who changed what, newest first." />
        <ListView list />
        <Dialog open title=Signal::stored("What was changed".to_owned()) class="drawer wide">{move || shown.get().map(|entry| view! { <Details entry /> })}</Dialog>
    }
}

fn changes(entry: &AuditEntry) -> Vec<(String, Value, Value)> {
    let none = Value::Object(serde_json::Map::new());
    json::changes(
        entry.before.as_ref().unwrap_or(&none),
        entry.after.as_ref().unwrap_or(&none),
    )
}

#[component]
fn Details(entry: AuditEntry) -> impl IntoView {
    let rows = changes(&entry)
        .into_iter()
        .map(|(pointer, before, after)| view! { <tr><td>{json::readable(&pointer)}</td><td><del>{json::line(&before)}</del></td><td><ins>{json::line(&after)}</ins></td></tr> })
        .collect_view();
    let link = subject_route(&entry.object).map(|route| Route::Console(route).path());
    view! {
        <div class="drawer-content">
            <Facts>
                <Fact name="Action">{words::sentence(&entry.action)}</Fact>
                <Fact name="Who">{entry.actor_name}</Fact>
                <Fact name="When"><Time at=entry.recorded_at /></Fact>
                <Fact name="What">{match link { Some(href) => view! { <a href=href>{entry.object}</a> }.into_any(), None => view! { <code>{entry.object}</code> }.into_any() }}</Fact>
                {entry.reason.map(|reason| view! { <Fact name="Reason">{reason}</Fact> })}
                <Fact name="Through">{words::sentence(&entry.channel)}</Fact>
                <Fact name="Request"><code>{entry.request_id}</code></Fact>
            </Facts>
            <div class="table-frame spaced"><table class="table diff"><thead><tr><th scope="col">"Field"</th><th scope="col">"Before"</th><th scope="col">"After"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </div>
    }
}

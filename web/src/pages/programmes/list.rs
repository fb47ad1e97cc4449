//! The programmes.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::programmes::{Preset, Programme};

use super::form::{NewCompany, NewProgramme};
use crate::api;
use crate::kit::list::{Card, Column, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;

/// The brands and their rules.
#[component]
pub fn Programmes() -> impl IntoView {
    let (open, company) = (RwSignal::new(false), RwSignal::new(false));
    let list = List::new("programmes", |_| api::programmes::list_programmes())
        .empty(
            "No programmes yet",
            "Set up the company that issues its invoices, then the first programme.",
        )
        .link(|one: &Programme| Some(Route::Console(ConsoleRoute::Programme(one.id))))
        .column(Column::text("name", "Programme", |one: &Programme| one.name.clone()).on_card(Card::Title))
        .column(
            Column::new(
                "status",
                "Status",
                |one: &Programme| status_badge(one.status),
                |one| one.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("preset", "Kind", |one: &Programme| {
            preset_name(one.preset).to_owned()
        }))
        .column(Column::text("country", "Country", |one: &Programme| {
            one.country.clone()
        }))
        .column(Column::text("currency", "Currency", |one: &Programme| {
            one.currency.to_string()
        }))
        .column(Column::text("zone", "Time zone", |one: &Programme| {
            one.time_zone.clone()
        }))
        .column(Column::text("descriptor", "On statements", |one: &Programme| {
            one.brand.descriptor.clone()
        }))
        .column(Column::text("slug", "Short name", |one: &Programme| one.slug.clone()).optional());
    view! {
        <PageHead title="Programmes" subtitle="A brand each, with its rules: open one to change them.">
            {session::may(Permission::ProgrammesWrite).then(|| view! {
                <div class="verdicts">
                    <Button on_click=Callback::new(move |()| company.set(true))>"New company"</Button>
                    <Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New programme"</Button>
                </div>
            })}
        </PageHead>
        <ListView list />
        <Dialog open title=Signal::stored("New programme".to_owned()) class="drawer"><NewProgramme open /></Dialog>
        <Dialog open=company title=Signal::stored("New company".to_owned()) class="drawer"><NewCompany open=company /></Dialog>
    }
}

/// What a preset is called.
pub(super) const fn preset_name(preset: Preset) -> &'static str {
    match preset {
        Preset::B2bMonthly => "Business leads, monthly",
        Preset::LeadStore => "Lead shop",
        Preset::TradeWeekly => "Trade leads, weekly",
        Preset::IsaCalling => "Calling service",
        Preset::LocalExclusive => "Local, exclusive",
    }
}

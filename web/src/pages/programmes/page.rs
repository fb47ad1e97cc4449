//! One programme: its brand, the policy in force, the versions before it and the drafts of the next.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::programmes::{
    CreatePolicyDraft, PolicyVersionStatus, PolicyVersionSummary, Programme, ProgrammePolicy,
};
use tradepost_contract::{Page, ProgrammeId};

use super::editor::PolicyView;
use super::form::EditProgramme;
use crate::api;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::time::{Shown, Time};

/// One programme.
#[component]
pub fn ProgrammePage(
    /// Which.
    id: ProgrammeId,
) -> impl IntoView {
    let programme = Loader::new(move || api::programmes::get_programme(id));
    let versions = Loader::new(move || api::policies::list_policy_versions(id, ListQuery::first(50)));
    let drafts = Loader::new(move || {
        api::policies::list_policy_drafts(
            ListQuery::first(50)
                .with("programme_id", id.to_string())
                .with("status", "draft"),
        )
    });
    let policy = Loader::new(move || api::policies::get_programme_policy(id));
    view! {
        <Loaded loader=programme shape=Shape::Tile let:found><Head programme=found reload=Callback::new(move |()| programme.reload()) /></Loaded>
        <div class="columns">
            <Loaded loader=drafts shape=Shape::Tile let:page><Versions title="Drafts" none="No draft is being written." page /></Loaded>
            <Loaded loader=versions shape=Shape::Tile let:page><Versions title="Versions" none="None." page /></Loaded>
        </div>
        <Loaded loader=policy shape=Shape::Rows(8) let:policy><InForce policy /></Loaded>
    }
}

#[component]
fn Head(programme: Programme, reload: Callback<()>) -> impl IntoView {
    let (open, editing) = (RwSignal::new(false), RwSignal::new(false));
    let edited = programme.clone();
    let id = programme.id;
    let (brand, name) = (programme.brand, programme.name.clone());
    view! {
        <PageHead title=programme.name back=(Route::Console(ConsoleRoute::Programmes).path(), "Programmes")>
            {status_badge(programme.status)}
            <div class="verdicts">{session::may(Permission::MailsRead).then(|| view! { <a class="button" href=Route::Console(ConsoleRoute::MailTemplates(id)).path()><Icon icon=icondata_lu::LuMail />"Wording of mails"</a> })}{session::may(Permission::ProgrammesWrite).then(|| view! { <Button on_click=Callback::new(move |()| editing.set(true))>"Edit"</Button><Button look=Look::Primary icon=icondata_lu::LuPencil on_click=Callback::new(move |()| open.set(true))>"Draft a change"</Button> })}</div>
        </PageHead>
        <div class="columns">
            <Panel title="The brand">
                <Facts>
                    <Fact name="On statements">{brand.descriptor}</Fact>
                    <Fact name="Support"><a href=format!("mailto:{}", brand.support_email)>{brand.support_email.clone()}</a></Fact>
                    <Fact name="Department">{brand.department.name}", "{brand.department.phone}</Fact>
                </Facts>
            </Panel>
            <Panel title="Where">
                <Facts>
                    <Fact name="Country">{programme.country}</Fact>
                    <Fact name="Currency">{programme.currency.to_string()}</Fact>
                    <Fact name="Time zone">{programme.time_zone}</Fact>
                    <Fact name="Short name"><code>{programme.slug}</code></Fact>
                </Facts>
            </Panel>
        </div>
        <Dialog open title=Signal::stored(format!("Draft a change of {name}"))><NewDraft id open /></Dialog>
        <Dialog open=editing title=Signal::stored(format!("Edit {}", edited.name)) class="drawer"><EditProgramme programme=edited.clone() open=editing done=reload /></Dialog>
    }
}

#[component]
fn NewDraft(id: ProgrammeId, open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("draft");
    let note = form.field("/note", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = CreatePolicyDraft {
            note: note.text(),
            policy: None,
        };
        form.submit(
            move |key| async move { api::policies::create_policy_draft(id, &body, &key).await },
            |draft| router::navigate(&Route::Console(ConsoleRoute::PolicyDraft(draft.summary.id)).path()),
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"It starts as what is in force. Nothing changes until it is published."</p>
            <FormProblem form />
            <TextField field=note label="What it changes, and why" />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Start the draft"</Button>
            </div>
        </form>
    }
}

#[component]
fn Versions(title: &'static str, none: &'static str, page: Page<PolicyVersionSummary>) -> impl IntoView {
    let rows = page
        .data
        .iter()
        .map(|version| {
            let name = version.number.map_or_else(|| "Draft".to_owned(), |number| format!("Version {number}"));
            let at = version.published_at.unwrap_or(version.created_at);
            let note = version.note.clone();
            let status = version.status;
            let text = view! { <span class="row-text"><strong>{name}</strong><small>{note}</small></span><span class="row-side">{status_badge(status)}<Time at shown=Shown::Day /></span> };
            if status == PolicyVersionStatus::Draft {
                view! { <li><a class="row-item" href=Route::Console(ConsoleRoute::PolicyDraft(version.id)).path()>{text}<Icon icon=icondata_lu::LuChevronRight /></a></li> }.into_any()
            } else {
                view! { <li><div class="row-item">{text}</div></li> }.into_any()
            }
        })
        .collect_view();
    let empty = page.data.is_empty();
    view! { <Panel title>{if empty { view! { <p class="panel-none">{none}</p> }.into_any() } else { view! { <ul class="rows">{rows}</ul> }.into_any() }}</Panel> }
}

#[component]
fn InForce(policy: ProgrammePolicy) -> impl IntoView {
    let value = serde_json::to_value(&policy.policy).unwrap_or_default();
    view! {
        <h2 class="section-head">{format!("The policy in force: version {}", policy.number)}</h2>
        <PolicyView value />
    }
}

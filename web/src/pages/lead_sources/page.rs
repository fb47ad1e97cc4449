//! One source: where it posts, what means what, a sample, and what it was sent.

use leptos::prelude::*;
use tradepost_contract::LeadSourceId;
use tradepost_contract::lead_sources::{
    LeadSource, LeadSourceAction, LeadSourceKind, LeadSourceStatus, UpdateLeadSource,
};
use tradepost_contract::permissions::Permission;

use super::form::{EditSource, Rotate};
use super::log::Log;
use super::mapping::{Draft, MappingLines};
use super::trial::Trial;
use super::{kind_name, shows};
use crate::api;
use crate::browser;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Shown, Time};

/// The page of a source.
#[component]
pub fn LeadSourcePage(
    /// Which.
    id: LeadSourceId,
) -> impl IntoView {
    let loader = Loader::new(move || api::lead_sources::get_source(id));
    view! {
        <Loaded loader let:source><Source source loader /></Loaded>
        <Log id loader />
    }
}

fn turn(loader: Loader<LeadSource>, id: LeadSourceId, action: LeadSourceAction, said: &'static str) {
    wasm_bindgen_futures::spawn_local(async move {
        match api::lead_sources::turn(id, action, &browser::random_key()).await {
            Ok(source) => {
                toast::done(said);
                loader.put(source);
            }
            Err(failure) => toast::failed(failure.told()),
        }
    });
}

#[component]
fn Source(source: LeadSource, loader: Loader<LeadSource>) -> impl IntoView {
    let (editing, rotating) = (RwSignal::new(false), RwSignal::new(false));
    let may = session::may(Permission::LeadSourcesWrite);
    let (id, kind, status) = (source.id, source.kind, source.status);
    let back = (Route::Console(ConsoleRoute::LeadSources).path(), "Lead sources");
    let enable = Callback::new(move |()| turn(loader, id, LeadSourceAction::Enable, "Enabled"));
    let name = source.name.clone();
    let disable = Callback::new(move |()| {
        let text = "Whoever posts to it is refused until it is enabled again. Leads that came stay.";
        confirm(format!("Disable {name}?"), text, "Disable", true, move || {
            turn(loader, id, LeadSourceAction::Disable, "Disabled");
        });
    });
    let on = move |signal: RwSignal<bool>| Callback::new(move |()| signal.set(true));
    let actions = may.then(|| {
        view! {
            <div class="verdicts">
                <Button on_click=on(editing)>"Edit"</Button>
                <Button on_click=on(rotating)>"New key"</Button>
                {match status {
                    LeadSourceStatus::Active => view! { <Button on_click=disable>"Disable"</Button> }.into_any(),
                    LeadSourceStatus::Disabled => view! { <Button look=Look::Primary on_click=enable>"Enable"</Button> }.into_any(),
                }}
            </div>
        }
    });
    let put = Callback::new(move |changed: LeadSource| loader.put(changed));
    let url = source.intake_url.clone();
    let copy = Callback::new(move |()| {
        // The clipboard may be refused; the address can be selected by hand.
        let _ = browser::window().navigator().clipboard().write_text(&url);
        toast::done("Copied");
    });
    let draft = Draft::of(&source.mapping);
    let unsigned = kind == LeadSourceKind::Meta && !source.has_app_secret;
    let shown = StoredValue::new(source.clone());
    view! {
        <PageHead title=source.name.clone() back>{status_badge(status)}{actions}</PageHead>
        {unsigned.then(|| view! { <Notice tone=Tone::Warn>"It takes nothing yet: give the app's secret under Edit, so that what Meta signs can be believed."</Notice> })}
        {source.last_denied_at.map(|at| view! { <Notice tone=Tone::Warn>"Somebody came with a wrong key "<Time at shown=Shown::Relative />". If it was the sender, make a new key and give it to them."</Notice> })}
        <Panel title="Where it posts">
            <div class="secret"><code>{source.intake_url.clone()}</code><Button icon=icondata_lu::LuCopy on_click=copy>"Copy"</Button></div>
            <Facts>
                <Fact name="Kind">{kind_name(kind)}</Fact>
                <Fact name="Shows">{shows(kind, source.requires_secret)}</Fact>
                <Fact name="Programme">{source.programme_name.clone()}</Fact>
                <Fact name="Sold as">{source.product_name.clone()}</Fact>
                {source.source.clone().map(|text| view! { <Fact name="Advertising source">{text}</Fact> })}
                {source.campaign.clone().map(|text| view! { <Fact name="Campaign">{text}</Fact> })}
                <Fact name="Requests a minute">{source.requests_per_minute.to_string()}</Fact>
                {source.previous_secret_until.map(|at| view! { <Fact name="The old key counts until"><Time at /></Fact> })}
                {source.last_received_at.map(|at| view! { <Fact name="Last sent"><Time at shown=Shown::Relative /></Fact> })}
            </Facts>
        </Panel>
        <Mapping id version=source.version draft may done=put />
        <Trial id kind draft />
        <Dialog open=editing title=Signal::stored("Edit the source".to_owned()) class="drawer"><EditSource source=shown.get_value() open=editing done=put /></Dialog>
        <Dialog open=rotating title=Signal::stored("A new key".to_owned()) class="drawer"><Rotate id open=rotating done=put /></Dialog>
    }
}

#[component]
fn Mapping(id: LeadSourceId, version: i64, draft: Draft, may: bool, done: Callback<LeadSource>) -> impl IntoView {
    let form = Form::new("mapping");
    let save = Callback::new(move |()| {
        let body = UpdateLeadSource {
            mapping: Some(draft.mapping()),
            ..UpdateLeadSource::default()
        };
        form.submit(
            move |key| async move { api::lead_sources::update_source(id, version, &body, &key).await },
            move |source| {
                toast::done("The mapping is saved");
                done.run(source);
            },
        );
    });
    let busy = Signal::derive(move || form.is_busy());
    view! {
        <Panel title="What means what">
            <FormProblem form />
            <MappingLines draft may />
            {may.then(|| view! { <div class="form-actions"><Button look=Look::Primary on_click=save busy=busy>"Save the mapping"</Button></div> })}
        </Panel>
    }
}

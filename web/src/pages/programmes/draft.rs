//! A draft of a policy: edit, compare, publish or discard.

use leptos::prelude::*;
use tradepost_contract::PolicyVersionId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::programmes::{PolicyComparison, PolicyVersion, PolicyVersionStatus};

use super::compare::Comparison;
use super::editor::{PolicyEditor, PolicyView};
use crate::api;
use crate::browser;
use crate::kit::confirm::confirm;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::page::PageHead;
use crate::ui::tabs::Tabs;

/// One draft.
#[component]
pub fn DraftPage(
    /// Which.
    id: PolicyVersionId,
) -> impl IntoView {
    let draft = Loader::new(move || api::policies::get_policy_draft(id));
    let comparison = Loader::new(move || api::policies::compare_policy_draft(id));
    let chosen = RwSignal::new("edit");
    let saved = Callback::new(move |()| {
        draft.reload();
        comparison.reload();
        chosen.set("compare");
    });
    let writes = session::may(Permission::ProgrammesWrite);
    view! {
        <Loaded loader=draft shape=Shape::Tile let:found><Head draft=found comparison /></Loaded>
        <Tabs label="Draft" tabs=vec![("edit", "Rules".to_owned()), ("compare", "Compare".to_owned())] chosen />
        {move || match chosen.get() {
            "compare" => view! { <Loaded loader=comparison let:comparison><Comparison comparison /></Loaded> }.into_any(),
            _ => view! {
                <Loaded loader=draft let:found>
                    {if writes && found.summary.status == PolicyVersionStatus::Draft {
                        view! { <PolicyEditor draft=found done=saved /> }.into_any()
                    } else {
                        view! { <PolicyView value=serde_json::to_value(&found.policy).unwrap_or_default() /> }.into_any()
                    }}
                </Loaded>
            }.into_any(),
        }}
    }
}

#[component]
fn Head(draft: PolicyVersion, comparison: Loader<PolicyComparison>) -> impl IntoView {
    let summary = draft.summary;
    let (id, version, programme) = (summary.id, summary.version, summary.programme_id);
    let name = session::programme(programme)
        .map(|programme| programme.name)
        .unwrap_or_default();
    let back = Route::Console(ConsoleRoute::Programme(programme)).path();
    let open = summary.status == PolicyVersionStatus::Draft && session::may(Permission::ProgrammesWrite);
    let to = back.clone();
    let leave = move |said: &'static str| {
        toast::done(said);
        router::navigate(&to);
    };
    let (published, discarded) = (leave.clone(), leave);
    let publish = Callback::new(move |()| {
        let (changes, orders) = comparison
            .get()
            .map_or((0, 0), |found| (found.changes.len(), found.orders_affected));
        let done = published.clone();
        confirm(
            "Publish this policy?",
            format!(
                "{changes} rules change, and {orders} orders sell by it from now on. Leads that were delivered keep the rules they were sold by: no open return window moves."
            ),
            "Publish the policy",
            true,
            move || {
                let done = done.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    match api::policies::publish_policy_draft(id, version, &browser::random_key()).await {
                        Ok(_) => done("Published"),
                        Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                    }
                });
            },
        );
    });
    let discard = Callback::new(move |()| {
        let done = discarded.clone();
        confirm(
            "Discard this draft?",
            "What was written in it is lost. What is in force stays as it is.",
            "Discard the draft",
            true,
            move || {
                let done = done.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    match api::policies::discard_policy_draft(id, version, &browser::random_key()).await {
                        Ok(_) => done("Discarded"),
                        Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                    }
                });
            },
        );
    });
    view! {
        <PageHead title=format!("Draft for {name}") back=(back, "The programme") subtitle=summary.note>
            {status_badge(summary.status)}
            {open.then(|| view! { <div class="verdicts"><Button on_click=discard>"Discard"</Button><Button look=Look::Primary on_click=publish>"Publish…"</Button></div> })}
        </PageHead>
    }
}

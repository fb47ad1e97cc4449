//! Holding a lead: what is kept of its person stays, whoever asks and however old it is.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::lead_holds::{CreateLeadHold, LeadHold};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{LeadId, ProgrammeId};

use crate::api;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Look;
use crate::ui::page::Panel;
use crate::ui::reason::{PlainAction, ReasonAction};
use crate::ui::time::{Shown, Time};

/// The holds of a lead, and the button that sets one.
#[component]
pub(super) fn HoldPanel(id: LeadId, programme: ProgrammeId, erased: bool) -> impl IntoView {
    if !session::may(Permission::PrivacyRead) {
        return ().into_any();
    }
    let holds =
        Loader::new(move || api::retention::list_lead_holds(ListQuery::first(20).with("lead_id", id.to_string())));
    let reload = Callback::new(move |()| holds.reload());
    view! {
        <Loaded loader=holds shape=Shape::Tile let:page>
            {
                let is_held = page.data.iter().any(|hold| hold.lifted_at.is_none());
                let may_hold = session::may(Permission::PrivacyWrite) && !is_held && !erased;
                if page.data.is_empty() && !may_hold {
                    return ().into_any();
                }
                let rows = page.data.into_iter().map(|hold| view! { <Row hold programme reload /> }).collect_view();
                view! {
                    <Panel title="Hold">
                        {(!is_held && !erased).then(|| view! { <p class="muted">"Not held: the person goes when the policy's time is over, or when they ask for it."</p> })}
                        <ul class="rows-flat">{rows}</ul>
                        {may_hold.then(|| view! {
                            <div class="form-actions">
                                <ReasonAction label="Hold this lead" title="Hold this lead?" text="What is kept of the person stays until the hold is lifted, also when they ask to be erased."
                                    said="Held" done=reload
                                    run=Box::new(move |reason, key| {
                                        let body = CreateLeadHold { lead_id: id, reason: reason.unwrap_or_default() };
                                        async move { api::retention::create_lead_hold(&body, &key).await.map(drop) }.boxed_local()
                                    }) />
                            </div>
                        })}
                    </Panel>
                }
                .into_any()
            }
        </Loaded>
    }
    .into_any()
}

#[component]
fn Row(hold: LeadHold, programme: ProgrammeId, reload: Callback<()>) -> impl IntoView {
    let id = hold.id;
    let lift = hold.may_lift.then(|| {
        view! {
            <PlainAction label="Lift" look=Look::Quiet said="Lifted" done=reload
                run=Box::new(move |_, key| async move { api::retention::lift_lead_hold(id, &key).await.map(drop) }.boxed_local()) />
        }
    });
    let lifted = hold.lifted_at.map(|at| {
        let by = hold.lifted_by_name.clone().unwrap_or_default();
        view! { <small>{format!("Lifted by {by}, ")}<Time at shown=Shown::Day programme /></small> }
    });
    view! {
        <li class="row-flat wrapping">
            <span class="row-text wrapped">
                <strong>{hold.reason}</strong>
                <small>{format!("{}, ", hold.held_by_name)}<Time at=hold.held_at shown=Shown::Day programme /></small>
                {lifted}
            </span>
            <span class="row-side">{hold.lifted_at.is_none().then(|| view! { <Badge tone=Tone::Warn text="Held" /> })}{lift}</span>
        </li>
    }
}

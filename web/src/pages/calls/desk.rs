//! The desk of whoever calls: the next person, the script beside them, and the queue below (R98, R100).

use leptos::prelude::*;
use tradepost_contract::calls::{CallLead, CallState, ClaimNextCall, NextCall};
use tradepost_contract::permissions::Permission;

use super::dial::Dial;
use super::history::name_of;
use crate::api;
use crate::browser;
use crate::format::{phone, share, time};
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView, Order};
use crate::kit::shortcut::shortcut;
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Status, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// The id of the button that takes the next lead: it has the focus when a call is recorded.
const TAKE: &str = "take-next";

/// The page.
#[component]
pub fn CallDesk() -> impl IntoView {
    let works = session::may(Permission::CallsWork);
    let lead = RwSignal::new(None::<CallLead>);
    let waiting = RwSignal::new(None::<NextCall>);
    let round = RwSignal::new(0_u32);
    if works {
        resume(lead);
    }
    let changed = Callback::new(move |()| {
        lead.set(None);
        round.update(|round| *round = round.wrapping_add(1));
        browser::after_render(|| {
            browser::focus(TAKE);
        });
    });
    view! {
        <PageHead title="Call queue" subtitle="Callbacks come when their time has come, then whoever waits longest. n takes the next." />
        {move || match lead.get() {
            Some(lead) => view! { <Dial lead changed /> }.into_any(),
            None if works => view! { <Take lead waiting round /> }.into_any(),
            None => ().into_any(),
        }}
        <ListView list=list(round) />
    }
}

/// The lead that one has already comes back after the page was loaded anew.
fn resume(lead: RwSignal<Option<CallLead>>) {
    wasm_bindgen_futures::spawn_local(async move {
        let query = ListQuery::first(100).with("state", "claimed");
        if let Ok(page) = api::calls::list_call_queue(query).await
            && let Some(own) = page.data.into_iter().find(|one| one.claimed_by_me)
        {
            lead.try_set(Some(own));
        }
    });
}

#[component]
fn Take(lead: RwSignal<Option<CallLead>>, waiting: RwSignal<Option<NextCall>>, round: RwSignal<u32>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let take = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let address = router::address().get_untracked();
        let body = ClaimNextCall {
            programme_id: address.query.get("programme_id").and_then(|id| id.parse().ok()),
            supplier_id: None,
        };
        wasm_bindgen_futures::spawn_local(async move {
            match api::calls::claim_next_call(&body, &browser::random_key()).await {
                Ok(next) => {
                    let found = next.lead.clone();
                    waiting.try_set(Some(next));
                    if found.is_some() {
                        lead.try_set(found);
                    }
                    round.try_update(|round| *round = round.wrapping_add(1));
                }
                Err(failure) => toast::failed(failure.told()),
            }
            busy.try_set(false);
        });
    });
    shortcut("n", "Take the next person to call", move || take.run(()));
    let nobody = move || {
        waiting.get().filter(|next| next.lead.is_none()).map(|next| match next.next_due_at {
            Some(at) => view! { <p>"Nobody is to be called now. The next one is due "<Time at shown=Shown::Relative />"."</p> }.into_any(),
            None => view! { <p>"Nobody is to be called now."</p> }.into_any(),
        })
    };
    view! {
        <section class="panel take">
            <div class="panel-body">
                {nobody}
                <button id=TAKE type="button" class="button primary" class:busy=move || busy.get() on:click=move |_| take.run(())>
                    <crate::ui::icon::Icon icon=icondata_lu::LuPhoneCall /><span>"Take the next person"</span><kbd>"n"</kbd>
                </button>
            </div>
        </section>
    }
}

fn list(round: RwSignal<u32>) -> List<CallLead> {
    let fetch = move |query| {
        round.track();
        api::calls::list_call_queue(query)
    };
    List::new("call-queue", fetch)
        .empty("The queue is empty", "Leads appear here as customers hand them in.")
        .link(|lead: &CallLead| {
            session::may(Permission::LeadsRead).then_some(Route::Console(ConsoleRoute::Lead(lead.lead_id)))
        })
        .filter(Filter::programme())
        .filter(Filter::Choice {
            name: "due",
            title: "Turn",
            options: vec![
                ("true".into(), "Has come".into()),
                ("false".into(), "Is to come".into()),
            ],
            many: false,
        })
        .filter(Filter::choice(
            "state",
            "Stands",
            [CallState::Waiting.as_str(), CallState::Claimed.as_str()],
        ))
        .column(Column::text("name", "Lead", |lead: &CallLead| name_of(&lead.person)).on_card(Card::Title))
        .column(
            Column::new("due", "Turn", due_cell, |lead| {
                lead.due_at.map(|at| at.to_string()).unwrap_or_default()
            })
            .on_card(Card::Aside)
            .sorted("", Order::Ascending),
        )
        .column(Column::new("state", "Stands", state_cell, |lead| lead.state.label()))
        .column(Column::text("supplier", "Customer", |lead: &CallLead| lead.supplier_name.clone()).on_card(Card::Below))
        .column(Column::text("phone", "Phone", |lead: &CallLead| {
            lead.person.phone.as_deref().map(phone::readable).unwrap_or_default()
        }))
        .column(Column::text("calls", "Calls", |lead: &CallLead| share::count(lead.attempts)).numeric())
        .column(Column::text("last", "Last result", |lead: &CallLead| {
            lead.disposition_label.clone().unwrap_or_default()
        }))
        .column(
            Column::text("note", "Last note", |lead: &CallLead| {
                lead.history
                    .first()
                    .and_then(|last| last.note.clone())
                    .unwrap_or_default()
            })
            .optional(),
        )
        .column(Column::text("period", "Period", |lead: &CallLead| lead.period_key.clone()).optional())
        .column(Column::new(
            "queued",
            "Waits since",
            |lead: &CallLead| view! { <Time at=lead.queued_at shown=Shown::Relative programme=lead.programme_id /> },
            |lead| lead.queued_at.to_string(),
        ))
}

fn due_cell(lead: &CallLead) -> impl IntoView + use<> {
    let (callback, programme) = (lead.is_callback, lead.programme_id);
    lead.due_at.map(|at| {
        view! {
            {callback.then(|| view! { <Badge text="Callback" tone=Tone::Warn />" " })}
            {move || if at <= crate::clock::now() {
                view! { <span>"Now"</span> }.into_any()
            } else {
                view! { <Time at shown=Shown::Full programme /> }.into_any()
            }}
        }
    })
}

fn state_cell(lead: &CallLead) -> impl IntoView + use<> {
    let who = lead.claimed_by_name.clone().map(|name| format!(" {name}"));
    view! { {status_badge(lead.state)}{who} }
}

/// How long ago something began, as a call's clock shows it.
pub(super) fn since(began: i64) -> String {
    super::history::duration((crate::clock::device_seconds() - began).max(0))
}

/// A button that gives the lead back without a call.
#[component]
pub(super) fn GiveBack(
    /// The lead.
    lead: CallLead,
    /// Afterwards.
    changed: Callback<()>,
) -> impl IntoView {
    let id = lead.lead_id;
    let release = Callback::new(move |()| {
        wasm_bindgen_futures::spawn_local(async move {
            match api::calls::release_queued_lead(id, &browser::random_key()).await {
                Ok(_) => toast::done("Given back"),
                Err(failure) => toast::failed(failure.told()),
            }
            changed.run(());
        });
    });
    let tried = time::plural(lead.attempts, "call");
    view! {
        <span class="muted">{tried}" so far"</span>
        <Button look=Look::Quiet on_click=release>"Give back"</Button>
    }
}

//! Pausing an order or the whole account, and the pauses there were (R17, R52, R59, R70). For the supplier's own people
//! and for staff.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::pauses::{
    CreatePause, EndPause, Pause, PauseAction as Action, PauseAllowance, PauseStatus, RequestChannel,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{OrderId, SupplierId};

use crate::api;
use crate::format::{share, time, words};
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{DateField, TextArea, TextField};
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::reason::ReasonAction;
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

/// A button that asks how long, says what the policy allows, and pauses.
#[component]
pub fn PauseButton(
    /// Whose leads pause.
    supplier: SupplierId,
    /// The order that pauses; the whole account without one.
    #[prop(optional_no_strip)]
    order: Option<OrderId>,
    /// What pauses, in words.
    #[prop(into)]
    what: String,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let title = format!("Pause {what}?");
    view! {
        <Button on_click=Callback::new(move |()| open.set(true)) icon=icondata_lu::LuPause>"Pause"</Button>
        <Dialog open title=Signal::stored(title)>
            {move || open.get().then(|| {
                let allowance = Loader::new(move || api::pauses::get_pause_allowance(supplier, order));
                view! { <Loaded loader=allowance shape=Shape::Rows(3) let:allowance><Asking supplier order allowance open done /></Loaded> }
            })}
        </Dialog>
    }
}

#[component]
fn Asking(
    supplier: SupplierId,
    order: Option<OrderId>,
    allowance: PauseAllowance,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let staff = session::is_staff();
    let form = Form::new("pause");
    let returns_on = form.field("/returns_on", "");
    let requested_by = form.field("/requested_by", "");
    let channel = form.field("/channel", "");
    let reason = form.field("/reason", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let day = match returns_on.optional().map(|day| day.parse()).transpose() {
            Ok(day) => day,
            Err(_) => {
                form.refuse(vec![returns_on.refusal("malformed", "Choose a day.")]);
                return;
            }
        };
        let body = CreatePause {
            supplier_id: supplier,
            order_id: order,
            starts_at: None,
            returns_on: day,
            requested_by: requested_by.optional(),
            channel: channel.optional().and_then(|word| word.parse().ok()),
            reason: reason.optional(),
        };
        form.submit(
            move |key| async move { api::pauses::create_pause(&body, &key).await },
            move |pause: Pause| {
                open.set(false);
                toast::done(if pause.status == PauseStatus::Active {
                    "Paused"
                } else {
                    "The pause is planned"
                });
                done.run(());
            },
        );
    };
    let hint = match (allowance.latest_return_on, allowance.return_date_required) {
        (Some(day), true) => format!("On {} at the latest.", time::date(day)),
        (Some(day), false) => format!("On {} at the latest, and then by itself.", time::date(day)),
        (None, true) => "A day must be chosen.".to_owned(),
        (None, false) => "Without a day it lasts until somebody ends it.".to_owned(),
    };
    let channels = RequestChannel::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect::<Vec<_>>();
    let busy = Signal::derive(move || form.is_busy());
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <Limits allowance />
            <FormProblem form />
            <DateField field=returns_on label="Leads come again on" hint />
            {staff.then(|| view! {
                <TextField field=requested_by label="Asked for by" hint="Who of the customer's people it was." />
                <Select field=channel label="How they asked" options=channels />
                <TextArea field=reason label="Reason" limit=500 optional=true />
            })}
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy>"Pause"</Button>
            </div>
        </form>
    }
}

/// What the policy allows, in short.
#[component]
fn Limits(allowance: PauseAllowance) -> impl IntoView {
    let budget = allowance.budget.clone().zip(allowance.days_left).map(|(budget, left)| {
        let all = format!(
            "{} of {} in any {} months",
            share::count(left),
            budget.days,
            budget.per_months
        );
        view! { <Fact name="Days left">{all}</Fact> }
    });
    let perk = allowance
        .pauses_that_keep_perk
        .zip(allowance.pauses_so_far)
        .map(|(keeps, had)| {
            let text = if had < i64::from(keeps) {
                "This pause keeps your extra leads; another one would not."
            } else {
                "With this pause, renewals fall back to the usual extra leads for good."
            };
            view! { <p class="dialog-lead">{text}</p> }
        });
    view! {
        {perk}
        <Facts>
            <Fact name="Begins"><Time at=allowance.earliest_start_at shown=Shown::Full /></Fact>
            {budget}
        </Facts>
    }
}

/// The pauses of an account or of one order, the latest first; nothing where there were none.
#[component]
pub fn PauseList(
    /// Whose.
    supplier: SupplierId,
    /// Of this order; of the account and all its orders without one.
    #[prop(optional_no_strip)]
    order: Option<OrderId>,
    /// After one was ended.
    done: Callback<()>,
) -> impl IntoView {
    let pauses = Loader::new(move || async move {
        let mut query = ListQuery::first(20).with("supplier_id", supplier.to_string());
        if let Some(order) = order {
            query = query.with("order_id", order.to_string());
        }
        Ok(api::pauses::list_pauses(query).await?.data)
    });
    let ended = Callback::new(move |()| {
        pauses.reload();
        done.run(());
    });
    view! {
        <Loaded loader=pauses shape=Shape::Rows(2) let:pauses>
            {(!pauses.is_empty()).then(|| {
                let rows = pauses.into_iter().map(|pause| view! { <Row pause ended named={order.is_none()} /> }).collect_view();
                view! { <Panel title="Pauses"><ul class="rows-flat">{rows}</ul></Panel> }
            })}
        </Loaded>
    }
}

#[component]
fn Row(pause: Pause, ended: Callback<()>, named: bool) -> impl IntoView {
    let may = session::may(Permission::OrdersPause);
    let (id, version) = (pause.id, pause.version);
    let ends = may && pause.status.after(Action::End).is_ok();
    let cancels = may && pause.status.after(Action::Cancel).is_ok();
    let action = move |label: &'static str, title: &'static str, text: &'static str, said: &'static str| {
        view! {
            <ReasonAction label title text optional=true said done=ended
                run=Box::new(move |reason, key| async move {
                    api::pauses::end_pause(id, version, &EndPause { reason }, &key).await.map(drop)
                }.boxed_local()) />
        }
    };
    let until = pause.returns_on.map_or_else(
        || "until it is ended".to_owned(),
        |day| format!("leads again on {}", time::date(day)),
    );
    let what = match pause.order_id {
        _ if !named => None,
        Some(_) => Some("One order, from "),
        None => Some("The whole account, from "),
    };
    let asked = pause.requested_by.clone().map(|name| match pause.channel {
        Some(channel) => format!("{name}, {}", words::sentence(channel.as_str()).to_lowercase()),
        None => name,
    });
    view! {
        <li class="row-flat">
            <span class="row-text">
                <span>{what} <Time at=pause.began_at.unwrap_or(pause.starts_at) shown=Shown::Day /> ", " {until}</span>
                <small>{asked}{pause.reason.clone().map(|reason| format!(" “{reason}”"))}</small>
            </span>
            <span class="row-side">{status_badge(pause.status)}
            {ends.then(|| action("End the pause", "End the pause?", "Leads come again at once, and are charged.", "Leads come again"))}
            {cancels.then(|| action("Cancel the pause", "Cancel the pause?", "It does not begin, and leads go on coming.", "Cancelled"))}
            </span>
        </li>
    }
}

//! What an owner changes of an order without asking: how many leads, and at which hours (R53, R77).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeMap;

use leptos::prelude::*;
use tradepost_contract::orders::{Order, OrderSchedule, OrderStatus, UpdateOrder};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use crate::api;
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::pages::orders::form::{DAYS, hours, whole};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;

/// The button, where the programme leaves any of it to the owner.
#[component]
pub(super) fn ChangeOwn(
    /// The order as it is.
    order: Order,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let edits = |field| {
        session::terms().is_some_and(|terms| terms.policy.self_service(field) == SelfServiceMode::Edit)
            && session::may(Permission::OrdersWrite)
    };
    let (volume, times) = (edits(SelfServiceField::Volume), edits(SelfServiceField::Schedule));
    if !(volume || times) || order.status == OrderStatus::Cancelled {
        return ().into_any();
    }
    let open = RwSignal::new(false);
    let order = StoredValue::new(order);
    view! {
        <p class="spaced-below"><Button icon=icondata_lu::LuPencil on_click=Callback::new(move |()| open.set(true))>"Change the order"</Button></p>
        <Dialog open title=Signal::stored("Change the order".to_owned()) class="drawer">
            {move || open.get().then(|| view! { <Change order=order.get_value() volume times open done /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Change(order: Order, volume: bool, times: bool, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("own-order");
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let quantity = form.field("/quantity", number(order.quantity));
    let cap_day = form.field("/cap_day", number(order.cap_day));
    let cap_week = form.field("/cap_week", number(order.cap_week));
    let cap_month = form.field("/cap_month", number(order.cap_month));
    let days: Vec<_> = DAYS
        .iter()
        .map(|day| {
            let at = order.schedule.0.get(day);
            let text = at
                .map(|hours| format!("{}-{}", hours.from, hours.to))
                .unwrap_or_default();
            (*day, form.field(&format!("/schedule/{}", day.as_str()), text))
        })
        .collect();
    let (id, version, before) = (order.id, order.version, order.schedule);
    let day_fields = StoredValue::new(days.clone());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let mut open_at = BTreeMap::new();
        for (day, field) in day_fields.get_value() {
            let text = field.text();
            match hours(&text) {
                Some(hours) => {
                    open_at.insert(day, hours);
                }
                None if text.is_empty() => {}
                None => wrong.push(field.refusal("invalid", "Write it like 09:00-17:30.")),
            }
        }
        let schedule = OrderSchedule(open_at);
        let mut body = UpdateOrder {
            schedule: Some(schedule).filter(|schedule| times && *schedule != before),
            ..UpdateOrder::default()
        };
        if volume {
            body.quantity = Some(whole(quantity, &mut wrong));
            body.cap_day = Some(whole(cap_day, &mut wrong));
            body.cap_week = Some(whole(cap_week, &mut wrong));
            body.cap_month = Some(whole(cap_month, &mut wrong));
        }
        if form.refuse(wrong) {
            return;
        }
        form.submit(
            move |key| async move { api::orders::update_order(id, version, &body, &key).await },
            move |_| {
                toast::done("Changed");
                open.set(false);
                done.run(());
            },
        );
    };
    let days = days
        .into_iter()
        .map(|(day, field)| view! { <TextField field label=words::sentence(day.as_str()) optional=true /> })
        .collect_view();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            {volume.then(|| view! {
                <div class="form-grid">
                    <TextField field=cap_day label="At most a day" kind="number" optional=true />
                    <TextField field=cap_week label="At most a week" kind="number" optional=true />
                    <TextField field=cap_month label="At most a month" kind="number" optional=true />
                    <TextField field=quantity label="In all" hint="Nothing means until you stop it." kind="number" optional=true />
                </div>
            })}
            {times.then(|| view! {
                <fieldset><legend>"Hours, such as 09:00-17:30; nothing means none that day, nothing at all means at any time"</legend><div class="form-grid">{days}</div></fieldset>
            })}
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}

//! A supplier's loyalty subscriptions: when the order is placed again, with how many extra leads, and the three things
//! to do with each: hold, activate, cancel (R63, R64). For its own people and for staff.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::loyalty_subscriptions::{ChangeLoyalty, LoyaltyAction, LoyaltyStatus, LoyaltySubscription};

use crate::api;
use crate::format::{share, time};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::routes::{ConsoleRoute, PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::Look;
use crate::ui::empty::Empty;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;

/// All of an account, the latest first.
#[component]
pub fn LoyaltyView(
    /// Whose.
    supplier: SupplierId,
) -> impl IntoView {
    let all: Loader<Vec<LoyaltySubscription>> = Loader::new(move || async move {
        let query = ListQuery::first(50).with("supplier_id", supplier.to_string());
        Ok(api::loyalty_subscriptions::list_loyalty_subscriptions(query)
            .await?
            .data)
    });
    let reload = Callback::new(move |()| all.reload());
    view! {
        <Loaded loader=all let:all>
            {if all.is_empty() {
                view! { <Empty title="Nothing is placed again">"Join at the checkout: the order is then placed again by itself, with extra leads."</Empty> }.into_any()
            } else {
                all.into_iter().map(|one| view! { <One one reload /> }).collect_view().into_any()
            }}
        </Loaded>
    }
}

#[component]
fn One(one: LoyaltySubscription, reload: Callback<()>) -> impl IntoView {
    let next = one.renews_on.map(|day| {
        let name = if one.status == LoyaltyStatus::OnHold {
            "Was planned for"
        } else {
            "Placed again on"
        };
        view! { <Fact name>{time::date(day)}</Fact> }
    });
    let leads = match (one.renews_on, one.next_bonus) {
        (None, _) => share::count(one.quantity),
        (Some(_), 0) => share::count(one.quantity),
        (Some(_), extra) => format!("{} and {} extra", share::count(one.quantity), share::count(extra)),
    };
    let pauses = one.pauses_that_keep_perk.map(|keeps| {
        let text = if one.reverted {
            "The extra leads no longer rise: it was paused too often.".to_owned()
        } else {
            format!("{} of {keeps} that keep the extra leads", one.pauses)
        };
        view! { <Fact name="Pauses">{text}</Fact> }
    });
    let staff = session::is_staff();
    let order = one.order_id.map(|id| {
        let route = if staff {
            Route::Console(ConsoleRoute::Order(id))
        } else {
            Route::Portal(PortalRoute::Order(id))
        };
        view! { <Fact name="Latest order"><a href=route.path()>"Show"</a></Fact> }
    });
    let unpaid = one.awaiting_checkout_id.map(|id| {
        let route = if staff {
            Route::Console(ConsoleRoute::Checkout(id))
        } else {
            Route::Portal(PortalRoute::Checkout(id))
        };
        view! { <Notice tone=Tone::Warn>"The latest renewal waits for its money. "<a href=route.path()>"See the order"</a></Notice> }
    });
    let title = one.product_name.clone();
    let price = one.unit_price;
    let interval = format!("Every {} days", one.interval_days);
    view! {
        <Panel title>
            {unpaid}
            <Facts>
                <Fact name="Status">{status_badge(one.status)}</Fact>
                {next}
                <Fact name="Interval">{interval}</Fact>
                <Fact name="Leads each time">{leads}</Fact>
                <Fact name="Price a lead"><Money amount=price /></Fact>
                {pauses}
                <Fact name="Renewed so far">{share::count(one.cycle)}</Fact>
                {order}
            </Facts>
            <div class="panel-actions"><Actions one reload /></div>
        </Panel>
    }
}

#[component]
fn Actions(one: LoyaltySubscription, reload: Callback<()>) -> impl IntoView {
    let (id, version) = (one.id, one.version);
    one.allowed_actions
        .into_iter()
        .map(|action| {
            let (label, title, text, said, look) = match action {
                LoyaltyAction::Hold => (
                    "Hold order",
                    "Put it on hold?",
                    "It is not placed again on its day and nothing is charged, until you activate it. Leads that are paid still come.",
                    "On hold",
                    Look::Plain,
                ),
                LoyaltyAction::Activate => (
                    "Activate",
                    "Activate it?",
                    "Before its day it is placed again as planned. When the day has passed, the order is placed and charged at once, and the next one follows after the interval.",
                    "Activated",
                    Look::Primary,
                ),
                LoyaltyAction::Cancel | LoyaltyAction::Lapse => (
                    "Cancel order",
                    "Cancel it?",
                    "It is not placed again, and the extra leads are lost; another order at the checkout may join anew. Leads that are paid still come.",
                    "Cancelled",
                    Look::Danger,
                ),
            };
            view! {
                <ReasonAction label title text look optional=true said done=reload
                    run=Box::new(move |reason, key| async move {
                        let body = ChangeLoyalty { reason };
                        api::loyalty_subscriptions::change_loyalty(id, version, action, &body, &key).await.map(drop)
                    }.boxed_local()) />
            }
        })
        .collect_view()
}

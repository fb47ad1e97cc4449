//! Loyalty subscriptions: an order that is placed again at an interval, with extra leads (R56–R64).
//!
//! **What it is.** Whoever joins at the checkout (R56) has one from the moment the first order is paid. On its day
//! the order is placed again by a checkout of its own (`checkouts/renewal.rs`), charged to the default way to pay: the
//! same number of leads at the first order's price, where the policy keeps it (R61), and the extra leads of its place
//! in the series (R57, R58). One that is not paid in the time of a checkout, nor by the retries of the policy, ends the
//! subscription.
//!
//! **Days.** So many exact days lie between two orders, on the programme's calendar, whatever the months (R62). A day
//! that was missed because no server ran is made up for, each once. A subscription that is activated after its day
//! begins a new count there (I9).
//!
//! **Pauses** (R59, R60) are those of its orders (`pauses/`). More of them than the policy forgives take the perk back to
//! the base for good; only a new order at the checkout has the perk again.
//!
//! **Hold** (R63): the day passes without an order and without a charge, until it is activated: before its day it goes
//! on as planned, after it the order is placed at once. A suspended account is held by the same rule. **Cancel** (R64):
//! at any time; leads that are paid still come.
//!
//! What held when it was joined is kept with it, so that a later policy moves nothing. Whoever changes a subscription
//! holds the supplier's row; the table of cycles makes two renewals of one day impossible.
//!
//! Tests: `rules.rs`, `openapi/src/loyalty_subscriptions.rs`, `tests/api/loyalty_subscriptions.rs`.

mod http;
mod ops;
mod renewals;
pub(crate) mod rules;
mod store;
mod view;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) use renewals::{Joined, checkout_ended, end_with_account, joined};
pub(crate) use store::live_of;
pub(crate) use view::pauses_against_perk;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_loyalty_subscriptions)
        .service(http::get_loyalty_subscription)
        .service(http::list_loyalty_cycles)
        .service(http::hold_loyalty_subscription)
        .service(http::activate_loyalty_subscription)
        .service(http::cancel_loyalty_subscription);
}

/// Places the orders whose day has come, and tells of those whose day comes soon.
pub(crate) const RENEWALS: Job = Job {
    name: "loyalty_renewals",
    run: renewals::run,
};

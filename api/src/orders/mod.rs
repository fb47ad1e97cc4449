//! Standing orders: which leads a supplier takes, how many, when and at what price.
//!
//! **What it is.** One business buys one product, with a price, an optional quantity in all, caps a
//! day, a week and a month, a schedule by weekday on the programme's clock, a priority and a weight.
//! The policy that applies is resolved when the order is placed and stamped on it (`policy/`); the
//! stamp changes when a layer changes, and each delivery keeps the one it was sold with.
//!
//! **States.** `open ⇄ paused`, `open → filled` with the last lead, `filled → open` when more are asked
//! for, and any of them `→ cancelled` (`OrderStatus::after`). Beside the state stands `hold`, which
//! mirrors the account's standing. A sale asks both in its guarded update of this very row, so that a
//! pause or a suspension counts for every sale that commits after it (F5, R52).
//!
//! **Who changes what.** Staff everything. A supplier's owner places and cancels orders where
//! `self_service.orders` says so, changes quantity and caps by `volume` (R53, R77), schedule and dates
//! by `schedule`, and pauses by the rules of `pauses/`. Price, priority and weight are the seller's.
//!
//! **Paid ahead.** Where the policy has a `checkout`, a supplier's own people order there and not here, and
//! what was paid is fixed: price and quantity stay, and cancelling does what `cancel.undelivered` says:
//! `finish` refuses while paid leads are to come, with `none` they lapse. Staff may still place orders that
//! are not paid ahead.
//!
//! **Money.** Prices are not negative and in the programme's currency; a new price counts for leads
//! sold from then on.
//!
//! Tests: `openapi/src/orders/` (transitions, schedule), `rules.rs`, `tests/api/orders.rs`.

mod ending;
mod http;
mod ops;
mod paid;
mod pausing;
mod rules;
mod status;
pub(crate) mod store;

pub(crate) use ending::{Ending, end_with_account};
pub(crate) use ops::{create, update};
pub(crate) use paid::{PaidOrder, open_paid};
pub(crate) use pausing::{Pausable, hold_pausable, pausable, pause, resume};
pub(crate) use store::{hold_all, paid_to_come};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_orders)
        .service(http::create_order)
        .service(http::get_order)
        .service(http::update_order)
        .service(http::pause_order)
        .service(http::resume_order)
        .service(http::cancel_order);
}

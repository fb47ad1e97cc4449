//! Pauses: a while in which an order, or the whole account, takes no leads (R17, R19, R52, R59, R70, R71).
//!
//! **Who and how long** is the policy's (`pause`): who may ask, the notice, the longest pause and what it is counted
//! from, the rolling budget, whether a return date must be said. What it allowed is kept with the pause, so that a
//! later edit moves no pause. A refusal says which rule it was and what would be allowed; `GET
//! /suppliers/{id}/pause-allowance` says it beforehand.
//!
//! **Days** are local days of the programme: a pause takes every day that it touches, and one that ends at midnight
//! does not take the day that begins then. A day counts once, however many orders pause on it. Pauses that are
//! planned count as well as those that were. Ending a pause early gives its days back.
//!
//! **States** (`PauseStatus`): scheduled → active → ended, and scheduled → cancelled. A pause of an order makes the
//! order `paused`; one of the account puts the hold `paused` on all its orders (F5): a sale asks both in the guarded
//! update of that very row. Debts, return windows and what was paid for go on.
//!
//! Whoever changes pauses holds the supplier's row first, counts then, and writes last (F20).
//!
//! Tests: `rules.rs`, `openapi/src/pauses.rs`, `tests/api/pauses.rs`, `tests/prove/pauses.rs`.

mod http;
mod ops;
mod rules;
mod store;
mod turns;
mod view;

use crate::cancellations;
use crate::db::Conn;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use tradepost_contract::orders::OrderHold;
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{OrderId, SupplierId, Timestamp};

pub(crate) use ops::{create, resume_order};
pub(crate) use store::{Began, of_suppliers};
pub(crate) use turns::{account_is_over, order_is_over};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_pauses)
        .service(http::create_pause)
        .service(http::get_pause)
        .service(http::update_pause)
        .service(http::end_pause)
        .service(http::get_pause_allowance);
}

/// Begins and ends pauses whose time has come (R59, R71).
pub(crate) const TURNS: Job = Job {
    name: "pauses",
    run: turns::run,
};

/// How many pauses some orders of a supplier had, those of the whole account since an instant among them.
pub(crate) fn count(paused: &[Began], supplier: SupplierId, orders: &[OrderId], since: Timestamp) -> i64 {
    let of_these = paused.iter().filter(|pause| {
        pause.supplier_id == supplier
            && match pause.order_id {
                Some(order) => orders.contains(&order),
                None => pause.ended_at.is_none_or(|ended_at| ended_at > since),
            }
    });
    i64::try_from(of_these.count()).unwrap_or(i64::MAX)
}

/// What the standing of an account does to its orders, a pause of it included.
pub(crate) fn hold_of(conn: &mut Conn, supplier: SupplierId, status: SupplierStatus) -> ApiResult<OrderHold> {
    match status.hold() {
        // An account that was suspended when it gave notice gets no leads in it.
        OrderHold::None if status == SupplierStatus::InNotice && !cancellations::is_served(conn, supplier)? => {
            Ok(OrderHold::InNotice)
        }
        OrderHold::None if store::is_account_paused(conn, supplier)? => Ok(OrderHold::Paused),
        hold => Ok(hold),
    }
}

//! Cancellations: how a supplier leaves with its whole account (R13, R20, R21, R72, R89, R94, R120).
//!
//! Plans, packages, orders and loyalty subscriptions are cancelled each by its own route; this ends all of them.
//!
//! **Who.** The owner, in the portal (R89), and staff for them, who write down who asked and how. Where only a written
//! notice counts (`cancel.written`), staff write it down with its document and the day on which it was received (R21).
//! Where the policy asks why (R20), a reason or an explicit "would rather not say" is needed.
//!
//! **When** is one pure decision (`rules.rs`), for the preview and for the cancellation itself: at once, when the notice
//! of the agreement's term has been worked (R72), on the day on which the agreement would renew (R21), with the paid
//! period (R94), or at once where the packages are complete (R120), and a conflict before. A notice outside of its
//! window is kept as such: the agreement renews, and the answer says when the next window is. Where what was paid is
//! still delivered, the account ends with the last of these leads. What was decided is kept, so that a later policy moves
//! nothing.
//!
//! **In notice** the account gets leads until it ends, unless it was suspended when it gave notice; where the policy
//! freezes it, nothing is changed but this: debts are paid, leads worked and returned, the payment authorisation and the
//! notice itself taken back (`suppliers/care.rs`). An account is in notice while one of its cancellations is scheduled,
//! and at no other time.
//!
//! **The end** (`work.rs`) is one transaction: first no sale can follow, then plan, packages, loyalty, checkouts, orders
//! and pauses end, everything unbilled becomes the final invoice, what is in the wallet becomes credit or goes back, and
//! what is owed is charged where the policy charges at once (R13). The account is closed and keeps its papers.
//!
//! **States** (`CancellationStatus`): scheduled → effective, withdrawn or overtaken (the account ended otherwise);
//! renewed. Whoever changes a cancellation holds the supplier's row.
//!
//! Tests: `rules.rs`, `openapi/src/cancellations.rs`, `tests/api/cancellations.rs`, `tests/prove/cancellations.rs`.

mod http;
mod ops;
mod rules;
mod store;
mod view;
mod work;

use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use tradepost_contract::SupplierId;

pub(crate) use ops::{overtaken, serve_again};
pub(crate) use work::wind_up;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_cancellation_preview)
        .service(http::list_cancellations)
        .service(http::create_cancellation)
        .service(http::get_cancellation)
        .service(http::get_cancellation_document)
        .service(http::update_cancellation)
        .service(http::withdraw_cancellation);
}

/// Ends accounts whose notice is over.
pub(crate) const ENDINGS: Job = Job {
    name: "cancellations",
    run: work::run,
};

/// Whether an account in notice gets leads.
pub(crate) fn is_served(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    Ok(store::scheduled(conn, supplier)?.is_none_or(|row| row.served))
}

/// Whether an account is to end by now, so that nothing of it begins anew.
pub(crate) fn is_due(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<bool> {
    let now = tx.business_now();
    store::is_due(tx, supplier, now)
}

//! Collecting what is owed, by the policy.
//!
//! **Collection day** (K14). An invoice carries the day on which it is collected (`collect_on`): the first
//! of the month (R7, R8), the Wednesday after (R80), the day it is final, for those who chose that (R115),
//! or the day a plan renews. On that day the supplier's credit balance pays first, and the default method is charged for
//! the rest. Each invoice is decided on once, by a row of `collections`; a new method lets those be looked
//! at again that had none. What a supplier sends by itself (BACS, R79) is not collected.
//!
//! **Retries** are the payment's (`payments/charging.rs`), by the policy's dunning plan.
//!
//! **Suspension.** An account with an invoice overdue for more than `dunning.suspend_after_days` gets no
//! new leads; when no such invoice is left, the suspension that this rule made is lifted, and no other.
//! Staff who activate such an account excuse what it owes that day; a later debt suspends it again.
//!
//! **First period** (R12, `first_period.rs`): one charge on account when a new supplier's leads reach the threshold.
//! While it is on its way, the period's invoice waits for it.
//!
//! **Authorisation** (R13). Owner, billing person or staff revoke it, once. By policy the account is
//! deactivated: in one transaction its orders are held, everything unbilled becomes a final invoice, and a
//! payment of all that is open begins, tried once; what is invoiced later for leads from before is charged
//! the same way. Or it is suspended until another method is there.
//!
//! Tests: `rules.rs`, `tests/api/collection.rs`.

mod authorisation;
mod first_period;
mod http;
mod ops;
mod rules;
mod store;

use crate::db::Conn;
use crate::error::ApiResult;
use crate::jobs::Job;
use crate::routes::Routes;
use tradepost_contract::SupplierId;

pub(crate) use authorisation::{charge_with_account, charges_at_the_end};
pub(crate) use ops::{debt_changed, excuse_debts, method_came};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_authorisation)
        .service(http::update_authorisation)
        .service(http::revoke_authorisation);
}

/// Whether the supplier has taken the authorisation to collect back.
pub(crate) fn is_revoked(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    Ok(store::choice(conn, supplier)?.revoked_at.is_some())
}

/// Collects the invoices whose day has come.
pub(crate) const COLLECTION: Job = Job {
    name: "collection",
    run: ops::collect,
};

/// Charges the threshold of a first period (R12).
pub(crate) const FIRST_PERIOD: Job = Job {
    name: "first_period",
    run: first_period::charge,
};

/// Suspends accounts that owe for too long.
pub(crate) const SUSPENSION: Job = Job {
    name: "suspension",
    run: ops::suspend,
};

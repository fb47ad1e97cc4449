//! The audit trail: every change that a person or key makes, with who, what, before and after,
//! why and how they came (R124). Append-only, by trigger; written in the transaction of the change.

mod http;
mod store;

pub use store::record;

use crate::routes::Routes;
use serde_json::Value;
use tradepost_contract::SupplierId;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::list_audit_entries);
}

/// What somebody did.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// What was done, such as `order.paused`.
    pub action: &'a str,
    /// The id of what it was done to.
    pub object: String,
    /// The supplier it concerns, so that a supplier's history can be read.
    pub supplier: Option<SupplierId>,
    /// What stood there before: changed fields only, ids rather than personal data.
    pub before: Option<Value>,
    /// What stands there now.
    pub after: Option<Value>,
    /// Why, in the person's words.
    pub reason: Option<&'a str>,
}

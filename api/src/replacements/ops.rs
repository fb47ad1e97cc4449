//! Owing a replacement.

use super::store;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::{DeliveryId, ReplacementId, ReturnRequestId, Timestamp};

/// For what a lead is owed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owed {
    /// The approved return.
    pub(crate) return_request_id: ReturnRequestId,
    /// The delivery that was returned.
    pub(crate) delivery_id: DeliveryId,
    /// When its price is credited if no lead comes before.
    pub(crate) credit_due_at: Option<Timestamp>,
}

/// Owes a lead, in the transaction of the approval. A second one for the same delivery is a conflict.
pub(crate) fn owe(tx: &mut Tx<'_>, owed: Owed) -> ApiResult<ReplacementId> {
    let (id, row) = store::insert(tx, owed)?;
    let subject = Subject::of(id).programme(row.programme_id).supplier(row.supplier_id);
    let facts = json!({
        "return_request_id": owed.return_request_id,
        "delivery_id": owed.delivery_id,
        "order_id": row.order_id,
        "credit_due_at": owed.credit_due_at,
    });
    events::push(tx, EventKind::ReplacementOwed, subject, &facts)?;
    Ok(id)
}

//! What changes of a delivery: that it was seen, what its supplier notes, and its charge.

use crate::db::Tx;
use crate::db::schema::deliveries;
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::{DeliveryId, Timestamp};

/// Marks the first look of the supplier; a second changes nothing.
pub(in crate::deliveries) fn mark_seen(tx: &mut Tx<'_>, id: DeliveryId) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(deliveries::table.find(id))
        .filter(deliveries::seen_at.is_null())
        .set(deliveries::seen_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// What the supplier noted about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::deliveries) struct Notes {
    pub(in crate::deliveries) rating: Option<i32>,
    pub(in crate::deliveries) outcome: Option<LeadOutcome>,
    pub(in crate::deliveries) outcome_at: Option<Timestamp>,
    pub(in crate::deliveries) note: Option<String>,
}

/// Keeps the delivery as it is until this transaction ends: whoever else changes it waits.
pub(in crate::deliveries) fn hold(tx: &mut Tx<'_>, id: DeliveryId) -> ApiResult<()> {
    diesel::update(deliveries::table.find(id))
        .set(deliveries::version.eq(deliveries::version))
        .execute(&mut **tx)?;
    Ok(())
}

/// Keeps the notes; false where somebody else changed the delivery since `version`.
pub(in crate::deliveries) fn save_notes(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    version: i64,
    notes: &Notes,
) -> ApiResult<bool> {
    use deliveries as d;
    // `updated_at` is left alone: it says when the charge changed, and billing goes by it.
    let changed = diesel::update(d::table.find(id))
        .filter(d::version.eq(version))
        .set((
            d::rating.eq(notes.rating),
            d::outcome.eq(notes.outcome),
            d::outcome_at.eq(notes.outcome_at),
            d::note.eq(notes.note.as_deref()),
            d::version.eq(version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Moves the charge from one state to another, with the reason of a rejection; false where it is not in
/// the first one (any more).
pub(in crate::deliveries) fn move_charge(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    from: BillingState,
    to: BillingState,
    reason: Option<&str>,
) -> ApiResult<bool> {
    use deliveries as d;
    let now = tx.business_now();
    let changed = diesel::update(d::table.find(id))
        .filter(d::billing_state.eq(from))
        .set((
            d::billing_state.eq(to),
            d::rejection_reason.eq(reason),
            d::version.eq(d::version + 1),
            d::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

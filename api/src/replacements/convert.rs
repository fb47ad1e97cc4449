//! Crediting the price of a returned lead in place of the lead that is owed.

use super::store::{self, Charge, Row};
use crate::app::App;
use crate::auth::{Actor, Caller};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::ops as invoices;
use crate::invoices::store as invoice_rows;
use crate::suppliers::fields;
use crate::{audit, credit_notes, notifications};
use serde_json::json;
use time::Duration;
use tradepost_contract::deliveries::{BillingAction, BillingState};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::replacements::{ConvertReplacement, Replacement, ReplacementAction, ReplacementStatus};
use tradepost_contract::{CreditNoteId, DeliveryId, ProblemCode, ReplacementId, ReturnRequestId};

/// How many one slice of the job looks at.
const SLICE: i64 = 50;

/// The job: what no lead has replaced in time is credited.
pub(super) fn convert_due(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    let mut done = 0;
    for id in due {
        let tried = app.db.write_blocking(move |tx| {
            let Some(row) = store::hold_owed(tx, id)? else {
                return Ok(false); // A lead came meanwhile.
            };
            convert(tx, &Actor::system("replacements"), &row, None)?;
            Ok(true)
        });
        match tried {
            Ok(converted) => done += usize::from(converted),
            Err(error) if error.code().status() < 500 => {
                // Its charge is not in a state in which it can be given back; that may change, and the others must
                // not wait for it.
                tracing::warn!(replacement = %id, %error, "what is owed could not be credited and is looked at tomorrow");
                app.db
                    .write_blocking(move |tx| store::put_off(tx, id, now.plus(Duration::days(1))))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Staff credit what is owed before its time.
pub(super) fn by_hand(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ReplacementId,
    seen: Option<i64>,
    asked: &ConvertReplacement,
) -> ApiResult<Replacement> {
    let scope = caller.scope();
    let now = tx.business_now();
    let before = store::get(tx, &scope, id, now)?;
    if seen.is_some_and(|seen| seen != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let row = store::hold_owed(tx, id)?.ok_or_else(|| over(before.status))?;
    convert(tx, &caller.actor(), &row, Some(&reason))?;
    store::get(tx, &scope, id, now)
}

fn over(status: ReplacementStatus) -> ApiError {
    match status.after(ReplacementAction::Convert) {
        Err(refused) => ApiError::conflict(refused.to_string()),
        // It was owed when it was read, so a lead came in between.
        Ok(_) => ApiError::conflict("A lead has just been delivered for it."),
    }
}

/// Gives back what was charged for the lead that is owed. The caller holds the row.
fn convert(tx: &mut Tx<'_>, actor: &Actor, row: &Row, reason: Option<&str>) -> ApiResult<()> {
    let charge = charged(tx, row.original_delivery_id)?;
    let note = give_back(tx, charge, row.return_request_id)?;
    store::convert(tx, row.id, charge.delivery_id)?;
    let facts = json!({
        "replacement_id": row.id, "return_request_id": row.return_request_id, "order_id": row.order_id,
        "delivery_id": row.original_delivery_id, "credited_delivery_id": charge.delivery_id, "credit_note_id": note,
    });
    let change = audit::Change {
        action: "replacement.converted",
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: Some(json!({ "status": row.status })),
        after: Some(json!({ "status": ReplacementStatus::ConvertedToCredit, "credit_note_id": note })),
        reason,
    };
    audit::record(tx, actor, change)?;
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::ReplacementConverted, subject, &facts)?;
    notifications::record(
        tx,
        NotificationKind::ReplacementConverted,
        &row.id.to_string(),
        row.programme_id,
        Some(row.supplier_id),
        &facts,
    )?;
    Ok(())
}

/// The delivery that was charged: a replacement is free, so for one it is what it replaced, and so on.
fn charged(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<Charge> {
    let mut charge = store::charge_of(tx, delivery)?;
    while let (BillingState::Free, Some(replaced)) = (charge.state, charge.replaces) {
        charge = store::charge_of(tx, replaced)?;
    }
    Ok(charge)
}

/// Credits it: as a returned lead where it is billed, with its part of the price where its order was paid at once.
fn give_back(tx: &mut Tx<'_>, charge: Charge, request: ReturnRequestId) -> ApiResult<Option<CreditNoteId>> {
    let delivery = charge.delivery_id;
    let (BillingState::Paid, Some(invoice), Some(leads)) = (charge.state, charge.order_invoice, charge.quantity) else {
        return match invoices::remedy_credit(tx, delivery, request)? {
            invoices::Remedy::LineDropped => Ok(None),
            invoices::Remedy::CreditNote(id) => Ok(Some(id)),
        };
    };
    charge
        .state
        .after(BillingAction::Return)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    if invoice_rows::return_delivery(tx, delivery, &["paid"])?.is_none() {
        return Err(ApiError::conflict("There is nothing to give back for this delivery."));
    }
    let invoice = invoice_rows::lock(tx, invoice)?;
    credit_notes::ops::issue_for_lead_of_order(tx, &invoice, leads, (delivery, request)).map(Some)
}

//! What changes an invoice after a run has made it: its due date, and the remedies of returns.

use super::store;
use crate::app::App;
use crate::calendar::Zone;
use crate::credit_notes;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::notifications;
use crate::programmes;
use crate::{packages, wallets};
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::{CreditNoteId, DeliveryId, InvoiceId, ReturnRequestId};

/// What an approved return did to the money: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The delivery was not on a final invoice yet and will never be charged.
    LineDropped,
    /// It was, so a credit note gives the price back.
    CreditNote(CreditNoteId),
}

/// Gives the supplier the price of a returned delivery: by never charging it, or by a credit note.
///
/// Billing runs and this guard the same column, so whichever commits first decides which of the two
/// it is (F9). A delivery that is returned already, was rejected or is free is a conflict.
pub(crate) fn remedy_credit(tx: &mut Tx<'_>, delivery: DeliveryId, request: ReturnRequestId) -> ApiResult<Remedy> {
    if store::return_delivery(tx, delivery, &["unbilled", "return_pending"])?.is_some() {
        wallets::money::lead_returned(tx, delivery)?;
        packages::lead_came_back(tx, delivery)?;
        return Ok(Remedy::LineDropped);
    }
    let Some(Some(invoice_id)) = store::return_delivery(tx, delivery, &["invoiced"])? else {
        return Err(ApiError::conflict("There is nothing to give back for this delivery."));
    };
    let invoice = store::lock(tx, invoice_id)?;
    if invoice.status == InvoiceStatus::Draft {
        // A run is still gathering this invoice: the line goes before the invoice is final.
        store::drop_draft_line(tx, delivery)?;
        wallets::money::lead_returned(tx, delivery)?;
        packages::lead_came_back(tx, delivery)?;
        return Ok(Remedy::LineDropped);
    }
    packages::lead_came_back(tx, delivery)?;
    credit_notes::ops::issue_for_return(tx, &invoice, delivery, request).map(Remedy::CreditNote)
}

/// Keeps a delivery from being billed while its return is decided, where the policy defers such
/// lines. What is invoiced already stays so; answers whether it was held.
pub(crate) fn hold_line(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<bool> {
    Ok(store::set_billing_state(tx, delivery, &["unbilled"], "return_pending")?.is_some())
}

/// Lets a held delivery be billed again: its return was denied, withdrawn, or remedied by a
/// replacement (then the original stays charged and the replacement is free).
pub(crate) fn release_line(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<bool> {
    Ok(store::set_billing_state(tx, delivery, &["return_pending"], "unbilled")?.is_some())
}

/// How many invoices one slice of the job looks at.
const OVERDUE_SLICE: i64 = 100;

/// The job: what is unpaid after its due date, by the programme's own calendar, becomes overdue.
pub(crate) fn mark_overdue(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let late = app
            .db
            .read_blocking(|conn| store::fallen_due(conn, programme, today, now, OVERDUE_SLICE))?;
        if !late.is_empty() {
            let done = app.db.write_blocking(move |tx| {
                let mut done = 0;
                for id in &late {
                    done += usize::from(fall_due(tx, *id)?);
                }
                Ok(done)
            })?;
            if done > 0 {
                return Ok(done);
            }
        }
    }
    Ok(0)
}

fn fall_due(tx: &mut Tx<'_>, id: InvoiceId) -> ApiResult<bool> {
    // It may have been paid since it was looked up, or another runner was there before.
    let Some(invoice) = store::fall_due(tx, id)? else {
        return Ok(false);
    };
    let facts = json!({
        "invoice_id": id, "number": invoice.number, "due_on": invoice.due_on, "open": invoice.open()?,
    });
    let subject = Subject::of(id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::InvoiceOverdue, subject, &facts)?;
    let supplier = Some(invoice.supplier_id);
    notifications::record(
        tx,
        NotificationKind::Overdue,
        &id.to_string(),
        invoice.programme_id,
        supplier,
        &facts,
    )?;
    Ok(true)
}

//! Issuing a credit note.

use super::credit_store;
use super::rules::{Credit, credit_note_number};
use super::store::{self, NewCreditNote};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::allowance;
use crate::invoices::rules::apply_credit;
use crate::invoices::store as invoices;
use crate::invoices::store::InvoiceRow;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use crate::wallets;
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::{CreditNoteId, DeliveryId, InvoiceLineId, Money, ReturnRequestId};

/// What [`issue_for_return`] would credit now; none where nothing is left.
pub(crate) fn expected_for_return(
    conn: &mut Conn,
    invoice: &InvoiceRow,
    delivery: DeliveryId,
) -> ApiResult<Option<Credit>> {
    let (_, line) = store::line_of(conn, invoice, delivery)?;
    Ok(line.credit_rest().ok())
}

/// Credits all that is left of the line of a delivery. The caller has locked the invoice and
/// called the delivery returned.
pub(crate) fn issue_for_return(
    tx: &mut Tx<'_>,
    invoice: &InvoiceRow,
    delivery: DeliveryId,
    request: ReturnRequestId,
) -> ApiResult<CreditNoteId> {
    let (line_id, line) = store::line_of(tx, invoice, delivery)?;
    let credit = line
        .credit_rest()
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    let cause = Cause {
        reason: "Returned lead".to_owned(),
        returned: Some((delivery, request)),
    };
    issue(tx, invoice, line_id, credit, cause).map(|(id, _)| id)
}

/// Credits a part of what an invoice charged as a whole, such as a period of a plan: so many of so many units of its
/// first line, rounded half to even. Answers how much of it is credit of the account now. The caller has locked the
/// invoice.
pub(crate) fn issue_for_units(
    tx: &mut Tx<'_>,
    invoice: &InvoiceRow,
    (units, of_units): (i64, i64),
    reason: String,
) -> ApiResult<Money> {
    let (line_id, line) = store::first_line(tx, invoice)?;
    let credit = line
        .credit_units(units, of_units)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    let cause = Cause { reason, returned: None };
    issue(tx, invoice, line_id, credit, cause).map(|(_, left)| left)
}

/// Credits one lead of an order that was paid when it was placed: its part of the order's line, rounded half to even,
/// or what is left of it. The caller has locked the invoice and called the delivery returned.
pub(crate) fn issue_for_lead_of_order(
    tx: &mut Tx<'_>,
    invoice: &InvoiceRow,
    leads: i64,
    returned: (DeliveryId, ReturnRequestId),
) -> ApiResult<CreditNoteId> {
    let (line_id, line) = store::first_line(tx, invoice)?;
    let credit = line
        .credit_unit(leads)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    let cause = Cause {
        reason: "No lead came to replace a returned one".to_owned(),
        returned: Some(returned),
    };
    issue(tx, invoice, line_id, credit, cause).map(|(id, _)| id)
}

/// Why a credit note is issued.
struct Cause {
    /// In words.
    reason: String,
    /// The return request that it remedies, and its delivery.
    returned: Option<(DeliveryId, ReturnRequestId)>,
}

/// Issues a credit note of a line; answers how much of it is credit of the account now.
fn issue(
    tx: &mut Tx<'_>,
    invoice: &InvoiceRow,
    line_id: InvoiceLineId,
    credit: Credit,
    cause: Cause,
) -> ApiResult<(CreditNoteId, Money)> {
    let total = credit.total()?;
    if !store::take_from_line(tx, line_id, credit.net)? {
        return Err(ApiError::conflict("The line was credited already."));
    }
    let (applied, status) = apply_credit(invoice.status, invoice.open()?, total)?;
    invoices::add_credited(tx, invoice.id, applied.minor, status)?;
    allowance::provide(tx, invoice.id)?;
    let (sequence, prefix) = store::take_number(tx, invoice.legal_entity_id)?;
    let id: CreditNoteId = tx.new_id();
    let note = NewCreditNote {
        id,
        legal_entity_id: invoice.legal_entity_id,
        programme_id: invoice.programme_id,
        supplier_id: invoice.supplier_id,
        invoice_id: invoice.id,
        invoice_line_id: line_id,
        return_request_id: cause.returned.map(|(_, request)| request),
        number: credit_note_number(&prefix, sequence),
        sequence,
        reason: cause.reason,
        issued_at: tx.business_now(),
        currency: invoice.currency,
        net_minor: credit.net.minor,
        tax_minor: credit.tax.minor,
        total_minor: total.minor,
        applied_minor: applied.minor,
    };
    store::insert(tx, &note)?;
    let left = total.minus(applied)?;
    let entity = invoice.legal_entity_id;
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::CreditNote,
            reference: note.number.clone(),
            posted_at: note.issued_at,
            memo: format!("Credit note {}", note.number),
            legs: vec![
                (Account::receivable(entity, invoice.supplier_id), total.negated()?),
                (Account::revenue(entity, invoice.programme_id), credit.net),
                (Account::tax_payable(entity), credit.tax),
            ],
        },
    )?;
    // Who pays in advance has it back where the money came from.
    let in_wallet = left.minor > 0 && wallets::money::take_credit(tx, id, invoice.supplier_id, left)?;
    if left.minor > 0 && !in_wallet {
        credit_store::grant(tx, id, entity, invoice.supplier_id, left)?;
    }
    let facts = json!({
        "credit_note_id": id, "number": note.number, "invoice_id": invoice.id, "invoice_number": invoice.number,
        "delivery_id": cause.returned.map(|(delivery, _)| delivery), "return_request_id": note.return_request_id, "total": total, "applied": applied,
    });
    let subject = Subject::of(id)
        .programme(invoice.programme_id)
        .supplier(invoice.supplier_id);
    events::push(tx, EventKind::CreditNoteIssued, subject, &facts)?;
    let supplier = Some(invoice.supplier_id);
    notifications::record(
        tx,
        NotificationKind::CreditNote,
        &id.to_string(),
        invoice.programme_id,
        supplier,
        &facts,
    )?;
    Ok((id, if in_wallet { invoice.money(0) } else { left }))
}

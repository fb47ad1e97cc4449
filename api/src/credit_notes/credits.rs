//! What a credit note left over after it had reduced its own invoice: credit of the account. The next
//! invoice uses it up when it is issued, the oldest first; what is never used is paid out by hand.
//!
//! Using it moves nothing in the journal, because a credit note and an invoice are postings of one
//! receivable; a refund moves it from there to cash. The guard on the row of `account_credits` keeps
//! both together from giving out more than was granted (I7).

use super::credit_store as store;
use crate::audit;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::store as invoices;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use serde_json::json;
use tradepost_contract::credit_notes::{CreditRefund, RecordCreditRefund};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::{
    CreditNoteId, CreditRefundId, Currency, FieldError, InvoiceId, LegalEntityId, Money, SupplierId,
};

/// Uses up credit of the account for an invoice that is being issued, or is opened again; answers how much
/// of it is paid so. The caller has locked the invoice.
pub(crate) fn use_up(
    tx: &mut Tx<'_>,
    entity: LegalEntityId,
    supplier: SupplierId,
    invoice: InvoiceId,
    total: Money,
) -> ApiResult<Money> {
    let mut used = Money::zero(total.currency);
    for (note, left) in store::left(tx, entity, supplier, total.currency)? {
        let open = total.minus(used)?;
        if open.minor <= 0 {
            break;
        }
        let part = Money::new(left.min(open.minor), total.currency);
        // A refund may have been faster; then there is less credit, and more to pay.
        if store::take(tx, note, part.minor, store::Use::Invoice)? {
            store::allocate(tx, note, invoice, part)?;
            used = used.plus(part)?;
        }
    }
    Ok(used)
}

/// What an account has left of its credits.
pub(crate) fn left(conn: &mut Conn, entity: LegalEntityId, supplier: SupplierId, currency: Currency) -> ApiResult<i64> {
    let left = store::left(conn, entity, supplier, currency)?;
    Ok(left.iter().map(|(_, minor)| minor).sum())
}

const LONGEST_REFERENCE: usize = 140;
const LONGEST_REASON: usize = 500;

/// Records that what is left of a credit, or a part of it, was paid out by bank transfer.
pub(super) fn refund(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CreditNoteId,
    asked: &RecordCreditRefund,
) -> ApiResult<CreditRefund> {
    let note = store::refundable(tx, &caller.scope(), id)?;
    let zone = Zone::parse(&invoices::programme_zone(tx, note.programme_id)?).map_err(ApiError::internal)?;
    let (reference, reason) = (asked.reference.trim(), asked.reason.trim());
    let mut faults = Vec::new();
    if reference.is_empty() || reference.chars().count() > LONGEST_REFERENCE {
        faults.push(FieldError::new("/reference", "length", "expected 1 to 140 characters"));
    }
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        faults.push(FieldError::new("/reason", "length", "expected 1 to 500 characters"));
    }
    if asked.refunded_on > zone.date_of(tx.business_now()) {
        faults.push(FieldError::new(
            "/refunded_on",
            "in_the_future",
            "a refund is recorded once it was sent",
        ));
    }
    let left = Money::new(note.left_minor, note.currency);
    let amount = asked.amount.unwrap_or(left);
    if amount.currency != note.currency {
        let message = format!("the credit is in {}", note.currency);
        faults.push(FieldError::new("/amount", "currency_mismatch", message));
    } else if left.minor > 0 && !(1..=left.minor).contains(&amount.minor) {
        let message = format!("expected 1 to {}, which is what is left", left.minor);
        faults.push(FieldError::new("/amount/amount", "out_of_range", message));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    if left.minor == 0 {
        return Err(ApiError::conflict("Nothing is left of this credit."));
    }
    // The month before the credit: whoever issues invoices takes the two in this order.
    ledger::expect_open(tx, note.legal_entity_id, tx.business_now())?;
    if !store::take(tx, id, amount.minor, store::Use::Refund)? {
        return Err(ApiError::conflict(
            "The credit was just used up by an invoice or a refund.",
        ));
    }
    let refund = CreditRefund {
        id: tx.new_id::<CreditRefundId>(),
        credit_note_id: id,
        supplier_id: note.supplier_id,
        amount,
        reference: reference.to_owned(),
        refunded_on: asked.refunded_on,
        reason: reason.to_owned(),
        recorded_by: caller.actor().name,
        created_at: tx.business_now(),
    };
    store::insert_refund(tx, &refund)?;
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Refund,
            reference: refund.id.to_string(),
            posted_at: refund.created_at,
            memo: format!("Refund of credit note {}", note.number),
            legs: vec![
                (Account::receivable(note.legal_entity_id, note.supplier_id), amount),
                (Account::cash(note.legal_entity_id), amount.negated()?),
            ],
        },
    )?;
    let facts = json!({
        "credit_refund_id": refund.id, "credit_note_id": id, "number": note.number, "amount": amount,
        "left": left.minus(amount)?,
    });
    let supplier = Some(note.supplier_id);
    let subject = Subject::of(id).programme(note.programme_id).supplier(note.supplier_id);
    events::push(tx, EventKind::CreditRefunded, subject, &facts)?;
    let key = refund.id.to_string();
    notifications::record(
        tx,
        NotificationKind::CreditRefund,
        &key,
        note.programme_id,
        supplier,
        &facts,
    )?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "credit.refunded",
            object: id.to_string(),
            supplier,
            before: Some(json!({ "left": left })),
            after: Some(json!({ "left": left.minus(amount)?, "credit_refund_id": refund.id, "reference": reference })),
            reason: Some(reason),
        },
    )?;
    Ok(refund)
}

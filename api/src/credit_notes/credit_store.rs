//! Rows of account credit, of the invoices that used it, and of its refunds.

use crate::auth::Scope;
use crate::db::schema::{account_credits, credit_allocations, credit_notes, credit_refunds};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::credit_notes::{CreditAllocation, CreditRefund};
use tradepost_contract::{
    CreditAllocationId, CreditNoteId, CreditRefundId, Currency, InvoiceId, LegalEntityId, LocalDate, Money,
    ProblemCode, ProgrammeId, SupplierId, Timestamp,
};

/// Gives the account the credit that a note has left over.
pub(super) fn grant(
    tx: &mut Tx<'_>,
    note: CreditNoteId,
    entity: LegalEntityId,
    supplier: SupplierId,
    left: Money,
) -> ApiResult<()> {
    use account_credits::dsl;
    let now = tx.business_now();
    diesel::insert_into(dsl::account_credits)
        .values((
            dsl::credit_note_id.eq(note),
            dsl::legal_entity_id.eq(entity),
            dsl::supplier_id.eq(supplier),
            dsl::currency.eq(left.currency),
            dsl::granted_minor.eq(left.minor),
            dsl::created_at.eq(now),
            dsl::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The condition of the partial index `account_credits_left`, spelled as it is there.
const SOME_LEFT: &str = "used_minor + refunded_minor < granted_minor";

/// What an account has left of its credits, the oldest first.
pub(crate) fn left(
    conn: &mut Conn,
    entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
) -> ApiResult<Vec<(CreditNoteId, i64)>> {
    use account_credits::dsl;
    let left = dsl::account_credits
        .filter(sql::<Bool>(SOME_LEFT))
        .filter(
            dsl::supplier_id
                .eq(supplier)
                .and(dsl::legal_entity_id.eq(entity))
                .and(dsl::currency.eq(currency)),
        )
        .order(dsl::credit_note_id)
        .select((
            dsl::credit_note_id,
            dsl::granted_minor - dsl::used_minor - dsl::refunded_minor,
        ))
        .kept(|| ());
    Ok(either!(conn, conn => left.load(conn))?)
}

/// What credit is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Invoice,
    Refund,
}

/// Takes so much of a credit, if it has that much left.
pub(super) fn take(tx: &mut Tx<'_>, note: CreditNoteId, minor: i64, reason: Use) -> ApiResult<bool> {
    use account_credits::dsl;
    let (used, refunded) = match reason {
        Use::Invoice => (minor, 0),
        Use::Refund => (0, minor),
    };
    let enough = dsl::account_credits
        .find(note)
        .filter((dsl::used_minor + dsl::refunded_minor + minor).le(dsl::granted_minor));
    Ok(diesel::update(enough)
        .set((
            dsl::used_minor.eq(dsl::used_minor + used),
            dsl::refunded_minor.eq(dsl::refunded_minor + refunded),
            dsl::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?
        == 1)
}

pub(super) fn allocate(tx: &mut Tx<'_>, note: CreditNoteId, invoice: InvoiceId, amount: Money) -> ApiResult<()> {
    use credit_allocations::dsl;
    diesel::insert_into(dsl::credit_allocations)
        .values((
            dsl::id.eq(tx.new_id::<CreditAllocationId>()),
            dsl::credit_note_id.eq(note),
            dsl::invoice_id.eq(invoice),
            dsl::amount_minor.eq(amount.minor),
            dsl::currency.eq(amount.currency),
            dsl::created_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The credits that paid a part of an invoice, the oldest first. There are as many as returns of one
/// or two periods, so they are no pages.
pub(crate) fn of_invoice(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<Vec<CreditAllocation>> {
    type Row = (
        CreditAllocationId,
        CreditNoteId,
        String,
        InvoiceId,
        i64,
        Currency,
        Timestamp,
    );
    let rows: Vec<Row> = credit_allocations::table
        .inner_join(credit_notes::table.on(credit_allocations::credit_note_id.eq(credit_notes::id)))
        .filter(credit_allocations::invoice_id.eq(invoice))
        .order(credit_allocations::id)
        .select((
            credit_allocations::id,
            credit_allocations::credit_note_id,
            credit_notes::number,
            credit_allocations::invoice_id,
            credit_allocations::amount_minor,
            credit_allocations::currency,
            credit_allocations::created_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(id, credit_note_id, credit_note_number, invoice_id, minor, currency, created_at)| CreditAllocation {
                id,
                credit_note_id,
                credit_note_number,
                invoice_id,
                amount: Money::new(minor, currency),
                created_at,
            },
        )
        .collect())
}

/// What a refund needs to know of a credit note.
#[derive(Debug)]
pub(super) struct Refundable {
    pub(super) number: String,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) legal_entity_id: LegalEntityId,
    pub(super) currency: Currency,
    pub(super) left_minor: i64,
}

pub(super) fn refundable(conn: &mut Conn, scope: &Scope, id: CreditNoteId) -> ApiResult<Refundable> {
    super::store::get(conn, scope, id)?;
    type Row = (String, ProgrammeId, SupplierId, LegalEntityId, Currency);
    let (number, programme_id, supplier_id, legal_entity_id, currency): Row = credit_notes::table
        .filter(credit_notes::id.eq(id))
        .select((
            credit_notes::number,
            credit_notes::programme_id,
            credit_notes::supplier_id,
            credit_notes::legal_entity_id,
            credit_notes::currency,
        ))
        .first(conn)?;
    use account_credits::dsl;
    let left: Option<i64> = dsl::account_credits
        .find(id)
        .select(dsl::granted_minor - dsl::used_minor - dsl::refunded_minor)
        .first(conn)
        .optional()?;
    Ok(Refundable {
        number,
        programme_id,
        supplier_id,
        legal_entity_id,
        currency,
        left_minor: left.unwrap_or(0),
    })
}

pub(super) fn insert_refund(tx: &mut Tx<'_>, refund: &CreditRefund) -> ApiResult<()> {
    use credit_refunds::dsl;
    let row = (
        dsl::id.eq(refund.id),
        dsl::credit_note_id.eq(refund.credit_note_id),
        dsl::supplier_id.eq(refund.supplier_id),
        dsl::amount_minor.eq(refund.amount.minor),
        dsl::currency.eq(refund.amount.currency),
        dsl::reference.eq(&refund.reference),
        dsl::refunded_on.eq(refund.refunded_on),
        dsl::reason.eq(&refund.reason),
        dsl::recorded_by.eq(&refund.recorded_by),
        dsl::created_at.eq(refund.created_at),
    );
    match diesel::insert_into(dsl::credit_refunds).values(row).execute(&mut **tx) {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => {
            let message = "A refund with this reference is recorded for the credit note.";
            Err(ApiError::new(ProblemCode::Duplicate)
                .detail(message)
                .field("/reference", "duplicate", message))
        }
        Err(cause) => Err(cause.into()),
    }
}

/// The refunds of a credit note, the oldest first; each took a part of it, so they are few.
pub(super) fn refunds(conn: &mut Conn, note: CreditNoteId) -> ApiResult<Vec<CreditRefund>> {
    type Row = (
        CreditRefundId,
        CreditNoteId,
        SupplierId,
        i64,
        Currency,
        String,
        LocalDate,
        String,
        String,
        Timestamp,
    );
    let rows: Vec<Row> = credit_refunds::table
        .filter(credit_refunds::credit_note_id.eq(note))
        .order(credit_refunds::id)
        .select(credit_refunds::all_columns)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(
            |(id, credit_note_id, supplier_id, minor, currency, reference, refunded_on, reason, recorded_by, at)| {
                CreditRefund {
                    id,
                    credit_note_id,
                    supplier_id,
                    amount: Money::new(minor, currency),
                    reference,
                    refunded_on,
                    reason,
                    recorded_by,
                    created_at: at,
                }
            },
        )
        .collect())
}

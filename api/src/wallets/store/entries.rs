//! Rows of the movements of wallets.

use super::Row;
use crate::db::schema::{credit_notes, deliveries, invoices, lead_people, payments, wallet_entries};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::leads::store::{PersonRow, person_columns, person_of};
use crate::lists::Window;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use std::collections::BTreeMap;
use tradepost_contract::payments::{PaymentMethod, PaymentOrigin};
use tradepost_contract::wallets::{WalletEntry, WalletEntryKind};
use tradepost_contract::{
    CreditNoteId, DeliveryId, Id, InvoiceId, LeadId, Page, PaymentId, RefundId, SupplierId, Timestamp, WalletEntryId,
};

/// What caused a movement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::wallets) struct Cause {
    pub(in crate::wallets) delivery: Option<DeliveryId>,
    pub(in crate::wallets) payment: Option<PaymentId>,
    pub(in crate::wallets) invoice: Option<InvoiceId>,
    pub(in crate::wallets) credit_note: Option<CreditNoteId>,
    pub(in crate::wallets) refund: Option<RefundId>,
}

/// Writes a movement down.
pub(in crate::wallets) fn insert_entry(
    tx: &mut Tx<'_>,
    id: WalletEntryId,
    supplier: SupplierId,
    kind: WalletEntryKind,
    (minor, balance): (i64, i64),
    cause: Cause,
) -> ApiResult<()> {
    use wallet_entries::dsl;
    let row = (
        dsl::id.eq(id),
        dsl::supplier_id.eq(supplier),
        dsl::kind.eq(kind),
        dsl::amount_minor.eq(minor),
        dsl::balance_minor.eq(balance),
        dsl::delivery_id.eq(cause.delivery),
        dsl::payment_id.eq(cause.payment),
        dsl::invoice_id.eq(cause.invoice),
        dsl::credit_note_id.eq(cause.credit_note),
        dsl::refund_id.eq(cause.refund),
        dsl::created_at.eq(tx.business_now()),
    );
    diesel::insert_into(dsl::wallet_entries)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    minor: i64,
}

/// What was taken for the leads of an invoice.
pub(in crate::wallets) fn drawn_for_invoice(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<i64> {
    let taken: Taken = sql_query(
        "SELECT CAST(COALESCE(-SUM(e.amount_minor), 0) AS BIGINT) AS minor FROM invoice_lines l \
         JOIN wallet_entries e ON e.delivery_id = l.delivery_id WHERE l.invoice_id = $1",
    )
    .bind::<BigInt, _>(invoice)
    .get_result(conn)?;
    Ok(taken.minor)
}

/// What was taken for leads that were delivered before an instant and are not invoiced.
pub(in crate::wallets) fn drawn_until(conn: &mut Conn, supplier: SupplierId, end_at: Timestamp) -> ApiResult<i64> {
    let taken: Taken = sql_query(
        "SELECT CAST(COALESCE(-SUM(e.amount_minor), 0) AS BIGINT) AS minor FROM wallet_entries e \
         JOIN deliveries d ON d.id = e.delivery_id WHERE e.supplier_id = $1 \
         AND d.billing_state IN ('unbilled', 'return_pending') AND d.delivered_at < $2",
    )
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(end_at)
    .get_result(conn)?;
    Ok(taken.minor)
}

/// What money was taken for, and may come back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::wallets) enum Purpose {
    /// A lead.
    Lead(DeliveryId),
    /// Money that is given back.
    Refund(RefundId),
}

/// What was taken for something and did not come back, and out of whose wallet; none where nothing ever was.
pub(in crate::wallets) fn taken_for(conn: &mut Conn, what: Purpose) -> ApiResult<Option<(SupplierId, i64)>> {
    let all = wallet_entries::table
        .select((wallet_entries::supplier_id, wallet_entries::amount_minor))
        .into_boxed();
    let moves: Vec<(SupplierId, i64)> = match what {
        Purpose::Lead(delivery) => all.filter(wallet_entries::delivery_id.eq(delivery)).load(conn)?,
        Purpose::Refund(refund) => all.filter(wallet_entries::refund_id.eq(refund)).load(conn)?,
    };
    let taken: i64 = -moves.iter().map(|(_, minor)| minor).sum::<i64>();
    Ok(moves.first().map(|(supplier, _)| (*supplier, taken)))
}

type EntryRow = (
    (WalletEntryId, WalletEntryKind, i64, i64, Timestamp),
    (Option<DeliveryId>, Option<LeadId>, Option<PersonRow>),
    (Option<PaymentId>, Option<(PaymentMethod, PaymentOrigin)>),
    (Option<InvoiceId>, Option<CreditNoteId>, Option<RefundId>),
    Option<(InvoiceId, String)>,
);

/// The movements of a wallet, the newest first. `named` says whether the reader may know who enquired.
pub(in crate::wallets) fn entries(
    conn: &mut Conn,
    wallet: &Row,
    kinds: Option<Vec<WalletEntryKind>>,
    window: &Window,
    named: bool,
) -> ApiResult<Page<WalletEntry>> {
    use wallet_entries as e;
    let mut query = e::table
        .left_join(deliveries::table.on(e::delivery_id.eq(deliveries::id.nullable())))
        .left_join(lead_people::table.on(deliveries::lead_id.eq(lead_people::lead_id)))
        .left_join(payments::table.on(e::payment_id.eq(payments::id.nullable())))
        .left_join(credit_notes::table.on(e::credit_note_id.eq(credit_notes::id.nullable())))
        .filter(e::supplier_id.eq(wallet.supplier_id))
        .into_boxed();
    if let Some(kinds) = kinds {
        query = query.filter(e::kind.eq_any(kinds));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(e::created_at.le(at))
            .filter(e::created_at.lt(at).or(e::id.lt(id)));
    }
    let rows: Vec<EntryRow> = query
        .order((e::created_at.desc(), e::id.desc()))
        .limit(window.fetch())
        .select((
            (e::id, e::kind, e::amount_minor, e::balance_minor, e::created_at),
            (e::delivery_id, deliveries::lead_id.nullable(), person_columns!()),
            (e::payment_id, (payments::method, payments::origin).nullable()),
            (e::invoice_id, e::credit_note_id, e::refund_id),
            (credit_notes::invoice_id, credit_notes::number).nullable(),
        ))
        .load(conn)?;
    // An invoice is named by the movement itself or by its credit note: asked for once for the whole page.
    let of_row = |row: &EntryRow| row.3.0.or(row.4.as_ref().map(|(invoice, _)| *invoice));
    let invoices = numbers(conn, rows.iter().filter_map(of_row).collect())?;
    let found = rows.into_iter().map(|row| {
        let invoice_id = of_row(&row);
        let (entry, (delivery_id, lead_id, person), (payment_id, payment), (_, credit_note_id, refund_id), note) = row;
        let (id, kind, minor, balance, created_at) = entry;
        WalletEntry {
            id,
            kind,
            amount: wallet.money(minor),
            balance: wallet.money(balance),
            delivery_id,
            lead_id,
            lead_name: person_of(person.filter(|_| named)).known_as().map(str::to_owned),
            payment_id,
            payment_method: payment.map(|(method, _)| method),
            payment_origin: payment.map(|(_, origin)| origin),
            invoice_id,
            invoice_number: invoice_id.and_then(|id| invoices.get(&id).cloned()),
            credit_note_id,
            credit_note_number: note.map(|(_, number)| number),
            refund_id,
            created_at,
        }
    });
    Ok(window.finish(found.collect(), |entry| (entry.created_at, entry.id.as_i64())))
}

fn numbers(conn: &mut Conn, ids: Vec<InvoiceId>) -> ApiResult<BTreeMap<InvoiceId, String>> {
    let found: Vec<(InvoiceId, Option<String>)> = invoices::table
        .filter(invoices::id.eq_any(ids))
        .select((invoices::id, invoices::number))
        .load(conn)?;
    Ok(found
        .into_iter()
        .filter_map(|(id, number)| Some((id, number?)))
        .collect())
}

//! Rows of credit notes.

use super::rules::CreditableLine;
use crate::auth::Scope;
use crate::db::schema::{
    account_credits, credit_notes, invoice_lines, invoices, legal_entities, programmes, suppliers,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::invoices::store::InvoiceRow;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::credit_notes::CreditNote;
use tradepost_contract::{
    CreditNoteId, Currency, DeliveryId, Id, InvoiceId, InvoiceLineId, LegalEntityId, Money, Page, ProgrammeId,
    ReturnRequestId, SupplierId, Timestamp,
};

#[derive(Debug, Insertable)]
#[diesel(table_name = credit_notes)]
pub(super) struct NewCreditNote {
    pub(super) id: CreditNoteId,
    pub(super) legal_entity_id: LegalEntityId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) invoice_id: InvoiceId,
    pub(super) invoice_line_id: InvoiceLineId,
    pub(super) return_request_id: Option<ReturnRequestId>,
    pub(super) number: String,
    pub(super) sequence: i64,
    pub(super) reason: String,
    pub(super) issued_at: Timestamp,
    pub(super) currency: Currency,
    pub(super) net_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) total_minor: i64,
    pub(super) applied_minor: i64,
}

pub(super) fn insert(tx: &mut Tx<'_>, note: &NewCreditNote) -> ApiResult<()> {
    diesel::insert_into(credit_notes::table)
        .values(note)
        .execute(&mut **tx)?;
    Ok(())
}

/// The line of a delivery on an invoice.
pub(super) fn line_of(
    conn: &mut Conn,
    invoice: &InvoiceRow,
    delivery: DeliveryId,
) -> ApiResult<(InvoiceLineId, CreditableLine)> {
    let row: LineRow = invoice_lines::table
        .filter(
            invoice_lines::delivery_id
                .eq(delivery)
                .and(invoice_lines::invoice_id.eq(invoice.id)),
        )
        .select(LINE)
        .first(conn)?;
    Ok(creditable(invoice, row))
}

/// The first line of an invoice.
pub(super) fn first_line(conn: &mut Conn, invoice: &InvoiceRow) -> ApiResult<(InvoiceLineId, CreditableLine)> {
    let row: LineRow = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(invoice.id))
        .filter(invoice_lines::position.eq(1))
        .select(LINE)
        .first(conn)?;
    Ok(creditable(invoice, row))
}

/// A line's id, net price, tax, and what of the price was credited.
type LineRow = (InvoiceLineId, i64, i64, i64);

const LINE: (
    invoice_lines::id,
    invoice_lines::net_minor,
    invoice_lines::tax_minor,
    invoice_lines::credited_minor,
) = (
    invoice_lines::id,
    invoice_lines::net_minor,
    invoice_lines::tax_minor,
    invoice_lines::credited_minor,
);

fn creditable(invoice: &InvoiceRow, (id, net, tax, credited): LineRow) -> (InvoiceLineId, CreditableLine) {
    let line = CreditableLine {
        net: invoice.money(net),
        tax: invoice.money(tax),
        credited: invoice.money(credited),
    };
    (id, line)
}

/// Marks so much of a line's net price as credited, if it has that much left.
pub(super) fn take_from_line(tx: &mut Tx<'_>, line: InvoiceLineId, net: Money) -> ApiResult<bool> {
    use invoice_lines::dsl;
    let enough = dsl::invoice_lines
        .find(line)
        .filter((dsl::credited_minor + net.minor).le(dsl::net_minor));
    Ok(diesel::update(enough)
        .set(dsl::credited_minor.eq(dsl::credited_minor + net.minor))
        .execute(&mut **tx)?
        == 1)
}

/// The next number of a legal entity's credit notes, and its prefix.
pub(super) fn take_number(tx: &mut Tx<'_>, entity: LegalEntityId) -> ApiResult<(i64, String)> {
    use legal_entities::dsl;
    let (next, prefix): (i64, String) = diesel::update(dsl::legal_entities.find(entity))
        .set(dsl::next_credit_note_number.eq(dsl::next_credit_note_number + 1))
        .returning((dsl::next_credit_note_number, dsl::invoice_prefix))
        .get_result(&mut **tx)?;
    Ok((next - 1, prefix))
}

/// Which credit notes a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) id: Option<CreditNoteId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) invoice: Option<InvoiceId>,
    pub(super) request: Option<ReturnRequestId>,
    pub(super) number: Option<String>,
}

type Row = (
    (
        CreditNoteId,
        String,
        ProgrammeId,
        SupplierId,
        InvoiceId,
        Option<String>,
        InvoiceLineId,
        Option<DeliveryId>,
    ),
    (Option<ReturnRequestId>, String, Timestamp, Currency, i64, i64, i64, i64),
    // The names of programme and supplier.
    (String, String),
    // How much of the rest was used and refunded.
    Option<(i64, i64)>,
);

fn rows(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Vec<CreditNote>> {
    let mut query = credit_notes::table
        .inner_join(invoices::table.on(credit_notes::invoice_id.eq(invoices::id)))
        .inner_join(invoice_lines::table.on(credit_notes::invoice_line_id.eq(invoice_lines::id)))
        .inner_join(programmes::table.on(credit_notes::programme_id.eq(programmes::id)))
        .inner_join(suppliers::table.on(credit_notes::supplier_id.eq(suppliers::id)))
        .left_join(account_credits::table.on(account_credits::credit_note_id.eq(credit_notes::id)))
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(credit_notes::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(credit_notes::programme_id.eq(programme));
    }
    // Like its invoice, a credit note is the whole account's.
    if scope.businesses().is_some() {
        query = query.filter(credit_notes::id.lt(0));
    }
    if let Some(id) = filter.id {
        query = query.filter(credit_notes::id.eq(id));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(credit_notes::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(credit_notes::supplier_id.eq(supplier));
    }
    if let Some(invoice) = filter.invoice {
        query = query.filter(credit_notes::invoice_id.eq(invoice));
    }
    if let Some(request) = filter.request {
        query = query.filter(credit_notes::return_request_id.eq(request));
    }
    if let Some(number) = filter.number {
        query = query.filter(credit_notes::number.eq(number));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(credit_notes::issued_at.le(at))
            .filter(credit_notes::issued_at.lt(at).or(credit_notes::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((credit_notes::issued_at.desc(), credit_notes::id.desc()))
        .limit(window.fetch())
        .select((
            (
                credit_notes::id,
                credit_notes::number,
                credit_notes::programme_id,
                credit_notes::supplier_id,
                credit_notes::invoice_id,
                invoices::number,
                credit_notes::invoice_line_id,
                invoice_lines::delivery_id,
            ),
            (
                credit_notes::return_request_id,
                credit_notes::reason,
                credit_notes::issued_at,
                credit_notes::currency,
                credit_notes::net_minor,
                credit_notes::tax_minor,
                credit_notes::total_minor,
                credit_notes::applied_minor,
            ),
            (programmes::name, suppliers::name),
            (account_credits::used_minor, account_credits::refunded_minor).nullable(),
        ))
        .load(conn)?;
    rows.into_iter().map(to_credit_note).collect()
}

fn to_credit_note(row: Row) -> ApiResult<CreditNote> {
    let (
        (id, number, programme_id, supplier_id, invoice_id, invoice_number, invoice_line_id, delivery_id),
        (return_request_id, reason, issued_at, currency, net, tax, total, applied),
        (programme_name, supplier_name),
        gone,
    ) = row;
    let (used, refunded) = gone.unwrap_or((0, 0));
    let money = |minor| Money::new(minor, currency);
    Ok(CreditNote {
        id,
        number,
        programme_id,
        programme_name,
        supplier_id,
        supplier_name,
        invoice_id,
        invoice_number: invoice_number.unwrap_or_default(),
        invoice_line_id,
        delivery_id,
        return_request_id,
        reason,
        issued_at,
        net: money(net),
        tax: money(tax),
        total: money(total),
        applied: money(applied),
        balance: money(total).minus(money(applied))?,
        used: money(used),
        refunded: money(refunded),
        left: money(total)
            .minus(money(applied))?
            .minus(money(used))?
            .minus(money(refunded))?,
    })
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: Window) -> ApiResult<Page<CreditNote>> {
    let found = rows(conn, scope, filter, &window)?;
    Ok(window.finish(found, |note| (note.issued_at, note.id.as_i64())))
}

pub(super) fn get(conn: &mut Conn, scope: &Scope, id: CreditNoteId) -> ApiResult<CreditNote> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    rows(conn, scope, filter, &Window::new(None, None)?)?
        .pop()
        .ok_or_else(ApiError::not_found)
}

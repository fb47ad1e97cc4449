//! Rows of the lines of invoices.

use super::store::{InvoiceRow, get, programme_zone, show};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{businesses, deliveries, invoice_lines, lead_people};
use crate::error::{ApiError, ApiResult};
use crate::leads::store::{PersonRow, person_columns, person_of};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceLineKind, InvoiceTax};
use tradepost_contract::{BusinessId, DeliveryId, InvoiceId, InvoiceLineId, LeadId, Page, Timestamp};

/// The lines of an invoice from a position on. Lines are in the order of their positions, so the
/// cursor is the position alone. `named` says whether the reader may know who enquired.
pub(crate) fn lines(
    conn: &mut Conn,
    invoice: &InvoiceRow,
    window: &Window,
    named: bool,
) -> ApiResult<Page<InvoiceLine>> {
    type Row = (
        (
            InvoiceLineId,
            InvoiceId,
            i64,
            Option<DeliveryId>,
            String,
            String,
            i64,
            i64,
            i64,
            i64,
        ),
        Option<(LeadId, BusinessId, Timestamp)>,
        Option<String>,
        Option<PersonRow>,
    );
    let (_, after) = window.after().unwrap_or((Timestamp::from_micros(0), 0));
    let taxes = invoice.taxes()?;
    let rows: Vec<Row> = invoice_lines::table
        .left_join(deliveries::table.on(invoice_lines::delivery_id.eq(deliveries::id.nullable())))
        .left_join(businesses::table.on(deliveries::business_id.eq(businesses::id)))
        .left_join(lead_people::table.on(deliveries::lead_id.eq(lead_people::lead_id)))
        .filter(invoice_lines::invoice_id.eq(invoice.id))
        .filter(invoice_lines::position.gt(after))
        .order(invoice_lines::position.asc())
        .limit(window.fetch())
        .select((
            (
                invoice_lines::id,
                invoice_lines::invoice_id,
                invoice_lines::position,
                invoice_lines::delivery_id,
                invoice_lines::kind,
                invoice_lines::description,
                invoice_lines::tax_position,
                invoice_lines::net_minor,
                invoice_lines::tax_minor,
                invoice_lines::credited_minor,
            ),
            (deliveries::lead_id, deliveries::business_id, deliveries::delivered_at).nullable(),
            businesses::name.nullable(),
            person_columns!(),
        ))
        .load(conn)?;
    let lines = rows
        .into_iter()
        .map(
            |(
                (id, invoice_id, position, delivery_id, kind, description, tax_position, net, tax, credited),
                delivery,
                business_name,
                person,
            )| {
                let person = person_of(person.filter(|_| named));
                Ok(InvoiceLine {
                    id,
                    invoice_id,
                    position,
                    kind: kind.parse::<InvoiceLineKind>().map_err(ApiError::internal)?,
                    description,
                    delivery_id,
                    lead_id: delivery.map(|(lead, _, _)| lead),
                    lead_name: person.known_as().map(str::to_owned),
                    business_id: delivery.map(|(_, business, _)| business),
                    business_name,
                    delivered_at: delivery.map(|(_, _, at)| at),
                    net: invoice.money(net),
                    tax: invoice.money(tax),
                    tax_position,
                    tax_rate: tax_at(&taxes, tax_position)?.rate,
                    credited: invoice.money(credited),
                })
            },
        )
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(lines, |line| (Timestamp::from_micros(0), line.position)))
}

/// An invoice with all its lines, and the time zone of its days.
pub(crate) fn whole(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> ApiResult<(Invoice, Vec<InvoiceLine>, String)> {
    let row = get(conn, scope, id)?;
    let zone = programme_zone(conn, row.programme_id)?;
    let lines = lines(conn, &row, &Window::whole(), false)?.data;
    Ok((show(conn, scope, id)?, lines, zone))
}

/// The line that a credit note corrects.
pub(crate) fn line(conn: &mut Conn, invoice: &InvoiceRow, id: InvoiceLineId) -> ApiResult<InvoiceLine> {
    let position: i64 = invoice_lines::table
        .find(id)
        .select(invoice_lines::position)
        .first(conn)?;
    let window = Window::after_place(position - 1, 1);
    lines(conn, invoice, &window, false)?
        .data
        .pop()
        .ok_or_else(ApiError::not_found)
}

/// The tax of an invoice that a line names.
pub(crate) fn tax_at(taxes: &[InvoiceTax], position: i64) -> ApiResult<&InvoiceTax> {
    usize::try_from(position)
        .ok()
        .and_then(|position| taxes.get(position))
        .ok_or_else(|| ApiError::internal("a line names no tax of its invoice"))
}

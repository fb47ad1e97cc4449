//! Rows of invoices that come of checkouts, plans and packages.

use super::order_invoice::OrderInvoice;
use crate::db::Tx;
use crate::db::schema::{invoice_lines, invoices};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use tradepost_contract::invoices::{InvoiceParty, InvoiceStatus};
use tradepost_contract::{InvoiceId, InvoiceLineId, LegalEntityId, LocalDate, Money};

/// An invoice as it is written, final at once.
#[derive(Debug)]
pub(super) struct NewInvoice<'a> {
    pub(super) id: InvoiceId,
    pub(super) number: &'a str,
    pub(super) sequence: i64,
    pub(super) status: InvoiceStatus,
    pub(super) starts_on: LocalDate,
    pub(super) ends_before: LocalDate,
    pub(super) due_on: LocalDate,
    pub(super) collect_on: Option<LocalDate>,
    pub(super) legal_entity: LegalEntityId,
    pub(super) seller: &'a InvoiceParty,
    pub(super) buyer: &'a InvoiceParty,
    pub(super) total: Money,
}

/// Writes the invoice and its lines.
pub(super) fn insert(tx: &mut Tx<'_>, order: &OrderInvoice, new: &NewInvoice<'_>) -> ApiResult<()> {
    let now = tx.business_now();
    let row = (
        (
            invoices::id.eq(new.id),
            invoices::checkout_id.eq(order.checkout),
            invoices::plan_subscription_id.eq(order.plan),
            invoices::package_id.eq(order.package),
            invoices::legal_entity_id.eq(new.legal_entity),
            invoices::programme_id.eq(order.programme),
            invoices::supplier_id.eq(order.supplier),
            invoices::number.eq(new.number),
            invoices::sequence.eq(new.sequence),
            invoices::status.eq(new.status),
            invoices::starts_on.eq(new.starts_on),
            invoices::ends_before.eq(new.ends_before),
            invoices::issued_at.eq(now),
            invoices::due_on.eq(new.due_on),
            invoices::collect_on.eq(new.collect_on),
        ),
        (
            invoices::currency.eq(new.total.currency),
            invoices::line_count.eq(i64::try_from(order.lines.len()).map_err(ApiError::internal)?),
            invoices::net_minor.eq(order.net.minor),
            invoices::tax_minor.eq(order.tax.minor),
            invoices::total_minor.eq(new.total.minor),
            invoices::taxes.eq(&order.taxes),
            invoices::seller.eq(serde_json::to_string(new.seller)?),
            invoices::buyer.eq(serde_json::to_string(new.buyer)?),
            invoices::created_at.eq(now),
            invoices::updated_at.eq(now),
        ),
    );
    diesel::insert_into(invoices::table).values(row).execute(&mut **tx)?;
    for (n, line) in (1_i64..).zip(&order.lines) {
        let row = (
            invoice_lines::id.eq(tx.new_id::<InvoiceLineId>()),
            invoice_lines::invoice_id.eq(new.id),
            invoice_lines::position.eq(n),
            invoice_lines::kind.eq(line.kind),
            invoice_lines::description.eq(&line.description),
            invoice_lines::tax_position.eq(0),
            invoice_lines::net_minor.eq(line.net.minor),
            invoice_lines::tax_minor.eq(line.tax.minor),
        );
        diesel::insert_into(invoice_lines::table)
            .values(row)
            .execute(&mut **tx)?;
    }
    Ok(())
}

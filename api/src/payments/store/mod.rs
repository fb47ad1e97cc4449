//! Rows of payments, and what of them pays which invoice.

mod attempts;
mod list;

pub(crate) use attempts::*;
pub(crate) use list::show;
pub(super) use list::{Filter, list, of_invoice, tries};

use crate::db::schema::{allocations, invoices, ledger_accounts, payments};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use tradepost_contract::payments::{
    PaymentChannel, PaymentFailure, PaymentMethod, PaymentOrigin, PaymentPurpose, PaymentStatus,
};
use tradepost_contract::{
    AllocationId, CheckoutId, Currency, InvoiceId, LegalEntityId, LocalDate, Money, PackageId, PaymentId,
    PaymentMethodId, PlanSubscriptionId, ProblemCode, ProgrammeId, SupplierId, Timestamp,
};

/// A row of `payments`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = payments)]
pub(crate) struct PaymentRow {
    pub(crate) id: PaymentId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) legal_entity_id: LegalEntityId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) purpose: PaymentPurpose,
    pub(crate) invoice_id: Option<InvoiceId>,
    pub(crate) checkout_id: Option<CheckoutId>,
    pub(crate) plan_subscription_id: Option<PlanSubscriptionId>,
    pub(crate) package_id: Option<PackageId>,
    pub(crate) channel: PaymentChannel,
    pub(crate) origin: PaymentOrigin,
    pub(crate) method: PaymentMethod,
    pub(crate) payment_method_id: Option<PaymentMethodId>,
    pub(crate) reference: String,
    pub(crate) status: PaymentStatus,
    pub(crate) amount_minor: i64,
    pub(crate) captured_minor: i64,
    pub(crate) applied_minor: i64,
    pub(crate) refunded_minor: i64,
    pub(crate) lost_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) received_on: Option<LocalDate>,
    pub(crate) recorded_by: String,
    pub(crate) attempts: i64,
    pub(crate) failure: Option<PaymentFailure>,
    pub(crate) next_attempt_at: Option<Timestamp>,
    pub(crate) late_at: Option<Timestamp>,
    pub(crate) alerted_at: Option<Timestamp>,
    pub(crate) void_reason: Option<String>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl PaymentRow {
    /// An amount in the payment's currency.
    pub(crate) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, payment: &PaymentRow) -> ApiResult<()> {
    let insert = diesel::insert_into(payments::table).values(payment.clone());
    match insert.execute(&mut **tx) {
        Ok(_) => Ok(()),
        Err(cause) if is_unique_violation(&cause) => match payment.channel {
            PaymentChannel::Recorded => {
                let message = match payment.invoice_id {
                    Some(_) => "A payment with this reference is recorded for the invoice.",
                    None => "A payment with this reference is recorded for the wallet.",
                };
                Err(ApiError::new(ProblemCode::Duplicate)
                    .detail(message)
                    .field("/reference", "duplicate", message))
            }
            PaymentChannel::Gateway => Err(ApiError::conflict(match payment.purpose {
                PaymentPurpose::Checkout => "A payment of this checkout is under way.",
                PaymentPurpose::Plan => "A payment of this plan is under way.",
                PaymentPurpose::Package => "A payment of this package is under way.",
                PaymentPurpose::Invoice | PaymentPurpose::WalletTopUp | PaymentPurpose::FirstPeriod => {
                    "A payment of this invoice is under way."
                }
            })),
        },
        Err(cause) => Err(cause.into()),
    }
}

pub(crate) fn find(conn: &mut Conn, id: PaymentId) -> ApiResult<PaymentRow> {
    payments::table
        .find(id)
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)
}

/// The payment of an invoice from which money may still come by itself.
pub(crate) fn live_of(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<Option<PaymentRow>> {
    Ok(payments::table
        .filter(payments::invoice_id.eq(invoice))
        .filter(is_live())
        .first(conn)
        .optional()?)
}

/// Payments from which money may still come by itself ([`PaymentStatus::is_live`]), spelled as in the partial
/// indexes, or SQLite would not use them.
pub(crate) fn is_live() -> SqlLiteral<Bool> {
    sql::<Bool>(LIVE)
}

const LIVE: &str = "payments.status IN ('created', 'pending', 'unknown', 'scheduled_retry')";

/// The payment of a checkout from which money may still come by itself.
pub(crate) fn live_of_checkout(conn: &mut Conn, checkout: CheckoutId) -> ApiResult<Option<PaymentId>> {
    Ok(payments::table
        .filter(payments::checkout_id.eq(checkout))
        .filter(is_live())
        .select(payments::id)
        .first(conn)
        .optional()?)
}

/// The payment of a plan's first period from which money may still come by itself.
pub(crate) fn live_of_plan(conn: &mut Conn, plan: PlanSubscriptionId) -> ApiResult<Option<PaymentId>> {
    Ok(payments::table
        .filter(payments::plan_subscription_id.eq(plan))
        .filter(is_live())
        .select(payments::id)
        .first(conn)
        .optional()?)
}

/// The payment of a package's advance from which money may still come by itself.
pub(crate) fn live_of_package(conn: &mut Conn, package: PackageId) -> ApiResult<Option<PaymentId>> {
    Ok(payments::table
        .filter(payments::package_id.eq(package))
        .filter(is_live())
        .select(payments::id)
        .first(conn)
        .optional()?)
}

/// Writes everything of a payment that changes. The caller holds its supplier.
pub(crate) fn save(tx: &mut Tx<'_>, payment: &PaymentRow) -> ApiResult<()> {
    diesel::update(payments::table.find(payment.id))
        .set((
            payments::invoice_id.eq(payment.invoice_id),
            payments::payment_method_id.eq(payment.payment_method_id),
            payments::method.eq(payment.method),
            payments::status.eq(payment.status),
            payments::amount_minor.eq(payment.amount_minor),
            payments::captured_minor.eq(payment.captured_minor),
            payments::applied_minor.eq(payment.applied_minor),
            payments::lost_minor.eq(payment.lost_minor),
            payments::received_on.eq(payment.received_on),
            payments::attempts.eq(payment.attempts),
            payments::failure.eq(payment.failure),
            payments::next_attempt_at.eq(payment.next_attempt_at),
            payments::late_at.eq(payment.late_at),
            payments::alerted_at.eq(payment.alerted_at),
            payments::void_reason.eq(&payment.void_reason),
            payments::version.eq(payments::version + 1),
            payments::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets so much of a payment aside to be given back, if that much is left of it (F15).
pub(crate) fn reserve_refund(tx: &mut Tx<'_>, id: PaymentId, minor: i64) -> ApiResult<bool> {
    let enough = payments::table
        .find(id)
        .filter((payments::refunded_minor + payments::lost_minor + minor).le(payments::captured_minor));
    let reserved = diesel::update(enough)
        .set((
            payments::refunded_minor.eq(payments::refunded_minor + minor),
            payments::version.eq(payments::version + 1),
            payments::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(reserved == 1)
}

/// Lets go of what was set aside for a refund that came to nothing.
pub(crate) fn release_refund(tx: &mut Tx<'_>, id: PaymentId, minor: i64) -> ApiResult<()> {
    diesel::update(payments::table.find(id))
        .set((
            payments::refunded_minor.eq(payments::refunded_minor - minor),
            payments::version.eq(payments::version + 1),
            payments::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes down that so much pays an invoice; below zero, that so much no longer does. Without a payment it
/// is the supplier's credit balance that pays.
pub(super) fn allocate(
    tx: &mut Tx<'_>,
    invoice: InvoiceId,
    payment: Option<PaymentId>,
    amount: Money,
) -> ApiResult<AllocationId> {
    let id: AllocationId = tx.new_id();
    let row = (
        allocations::id.eq(id),
        allocations::invoice_id.eq(invoice),
        allocations::payment_id.eq(payment),
        allocations::amount_minor.eq(amount.minor),
        allocations::currency.eq(amount.currency),
        allocations::created_at.eq(tx.business_now()),
    );
    diesel::insert_into(allocations::table).values(row).execute(&mut **tx)?;
    Ok(id)
}

/// What a supplier has paid beyond its invoices: the part of its receivable that neither an invoice nor the
/// credit of a credit note accounts for, which the next invoice uses up when it is issued. The caller
/// holds the supplier.
pub(super) fn credit_balance(
    conn: &mut Conn,
    legal_entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
) -> ApiResult<Money> {
    let owed: Option<i64> = ledger_accounts::table
        .filter(ledger_accounts::legal_entity_id.eq(legal_entity))
        .filter(ledger_accounts::supplier_id.eq(supplier))
        .filter(ledger_accounts::kind.eq("receivable"))
        .filter(ledger_accounts::currency.eq(currency))
        .select(ledger_accounts::balance_minor)
        .first(conn)
        .optional()?;
    #[derive(QueryableByName)]
    struct Open {
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    let open: Open = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(total_minor - paid_minor - credited_minor - credit_applied_minor), 0) AS BIGINT) AS minor FROM invoices \
         WHERE supplier_id = $1 AND legal_entity_id = $2 AND currency = $3 AND status NOT IN ('draft', 'void')",
    )
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(legal_entity)
    .bind::<diesel::sql_types::Text, _>(currency)
    .get_result(conn)?;
    let granted: Open = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(granted_minor - used_minor - refunded_minor), 0) AS BIGINT) AS minor FROM account_credits \
         WHERE supplier_id = $1 AND legal_entity_id = $2 AND currency = $3",
    )
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(legal_entity)
    .bind::<diesel::sql_types::Text, _>(currency)
    .get_result(conn)?;
    Ok(Money::new(open.minor - granted.minor - owed.unwrap_or(0), currency))
}

/// What of a supplier's credit balance is on its way back to it: no invoice is to use that up.
pub(super) fn on_its_way_back(
    conn: &mut Conn,
    legal_entity: LegalEntityId,
    supplier: SupplierId,
    currency: Currency,
) -> ApiResult<i64> {
    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        minor: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN r.amount_minor < p.captured_minor - p.applied_minor THEN r.amount_minor \
         ELSE p.captured_minor - p.applied_minor END), 0) AS BIGINT) AS minor FROM refunds r JOIN payments p ON p.id = r.payment_id \
         WHERE p.supplier_id = $1 AND p.legal_entity_id = $2 AND p.currency = $3 AND r.status IN ('approved', 'pending', 'unknown')",
    )
    .bind::<BigInt, _>(supplier)
    .bind::<BigInt, _>(legal_entity)
    .bind::<diesel::sql_types::Text, _>(currency)
    .get_result(conn)?;
    Ok(sum.minor)
}

/// The oldest payments that may be tried again now.
pub(super) fn to_retry(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<PaymentId>> {
    Ok(payments::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status = 'scheduled_retry'",
        ))
        .filter(payments::next_attempt_at.le(now))
        .order(payments::next_attempt_at)
        .limit(limit)
        .select(payments::id)
        .load(conn)?)
}

/// Payments under way that take longer than the policy expects and of which nobody was told.
pub(super) fn late(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<PaymentId>> {
    Ok(payments::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status IN ('created', 'pending', 'unknown')",
        ))
        .filter(payments::late_at.le(now).and(payments::alerted_at.is_null()))
        .order(payments::late_at)
        .limit(limit)
        .select(payments::id)
        .load(conn)?)
}

/// The open invoices of a supplier, oldest first.
pub(crate) fn open_invoices(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<InvoiceId>> {
    Ok(invoices::table
        .filter(invoices::supplier_id.eq(supplier))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status IN ('open', 'partly_paid', 'overdue')",
        ))
        .order((invoices::issued_at, invoices::id))
        .select(invoices::id)
        .load(conn)?)
}

/// The gateway's payments into a supplier's wallet of which something may be left to give back, the latest first.
pub(crate) fn into_wallet(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<PaymentRow>> {
    Ok(payments::table
        .filter(payments::supplier_id.eq(supplier))
        .filter(payments::purpose.eq(PaymentPurpose::WalletTopUp))
        .filter(payments::channel.eq(PaymentChannel::Gateway))
        .filter(payments::status.eq_any([PaymentStatus::Succeeded, PaymentStatus::PartRefunded]))
        .order((payments::created_at.desc(), payments::id.desc()))
        .load(conn)?)
}

/// What the gateway has collected for an invoice and could give back, the latest payment first.
pub(crate) fn collected_for(conn: &mut Conn, invoice: InvoiceId) -> ApiResult<Vec<PaymentRow>> {
    Ok(payments::table
        .filter(payments::invoice_id.eq(invoice))
        .filter(payments::channel.eq(PaymentChannel::Gateway))
        .filter(payments::status.eq_any([PaymentStatus::Succeeded, PaymentStatus::PartRefunded]))
        .order((payments::created_at.desc(), payments::id.desc()))
        .load(conn)?)
}

/// Whether a billing run has made an invoice for a supplier.
pub(crate) fn was_invoiced(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let made = invoices::table.filter(invoices::supplier_id.eq(supplier)).filter(
        invoices::billing_run_id
            .is_not_null()
            .and(invoices::number.is_not_null()),
    );
    Ok(diesel::select(diesel::dsl::exists(made)).get_result(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_payments_are_the_same_in_sql_as_in_the_contract() {
        let live = PaymentStatus::ALL.iter().filter(|status| status.is_live());
        let words: Vec<String> = live.map(|status| format!("'{status}'")).collect();
        assert_eq!(LIVE, format!("payments.status IN ({})", words.join(", ")));
    }
}

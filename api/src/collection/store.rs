//! What was decided about invoices, how suppliers are collected from, and suspensions that rules made.

use super::rules::Outcome;
use crate::db::schema::{
    collections, debt_excuses, invoices, payment_authorisations, payments, rule_suspensions, suppliers,
};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool};
use tradepost_contract::payments::{PaymentPurpose, PaymentStatus};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{InvoiceId, LocalDate, PaymentId, ProgrammeId, SupplierId, Timestamp};

/// Invoices that wait for money.
const WAITING: &str = "invoices.status IN ('open', 'partly_paid', 'overdue')";

/// Overdue invoices that staff have not excused.
const DUNNED: &str = "invoices.status = 'overdue' AND NOT EXISTS (SELECT 1 FROM debt_excuses e \
     WHERE e.supplier_id = invoices.supplier_id AND invoices.due_on < e.due_before)";

/// Invoices whose collection day has come and about which nothing was decided.
pub(super) fn to_collect(
    conn: &mut Conn,
    programme: ProgrammeId,
    today: LocalDate,
    limit: i64,
) -> ApiResult<Vec<(InvoiceId, SupplierId)>> {
    let decided = collections::table.filter(collections::invoice_id.eq(invoices::id));
    // What was charged in the first period and is on its way pays a part of its invoice.
    let on_account = payments::table
        .filter(payments::supplier_id.eq(invoices::supplier_id))
        .filter(payments::purpose.eq(PaymentPurpose::FirstPeriod))
        .filter(payments::status.eq_any([PaymentStatus::Created, PaymentStatus::Pending, PaymentStatus::Unknown]));
    Ok(invoices::table
        .filter(invoices::programme_id.eq(programme))
        .filter(sql::<Bool>(WAITING))
        .filter(invoices::collect_on.le(today))
        .filter(not(exists(decided)))
        .filter(not(exists(on_account)))
        .order((invoices::collect_on, invoices::id))
        .limit(limit)
        .select((invoices::id, invoices::supplier_id))
        .load(conn)?)
}

/// Writes the decision about an invoice; false when one was made before.
pub(super) fn decided(
    tx: &mut Tx<'_>,
    invoice: InvoiceId,
    supplier: SupplierId,
    outcome: Outcome,
    payment: Option<PaymentId>,
) -> ApiResult<bool> {
    let row = (
        collections::invoice_id.eq(invoice),
        collections::supplier_id.eq(supplier),
        collections::outcome.eq(outcome.as_str()),
        collections::payment_id.eq(payment),
        collections::decided_at.eq(tx.business_now()),
    );
    let insert = diesel::insert_into(collections::table).values(row);
    let made = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(made == 1)
}

/// What was decided about an invoice is overtaken: it was charged.
pub(super) fn charged(
    tx: &mut Tx<'_>,
    invoice: InvoiceId,
    supplier: SupplierId,
    payment: Option<PaymentId>,
) -> ApiResult<()> {
    diesel::delete(collections::table.find(invoice)).execute(&mut **tx)?;
    decided(tx, invoice, supplier, Outcome::Charged, payment)?;
    Ok(())
}

/// How a supplier is collected from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    pub(super) auto_bill: bool,
    pub(super) revoked_at: Option<Timestamp>,
}

pub(super) fn choice(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Choice> {
    let row: Option<(bool, Option<Timestamp>)> = payment_authorisations::table
        .find(supplier)
        .select((payment_authorisations::auto_bill, payment_authorisations::revoked_at))
        .first(conn)
        .optional()?;
    Ok(row.map_or_else(Choice::default, |(auto_bill, revoked_at)| Choice {
        auto_bill,
        revoked_at,
    }))
}

/// Writes how a supplier is collected from. The caller holds the supplier.
pub(super) fn choose(tx: &mut Tx<'_>, supplier: SupplierId, choice: Choice, by: &str) -> ApiResult<()> {
    use payment_authorisations::dsl;
    let now = tx.business_now();
    let values = (
        dsl::auto_bill.eq(choice.auto_bill),
        dsl::revoked_at.eq(choice.revoked_at),
        dsl::changed_by.eq(by),
        dsl::updated_at.eq(now),
    );
    let changed = diesel::update(dsl::payment_authorisations.find(supplier))
        .set(values)
        .execute(&mut **tx)?;
    if changed == 0 {
        diesel::insert_into(dsl::payment_authorisations)
            .values((dsl::supplier_id.eq(supplier), values))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Why a rule suspended an account, if one did.
pub(super) fn suspension(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<String>> {
    Ok(rule_suspensions::table
        .find(supplier)
        .select(rule_suspensions::cause)
        .first(conn)
        .optional()?)
}

pub(super) fn insert_suspension(tx: &mut Tx<'_>, supplier: SupplierId, cause: &str) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::delete(rule_suspensions::table.find(supplier)).execute(&mut **tx)?;
    diesel::insert_into(rule_suspensions::table)
        .values((
            rule_suspensions::supplier_id.eq(supplier),
            rule_suspensions::cause.eq(cause),
            rule_suspensions::suspended_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn end_suspension(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    diesel::delete(rule_suspensions::table.find(supplier)).execute(&mut **tx)?;
    Ok(())
}

/// Remembers that staff have activated an account in spite of its invoices that were due before this day.
pub(super) fn excuse(tx: &mut Tx<'_>, supplier: SupplierId, due_before: LocalDate) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::delete(debt_excuses::table.find(supplier)).execute(&mut **tx)?;
    diesel::insert_into(debt_excuses::table)
        .values((
            debt_excuses::supplier_id.eq(supplier),
            debt_excuses::due_before.eq(due_before),
            debt_excuses::excused_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether an invoice of a supplier that was due before this day is overdue, and not excused.
pub(super) fn owes_from_before(conn: &mut Conn, supplier: SupplierId, day: LocalDate) -> ApiResult<bool> {
    let overdue = invoices::table
        .filter(invoices::supplier_id.eq(supplier))
        .filter(sql::<Bool>(DUNNED))
        .filter(invoices::due_on.lt(day));
    Ok(diesel::select(exists(overdue)).get_result(conn)?)
}

/// Active suppliers of a programme with an overdue invoice that was due before this day and is not excused.
pub(super) fn debtors(
    conn: &mut Conn,
    programme: ProgrammeId,
    day: LocalDate,
    limit: i64,
) -> ApiResult<Vec<SupplierId>> {
    let overdue = invoices::table
        .filter(invoices::supplier_id.eq(suppliers::id))
        .filter(sql::<Bool>(DUNNED))
        .filter(invoices::due_on.lt(day));
    Ok(suppliers::table
        .filter(suppliers::programme_id.eq(programme))
        .filter(suppliers::status.eq(SupplierStatus::Active))
        .filter(exists(overdue))
        .order(suppliers::id)
        .limit(limit)
        .select(suppliers::id)
        .load(conn)?)
}

#[derive(QueryableByName)]
struct Newcomer {
    #[diesel(sql_type = BigInt)]
    supplier_id: SupplierId,
}

/// Suppliers with a method to charge whose first delivery lies in the period that began at an instant, whose
/// prices since then add up to so much, who do not pay in advance and were not charged early before. Terms of one's
/// own make any price enough, and without an amount of the programme's only those who have some are meant.
///
/// All of them are read, because those who have not accrued enough stay in the list and would hide the others
/// behind a limit.
pub(super) fn newcomers(
    conn: &mut Conn,
    programme: ProgrammeId,
    period_start: Timestamp,
    at_least_minor: Option<i64>,
) -> ApiResult<Vec<SupplierId>> {
    let found: Vec<Newcomer> = sql_query(
        "SELECT s.id AS supplier_id FROM suppliers s WHERE s.programme_id = $1 AND s.status IN ('active', 'in_notice') \
         AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.supplier_id = s.id AND p.purpose = 'first_period') \
         AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.supplier_id = s.id AND e.delivered_at < $2) \
         AND NOT EXISTS (SELECT 1 FROM wallets w WHERE w.supplier_id = s.id AND w.status = 'open') \
         AND EXISTS (SELECT 1 FROM payment_methods m WHERE m.supplier_id = s.id AND m.is_default AND m.status = 'active') \
         AND (SELECT COALESCE(SUM(d.price_minor), 0) FROM deliveries d WHERE d.billing_state IN ('unbilled', 'return_pending') \
         AND +d.programme_id = $3 AND d.supplier_id = s.id) >= \
         CASE WHEN s.policy_override <> '{}' OR EXISTS (SELECT 1 FROM agreements a WHERE a.supplier_id = s.id AND a.policy_override <> '{}') \
         THEN 1 ELSE $4 END ORDER BY s.id",
    )
    .bind::<BigInt, _>(programme)
    .bind::<BigInt, _>(period_start)
    .bind::<BigInt, _>(programme)
    .bind::<BigInt, _>(at_least_minor.unwrap_or(i64::MAX))
    .load(conn)?;
    Ok(found.into_iter().map(|row| row.supplier_id).collect())
}

/// Whether a supplier was charged in its first period.
pub(super) fn has_first_charge(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let charged = payments::table
        .filter(payments::supplier_id.eq(supplier))
        .filter(payments::purpose.eq(PaymentPurpose::FirstPeriod));
    Ok(diesel::select(exists(charged)).get_result(conn)?)
}

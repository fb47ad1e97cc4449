//! Rows of invoices; those of their lines are in `line_store`.

use super::rules::is_charged;
use crate::auth::Scope;
use crate::db::schema::{deliveries, invoice_lines, invoices, payments, programmes, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Key, KeyKind, Window, in_order};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tradepost_contract::invoices::{Invoice, InvoiceAction, InvoiceParty, InvoiceSort, InvoiceStatus, InvoiceTax};
use tradepost_contract::{
    BillingRunId, CheckoutId, Currency, DeliveryId, Id, InvoiceId, LegalEntityId, LocalDate, Money, PackageId, Page,
    PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp,
};

/// A row of `invoices`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
#[expect(dead_code, reason = "a row names every column, so that a new one breaks the build")]
pub(crate) struct InvoiceRow {
    pub(crate) id: InvoiceId,
    pub(crate) billing_run_id: Option<BillingRunId>,
    pub(crate) checkout_id: Option<CheckoutId>,
    pub(crate) plan_subscription_id: Option<PlanSubscriptionId>,
    pub(crate) package_id: Option<PackageId>,
    pub(crate) legal_entity_id: LegalEntityId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) number: Option<String>,
    pub(crate) sequence: Option<i64>,
    pub(crate) status: InvoiceStatus,
    pub(crate) starts_on: LocalDate,
    pub(crate) ends_before: LocalDate,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) due_on: Option<LocalDate>,
    pub(crate) collect_on: Option<LocalDate>,
    pub(crate) currency: Currency,
    pub(crate) line_count: i64,
    pub(crate) net_minor: i64,
    pub(crate) tax_minor: i64,
    pub(crate) total_minor: i64,
    pub(crate) paid_minor: i64,
    pub(crate) credited_minor: i64,
    pub(crate) credit_applied_minor: i64,
    /// What the allowance for doubtful debts holds for it.
    pub(crate) doubtful_minor: i64,
    pub(crate) taxes: String,
    pub(crate) seller: String,
    pub(crate) buyer: String,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl InvoiceRow {
    /// An amount in the invoice's currency.
    pub(crate) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// What is still to be paid.
    pub(crate) fn open(&self) -> ApiResult<Money> {
        Ok(self
            .money(self.total_minor)
            .minus(self.money(self.paid_minor))?
            .minus(self.money(self.credited_minor))?
            .minus(self.money(self.credit_applied_minor))?)
    }

    /// The taxes on its lines, in the order that the lines name them by.
    pub(crate) fn taxes(&self) -> ApiResult<Vec<InvoiceTax>> {
        Ok(serde_json::from_str(&self.taxes)?)
    }

    /// The invoice as it is shown; a draft is shown to nobody.
    fn into_invoice(self, beside: Beside) -> ApiResult<Invoice> {
        let (programme_name, supplier_name, decided) = beside;
        let collect_on = self.collect_on.filter(|_| is_charged(decided.as_deref(), self.status));
        let (open, taxes) = (self.open()?, self.taxes()?);
        let money = |minor| Money::new(minor, self.currency);
        let Self {
            id,
            billing_run_id,
            checkout_id,
            plan_subscription_id,
            package_id,
            legal_entity_id: _,
            programme_id,
            supplier_id,
            number,
            sequence: _,
            status,
            ..
        } = self;
        let (Some(number), Some(issued_at), Some(due_on)) = (number, self.issued_at, self.due_on) else {
            return Err(ApiError::not_found());
        };
        Ok(Invoice {
            id,
            number,
            status,
            billing_run_id,
            checkout_id,
            plan_subscription_id,
            package_id,
            programme_id,
            programme_name,
            supplier_id,
            supplier_name,
            starts_on: self.starts_on,
            ends_before: self.ends_before,
            issued_at,
            due_on,
            collect_on,
            line_count: self.line_count,
            net: money(self.net_minor),
            tax: money(self.tax_minor),
            total: money(self.total_minor),
            paid: money(self.paid_minor),
            credited: money(self.credited_minor),
            credit_applied: money(self.credit_applied_minor),
            open,
            taxes,
            seller: serde_json::from_str::<InvoiceParty>(&self.seller)?,
            buyer: serde_json::from_str::<InvoiceParty>(&self.buyer)?,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

/// What is shown beside a row: the names of its programme and supplier, and what was decided on its collection day.
type Beside = (String, String, Option<String>);

fn decided() -> SqlLiteral<Nullable<Text>> {
    sql("(SELECT c.outcome FROM collections c WHERE c.invoice_id = invoices.id)")
}

/// Which invoices a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) programme: Option<ProgrammeId>,
    pub(crate) supplier: Option<SupplierId>,
    pub(crate) run: Option<BillingRunId>,
    pub(crate) statuses: Option<Vec<InvoiceStatus>>,
    pub(crate) number: Option<String>,
}

/// The final invoices that somebody may see. An invoice covers all businesses of a supplier, so a
/// person who is kept to some of them sees none.
macro_rules! visible {
    ($scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = invoices::table
            .inner_join(programmes::table)
            .inner_join(suppliers::table)
            .filter(invoices::status.ne(InvoiceStatus::Draft))
            .into_boxed();
        if let Some(supplier) = scope.supplier() {
            query = query.filter(invoices::supplier_id.eq(supplier));
        }
        if let Some(programme) = scope.programme() {
            query = query.filter(invoices::programme_id.eq(programme));
        }
        if scope.businesses().is_some() {
            query = query.filter(invoices::id.lt(0));
        }
        query
    }};
}

/// What is still to be paid, as [`InvoiceRow::open`] has it.
const OPEN: &str = "invoices.total_minor - invoices.paid_minor - invoices.credited_minor";

/// The page that is asked for of the list in this order.
pub(crate) fn window(limit: Option<u32>, cursor: Option<&str>, sort: InvoiceSort) -> ApiResult<Window> {
    let kind = match sort {
        InvoiceSort::Due | InvoiceSort::DueFalling => KeyKind::Text,
        InvoiceSort::Newest
        | InvoiceSort::Oldest
        | InvoiceSort::Total
        | InvoiceSort::TotalFalling
        | InvoiceSort::Open
        | InvoiceSort::OpenFalling => KeyKind::Number,
    };
    Window::sorted(limit, cursor, sort.as_str(), kind)
}

/// What the list is sorted by, of one row.
fn key(invoice: &Invoice, sort: InvoiceSort) -> Key {
    match sort {
        InvoiceSort::Newest | InvoiceSort::Oldest => invoice.created_at.into(),
        InvoiceSort::Due | InvoiceSort::DueFalling => invoice.due_on.to_string().into(),
        InvoiceSort::Total | InvoiceSort::TotalFalling => invoice.total.minor.into(),
        InvoiceSort::Open | InvoiceSort::OpenFalling => invoice.open.minor.into(),
    }
}

pub(crate) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    sort: InvoiceSort,
    window: &Window,
) -> ApiResult<Page<Invoice>> {
    let mut query = visible!(scope);
    if let Some(programme) = filter.programme {
        query = query.filter(invoices::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(invoices::supplier_id.eq(supplier));
    }
    if let Some(run) = filter.run {
        query = query.filter(invoices::billing_run_id.eq(run));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(invoices::status.eq_any(statuses));
    }
    if let Some(number) = filter.number {
        query = query.filter(invoices::number.eq(number));
    }
    let (number, text) = (window.after_number(), window.after_text());
    let open = || sql::<BigInt>(OPEN);
    let query = match sort {
        InvoiceSort::Newest => in_order!(query, number, falling invoices::created_at, invoices::id),
        InvoiceSort::Oldest => in_order!(query, number, rising invoices::created_at, invoices::id),
        InvoiceSort::Due => in_order!(query, text, rising invoices::due_on, invoices::id),
        InvoiceSort::DueFalling => in_order!(query, text, falling invoices::due_on, invoices::id),
        InvoiceSort::Total => in_order!(query, number, rising invoices::total_minor, invoices::id),
        InvoiceSort::TotalFalling => in_order!(query, number, falling invoices::total_minor, invoices::id),
        InvoiceSort::Open => in_order!(query, number, rising open(), invoices::id),
        InvoiceSort::OpenFalling => in_order!(query, number, falling open(), invoices::id),
    };
    let rows: Vec<(InvoiceRow, Beside)> = query
        .limit(window.fetch())
        .select((invoices::all_columns, (programmes::name, suppliers::name, decided())))
        .load(conn)?;
    let found = rows
        .into_iter()
        .map(|(row, beside)| row.into_invoice(beside))
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(found, |invoice| (key(invoice, sort), invoice.id.as_i64())))
}

/// One invoice as it is shown.
pub(crate) fn show(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> ApiResult<Invoice> {
    let found: Option<(InvoiceRow, Beside)> = visible!(scope)
        .filter(invoices::id.eq(id))
        .select((invoices::all_columns, (programmes::name, suppliers::name, decided())))
        .first(conn)
        .optional()?;
    let (row, beside) = found.ok_or_else(ApiError::not_found)?;
    row.into_invoice(beside)
}

/// A final invoice, if there is one of this id that the caller may see.
pub(crate) fn find_final(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> ApiResult<Option<InvoiceRow>> {
    Ok(visible!(scope)
        .filter(invoices::id.eq(id))
        .select(invoices::all_columns)
        .first(conn)
        .optional()?)
}

pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: InvoiceId) -> ApiResult<InvoiceRow> {
    find_final(conn, scope, id)?.ok_or_else(ApiError::not_found)
}

/// Locks an invoice for the rest of the transaction and reads it as it stands then. The version
/// rises, because whoever locks is about to change something.
pub(crate) fn lock(tx: &mut Tx<'_>, id: InvoiceId) -> ApiResult<InvoiceRow> {
    let locked = diesel::update(invoices::table.find(id))
        .set((
            invoices::version.eq(invoices::version + 1),
            invoices::updated_at.eq(tx.business_now()),
        ))
        .returning(invoices::id)
        .get_result::<InvoiceId>(&mut **tx)
        .optional()?;
    locked.ok_or_else(ApiError::not_found)?;
    Ok(invoices::table
        .find(id)
        .select(invoices::all_columns)
        .first(&mut **tx)?)
}

/// Adds a payment to a locked invoice.
pub(crate) fn add_paid(tx: &mut Tx<'_>, id: InvoiceId, minor: i64, status: InvoiceStatus) -> ApiResult<()> {
    diesel::update(invoices::table.find(id))
        .set((
            invoices::paid_minor.eq(invoices::paid_minor + minor),
            invoices::status.eq(status),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Adds credit of the account that pays a locked invoice.
pub(crate) fn add_credit_applied(tx: &mut Tx<'_>, id: InvoiceId, minor: i64, status: InvoiceStatus) -> ApiResult<()> {
    diesel::update(invoices::table.find(id))
        .set((
            invoices::credit_applied_minor.eq(invoices::credit_applied_minor + minor),
            invoices::status.eq(status),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Adds a credit to a locked invoice.
pub(crate) fn add_credited(tx: &mut Tx<'_>, id: InvoiceId, minor: i64, status: InvoiceStatus) -> ApiResult<()> {
    diesel::update(invoices::table.find(id))
        .set((
            invoices::credited_minor.eq(invoices::credited_minor + minor),
            invoices::status.eq(status),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes the line of a delivery off an invoice that is still a draft.
pub(crate) fn drop_draft_line(tx: &mut Tx<'_>, delivery: DeliveryId) -> ApiResult<()> {
    diesel::delete(invoice_lines::table.filter(invoice_lines::delivery_id.eq(delivery))).execute(&mut **tx)?;
    diesel::update(deliveries::table.find(delivery))
        .set(deliveries::invoice_id.eq(None::<InvoiceId>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Calls a delivery returned if it is in one of `states`; gives back the invoice it stands on.
pub(crate) fn return_delivery(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    states: &[&str],
) -> ApiResult<Option<Option<InvoiceId>>> {
    set_billing_state(tx, id, states, "returned")
}

/// Moves a delivery from one of `states` to another billing state; `None` when it is in none of them.
pub(crate) fn set_billing_state(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    states: &[&str],
    to: &str,
) -> ApiResult<Option<Option<InvoiceId>>> {
    use deliveries::dsl;
    Ok(diesel::update(
        dsl::deliveries
            .find(id)
            .filter(dsl::billing_state.eq_any(states.to_vec())),
    )
    .set((
        dsl::billing_state.eq(to),
        dsl::version.eq(dsl::version + 1),
        dsl::updated_at.eq(tx.business_now()),
    ))
    .returning(dsl::invoice_id)
    .get_result(&mut **tx)
    .optional()?)
}

/// The final invoices of a programme that are unpaid after their due date. One whose payment is on its way
/// is not late before that payment is (R8).
pub(crate) fn fallen_due(
    conn: &mut Conn,
    programme: ProgrammeId,
    today: LocalDate,
    now: Timestamp,
    limit: i64,
) -> ApiResult<Vec<InvoiceId>> {
    let on_its_way = payments::table
        .filter(payments::invoice_id.eq(invoices::id.nullable()))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "payments.status IN ('created', 'pending', 'unknown')",
        ))
        .filter(payments::late_at.gt(now));
    Ok(invoices::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status IN ('open', 'partly_paid')",
        ))
        .filter(diesel::dsl::not(diesel::dsl::exists(on_its_way)))
        .filter(invoices::due_on.lt(today))
        .filter(invoices::programme_id.eq(programme))
        .order(invoices::due_on)
        .limit(limit)
        .select(invoices::id)
        .load(conn)?)
}

/// Makes an invoice overdue; `None` where its status does not allow that any more, and nothing changes then.
pub(crate) fn fall_due(tx: &mut Tx<'_>, id: InvoiceId) -> ApiResult<Option<InvoiceRow>> {
    let allows = |status: &&InvoiceStatus| status.after(InvoiceAction::FallDue).is_ok();
    let from: Vec<InvoiceStatus> = InvoiceStatus::ALL.iter().filter(allows).copied().collect();
    Ok(
        diesel::update(invoices::table.find(id).filter(invoices::status.eq_any(from)))
            .set((
                invoices::status.eq(InvoiceStatus::Overdue),
                invoices::version.eq(invoices::version + 1),
                invoices::updated_at.eq(tx.business_now()),
            ))
            .returning(invoices::all_columns)
            .get_result(&mut **tx)
            .optional()?,
    )
}

pub(crate) fn set_status(tx: &mut Tx<'_>, id: InvoiceId, status: InvoiceStatus) -> ApiResult<()> {
    diesel::update(invoices::table.find(id))
        .set(invoices::status.eq(status))
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what the allowance for doubtful debts holds for a locked invoice.
pub(super) fn set_doubtful(tx: &mut Tx<'_>, id: InvoiceId, minor: i64) -> ApiResult<()> {
    diesel::update(invoices::table.find(id))
        .set(invoices::doubtful_minor.eq(minor))
        .execute(&mut **tx)?;
    Ok(())
}

/// The name of a programme's time zone.
pub(crate) fn programme_zone(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<String> {
    Ok(programmes::table
        .find(programme)
        .select(programmes::time_zone)
        .first(conn)?)
}

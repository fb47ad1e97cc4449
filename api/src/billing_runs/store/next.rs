//! What a supplier has received and not been invoiced for.

use crate::db::Conn;
use crate::db::schema::{billing_runs, invoices};
use crate::error::ApiResult;
use crate::lists::Window;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::invoices::InvoiceStatus;
use tradepost_contract::{
    BusinessId, DeliveryId, LeadId, LocalDate, ProgrammeId, ResolvedPolicyId, SupplierId, Timestamp,
};

/// The period of an invoice that is to come.
#[derive(Debug, Clone, Copy, Queryable)]
pub(crate) struct Period {
    pub(crate) starts_on: LocalDate,
    pub(crate) ends_before: LocalDate,
    pub(crate) end_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// The earliest period whose run is not done and has made no invoice for the supplier.
pub(crate) fn undone_for(conn: &mut Conn, programme: ProgrammeId, supplier: SupplierId) -> ApiResult<Option<Period>> {
    let made = invoices::table
        .filter(invoices::billing_run_id.eq(billing_runs::id.nullable()))
        .filter(invoices::supplier_id.eq(supplier))
        .filter(invoices::status.ne(InvoiceStatus::Draft));
    Ok(billing_runs::table
        .filter(billing_runs::programme_id.eq(programme))
        .filter(billing_runs::status.ne(BillingRunStatus::Done))
        .filter(not(exists(made)))
        .order(billing_runs::period_start_at)
        .select((
            billing_runs::starts_on,
            billing_runs::ends_before,
            billing_runs::period_end_at,
            billing_runs::due_at,
        ))
        .first(conn)
        .optional()?)
}

/// Unbilled deliveries that share what decides about them.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Unbilled {
    #[diesel(sql_type = BigInt)]
    pub(crate) policy_id: ResolvedPolicyId,
    #[diesel(sql_type = BigInt)]
    pub(crate) price_minor: i64,
    #[diesel(sql_type = BigInt)]
    disputed: i64,
    #[diesel(sql_type = BigInt)]
    window_open: i64,
    #[diesel(sql_type = BigInt)]
    later: i64,
    #[diesel(sql_type = BigInt)]
    pub(crate) deliveries: i64,
}

impl Unbilled {
    pub(crate) const fn disputed(&self) -> bool {
        self.disputed != 0
    }

    pub(crate) const fn may_come_back(&self) -> bool {
        self.disputed != 0 || self.window_open != 0
    }

    pub(crate) const fn is_later(&self) -> bool {
        self.later != 0
    }
}

/// What both statements below select of a delivery `d`; `$1` is when the run looks, `$2` when its period ends.
const TERMS: &str = "d.resolved_policy_id AS policy_id, d.price_minor, \
     CAST(CASE WHEN d.billing_state = 'return_pending' THEN 1 ELSE 0 END AS BIGINT) AS disputed, \
     CAST(CASE WHEN d.return_deadline_at > $1 THEN 1 ELSE 0 END AS BIGINT) AS window_open, \
     CAST(CASE WHEN d.delivered_at >= $2 THEN 1 ELSE 0 END AS BIGINT) AS later";

/// All of them, counted.
pub(crate) fn groups(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    run_at: Timestamp,
    period_end_at: Timestamp,
) -> ApiResult<Vec<Unbilled>> {
    let text = format!(
        "SELECT {TERMS}, CAST(COUNT(*) AS BIGINT) AS deliveries FROM deliveries d \
         WHERE d.billing_state IN ('unbilled', 'return_pending') AND +d.programme_id = $3 AND d.supplier_id = $4 \
         AND d.delivered_at >= COALESCE((SELECT MIN(o.delivered_at) FROM deliveries o \
         WHERE o.billing_state IN ('unbilled', 'return_pending') AND o.programme_id = $3), 0) \
         GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    );
    Ok(sql_query(text)
        .bind::<BigInt, _>(run_at)
        .bind::<BigInt, _>(period_end_at)
        .bind::<BigInt, _>(programme)
        .bind::<BigInt, _>(supplier)
        .load(conn)?)
}

/// One of them, with its names.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct UnbilledLine {
    #[diesel(embed)]
    pub(crate) terms: Unbilled,
    #[diesel(sql_type = BigInt)]
    pub(crate) delivery_id: DeliveryId,
    #[diesel(sql_type = BigInt)]
    pub(crate) lead_id: LeadId,
    /// What its person is called, as `LeadPerson::known_as` says; nothing once the person is erased.
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) lead_name: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub(crate) delivered_at: Timestamp,
    #[diesel(sql_type = Text)]
    pub(crate) description: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) business_id: BusinessId,
    #[diesel(sql_type = Text)]
    pub(crate) business_name: String,
}

/// A page of them, in the order of delivery.
pub(crate) fn lines(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    run_at: Timestamp,
    period_end_at: Timestamp,
    window: &Window,
) -> ApiResult<Vec<UnbilledLine>> {
    let (at, id) = window.after().unwrap_or((Timestamp::from_micros(i64::MIN), 0));
    let text = format!(
        "SELECT {TERMS}, CAST(1 AS BIGINT) AS deliveries, d.id AS delivery_id, d.lead_id, \
         COALESCE(lp.name, lp.company, lp.email, lp.phone) AS lead_name, d.delivered_at, p.name AS description, \
         d.business_id, b.name AS business_name FROM deliveries d \
         JOIN lead_products p ON p.id = d.product_id JOIN businesses b ON b.id = d.business_id \
         LEFT JOIN lead_people lp ON lp.lead_id = d.lead_id \
         WHERE d.billing_state IN ('unbilled', 'return_pending') AND +d.programme_id = $3 AND d.supplier_id = $4 \
         AND d.delivered_at >= COALESCE((SELECT MIN(o.delivered_at) FROM deliveries o \
         WHERE o.billing_state IN ('unbilled', 'return_pending') AND o.programme_id = $3), 0) \
         AND d.delivered_at >= $5 AND (d.delivered_at > $6 OR d.id > $7) ORDER BY d.delivered_at, d.id LIMIT $8"
    );
    Ok(sql_query(text)
        .bind::<BigInt, _>(run_at)
        .bind::<BigInt, _>(period_end_at)
        .bind::<BigInt, _>(programme)
        .bind::<BigInt, _>(supplier)
        .bind::<BigInt, _>(at)
        .bind::<BigInt, _>(at)
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(window.fetch())
        .load(conn)?)
}

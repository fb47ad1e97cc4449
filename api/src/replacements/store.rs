//! Rows of replacements.

use super::Owed;
use crate::auth::Scope;
use crate::db::schema::{deliveries, invoices, lead_products, orders, replacements, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::replacements::{Replacement, ReplacementStatus};
use tradepost_contract::{
    DeliveryId, Id, InvoiceId, LeadProductId, OrderId, Page, ProblemCode, ProgrammeId, ReplacementId, ReturnRequestId,
    SupplierId, Timestamp,
};

/// Whose order a replacement fills.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Order {
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: OrderId,
    product_id: LeadProductId,
}

/// Inserts a replacement that is owed for a delivery, on the order of that delivery.
pub(super) fn insert(tx: &mut Tx<'_>, owed: Owed) -> ApiResult<(ReplacementId, Order)> {
    let order: Order = deliveries::table
        .filter(deliveries::id.eq(owed.delivery_id))
        .select((
            deliveries::programme_id,
            deliveries::supplier_id,
            deliveries::order_id,
            deliveries::product_id,
        ))
        .first(&mut **tx)?;
    let id: ReplacementId = tx.new_id();
    let row = (
        replacements::id.eq(id),
        replacements::return_request_id.eq(owed.return_request_id),
        replacements::original_delivery_id.eq(owed.delivery_id),
        replacements::programme_id.eq(order.programme_id),
        replacements::supplier_id.eq(order.supplier_id),
        replacements::order_id.eq(order.order_id),
        replacements::product_id.eq(order.product_id),
        replacements::status.eq(ReplacementStatus::Owed),
        replacements::owed_at.eq(tx.business_now()),
        replacements::credit_due_at.eq(owed.credit_due_at),
    );
    match diesel::insert_into(replacements::table).values(row).execute(&mut **tx) {
        Ok(_) => Ok((id, order)),
        Err(cause) if is_unique_violation(&cause) => Err(ApiError::new(ProblemCode::StateConflict)
            .detail("A replacement is owed for this lead already.")
            .caused_by(cause)),
        Err(cause) => Err(cause.into()),
    }
}

/// The filters of the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) id: Option<ReplacementId>,
    pub(super) request: Option<ReturnRequestId>,
    pub(super) status: Option<Vec<ReplacementStatus>>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<OrderId>,
}

/// A replacement as it is stored.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub(super) id: ReplacementId,
    pub(super) return_request_id: ReturnRequestId,
    pub(super) original_delivery_id: DeliveryId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) order_id: OrderId,
    product_id: LeadProductId,
    pub(super) status: ReplacementStatus,
    filled_delivery_id: Option<DeliveryId>,
    owed_at: Timestamp,
    settled_at: Option<Timestamp>,
    credit_due_at: Option<Timestamp>,
    credited_delivery_id: Option<DeliveryId>,
    pub(super) version: i64,
}

/// What is owed before it and itself: of its order, and of its product. Both are read from the partial indexes of
/// what is owed.
const PLACE_IN_ORDER: &str = "(SELECT CAST(COUNT(*) AS BIGINT) FROM replacements q WHERE q.status = 'owed' AND q.order_id = replacements.order_id \
     AND (q.owed_at < replacements.owed_at OR (q.owed_at = replacements.owed_at AND q.id <= replacements.id)))";
const PLACE_IN_PRODUCT: &str = "(SELECT CAST(COUNT(*) AS BIGINT) FROM replacements q WHERE q.status = 'owed' AND q.product_id = replacements.product_id \
     AND (q.owed_at < replacements.owed_at OR (q.owed_at = replacements.owed_at AND q.id <= replacements.id)))";

/// A page of replacements, the latest owed first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    window: &Window,
    now: Timestamp,
) -> ApiResult<Page<Replacement>> {
    let places = (
        replacements::all_columns,
        suppliers::name,
        lead_products::name,
        sql::<BigInt>(PLACE_IN_ORDER),
        sql::<BigInt>(PLACE_IN_PRODUCT),
    );
    let mut query = replacements::table
        .inner_join(orders::table)
        .inner_join(suppliers::table)
        .inner_join(lead_products::table)
        .select(places)
        .into_boxed();
    if let Some(request) = filter.request {
        query = query.filter(replacements::return_request_id.eq(request));
    }
    if let Some(id) = filter.id {
        query = query.filter(replacements::id.eq(id));
    }
    if let Some(supplier) = scope.supplier() {
        query = query.filter(replacements::supplier_id.eq(supplier));
    }
    if let Some(businesses) = scope.businesses() {
        query = query.filter(orders::business_id.eq_any(businesses.to_vec()));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(replacements::programme_id.eq(programme));
    }
    if let Some(statuses) = filter.status {
        query = query.filter(replacements::status.eq_any(statuses));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(replacements::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(replacements::supplier_id.eq(supplier));
    }
    if let Some(order) = filter.order {
        query = query.filter(replacements::order_id.eq(order));
    }
    if let Some((at, id)) = window.after() {
        let earlier = replacements::owed_at
            .lt(at)
            .or(replacements::id.lt(ReplacementId::from_i64(id)));
        query = query.filter(replacements::owed_at.le(at)).filter(earlier);
    }
    let rows = query
        .order((replacements::owed_at.desc(), replacements::id.desc()))
        .limit(window.fetch())
        .load::<Shown>(conn)?;
    let rows = rows.into_iter().map(|row| show(row, scope, now)).collect();
    Ok(window.finish(rows, |row: &Replacement| (row.owed_at, row.id.as_i64())))
}

/// One replacement that the scope may see.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: ReplacementId, now: Timestamp) -> ApiResult<Replacement> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    let window = Window::new(Some(1), None)?;
    list(conn, scope, filter, &window, now)?
        .data
        .pop()
        .ok_or_else(ApiError::not_found)
}

/// The row, locked by its version for whoever settles it; none where nothing is owed any more.
pub(super) fn hold_owed(tx: &mut Tx<'_>, id: ReplacementId) -> ApiResult<Option<Row>> {
    Ok(diesel::update(replacements::table.find(id))
        .filter(replacements::status.eq(ReplacementStatus::Owed))
        .set(replacements::version.eq(replacements::version + 1))
        .returning(replacements::all_columns)
        .get_result(&mut **tx)
        .optional()?)
}

/// Settles what is owed by a credit of that delivery. The caller holds the row.
pub(super) fn convert(tx: &mut Tx<'_>, id: ReplacementId, credited: DeliveryId) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(replacements::table.find(id))
        .set((
            replacements::status.eq(ReplacementStatus::ConvertedToCredit),
            replacements::credited_delivery_id.eq(credited),
            replacements::settled_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What is owed for longer than its policy lets it be, the longest first.
pub(super) fn due(conn: &mut Conn, now: Timestamp, most: i64) -> ApiResult<Vec<ReplacementId>> {
    Ok(replacements::table
        .filter(sql::<Bool>("replacements.status = 'owed'"))
        .filter(replacements::credit_due_at.le(now))
        .order((replacements::credit_due_at, replacements::id))
        .select(replacements::id)
        .limit(most)
        .load(conn)?)
}

/// Looks at it again later.
pub(super) fn put_off(tx: &mut Tx<'_>, id: ReplacementId, until: Timestamp) -> ApiResult<()> {
    diesel::update(replacements::table.find(id))
        .filter(replacements::status.eq(ReplacementStatus::Owed))
        .set(replacements::credit_due_at.eq(until))
        .execute(&mut **tx)?;
    Ok(())
}

/// What was paid for the lead that a delivery stands for.
#[derive(Debug, Clone, Copy, Queryable)]
pub(super) struct Charge {
    pub(super) delivery_id: DeliveryId,
    pub(super) state: BillingState,
    pub(super) replaces: Option<DeliveryId>,
    /// The invoice of the order that was paid when it was placed, with the leads that it ordered.
    pub(super) quantity: Option<i64>,
    pub(super) order_invoice: Option<InvoiceId>,
}

/// How a delivery is charged.
pub(super) fn charge_of(conn: &mut Conn, delivery: DeliveryId) -> ApiResult<Charge> {
    Ok(deliveries::table
        .inner_join(orders::table)
        .left_join(invoices::table.on(invoices::checkout_id.eq(orders::checkout_id)))
        .filter(deliveries::id.eq(delivery))
        .select((
            deliveries::id,
            deliveries::billing_state,
            deliveries::replaces_delivery_id,
            orders::quantity,
            invoices::id.nullable(),
        ))
        .first(conn)?)
}

/// A row with the names of supplier and product, and its two places.
type Shown = (Row, String, String, i64, i64);

fn show(
    (row, supplier_name, product_name, place_in_order, place_in_product): Shown,
    scope: &Scope,
    now: Timestamp,
) -> Replacement {
    let Row {
        id,
        return_request_id,
        original_delivery_id,
        programme_id,
        supplier_id,
        order_id,
        product_id,
        status,
        filled_delivery_id,
        owed_at,
        settled_at,
        credit_due_at,
        credited_delivery_id,
        version,
    } = row;
    let owed = status == ReplacementStatus::Owed;
    Replacement {
        id,
        return_request_id,
        original_delivery_id,
        programme_id,
        supplier_id,
        supplier_name,
        order_id,
        product_id,
        product_name,
        status,
        filled_delivery_id,
        owed_at,
        settled_at,
        age_days: settled_at.unwrap_or(now).since(owed_at).whole_days(),
        place_in_order: owed.then_some(place_in_order),
        place_in_product: (owed && scope.supplier().is_none()).then_some(place_in_product),
        credit_due_at,
        credited_delivery_id,
        version,
    }
}

//! Rows of checkouts.

use crate::auth::Scope;
use crate::db::schema::{
    businesses, checkouts, coupons, invoices, lead_products, orders, payments, programmes, suppliers,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::payments::store::is_live;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::checkouts::{CheckoutPayment, CheckoutStatus};
use tradepost_contract::lead_products::{Exclusivity, ProductStatus, ProductTiming};
use tradepost_contract::payments::{PaymentFailure, PaymentMethod, PaymentStatus};
use tradepost_contract::{
    BusinessId, CheckoutId, CouponId, Currency, Id, InvoiceId, LeadProductId, LoyaltySubscriptionId, Money, OrderId,
    PaymentId, ProgrammeId, ResolvedPolicyId, SupplierId, Timestamp,
};

/// A checkout's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = checkouts, treat_none_as_null = true)]
pub(super) struct Row {
    pub(super) id: CheckoutId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) product_id: LeadProductId,
    pub(super) status: CheckoutStatus,
    pub(super) quantity: i64,
    pub(super) daily_percent: Option<i64>,
    pub(super) loyalty_interval: Option<String>,
    pub(super) loyalty_days: Option<i64>,
    pub(super) bonus: i64,
    /// The subscription that it began, or that ordered it again.
    pub(super) loyalty_subscription_id: Option<LoyaltySubscriptionId>,
    pub(super) coverage: Option<String>,
    pub(super) coupon_id: Option<CouponId>,
    pub(super) unit_price_minor: i64,
    pub(super) discount_minor: i64,
    pub(super) net_minor: i64,
    pub(super) tax_minor: i64,
    /// The credit of the account that pays a part of it; held from when it was submitted.
    pub(super) credit_minor: i64,
    pub(super) currency: Currency,
    /// The tax of the quote, as its invoice will show it.
    pub(super) tax: String,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) created_by: String,
    pub(super) expires_at: Timestamp,
    pub(super) submitted_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    /// An amount in the checkout's currency.
    pub(super) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// What is to be paid.
    pub(super) fn total(&self) -> ApiResult<Money> {
        Ok(self.money(self.net_minor).plus(self.money(self.tax_minor))?)
    }

    /// What of it is left to be paid beside the credit.
    pub(super) fn due(&self) -> ApiResult<Money> {
        Ok(self.total()?.minus(self.money(self.credit_minor))?)
    }
}

/// What a checkout is shown with: names of programme, supplier, business and product; the product's words
/// on delivery; the brand; the coupon's code; and what came of it.
pub(super) type Around = (
    (String, String, String, String),
    (Option<String>, String, Option<String>),
    (Option<OrderId>, Option<InvoiceId>),
);

/// Which checkouts.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) id: Option<CheckoutId>,
    pub(super) statuses: Vec<CheckoutStatus>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
}

/// A page of checkouts, newest first.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Vec<(Row, Around)>> {
    let mut query = checkouts::table
        .inner_join(programmes::table)
        .inner_join(suppliers::table)
        .inner_join(lead_products::table)
        .inner_join(businesses::table.on(businesses::id.eq(checkouts::business_id)))
        .left_join(coupons::table)
        .left_join(orders::table.on(orders::checkout_id.eq(checkouts::id.nullable())))
        .left_join(invoices::table.on(invoices::checkout_id.eq(checkouts::id.nullable())))
        .order((checkouts::created_at.desc(), checkouts::id.desc()))
        .limit(window.fetch())
        .select((
            checkouts::all_columns,
            (
                (programmes::name, suppliers::name, businesses::name, lead_products::name),
                (lead_products::eta_text, programmes::brand, coupons::code.nullable()),
                (orders::id.nullable(), invoices::id.nullable()),
            ),
        ))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(checkouts::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(checkouts::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(checkouts::business_id.eq_any(own.to_vec()));
    }
    if let Some(id) = filter.id {
        query = query.filter(checkouts::id.eq(id));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(checkouts::status.eq_any(filter.statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query.filter(checkouts::created_at.le(at)).filter(
            checkouts::created_at
                .lt(at)
                .or(checkouts::id.lt(CheckoutId::from_i64(id))),
        );
    }
    Ok(query.load(conn)?)
}

/// One checkout, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: CheckoutId) -> ApiResult<Row> {
    let row = checkouts::table.find(id).first::<Row>(conn).optional()?;
    row.filter(|row| {
        scope.allows_supplier(row.supplier_id)
            && scope.allows_business(row.business_id)
            && scope.allows_programme(row.programme_id)
    })
    .ok_or_else(ApiError::not_found)
}

/// One checkout, kept as it is until this transaction ends.
pub(super) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: CheckoutId) -> ApiResult<Row> {
    diesel::update(checkouts::table.find(id))
        .set(checkouts::version.eq(checkouts::version))
        .execute(&mut **tx)?;
    find(tx, scope, id)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(checkouts::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes a held row, and counts the change.
pub(super) fn update(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    let changed = Row {
        version: row.version + 1,
        updated_at: tx.business_now(),
        ..row.clone()
    };
    diesel::update(checkouts::table.find(row.id))
        .set(changed)
        .execute(&mut **tx)?;
    Ok(())
}

/// The checkouts whose time is over.
pub(super) fn expired(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<CheckoutId>> {
    Ok(checkouts::table
        // Spelled as in the partial index, or SQLite would not use it.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "status IN ('open', 'awaiting_payment')",
        ))
        .filter(checkouts::expires_at.le(now))
        // A payment that is under way decides; none may be charged for what is gone.
        .filter(diesel::dsl::not(diesel::dsl::exists(
            payments::table
                .filter(payments::checkout_id.eq(checkouts::id.nullable()))
                .filter(is_live()),
        )))
        .order(checkouts::expires_at)
        .limit(limit)
        .select(checkouts::id)
        .load(conn)?)
}

/// The latest payments of some checkouts.
pub(crate) fn payments_of(conn: &mut Conn, ids: &[CheckoutId]) -> ApiResult<HashMap<CheckoutId, CheckoutPayment>> {
    type Found = (
        Option<CheckoutId>,
        PaymentId,
        PaymentStatus,
        PaymentMethod,
        Option<PaymentFailure>,
    );
    let rows: Vec<Found> = payments::table
        .filter(payments::checkout_id.eq_any(ids.to_vec()))
        .order(payments::id)
        .select((
            payments::checkout_id,
            payments::id,
            payments::status,
            payments::method,
            payments::failure,
        ))
        .load(conn)?;
    let latest = rows.into_iter().filter_map(|(checkout, id, status, method, failure)| {
        let payment = CheckoutPayment {
            id,
            status,
            method,
            failure,
        };
        Some((checkout?, payment))
    });
    Ok(latest.collect())
}

/// The credit that other checkouts of a supplier hold, which wait for their money.
pub(super) fn credit_held(conn: &mut Conn, supplier: SupplierId, but: CheckoutId) -> ApiResult<i64> {
    let held: Vec<i64> = checkouts::table
        .filter(checkouts::supplier_id.eq(supplier))
        .filter(checkouts::status.eq(CheckoutStatus::AwaitingPayment))
        .filter(checkouts::id.ne(but))
        .select(checkouts::credit_minor)
        .load(conn)?;
    Ok(held.iter().sum())
}

/// The checkouts of an account that have not ended.
pub(super) fn live_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<CheckoutId>> {
    Ok(checkouts::table
        .filter(checkouts::supplier_id.eq(supplier))
        .filter(checkouts::status.eq_any([CheckoutStatus::Open, CheckoutStatus::AwaitingPayment]))
        .order(checkouts::id)
        .select(checkouts::id)
        .load(conn)?)
}

/// The renewals of a subscription that wait for their money.
pub(super) fn awaiting_of(conn: &mut Conn, subscription: LoyaltySubscriptionId) -> ApiResult<Vec<CheckoutId>> {
    Ok(checkouts::table
        .filter(checkouts::loyalty_subscription_id.eq(subscription))
        .filter(checkouts::status.eq(CheckoutStatus::AwaitingPayment))
        .select(checkouts::id)
        .load(conn)?)
}

/// What came of a checkout.
pub(super) fn outcome(conn: &mut Conn, id: CheckoutId) -> ApiResult<(Option<OrderId>, Option<InvoiceId>)> {
    let order = orders::table
        .filter(orders::checkout_id.eq(id))
        .select(orders::id)
        .first(conn)
        .optional()?;
    let invoice = invoices::table
        .filter(invoices::checkout_id.eq(id))
        .select(invoices::id)
        .first(conn)
        .optional()?;
    Ok((order, invoice))
}

/// What a checkout takes from its product.
#[derive(Debug, Clone)]
pub(super) struct ProductFacts {
    pub(super) programme_id: ProgrammeId,
    pub(super) name: String,
    pub(super) status: ProductStatus,
    pub(super) exclusivity: Exclusivity,
    pub(super) timing: ProductTiming,
    pub(super) price: Money,
    pub(super) eta_text: Option<String>,
}

pub(super) fn product(conn: &mut Conn, id: LeadProductId) -> ApiResult<Option<ProductFacts>> {
    type Columns = (
        ProgrammeId,
        String,
        ProductStatus,
        Exclusivity,
        ProductTiming,
        i64,
        Currency,
        Option<String>,
    );
    let row = lead_products::table
        .find(id)
        .select((
            lead_products::programme_id,
            lead_products::name,
            lead_products::status,
            lead_products::exclusivity,
            lead_products::timing,
            lead_products::price_minor,
            lead_products::currency,
            lead_products::eta_text,
        ))
        .first::<Columns>(conn)
        .optional()?;
    Ok(row.map(
        |(programme_id, name, status, exclusivity, timing, minor, currency, eta_text)| ProductFacts {
            programme_id,
            name,
            status,
            exclusivity,
            timing,
            price: Money::new(minor, currency),
            eta_text,
        },
    ))
}

/// The merchant's name on the card statements of a programme (R40).
pub(super) fn brand(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<String> {
    Ok(programmes::table
        .find(programme)
        .select(programmes::brand)
        .first(conn)?)
}

//! Rows of coupons and of their uses.

use super::rules::Conditions;
use crate::auth::Scope;
use crate::db::schema::{checkouts, coupons, lead_products, programmes, redemptions, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::checkouts::CheckoutStatus;
use tradepost_contract::coupons::{Coupon, Discount, RedemptionStatus};
use tradepost_contract::{
    CheckoutId, CouponId, Currency, Id, LeadProductId, Money, ProgrammeId, RedemptionId, SupplierId, Timestamp,
};

/// A coupon's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = coupons)]
pub(super) struct Row {
    pub(super) id: CouponId,
    pub(super) programme_id: ProgrammeId,
    pub(super) code: String,
    pub(super) code_key: String,
    pub(super) kind: String,
    pub(super) rate: Option<String>,
    pub(super) amount_minor: Option<i64>,
    pub(super) currency: Currency,
    pub(super) products: String,
    pub(super) min_quantity: Option<i64>,
    pub(super) valid_from: Timestamp,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) max_uses: Option<i64>,
    pub(super) uses: i64,
    pub(super) per_customer: i64,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) alternative_of: Option<CouponId>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) created_by: String,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    /// The kind, rate and amount of a discount, as the columns have them.
    pub(super) fn discount_columns(discount: &Discount) -> (String, Option<String>, Option<i64>) {
        match discount {
            Discount::Percent { rate } => ("percent".to_owned(), Some(rate.to_string()), None),
            Discount::Amount { amount } => ("amount".to_owned(), None, Some(amount.minor)),
        }
    }

    pub(super) fn discount(&self) -> ApiResult<Discount> {
        match (&self.rate, self.amount_minor) {
            (Some(rate), None) => Ok(Discount::Percent {
                rate: rate.parse().map_err(ApiError::internal)?,
            }),
            (None, Some(minor)) => Ok(Discount::Amount {
                amount: Money::new(minor, self.currency),
            }),
            (Some(_), Some(_)) | (None, None) => Err(ApiError::internal("a coupon without one discount")),
        }
    }

    fn terms(self) -> ApiResult<Terms> {
        Ok(Terms {
            id: self.id,
            discount: self.discount()?,
            per_customer: self.per_customer,
            conditions: Conditions {
                valid_from: self.valid_from,
                valid_until: self.valid_until,
                ended_at: self.ended_at,
                supplier_id: self.supplier_id,
                products: serde_json::from_str(&self.products)?,
                min_quantity: self.min_quantity,
            },
        })
    }

    fn shown(self, programme_name: String, supplier_name: Option<String>) -> ApiResult<Coupon> {
        let discount = self.discount()?;
        Ok(Coupon {
            id: self.id,
            programme_id: self.programme_id,
            programme_name,
            code: self.code,
            discount,
            products: serde_json::from_str(&self.products)?,
            min_quantity: self.min_quantity,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            max_uses: self.max_uses,
            uses: self.uses,
            per_customer: self.per_customer,
            supplier_id: self.supplier_id,
            supplier_name,
            alternative_of: self.alternative_of,
            ended_at: self.ended_at,
            created_by: self.created_by,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// What a coupon gives, and to whom.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) id: CouponId,
    pub(super) discount: Discount,
    pub(super) per_customer: i64,
    pub(super) conditions: Conditions,
}

/// The coupon that a typed code means. Where the case does not count, the one in the typed case goes first.
pub(super) fn by_code(conn: &mut Conn, programme: ProgrammeId, code: &str, exact: bool) -> ApiResult<Option<Terms>> {
    let of_programme = || coupons::table.filter(coupons::programme_id.eq(programme));
    let typed = of_programme()
        .filter(coupons::code.eq(code))
        .first::<Row>(conn)
        .optional()?;
    let found = match typed {
        None if !exact => of_programme()
            .filter(coupons::code_key.eq(key(code)))
            .order(coupons::id.desc())
            .first::<Row>(conn)
            .optional()?,
        found => found,
    };
    found.map(Row::terms).transpose()
}

/// A code without its case.
pub(super) fn key(code: &str) -> String {
    code.to_lowercase()
}

pub(super) fn find(conn: &mut Conn, id: CouponId) -> ApiResult<Option<Terms>> {
    let row = coupons::table.find(id).first::<Row>(conn).optional()?;
    row.map(Row::terms).transpose()
}

/// Counts one use, if the coupon has one left and was not ended; the row stays locked (F22).
pub(super) fn count_use(tx: &mut Tx<'_>, id: CouponId) -> ApiResult<bool> {
    let left = coupons::max_uses
        .is_null()
        .or(coupons::max_uses.assume_not_null().gt(coupons::uses));
    let counted = diesel::update(coupons::table.find(id).filter(coupons::ended_at.is_null()).filter(left))
        .set((
            coupons::uses.eq(coupons::uses + 1),
            coupons::version.eq(coupons::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(counted == 1)
}

pub(super) fn give_use_back(tx: &mut Tx<'_>, id: CouponId) -> ApiResult<()> {
    diesel::update(coupons::table.find(id))
        .set((
            coupons::uses.eq(coupons::uses - 1),
            coupons::version.eq(coupons::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The numbers of a customer's uses that were not released.
pub(super) fn numbers_of(conn: &mut Conn, coupon: CouponId, supplier: SupplierId) -> ApiResult<Vec<i64>> {
    Ok(redemptions::table
        .filter(
            redemptions::coupon_id
                .eq(coupon)
                .and(redemptions::supplier_id.eq(supplier)),
        )
        .filter(redemptions::status.ne(RedemptionStatus::Released))
        .select(redemptions::number)
        .load(conn)?)
}

/// A use as it is written down.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewRedemption {
    pub(super) coupon: CouponId,
    pub(super) supplier: SupplierId,
    pub(super) checkout: CheckoutId,
    pub(super) number: i64,
}

pub(super) fn insert_redemption(tx: &mut Tx<'_>, new: &NewRedemption) -> QueryResult<usize> {
    let now = tx.business_now();
    diesel::insert_into(redemptions::table)
        .values((
            redemptions::id.eq(tx.new_id::<RedemptionId>()),
            redemptions::coupon_id.eq(new.coupon),
            redemptions::supplier_id.eq(new.supplier),
            redemptions::checkout_id.eq(new.checkout),
            redemptions::number.eq(new.number),
            redemptions::status.eq(RedemptionStatus::Reserved),
            redemptions::created_at.eq(now),
            redemptions::updated_at.eq(now),
        ))
        .execute(&mut **tx)
}

/// Moves the reserved use of a checkout on; none where it holds none (any more).
pub(super) fn settle(tx: &mut Tx<'_>, checkout: CheckoutId, to: RedemptionStatus) -> ApiResult<Option<CouponId>> {
    let now = tx.business_now();
    let held = redemptions::table.filter(
        redemptions::checkout_id
            .eq(checkout)
            .and(redemptions::status.eq(RedemptionStatus::Reserved)),
    );
    Ok(diesel::update(held)
        .set((redemptions::status.eq(to), redemptions::updated_at.eq(now)))
        .returning(redemptions::coupon_id)
        .get_result(&mut **tx)
        .optional()?)
}

/// How a customer's uses of a coupon and of its alternatives stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PastUse {
    pub(super) coupon: CouponId,
    pub(super) status: RedemptionStatus,
    pub(super) bought: bool,
}

/// Every use by a customer of a coupon and of its alternatives.
pub(super) fn past_uses(conn: &mut Conn, root: CouponId, supplier: SupplierId) -> ApiResult<Vec<PastUse>> {
    let rows: Vec<(CouponId, RedemptionStatus, CheckoutStatus)> = redemptions::table
        .inner_join(coupons::table)
        .inner_join(checkouts::table)
        .filter(coupons::id.eq(root).or(coupons::alternative_of.eq(root)))
        .filter(redemptions::supplier_id.eq(supplier))
        .select((redemptions::coupon_id, redemptions::status, checkouts::status))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(coupon, status, checkout)| PastUse {
            coupon,
            status,
            bought: status == RedemptionStatus::Consumed && checkout == CheckoutStatus::Completed,
        })
        .collect())
}

/// The coupon, kept as it is until this transaction ends: uses of it wait.
pub(super) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: CouponId) -> ApiResult<Row> {
    let row: Option<Row> = diesel::update(coupons::table.find(id))
        .set(coupons::version.eq(coupons::version))
        .returning(coupons::all_columns)
        .get_result(&mut **tx)
        .optional()?;
    row.filter(|row| scope.allows_programme(row.programme_id))
        .ok_or_else(ApiError::not_found)
}

/// Ends the alternatives of a coupon that a customer still has.
pub(super) fn end_alternatives(tx: &mut Tx<'_>, root: CouponId, supplier: SupplierId) -> ApiResult<usize> {
    let now = tx.business_now();
    let live = coupons::table.filter(
        coupons::alternative_of
            .eq(root)
            .and(coupons::supplier_id.eq(supplier))
            .and(coupons::ended_at.is_null()),
    );
    let ended = (
        coupons::ended_at.eq(now),
        coupons::version.eq(coupons::version + 1),
        coupons::updated_at.eq(now),
    );
    Ok(diesel::update(live).set(ended).execute(&mut **tx)?)
}

/// Ends a coupon; false where it is ended already.
pub(super) fn end(tx: &mut Tx<'_>, id: CouponId) -> ApiResult<bool> {
    let now = tx.business_now();
    let live = coupons::table.find(id).filter(coupons::ended_at.is_null());
    let ended = (
        coupons::ended_at.eq(now),
        coupons::version.eq(coupons::version + 1),
        coupons::updated_at.eq(now),
    );
    Ok(diesel::update(live).set(ended).execute(&mut **tx)? == 1)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(coupons::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// How many of these products the programme has.
pub(super) fn own_products(conn: &mut Conn, programme: ProgrammeId, ids: &[LeadProductId]) -> ApiResult<i64> {
    Ok(lead_products::table
        .filter(lead_products::programme_id.eq(programme))
        .filter(lead_products::id.eq_any(ids.to_vec()))
        .count()
        .get_result(conn)?)
}

/// Whether the supplier belongs to the programme.
pub(super) fn is_customer(conn: &mut Conn, programme: ProgrammeId, supplier: SupplierId) -> ApiResult<bool> {
    let found: Option<ProgrammeId> = suppliers::table
        .find(supplier)
        .select(suppliers::programme_id)
        .first(conn)
        .optional()?;
    Ok(found == Some(programme))
}

/// Which coupons to list.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) id: Option<CouponId>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) code: Option<String>,
    pub(super) live: Option<bool>,
}

/// A page of coupons, newest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    window: &Window,
    now: Timestamp,
) -> ApiResult<Vec<Coupon>> {
    let mut query = coupons::table
        .inner_join(programmes::table)
        .left_join(suppliers::table)
        .order((coupons::created_at.desc(), coupons::id.desc()))
        .limit(window.fetch())
        .select((coupons::all_columns, programmes::name, suppliers::name.nullable()))
        .into_boxed();
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(coupons::programme_id.eq(programme));
    }
    if let Some(id) = filter.id {
        query = query.filter(coupons::id.eq(id));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(coupons::supplier_id.eq(supplier));
    }
    if let Some(code) = filter.code {
        query = query.filter(coupons::code_key.eq(key(&code)));
    }
    let over = coupons::ended_at.is_not_null().or(coupons::valid_until
        .is_not_null()
        .and(coupons::valid_until.assume_not_null().le(now)));
    match filter.live {
        Some(true) => query = query.filter(diesel::dsl::not(over)),
        Some(false) => query = query.filter(over),
        None => {}
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(coupons::created_at.le(at))
            .filter(coupons::created_at.lt(at).or(coupons::id.lt(CouponId::from_i64(id))));
    }
    query
        .load::<(Row, String, Option<String>)>(conn)?
        .into_iter()
        .map(|(row, programme, supplier)| row.shown(programme, supplier))
        .collect()
}

pub(super) fn get(conn: &mut Conn, scope: &Scope, id: CouponId) -> ApiResult<Coupon> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    let now = Timestamp::from_micros(0);
    list(conn, scope, filter, &Window::new(None, None)?, now)?
        .pop()
        .ok_or_else(ApiError::not_found)
}

//! Deliveries with their leads: one by its id, the list, and how many there are. Every query takes the
//! caller's scope.

use super::row::{Columns, Row, columns, to_row};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    businesses, deliveries, lead_people, lead_products, leads, programmes, return_requests, suppliers,
};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Key, NEVER, in_order, or_never};
use diesel::prelude::*;
use tradepost_contract::deliveries::{BillingState, DeliverySort, LeadOutcome};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{BusinessId, DeliveryId, LeadId, LeadProductId, OrderId, ProgrammeId, SupplierId, Timestamp};

diesel::define_sql_function! {
    /// Letters made small: SQLite compares ASCII without case by itself, PostgreSQL does not.
    fn lower(text: diesel::sql_types::Nullable<diesel::sql_types::Text>) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// What a list of deliveries is narrowed to.
#[derive(Debug, Clone, Default)]
pub(in crate::deliveries) struct Filter {
    pub(in crate::deliveries) programme: Option<ProgrammeId>,
    pub(in crate::deliveries) supplier: Option<SupplierId>,
    pub(in crate::deliveries) business: Option<BusinessId>,
    pub(in crate::deliveries) product: Option<LeadProductId>,
    pub(in crate::deliveries) order: Option<OrderId>,
    pub(in crate::deliveries) lead: Option<LeadId>,
    pub(in crate::deliveries) billing_states: Option<Vec<BillingState>>,
    pub(in crate::deliveries) outcomes: Option<Vec<LeadOutcome>>,
    pub(in crate::deliveries) delivered_from: Option<Timestamp>,
    pub(in crate::deliveries) delivered_before: Option<Timestamp>,
    /// Something of the person: a part of the name or company, the start of an e-mail, a phone number.
    pub(in crate::deliveries) text: Option<String>,
    /// Whether one of the supplier's people opened it.
    pub(in crate::deliveries) seen: Option<bool>,
    /// Its window closes before this instant.
    pub(in crate::deliveries) closes_before: Option<Timestamp>,
    /// Whether it can still be returned at this instant.
    pub(in crate::deliveries) returnable: Option<(bool, Timestamp)>,
}

/// Deliveries with the leads and people behind them.
macro_rules! deliveries_with_leads {
    () => {
        deliveries::table.inner_join(leads::table.left_join(lead_people::table))
    };
}

/// The same with what they name.
macro_rules! deliveries_with_names {
    () => {
        deliveries_with_leads!()
            .inner_join(lead_products::table.on(lead_products::id.eq(deliveries::product_id)))
            .inner_join(programmes::table.on(programmes::id.eq(deliveries::programme_id)))
            .inner_join(suppliers::table.on(suppliers::id.eq(deliveries::supplier_id)))
            .inner_join(businesses::table.on(businesses::id.eq(deliveries::business_id)))
    };
}

/// Narrows a query to what the caller may see.
macro_rules! in_scope {
    ($query:ident, $scope:ident) => {
        if let Some(supplier) = $scope.supplier() {
            $query = $query.filter(deliveries::supplier_id.eq(supplier));
        }
        if let Some(businesses) = $scope.businesses() {
            $query = $query.filter(deliveries::business_id.eq_any(businesses.to_vec()));
        }
        if let Some(programme) = $scope.programme() {
            $query = $query.filter(deliveries::programme_id.eq(programme));
        }
    };
}

/// Narrows a query by a filter.
macro_rules! narrowed {
    ($query:ident, $filter:expr) => {
        use deliveries as d;
        let filter: Filter = $filter;
        if let Some(programme) = filter.programme {
            $query = $query.filter(d::programme_id.eq(programme));
        }
        if let Some(supplier) = filter.supplier {
            $query = $query.filter(d::supplier_id.eq(supplier));
        }
        if let Some(business) = filter.business {
            // Its supplier is said, too, because the index begins with that.
            let owners = diesel::alias!(businesses as owners);
            let owner = owners
                .filter(owners.field(businesses::id).eq(business))
                .select(owners.field(businesses::supplier_id));
            $query = $query
                .filter(d::business_id.eq(business))
                .filter(d::supplier_id.eq_any(owner));
        }
        if let Some(product) = filter.product {
            $query = $query.filter(d::product_id.eq(product));
        }
        if let Some(order) = filter.order {
            $query = $query.filter(d::order_id.eq(order));
        }
        if let Some(lead) = filter.lead {
            $query = $query.filter(d::lead_id.eq(lead));
        }
        if let Some(states) = filter.billing_states {
            $query = $query.filter(d::billing_state.eq_any(states));
        }
        if let Some(outcomes) = filter.outcomes {
            $query = $query.filter(d::outcome.eq_any(outcomes));
        }
        if let Some(from) = filter.delivered_from {
            $query = $query.filter(d::delivered_at.ge(from));
        }
        if let Some(before) = filter.delivered_before {
            $query = $query.filter(d::delivered_at.lt(before));
        }
        if let Some((returnable, now)) = filter.returnable {
            let live = return_requests::table
                .filter(return_requests::delivery_id.eq(d::id))
                .filter(return_requests::status.ne(ReturnStatus::Withdrawn))
                .select(return_requests::id);
            let over = d::billing_state
                .eq_any([BillingState::Rejected, BillingState::Returned])
                .or(d::return_deadline_at.is_null())
                .or(d::return_deadline_at.assume_not_null().le(now))
                .or(diesel::dsl::exists(live));
            $query = if returnable {
                $query.filter(diesel::dsl::not(over))
            } else {
                $query.filter(over)
            };
        }
        if let Some(seen) = filter.seen {
            $query = if seen {
                $query.filter(d::seen_at.is_not_null())
            } else {
                $query.filter(d::seen_at.is_null())
            };
        }
        if let Some(before) = filter.closes_before {
            $query = $query.filter(d::return_deadline_at.lt(before));
        }
        if let Some(text) = filter.text {
            let (part, start) = patterns(&text);
            let named = lower(lead_people::name)
                .like(part.clone())
                .escape(ESCAPE)
                .or(lower(lead_people::company).like(part).escape(ESCAPE))
                .or(lower(lead_people::email).like(start).escape(ESCAPE));
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            $query = if digits.len() >= FEWEST_DIGITS {
                $query.filter(named.or(lead_people::phone.like(format!("%{digits}%"))))
            } else {
                $query.filter(named)
            };
        }
    };
}

/// So many digits are looked for in phone numbers; fewer are in nearly all of them.
const FEWEST_DIGITS: usize = 4;
const ESCAPE: char = '\\';

/// The text as a pattern that finds it anywhere, and one that finds it at the start.
fn patterns(text: &str) -> (String, String) {
    let mut plain = String::new();
    for letter in text.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            plain.push(ESCAPE);
        }
        plain.push(letter);
    }
    (format!("%{plain}%"), format!("{plain}%"))
}

/// The delivery, if the caller may see it.
pub(in crate::deliveries) fn get(conn: &mut Conn, scope: &Scope, id: DeliveryId) -> ApiResult<Row> {
    let mut query = deliveries_with_names!()
        .select(columns!())
        .filter(deliveries::id.eq(id))
        .into_boxed();
    in_scope!(query, scope);
    let found = query.first::<Columns>(conn).optional()?;
    found.map(to_row).ok_or_else(ApiError::not_found)
}

/// What the list is sorted by, of one row.
pub(in crate::deliveries) fn key(row: &Row, sort: DeliverySort) -> Key {
    match sort {
        DeliverySort::Newest | DeliverySort::Oldest => row.delivered_at.into(),
        DeliverySort::Deadline => row.return_deadline_at.unwrap_or(NEVER).into(),
        DeliverySort::Price | DeliverySort::PriceFalling => row.price.minor.into(),
    }
}

/// `limit` rows after the last row of the page before.
pub(in crate::deliveries) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    sort: DeliverySort,
    after: Option<(i64, i64)>,
    limit: i64,
) -> ApiResult<Vec<Row>> {
    let mut query = deliveries_with_names!().select(columns!()).limit(limit).into_boxed();
    in_scope!(query, scope);
    narrowed!(query, filter);
    let deadline = || or_never("deliveries.return_deadline_at");
    let query = match sort {
        DeliverySort::Newest => in_order!(query, after, falling d::delivered_at, d::id),
        DeliverySort::Oldest => in_order!(query, after, rising d::delivered_at, d::id),
        DeliverySort::Deadline => in_order!(query, after, rising deadline(), d::id),
        DeliverySort::Price => in_order!(query, after, rising d::price_minor, d::id),
        DeliverySort::PriceFalling => in_order!(query, after, falling d::price_minor, d::id),
    };
    let rows = query.load::<Columns>(conn)?;
    Ok(rows.into_iter().map(to_row).collect())
}

/// How many deliveries a filter leaves.
pub(in crate::deliveries) fn count(conn: &mut Conn, scope: &Scope, filter: Filter) -> ApiResult<i64> {
    let mut query = deliveries_with_leads!().select(diesel::dsl::count_star()).into_boxed();
    in_scope!(query, scope);
    narrowed!(query, filter);
    Ok(query.get_result(conn)?)
}

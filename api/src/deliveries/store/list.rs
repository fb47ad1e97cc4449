//! Deliveries with their leads: one by its id, and the list. Every query takes the caller's scope.

use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{deliveries, lead_people, lead_products, leads, return_requests};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::leads::{LeadPerson, LeadPlace};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, Id, InvoiceId, LeadId, LeadProductId, Money, OrderId, ProgrammeId,
    ResolvedPolicyId, SupplierId, Timestamp,
};

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
    /// Whether it can still be returned at this instant.
    pub(in crate::deliveries) returnable: Option<(bool, Timestamp)>,
}

/// A delivery with its lead, as it is read.
#[derive(Debug, Clone)]
pub(in crate::deliveries) struct Row {
    pub(in crate::deliveries) id: DeliveryId,
    pub(in crate::deliveries) lead_id: LeadId,
    pub(in crate::deliveries) programme_id: ProgrammeId,
    pub(in crate::deliveries) product_id: LeadProductId,
    pub(in crate::deliveries) product_name: String,
    pub(in crate::deliveries) order_id: OrderId,
    pub(in crate::deliveries) supplier_id: SupplierId,
    pub(in crate::deliveries) business_id: BusinessId,
    pub(in crate::deliveries) price: Money,
    pub(in crate::deliveries) replaces_delivery_id: Option<DeliveryId>,
    pub(in crate::deliveries) resolved_policy_id: ResolvedPolicyId,
    pub(in crate::deliveries) delivered_at: Timestamp,
    pub(in crate::deliveries) return_deadline_at: Option<Timestamp>,
    pub(in crate::deliveries) billing_state: BillingState,
    pub(in crate::deliveries) invoice_id: Option<InvoiceId>,
    pub(in crate::deliveries) rejection_reason: Option<String>,
    pub(in crate::deliveries) seen_at: Option<Timestamp>,
    pub(in crate::deliveries) rating: Option<i32>,
    pub(in crate::deliveries) outcome: Option<LeadOutcome>,
    pub(in crate::deliveries) outcome_at: Option<Timestamp>,
    pub(in crate::deliveries) note: Option<String>,
    pub(in crate::deliveries) version: i64,
    pub(in crate::deliveries) person: LeadPerson,
    pub(in crate::deliveries) place: LeadPlace,
    pub(in crate::deliveries) source: Option<String>,
    pub(in crate::deliveries) enquired_at: Timestamp,
}

type Columns = (
    (
        DeliveryId,
        LeadId,
        ProgrammeId,
        LeadProductId,
        String,
        OrderId,
        SupplierId,
        BusinessId,
        i64,
        Currency,
        Option<DeliveryId>,
        ResolvedPolicyId,
    ),
    (
        Timestamp,
        Option<Timestamp>,
        BillingState,
        Option<InvoiceId>,
        Option<String>,
        Option<Timestamp>,
        Option<i32>,
        Option<LeadOutcome>,
        Option<Timestamp>,
        Option<String>,
        i64,
    ),
    Option<PersonColumns>,
    (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Timestamp,
    ),
);

type PersonColumns = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

macro_rules! columns {
    () => {
        (
            (
                deliveries::id,
                deliveries::lead_id,
                deliveries::programme_id,
                deliveries::product_id,
                lead_products::name,
                deliveries::order_id,
                deliveries::supplier_id,
                deliveries::business_id,
                deliveries::price_minor,
                deliveries::currency,
                deliveries::replaces_delivery_id,
                deliveries::resolved_policy_id,
            ),
            (
                deliveries::delivered_at,
                deliveries::return_deadline_at,
                deliveries::billing_state,
                deliveries::invoice_id,
                deliveries::rejection_reason,
                deliveries::seen_at,
                deliveries::rating,
                deliveries::outcome,
                deliveries::outcome_at,
                deliveries::note,
                deliveries::version,
            ),
            (
                lead_people::name,
                lead_people::company,
                lead_people::email,
                lead_people::phone,
                lead_people::phone_as_given,
                lead_people::address,
                lead_people::notes,
            )
                .nullable(),
            (
                leads::country,
                leads::region,
                leads::postcode,
                leads::city,
                leads::source,
                leads::enquired_at,
            ),
        )
    };
}

fn to_row((of, state, person, lead): Columns) -> Row {
    let (
        id,
        lead_id,
        programme_id,
        product_id,
        product_name,
        order_id,
        supplier_id,
        business_id,
        price_minor,
        currency,
        replaces_delivery_id,
        resolved_policy_id,
    ) = of;
    let (
        delivered_at,
        return_deadline_at,
        billing_state,
        invoice_id,
        rejection_reason,
        seen_at,
        rating,
        outcome,
        outcome_at,
        note,
        version,
    ) = state;
    let (name, company, email, phone, phone_as_given, address, notes) = person.unwrap_or_default();
    let (country, region, postcode, city, source, enquired_at) = lead;
    Row {
        id,
        lead_id,
        programme_id,
        product_id,
        product_name,
        order_id,
        supplier_id,
        business_id,
        price: Money::new(price_minor, currency),
        replaces_delivery_id,
        resolved_policy_id,
        delivered_at,
        return_deadline_at,
        billing_state,
        invoice_id,
        rejection_reason,
        seen_at,
        rating,
        outcome,
        outcome_at,
        note,
        version,
        person: LeadPerson {
            name,
            company,
            email,
            phone,
            phone_as_given,
            address,
            notes,
        },
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        source,
        enquired_at,
    }
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

/// The delivery, if the caller may see it.
pub(in crate::deliveries) fn get(conn: &mut Conn, scope: &Scope, id: DeliveryId) -> ApiResult<Row> {
    let mut query = deliveries::table
        .inner_join(leads::table.left_join(lead_people::table))
        .inner_join(lead_products::table.on(lead_products::id.eq(deliveries::product_id)))
        .select(columns!())
        .filter(deliveries::id.eq(id))
        .into_boxed();
    in_scope!(query, scope);
    let found = query.first::<Columns>(conn).optional()?;
    found.map(to_row).ok_or_else(ApiError::not_found)
}

/// Newest first, `limit` rows after the last row of the page before.
pub(in crate::deliveries) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    after: Option<(Timestamp, i64)>,
    limit: i64,
) -> ApiResult<Vec<Row>> {
    use deliveries as d;
    let mut query = d::table
        .inner_join(leads::table.left_join(lead_people::table))
        .inner_join(lead_products::table.on(lead_products::id.eq(deliveries::product_id)))
        .select(columns!())
        .into_boxed();
    in_scope!(query, scope);
    if let Some(programme) = filter.programme {
        query = query.filter(d::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(d::supplier_id.eq(supplier));
    }
    if let Some(business) = filter.business {
        query = query.filter(d::business_id.eq(business));
    }
    if let Some(product) = filter.product {
        query = query.filter(d::product_id.eq(product));
    }
    if let Some(order) = filter.order {
        query = query.filter(d::order_id.eq(order));
    }
    if let Some(lead) = filter.lead {
        query = query.filter(d::lead_id.eq(lead));
    }
    if let Some(states) = filter.billing_states {
        query = query.filter(d::billing_state.eq_any(states));
    }
    if let Some(outcomes) = filter.outcomes {
        query = query.filter(d::outcome.eq_any(outcomes));
    }
    if let Some(from) = filter.delivered_from {
        query = query.filter(d::delivered_at.ge(from));
    }
    if let Some(before) = filter.delivered_before {
        query = query.filter(d::delivered_at.lt(before));
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
        query = if returnable {
            query.filter(diesel::dsl::not(over))
        } else {
            query.filter(over)
        };
    }
    if let Some((at, id)) = after {
        // The first condition lets the index seek; the second drops what the page before had of that instant.
        query = query
            .filter(d::delivered_at.le(at))
            .filter(d::delivered_at.lt(at).or(d::id.lt(DeliveryId::from_i64(id))));
    }
    let rows = query
        .order((d::delivered_at.desc(), d::id.desc()))
        .limit(limit)
        .load::<Columns>(conn)?;
    Ok(rows.into_iter().map(to_row).collect())
}

/// One page of the list.
pub(in crate::deliveries) fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    window: &Window,
) -> ApiResult<Vec<Row>> {
    list(conn, scope, filter, window.after(), window.fetch())
}

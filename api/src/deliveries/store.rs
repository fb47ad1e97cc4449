//! Deliveries in the database. Every query takes the caller's scope.

use crate::auth::Scope;
use crate::db::schema::{
    billing_runs, deliveries, lead_consents, lead_people, lead_products, leads, resolved_policies, return_requests,
};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::deliveries::{BillingState, DeliveryConsent, LeadOutcome};
use tradepost_contract::leads::{LeadPerson, LeadPlace};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, Id, InvoiceId, LeadId, LeadProductId, Money, OrderId, PolicyVersionId,
    ProgrammeId, ResolvedPolicyId, ReturnRequestId, SupplierId, Timestamp,
};

/// What a list of deliveries is narrowed to.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) business: Option<BusinessId>,
    pub(super) product: Option<LeadProductId>,
    pub(super) order: Option<OrderId>,
    pub(super) lead: Option<LeadId>,
    pub(super) billing_states: Option<Vec<BillingState>>,
    pub(super) outcomes: Option<Vec<LeadOutcome>>,
    pub(super) delivered_from: Option<Timestamp>,
    pub(super) delivered_before: Option<Timestamp>,
    /// Whether it can still be returned at this instant.
    pub(super) returnable: Option<(bool, Timestamp)>,
}

/// A delivery with its lead, as it is read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: DeliveryId,
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) product_name: String,
    pub(super) order_id: OrderId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) price: Money,
    pub(super) replaces_delivery_id: Option<DeliveryId>,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) delivered_at: Timestamp,
    pub(super) return_deadline_at: Option<Timestamp>,
    pub(super) billing_state: BillingState,
    pub(super) invoice_id: Option<InvoiceId>,
    pub(super) rejection_reason: Option<String>,
    pub(super) seen_at: Option<Timestamp>,
    pub(super) rating: Option<i32>,
    pub(super) outcome: Option<LeadOutcome>,
    pub(super) outcome_at: Option<Timestamp>,
    pub(super) note: Option<String>,
    pub(super) version: i64,
    pub(super) person: LeadPerson,
    pub(super) place: LeadPlace,
    pub(super) source: Option<String>,
    pub(super) enquired_at: Timestamp,
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
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: DeliveryId) -> ApiResult<Row> {
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
pub(super) fn list(
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
pub(super) fn page(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Vec<Row>> {
    list(conn, scope, filter, window.after(), window.fetch())
}

/// The live return request of each of these deliveries.
pub(super) fn live_requests(conn: &mut Conn, of: &[DeliveryId]) -> ApiResult<HashMap<DeliveryId, ReturnRequestId>> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(DeliveryId, ReturnRequestId)> = return_requests::table
        .filter(return_requests::delivery_id.eq_any(of.iter().copied()))
        .filter(return_requests::status.ne(ReturnStatus::Withdrawn))
        .select((return_requests::delivery_id, return_requests::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What the form asked besides, as stored.
pub(super) fn answers(conn: &mut Conn, lead: LeadId) -> ApiResult<String> {
    Ok(leads::table.find(lead).select(leads::answers).first(conn)?)
}

pub(super) fn consent(conn: &mut Conn, lead: LeadId) -> ApiResult<Option<DeliveryConsent>> {
    let found: Option<(String, String, Timestamp)> = lead_consents::table
        .find(lead)
        .select((
            lead_consents::text,
            lead_consents::text_version,
            lead_consents::given_at,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(text, text_version, given_at)| DeliveryConsent {
        text,
        text_version,
        given_at,
    }))
}

/// The version of the programme's policy that a stamp was resolved from.
pub(super) fn policy_version(conn: &mut Conn, stamp: ResolvedPolicyId) -> ApiResult<PolicyVersionId> {
    Ok(resolved_policies::table
        .find(stamp)
        .select(resolved_policies::policy_version_id)
        .first(conn)?)
}

/// Marks the first look of the supplier; a second changes nothing.
pub(super) fn mark_seen(tx: &mut Tx<'_>, id: DeliveryId) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(deliveries::table.find(id))
        .filter(deliveries::seen_at.is_null())
        .set(deliveries::seen_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// What the supplier noted about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) rating: Option<i32>,
    pub(super) outcome: Option<LeadOutcome>,
    pub(super) outcome_at: Option<Timestamp>,
    pub(super) note: Option<String>,
}

/// Keeps the notes; false where somebody else changed the delivery since `version`.
pub(super) fn save_notes(tx: &mut Tx<'_>, id: DeliveryId, version: i64, notes: &Notes) -> ApiResult<bool> {
    use deliveries as d;
    // `updated_at` is left alone: it says when the charge changed, and billing goes by it.
    let changed = diesel::update(d::table.find(id))
        .filter(d::version.eq(version))
        .set((
            d::rating.eq(notes.rating),
            d::outcome.eq(notes.outcome),
            d::outcome_at.eq(notes.outcome_at),
            d::note.eq(notes.note.as_deref()),
            d::version.eq(version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Moves the charge from one state to another, with the reason of a rejection; false where it is not in
/// the first one (any more).
pub(super) fn move_charge(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    from: BillingState,
    to: BillingState,
    reason: Option<&str>,
) -> ApiResult<bool> {
    use deliveries as d;
    let now = tx.business_now();
    let changed = diesel::update(d::table.find(id))
        .filter(d::billing_state.eq(from))
        .set((
            d::billing_state.eq(to),
            d::rejection_reason.eq(reason),
            d::version.eq(d::version + 1),
            d::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Whether a run has begun to bill the period that an instant lies in.
pub(super) fn is_period_billed(conn: &mut Conn, programme: ProgrammeId, at: Timestamp) -> ApiResult<bool> {
    use billing_runs as r;
    let begun = r::table
        .filter(
            r::programme_id
                .eq(programme)
                .and(r::status.ne(BillingRunStatus::Scheduled)),
        )
        .filter(r::period_start_at.le(at).and(r::period_end_at.gt(at)))
        .count()
        .get_result::<i64>(conn)?;
    Ok(begun > 0)
}

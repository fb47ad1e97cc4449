//! A delivery with its lead, as it is read: the columns, and the names of what it points at.

use crate::leads::store::{PersonRow, person_of};
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::leads::{LeadPerson, LeadPlace};
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, InvoiceId, LeadId, LeadProductId, Money, OrderId, ProgrammeId, ResolvedPolicyId,
    SupplierId, Timestamp,
};

/// A delivery with its lead, as it is read.
#[derive(Debug, Clone)]
pub(in crate::deliveries) struct Row {
    pub(in crate::deliveries) id: DeliveryId,
    pub(in crate::deliveries) lead_id: LeadId,
    pub(in crate::deliveries) programme_id: ProgrammeId,
    pub(in crate::deliveries) programme_name: String,
    pub(in crate::deliveries) product_id: LeadProductId,
    pub(in crate::deliveries) product_name: String,
    pub(in crate::deliveries) order_id: OrderId,
    pub(in crate::deliveries) supplier_id: SupplierId,
    pub(in crate::deliveries) supplier_name: String,
    pub(in crate::deliveries) business_id: BusinessId,
    pub(in crate::deliveries) business_name: String,
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
    pub(in crate::deliveries) erased_at: Option<Timestamp>,
    pub(in crate::deliveries) erased_by_time: bool,
}

pub(super) type Columns = (
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
    Option<PersonRow>,
    (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Timestamp,
        Option<Timestamp>,
        Option<String>,
    ),
    // The names of programme, supplier and business.
    (String, String, String),
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
            $crate::leads::store::person_columns!(),
            (
                leads::country,
                leads::region,
                leads::postcode,
                leads::city,
                leads::source,
                leads::enquired_at,
                leads::erased_at,
                leads::status_reason,
            ),
            (programmes::name, suppliers::name, businesses::name),
        )
    };
}

pub(super) fn to_row((of, state, person, lead, names): Columns) -> Row {
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
    let (country, region, postcode, city, source, enquired_at, erased_at, status_reason) = lead;
    let (programme_name, supplier_name, business_name) = names;
    Row {
        id,
        lead_id,
        programme_id,
        programme_name,
        product_id,
        product_name,
        order_id,
        supplier_id,
        supplier_name,
        business_id,
        business_name,
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
        person: person_of(person),
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        source,
        enquired_at,
        erased_at,
        erased_by_time: erased_at.is_some() && status_reason.is_some(),
    }
}

pub(super) use columns;

//! What a reviewer decides by, and nobody else sees.

use super::Request;
use crate::db::Conn;
use crate::db::schema::{deliveries, events, lead_people, leads, return_requests, suppliers};
use crate::error::ApiResult;
use crate::leads::store::{PersonRow, person_columns, person_of};
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::deliveries::LeadOutcome;
use tradepost_contract::events::EventKind;
use tradepost_contract::leads::LeadPlace;
use tradepost_contract::return_requests::{
    ExpectedRemedy, ReturnCase, ReturnHistoryEntry, ReturnStatus, SiblingOutcome, SupplierReturnRate,
};
use tradepost_contract::{DeliveryId, SupplierId, Timestamp};

/// The lead, its other buyers, the supplier's record and the request's history.
pub(in crate::return_requests) fn case(
    conn: &mut Conn,
    request: &Request,
    supplier_return_rate: SupplierReturnRate,
    expected_remedy: Option<ExpectedRemedy>,
) -> ApiResult<ReturnCase> {
    let (country, region, postcode, city, person) = leads::table
        .left_join(lead_people::table)
        .filter(leads::id.eq(request.lead_id))
        .select((
            leads::country,
            leads::region,
            leads::postcode,
            leads::city,
            person_columns!(),
        ))
        .first::<(
            Option<String>,
            Option<String>,
            Option<String>,
            Option<String>,
            Option<PersonRow>,
        )>(conn)?;
    let (delivered_at, return_deadline_at, supplier_name) = deliveries::table
        .inner_join(suppliers::table)
        .filter(deliveries::id.eq(request.delivery_id))
        .select((
            deliveries::delivered_at,
            deliveries::return_deadline_at,
            suppliers::name,
        ))
        .first::<(Timestamp, Option<Timestamp>, String)>(conn)?;
    let history = events::table
        .filter(events::subject.eq(request.id.to_string()))
        .order(events::id)
        .select((events::kind, events::happened_at))
        .load::<(EventKind, Timestamp)>(conn)?;
    Ok(ReturnCase {
        person: person_of(person),
        place: LeadPlace {
            country,
            region,
            postcode,
            city,
        },
        delivered_at,
        return_deadline_at,
        supplier_name,
        supplier_return_rate,
        expected_remedy,
        siblings: siblings(conn, request)?,
        history: history
            .into_iter()
            .map(|(kind, at)| ReturnHistoryEntry { kind, at })
            .collect(),
    })
}

fn siblings(conn: &mut Conn, request: &Request) -> ApiResult<Vec<SiblingOutcome>> {
    let sold = deliveries::table
        .inner_join(suppliers::table)
        .filter(deliveries::lead_id.eq(request.lead_id))
        .filter(deliveries::id.ne(request.delivery_id))
        .order(deliveries::slot)
        .select((
            deliveries::id,
            deliveries::supplier_id,
            suppliers::name,
            deliveries::outcome,
            deliveries::outcome_at,
        ))
        .load::<(DeliveryId, SupplierId, String, Option<LeadOutcome>, Option<Timestamp>)>(conn)?;
    let requests: HashMap<DeliveryId, ReturnStatus> = return_requests::table
        .filter(return_requests::lead_id.eq(request.lead_id))
        .filter(return_requests::status.ne(ReturnStatus::Withdrawn))
        .select((return_requests::delivery_id, return_requests::status))
        .load::<(DeliveryId, ReturnStatus)>(conn)?
        .into_iter()
        .collect();
    let outcome = |(delivery_id, supplier_id, supplier_name, outcome, outcome_at)| SiblingOutcome {
        delivery_id,
        supplier_id,
        supplier_name,
        outcome,
        outcome_at,
        return_status: requests.get(&delivery_id).copied(),
    };
    Ok(sold.into_iter().map(outcome).collect())
}

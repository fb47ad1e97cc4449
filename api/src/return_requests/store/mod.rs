//! Rows of return requests, and what of deliveries and leads a decision needs. Lists are in `list`,
//! what writes is in `changes`, what only reviewers see is in `case`.

mod case;
mod changes;
mod list;

pub(super) use case::case;
pub(super) use changes::{
    NewRequest, insert, mark_escalated, record_appeal, record_remedy, record_step, record_verdict, to_escalate,
};
pub(super) use list::{Filter, list};

use super::rules::{Case, Recent, Siblings, Standing};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{
    businesses, deliveries, lead_people, lead_products, programmes, resolved_policies, return_requests, suppliers,
};
use crate::error::ApiResult;
use crate::leads::store::{PersonRow, person_of};
use diesel::prelude::*;
use tradepost_contract::deliveries::{BillingState, LeadOutcome};
use tradepost_contract::leads::LeadPerson;
use tradepost_contract::policy::ReasonClass;
use tradepost_contract::return_requests::{
    ReturnChannel, ReturnRemedy, ReturnStatus, ReturnSuggestion, ReturnThreadEntry, ReturnThreadKind,
};
use tradepost_contract::{
    BusinessId, Currency, DeliveryId, InvoiceId, LeadId, Money, PolicyVersionId, ProgrammeId, ResolvedPolicyId,
    ReturnRequestId, SupplierId, Timestamp, UserId,
};

/// The requests that a reviewer has to decide.
const OPEN: [ReturnStatus; 3] = [ReturnStatus::InReview, ReturnStatus::InfoNeeded, ReturnStatus::Appealed];

/// Requests with what their views need, narrowed to what the scope may see.
macro_rules! scoped {
    ($scope:expr) => {{
        let scope: &Scope = $scope;
        let mut query = return_requests::table
            .inner_join(resolved_policies::table)
            .inner_join(programmes::table)
            .inner_join(suppliers::table)
            .inner_join(businesses::table)
            .inner_join(deliveries::table)
            .inner_join(lead_products::table.on(lead_products::id.eq(deliveries::product_id)))
            .left_join(lead_people::table.on(lead_people::lead_id.eq(return_requests::lead_id)))
            .select((
                return_requests::all_columns,
                resolved_policies::policy_version_id,
                programmes::time_zone,
                (programmes::name, suppliers::name, businesses::name, lead_products::name),
                (
                    deliveries::billing_state,
                    deliveries::price_minor,
                    deliveries::currency,
                    deliveries::invoice_id,
                ),
                $crate::leads::store::person_columns!(),
            ))
            .into_boxed();
        if let Some(supplier) = scope.supplier() {
            query = query.filter(return_requests::supplier_id.eq(supplier));
        }
        if let Some(businesses) = scope.businesses() {
            query = query.filter(return_requests::business_id.eq_any(businesses.to_vec()));
        }
        if let Some(programme) = scope.programme() {
            query = query.filter(return_requests::programme_id.eq(programme));
        }
        query
    }};
}
use scoped;

/// A row, as the table has it.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Request {
    pub(super) id: ReturnRequestId,
    pub(super) delivery_id: DeliveryId,
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) status: ReturnStatus,
    pub(super) reason: String,
    pub(super) reason_class: ReasonClass,
    pub(super) note: Option<String>,
    thread: String,
    pub(super) channel: ReturnChannel,
    pub(super) submitted_by: String,
    pub(super) submitted_at: Timestamp,
    pub(super) decision_due_at: Option<Timestamp>,
    pub(super) escalated_at: Option<Timestamp>,
    pub(super) suggestion: Option<ReturnSuggestion>,
    pub(super) suggestion_rule: Option<String>,
    pub(super) decided_by: Option<String>,
    pub(super) decided_at: Option<Timestamp>,
    pub(super) decision_rule: Option<String>,
    pub(super) decision_clause: Option<String>,
    decision_evidence: String,
    pub(super) explanation: Option<String>,
    pub(super) appealed_at: Option<Timestamp>,
    pub(super) first_reviewer_id: Option<UserId>,
    pub(super) remedy: Option<ReturnRemedy>,
    pub(super) remedied_at: Option<Timestamp>,
    pub(super) override_reason: Option<String>,
    pub(super) version: i64,
}

impl Request {
    /// Questions, answers and the appeal.
    pub(super) fn thread(&self) -> ApiResult<Vec<ReturnThreadEntry>> {
        Ok(serde_json::from_str(&self.thread)?)
    }

    /// What the latest verdict rests on.
    pub(super) fn evidence(&self) -> ApiResult<serde_json::Value> {
        Ok(serde_json::from_str(&self.decision_evidence)?)
    }

    /// What the rules look at.
    pub(super) fn case(&self) -> ApiResult<Case> {
        let answers = self.thread()?.into_iter().filter(|entry| match entry.kind {
            ReturnThreadKind::Answer | ReturnThreadKind::Appeal => true,
            ReturnThreadKind::Question => false,
        });
        Ok(Case {
            status: self.status,
            reason: self.reason.clone(),
            class: self.reason_class,
            spoke_for_the_supplier: answers
                .filter_map(|entry| entry.by)
                .chain([self.submitted_by.clone()])
                .collect(),
            first_reviewer: self.first_reviewer_id,
            decided_at: self.decided_at,
            decision_rule: self.decision_rule.clone(),
        })
    }
}

/// The requests about these leads that are to be decided, or may be once more, with the zone of their programme.
pub(super) fn undecided_or_denied(conn: &mut Conn, leads: &[LeadId]) -> ApiResult<Vec<(Request, String)>> {
    let unsettled: Vec<ReturnStatus> = OPEN.into_iter().chain([ReturnStatus::Denied]).collect();
    Ok(return_requests::table
        .inner_join(programmes::table)
        .filter(return_requests::lead_id.eq_any(leads.to_vec()))
        .filter(return_requests::status.eq_any(unsettled))
        .select((return_requests::all_columns, programmes::time_zone))
        .load(conn)?)
}

/// A row with what its view needs from elsewhere.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Loaded {
    pub(super) request: Request,
    pub(super) policy_version_id: PolicyVersionId,
    pub(super) time_zone: String,
    pub(super) names: Names,
    pub(super) charge: Charge,
    person: Option<PersonRow>,
}

impl Loaded {
    /// Who enquired, as far as that is kept.
    pub(super) fn person(&self) -> LeadPerson {
        person_of(self.person.clone())
    }

    /// What to call who enquired.
    pub(super) fn lead_name(&self) -> Option<String> {
        person_of(self.person.clone()).known_as().map(str::to_owned)
    }
}

/// What the ids of a request are called.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Names {
    pub(super) programme: String,
    pub(super) supplier: String,
    pub(super) business: String,
    pub(super) product: String,
}

/// How the delivery is charged now.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Charge {
    pub(super) state: BillingState,
    price_minor: i64,
    currency: Currency,
    pub(super) invoice_id: Option<InvoiceId>,
}

impl Charge {
    /// What the lead costs, before tax.
    pub(super) const fn price(&self) -> Money {
        Money::new(self.price_minor, self.currency)
    }
}

/// What a submission needs to know of the delivery.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Delivery {
    pub(super) id: DeliveryId,
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) resolved_policy_id: ResolvedPolicyId,
    pub(super) policy_version_id: PolicyVersionId,
    pub(super) delivered_at: Timestamp,
    pub(super) return_deadline_at: Option<Timestamp>,
    billing_state: BillingState,
    pub(super) replaces_delivery_id: Option<DeliveryId>,
}

impl Delivery {
    /// What can still be given back.
    pub(super) const fn standing(&self) -> Standing {
        match self.billing_state {
            BillingState::Unbilled | BillingState::ReturnPending => Standing::Unbilled,
            // What was paid with its order stands on the order's invoice.
            BillingState::Invoiced | BillingState::Paid => Standing::Invoiced,
            BillingState::Free => Standing::Free,
            BillingState::Rejected => Standing::Rejected,
            BillingState::Returned => Standing::Returned,
        }
    }
}

/// The delivery, if the scope has it.
pub(super) fn delivery(conn: &mut Conn, scope: &Scope, id: DeliveryId) -> ApiResult<Option<Delivery>> {
    let mut query = deliveries::table
        .inner_join(resolved_policies::table)
        .filter(deliveries::id.eq(id))
        .select((
            deliveries::id,
            deliveries::lead_id,
            deliveries::programme_id,
            deliveries::supplier_id,
            deliveries::business_id,
            deliveries::resolved_policy_id,
            resolved_policies::policy_version_id,
            deliveries::delivered_at,
            deliveries::return_deadline_at,
            deliveries::billing_state,
            deliveries::replaces_delivery_id,
        ))
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(deliveries::supplier_id.eq(supplier));
    }
    if let Some(businesses) = scope.businesses() {
        query = query.filter(deliveries::business_id.eq_any(businesses.to_vec()));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(deliveries::programme_id.eq(programme));
    }
    Ok(query.first(conn).optional()?)
}

/// The delivery's request, not counting withdrawn ones.
pub(super) fn live_request(
    conn: &mut Conn,
    delivery: DeliveryId,
) -> ApiResult<Option<(ReturnRequestId, ReturnStatus)>> {
    Ok(return_requests::table
        .filter(return_requests::delivery_id.eq(delivery))
        .filter(return_requests::status.ne(ReturnStatus::Withdrawn))
        .select((return_requests::id, return_requests::status))
        .first(conn)
        .optional()?)
}

/// How many of the lead's other buyers quoted or won. Numbers only (R75).
pub(super) fn siblings(conn: &mut Conn, lead: LeadId, but: DeliveryId) -> ApiResult<Siblings> {
    let outcomes: Vec<Option<LeadOutcome>> = deliveries::table
        .filter(deliveries::lead_id.eq(lead).and(deliveries::id.ne(but)))
        .select(deliveries::outcome)
        .load(conn)?;
    let count = |wanted: LeadOutcome| outcomes.iter().filter(|outcome| **outcome == Some(wanted)).count();
    Ok(Siblings {
        quoted: count(LeadOutcome::Quoted),
        won: count(LeadOutcome::Won),
    })
}

/// How much of what the supplier bought since then came back.
pub(super) fn recent(conn: &mut Conn, supplier: SupplierId, since: Timestamp) -> ApiResult<Recent> {
    let bought = deliveries::supplier_id
        .eq(supplier)
        .and(deliveries::delivered_at.ge(since));
    let delivered: i64 = deliveries::table.filter(bought).count().get_result(conn)?;
    let by_status: Vec<(ReturnStatus, i64)> = return_requests::table
        .inner_join(deliveries::table)
        .filter(bought)
        .group_by(return_requests::status)
        .select((return_requests::status, diesel::dsl::count_star()))
        .load(conn)?;
    let sum = |wanted: fn(ReturnStatus) -> bool| {
        let those = by_status.iter().filter(|(status, _)| wanted(*status));
        those.map(|(_, count)| count).sum()
    };
    Ok(Recent {
        deliveries: delivered,
        requested: sum(|status| status != ReturnStatus::Withdrawn),
        approved: sum(|status| status == ReturnStatus::Approved),
    })
}

/// The request, if the scope has it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: ReturnRequestId) -> ApiResult<Option<Loaded>> {
    let query = scoped!(scope).filter(return_requests::id.eq(id));
    Ok(query.first(conn).optional()?)
}

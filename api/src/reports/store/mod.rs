//! Sums over deliveries, return requests and leads. What is counted by time is in `series`.

pub(super) mod cash;
mod churn;
mod series;
pub(super) mod standings;

pub(super) use churn::{Group as Leavers, churn};
pub(super) use series::{Calendar, calendars, credited, granted, invoiced, owed, received, rejected, sold};

use super::rules::{likely_range, share};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{deliveries, leads, return_requests, suppliers};
use crate::error::ApiResult;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use tradepost_contract::deliveries::BillingState;
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::reports::{
    LeadSourceLine, LeadSourceReport, ReturnRateLine, ReturnRateNumbers, ReturnRateReport, ReturnReasonLine,
};
use tradepost_contract::return_requests::ReturnStatus;
use tradepost_contract::{ProgrammeId, SupplierId, Timestamp};

diesel::allow_columns_to_appear_in_same_group_by_clause!(leads::source, deliveries::billing_state);

/// A report is read by people: what comes after this is looked up by supplier or source.
pub(super) const MOST_LINES: usize = 500;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
}

impl About {
    /// Narrowed to what the scope may see; none where that is nothing.
    pub(super) fn within(self, scope: &Scope) -> Self {
        Self {
            programme: scope.programme().or(self.programme),
            supplier: scope.supplier().or(self.supplier),
            ..self
        }
    }
}

macro_rules! about {
    ($query:expr, $about:expr) => {{
        let about: About = $about;
        let mut query = $query.into_boxed();
        query = query
            .filter(deliveries::delivered_at.ge(about.from))
            .filter(deliveries::delivered_at.lt(about.to));
        if let Some(programme) = about.programme {
            query = query.filter(deliveries::programme_id.eq(programme));
        }
        if let Some(supplier) = about.supplier {
            query = query.filter(deliveries::supplier_id.eq(supplier));
        }
        query
    }};
}

/// How much of what suppliers bought came back.
pub(super) fn return_rates(conn: &mut Conn, about: About) -> ApiResult<ReturnRateReport> {
    let delivered = about!(
        deliveries::table
            .group_by((deliveries::supplier_id, deliveries::billing_state))
            .select((deliveries::supplier_id, deliveries::billing_state, count_star())),
        about
    )
    .load::<(SupplierId, BillingState, i64)>(conn)?;
    let requested = about!(
        return_requests::table
            .inner_join(deliveries::table)
            .group_by((
                return_requests::supplier_id,
                return_requests::status,
                return_requests::reason,
            ))
            .select((
                return_requests::supplier_id,
                return_requests::status,
                return_requests::reason,
                count_star(),
            )),
        about
    )
    .load::<(SupplierId, ReturnStatus, String, i64)>(conn)?;

    let mut by_supplier: HashMap<SupplierId, ReturnRateNumbers> = HashMap::new();
    let mut by_reason: BTreeMap<String, ReturnReasonLine> = BTreeMap::new();
    let mut total = ReturnRateNumbers::default();
    for (supplier, billing_state, count) in delivered {
        for numbers in [by_supplier.entry(supplier).or_default(), &mut total] {
            numbers.deliveries += count;
            if billing_state == BillingState::Rejected {
                numbers.rejected += count;
            }
        }
    }
    for (supplier, status, reason, count) in requested {
        for numbers in [by_supplier.entry(supplier).or_default(), &mut total] {
            add(numbers, status, count);
        }
        if status != ReturnStatus::Withdrawn {
            let line = by_reason.entry(reason.clone()).or_insert(ReturnReasonLine {
                reason,
                requested: 0,
                approved: 0,
                denied: 0,
            });
            let mut numbers = ReturnRateNumbers::default();
            add(&mut numbers, status, count);
            line.requested += numbers.requested;
            line.approved += numbers.approved;
            line.denied += numbers.denied;
        }
    }
    for numbers in by_supplier.values_mut().chain([&mut total]) {
        let back = numbers.approved + numbers.rejected;
        numbers.rate = share(back, numbers.deliveries);
        (numbers.rate_low, numbers.rate_high) = likely_range(back, numbers.deliveries).unzip();
    }
    Ok(ReturnRateReport {
        from: about.from,
        to: about.to,
        total,
        suppliers: named(conn, by_supplier)?,
        reasons: by_reason.into_values().collect(),
    })
}

fn add(numbers: &mut ReturnRateNumbers, status: ReturnStatus, count: i64) {
    match status {
        ReturnStatus::Withdrawn => return,
        ReturnStatus::Approved => numbers.approved += count,
        ReturnStatus::Denied | ReturnStatus::FinalDenied => numbers.denied += count,
        ReturnStatus::InReview | ReturnStatus::InfoNeeded | ReturnStatus::Appealed => numbers.open += count,
    }
    numbers.requested += count;
}

/// The lines with the names of their suppliers, the highest rate first.
fn named(conn: &mut Conn, numbers: HashMap<SupplierId, ReturnRateNumbers>) -> ApiResult<Vec<ReturnRateLine>> {
    let mut sorted: Vec<_> = numbers.into_iter().collect();
    sorted.sort_by(|(one, a), (other, b)| {
        let by_rate = b.rate.cmp(&a.rate).then(b.deliveries.cmp(&a.deliveries));
        by_rate.then(one.cmp(other))
    });
    sorted.truncate(MOST_LINES);
    let ids: Vec<SupplierId> = sorted.iter().map(|(id, _)| *id).collect();
    let names: HashMap<SupplierId, (String, ProgrammeId)> = suppliers::table
        .filter(suppliers::id.eq_any(ids))
        .select((suppliers::id, suppliers::name, suppliers::programme_id))
        .load::<(SupplierId, String, ProgrammeId)>(conn)?
        .into_iter()
        .map(|(id, name, programme)| (id, (name, programme)))
        .collect();
    let line = |(supplier_id, numbers): (SupplierId, ReturnRateNumbers)| {
        let (supplier_name, programme_id) = names.get(&supplier_id).cloned()?;
        Some(ReturnRateLine {
            supplier_id,
            supplier_name,
            programme_id,
            numbers,
        })
    };
    Ok(sorted.into_iter().filter_map(line).collect())
}

/// How leads came in and what became of them, by advertising source (R107).
pub(super) fn lead_sources(conn: &mut Conn, about: About) -> ApiResult<LeadSourceReport> {
    let mut came = leads::table
        .group_by((leads::source, leads::status))
        .select((leads::source, leads::status, count_star()))
        .filter(leads::created_at.ge(about.from).and(leads::created_at.lt(about.to)))
        .into_boxed();
    let mut sold = deliveries::table
        .inner_join(leads::table)
        .group_by((leads::source, deliveries::billing_state))
        .select((leads::source, deliveries::billing_state, count_star()))
        .filter(leads::created_at.ge(about.from).and(leads::created_at.lt(about.to)))
        .into_boxed();
    if let Some(programme) = about.programme {
        came = came.filter(leads::programme_id.eq(programme));
        sold = sold.filter(leads::programme_id.eq(programme));
    }
    let mut lines: BTreeMap<Option<String>, LeadSourceLine> = BTreeMap::new();
    let empty = |source: Option<String>| LeadSourceLine {
        source,
        leads: 0,
        sold: 0,
        refused: 0,
        deliveries: 0,
        returned: 0,
    };
    for (source, status, count) in came.load::<(Option<String>, LeadStatus, i64)>(conn)? {
        let line = lines.entry(source.clone()).or_insert_with(|| empty(source));
        line.leads += count;
        match status {
            LeadStatus::PartlySold | LeadStatus::SoldOut => line.sold += count,
            LeadStatus::Rejected | LeadStatus::Duplicate => line.refused += count,
            LeadStatus::Available
            | LeadStatus::Quarantined
            | LeadStatus::Withdrawn
            | LeadStatus::Expired
            | LeadStatus::InService
            | LeadStatus::Erased => {}
        }
    }
    for (source, billing_state, count) in sold.load::<(Option<String>, BillingState, i64)>(conn)? {
        let line = lines.entry(source.clone()).or_insert_with(|| empty(source));
        line.deliveries += count;
        if matches!(billing_state, BillingState::Returned | BillingState::Rejected) {
            line.returned += count;
        }
    }
    let mut sources: Vec<_> = lines.into_values().collect();
    sources.sort_by(|a, b| b.leads.cmp(&a.leads).then_with(|| a.source.cmp(&b.source)));
    sources.truncate(MOST_LINES);
    Ok(LeadSourceReport {
        from: about.from,
        to: about.to,
        sources,
    })
}

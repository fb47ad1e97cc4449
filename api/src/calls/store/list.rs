//! Many leads of the queue at once, with what they are shown with, and the figures of a report.

use super::{AttemptRow, OPEN, Row};
use crate::auth::Scope;
use crate::db::Conn;
use crate::db::schema::{call_attempts, call_queue, lead_people, lead_products, leads, plan_usage, suppliers};
use crate::error::ApiResult;
use crate::leads::store::{PersonRow, person_columns};
use crate::lists::{Window, in_order};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;
use tradepost_contract::calls::{CallReportSort, CallState};
use tradepost_contract::{Id, LeadId, LeadProductId, Page, ProgrammeId, SupplierId, Timestamp};

/// What a lead is shown with: its product, its source, the four words of its place, its answers.
type LeadColumns = (
    LeadProductId,
    Option<String>,
    (Option<String>, Option<String>, Option<String>, Option<String>),
    String,
);

/// A lead of the queue with what it is shown with: names of product and supplier, and the number of the period.
pub(in crate::calls) type Listed = (Row, LeadColumns, Option<PersonRow>, (String, String, i64));

/// Which leads a list shows.
#[derive(Debug, Clone, Default)]
pub(in crate::calls) struct Filter {
    pub(in crate::calls) programme: Option<ProgrammeId>,
    pub(in crate::calls) supplier: Option<SupplierId>,
    pub(in crate::calls) states: Option<Vec<CallState>>,
    /// Whose turn has come by then, or not yet.
    pub(in crate::calls) due: Option<(bool, Timestamp)>,
    pub(in crate::calls) dispositions: Option<Vec<String>>,
    pub(in crate::calls) called_from: Option<Timestamp>,
    pub(in crate::calls) called_before: Option<Timestamp>,
    pub(in crate::calls) queued_from: Option<Timestamp>,
    pub(in crate::calls) queued_before: Option<Timestamp>,
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy)]
pub(in crate::calls) enum Order {
    /// As they are called.
    Turn,
    Report(CallReportSort),
}

macro_rules! listed {
    () => {
        call_queue::table
            .inner_join(leads::table.on(leads::id.eq(call_queue::lead_id)))
            .left_join(lead_people::table.on(lead_people::lead_id.eq(call_queue::lead_id)))
            .inner_join(lead_products::table.on(lead_products::id.eq(leads::product_id)))
            .inner_join(suppliers::table.on(suppliers::id.eq(call_queue::supplier_id)))
            .inner_join(plan_usage::table.on(plan_usage::lead_id.eq(call_queue::lead_id)))
            .select((
                call_queue::all_columns,
                (
                    leads::product_id,
                    leads::source,
                    (leads::country, leads::region, leads::postcode, leads::city),
                    leads::answers,
                ),
                person_columns!(),
                (lead_products::name, suppliers::name, plan_usage::number),
            ))
    };
}

/// A page of leads.
pub(in crate::calls) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: Filter,
    order: Order,
    window: &Window,
) -> ApiResult<Page<Listed>> {
    use call_queue as q;
    let mut query = listed!().into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(q::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(q::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        // A lead of the service is the whole account's, unless it reached one of its businesses.
        query = query.filter(leads::owner_business_id.eq_any(own.to_vec()));
    }
    if matches!(order, Order::Turn) {
        query = query.filter(sql::<Bool>(OPEN));
    }
    if let Some(states) = filter.states {
        query = query.filter(q::state.eq_any(states));
    }
    query = match filter.due {
        Some((true, now)) => query.filter(q::due_at.le(now)),
        Some((false, now)) => query.filter(q::due_at.gt(now)),
        None => query,
    };
    if let Some(dispositions) = filter.dispositions {
        query = query.filter(q::disposition.eq_any(dispositions));
    }
    if let Some(from) = filter.called_from {
        query = query.filter(q::last_called_at.ge(from));
    }
    if let Some(before) = filter.called_before {
        query = query.filter(q::last_called_at.lt(before));
    }
    if let Some(from) = filter.queued_from {
        query = query.filter(q::queued_at.ge(from));
    }
    if let Some(before) = filter.queued_before {
        query = query.filter(q::queued_at.lt(before));
    }
    use CallReportSort as S;
    let query = match order {
        Order::Turn => in_order!(query, window.after_number(), rising q::turn, q::lead_id),
        Order::Report(S::Activity) => in_order!(query, window.after_number(), falling q::touched_at, q::lead_id),
        Order::Report(S::Newest) => in_order!(query, window.after_number(), falling q::queued_at, q::lead_id),
        Order::Report(S::Oldest) => in_order!(query, window.after_number(), rising q::queued_at, q::lead_id),
    };
    let rows: Vec<Listed> = query.limit(window.fetch()).load(conn)?;
    Ok(window.finish(rows, |(row, ..)| {
        let key = match order {
            Order::Turn => row.turn,
            Order::Report(S::Activity) => row.touched_at.as_micros(),
            Order::Report(S::Newest | S::Oldest) => row.queued_at.as_micros(),
        };
        (key, row.lead_id.as_i64())
    }))
}

/// These leads, where the caller may see them.
pub(in crate::calls) fn get_many(conn: &mut Conn, scope: &Scope, ids: &[LeadId]) -> ApiResult<Vec<Listed>> {
    let mut query = listed!().filter(call_queue::lead_id.eq_any(ids.to_vec())).into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(call_queue::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(call_queue::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(leads::owner_business_id.eq_any(own.to_vec()));
    }
    Ok(query.load(conn)?)
}

/// The first leads whose turn has come and that nobody has, in the order in which they are called; how many there
/// are; and when the next one's turn comes.
pub(in crate::calls) fn due_of(
    conn: &mut Conn,
    filter: &Filter,
    now: Timestamp,
    wall_now: Timestamp,
    first: i64,
) -> ApiResult<(Vec<LeadId>, i64, Option<Timestamp>)> {
    use call_queue::dsl;
    macro_rules! free {
        () => {{
            let over = dsl::state.eq(CallState::Claimed).and(dsl::claimed_until.le(wall_now));
            let mut query = dsl::call_queue
                .filter(sql::<Bool>(OPEN))
                .filter(dsl::state.eq(CallState::Waiting).or(over))
                .into_boxed();
            if let Some(programme) = filter.programme {
                query = query.filter(dsl::programme_id.eq(programme));
            }
            if let Some(supplier) = filter.supplier {
                query = query.filter(dsl::supplier_id.eq(supplier));
            }
            query
        }};
    }
    let ids: Vec<LeadId> = free!()
        .filter(dsl::due_at.le(now))
        .order((dsl::turn, dsl::lead_id))
        .limit(first)
        .select(dsl::lead_id)
        .load(conn)?;
    let due: i64 = free!().filter(dsl::due_at.le(now)).count().get_result(conn)?;
    let next: Option<Timestamp> = free!()
        .filter(dsl::due_at.gt(now))
        .order(dsl::due_at)
        .select(dsl::due_at)
        .first(conn)
        .optional()?;
    Ok((ids, due, next))
}

/// The last calls about these leads, the latest first, so many each at most.
pub(in crate::calls) fn histories(
    conn: &mut Conn,
    ids: &[LeadId],
    most: usize,
) -> ApiResult<HashMap<LeadId, Vec<AttemptRow>>> {
    let mut found: HashMap<LeadId, Vec<AttemptRow>> = HashMap::new();
    // A list shows a hundred leads and each was called a few times; a file is read in slices.
    for some in ids.chunks(500) {
        let rows: Vec<AttemptRow> = call_attempts::table
            .filter(call_attempts::lead_id.eq_any(some.to_vec()))
            .order(call_attempts::id.desc())
            .load(conn)?;
        for row in rows {
            let of_lead = found.entry(row.lead_id).or_default();
            if of_lead.len() < most {
                of_lead.push(row);
            }
        }
    }
    Ok(found)
}

/// Which calls a list shows.
#[derive(Debug, Clone, Default)]
pub(in crate::calls) struct AttemptFilter {
    pub(in crate::calls) programme: Option<ProgrammeId>,
    pub(in crate::calls) supplier: Option<SupplierId>,
    pub(in crate::calls) lead: Option<LeadId>,
    pub(in crate::calls) dispositions: Option<Vec<String>>,
    pub(in crate::calls) called_from: Option<Timestamp>,
    pub(in crate::calls) called_before: Option<Timestamp>,
}

/// A page of calls, the latest first.
pub(in crate::calls) fn attempts(
    conn: &mut Conn,
    scope: &Scope,
    filter: AttemptFilter,
    window: &Window,
) -> ApiResult<Page<AttemptRow>> {
    use call_attempts as a;
    let mut query = a::table
        .inner_join(leads::table.on(leads::id.eq(a::lead_id)))
        .select(a::all_columns)
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(a::supplier_id.eq(supplier));
    }
    for programme in scope.programme().into_iter().chain(filter.programme) {
        query = query.filter(a::programme_id.eq(programme));
    }
    if let Some(own) = scope.businesses() {
        query = query.filter(leads::owner_business_id.eq_any(own.to_vec()));
    }
    if let Some(lead) = filter.lead {
        query = query.filter(a::lead_id.eq(lead));
    }
    if let Some(dispositions) = filter.dispositions {
        query = query.filter(a::disposition.eq_any(dispositions));
    }
    if let Some(from) = filter.called_from {
        query = query.filter(a::created_at.ge(from));
    }
    if let Some(before) = filter.called_before {
        query = query.filter(a::created_at.lt(before));
    }
    let query = in_order!(query, window.after_number(), falling a::created_at, a::id);
    let rows: Vec<AttemptRow> = query.limit(window.fetch()).load(conn)?;
    Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
}

/// How many leads of a customer stand in each state.
pub(in crate::calls) fn counts(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<(CallState, i64)>> {
    use call_queue as q;
    Ok(q::table
        .filter(q::supplier_id.eq(supplier))
        .group_by(q::state)
        .select((q::state, count_star()))
        .load(conn)?)
}

/// How many leads of a customer are to be called and were not yet.
pub(in crate::calls) fn not_called_yet(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    use call_queue as q;
    Ok(q::table
        .filter(q::supplier_id.eq(supplier))
        .filter(sql::<Bool>(OPEN))
        .filter(q::attempts.eq(0))
        .count()
        .get_result(conn)?)
}

/// How many leads of a customer ended their last call so.
pub(in crate::calls) fn dispositions(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<(String, i64)>> {
    use call_queue as q;
    let rows: Vec<(Option<String>, i64)> = q::table
        .filter(q::supplier_id.eq(supplier))
        .filter(q::attempts.gt(0))
        .group_by(q::disposition)
        .select((q::disposition, count_star()))
        .load(conn)?;
    let mut rows: Vec<(String, i64)> = rows
        .into_iter()
        .filter_map(|(disposition, leads)| Some((disposition?, leads)))
        .collect();
    rows.sort_unstable();
    Ok(rows)
}

//! Rows of the call queue, of calls, and of who is not to be called. What reads many is in `list`.

mod list;

pub(super) use list::{
    AttemptFilter, Filter, Listed, Order, attempts, counts, dispositions, due_of, get_many, histories, list,
    not_called_yet,
};

use crate::auth::Scope;
use crate::db::schema::{call_attempts, call_queue, do_not_call, plan_subscriptions};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::calls::{CallState, RemovedBecause};
use tradepost_contract::plans::PlanStatus;
use tradepost_contract::{CallAttemptId, LeadId, PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp};

/// A row of `call_queue`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = call_queue)]
pub(super) struct Row {
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) subscription_id: PlanSubscriptionId,
    pub(super) state: CallState,
    pub(super) removed_because: Option<RemovedBecause>,
    /// The keyed hash of the person's phone number.
    pub(super) phone_hash: Option<String>,
    pub(super) queued_at: Timestamp,
    pub(super) due_at: Timestamp,
    pub(super) is_callback: bool,
    /// What the queue is sorted by.
    pub(super) turn: i64,
    /// The id of the person or key that has it, and of whom it was removed from during a call.
    pub(super) claimed_by: Option<String>,
    pub(super) claimed_by_name: Option<String>,
    /// On the wall.
    pub(super) claimed_until: Option<Timestamp>,
    pub(super) attempts: i64,
    pub(super) disposition: Option<String>,
    pub(super) last_called_at: Option<Timestamp>,
    pub(super) touched_at: Timestamp,
    pub(super) version: i64,
}

/// A row of `call_attempts`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = call_attempts)]
pub(super) struct AttemptRow {
    pub(super) id: CallAttemptId,
    pub(super) lead_id: LeadId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) called_by: String,
    pub(super) called_by_name: String,
    pub(super) started_at: Timestamp,
    pub(super) duration_seconds: i64,
    pub(super) disposition: String,
    pub(super) disposition_label: String,
    pub(super) closes: bool,
    pub(super) do_not_call: bool,
    pub(super) callback_at: Option<Timestamp>,
    pub(super) note: Option<String>,
    pub(super) corrects_id: Option<CallAttemptId>,
    pub(super) created_at: Timestamp,
}

/// The partial indexes are spelled so; SQLite uses them for nothing else.
const OPEN: &str = "call_queue.state IN ('waiting', 'claimed')";
const CLAIMED: &str = "call_queue.state = 'claimed'";

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(call_queue::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// The lead in the queue, where the caller may see it.
pub(super) fn get(conn: &mut Conn, scope: &Scope, lead: LeadId) -> ApiResult<Row> {
    let row: Option<Row> = call_queue::table.find(lead).first(conn).optional()?;
    row.filter(|row| scope.allows_supplier(row.supplier_id) && scope.allows_programme(row.programme_id))
        .ok_or_else(ApiError::not_found)
}

/// Who takes a lead, and until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) by: &'a str,
    pub(super) name: &'a str,
    /// Now, on the wall.
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
}

/// Takes a lead, where nobody else has it. One statement on the lead's own row: of two callers one finds nothing,
/// and nobody takes what was removed (R93).
pub(super) fn claim(tx: &mut Tx<'_>, lead: LeadId, claim: Claim<'_>) -> ApiResult<bool> {
    use call_queue::dsl;
    let free = dsl::state.eq(CallState::Waiting);
    let own_or_over = dsl::state.eq(CallState::Claimed).and(
        dsl::claimed_by
            .eq(claim.by.to_owned())
            .or(dsl::claimed_until.le(claim.now)),
    );
    let taken = diesel::update(
        dsl::call_queue
            .filter(dsl::lead_id.eq(lead))
            .filter(free.or(own_or_over)),
    )
    .set((
        dsl::state.eq(CallState::Claimed),
        dsl::claimed_by.eq(claim.by),
        dsl::claimed_by_name.eq(claim.name),
        dsl::claimed_until.eq(claim.until),
        dsl::version.eq(dsl::version + 1),
    ))
    .execute(&mut **tx)?;
    Ok(taken == 1)
}

/// Gives a lead back that this caller has; false where they have it no longer.
pub(super) fn release(tx: &mut Tx<'_>, lead: LeadId, by: &str) -> ApiResult<bool> {
    use call_queue::dsl;
    let own = dsl::call_queue
        .filter(dsl::lead_id.eq(lead))
        .filter(dsl::state.eq(CallState::Claimed))
        .filter(dsl::claimed_by.eq(by));
    let given = diesel::update(own)
        .set((
            dsl::state.eq(CallState::Waiting),
            dsl::claimed_by.eq(None::<String>),
            dsl::claimed_by_name.eq(None::<String>),
            dsl::claimed_until.eq(None::<Timestamp>),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(given == 1)
}

/// Writes what a call changed, where nothing has changed since the row was read.
pub(super) fn save(tx: &mut Tx<'_>, row: &Row) -> ApiResult<bool> {
    use call_queue::dsl;
    let as_read = dsl::call_queue
        .filter(dsl::lead_id.eq(row.lead_id))
        .filter(dsl::version.eq(row.version));
    let saved = diesel::update(as_read)
        .set((
            dsl::state.eq(row.state),
            dsl::due_at.eq(row.due_at),
            dsl::is_callback.eq(row.is_callback),
            dsl::turn.eq(row.turn),
            dsl::claimed_by.eq(row.claimed_by.clone()),
            dsl::claimed_by_name.eq(row.claimed_by_name.clone()),
            dsl::claimed_until.eq(row.claimed_until),
            dsl::attempts.eq(row.attempts),
            dsl::disposition.eq(row.disposition.clone()),
            dsl::last_called_at.eq(row.last_called_at),
            dsl::touched_at.eq(row.touched_at),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(saved == 1)
}

/// Which leads leave the queue.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leaving<'a> {
    Plan(PlanSubscriptionId),
    Supplier(SupplierId),
    Lead(LeadId),
    /// Those of a supplier with this phone number, but one.
    Phone(SupplierId, &'a str, LeadId),
}

/// Takes leads out of the queue that are still to be called; answers how many. Who has one keeps its name on it, so
/// that the call that is under way can be noted.
pub(super) fn remove(tx: &mut Tx<'_>, leaving: Leaving<'_>, because: RemovedBecause) -> ApiResult<usize> {
    use call_queue::dsl;
    let now = tx.business_now();
    let open = dsl::call_queue.filter(sql::<Bool>(OPEN)).into_boxed();
    let leaving = match leaving {
        Leaving::Plan(plan) => open.filter(dsl::subscription_id.eq(plan)),
        Leaving::Supplier(supplier) => open.filter(dsl::supplier_id.eq(supplier)),
        Leaving::Lead(lead) => open.filter(dsl::lead_id.eq(lead)),
        Leaving::Phone(supplier, hash, but) => open
            .filter(dsl::supplier_id.eq(supplier))
            .filter(dsl::phone_hash.eq(hash.to_owned()))
            .filter(dsl::lead_id.ne(but)),
    };
    let ids: Vec<LeadId> = leaving.select(dsl::lead_id).load(&mut **tx)?;
    let mut removed = 0;
    // The ids were read before the rows are held, so that the state is asked again. Few hundred at a time, because
    // SQLite counts the values of a statement.
    for some in ids.chunks(500) {
        let still_open = dsl::call_queue
            .filter(dsl::lead_id.eq_any(some.to_vec()))
            .filter(dsl::state.eq_any([CallState::Waiting, CallState::Claimed]));
        removed += diesel::update(still_open)
            .set((
                dsl::state.eq(CallState::Removed),
                dsl::removed_because.eq(because),
                dsl::touched_at.eq(now),
                dsl::version.eq(dsl::version + 1),
            ))
            .execute(&mut **tx)?;
    }
    Ok(removed)
}

/// The lead that this caller has, if they have one.
pub(super) fn claimed_by(conn: &mut Conn, scope: &Scope, by: &str, now: Timestamp) -> ApiResult<Option<LeadId>> {
    use call_queue::dsl;
    let mut query = dsl::call_queue
        .filter(sql::<Bool>(CLAIMED))
        .filter(dsl::claimed_by.eq(by.to_owned()))
        .filter(dsl::claimed_until.gt(now))
        .into_boxed();
    if let Some(programme) = scope.programme() {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    Ok(query
        .order((dsl::claimed_until.desc(), dsl::lead_id))
        .select(dsl::lead_id)
        .first(conn)
        .optional()?)
}

/// Whether the plan that a lead counts against still runs.
pub(super) fn plan_runs(conn: &mut Conn, plan: PlanSubscriptionId) -> ApiResult<bool> {
    let status: PlanStatus = plan_subscriptions::table
        .find(plan)
        .select(plan_subscriptions::status)
        .first(conn)?;
    Ok(status != PlanStatus::Ended)
}

pub(super) fn insert_attempt(tx: &mut Tx<'_>, row: &AttemptRow) -> ApiResult<()> {
    diesel::insert_into(call_attempts::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// A call, where the caller may see it.
pub(super) fn attempt(conn: &mut Conn, scope: &Scope, id: CallAttemptId) -> ApiResult<AttemptRow> {
    let row: Option<AttemptRow> = call_attempts::table.find(id).first(conn).optional()?;
    row.filter(|row| scope.allows_supplier(row.supplier_id) && scope.allows_programme(row.programme_id))
        .ok_or_else(ApiError::not_found)
}

/// The last call about a lead.
pub(super) fn last_attempt(conn: &mut Conn, lead: LeadId) -> ApiResult<Option<AttemptRow>> {
    Ok(call_attempts::table
        .filter(call_attempts::lead_id.eq(lead))
        .order(call_attempts::id.desc())
        .first(conn)
        .optional()?)
}

/// Whether a person asked not to be called for this customer.
pub(super) fn is_not_to_be_called(conn: &mut Conn, supplier: SupplierId, hash: &str) -> ApiResult<bool> {
    let asked = do_not_call::table.find((supplier, hash.to_owned()));
    Ok(diesel::select(exists(asked)).get_result(conn)?)
}

/// Remembers that a person asked not to be called; the first time counts. The caller holds the supplier.
pub(super) fn forbid(tx: &mut Tx<'_>, supplier: SupplierId, hash: &str, attempt: CallAttemptId) -> ApiResult<()> {
    if is_not_to_be_called(tx, supplier, hash)? {
        return Ok(());
    }
    let now = tx.business_now();
    diesel::insert_into(do_not_call::table)
        .values((
            do_not_call::supplier_id.eq(supplier),
            do_not_call::phone_hash.eq(hash),
            do_not_call::attempt_id.eq(attempt),
            do_not_call::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Forgets what a call said that turned out to be wrong.
pub(super) fn allow_again(tx: &mut Tx<'_>, attempt: CallAttemptId) -> ApiResult<()> {
    diesel::delete(do_not_call::table.filter(do_not_call::attempt_id.eq(attempt))).execute(&mut **tx)?;
    Ok(())
}

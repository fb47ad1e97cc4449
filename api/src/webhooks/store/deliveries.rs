//! Rows of what is sent, and of each attempt.

use super::PENDING;
use crate::auth::Scope;
use crate::db::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints};
use crate::db::{Conn, Tx, either};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tradepost_contract::events::EventKind;
use tradepost_contract::webhooks::{
    WebhookAttempt, WebhookDelivery, WebhookDeliveryStatus, WebhookEndpointStatus, WebhookFault,
};
use tradepost_contract::{EventId, Id, Page, Timestamp, WebhookAttemptId, WebhookDeliveryId, WebhookEndpointId};

/// A row of `webhook_deliveries`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Row {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) event_id: EventId,
    pub(crate) kind: EventKind,
    pub(crate) subject: String,
    pub(crate) status: WebhookDeliveryStatus,
    pub(crate) attempts: i64,
    /// How many of them failed since it was sent first, or again: the place in the schedule.
    pub(crate) retries: i64,
    pub(crate) next_attempt_at: Option<Timestamp>,
    /// Proves that the attempt is ours.
    pub(crate) lease: Option<i64>,
    #[expect(dead_code, reason = "it stands between columns that are read")]
    pub(crate) leased_until: Option<Timestamp>,
    pub(crate) last_status_code: Option<i32>,
    pub(crate) last_fault: Option<WebhookFault>,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
}

impl From<Row> for WebhookDelivery {
    fn from(row: Row) -> Self {
        let Row {
            id,
            endpoint_id,
            event_id,
            kind,
            subject,
            status,
            attempts,
            retries: _,
            next_attempt_at,
            lease: _,
            leased_until: _,
            last_status_code,
            last_fault,
            created_at,
            finished_at,
        } = row;
        Self {
            id,
            endpoint_id,
            event_id,
            kind,
            subject,
            status,
            attempts,
            next_attempt_at,
            last_status_code,
            last_fault,
            created_at,
            finished_at,
        }
    }
}

/// Which deliveries a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) statuses: Option<Vec<WebhookDeliveryStatus>>,
    pub(crate) kinds: Option<Vec<EventKind>>,
    pub(crate) subject: Option<String>,
}

/// A page of what is sent to an endpoint, the latest first. The caller has looked whose endpoint it is.
pub(crate) fn list(
    conn: &mut Conn,
    endpoint: WebhookEndpointId,
    filter: Filter,
    window: &Window,
) -> ApiResult<Page<WebhookDelivery>> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .into_boxed();
    if let Some(statuses) = filter.statuses {
        query = query.filter(webhook_deliveries::status.eq_any(statuses));
    }
    if let Some(kinds) = filter.kinds {
        query = query.filter(webhook_deliveries::kind.eq_any(kinds));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(webhook_deliveries::subject.eq(subject));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(webhook_deliveries::created_at.le(at))
            .filter(webhook_deliveries::created_at.lt(at).or(webhook_deliveries::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((webhook_deliveries::created_at.desc(), webhook_deliveries::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let page = window.finish(rows, |row| (row.created_at, row.id.as_i64()));
    page.try_map_rows(|rows| Ok(rows.into_iter().map(WebhookDelivery::from).collect()))
}

/// One delivery with its endpoint, where the caller may see that.
pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: WebhookDeliveryId) -> ApiResult<(Row, super::Row)> {
    let row: Row = webhook_deliveries::table
        .find(id)
        .first(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)?;
    let endpoint = super::find(conn, scope, row.endpoint_id)?;
    Ok((row, endpoint))
}

/// What became of an event for an endpoint.
pub(crate) fn of_event(conn: &mut Conn, endpoint: WebhookEndpointId, event: EventId) -> ApiResult<Row> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::event_id.eq(event))
        .first(conn)?)
}

/// The attempts of a delivery, the latest first.
pub(crate) fn attempts(conn: &mut Conn, id: WebhookDeliveryId, most: i64) -> ApiResult<Vec<WebhookAttempt>> {
    type Columns = (Timestamp, i64, Option<i32>, Option<WebhookFault>, Option<String>);
    let rows: Vec<Columns> = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(id))
        .order(webhook_attempts::id.desc())
        .limit(most)
        .select((
            webhook_attempts::started_at,
            webhook_attempts::took_ms,
            webhook_attempts::status_code,
            webhook_attempts::fault,
            webhook_attempts::answer,
        ))
        .load(conn)?;
    let attempt = |(started_at, took_ms, status_code, fault, answer)| WebhookAttempt {
        started_at,
        took_ms,
        status_code,
        fault,
        answer,
    };
    Ok(rows.into_iter().map(attempt).collect())
}

/// What an event is called and happened to.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) event: EventId,
    pub(crate) kind: EventKind,
    pub(crate) subject: String,
}

/// Puts an event on its way. It is there once: one that is there already is left as it is.
pub(crate) fn send(tx: &mut Tx<'_>, endpoint: WebhookEndpointId, wanted: &Wanted) -> ApiResult<()> {
    let id: WebhookDeliveryId = tx.new_id();
    let now = tx.wall_now();
    let insert = diesel::insert_into(webhook_deliveries::table).values((
        webhook_deliveries::id.eq(id),
        webhook_deliveries::endpoint_id.eq(endpoint),
        webhook_deliveries::event_id.eq(wanted.event),
        webhook_deliveries::kind.eq(wanted.kind),
        webhook_deliveries::subject.eq(&wanted.subject),
        webhook_deliveries::status.eq(WebhookDeliveryStatus::Pending),
        webhook_deliveries::next_attempt_at.eq(now),
        webhook_deliveries::created_at.eq(now),
    ));
    either!(&mut **tx, conn => insert.on_conflict_do_nothing().execute(conn))?;
    Ok(())
}

/// Puts an event on its way again, from the beginning of the schedule.
pub(crate) fn send_again(tx: &mut Tx<'_>, endpoint: WebhookEndpointId, wanted: &Wanted) -> ApiResult<()> {
    let there = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::event_id.eq(wanted.event));
    let now = tx.wall_now();
    let updated = diesel::update(there)
        .set((
            webhook_deliveries::status.eq(WebhookDeliveryStatus::Pending),
            webhook_deliveries::retries.eq(0),
            webhook_deliveries::next_attempt_at.eq(now),
            webhook_deliveries::finished_at.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?;
    if updated == 0 {
        send(tx, endpoint, wanted)
    } else {
        Ok(())
    }
}

/// Goes on without everything that waits for an endpoint. An attempt that is under way is noted when it comes back, and
/// changes nothing.
pub(crate) fn skip_all(tx: &mut Tx<'_>, endpoint: WebhookEndpointId) -> ApiResult<usize> {
    let waiting = webhook_deliveries::table
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint));
    let now = tx.wall_now();
    Ok(diesel::update(waiting)
        .set((
            webhook_deliveries::status.eq(WebhookDeliveryStatus::Skipped),
            webhook_deliveries::next_attempt_at.eq(None::<Timestamp>),
            webhook_deliveries::lease.eq(None::<i64>),
            webhook_deliveries::leased_until.eq(None::<Timestamp>),
            webhook_deliveries::finished_at.eq(now),
        ))
        .execute(&mut **tx)?)
}

/// A delivery that no earlier event of the same thing waits before.
const NOTHING_EARLIER: &str = "NOT EXISTS (SELECT 1 FROM webhook_deliveries earlier \
     WHERE earlier.status = 'pending' AND earlier.endpoint_id = webhook_deliveries.endpoint_id \
     AND earlier.subject = webhook_deliveries.subject AND earlier.event_id < webhook_deliveries.event_id)";

/// The endpoints for which something is due, and whether nothing has arrived there lately.
pub(crate) fn endpoints_with_due(conn: &mut Conn, now: Timestamp) -> ApiResult<Vec<(WebhookEndpointId, bool)>> {
    Ok(webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .filter(
            webhook_deliveries::leased_until
                .is_null()
                .or(webhook_deliveries::leased_until.le(now)),
        )
        .filter(sql::<Bool>(NOTHING_EARLIER))
        .filter(webhook_endpoints::status.eq(WebhookEndpointStatus::Active))
        .select((webhook_endpoints::id, webhook_endpoints::failing_since.is_not_null()))
        .distinct()
        .load(conn)?)
}

/// Claims what is due for an endpoint, up to `most`: of each thing the earliest event that waits, so that events of one
/// thing are sent one after another.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    endpoint: WebhookEndpointId,
    lease: i64,
    until: Timestamp,
    most: i64,
) -> ApiResult<Vec<Row>> {
    let now = tx.wall_now();
    let free = || {
        webhook_deliveries::leased_until
            .is_null()
            .or(webhook_deliveries::leased_until.le(now))
    };
    let ids: Vec<WebhookDeliveryId> = webhook_deliveries::table
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .filter(free())
        .filter(sql::<Bool>(NOTHING_EARLIER))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::event_id))
        .limit(most)
        .select(webhook_deliveries::id)
        .load(&mut **tx)?;
    let mut claimed = Vec::new();
    for id in ids {
        // Another server may have been faster since the rows were looked for.
        let mine = webhook_deliveries::table
            .find(id)
            .filter(sql::<Bool>(PENDING))
            .filter(free());
        let updated = diesel::update(mine)
            .set((
                webhook_deliveries::lease.eq(lease),
                webhook_deliveries::leased_until.eq(until),
            ))
            .execute(&mut **tx)?;
        if updated == 1 {
            claimed.push(webhook_deliveries::table.find(id).first(&mut **tx)?);
        }
    }
    Ok(claimed)
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    pub(crate) started_at: Timestamp,
    pub(crate) took_ms: i64,
    pub(crate) status_code: Option<i32>,
    pub(crate) fault: Option<WebhookFault>,
    pub(crate) answer: Option<String>,
}

impl From<Tried> for WebhookAttempt {
    fn from(tried: Tried) -> Self {
        let Tried {
            started_at,
            took_ms,
            status_code,
            fault,
            answer,
        } = tried;
        Self {
            started_at,
            took_ms,
            status_code,
            fault,
            answer,
        }
    }
}

/// Notes an attempt. It has been made, whatever has become of the delivery meanwhile.
pub(crate) fn note_attempt(tx: &mut Tx<'_>, id: WebhookDeliveryId, tried: &Tried) -> ApiResult<()> {
    let attempt: WebhookAttemptId = tx.new_id();
    let updated = diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
            webhook_deliveries::last_status_code.eq(tried.status_code),
            webhook_deliveries::last_fault.eq(tried.fault),
        ))
        .execute(&mut **tx)?;
    // The endpoint was taken away, and its deliveries with it.
    if updated == 0 {
        return Ok(());
    }
    diesel::insert_into(webhook_attempts::table)
        .values((
            webhook_attempts::id.eq(attempt),
            webhook_attempts::delivery_id.eq(id),
            webhook_attempts::started_at.eq(tried.started_at),
            webhook_attempts::took_ms.eq(tried.took_ms),
            webhook_attempts::status_code.eq(tried.status_code),
            webhook_attempts::fault.eq(tried.fault),
            webhook_attempts::answer.eq(&tried.answer),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Where a delivery goes after an attempt: finished as this, or tried again then. Nothing changes where the lease is
/// not ours any more.
pub(crate) fn settle(
    tx: &mut Tx<'_>,
    row: &Row,
    status: WebhookDeliveryStatus,
    retries: i64,
    next_attempt_at: Option<Timestamp>,
) -> ApiResult<()> {
    let mine = webhook_deliveries::table
        .find(row.id)
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::lease.eq(row.lease));
    let finished_at = next_attempt_at.is_none().then(|| tx.wall_now());
    diesel::update(mine)
        .set((
            webhook_deliveries::status.eq(status),
            webhook_deliveries::retries.eq(retries),
            webhook_deliveries::next_attempt_at.eq(next_attempt_at),
            webhook_deliveries::lease.eq(None::<i64>),
            webhook_deliveries::leased_until.eq(None::<Timestamp>),
            webhook_deliveries::finished_at.eq(finished_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lets a delivery wait without an attempt, and says why. Nothing changes where the lease is not ours any more.
pub(crate) fn postpone(tx: &mut Tx<'_>, row: &Row, why: Option<WebhookFault>, until: Timestamp) -> ApiResult<()> {
    let mine = webhook_deliveries::table
        .find(row.id)
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::lease.eq(row.lease));
    diesel::update(mine)
        .set((
            webhook_deliveries::next_attempt_at.eq(until),
            webhook_deliveries::last_fault.eq(why),
            webhook_deliveries::lease.eq(None::<i64>),
            webhook_deliveries::leased_until.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Finishes a delivery whose fate another queue has decided.
pub(crate) fn finish(tx: &mut Tx<'_>, id: WebhookDeliveryId, status: WebhookDeliveryStatus) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::update(webhook_deliveries::table.find(id))
        .set((
            webhook_deliveries::status.eq(status),
            webhook_deliveries::next_attempt_at.eq(None::<Timestamp>),
            webhook_deliveries::lease.eq(None::<i64>),
            webhook_deliveries::leased_until.eq(None::<Timestamp>),
            webhook_deliveries::finished_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// One delivery, if it is still known.
pub(crate) fn find(conn: &mut Conn, id: WebhookDeliveryId) -> ApiResult<Option<Row>> {
    Ok(webhook_deliveries::table.find(id).first(conn).optional()?)
}

/// A server that died holds what it was about to send. Whoever has the database alone need not wait for that.
pub(crate) fn free_all(tx: &mut Tx<'_>) -> ApiResult<usize> {
    let held = webhook_deliveries::table
        .filter(sql::<Bool>(PENDING))
        .filter(webhook_deliveries::lease.is_not_null());
    Ok(diesel::update(held)
        .set((
            webhook_deliveries::lease.eq(None::<i64>),
            webhook_deliveries::leased_until.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?)
}

/// What was finished before this instant, the oldest first, up to `most`; and what belongs to endpoints that are not
/// there any more.
pub(crate) fn to_forget(
    conn: &mut Conn,
    before: Timestamp,
    most: i64,
) -> ApiResult<Vec<(WebhookDeliveryId, WebhookEndpointId, EventId)>> {
    let columns = (
        webhook_deliveries::id,
        webhook_deliveries::endpoint_id,
        webhook_deliveries::event_id,
    );
    let mut found: Vec<_> = webhook_deliveries::table
        .filter(sql::<Bool>("webhook_deliveries.status <> 'pending'"))
        .filter(webhook_deliveries::finished_at.lt(before))
        .order(webhook_deliveries::finished_at)
        .limit(most)
        .select(columns)
        .load(conn)?;
    if found.is_empty() {
        let gone: Vec<WebhookEndpointId> = webhook_endpoints::table
            .filter(webhook_endpoints::status.eq(WebhookEndpointStatus::Deleted))
            .select(webhook_endpoints::id)
            .load(conn)?;
        if !gone.is_empty() {
            found = webhook_deliveries::table
                .filter(webhook_deliveries::endpoint_id.eq_any(gone))
                .limit(most)
                .select(columns)
                .load(conn)?;
        }
    }
    Ok(found)
}

/// Forgets deliveries and their attempts. The caller holds them.
pub(crate) fn forget(tx: &mut Tx<'_>, ids: &[WebhookDeliveryId]) -> ApiResult<usize> {
    diesel::delete(webhook_attempts::table.filter(webhook_attempts::delivery_id.eq_any(ids.to_vec())))
        .execute(&mut **tx)?;
    let gone = diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids.to_vec())));
    Ok(gone.execute(&mut **tx)?)
}

/// Keeps deliveries as they are until the transaction ends.
pub(crate) fn hold(tx: &mut Tx<'_>, ids: &[WebhookDeliveryId]) -> ApiResult<()> {
    diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids.to_vec())))
        .set(webhook_deliveries::attempts.eq(webhook_deliveries::attempts))
        .execute(&mut **tx)?;
    Ok(())
}

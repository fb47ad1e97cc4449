//! Writing the event log, and reading it in an order that never changes behind a reader.
//!
//! Ids rise with the wall clock. On SQLite one writer makes them in the order of commits. On
//! PostgreSQL a transaction that is still running may hold a smaller id than one that has
//! committed; so the log ends, for readers, before the oldest running write began.

use super::Subject;
use crate::clock;
use crate::db::schema::events::dsl;
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use crate::ids;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable};
use serde::Serialize;
use time::Duration;
use tradepost_contract::events::{Event, EventKind, EventSort};
use tradepost_contract::{EventId, Id, ProgrammeId, SupplierId, Timestamp};

/// Writes an event into the transaction.
pub fn push(tx: &mut Tx<'_>, kind: EventKind, subject: Subject, data: &impl Serialize) -> ApiResult<EventId> {
    let id: EventId = tx.new_id();
    let event = diesel::insert_into(dsl::events)
        .values((
            dsl::id.eq(id),
            dsl::kind.eq(kind),
            dsl::happened_at.eq(tx.business_now()),
            dsl::programme_id.eq(subject.programme),
            dsl::supplier_id.eq(subject.supplier),
            dsl::subject.eq(subject.id),
            dsl::data.eq(serde_json::to_string(data)?),
            dsl::created_at.eq(tx.wall_now()),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => event.execute(conn))?;
    Ok(id)
}

/// How far the clocks of several servers may be apart.
const CLOCK_SKEW: Duration = Duration::seconds(1);

#[derive(QueryableByName)]
struct Oldest {
    #[diesel(sql_type = Nullable<BigInt>)]
    started_micros: Option<i64>,
}

/// The id that every event still to come is at or above.
pub(super) fn horizon(conn: &mut Conn) -> ApiResult<Option<EventId>> {
    let Conn::Postgres(conn) = conn else { return Ok(None) };
    let now = clock::wall_now();
    let oldest = sql_query(
        "SELECT CAST(EXTRACT(EPOCH FROM MIN(xact_start)) * 1000000 AS BIGINT) AS started_micros \
         FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL",
    )
    .get_result::<Oldest>(conn)?;
    let began = oldest
        .started_micros
        .map_or(now, |micros| Timestamp::from_micros(micros).min(now));
    Ok(Some(EventId::from_i64(ids::floor_at(began.plus(-CLOCK_SKEW)))))
}

/// Which events to read.
pub(super) struct Filter {
    pub(super) kinds: Vec<EventKind>,
    pub(super) programme: Option<ProgrammeId>,
    pub(super) supplier: Option<SupplierId>,
    pub(super) subject: Option<String>,
    pub(super) sort: EventSort,
    pub(super) after: Option<EventId>,
    pub(super) limit: i64,
}

type Row = (
    EventId,
    EventKind,
    Timestamp,
    Option<ProgrammeId>,
    Option<SupplierId>,
    String,
    String,
);

/// Events after a cursor, in the order that was asked for.
pub(super) fn list(conn: &mut Conn, filter: &Filter) -> ApiResult<Vec<Event>> {
    let mut query = dsl::events
        .select((
            dsl::id,
            dsl::kind,
            dsl::happened_at,
            dsl::programme_id,
            dsl::supplier_id,
            dsl::subject,
            dsl::data,
        ))
        .limit(filter.limit)
        .into_boxed();
    if let Some(before) = horizon(conn)? {
        query = query.filter(dsl::id.lt(before));
    }
    query = match filter.sort {
        EventSort::Oldest => query.order(dsl::id.asc()),
        EventSort::Newest => query.order(dsl::id.desc()),
    };
    query = match (filter.after, filter.sort) {
        (Some(after), EventSort::Oldest) => query.filter(dsl::id.gt(after)),
        (Some(after), EventSort::Newest) => query.filter(dsl::id.lt(after)),
        (None, EventSort::Oldest | EventSort::Newest) => query,
    };
    if !filter.kinds.is_empty() {
        query = query.filter(dsl::kind.eq_any(filter.kinds.clone()));
    }
    if let Some(programme) = filter.programme {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    if let Some(supplier) = filter.supplier {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    if let Some(subject) = &filter.subject {
        query = query.filter(dsl::subject.eq(subject.clone()));
    }
    query.load::<Row>(conn)?.into_iter().map(event).collect()
}

fn event((id, kind, happened_at, programme_id, supplier_id, subject, data): Row) -> ApiResult<Event> {
    let data = serde_json::from_str(&data)?;
    Ok(Event {
        id,
        kind,
        happened_at,
        programme_id,
        supplier_id,
        subject,
        data,
    })
}

/// The id that events from this instant on have, on the wall.
pub(crate) fn id_at(wall: Timestamp) -> EventId {
    EventId::from_i64(ids::floor_at(wall))
}

/// The last event that readers see; the beginning where there is none.
pub(crate) fn end(conn: &mut Conn) -> ApiResult<EventId> {
    let before = horizon(conn)?;
    let mut query = dsl::events.select(dsl::id).order(dsl::id.desc()).into_boxed();
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    let last: Option<EventId> = query.first(conn).optional()?;
    Ok(last.unwrap_or_else(|| EventId::from_i64(0)))
}

/// What events after this one are about, oldest first.
pub(crate) fn suppliers_after(
    conn: &mut Conn,
    after: EventId,
    most: i64,
) -> ApiResult<Vec<(EventId, EventKind, Option<SupplierId>)>> {
    let before = horizon(conn)?;
    let mut query = dsl::events
        .filter(dsl::id.gt(after))
        .select((dsl::id, dsl::kind, dsl::supplier_id))
        .order(dsl::id)
        .limit(most)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// Which events a follower is sent.
#[derive(Debug, Clone)]
pub(crate) struct Followed {
    pub(crate) kinds: Vec<EventKind>,
    pub(crate) programme: Option<ProgrammeId>,
    pub(crate) supplier: Option<SupplierId>,
    /// Nothing that happened to this one.
    pub(crate) but: String,
}

/// The events that a follower is sent, after one and up to another, oldest first: what they are and happened to.
pub(crate) fn followed_after(
    conn: &mut Conn,
    followed: &Followed,
    after: EventId,
    up_to: EventId,
    most: i64,
) -> ApiResult<Vec<(EventId, EventKind, String)>> {
    let mut query = dsl::events
        .filter(dsl::id.gt(after).and(dsl::id.le(up_to)))
        .filter(dsl::kind.eq_any(followed.kinds.clone()))
        .filter(dsl::subject.ne(followed.but.clone()))
        .select((dsl::id, dsl::kind, dsl::subject))
        .order(dsl::id)
        .limit(most)
        .into_boxed();
    if let Some(programme) = followed.programme {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    if let Some(supplier) = followed.supplier {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    Ok(query.load(conn)?)
}

/// One event.
pub(crate) fn get(conn: &mut Conn, id: EventId) -> ApiResult<Option<Event>> {
    let row = dsl::events
        .find(id)
        .select((
            dsl::id,
            dsl::kind,
            dsl::happened_at,
            dsl::programme_id,
            dsl::supplier_id,
            dsl::subject,
            dsl::data,
        ))
        .first::<Row>(conn)
        .optional()?;
    row.map(event).transpose()
}

/// The events of these kinds about a supplier after this one, oldest first.
pub(crate) fn of_supplier_after(
    conn: &mut Conn,
    supplier: SupplierId,
    kinds: &[EventKind],
    after: EventId,
    most: i64,
) -> ApiResult<Vec<Event>> {
    let filter = Filter {
        kinds: kinds.to_vec(),
        programme: None,
        supplier: Some(supplier),
        subject: None,
        sort: EventSort::Oldest,
        after: Some(after),
        limit: most,
    };
    list(conn, &filter)
}

//! Rows of the inbox.

use crate::db::schema::gateway_events::dsl;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::{GatewayEventId, Timestamp};

/// Keeps an event; `None` when it was kept before.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    gateway: &str,
    event_id: &str,
    kind: &str,
    body: &[u8],
) -> ApiResult<Option<GatewayEventId>> {
    let id: GatewayEventId = tx.new_id();
    let row = (
        dsl::id.eq(id),
        dsl::gateway.eq(gateway),
        dsl::event_id.eq(event_id),
        dsl::kind.eq(kind),
        dsl::body.eq(body.to_vec()),
        dsl::received_at.eq(tx.wall_now()),
    );
    let insert = diesel::insert_into(dsl::gateway_events).values(row);
    let kept = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok((kept == 1).then_some(id))
}

/// Says what became of an event.
pub(super) fn settle(tx: &mut Tx<'_>, id: GatewayEventId, outcome: &str) -> ApiResult<()> {
    diesel::update(dsl::gateway_events.find(id))
        .set(dsl::outcome.eq(outcome))
        .execute(&mut **tx)?;
    Ok(())
}

/// Events that wait, oldest first: id, body and when they came.
pub(super) fn waiting(conn: &mut Conn, limit: i64) -> ApiResult<Vec<(GatewayEventId, Vec<u8>, Timestamp)>> {
    Ok(dsl::gateway_events
        .filter(dsl::outcome.is_null())
        .order(dsl::received_at)
        .limit(limit)
        .select((dsl::id, dsl::body, dsl::received_at))
        .load(conn)?)
}

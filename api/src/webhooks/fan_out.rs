//! Puts events on their way: a delivery for each event and endpoint that wants it, made of the event log exactly once.
//!
//! Each endpoint remembers how far it has come in the log, and moves that mark in the transaction that makes the
//! deliveries. The log ends for readers before the oldest running write, so that on PostgreSQL no late commit slips
//! behind the mark (`events/store.rs`). A second server that was faster leaves nothing to do.

use super::store::{self, Row, deliveries};
use super::{ops, signature};
use crate::app::App;
use crate::delivery_targets;
use crate::error::{ApiError, ApiResult};
use crate::events;
use deliveries::Wanted;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::{EventId, Id};

/// So many events of an endpoint are put on their way in one transaction.
const SLICE: usize = 200;
/// An endpoint that wants nothing of what happens moves its mark this seldom, so that it costs few writes.
const IDLE: Duration = Duration::minutes(1);

/// One pass over all endpoints.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let (end, endpoints) = app
        .db
        .read_blocking(|conn| Ok((events::end(conn)?, store::active(conn)?)))?;
    let mut did = 0;
    for row in endpoints {
        let id = row.id;
        let done = seal_anew(app, &row)
            .and_then(|()| follow(app, &row, end))
            .and_then(|sent| Ok(sent + replay(app, &row)?));
        match done {
            Ok(sent) => did += sent,
            Err(error) => tracing::error!(endpoint = %id, %error, "events wait that are to be sent"),
        }
    }
    Ok(did)
}

type Found = Vec<(EventId, EventKind, String)>;

/// What an endpoint wants of a part of the log.
fn wanted(app: &App, row: &Row, after: EventId, up_to: EventId) -> ApiResult<Found> {
    let followed = ops::followed(row)?;
    let most = i64::try_from(SLICE).map_err(ApiError::internal)?;
    app.db
        .read_blocking(|conn| events::followed_after(conn, &followed, after, up_to, most))
}

/// Whether two ids were made within a minute.
fn is_near(earlier: EventId, later: EventId) -> bool {
    const MILLIS_BITS: u32 = 21;
    let apart = (later.as_i64() >> MILLIS_BITS) - (earlier.as_i64() >> MILLIS_BITS);
    i128::from(apart) < IDLE.whole_milliseconds()
}

fn follow(app: &App, row: &Row, end: EventId) -> ApiResult<usize> {
    if end <= row.sent_up_to {
        return Ok(0);
    }
    let found = wanted(app, row, row.sent_up_to, end)?;
    if found.is_empty() && is_near(row.sent_up_to, end) {
        return Ok(0);
    }
    let to = match found.last() {
        Some((last, ..)) if found.len() == SLICE => *last,
        _ => end,
    };
    let found = delivery_targets::wanted(app, row.id, found)?;
    let row = row.clone();
    app.db.write_blocking(move |tx| {
        if !store::sent_up_to(tx, &row, to)? {
            return Ok(0);
        }
        for (event, kind, subject) in found.clone() {
            deliveries::send(tx, row.id, &Wanted { event, kind, subject })?;
        }
        Ok(found.len())
    })
}

fn replay(app: &App, row: &Row) -> ApiResult<usize> {
    let (Some(from), Some(up_to)) = (row.replay_from, row.replay_up_to) else {
        return Ok(0);
    };
    let found = wanted(app, row, from, up_to)?;
    let to = found.last().map(|(last, ..)| *last).filter(|_| found.len() == SLICE);
    let found = delivery_targets::wanted(app, row.id, found)?;
    let row = row.clone();
    app.db.write_blocking(move |tx| {
        if !store::replayed_up_to(tx, &row, to)? {
            return Ok(0);
        }
        for (event, kind, subject) in found.clone() {
            deliveries::send_again(tx, row.id, &Wanted { event, kind, subject })?;
        }
        Ok(found.len().max(1))
    })
}

/// After a change of the installation's secret, what the previous one sealed is sealed by the current one, so that the
/// previous one can be given up.
fn seal_anew(app: &App, row: &Row) -> ApiResult<()> {
    if !app.secrets.is_stale(&row.secret) {
        return Ok(());
    }
    let again = |sealed: &str| -> ApiResult<Option<String>> {
        let opened = app.secrets.open(&row.place(), sealed);
        let sealed = opened.map(|secret| app.secrets.seal(&row.place(), &secret));
        sealed.transpose().map_err(ApiError::internal)
    };
    // What nobody can open stays: each attempt says so.
    let Some(secret) = again(&row.secret)? else {
        return Ok(());
    };
    let previous = row.previous_secret.as_deref().map(again).transpose()?.flatten();
    let row = row.clone();
    app.db
        .write_blocking(move |tx| store::seal_anew(tx, &row, &secret, previous.as_deref()))
}

/// The secrets that sign now: the current one, and the one before it for a while. None where the current one cannot be
/// opened.
pub(super) fn live_secrets(app: &App, row: &Row) -> Option<Vec<Vec<u8>>> {
    let now = app.clock.wall_now();
    let mut live = vec![app.secrets.open(&row.place(), &row.secret)?];
    let previous = row
        .previous_secret
        .as_deref()
        .filter(|_| row.previous_secret_until.is_some_and(|until| now < until));
    live.extend(previous.and_then(|sealed| app.secrets.open(&row.place(), sealed)));
    Some(live)
}

/// What Standard Webhooks puts above a message: its id, when it is sent, and the signatures by both secrets.
pub(super) fn headers(secrets: &[Vec<u8>], id: &str, seconds: i64, body: &[u8]) -> Vec<(String, String)> {
    let signatures = signature::sign(secrets.iter().map(Vec::as_slice), id, seconds, body);
    let pairs = [
        (signature::ID, id.to_owned()),
        (signature::TIMESTAMP, seconds.to_string()),
        (signature::SIGNATURE, signatures),
    ];
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

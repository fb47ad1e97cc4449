//! How far the passes came. What is looked at of leads, what else goes, and what is counted have files of their own.

pub(super) mod counts;
pub(super) mod files;
pub(super) mod leads;

use crate::db::schema::{programmes, retention_passes as p};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use std::collections::BTreeMap;
use tradepost_contract::retention::RetentionBlock;
use tradepost_contract::{LocalDate, ProgrammeId, Timestamp};

/// How often each reason kept a lead.
pub(super) type Waiting = BTreeMap<RetentionBlock, i64>;

/// A programme, and how far the pass over its leads came.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub(super) programme: ProgrammeId,
    pub(super) zone: String,
    /// The day that it is the pass of, and whether it is over; none before the first.
    pub(super) day: Option<(LocalDate, bool)>,
    /// The last lead that was looked at.
    pub(super) after: (Timestamp, i64),
    pub(super) waiting: Waiting,
}

type State = (LocalDate, Timestamp, i64, String, Option<Timestamp>);

/// All programmes with their passes.
pub(super) fn passes(conn: &mut Conn) -> ApiResult<Vec<Pass>> {
    let rows: Vec<(ProgrammeId, String, Option<State>)> = programmes::table
        .left_join(p::table)
        .order(programmes::id)
        .select((
            programmes::id,
            programmes::time_zone,
            (p::day, p::after_time, p::after_lead, p::waiting, p::finished_at).nullable(),
        ))
        .load(conn)?;
    let pass = |(programme, zone, state): (ProgrammeId, String, Option<State>)| {
        let (day, after, waiting) = match state {
            None => (None, START, Waiting::new()),
            Some((day, time, lead, waiting, finished)) => (
                Some((day, finished.is_some())),
                (time, lead),
                serde_json::from_str(&waiting)?,
            ),
        };
        Ok(Pass {
            programme,
            zone,
            day,
            after,
            waiting,
        })
    };
    rows.into_iter().map(pass).collect()
}

/// Before the first lead.
pub(super) const START: (Timestamp, i64) = (Timestamp::from_micros(0), 0);

/// Begins the pass of a day.
pub(super) fn begin(tx: &mut Tx<'_>, programme: ProgrammeId, day: LocalDate) -> ApiResult<()> {
    let fresh = (
        p::day.eq(day),
        p::after_time.eq(START.0),
        p::after_lead.eq(START.1),
        p::waiting.eq("{}"),
        p::finished_at.eq(None::<Timestamp>),
    );
    if diesel::update(p::table.find(programme)).set(fresh).execute(&mut **tx)? == 0 {
        let first = (
            p::programme_id.eq(programme),
            p::day.eq(day),
            p::after_time.eq(START.0),
            p::after_lead.eq(START.1),
        );
        let insert = diesel::insert_into(p::table).values(first);
        match &mut **tx {
            Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        };
    }
    Ok(())
}

/// Says how far a pass came.
pub(super) fn advance(tx: &mut Tx<'_>, pass: &Pass) -> ApiResult<()> {
    diesel::update(p::table.find(pass.programme))
        .set((
            p::after_time.eq(pass.after.0),
            p::after_lead.eq(pass.after.1),
            p::waiting.eq(serde_json::to_string(&pass.waiting)?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends a pass: what waited is what the report shows.
pub(super) fn finish(tx: &mut Tx<'_>, pass: &Pass) -> ApiResult<()> {
    let now = tx.business_now();
    diesel::update(p::table.find(pass.programme))
        .set((
            p::finished_at.eq(now),
            p::looked_at.eq(now),
            p::waited.eq(serde_json::to_string(&pass.waiting)?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

//! What is counted and shown.

use super::Waiting;
use crate::db::schema::{
    call_queue, deliveries, lead_import_files, lead_imports, lead_verifications, leads, programmes,
    retention_passes as p, retention_removals as r,
};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::retention::{RetentionKind, RetentionRemoval};
use tradepost_contract::{LocalDate, ProgrammeId, Timestamp};

/// What a programme is called.
pub(in crate::retention) fn programme_name(conn: &mut Conn, id: ProgrammeId) -> ApiResult<String> {
    Ok(programmes::table.find(id).select(programmes::name).first(conn)?)
}

/// What waited when a programme was last looked at, and when that was.
pub(in crate::retention) fn waited(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<(Waiting, Option<Timestamp>)> {
    let row: Option<(String, Option<Timestamp>)> = p::table
        .find(programme)
        .select((p::waited, p::looked_at))
        .first(conn)
        .optional()?;
    match row {
        None => Ok((Waiting::new(), None)),
        Some((waited, at)) => Ok((serde_json::from_str(&waited)?, at)),
    }
}

/// Counts what was taken away on a day.
pub(in crate::retention) fn count(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    on: LocalDate,
    kind: RetentionKind,
    more: i64,
) -> ApiResult<()> {
    let row = r::table.find((programme, on, kind));
    if diesel::update(row)
        .set(r::removed.eq(r::removed + more))
        .execute(&mut **tx)?
        == 0
    {
        diesel::insert_into(r::table)
            .values((
                r::programme_id.eq(programme),
                r::removed_on.eq(on),
                r::kind.eq(kind),
                r::removed.eq(more),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// What was taken away since a day, the latest first.
pub(in crate::retention) fn removals(
    conn: &mut Conn,
    programme: ProgrammeId,
    since: LocalDate,
) -> ApiResult<Vec<RetentionRemoval>> {
    let rows: Vec<(LocalDate, RetentionKind, i64)> = r::table
        .filter(r::programme_id.eq(programme).and(r::removed_on.ge(since)))
        .order((r::removed_on.desc(), r::kind))
        .select((r::removed_on, r::kind, r::removed))
        .load(conn)?;
    let shown = |(on, kind, removed)| RetentionRemoval { on, kind, removed };
    Ok(rows.into_iter().map(shown).collect())
}

/// Which leads of a programme are of a kind.
const fn statuses(kind: RetentionKind) -> (&'static [LeadStatus], Option<bool>) {
    use LeadStatus as S;
    match kind {
        RetentionKind::RefusedLeads => (&[S::Quarantined, S::Rejected, S::Duplicate], Some(false)),
        RetentionKind::UnsoldLeads => (
            &[S::Available, S::PartlySold, S::SoldOut, S::Withdrawn, S::Expired],
            Some(false),
        ),
        _ => (
            &[
                S::Available,
                S::PartlySold,
                S::SoldOut,
                S::Withdrawn,
                S::Expired,
                S::Quarantined,
                S::Rejected,
                S::Duplicate,
            ],
            Some(true),
        ),
    }
}

/// How many leads of a kind there are, and how many of them were last touched before an instant.
pub(in crate::retention) fn count_leads(
    conn: &mut Conn,
    programme: ProgrammeId,
    kind: RetentionKind,
    before: Option<Timestamp>,
) -> ApiResult<i64> {
    let (statuses, sold) = statuses(kind);
    let mut query = leads::table
        .filter(leads::programme_id.eq(programme))
        .count()
        .into_boxed();
    let of_status = leads::status.eq_any(statuses.to_vec());
    query = match sold {
        Some(false) => query.filter(of_status).filter(leads::sold.eq(0)),
        _ => query.filter(
            of_status
                .and(leads::sold.gt(0))
                .or(leads::status.eq(LeadStatus::InService)),
        ),
    };
    if let Some(before) = before {
        let sold_later = deliveries::table
            .filter(deliveries::lead_id.eq(leads::id))
            .filter(deliveries::delivered_at.gt(before));
        let called_later = call_queue::table
            .filter(call_queue::lead_id.eq(leads::id))
            .filter(call_queue::last_called_at.gt(before));
        query = query
            .filter(leads::created_at.le(before))
            .filter(diesel::dsl::not(diesel::dsl::exists(sold_later)))
            .filter(diesel::dsl::not(diesel::dsl::exists(called_later)));
    }
    Ok(query.get_result(conn)?)
}

/// How many recordings of a programme's leads are known, made before an instant where one is given.
pub(in crate::retention) fn count_recordings(
    conn: &mut Conn,
    programme: ProgrammeId,
    before: Option<Timestamp>,
) -> ApiResult<i64> {
    use lead_verifications as v;
    let mut query = v::table
        .inner_join(leads::table)
        .filter(leads::programme_id.eq(programme))
        .filter(v::recording_ref.is_not_null())
        .count()
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(v::verified_at.le(before));
    }
    Ok(query.get_result(conn)?)
}

/// How many files of a programme are there, uploaded before an instant where one is given.
pub(in crate::retention) fn count_files(
    conn: &mut Conn,
    programme: ProgrammeId,
    before: Option<Timestamp>,
) -> ApiResult<i64> {
    let mut query = lead_import_files::table
        .inner_join(lead_imports::table)
        .filter(lead_imports::programme_id.eq(programme))
        .count()
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(lead_imports::created_at.le(before));
    }
    Ok(query.get_result(conn)?)
}

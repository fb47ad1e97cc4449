//! What a programme's policy takes away, as staff see it.

use super::store;
use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::lead_sources;
use crate::policy;
use crate::suppliers::store as accounts;
use serde_json::json;
use time::Duration;
use tradepost_contract::policy::RetentionPolicy;
use tradepost_contract::retention::{RetentionKind, RetentionReport, RetentionRule, RetentionWaiting};
use tradepost_contract::{ProgrammeId, Timestamp};

/// So far it looks ahead.
const AHEAD: Duration = Duration::days(30);
/// So many days of removals are shown.
const SHOWN_DAYS: i64 = 90;

/// The report of one programme.
pub(super) fn of(conn: &mut Conn, id: ProgrammeId, now: Timestamp, wall_now: Timestamp) -> ApiResult<RetentionReport> {
    let facts = accounts::programme(conn, id)?.ok_or_else(ApiError::not_found)?;
    let zone = Zone::parse(&facts.time_zone).map_err(ApiError::internal)?;
    let retention = policy::of_product(conn, id, &json!({}), "")?.retention;
    let mut rules = Vec::with_capacity(RetentionKind::ALL.len());
    for kind in RetentionKind::ALL {
        rules.push(rule(conn, id, &retention, *kind, now, wall_now)?);
    }
    let (waited, looked_at) = store::counts::waited(conn, id)?;
    let waiting = waited
        .into_iter()
        .map(|(because, leads)| RetentionWaiting { because, leads });
    Ok(RetentionReport {
        programme_id: id,
        programme_name: store::counts::programme_name(conn, id)?,
        rules,
        waiting: waiting.collect(),
        looked_at,
        removed: store::counts::removals(conn, id, zone.date_of(now).plus_days(-SHOWN_DAYS))?,
    })
}

fn rule(
    conn: &mut Conn,
    id: ProgrammeId,
    policy: &RetentionPolicy,
    kind: RetentionKind,
    now: Timestamp,
    wall_now: Timestamp,
) -> ApiResult<RetentionRule> {
    let days = kind.days(policy);
    let before = |now: Timestamp| days.map(|days| now.plus(AHEAD).plus(-Duration::days(i64::from(days))));
    let soon = before(now);
    let counted = |kept, due: Option<i64>| (kept, due.unwrap_or(0));
    let (kept, due_within_30_days) = match kind {
        RetentionKind::SoldLeads | RetentionKind::UnsoldLeads | RetentionKind::RefusedLeads => counted(
            store::counts::count_leads(conn, id, kind, None)?,
            soon.map(|_| store::counts::count_leads(conn, id, kind, soon))
                .transpose()?,
        ),
        RetentionKind::Recordings => counted(
            store::counts::count_recordings(conn, id, None)?,
            soon.map(|_| store::counts::count_recordings(conn, id, soon))
                .transpose()?,
        ),
        RetentionKind::ImportFiles => counted(
            store::counts::count_files(conn, id, None)?,
            soon.map(|_| store::counts::count_files(conn, id, soon)).transpose()?,
        ),
        RetentionKind::RefusedPosts => lead_sources::count_refused(conn, id, before(wall_now).unwrap_or(wall_now))?,
    };
    Ok(RetentionRule {
        kind,
        days,
        kept,
        due_within_30_days,
    })
}

//! Rows of policy versions and drafts.

use crate::auth::Scope;
use crate::db::schema::{orders, policy_versions, programmes};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::programmes::{Visible, visible_programmes};
use diesel::prelude::*;
use serde_json::Value;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::programmes::{PolicyVersion, PolicyVersionStatus, PolicyVersionSummary};
use tradepost_contract::{Id, Page, PolicyVersionId, ProblemCode, ProgrammeId, Timestamp, UserId};

type SummaryRow = (
    PolicyVersionId,
    ProgrammeId,
    Option<i64>,
    PolicyVersionStatus,
    Option<PolicyVersionId>,
    String,
    Option<UserId>,
    Timestamp,
    Option<UserId>,
    Option<Timestamp>,
    i64,
);

type SummaryColumns = (
    policy_versions::id,
    policy_versions::programme_id,
    policy_versions::number,
    policy_versions::status,
    policy_versions::base_version_id,
    policy_versions::note,
    policy_versions::created_by,
    policy_versions::created_at,
    policy_versions::published_by,
    policy_versions::published_at,
    policy_versions::version,
);

const SUMMARY: SummaryColumns = (
    policy_versions::id,
    policy_versions::programme_id,
    policy_versions::number,
    policy_versions::status,
    policy_versions::base_version_id,
    policy_versions::note,
    policy_versions::created_by,
    policy_versions::created_at,
    policy_versions::published_by,
    policy_versions::published_at,
    policy_versions::version,
);

fn summary(row: SummaryRow) -> PolicyVersionSummary {
    let (
        id,
        programme_id,
        number,
        status,
        base_version_id,
        note,
        created_by,
        created_at,
        published_by,
        published_at,
        version,
    ) = row;
    PolicyVersionSummary {
        id,
        programme_id,
        number,
        status,
        base_version_id,
        note,
        created_by,
        created_at,
        published_by,
        published_at,
        version,
    }
}

/// A version and its stored document, which is a whole policy.
pub(in crate::policy) fn get(conn: &mut Conn, scope: &Scope, id: PolicyVersionId) -> ApiResult<(PolicyVersion, Value)> {
    let found = policy_versions::table
        .filter(policy_versions::id.eq(id))
        .select((SUMMARY, policy_versions::document))
        .first::<(SummaryRow, String)>(conn)
        .optional()?;
    let (row, document) = found.ok_or_else(ApiError::not_found)?;
    let summary = summary(row);
    if !visible_programmes(conn, scope)?.includes(summary.programme_id) {
        return Err(ApiError::not_found());
    }
    let document: Value = serde_json::from_str(&document)?;
    let policy: PolicySet = serde_json::from_value(document.clone())?;
    Ok((PolicyVersion { summary, policy }, document))
}

/// Versions of these programmes in these states, newest first.
pub(in crate::policy) fn list(
    conn: &mut Conn,
    scope: &Scope,
    programme: Option<ProgrammeId>,
    statuses: Vec<PolicyVersionStatus>,
    window: &Window,
) -> ApiResult<Page<PolicyVersionSummary>> {
    let mut query = policy_versions::table
        .filter(policy_versions::status.eq_any(statuses))
        .order((policy_versions::created_at.desc(), policy_versions::id.desc()))
        .limit(window.fetch())
        .select(SUMMARY)
        .into_boxed();
    if let Visible::Only(ids) = visible_programmes(conn, scope)? {
        query = query.filter(policy_versions::programme_id.eq_any(ids));
    }
    if let Some(programme) = programme {
        query = query.filter(policy_versions::programme_id.eq(programme));
    }
    if let Some((at, id)) = window.after() {
        let id = PolicyVersionId::from_i64(id);
        query = query
            .filter(policy_versions::created_at.le(at))
            .filter(policy_versions::created_at.lt(at).or(policy_versions::id.lt(id)));
    }
    let rows = query.load::<SummaryRow>(conn)?;
    let rows = rows.into_iter().map(summary).collect();
    Ok(window.finish(rows, |version| (version.created_at, version.id.as_i64())))
}

/// A new version: number 1 in force at once, or a draft.
pub(in crate::policy) struct NewVersion<'a> {
    pub(in crate::policy) programme: ProgrammeId,
    pub(in crate::policy) base: Option<PolicyVersionId>,
    pub(in crate::policy) document: &'a str,
    pub(in crate::policy) note: &'a str,
    pub(in crate::policy) by: Option<UserId>,
}

pub(in crate::policy) fn insert_draft(tx: &mut Tx<'_>, new: &NewVersion<'_>) -> ApiResult<PolicyVersionId> {
    let id: PolicyVersionId = tx.new_id();
    diesel::insert_into(policy_versions::table)
        .values((
            policy_versions::id.eq(id),
            policy_versions::programme_id.eq(new.programme),
            policy_versions::status.eq(PolicyVersionStatus::Draft),
            policy_versions::base_version_id.eq(new.base),
            policy_versions::document.eq(new.document),
            policy_versions::note.eq(new.note),
            policy_versions::created_by.eq(new.by),
            policy_versions::created_at.eq(tx.wall_now()),
            policy_versions::version.eq(1),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

/// Changes a draft that still is one and still has this version, or says that it is stale.
pub(in crate::policy) fn update_draft(
    tx: &mut Tx<'_>,
    id: PolicyVersionId,
    version: i64,
    note: &str,
    document: &str,
) -> ApiResult<()> {
    let changed = diesel::update(policy_versions::table)
        .filter(policy_versions::id.eq(id))
        .filter(policy_versions::status.eq(PolicyVersionStatus::Draft))
        .filter(policy_versions::version.eq(version))
        .set((
            policy_versions::note.eq(note),
            policy_versions::document.eq(document),
            policy_versions::version.eq(version + 1),
        ))
        .execute(&mut **tx)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::Stale))
    }
}

pub(in crate::policy) fn discard_draft(tx: &mut Tx<'_>, id: PolicyVersionId, version: i64) -> ApiResult<()> {
    let changed = diesel::update(policy_versions::table)
        .filter(policy_versions::id.eq(id))
        .filter(policy_versions::status.eq(PolicyVersionStatus::Draft))
        .filter(policy_versions::version.eq(version))
        .set((
            policy_versions::status.eq(PolicyVersionStatus::Discarded),
            policy_versions::version.eq(version + 1),
        ))
        .execute(&mut **tx)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::Stale))
    }
}

/// Puts a version in force if the one it was made from still is; false when another came first. The
/// programme's row is locked from here on, so that numbers have no gaps and no order slips through.
pub(in crate::policy) fn put_in_force(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    base: Option<PolicyVersionId>,
    id: PolicyVersionId,
) -> ApiResult<bool> {
    let now = tx.wall_now();
    let row = diesel::update(programmes::table.filter(programmes::id.eq(programme)));
    let in_force = programmes::policy_version_id.eq(Some(id));
    let changed = match base {
        Some(base) => row
            .filter(programmes::policy_version_id.eq(base))
            .set((
                in_force,
                programmes::version.eq(programmes::version + 1),
                programmes::updated_at.eq(now),
            ))
            .execute(&mut **tx)?,
        // Having a first policy is part of being set up, and no change.
        None => row
            .filter(programmes::policy_version_id.is_null())
            .set(in_force)
            .execute(&mut **tx)?,
    };
    Ok(changed == 1)
}

/// Makes a draft a published version with the next number, and gives the number.
pub(in crate::policy) fn publish(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    id: PolicyVersionId,
    version: i64,
    by: Option<UserId>,
) -> ApiResult<i64> {
    let last: Option<i64> = policy_versions::table
        .filter(policy_versions::programme_id.eq(programme))
        .filter(policy_versions::number.is_not_null())
        .order(policy_versions::number.desc())
        .select(policy_versions::number)
        .first::<Option<i64>>(&mut **tx)
        .optional()?
        .flatten();
    let number = last.unwrap_or(0) + 1;
    let now = tx.wall_now();
    let changed = diesel::update(policy_versions::table)
        .filter(policy_versions::id.eq(id))
        .filter(policy_versions::status.eq(PolicyVersionStatus::Draft))
        .filter(policy_versions::version.eq(version))
        .set((
            policy_versions::status.eq(PolicyVersionStatus::Published),
            policy_versions::number.eq(Some(number)),
            policy_versions::published_by.eq(by),
            policy_versions::published_at.eq(Some(now)),
            policy_versions::version.eq(version + 1),
        ))
        .execute(&mut **tx)?;
    if changed == 1 {
        Ok(number)
    } else {
        Err(ApiError::new(ProblemCode::Stale))
    }
}

/// How many orders a publication would stamp again.
pub(in crate::policy) fn count_orders(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<i64> {
    Ok(orders::table
        .filter(orders::programme_id.eq(programme))
        .filter(orders::status.ne("cancelled"))
        .count()
        .get_result(conn)?)
}

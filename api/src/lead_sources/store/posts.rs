//! Rows of what sources were sent.

use crate::auth::secrets::Secrets;
use crate::db::schema::{lead_source_posts, lead_sources};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lead_sources::intake::Outcome;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::lead_sources::{LeadSourceOutcome, LeadSourcePost, SentField};
use tradepost_contract::{
    FieldError, Id, LeadId, LeadSourceId, LeadSourcePostId, Page, ProblemCode, ProgrammeId, Timestamp,
};

/// A row of `lead_source_posts`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = lead_source_posts)]
struct Row {
    id: LeadSourcePostId,
    lead_source_id: LeadSourceId,
    received_at: Timestamp,
    outcome: LeadSourceOutcome,
    lead_id: Option<LeadId>,
    external_id: Option<String>,
    problem: Option<String>,
    detail: Option<String>,
    /// JSON.
    errors: String,
    /// JSON, sealed.
    fields: Option<String>,
    reruns: i64,
}

impl Row {
    fn shown(self) -> ApiResult<LeadSourcePost> {
        Ok(LeadSourcePost {
            may_rerun: self.fields.is_some(),
            problem: self.problem.as_deref().and_then(|word| word.parse().ok()),
            errors: serde_json::from_str::<Vec<FieldError>>(&self.errors)?,
            id: self.id,
            lead_source_id: self.lead_source_id,
            received_at: self.received_at,
            outcome: self.outcome,
            lead_id: self.lead_id,
            external_id: self.external_id,
            detail: self.detail,
            reruns: self.reruns,
        })
    }
}

/// The columns that say what became of an enquiry.
struct Became {
    outcome: LeadSourceOutcome,
    lead_id: Option<LeadId>,
    problem: Option<ProblemCode>,
    detail: Option<String>,
    errors: String,
}

impl Became {
    fn of(outcome: &Outcome) -> ApiResult<Self> {
        let mut became = Self {
            outcome: outcome.word(),
            lead_id: None,
            problem: None,
            detail: None,
            errors: "[]".to_owned(),
        };
        match outcome {
            Outcome::Accepted(lead) | Outcome::Unchanged(lead) => became.lead_id = Some(*lead),
            Outcome::Ignored(why) => became.detail = Some((*why).to_owned()),
            Outcome::Refused(refusal) => {
                became.problem = Some(refusal.problem);
                became.detail.clone_from(&refusal.detail);
                became.errors = serde_json::to_string(&refusal.errors)?;
            }
        }
        Ok(became)
    }
}

/// Keeps what became of an enquiry; what was sent only where it was refused.
pub(in crate::lead_sources) fn insert(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    source: LeadSourceId,
    external_id: Option<&str>,
    fields: &[SentField],
    outcome: &Outcome,
) -> ApiResult<LeadSourcePost> {
    let id: LeadSourcePostId = tx.new_id();
    let became = Became::of(outcome)?;
    let sealed = match outcome {
        Outcome::Refused(refusal) if refusal.may_rerun => {
            let text = serde_json::to_vec(fields)?;
            Some(secrets.seal(&id.to_string(), &text).map_err(ApiError::internal)?)
        }
        _ => None,
    };
    let row = Row {
        id,
        lead_source_id: source,
        received_at: tx.wall_now(),
        outcome: became.outcome,
        lead_id: became.lead_id,
        external_id: external_id.map(|id| id.trim().chars().take(200).collect()),
        problem: became.problem.map(|code| code.as_str().to_owned()),
        detail: became.detail,
        errors: became.errors,
        fields: sealed,
        reruns: 0,
    };
    diesel::insert_into(lead_source_posts::table)
        .values(&row)
        .execute(&mut **tx)?;
    row.shown()
}

/// Says what became of an enquiry that was read again; false where it is refused no more.
pub(in crate::lead_sources) fn note_rerun(
    tx: &mut Tx<'_>,
    id: LeadSourcePostId,
    external_id: Option<&str>,
    outcome: &Outcome,
) -> ApiResult<bool> {
    let became = Became::of(outcome)?;
    let refused = || {
        lead_source_posts::table
            .find(id)
            .filter(lead_source_posts::outcome.eq(LeadSourceOutcome::Refused))
    };
    if became.outcome != LeadSourceOutcome::Refused {
        // Where there is a lead, what was sent is not kept beside it.
        diesel::update(refused())
            .set(lead_source_posts::fields.eq(None::<String>))
            .execute(&mut **tx)?;
    }
    let changed = diesel::update(refused())
        .set((
            lead_source_posts::outcome.eq(became.outcome),
            lead_source_posts::lead_id.eq(became.lead_id),
            lead_source_posts::external_id.eq(external_id),
            lead_source_posts::problem.eq(became.problem.map(|code| code.as_str())),
            lead_source_posts::detail.eq(became.detail),
            lead_source_posts::errors.eq(became.errors),
            lead_source_posts::reruns.eq(lead_source_posts::reruns + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// What became of an enquiry, with what was sent where it is kept.
pub(in crate::lead_sources) fn get(
    conn: &mut Conn,
    secrets: &Secrets,
    id: LeadSourcePostId,
) -> ApiResult<(LeadSourcePost, Vec<SentField>)> {
    let row: Option<Row> = lead_source_posts::table.find(id).first(conn).optional()?;
    let row = row.ok_or_else(ApiError::not_found)?;
    let opened = row
        .fields
        .as_ref()
        .and_then(|sealed| secrets.open(&id.to_string(), sealed));
    let fields = opened.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
    Ok((row.shown()?, fields.unwrap_or_default()))
}

/// A page of what a source was sent, the latest first.
pub(in crate::lead_sources) fn list(
    conn: &mut Conn,
    source: LeadSourceId,
    outcomes: Option<Vec<LeadSourceOutcome>>,
    window: &Window,
) -> ApiResult<Page<LeadSourcePost>> {
    let mut query = lead_source_posts::table
        .filter(lead_source_posts::lead_source_id.eq(source))
        .into_boxed();
    if let Some(outcomes) = outcomes {
        query = query.filter(lead_source_posts::outcome.eq_any(outcomes));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(lead_source_posts::received_at.le(at))
            .filter(lead_source_posts::received_at.lt(at).or(lead_source_posts::id.lt(id)));
    }
    let rows: Vec<Row> = query
        .order((lead_source_posts::received_at.desc(), lead_source_posts::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let shown = rows.into_iter().map(Row::shown).collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(shown, |post| (post.received_at, post.id.as_i64())))
}

/// Rows that came before, the oldest first, at most so many.
pub(in crate::lead_sources) fn before(conn: &mut Conn, at: Timestamp, most: i64) -> ApiResult<Vec<LeadSourcePostId>> {
    Ok(lead_source_posts::table
        .filter(lead_source_posts::received_at.lt(at))
        .order(lead_source_posts::received_at)
        .limit(most)
        .select(lead_source_posts::id)
        .load(conn)?)
}

/// The programmes of sources that still hold something that was sent and refused.
pub(in crate::lead_sources) fn programmes_with_fields(conn: &mut Conn) -> ApiResult<Vec<ProgrammeId>> {
    use lead_sources as s;
    Ok(lead_source_posts::table
        .inner_join(s::table.on(s::id.eq(lead_source_posts::lead_source_id)))
        .filter(lead_source_posts::fields.is_not_null())
        .select(s::programme_id)
        .distinct()
        .load(conn)?)
}

/// Rows of a programme's sources that came before and still hold what was sent, at most so many.
pub(in crate::lead_sources) fn with_fields_before(
    conn: &mut Conn,
    programme: ProgrammeId,
    at: Timestamp,
    most: i64,
) -> ApiResult<Vec<LeadSourcePostId>> {
    use lead_sources as s;
    Ok(lead_source_posts::table
        .inner_join(s::table.on(s::id.eq(lead_source_posts::lead_source_id)))
        .filter(s::programme_id.eq(programme))
        .filter(lead_source_posts::received_at.lt(at))
        .filter(lead_source_posts::fields.is_not_null())
        .order(lead_source_posts::received_at)
        .limit(most)
        .select(lead_source_posts::id)
        .load(conn)?)
}

/// How many of a programme hold what was sent, and how many of them came before an instant.
pub(in crate::lead_sources) fn count_with_fields(
    conn: &mut Conn,
    programme: ProgrammeId,
    before: Timestamp,
) -> ApiResult<(i64, i64)> {
    use lead_sources as s;
    let kept = || {
        lead_source_posts::table
            .inner_join(s::table.on(s::id.eq(lead_source_posts::lead_source_id)))
            .filter(s::programme_id.eq(programme))
            .filter(lead_source_posts::fields.is_not_null())
    };
    let all = kept().count().get_result(conn)?;
    let old = kept()
        .filter(lead_source_posts::received_at.lt(before))
        .count()
        .get_result(conn)?;
    Ok((all, old))
}

/// What was sent, refused and is still kept, of all sources.
pub(in crate::lead_sources) fn refused(
    conn: &mut Conn,
    secrets: &Secrets,
) -> ApiResult<Vec<(LeadSourcePostId, Vec<SentField>)>> {
    let rows: Vec<(LeadSourcePostId, Option<String>)> = lead_source_posts::table
        .filter(lead_source_posts::fields.is_not_null())
        .select((lead_source_posts::id, lead_source_posts::fields))
        .load(conn)?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, sealed) in rows {
        let opened = sealed.and_then(|sealed| secrets.open(&id.to_string(), &sealed));
        if let Some(bytes) = opened {
            all.push((id, serde_json::from_slice(&bytes)?));
        }
    }
    Ok(all)
}

/// Takes a person out of what was refused: what was sent, the sender's number of it, and words that quote it.
pub(in crate::lead_sources) fn forget_person(tx: &mut Tx<'_>, ids: Vec<LeadSourcePostId>) -> ApiResult<()> {
    diesel::update(lead_source_posts::table.filter(lead_source_posts::id.eq_any(ids)))
        .set((
            lead_source_posts::fields.eq(None::<String>),
            lead_source_posts::external_id.eq(None::<String>),
            lead_source_posts::detail.eq(None::<String>),
            lead_source_posts::errors.eq("[]"),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(in crate::lead_sources) fn forget(tx: &mut Tx<'_>, ids: Vec<LeadSourcePostId>) -> ApiResult<usize> {
    let old = lead_source_posts::table.filter(lead_source_posts::id.eq_any(ids));
    Ok(diesel::delete(old).execute(&mut **tx)?)
}

pub(in crate::lead_sources) fn forget_fields(tx: &mut Tx<'_>, ids: Vec<LeadSourcePostId>) -> ApiResult<usize> {
    let old = lead_source_posts::table.filter(lead_source_posts::id.eq_any(ids));
    Ok(diesel::update(old)
        .set(lead_source_posts::fields.eq(None::<String>))
        .execute(&mut **tx)?)
}

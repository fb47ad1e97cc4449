//! Rows of programmes.

use crate::auth::Scope;
use crate::db::schema::{legal_entities, programmes, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::programmes::{Brand, CreateProgramme, Preset, Programme, ProgrammeStatus};
use tradepost_contract::{Currency, Id, LegalEntityId, Page, PolicyVersionId, ProblemCode, ProgrammeId, Timestamp};

type Row = (
    ProgrammeId,
    String,
    String,
    Preset,
    LegalEntityId,
    String,
    String,
    Currency,
    String,
    ProgrammeStatus,
    Option<PolicyVersionId>,
    i64,
    Timestamp,
    Timestamp,
);

fn programme(row: Row) -> ApiResult<Programme> {
    let (
        id,
        slug,
        name,
        preset,
        legal_entity_id,
        brand,
        time_zone,
        currency,
        country,
        status,
        policy,
        version,
        created_at,
        updated_at,
    ) = row;
    let brand: Brand = serde_json::from_str(&brand)?;
    let policy_version_id = policy.ok_or_else(|| ApiError::internal("a programme without a policy"))?;
    Ok(Programme {
        id,
        slug,
        name,
        preset,
        legal_entity_id,
        brand,
        time_zone,
        currency,
        country,
        status,
        policy_version_id,
        version,
        created_at,
        updated_at,
    })
}

/// The programmes that somebody sees: all for staff, their own for everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Visible {
    /// Every one.
    All,
    /// These, and none if the list is empty.
    Only(Vec<ProgrammeId>),
}

impl Visible {
    /// Whether this one is seen.
    pub(crate) fn includes(&self, id: ProgrammeId) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&id),
        }
    }
}

/// What a scope sees of the programmes.
pub(crate) fn visible(conn: &mut Conn, scope: &Scope) -> ApiResult<Visible> {
    let own = match scope.supplier() {
        None => scope.programme(),
        Some(supplier) => suppliers::table
            .filter(suppliers::id.eq(supplier))
            .select(suppliers::programme_id)
            .first(conn)
            .optional()?
            .filter(|programme| scope.allows_programme(*programme)),
    };
    let narrow = scope.supplier().is_some() || scope.programme().is_some();
    Ok(if narrow {
        Visible::Only(own.into_iter().collect())
    } else {
        Visible::All
    })
}

/// 404 unless the programme is there and the caller may see it.
pub(crate) fn expect(conn: &mut Conn, scope: &Scope, id: ProgrammeId) -> ApiResult<()> {
    let found = programmes::table
        .filter(programmes::id.eq(id))
        .select(programmes::id)
        .first::<ProgrammeId>(conn);
    let seen = found.optional()?.is_some() && visible(conn, scope)?.includes(id);
    if seen { Ok(()) } else { Err(ApiError::not_found()) }
}

pub(super) fn get(conn: &mut Conn, scope: &Scope, id: ProgrammeId) -> ApiResult<Programme> {
    expect(conn, scope, id)?;
    let row = programmes::table
        .filter(programmes::id.eq(id))
        .select(programmes::all_columns)
        .first::<Row>(conn)
        .optional()?;
    programme(row.ok_or_else(ApiError::not_found)?)
}

/// The programme that was set up first: the one in whose name the seller writes where no other is meant.
pub(crate) fn oldest(conn: &mut Conn) -> ApiResult<Option<ProgrammeId>> {
    Ok(programmes::table
        .order(programmes::id)
        .select(programmes::id)
        .first(conn)
        .optional()?)
}

/// Every programme and the name of its time zone, for jobs that follow a programme's own days.
pub(crate) fn zones(conn: &mut Conn) -> ApiResult<Vec<(ProgrammeId, String)>> {
    Ok(programmes::table
        .order(programmes::id)
        .select((programmes::id, programmes::time_zone))
        .load(conn)?)
}

/// Which programmes to list.
pub(super) struct Filter {
    pub(super) slug: Option<String>,
    pub(super) statuses: Option<Vec<ProgrammeStatus>>,
}

pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: &Filter, window: &Window) -> ApiResult<Page<Programme>> {
    let mut query = programmes::table
        .order((programmes::created_at.desc(), programmes::id.desc()))
        .limit(window.fetch())
        .select(programmes::all_columns)
        .into_boxed();
    if let Visible::Only(ids) = visible(conn, scope)? {
        query = query.filter(programmes::id.eq_any(ids));
    }
    if let Some(slug) = &filter.slug {
        query = query.filter(programmes::slug.eq(slug.clone()));
    }
    if let Some(statuses) = &filter.statuses {
        query = query.filter(programmes::status.eq_any(statuses.clone()));
    }
    if let Some((at, id)) = window.after() {
        let id = ProgrammeId::from_i64(id);
        query = query
            .filter(programmes::created_at.le(at))
            .filter(programmes::created_at.lt(at).or(programmes::id.lt(id)));
    }
    let rows = query.load::<Row>(conn)?;
    let rows = rows.into_iter().map(programme).collect::<ApiResult<_>>()?;
    Ok(window.finish(rows, |programme| (programme.created_at, programme.id.as_i64())))
}

/// A new programme, which has no policy yet.
pub(super) fn insert(tx: &mut Tx<'_>, body: &CreateProgramme) -> ApiResult<ProgrammeId> {
    let entity = legal_entities::table.filter(legal_entities::id.eq(body.legal_entity_id));
    let known = entity.select(legal_entities::id).first::<i64>(&mut **tx).optional()?;
    if known.is_none() {
        return Err(ApiError::unknown_id("/legal_entity_id"));
    }
    let (id, now): (ProgrammeId, _) = (tx.new_id(), tx.wall_now());
    diesel::insert_into(programmes::table)
        .values((
            programmes::id.eq(id),
            programmes::slug.eq(&body.slug),
            programmes::name.eq(body.name.trim()),
            programmes::preset.eq(body.preset),
            programmes::legal_entity_id.eq(body.legal_entity_id),
            programmes::brand.eq(serde_json::to_string(&body.brand)?),
            programmes::time_zone.eq(&body.time_zone),
            programmes::currency.eq(body.currency),
            programmes::country.eq(&body.country),
            programmes::status.eq(ProgrammeStatus::Active),
            programmes::version.eq(1),
            programmes::created_at.eq(now),
            programmes::updated_at.eq(now),
        ))
        .execute(&mut **tx)
        .map_err(|cause| {
            if is_unique_violation(&cause) {
                let message = "Another programme has this short name.";
                ApiError::new(ProblemCode::Duplicate).field("/slug", "taken", message)
            } else {
                cause.into()
            }
        })?;
    Ok(id)
}

/// Saves name, brand and status, unless somebody changed the row meanwhile.
pub(super) fn update(tx: &mut Tx<'_>, changed: &Programme) -> ApiResult<()> {
    let now = tx.wall_now();
    let rows = diesel::update(programmes::table)
        .filter(programmes::id.eq(changed.id))
        .filter(programmes::version.eq(changed.version))
        .set((
            programmes::name.eq(&changed.name),
            programmes::brand.eq(serde_json::to_string(&changed.brand)?),
            programmes::status.eq(changed.status),
            programmes::version.eq(changed.version + 1),
            programmes::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    if rows == 1 {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::Stale))
    }
}

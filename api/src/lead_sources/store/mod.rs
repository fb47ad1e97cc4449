//! Rows of sources. What they were sent stands in `store/posts.rs`.

pub(super) mod posts;

use crate::auth::secrets::Secrets;
use crate::db::schema::{lead_products, lead_sources, programmes};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use time::Duration;
use tradepost_contract::lead_imports::ImportMapping;
use tradepost_contract::lead_sources::{LeadSource, LeadSourceKind, LeadSourceStatus};
use tradepost_contract::{Id, LeadProductId, LeadSourceId, Page, ProgrammeId, Timestamp};

/// How exact the instants of the last request are.
const GRAIN: Duration = Duration::minutes(1);

/// A row of `lead_sources`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = lead_sources)]
pub(super) struct Row {
    pub(super) id: LeadSourceId,
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) kind: LeadSourceKind,
    pub(super) name: String,
    pub(super) source: Option<String>,
    pub(super) campaign: Option<String>,
    /// JSON.
    pub(super) mapping: String,
    /// By which the address is found.
    pub(super) token_hash: String,
    /// Sealed, to show the address.
    pub(super) token: String,
    /// Sealed.
    pub(super) secret: String,
    /// Sealed.
    pub(super) previous_secret: Option<String>,
    pub(super) previous_secret_until: Option<Timestamp>,
    /// Sealed.
    pub(super) app_secret: Option<String>,
    pub(super) requires_secret: bool,
    pub(super) requests_per_minute: i64,
    pub(super) status: LeadSourceStatus,
    pub(super) last_received_at: Option<Timestamp>,
    pub(super) last_denied_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) version: i64,
}

/// What is sealed, each for a place of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sealed {
    Token,
    Secret,
    AppSecret,
}

/// Where something of this source is sealed for.
pub(super) fn place(id: LeadSourceId, what: Sealed) -> String {
    match what {
        Sealed::Token => format!("{id}/token"),
        Sealed::Secret => format!("{id}/secret"),
        Sealed::AppSecret => format!("{id}/app"),
    }
}

impl Row {
    pub(super) fn mapping(&self) -> ApiResult<ImportMapping> {
        Ok(serde_json::from_str(&self.mapping)?)
    }

    /// The secrets that count now.
    pub(super) fn secrets(&self, secrets: &Secrets, now: Timestamp) -> Vec<Vec<u8>> {
        let previous = self
            .previous_secret
            .as_ref()
            .filter(|_| self.previous_secret_until.is_some_and(|until| now < until));
        let sealed = [Some(&self.secret), previous].into_iter().flatten();
        sealed
            .filter_map(|sealed| secrets.open(&place(self.id, Sealed::Secret), sealed))
            .collect()
    }
}

/// What it takes to show a source: the keys, and where the server is reached.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) secrets: Secrets,
    pub(super) public_url: String,
}

type Joined = (Row, String, String);

impl View {
    fn shown(&self, (row, programme_name, product_name): Joined) -> ApiResult<LeadSource> {
        let token = self.secrets.open(&place(row.id, Sealed::Token), &row.token);
        // After two changes of the installation's secret the address is known to its sender alone.
        let token = token
            .and_then(|token| String::from_utf8(token).ok())
            .unwrap_or_default();
        Ok(LeadSource {
            mapping: row.mapping()?,
            intake_url: format!("{}{}{token}", self.public_url, super::INTAKE),
            has_app_secret: row.app_secret.is_some(),
            id: row.id,
            programme_id: row.programme_id,
            programme_name,
            product_id: row.product_id,
            product_name,
            kind: row.kind,
            name: row.name,
            source: row.source,
            campaign: row.campaign,
            requires_secret: row.requires_secret,
            status: row.status,
            previous_secret_until: row.previous_secret_until,
            requests_per_minute: row.requests_per_minute,
            last_received_at: row.last_received_at,
            last_denied_at: row.last_denied_at,
            created_at: row.created_at,
            version: row.version,
        })
    }

    pub(super) fn get(&self, conn: &mut Conn, id: LeadSourceId) -> ApiResult<LeadSource> {
        let row = lead_sources::table
            .inner_join(programmes::table)
            .inner_join(lead_products::table)
            .filter(lead_sources::id.eq(id))
            .select((lead_sources::all_columns, programmes::name, lead_products::name))
            .first::<Joined>(conn)
            .optional()?;
        self.shown(row.ok_or_else(ApiError::not_found)?)
    }

    /// A page of sources, the latest first.
    pub(super) fn list(&self, conn: &mut Conn, filter: Filter, window: &Window) -> ApiResult<Page<LeadSource>> {
        let mut query = lead_sources::table
            .inner_join(programmes::table)
            .inner_join(lead_products::table)
            .select((lead_sources::all_columns, programmes::name, lead_products::name))
            .into_boxed();
        if let Some(programme) = filter.programme {
            query = query.filter(lead_sources::programme_id.eq(programme));
        }
        if let Some(kinds) = filter.kinds {
            query = query.filter(lead_sources::kind.eq_any(kinds));
        }
        if let Some(status) = filter.status {
            query = query.filter(lead_sources::status.eq(status));
        }
        if let Some((at, id)) = window.after() {
            query = query
                .filter(lead_sources::created_at.le(at))
                .filter(lead_sources::created_at.lt(at).or(lead_sources::id.lt(id)));
        }
        let rows = query
            .order((lead_sources::created_at.desc(), lead_sources::id.desc()))
            .limit(window.fetch())
            .load::<Joined>(conn)?;
        let shown = rows
            .into_iter()
            .map(|row| self.shown(row))
            .collect::<ApiResult<Vec<_>>>()?;
        Ok(window.finish(shown, |source| (source.created_at, source.id.as_i64())))
    }
}

/// Which sources a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) programme: Option<ProgrammeId>,
    pub(super) kinds: Option<Vec<LeadSourceKind>>,
    pub(super) status: Option<LeadSourceStatus>,
}

pub(super) fn by_token(conn: &mut Conn, token_hash: &str) -> ApiResult<Option<Row>> {
    Ok(lead_sources::table
        .filter(lead_sources::token_hash.eq(token_hash))
        .first(conn)
        .optional()?)
}

pub(super) fn row(conn: &mut Conn, id: LeadSourceId) -> ApiResult<Row> {
    let row = lead_sources::table.find(id).first(conn).optional()?;
    row.ok_or_else(ApiError::not_found)
}

/// The row, kept from others until the transaction ends.
pub(super) fn hold(tx: &mut Tx<'_>, id: LeadSourceId) -> ApiResult<Row> {
    diesel::update(lead_sources::table.find(id))
        .set(lead_sources::version.eq(lead_sources::version))
        .execute(&mut **tx)?;
    row(tx, id)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(lead_sources::table)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

/// Saves what staff change, as the next version.
pub(super) fn save(tx: &mut Tx<'_>, row: &mut Row) -> ApiResult<()> {
    row.version += 1;
    row.updated_at = tx.wall_now();
    diesel::update(lead_sources::table.find(row.id))
        .set((
            lead_sources::product_id.eq(row.product_id),
            lead_sources::name.eq(&row.name),
            lead_sources::source.eq(&row.source),
            lead_sources::campaign.eq(&row.campaign),
            lead_sources::mapping.eq(&row.mapping),
            lead_sources::secret.eq(&row.secret),
            lead_sources::previous_secret.eq(&row.previous_secret),
            lead_sources::previous_secret_until.eq(row.previous_secret_until),
            lead_sources::app_secret.eq(&row.app_secret),
            lead_sources::requires_secret.eq(row.requires_secret),
            lead_sources::requests_per_minute.eq(row.requests_per_minute),
            lead_sources::status.eq(row.status),
            lead_sources::updated_at.eq(row.updated_at),
            lead_sources::version.eq(row.version),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether an instant is so old that it is worth a write.
pub(super) fn is_old(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_none_or(|at| now.since(at) > GRAIN)
}

pub(super) fn note_received(tx: &mut Tx<'_>, id: LeadSourceId, now: Timestamp) -> ApiResult<()> {
    diesel::update(lead_sources::table.find(id))
        .set(lead_sources::last_received_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn note_denied(tx: &mut Tx<'_>, id: LeadSourceId, now: Timestamp) -> ApiResult<()> {
    diesel::update(lead_sources::table.find(id))
        .set(lead_sources::last_denied_at.eq(now))
        .execute(&mut **tx)?;
    Ok(())
}

/// Seals anew what was sealed under the installation's secret before the last change.
pub(super) fn seal_anew(tx: &mut Tx<'_>, row: &Row, secrets: &Secrets) -> ApiResult<()> {
    let anew = |sealed: &str, what: Sealed| -> ApiResult<String> {
        let place = place(row.id, what);
        match secrets.open(&place, sealed) {
            Some(bytes) => secrets.seal(&place, &bytes).map_err(ApiError::internal),
            None => Ok(sealed.to_owned()),
        }
    };
    let same = lead_sources::table
        .find(row.id)
        .filter(lead_sources::version.eq(row.version));
    let app_secret = row.app_secret.as_deref().map(|sealed| anew(sealed, Sealed::AppSecret));
    diesel::update(same)
        .set((
            lead_sources::token.eq(anew(&row.token, Sealed::Token)?),
            lead_sources::secret.eq(anew(&row.secret, Sealed::Secret)?),
            lead_sources::app_secret.eq(app_secret.transpose()?),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whether there are secrets whose time is over.
pub(super) fn has_old_secrets(conn: &mut Conn, now: Timestamp) -> ApiResult<bool> {
    let over = lead_sources::table.filter(lead_sources::previous_secret_until.le(now));
    Ok(diesel::select(diesel::dsl::exists(over)).get_result(conn)?)
}

/// Secrets whose time is over are not kept.
pub(super) fn forget_previous_secrets(tx: &mut Tx<'_>, now: Timestamp) -> ApiResult<usize> {
    let over = lead_sources::table.filter(lead_sources::previous_secret_until.le(now));
    Ok(diesel::update(over)
        .set((
            lead_sources::previous_secret.eq(None::<String>),
            lead_sources::previous_secret_until.eq(None::<Timestamp>),
        ))
        .execute(&mut **tx)?)
}

/// Whether there is such a programme.
pub(super) fn programme_exists(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<bool> {
    let found = programmes::table.find(programme);
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// Whether there is such a product in this programme.
pub(super) fn product_exists(conn: &mut Conn, programme: ProgrammeId, product: LeadProductId) -> ApiResult<bool> {
    let found = lead_products::table
        .find(product)
        .filter(lead_products::programme_id.eq(programme));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

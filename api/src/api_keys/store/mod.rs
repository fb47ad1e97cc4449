//! Rows of `api_keys`. What keys asked for stands in `store/requests.rs`.

pub(super) mod requests;

use diesel::prelude::*;
use tradepost_contract::api_keys::{ApiKey, ApiKeyStatus};
use tradepost_contract::{ApiKeyId, Id, Page, ProgrammeId, SupplierId, Timestamp, UserId};

use super::ops::NewKey;
use crate::db::schema::api_keys::dsl;
use crate::db::schema::{programmes, suppliers};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::lists::Window;

type Columns = (
    Key,
    // The name of the supplier it is bound to.
    Option<String>,
);

type Key = (
    ApiKeyId,
    String,
    String,
    String,
    Option<ProgrammeId>,
    Option<SupplierId>,
    Option<UserId>,
    Timestamp,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    i64,
    i64,
);

macro_rules! columns {
    () => {
        (
            (
                dsl::id,
                dsl::public_id,
                dsl::name,
                dsl::scopes,
                dsl::programme_id,
                dsl::supplier_id,
                dsl::created_by,
                dsl::created_at,
                dsl::expires_at,
                dsl::last_used_at,
                dsl::revoked_at,
                dsl::previous_secret_until,
                dsl::requests_per_minute,
                dsl::version,
            ),
            suppliers::name.nullable(),
        )
    };
}

fn key_of((row, supplier_name): Columns, now: Timestamp) -> ApiResult<ApiKey> {
    let (
        id,
        public_id,
        name,
        scopes,
        programme_id,
        supplier_id,
        created_by,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
        previous_secret_until,
        requests_per_minute,
        version,
    ) = row;
    let status = match revoked_at {
        Some(_) => ApiKeyStatus::Revoked,
        None if expires_at <= now => ApiKeyStatus::Expired,
        None => ApiKeyStatus::Active,
    };
    Ok(ApiKey {
        id,
        public_id,
        name,
        scopes: serde_json::from_str(&scopes)?,
        programme_id,
        supplier_id,
        supplier_name,
        status,
        created_by,
        created_at,
        expires_at,
        last_used_at,
        revoked_at,
        previous_secret_until: previous_secret_until.filter(|until| now < *until && revoked_at.is_none()),
        requests_per_minute,
        version,
    })
}

pub(super) fn get(conn: &mut Conn, id: ApiKeyId, now: Timestamp) -> ApiResult<Option<ApiKey>> {
    let row = dsl::api_keys
        .left_join(suppliers::table)
        .filter(dsl::id.eq(id))
        .select(columns!())
        .first::<Columns>(conn)
        .optional()?;
    row.map(|row| key_of(row, now)).transpose()
}

/// What a list of keys is narrowed by.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) status: Option<ApiKeyStatus>,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) programme_id: Option<ProgrammeId>,
}

pub(super) fn list(conn: &mut Conn, filter: &Filter, now: Timestamp, window: &Window) -> ApiResult<Page<ApiKey>> {
    let mut query = dsl::api_keys
        .left_join(suppliers::table)
        .select(columns!())
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    query = match filter.status {
        None => query,
        Some(ApiKeyStatus::Revoked) => query.filter(dsl::revoked_at.is_not_null()),
        Some(ApiKeyStatus::Expired) => query.filter(dsl::revoked_at.is_null().and(dsl::expires_at.le(now))),
        Some(ApiKeyStatus::Active) => query.filter(dsl::revoked_at.is_null().and(dsl::expires_at.gt(now))),
    };
    if let Some(supplier) = filter.supplier_id {
        query = query.filter(dsl::supplier_id.eq(supplier));
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(dsl::programme_id.eq(programme));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(dsl::created_at.le(at))
            .filter(dsl::created_at.lt(at).or(dsl::id.lt(ApiKeyId::from_i64(id))));
    }
    let keys = query
        .load::<Columns>(conn)?
        .into_iter()
        .map(|row| key_of(row, now))
        .collect::<ApiResult<Vec<_>>>()?;
    Ok(window.finish(keys, |key| (key.created_at, key.id.as_i64())))
}

/// The programme a supplier buys in, if there is such a supplier.
pub(super) fn programme_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<ProgrammeId>> {
    Ok(suppliers::table
        .find(supplier)
        .select(suppliers::programme_id)
        .first(conn)
        .optional()?)
}

pub(super) fn programme_exists(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<bool> {
    let found = programmes::table
        .find(programme)
        .select(programmes::id)
        .first::<ProgrammeId>(conn)
        .optional()?;
    Ok(found.is_some())
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    new: &NewKey,
    public_id: &str,
    secret_hash: &str,
    created_by: Option<UserId>,
) -> ApiResult<ApiKeyId> {
    let id: ApiKeyId = tx.new_id();
    let now = tx.wall_now();
    diesel::insert_into(dsl::api_keys)
        .values((
            dsl::id.eq(id),
            dsl::public_id.eq(public_id),
            dsl::secret_hash.eq(secret_hash),
            dsl::name.eq(&new.name),
            dsl::scopes.eq(serde_json::to_string(&new.scopes)?),
            dsl::programme_id.eq(new.programme_id),
            dsl::supplier_id.eq(new.supplier_id),
            dsl::created_by.eq(created_by),
            dsl::created_at.eq(now),
            dsl::expires_at.eq(now.plus(new.good_for)),
            dsl::requests_per_minute.eq(new.requests_per_minute),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

/// Takes a key back; false when it was taken back before.
pub(super) fn revoke(tx: &mut Tx<'_>, id: ApiKeyId) -> ApiResult<bool> {
    let now = tx.wall_now();
    let open = dsl::api_keys.filter(dsl::id.eq(id).and(dsl::revoked_at.is_null()));
    Ok(diesel::update(open).set(dsl::revoked_at.eq(now)).execute(&mut **tx)? == 1)
}

/// Keeps the key from others until the transaction ends.
pub(super) fn hold(tx: &mut Tx<'_>, id: ApiKeyId) -> ApiResult<()> {
    diesel::update(dsl::api_keys.find(id))
        .set(dsl::version.eq(dsl::version))
        .execute(&mut **tx)?;
    Ok(())
}

/// Saves what a key is called and how much it may send, as its next version.
pub(super) fn change(tx: &mut Tx<'_>, id: ApiKeyId, name: &str, requests_per_minute: i64) -> ApiResult<()> {
    diesel::update(dsl::api_keys.find(id))
        .set((
            dsl::name.eq(name),
            dsl::requests_per_minute.eq(requests_per_minute),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Replaces the secret; the one that was there counts until then, where that is said.
pub(super) fn rotate(
    tx: &mut Tx<'_>,
    id: ApiKeyId,
    secret_hash: &str,
    previous_until: Option<Timestamp>,
    expires_at: Timestamp,
) -> ApiResult<()> {
    let old: String = dsl::api_keys.find(id).select(dsl::secret_hash).first(&mut **tx)?;
    diesel::update(dsl::api_keys.find(id))
        .set((
            dsl::secret_hash.eq(secret_hash),
            dsl::previous_secret_hash.eq(previous_until.map(|_| old)),
            dsl::previous_secret_until.eq(previous_until),
            dsl::expires_at.eq(expires_at),
            dsl::version.eq(dsl::version + 1),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

//! Rows of looks.

use crate::auth::secrets::Secrets;
use crate::auth::tokens::{self, Access};
use crate::auth::{Principal, SupplierPerson};
use crate::db::schema::{impersonations, sessions, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use tradepost_contract::auth::SecretText;
use tradepost_contract::impersonations::{Impersonation, ImpersonationEnd, ImpersonationToken, MyImpersonation};
use tradepost_contract::people::SupplierRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{ImpersonationId, SessionId, SupplierId, Timestamp, UserId};

/// A look that begins.
#[derive(Debug)]
pub(super) struct Begun<'a> {
    pub(super) id: ImpersonationId,
    pub(super) supplier: SupplierId,
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) reason: &'a str,
    pub(super) expires_at: Timestamp,
}

pub(super) fn insert(tx: &mut Tx<'_>, begun: &Begun<'_>) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::insert_into(impersonations::table)
        .values((
            impersonations::id.eq(begun.id),
            impersonations::supplier_id.eq(begun.supplier),
            impersonations::user_id.eq(begun.user),
            impersonations::session_id.eq(begun.session),
            impersonations::reason.eq(begun.reason),
            impersonations::started_at.eq(now),
            impersonations::expires_at.eq(begun.expires_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn supplier_exists(conn: &mut Conn, supplier: SupplierId) -> ApiResult<bool> {
    let found = suppliers::table.find(supplier).select(suppliers::id);
    Ok(found.first::<SupplierId>(conn).optional()?.is_some())
}

/// The open looks of a session: at most one.
pub(super) fn open_of(conn: &mut Conn, session: SessionId) -> ApiResult<Vec<ImpersonationId>> {
    let open = impersonations::session_id
        .eq(session)
        .and(impersonations::ended_at.is_null());
    Ok(impersonations::table
        .filter(open)
        .select(impersonations::id)
        .load(conn)?)
}

/// Ends a look; false where it had ended.
pub(super) fn end(tx: &mut Tx<'_>, id: ImpersonationId, why: ImpersonationEnd) -> ApiResult<bool> {
    let now = tx.wall_now();
    let open = impersonations::id.eq(id).and(impersonations::ended_at.is_null());
    let ended = diesel::update(impersonations::table.filter(open))
        .set((impersonations::ended_at.eq(now), impersonations::end_reason.eq(why)))
        .execute(&mut **tx)?;
    Ok(ended == 1)
}

/// Looks whose time is over, or whose session has ended.
pub(super) fn over(conn: &mut Conn, now: Timestamp, limit: i64) -> ApiResult<Vec<(ImpersonationId, ImpersonationEnd)>> {
    let rows: Vec<(ImpersonationId, Timestamp)> = impersonations::table
        .left_join(sessions::table.on(sessions::id.eq(impersonations::session_id)))
        .filter(impersonations::ended_at.is_null())
        .filter(
            impersonations::expires_at
                .le(now)
                .or(sessions::id.is_null())
                .or(sessions::revoked_at.is_not_null()),
        )
        .order(impersonations::id)
        .limit(limit)
        .select((impersonations::id, impersonations::expires_at))
        .load(conn)?;
    let why = |expires_at: Timestamp| match expires_at <= now {
        true => ImpersonationEnd::TimeOver,
        false => ImpersonationEnd::SignedOut,
    };
    Ok(rows.into_iter().map(|(id, expires_at)| (id, why(expires_at))).collect())
}

type Columns = (
    (ImpersonationId, SupplierId, String, UserId, String),
    (Timestamp, Timestamp, Option<Timestamp>, Option<ImpersonationEnd>),
);

/// One look.
pub(super) fn get(conn: &mut Conn, id: ImpersonationId) -> ApiResult<Impersonation> {
    let row: Option<Columns> = impersonations::table
        .inner_join(suppliers::table.on(suppliers::id.eq(impersonations::supplier_id)))
        .filter(impersonations::id.eq(id))
        .select((
            (
                impersonations::id,
                impersonations::supplier_id,
                suppliers::name,
                impersonations::user_id,
                impersonations::reason,
            ),
            (
                impersonations::started_at,
                impersonations::expires_at,
                impersonations::ended_at,
                impersonations::end_reason,
            ),
        ))
        .first(conn)
        .optional()?;
    let (look, times) = row.ok_or_else(ApiError::not_found)?;
    let (id, supplier_id, supplier_name, user_id, reason) = look;
    let (started_at, expires_at, ended_at, end_reason) = times;
    Ok(Impersonation {
        id,
        supplier_id,
        supplier_name,
        user_id,
        reason,
        started_at,
        expires_at,
        ended_at,
        end_reason,
    })
}

/// The look of who asks.
pub(crate) fn mine(conn: &mut Conn, id: ImpersonationId) -> ApiResult<MyImpersonation> {
    let expires_at = impersonations::table
        .find(id)
        .select(impersonations::expires_at)
        .first(conn)?;
    Ok(MyImpersonation { id, expires_at })
}

/// Somebody who looks, as the gate knows them.
#[derive(Debug)]
pub(crate) struct Looker {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    pub(crate) token_version: i64,
    pub(crate) started_at: Timestamp,
    /// When the look or the session is over, whichever comes first.
    pub(crate) ends_at: Timestamp,
    pub(crate) principal: Principal,
}

impl Looker {
    /// A token for the look: of a supplier's kind, and of nobody's session but the one that began it.
    pub(super) fn token(
        &self,
        secrets: &Secrets,
        id: ImpersonationId,
        now: Timestamp,
    ) -> ApiResult<ImpersonationToken> {
        let access = Access {
            user_id: self.user_id,
            session_id: self.session_id,
            token_version: self.token_version,
            audience: Audience::Supplier,
            impersonation: Some(id),
        };
        let token = tokens::mint(secrets, &access, now).map_err(ApiError::internal)?;
        Ok(ImpersonationToken {
            access_token: SecretText::new(token),
            token_type: "Bearer".to_owned(),
            expires_in: tokens::ACCESS_SECONDS,
        })
    }
}

type LookerColumns = (
    (UserId, SupplierId, SessionId, Timestamp, Timestamp),
    (String, i64),
    Timestamp,
);

/// Who looks, while neither the look nor their session has ended and they may still look.
pub(crate) fn looker(conn: &mut Conn, id: ImpersonationId) -> ApiResult<Option<Looker>> {
    let row: Option<LookerColumns> = impersonations::table
        .inner_join(sessions::table.on(sessions::id.eq(impersonations::session_id)))
        .inner_join(users::table.on(users::id.eq(impersonations::user_id)))
        .filter(impersonations::id.eq(id).and(impersonations::ended_at.is_null()))
        .filter(sessions::revoked_at.is_null())
        .filter(
            users::status
                .eq(UserStatus::Active)
                .and(users::audience.eq(Audience::Staff)),
        )
        .select((
            (
                impersonations::user_id,
                impersonations::supplier_id,
                impersonations::session_id,
                impersonations::started_at,
                impersonations::expires_at,
            ),
            (users::name, users::token_version),
            sessions::expires_at,
        ))
        .first(conn)
        .optional()?;
    let Some((look, (name, token_version), session_ends_at)) = row else {
        return Ok(None);
    };
    let (user_id, supplier_id, session_id, started_at, expires_at) = look;
    let staff = crate::users::principal(conn, user_id, Audience::Staff, name.clone())?;
    if !staff.is_some_and(|staff| staff.may(Permission::SuppliersImpersonate)) {
        return Ok(None);
    }
    Ok(Some(Looker {
        user_id,
        session_id,
        token_version,
        started_at,
        ends_at: expires_at.min(session_ends_at),
        principal: Principal::Supplier(SupplierPerson {
            user_id,
            name,
            supplier_id,
            role: SupplierRole::Owner,
            businesses: None,
        }),
    }))
}

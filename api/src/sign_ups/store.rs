//! What signing up looks up.

use crate::db::Conn;
use crate::db::schema::{memberships, programmes, suppliers, users};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::{ProgrammeId, SupplierId, UserId};

/// The programme with this short name.
pub(super) fn programme(conn: &mut Conn, slug: &str) -> ApiResult<Option<ProgrammeId>> {
    Ok(programmes::table
        .filter(programmes::slug.eq(slug))
        .select(programmes::id)
        .first(conn)
        .optional()?)
}

/// Somebody who signs in with an e-mail already.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Known {
    pub(super) user: UserId,
    pub(super) email: String,
    pub(super) supplier: Option<SupplierId>,
    pub(super) programme: Option<ProgrammeId>,
}

/// Who signs in with this e-mail, whatever its case.
pub(super) fn known(conn: &mut Conn, email: &str) -> ApiResult<Option<Known>> {
    Ok(users::table
        .left_join(memberships::table.inner_join(suppliers::table))
        .filter(users::email.eq(email.to_lowercase()))
        .select((
            users::id,
            users::email_as_typed,
            suppliers::id.nullable(),
            suppliers::programme_id.nullable(),
        ))
        .first(conn)
        .optional()?)
}

//! Rows of `mail_templates`.

use crate::db::schema::{mail_templates, users};
use crate::db::{Conn, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::{ProgrammeId, Timestamp, UserId};

/// What a programme says instead of ours.
#[derive(Debug, Clone, Default, Queryable)]
pub(super) struct Own {
    /// Nothing where it was put back.
    pub(super) source: Option<String>,
    pub(super) version: i64,
    pub(super) updated_at: Option<Timestamp>,
}

/// The words that a programme has of its own for a kind of message.
pub(crate) fn own(conn: &mut Conn, programme: ProgrammeId, kind: NotificationKind) -> ApiResult<Option<String>> {
    Ok(get(conn, programme, kind)?.source)
}

pub(super) fn get(conn: &mut Conn, programme: ProgrammeId, kind: NotificationKind) -> ApiResult<Own> {
    let found = mail_templates::table
        .find((programme, kind))
        .select((
            mail_templates::source,
            mail_templates::version,
            mail_templates::updated_at.nullable(),
        ))
        .first(conn)
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(super) fn all(conn: &mut Conn, programme: ProgrammeId) -> ApiResult<HashMap<NotificationKind, Own>> {
    let rows: Vec<(NotificationKind, Own)> = mail_templates::table
        .filter(mail_templates::programme_id.eq(programme))
        .select((
            mail_templates::kind,
            (
                mail_templates::source,
                mail_templates::version,
                mail_templates::updated_at.nullable(),
            ),
        ))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Writes a template over the version that was seen; false where somebody else was faster.
pub(super) fn put(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    kind: NotificationKind,
    seen: i64,
    source: Option<&str>,
) -> ApiResult<bool> {
    use mail_templates as t;
    let now = tx.business_now();
    let written = if seen == 0 {
        let row = (
            t::programme_id.eq(programme),
            t::kind.eq(kind),
            t::source.eq(source),
            t::version.eq(1_i64),
            t::updated_at.eq(now),
        );
        let insert = diesel::insert_into(t::table).values(row);
        either!(&mut **tx, conn => insert.on_conflict_do_nothing().execute(conn))?
    } else {
        diesel::update(t::table.find((programme, kind)).filter(t::version.eq(seen)))
            .set((t::source.eq(source), t::version.eq(seen + 1), t::updated_at.eq(now)))
            .execute(&mut **tx)?
    };
    Ok(written == 1)
}

/// Where a person is written to.
pub(super) fn address_of(conn: &mut Conn, user: UserId) -> ApiResult<String> {
    Ok(users::table.find(user).select(users::email_as_typed).first(conn)?)
}

//! Rows of agreements.

use super::rules;
use crate::auth::Scope;
use crate::db::schema::{agreements, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::agreements::Agreement;
use tradepost_contract::policy::AgreementTerm;
use tradepost_contract::{AgreementId, Id, LocalDate, ProgrammeId, SupplierId, Timestamp};

/// An agreement's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = agreements)]
pub(super) struct Row {
    pub(super) id: AgreementId,
    pub(super) supplier_id: SupplierId,
    pub(super) title: String,
    pub(super) term: AgreementTerm,
    pub(super) starts_on: LocalDate,
    pub(super) ends_on: Option<LocalDate>,
    pub(super) policy_override: String,
    pub(super) document: String,
    pub(super) next_change_at: Option<Timestamp>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    /// As it is shown; the text only where the agreement is shown by itself.
    pub(super) fn shown(
        self,
        in_force: Option<AgreementId>,
        today: LocalDate,
        with_document: bool,
    ) -> ApiResult<Agreement> {
        let renews_on = rules::renewal_after(self.term, self.starts_on, self.ends_on, today);
        Ok(Agreement {
            id: self.id,
            supplier_id: self.supplier_id,
            title: self.title,
            term: self.term,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            renews_on: renews_on.filter(|_| in_force == Some(self.id)),
            in_force: in_force == Some(self.id),
            policy_override: serde_json::from_str(&self.policy_override)?,
            document: with_document.then_some(self.document),
            version: self.version,
            created_at: self.created_at,
        })
    }
}

/// A page of a supplier's agreements, those stored last first.
pub(super) fn list(conn: &mut Conn, supplier: SupplierId, window: &Window) -> ApiResult<Vec<Row>> {
    let mut query = agreements::table
        .filter(agreements::supplier_id.eq(supplier))
        .order((agreements::created_at.desc(), agreements::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        let id = AgreementId::from_i64(id);
        query = query
            .filter(agreements::created_at.le(at))
            .filter(agreements::created_at.lt(at).or(agreements::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// The agreement in force on a date: the one that started last and has not ended.
pub(super) fn in_force(conn: &mut Conn, supplier: SupplierId, on: LocalDate) -> ApiResult<Option<AgreementId>> {
    Ok(agreements::table
        .filter(agreements::supplier_id.eq(supplier).and(agreements::starts_on.le(on)))
        .filter(agreements::ends_on.is_null().or(agreements::ends_on.ge(on)))
        .order((agreements::starts_on.desc(), agreements::id.desc()))
        .select(agreements::id)
        .first(conn)
        .optional()?)
}

/// What a cancellation asks of the agreement in force.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct Terms {
    pub(crate) id: AgreementId,
    pub(crate) title: String,
    pub(crate) term: AgreementTerm,
    pub(crate) starts_on: LocalDate,
    pub(crate) ends_on: Option<LocalDate>,
}

/// The terms of the agreement in force on a date.
pub(crate) fn terms_in_force(conn: &mut Conn, supplier: SupplierId, on: LocalDate) -> ApiResult<Option<Terms>> {
    let Some(id) = in_force(conn, supplier, on)? else {
        return Ok(None);
    };
    let terms = agreements::table.find(id).select((
        agreements::id,
        agreements::title,
        agreements::term,
        agreements::starts_on,
        agreements::ends_on,
    ));
    Ok(terms.first(conn).optional()?)
}

/// One agreement, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: AgreementId) -> ApiResult<Row> {
    let (row, programme) = agreements::table
        .inner_join(suppliers::table.on(suppliers::id.eq(agreements::supplier_id)))
        .filter(agreements::id.eq(id))
        .select((agreements::all_columns, suppliers::programme_id))
        .first::<(Row, ProgrammeId)>(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)?;
    if scope.allows_supplier(row.supplier_id) && scope.allows_programme(programme) {
        Ok(row)
    } else {
        Err(ApiError::not_found())
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(agreements::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Agreements that have started or ended since the orders were last stamped.
pub(super) fn due(conn: &mut Conn, now: Timestamp, most: i64) -> ApiResult<Vec<AgreementId>> {
    Ok(agreements::table
        .filter(agreements::next_change_at.le(now))
        .order(agreements::next_change_at)
        .limit(most)
        .select(agreements::id)
        .load(conn)?)
}

/// Takes the due change of an agreement, so that it is made once; `None` when somebody else did.
pub(super) fn take(tx: &mut Tx<'_>, id: AgreementId, now: Timestamp, next: Option<Timestamp>) -> ApiResult<bool> {
    let due = agreements::table.find(id).filter(agreements::next_change_at.le(now));
    let taken = diesel::update(due)
        .set(agreements::next_change_at.eq(next))
        .execute(&mut **tx)?;
    Ok(taken == 1)
}

//! Rows of stored methods, of the sessions that add them, and of the gateway's names for suppliers.

use crate::auth::Scope;
use crate::db::schema::{collections, gateway_customers, payment_method_sessions, payment_methods, programmes};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::gateway::Token;
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::payment_methods::{
    CreateMethodSession, MethodSession, MethodSessionStatus, StoredMethod, StoredMethodStatus,
};
use tradepost_contract::policy::PaymentMethodKind;
use tradepost_contract::{
    CheckoutId, Id, LocalDate, Page, PaymentMethodId, PaymentMethodSessionId, ProgrammeId, SupplierId, Timestamp,
};

/// A row of `payment_methods`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
#[expect(dead_code, reason = "a row names every column, so that a new one breaks the build")]
pub(crate) struct MethodRow {
    pub(crate) id: PaymentMethodId,
    pub(crate) programme_id: ProgrammeId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) kind: PaymentMethodKind,
    pub(crate) token: String,
    pub(crate) brand: String,
    pub(crate) last4: Option<String>,
    pub(crate) expires_on: Option<LocalDate>,
    pub(crate) status: StoredMethodStatus,
    pub(crate) is_default: bool,
    pub(crate) added_by: String,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl From<MethodRow> for StoredMethod {
    fn from(row: MethodRow) -> Self {
        Self {
            id: row.id,
            supplier_id: row.supplier_id,
            kind: row.kind,
            brand: row.brand,
            last4: row.last4,
            expires_on: row.expires_on,
            status: row.status,
            is_default: row.is_default,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

fn visible(scope: &Scope, supplier: SupplierId, programme: ProgrammeId) -> bool {
    // A method pays for all businesses of an account, so who is kept to some of them sees none.
    scope.allows_supplier(supplier) && scope.allows_programme(programme) && scope.businesses().is_none()
}

pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: PaymentMethodId) -> ApiResult<MethodRow> {
    let row: Option<MethodRow> = payment_methods::table.find(id).first(conn).optional()?;
    row.filter(|row| visible(scope, row.supplier_id, row.programme_id))
        .ok_or_else(ApiError::not_found)
}

pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    supplier: Option<SupplierId>,
    window: Window,
) -> ApiResult<Page<StoredMethod>> {
    let mut query = payment_methods::table.into_boxed();
    for supplier in scope.supplier().into_iter().chain(supplier) {
        query = query.filter(payment_methods::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(payment_methods::programme_id.eq(programme));
    }
    if scope.businesses().is_some() {
        query = query.filter(payment_methods::id.lt(0));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(payment_methods::created_at.le(at))
            .filter(payment_methods::created_at.lt(at).or(payment_methods::id.lt(id)));
    }
    let rows: Vec<MethodRow> = query
        .order((payment_methods::created_at.desc(), payment_methods::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let found: Vec<StoredMethod> = rows.into_iter().map(StoredMethod::from).collect();
    Ok(window.finish(found, |method| (method.created_at, method.id.as_i64())))
}

/// The methods of a supplier that can be charged, the default one first.
pub(crate) fn active(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Vec<MethodRow>> {
    Ok(payment_methods::table
        .filter(payment_methods::supplier_id.eq(supplier))
        .filter(payment_methods::status.eq(StoredMethodStatus::Active))
        .order((payment_methods::is_default.desc(), payment_methods::id.desc()))
        .load(conn)?)
}

/// The method that is charged unless somebody says otherwise.
pub(crate) fn default_of(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<MethodRow>> {
    Ok(active(conn, supplier)?.into_iter().find(|row| row.is_default))
}

/// Stores a method; false when this token is stored already.
pub(super) fn insert(tx: &mut Tx<'_>, id: PaymentMethodId, session: &SessionRow, token: &Token) -> ApiResult<bool> {
    let now = tx.business_now();
    let row = (
        payment_methods::id.eq(id),
        payment_methods::programme_id.eq(session.programme_id),
        payment_methods::supplier_id.eq(session.supplier_id),
        payment_methods::kind.eq(session.kind),
        payment_methods::token.eq(&token.token),
        payment_methods::brand.eq(&token.brand),
        payment_methods::last4.eq(&token.last4),
        payment_methods::expires_on.eq(token.expires_on),
        payment_methods::status.eq(StoredMethodStatus::Active),
        payment_methods::added_by.eq(&session.asked_by),
        payment_methods::created_at.eq(now),
        payment_methods::updated_at.eq(now),
    );
    let insert = diesel::insert_into(payment_methods::table).values(row);
    let made = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(made == 1)
}

/// Makes a method the default one, in place of another.
pub(super) fn make_default(tx: &mut Tx<'_>, supplier: SupplierId, id: PaymentMethodId) -> ApiResult<()> {
    let now = tx.business_now();
    let changed = (
        payment_methods::version.eq(payment_methods::version + 1),
        payment_methods::updated_at.eq(now),
    );
    let other = payment_methods::table
        .filter(payment_methods::supplier_id.eq(supplier))
        .filter(payment_methods::is_default.eq(true).and(payment_methods::id.ne(id)));
    diesel::update(other)
        .set((payment_methods::is_default.eq(false), changed))
        .execute(&mut **tx)?;
    diesel::update(payment_methods::table.find(id))
        .set((payment_methods::is_default.eq(true), changed))
        .execute(&mut **tx)?;
    Ok(())
}

/// Removes a method; false when it was removed already.
pub(super) fn remove(tx: &mut Tx<'_>, id: PaymentMethodId) -> ApiResult<bool> {
    let active = payment_methods::table
        .find(id)
        .filter(payment_methods::status.eq(StoredMethodStatus::Active));
    let removed = diesel::update(active)
        .set((
            payment_methods::status.eq(StoredMethodStatus::Removed),
            payment_methods::is_default.eq(false),
            payment_methods::version.eq(payment_methods::version + 1),
            payment_methods::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(removed == 1)
}

/// Default cards that expire by a date.
pub(super) fn expiring(
    conn: &mut Conn,
    programme: ProgrammeId,
    from: LocalDate,
    by: LocalDate,
) -> ApiResult<Vec<MethodRow>> {
    Ok(payment_methods::table
        .filter(payment_methods::programme_id.eq(programme))
        .filter(payment_methods::status.eq(StoredMethodStatus::Active))
        .filter(payment_methods::is_default.eq(true))
        .filter(payment_methods::expires_on.between(from, by))
        .load(conn)?)
}

pub(super) fn zones(conn: &mut Conn) -> ApiResult<Vec<(ProgrammeId, String)>> {
    Ok(programmes::table
        .select((programmes::id, programmes::time_zone))
        .load(conn)?)
}

/// A row of `payment_method_sessions`, in the order of its columns.
#[derive(Debug, Clone, Queryable)]
#[expect(dead_code, reason = "a row names every column, so that a new one breaks the build")]
pub(super) struct SessionRow {
    pub(super) id: PaymentMethodSessionId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) kind: PaymentMethodKind,
    pub(super) status: MethodSessionStatus,
    pub(super) reference: Option<String>,
    pub(super) url: Option<String>,
    pub(super) payment_method_id: Option<PaymentMethodId>,
    pub(super) checkout_id: Option<CheckoutId>,
    pub(super) asked_by: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl From<SessionRow> for MethodSession {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            supplier_id: row.supplier_id,
            kind: row.kind,
            url: row.url.filter(|_| row.status == MethodSessionStatus::Open),
            status: row.status,
            payment_method_id: row.payment_method_id,
            created_at: row.created_at,
        }
    }
}

pub(super) fn session(conn: &mut Conn, scope: &Scope, id: PaymentMethodSessionId) -> ApiResult<SessionRow> {
    let row: Option<SessionRow> = payment_method_sessions::table.find(id).first(conn).optional()?;
    row.filter(|row| visible(scope, row.supplier_id, row.programme_id))
        .ok_or_else(ApiError::not_found)
}

/// The session that the gateway calls so.
pub(super) fn session_called(conn: &mut Conn, reference: &str) -> ApiResult<Option<SessionRow>> {
    Ok(payment_method_sessions::table
        .filter(payment_method_sessions::reference.eq(reference))
        .first(conn)
        .optional()?)
}

pub(super) fn insert_session(
    tx: &mut Tx<'_>,
    id: PaymentMethodSessionId,
    programme: ProgrammeId,
    supplier: SupplierId,
    asked: &CreateMethodSession,
    asked_by: &str,
) -> ApiResult<()> {
    use payment_method_sessions::dsl;
    let now = tx.business_now();
    let row = (
        dsl::id.eq(id),
        dsl::programme_id.eq(programme),
        dsl::supplier_id.eq(supplier),
        dsl::kind.eq(asked.kind),
        dsl::checkout_id.eq(asked.checkout_id),
        dsl::status.eq(MethodSessionStatus::Open),
        dsl::asked_by.eq(asked_by),
        dsl::created_at.eq(now),
        dsl::updated_at.eq(now),
    );
    diesel::insert_into(dsl::payment_method_sessions)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

pub(super) fn set_page(tx: &mut Tx<'_>, id: PaymentMethodSessionId, reference: &str, url: &str) -> ApiResult<()> {
    use payment_method_sessions::dsl;
    diesel::update(dsl::payment_method_sessions.find(id))
        .set((dsl::reference.eq(reference), dsl::url.eq(url)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Ends an open session; false when it was ended already.
pub(super) fn end_session(
    tx: &mut Tx<'_>,
    id: PaymentMethodSessionId,
    status: MethodSessionStatus,
    method: Option<PaymentMethodId>,
) -> ApiResult<bool> {
    use payment_method_sessions::dsl;
    let open = dsl::payment_method_sessions
        .find(id)
        .filter(dsl::status.eq(MethodSessionStatus::Open));
    let ended = diesel::update(open)
        .set((
            dsl::status.eq(status),
            dsl::payment_method_id.eq(method),
            dsl::updated_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    Ok(ended == 1)
}

/// What the gateway calls a supplier.
pub(crate) fn customer(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Option<String>> {
    Ok(gateway_customers::table
        .find(supplier)
        .select(gateway_customers::reference)
        .first(conn)
        .optional()?)
}

pub(super) fn insert_customer(tx: &mut Tx<'_>, supplier: SupplierId, reference: &str) -> ApiResult<()> {
    let row = (
        gateway_customers::supplier_id.eq(supplier),
        gateway_customers::reference.eq(reference),
        gateway_customers::created_at.eq(tx.business_now()),
    );
    let insert = diesel::insert_into(gateway_customers::table).values(row);
    match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(())
}

/// Lets the collection look again at invoices that it could not charge for want of a method.
pub(super) fn collect_again(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let waiting = collections::table
        .filter(collections::supplier_id.eq(supplier))
        .filter(collections::outcome.eq("no_method"));
    diesel::delete(waiting).execute(&mut **tx)?;
    Ok(())
}

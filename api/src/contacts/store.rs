//! Rows of contact points.

use crate::auth::Scope;
use crate::db::schema::{contact_points, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use tradepost_contract::contacts::{ContactPoint, ContactPurpose};
use tradepost_contract::{BusinessId, ContactPointId, Id, ProgrammeId, SupplierId, Timestamp};

/// A contact's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = contact_points)]
pub(super) struct Row {
    pub(super) id: ContactPointId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: Option<BusinessId>,
    pub(super) purpose: ContactPurpose,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) active: bool,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

impl Row {
    pub(super) fn shown(self) -> ContactPoint {
        let Self {
            id,
            supplier_id,
            business_id,
            purpose,
            name,
            email,
            phone,
            active,
            version,
            created_at,
            updated_at,
        } = self;
        ContactPoint {
            id,
            supplier_id,
            business_id,
            purpose,
            name,
            email,
            phone,
            active,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Which contacts of a supplier.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) purpose: Option<ContactPurpose>,
    pub(super) active: Option<bool>,
    pub(super) business: Option<BusinessId>,
}

/// A page of a supplier's contacts, newest first. Who works for some businesses sees theirs and those
/// of the whole account.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    supplier: SupplierId,
    filter: &Filter,
    window: &Window,
) -> ApiResult<Vec<ContactPoint>> {
    let mut query = contact_points::table
        .filter(contact_points::supplier_id.eq(supplier))
        .order((contact_points::created_at.desc(), contact_points::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some(own) = scope.businesses() {
        let own = contact_points::business_id.eq_any(own.iter().copied().map(Some).collect::<Vec<_>>());
        query = query.filter(contact_points::business_id.is_null().or(own.assume_not_null()));
    }
    if let Some(purpose) = filter.purpose {
        query = query.filter(contact_points::purpose.eq(purpose));
    }
    if let Some(active) = filter.active {
        query = query.filter(contact_points::active.eq(active));
    }
    if let Some(business) = filter.business {
        query = query.filter(contact_points::business_id.eq(business));
    }
    if let Some((at, id)) = window.after() {
        let id = ContactPointId::from_i64(id);
        query = query
            .filter(contact_points::created_at.le(at))
            .filter(contact_points::created_at.lt(at).or(contact_points::id.lt(id)));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(Row::shown).collect())
}

/// The active addresses for billing of these suppliers that are for all of their businesses, newest first.
pub(crate) fn for_billing(conn: &mut Conn, suppliers: &[SupplierId]) -> ApiResult<Vec<ContactPoint>> {
    let rows: Vec<Row> = contact_points::table
        .filter(contact_points::supplier_id.eq_any(suppliers.to_vec()))
        .filter(contact_points::purpose.eq(ContactPurpose::Billing))
        .filter(contact_points::active.eq(true))
        .filter(contact_points::business_id.is_null())
        .order((contact_points::created_at.desc(), contact_points::id.desc()))
        .load(conn)?;
    Ok(rows.into_iter().map(Row::shown).collect())
}

/// One contact, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: ContactPointId) -> ApiResult<Row> {
    let (row, programme) = contact_points::table
        .inner_join(suppliers::table.on(suppliers::id.eq(contact_points::supplier_id)))
        .filter(contact_points::id.eq(id))
        .select((contact_points::all_columns, suppliers::programme_id))
        .first::<(Row, ProgrammeId)>(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)?;
    let own_business = row.business_id.is_none_or(|business| scope.allows_business(business));
    if scope.allows_supplier(row.supplier_id) && scope.allows_programme(programme) && own_business {
        Ok(row)
    } else {
        Err(ApiError::not_found())
    }
}

/// One contact as it is shown, where the caller may see it.
pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: ContactPointId) -> ApiResult<ContactPoint> {
    Ok(find(conn, scope, id)?.shown())
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(contact_points::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Writes everything that can be edited; zero rows when somebody else did so meanwhile.
pub(super) fn update(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    let now = tx.business_now();
    let guarded = contact_points::table
        .find(row.id)
        .filter(contact_points::version.eq(row.version));
    diesel::update(guarded)
        .set((
            contact_points::name.eq(row.name.clone()),
            contact_points::email.eq(row.email.clone()),
            contact_points::phone.eq(row.phone.clone()),
            contact_points::active.eq(row.active),
            contact_points::version.eq(contact_points::version + 1),
            contact_points::updated_at.eq(now),
        ))
        .execute(&mut **tx)
}

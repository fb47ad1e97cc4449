//! Rows of businesses and associations.

use crate::auth::Scope;
use crate::db::schema::{business_associations, businesses, orders, released_numbers, suppliers};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::businesses::{Business, BusinessAssociation, BusinessStatus, Licence};
use tradepost_contract::{BusinessAssociationId, BusinessId, Id, ProgrammeId, SupplierId, Timestamp};

/// A business's row, as it stands.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = businesses)]
pub(super) struct Row {
    pub(super) id: BusinessId,
    pub(super) supplier_id: SupplierId,
    pub(super) association_id: Option<BusinessAssociationId>,
    pub(super) name: String,
    pub(super) trade: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) website: Option<String>,
    pub(super) tracking_number: Option<String>,
    pub(super) forward_to: String,
    pub(super) licence: Option<String>,
    pub(super) status: BusinessStatus,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// Which businesses of a supplier.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) status: Option<BusinessStatus>,
    pub(super) association: Option<BusinessAssociationId>,
}

/// A page of a supplier's businesses, newest first; only those the caller works for.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    supplier: SupplierId,
    filter: &Filter,
    window: &Window,
) -> ApiResult<Vec<Row>> {
    let mut query = businesses::table
        .filter(businesses::supplier_id.eq(supplier))
        .order((businesses::created_at.desc(), businesses::id.desc()))
        .limit(window.fetch())
        .into_boxed();
    if let Some(own) = scope.businesses() {
        query = query.filter(businesses::id.eq_any(own.to_vec()));
    }
    if let Some(status) = filter.status {
        query = query.filter(businesses::status.eq(status));
    }
    if let Some(association) = filter.association {
        query = query.filter(businesses::association_id.eq(association));
    }
    if let Some((at, id)) = window.after() {
        let id = BusinessId::from_i64(id);
        query = query
            .filter(businesses::created_at.le(at))
            .filter(businesses::created_at.lt(at).or(businesses::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// One business, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: BusinessId) -> ApiResult<Row> {
    let (row, programme) = businesses::table
        .inner_join(suppliers::table.on(suppliers::id.eq(businesses::supplier_id)))
        .filter(businesses::id.eq(id))
        .select((businesses::all_columns, suppliers::programme_id))
        .first::<(Row, ProgrammeId)>(conn)
        .optional()?
        .ok_or_else(ApiError::not_found)?;
    let seen = scope.allows_supplier(row.supplier_id) && scope.allows_business(id) && scope.allows_programme(programme);
    if seen { Ok(row) } else { Err(ApiError::not_found()) }
}

/// Rows as they are shown, with the names of their associations.
pub(super) fn shown(conn: &mut Conn, rows: Vec<Row>) -> ApiResult<Vec<Business>> {
    let ids: Vec<BusinessAssociationId> = rows.iter().filter_map(|row| row.association_id).collect();
    let known: HashMap<BusinessAssociationId, BusinessAssociation> = if ids.is_empty() {
        HashMap::new()
    } else {
        let found = business_associations::table
            .filter(business_associations::id.eq_any(ids))
            .select(association_columns())
            .load::<AssociationRow>(conn)?;
        found.into_iter().map(|row| (row.0, association(row))).collect()
    };
    rows.into_iter()
        .map(|row| {
            let licence = row
                .licence
                .as_deref()
                .map(serde_json::from_str::<Licence>)
                .transpose()?;
            Ok(Business {
                id: row.id,
                supplier_id: row.supplier_id,
                association: row.association_id.and_then(|id| known.get(&id).cloned()),
                name: row.name,
                trade: row.trade,
                phone: row.phone,
                website: row.website,
                tracking_number: row.tracking_number,
                forward_to: serde_json::from_str(&row.forward_to)?,
                licence,
                status: row.status,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// One business as it is shown.
pub(crate) fn get(conn: &mut Conn, scope: &Scope, id: BusinessId) -> ApiResult<Business> {
    let row = find(conn, scope, id)?;
    shown(conn, vec![row])?.pop().ok_or_else(ApiError::not_found)
}

/// What an order needs to know of its business.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) supplier_id: SupplierId,
    pub(crate) status: BusinessStatus,
}

/// The business, kept as it is until this transaction ends; `None` where the caller may not see it.
pub(crate) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: BusinessId) -> ApiResult<Option<Standing>> {
    diesel::update(businesses::table.find(id))
        .set(businesses::version.eq(businesses::version))
        .execute(&mut **tx)?;
    standing(tx, scope, id)
}

/// The business; `None` where the caller may not see it.
pub(crate) fn standing(conn: &mut Conn, scope: &Scope, id: BusinessId) -> ApiResult<Option<Standing>> {
    match find(conn, scope, id) {
        Ok(row) => Ok(Some(Standing {
            supplier_id: row.supplier_id,
            status: row.status,
        })),
        Err(error) if error.code() == tradepost_contract::ProblemCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    diesel::insert_into(businesses::table)
        .values(row.clone())
        .execute(&mut **tx)
}

/// Writes everything that can be edited; zero rows when somebody else did so meanwhile.
pub(super) fn update(tx: &mut Tx<'_>, row: &Row) -> QueryResult<usize> {
    let now = tx.business_now();
    diesel::update(
        businesses::table
            .find(row.id)
            .filter(businesses::version.eq(row.version)),
    )
    .set((
        businesses::association_id.eq(row.association_id),
        businesses::name.eq(row.name.clone()),
        businesses::trade.eq(row.trade.clone()),
        businesses::phone.eq(row.phone.clone()),
        businesses::website.eq(row.website.clone()),
        businesses::tracking_number.eq(row.tracking_number.clone()),
        businesses::forward_to.eq(row.forward_to.clone()),
        businesses::licence.eq(row.licence.clone()),
        businesses::status.eq(row.status),
        businesses::version.eq(businesses::version + 1),
        businesses::updated_at.eq(now),
    ))
    .execute(&mut **tx)
}

/// Whether orders of the business still take leads, or could again.
pub(super) fn has_live_orders(conn: &mut Conn, id: BusinessId) -> ApiResult<bool> {
    let live: i64 = orders::table
        .filter(
            orders::business_id
                .eq(id)
                .and(orders::status.eq_any(vec!["open", "paused"])),
        )
        .count()
        .get_result(conn)?;
    Ok(live > 0)
}

type AssociationRow = (BusinessAssociationId, String, Timestamp);

type AssociationColumns = (
    business_associations::id,
    business_associations::name,
    business_associations::created_at,
);

const fn association_columns() -> AssociationColumns {
    (
        business_associations::id,
        business_associations::name,
        business_associations::created_at,
    )
}

fn association((id, name, created_at): AssociationRow) -> BusinessAssociation {
    BusinessAssociation { id, name, created_at }
}

/// Whether there is such an association.
pub(super) fn association_exists(conn: &mut Conn, id: BusinessAssociationId) -> ApiResult<bool> {
    let found = business_associations::table
        .find(id)
        .select(business_associations::id)
        .first::<BusinessAssociationId>(conn)
        .optional()?;
    Ok(found.is_some())
}

/// A page of associations, newest first.
pub(super) fn list_associations(
    conn: &mut Conn,
    text: Option<String>,
    window: &Window,
) -> ApiResult<Vec<BusinessAssociation>> {
    let mut query = business_associations::table
        .order((
            business_associations::created_at.desc(),
            business_associations::id.desc(),
        ))
        .limit(window.fetch())
        .select(association_columns())
        .into_boxed();
    if let Some(text) = text {
        let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query = query.filter(business_associations::name_key.like(format!("%{text}%")).escape('\\'));
    }
    if let Some((at, id)) = window.after() {
        let id = BusinessAssociationId::from_i64(id);
        query = query.filter(business_associations::created_at.le(at)).filter(
            business_associations::created_at
                .lt(at)
                .or(business_associations::id.lt(id)),
        );
    }
    Ok(query
        .load::<AssociationRow>(conn)?
        .into_iter()
        .map(association)
        .collect())
}

pub(super) fn insert_association(tx: &mut Tx<'_>, new: &BusinessAssociation, key: &str) -> QueryResult<usize> {
    diesel::insert_into(business_associations::table)
        .values((
            business_associations::id.eq(new.id),
            business_associations::name.eq(&new.name),
            business_associations::name_key.eq(key),
            business_associations::created_at.eq(new.created_at),
        ))
        .execute(&mut **tx)
}

/// Notes until when a number that was taken from a business is given to no other one.
pub(super) fn release_number(tx: &mut Tx<'_>, number: &str, business: BusinessId, free_at: Timestamp) -> ApiResult<()> {
    use released_numbers::dsl;
    let now = tx.business_now();
    diesel::delete(dsl::released_numbers.find(number)).execute(&mut **tx)?;
    let row = (
        dsl::number.eq(number),
        dsl::business_id.eq(business),
        dsl::released_at.eq(now),
        dsl::free_at.eq(free_at),
    );
    diesel::insert_into(dsl::released_numbers)
        .values(row)
        .execute(&mut **tx)?;
    Ok(())
}

/// Until when a number is kept from this business because another one had it.
pub(super) fn quarantined_until(tx: &mut Tx<'_>, number: &str, business: BusinessId) -> ApiResult<Option<Timestamp>> {
    use released_numbers::dsl;
    let now = tx.business_now();
    Ok(dsl::released_numbers
        .find(number)
        .filter(dsl::business_id.ne(business).and(dsl::free_at.gt(now)))
        .select(dsl::free_at)
        .first(&mut **tx)
        .optional()?)
}

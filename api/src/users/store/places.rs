//! What people are: their roles on the staff, or their place in a supplier's account.

use crate::db::schema::{businesses, membership_businesses, memberships, programmes, staff_roles, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{BusinessId, ProgrammeId, SupplierId, UserId};

/// The roles of a member of staff.
pub(in crate::users) fn roles(conn: &mut Conn, id: UserId) -> ApiResult<Vec<StaffRole>> {
    let mut roles: Vec<StaffRole> = staff_roles::table
        .filter(staff_roles::user_id.eq(id))
        .select(staff_roles::role)
        .load(conn)?;
    roles.sort_unstable();
    Ok(roles)
}

/// Makes the roles exactly these.
pub(in crate::users) fn set_roles(tx: &mut Tx<'_>, id: UserId, wanted: &[StaffRole]) -> ApiResult<()> {
    diesel::delete(staff_roles::table.filter(staff_roles::user_id.eq(id))).execute(&mut **tx)?;
    for role in wanted {
        diesel::insert_into(staff_roles::table)
            .values((staff_roles::user_id.eq(id), staff_roles::role.eq(*role)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// What a supplier's person is in their account.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    pub(crate) supplier_id: SupplierId,
    pub(crate) role: SupplierRole,
    pub(crate) businesses: Option<Vec<BusinessId>>,
}

pub(in crate::users) fn membership(conn: &mut Conn, id: UserId) -> ApiResult<Option<Membership>> {
    let row = memberships::table
        .find(id)
        .select((memberships::supplier_id, memberships::role, memberships::all_businesses))
        .first::<(SupplierId, SupplierRole, bool)>(conn)
        .optional()?;
    let Some((supplier_id, role, all)) = row else {
        return Ok(None);
    };
    let businesses = if all {
        None
    } else {
        let own = membership_businesses::table.filter(membership_businesses::user_id.eq(id));
        Some(
            own.select(membership_businesses::business_id)
                .order(membership_businesses::business_id)
                .load(conn)?,
        )
    };
    Ok(Some(Membership {
        supplier_id,
        role,
        businesses,
    }))
}

/// Ties a supplier's person to their account and, where they are named, to some of its businesses.
pub(in crate::users) fn insert_membership(tx: &mut Tx<'_>, id: UserId, membership: &Membership) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::insert_into(memberships::table)
        .values((
            memberships::user_id.eq(id),
            memberships::supplier_id.eq(membership.supplier_id),
            memberships::role.eq(membership.role),
            memberships::all_businesses.eq(membership.businesses.is_none()),
            memberships::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    for business in membership.businesses.iter().flatten() {
        diesel::insert_into(membership_businesses::table)
            .values((
                membership_businesses::user_id.eq(id),
                membership_businesses::business_id.eq(*business),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// How many of the businesses are this supplier's.
pub(in crate::users) fn own_businesses(conn: &mut Conn, supplier: SupplierId, ids: &[BusinessId]) -> ApiResult<usize> {
    let own = businesses::table.filter(
        businesses::supplier_id
            .eq(supplier)
            .and(businesses::id.eq_any(ids.to_vec())),
    );
    let count: i64 = own.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

pub(in crate::users) fn audience_and_name(conn: &mut Conn, id: UserId) -> ApiResult<Option<(Audience, String)>> {
    Ok(users::table
        .find(id)
        .select((users::audience, users::name))
        .first(conn)
        .optional()?)
}

/// What `me` shows of an account.
#[derive(Debug)]
pub(in crate::users) struct Account {
    pub(in crate::users) name: String,
    pub(in crate::users) programme_id: ProgrammeId,
    pub(in crate::users) brand: String,
    pub(in crate::users) manager: Option<(String, String, Option<String>)>,
}

pub(in crate::users) fn account(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Account> {
    let (name, manager, programme_id, brand) = suppliers::table
        .inner_join(programmes::table)
        .filter(suppliers::id.eq(supplier))
        .select((
            suppliers::name,
            suppliers::account_manager_id,
            programmes::id,
            programmes::brand,
        ))
        .first::<(String, Option<UserId>, ProgrammeId, String)>(conn)?;
    let manager = match manager {
        None => None,
        Some(id) => users::table
            .filter(users::id.eq(id).and(users::status.eq(UserStatus::Active)))
            .select((users::name, users::email_as_typed, users::phone))
            .first(conn)
            .optional()?,
    };
    Ok(Account {
        name,
        programme_id,
        brand,
        manager,
    })
}

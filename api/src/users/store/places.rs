//! What people are: their roles on the staff, or their place in a supplier's account.

use crate::auth::Scope;
use crate::db::schema::{businesses, membership_businesses, memberships, programmes, staff_roles, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::users::ops::NewMember;
use crate::users::rules::Email;
use diesel::prelude::*;
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_contract::users::{Audience, UserStatus};
use tradepost_contract::{BusinessId, ProgrammeId, SupplierId, Timestamp, UserId};

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
        .filter(memberships::removed_at.is_null())
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

/// One of a supplier's people who was not removed.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) supplier_id: SupplierId,
    pub(crate) role: SupplierRole,
    pub(crate) businesses: Option<Vec<BusinessId>>,
    pub(crate) version: i64,
}

/// The place that somebody has in an account that the scope may see.
pub(crate) fn member(conn: &mut Conn, scope: &Scope, user: UserId) -> ApiResult<Option<Member>> {
    let version = memberships::table
        .find(user)
        .filter(memberships::removed_at.is_null())
        .select(memberships::version)
        .first::<i64>(conn)
        .optional()?;
    let (Some(version), Some(place)) = (version, membership(conn, user)?) else {
        return Ok(None);
    };
    let member = Member {
        user_id: user,
        supplier_id: place.supplier_id,
        role: place.role,
        businesses: place.businesses,
        version,
    };
    Ok(Some(member).filter(|member| scope.allows_supplier(member.supplier_id)))
}

/// How many active owners an account has besides this one. It locks their rows first, so that two owners who remove each
/// other at once cannot both find the other one still there.
pub(in crate::users) fn other_owners(tx: &mut Tx<'_>, supplier: SupplierId, user: UserId) -> ApiResult<i64> {
    let owners = memberships::supplier_id
        .eq(supplier)
        .and(memberships::role.eq(SupplierRole::Owner))
        .and(memberships::removed_at.is_null());
    diesel::update(memberships::table.filter(owners))
        .set(memberships::version.eq(memberships::version))
        .execute(&mut **tx)?;
    Ok(memberships::table
        .inner_join(users::table)
        .filter(owners.and(memberships::user_id.ne(user)))
        .filter(users::status.eq(UserStatus::Active))
        .count()
        .get_result(&mut **tx)?)
}

fn set_businesses(tx: &mut Tx<'_>, user: UserId, businesses: Option<&[BusinessId]>) -> ApiResult<()> {
    diesel::delete(membership_businesses::table.filter(membership_businesses::user_id.eq(user))).execute(&mut **tx)?;
    for business in businesses.into_iter().flatten() {
        diesel::insert_into(membership_businesses::table)
            .values((
                membership_businesses::user_id.eq(user),
                membership_businesses::business_id.eq(*business),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Writes what somebody is from now on, if they still are what was seen, and ends their open access tokens.
pub(in crate::users) fn update_membership(
    tx: &mut Tx<'_>,
    seen: &Member,
    role: SupplierRole,
    businesses: Option<&[BusinessId]>,
) -> ApiResult<bool> {
    let same = memberships::user_id
        .eq(seen.user_id)
        .and(memberships::version.eq(seen.version))
        .and(memberships::removed_at.is_null());
    let changed = diesel::update(memberships::table.filter(same))
        .set((
            memberships::role.eq(role),
            memberships::all_businesses.eq(businesses.is_none()),
            memberships::version.eq(memberships::version + 1),
        ))
        .execute(&mut **tx)?;
    if changed == 0 {
        return Ok(false);
    }
    set_businesses(tx, seen.user_id, businesses)?;
    let now = tx.wall_now();
    diesel::update(users::table.find(seen.user_id))
        .set((
            users::token_version.eq(users::token_version + 1),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(true)
}

/// Ends somebody's place in their account and locks them out; false where it had ended.
pub(in crate::users) fn remove_membership(tx: &mut Tx<'_>, user: UserId) -> ApiResult<bool> {
    let now = tx.wall_now();
    let there = memberships::user_id.eq(user).and(memberships::removed_at.is_null());
    let removed = diesel::update(memberships::table.filter(there))
        .set((
            memberships::removed_at.eq(now),
            memberships::version.eq(memberships::version + 1),
        ))
        .execute(&mut **tx)?;
    diesel::update(users::table.find(user))
        .set((
            users::status.eq(UserStatus::Disabled),
            users::token_version.eq(users::token_version + 1),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(removed == 1)
}

/// Who was removed from this account and had this e-mail.
pub(in crate::users) fn removed_member(
    conn: &mut Conn,
    supplier: SupplierId,
    email: &Email,
) -> ApiResult<Option<UserId>> {
    Ok(memberships::table
        .inner_join(users::table)
        .filter(users::email.eq(&email.normal))
        .filter(
            memberships::supplier_id
                .eq(supplier)
                .and(memberships::removed_at.is_not_null()),
        )
        .select(users::id)
        .first(conn)
        .optional()?)
}

/// Gives somebody a place again whose place had ended: without a password, which they choose by an invitation.
pub(in crate::users) fn take_back(tx: &mut Tx<'_>, user: UserId, new: &NewMember) -> ApiResult<()> {
    let now = tx.wall_now();
    diesel::update(memberships::table.find(user))
        .set((
            memberships::role.eq(new.role),
            memberships::all_businesses.eq(new.businesses.is_none()),
            memberships::removed_at.eq(None::<Timestamp>),
            memberships::version.eq(memberships::version + 1),
            memberships::created_at.eq(now),
        ))
        .execute(&mut **tx)?;
    set_businesses(tx, user, new.businesses.as_deref())?;
    diesel::update(users::table.find(user))
        .set((
            users::name.eq(&new.name),
            users::phone.eq(&new.phone),
            users::password_hash.eq(None::<String>),
            users::status.eq(UserStatus::Active),
            users::token_version.eq(users::token_version + 1),
            users::version.eq(users::version + 1),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

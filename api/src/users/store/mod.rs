//! Users in the database: rows of `users`. What a sign-in reads and writes is in `sign_in`, what people are
//! on the staff or in an account is in `places`.

mod places;
mod sign_in;

pub(super) use places::{
    Account, account, audience_and_name, insert_membership, membership, other_owners, own_businesses,
    remove_membership, removed_member, roles, set_roles, take_back, update_membership,
};
pub(crate) use places::{Member, Membership, member};
pub(crate) use sign_in::{change_hash, credentials, replace_hash, sign_in_row, signed_in};

use super::rules::Email;
use crate::db::schema::{memberships, second_factors, staff_roles, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::{Window, alphabetical, in_order, in_order_of_name, name_sort_key};
use diesel::prelude::*;
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_contract::users::{Audience, User, UserStatus};
use tradepost_contract::{Id, NameSort, Page, SupplierId, Timestamp, UserId};

type Columns = (
    UserId,
    Audience,
    String,
    String,
    Option<String>,
    UserStatus,
    Option<String>,
    Option<Timestamp>,
    i64,
    Timestamp,
    Timestamp,
);

macro_rules! columns {
    () => {
        (
            users::id,
            users::audience,
            users::email_as_typed,
            users::name,
            users::phone,
            users::status,
            users::password_hash,
            users::last_sign_in_at,
            users::version,
            users::created_at,
            users::updated_at,
        )
    };
}

fn user_of(row: Columns) -> User {
    let (id, audience, email, name, phone, status, password_hash, last_sign_in_at, version, created_at, updated_at) =
        row;
    User {
        id,
        audience,
        email,
        name,
        phone,
        status,
        roles: Vec::new(),
        supplier_id: None,
        supplier_name: None,
        supplier_role: None,
        has_password: password_hash.is_some(),
        has_second_factor: false,
        last_sign_in_at,
        version,
        created_at,
        updated_at,
    }
}

/// Adds what stands in other tables, with one query a table however many users there are.
fn complete(conn: &mut Conn, mut users: Vec<User>) -> ApiResult<Vec<User>> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let roles: Vec<(UserId, StaffRole)> = staff_roles::table
        .filter(staff_roles::user_id.eq_any(ids.clone()))
        .select((staff_roles::user_id, staff_roles::role))
        .load(conn)?;
    let with_codes: Vec<UserId> = second_factors::table
        .filter(second_factors::user_id.eq_any(ids.clone()))
        .filter(second_factors::confirmed_at.is_not_null())
        .select(second_factors::user_id)
        .load(conn)?;
    let members: Vec<(UserId, SupplierId, String, SupplierRole)> = memberships::table
        .inner_join(suppliers::table)
        .filter(memberships::user_id.eq_any(ids))
        .select((
            memberships::user_id,
            memberships::supplier_id,
            suppliers::name,
            memberships::role,
        ))
        .load(conn)?;
    for user in &mut users {
        user.has_second_factor = with_codes.contains(&user.id);
        user.roles = roles
            .iter()
            .filter(|(id, _)| *id == user.id)
            .map(|(_, role)| *role)
            .collect();
        user.roles.sort_unstable();
        if let Some((_, supplier, name, role)) = members.iter().find(|(id, ..)| *id == user.id) {
            user.supplier_id = Some(*supplier);
            user.supplier_name = Some(name.clone());
            user.supplier_role = Some(*role);
        }
    }
    Ok(users)
}

pub(super) fn get(conn: &mut Conn, id: UserId) -> ApiResult<Option<User>> {
    let row = users::table
        .find(id)
        .select(columns!())
        .first::<Columns>(conn)
        .optional()?;
    let found = complete(conn, row.map(user_of).into_iter().collect())?;
    Ok(found.into_iter().next())
}

/// What a list of users is narrowed by.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) audience: Option<Audience>,
    pub(super) status: Option<UserStatus>,
    pub(super) role: Option<StaffRole>,
    pub(super) supplier_id: Option<SupplierId>,
}

pub(super) fn list(conn: &mut Conn, filter: &Filter, sort: NameSort, window: &Window) -> ApiResult<Page<User>> {
    let mut query = users::table.select(columns!()).limit(window.fetch()).into_boxed();
    if let Some(audience) = filter.audience {
        query = query.filter(users::audience.eq(audience));
    }
    if let Some(status) = filter.status {
        query = query.filter(users::status.eq(status));
    }
    if let Some(role) = filter.role {
        let with_role = staff_roles::table
            .filter(staff_roles::role.eq(role))
            .select(staff_roles::user_id);
        query = query.filter(users::id.eq_any(with_role));
    }
    if let Some(supplier) = filter.supplier_id {
        let of_supplier = memberships::table
            .filter(memberships::supplier_id.eq(supplier))
            .select(memberships::user_id);
        query = query.filter(users::id.eq_any(of_supplier));
    }
    let name = || alphabetical(conn, "users.name");
    let query = in_order_of_name!(query, window, sort, users::created_at, name(), users::id);
    let rows = query.load::<Columns>(conn)?;
    let users = complete(conn, rows.into_iter().map(user_of).collect())?;
    Ok(window.finish(users, |user| {
        (name_sort_key(sort, &user.name, user.created_at), user.id.as_i64())
    }))
}

/// What a new row holds.
#[derive(Debug, Clone)]
pub(super) struct NewUser<'a> {
    pub(super) audience: Audience,
    pub(super) email: &'a Email,
    pub(super) name: &'a str,
    pub(super) phone: Option<&'a str>,
    pub(super) password_hash: Option<&'a str>,
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &NewUser<'_>) -> ApiResult<UserId> {
    let id: UserId = tx.new_id();
    let now = tx.wall_now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::audience.eq(new.audience),
            users::email.eq(&new.email.normal),
            users::email_as_typed.eq(&new.email.as_typed),
            users::name.eq(new.name),
            users::phone.eq(new.phone),
            users::password_hash.eq(new.password_hash),
            users::status.eq(UserStatus::Active),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(&mut **tx)
        .map_err(|error| match is_unique_violation(&error) {
            true => ApiError::new(tradepost_contract::ProblemCode::Duplicate).field(
                "/email",
                "taken",
                "somebody signs in with this e-mail already",
            ),
            false => error.into(),
        })?;
    Ok(id)
}

/// What becomes of a user.
#[derive(Debug, Clone)]
pub(super) struct Changed<'a> {
    pub(super) name: &'a str,
    pub(super) phone: Option<&'a str>,
    pub(super) status: UserStatus,
    pub(super) ends_tokens: bool,
}

/// Writes a change, if the version is still the one that was seen; the version from now on.
pub(super) fn update(tx: &mut Tx<'_>, id: UserId, seen: i64, changed: &Changed<'_>) -> ApiResult<Option<i64>> {
    let now = tx.wall_now();
    Ok(
        diesel::update(users::table.filter(users::id.eq(id).and(users::version.eq(seen))))
            .set((
                users::name.eq(changed.name),
                users::phone.eq(changed.phone),
                users::status.eq(changed.status),
                users::token_version.eq(users::token_version + i64::from(changed.ends_tokens)),
                users::version.eq(users::version + 1),
                users::updated_at.eq(now),
            ))
            .returning(users::version)
            .get_result(&mut **tx)
            .optional()?,
    )
}

/// How many active admins there are besides this user. It locks their rows first, so that two admins
/// who take the role from each other at once cannot both find the other one still there.
pub(super) fn other_admins(tx: &mut Tx<'_>, id: UserId) -> ApiResult<i64> {
    let admins = || {
        staff_roles::table
            .filter(staff_roles::role.eq(StaffRole::Admin))
            .select(staff_roles::user_id)
    };
    diesel::update(users::table.filter(users::id.eq_any(admins())))
        .set(users::token_version.eq(users::token_version))
        .execute(&mut **tx)?;
    let others = users::table.filter(
        users::id
            .eq_any(admins())
            .and(users::id.ne(id))
            .and(users::status.eq(UserStatus::Active)),
    );
    Ok(others.count().get_result(&mut **tx)?)
}

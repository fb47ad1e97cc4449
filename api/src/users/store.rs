//! Rows of `users`, `staff_roles`, `memberships` and `membership_businesses`.

use diesel::prelude::*;
use tradepost_contract::people::{StaffRole, SupplierRole};
use tradepost_contract::users::{Audience, User, UserStatus};
use tradepost_contract::{BusinessId, Id, LocalDate, Page, ProgrammeId, SupplierId, Timestamp, UserId};

use super::rules::Email;
use crate::db::schema::{membership_businesses, memberships, programmes, staff_roles, suppliers, users};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult, is_unique_violation};
use crate::lists::Window;

/// What a sign-in reads.
#[derive(Debug, Clone)]
pub(crate) struct SignInRow {
    pub(crate) id: UserId,
    pub(crate) audience: Audience,
    pub(crate) password_hash: Option<String>,
    pub(crate) may_sign_in: bool,
}

type SignInColumns = (UserId, Audience, Option<String>, UserStatus, String);

/// The user with this e-mail, if there is one. `typed` is the e-mail before its case was dropped, for
/// programmes that are strict about it (K18).
pub(crate) fn sign_in_row(conn: &mut Conn, email: &str, typed: &str, now: Timestamp) -> ApiResult<Option<SignInRow>> {
    let row = users::table
        .filter(users::email.eq(email))
        .select((
            users::id,
            users::audience,
            users::password_hash,
            users::status,
            users::email_as_typed,
        ))
        .first::<SignInColumns>(conn)
        .optional()?;
    let Some((id, audience, password_hash, status, registered)) = row else {
        return Ok(None);
    };
    let mut may_sign_in = status == UserStatus::Active;
    if may_sign_in && registered != typed && audience == Audience::Supplier {
        may_sign_in = !case_counts(conn, id, now)?;
    }
    Ok(Some(SignInRow {
        id,
        audience,
        password_hash,
        may_sign_in,
    }))
}

/// Whether the policy of the person's account wants the e-mail in the very case it was registered in
/// (R51, K18). An agreement that begins today counts by the date in UTC: at sign-in a few hours are nothing.
fn case_counts(conn: &mut Conn, id: UserId, now: Timestamp) -> ApiResult<bool> {
    let account = memberships::table
        .inner_join(suppliers::table)
        .filter(memberships::user_id.eq(id))
        .select((suppliers::id, suppliers::programme_id))
        .first::<(SupplierId, ProgrammeId)>(conn)
        .optional()?;
    let Some((supplier, programme)) = account else {
        return Ok(false);
    };
    let today = LocalDate::new(now.to_offset().date());
    let (_, resolved) = crate::policy::of_supplier(conn, programme, supplier, None, today)?;
    Ok(resolved.policy.access.email_case_sensitive)
}

/// What a change of the password reads.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) audience: Audience,
    pub(crate) password_hash: Option<String>,
}

pub(crate) fn credentials(conn: &mut Conn, id: UserId) -> ApiResult<Credentials> {
    let (email, audience, password_hash) = users::table
        .find(id)
        .select((users::email, users::audience, users::password_hash))
        .first(conn)?;
    Ok(Credentials {
        email,
        audience,
        password_hash,
    })
}

/// Notes a sign-in and gives the token version; `None` when the user was disabled meanwhile.
pub(crate) fn signed_in(tx: &mut Tx<'_>, id: UserId) -> ApiResult<Option<i64>> {
    let now = tx.wall_now();
    let active = users::table.filter(users::id.eq(id).and(users::status.eq(UserStatus::Active)));
    Ok(diesel::update(active)
        .set(users::last_sign_in_at.eq(now))
        .returning(users::token_version)
        .get_result(&mut **tx)
        .optional()?)
}

/// Keeps the same password under newer parameters.
pub(crate) fn replace_hash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> ApiResult<()> {
    diesel::update(users::table.filter(users::id.eq(id).and(users::password_hash.eq(old))))
        .set(users::password_hash.eq(new))
        .execute(&mut **tx)?;
    Ok(())
}

/// Sets another password, if `old` is still the hash, and gives the new token version.
pub(crate) fn change_hash(tx: &mut Tx<'_>, id: UserId, old: &str, new: &str) -> ApiResult<Option<i64>> {
    let now = tx.wall_now();
    Ok(
        diesel::update(users::table.filter(users::id.eq(id).and(users::password_hash.eq(old))))
            .set((
                users::password_hash.eq(new),
                users::token_version.eq(users::token_version + 1),
                users::version.eq(users::version + 1),
                users::updated_at.eq(now),
            ))
            .returning(users::token_version)
            .get_result(&mut **tx)
            .optional()?,
    )
}

/// The roles of a member of staff.
pub(super) fn roles(conn: &mut Conn, id: UserId) -> ApiResult<Vec<StaffRole>> {
    let mut roles: Vec<StaffRole> = staff_roles::table
        .filter(staff_roles::user_id.eq(id))
        .select(staff_roles::role)
        .load(conn)?;
    roles.sort_unstable();
    Ok(roles)
}

/// What a supplier's person is in their account.
#[derive(Debug, Clone)]
pub(crate) struct Membership {
    pub(crate) supplier_id: SupplierId,
    pub(crate) role: SupplierRole,
    pub(crate) businesses: Option<Vec<BusinessId>>,
}

pub(super) fn membership(conn: &mut Conn, id: UserId) -> ApiResult<Option<Membership>> {
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

pub(super) fn audience_and_name(conn: &mut Conn, id: UserId) -> ApiResult<Option<(Audience, String)>> {
    Ok(users::table
        .find(id)
        .select((users::audience, users::name))
        .first(conn)
        .optional()?)
}

/// What `me` shows of an account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) programme_id: ProgrammeId,
    pub(super) brand: String,
    pub(super) manager: Option<(String, String, Option<String>)>,
}

pub(super) fn account(conn: &mut Conn, supplier: SupplierId) -> ApiResult<Account> {
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
        supplier_role: None,
        has_password: password_hash.is_some(),
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
    let members: Vec<(UserId, SupplierId, SupplierRole)> = memberships::table
        .filter(memberships::user_id.eq_any(ids))
        .select((memberships::user_id, memberships::supplier_id, memberships::role))
        .load(conn)?;
    for user in &mut users {
        user.roles = roles
            .iter()
            .filter(|(id, _)| *id == user.id)
            .map(|(_, role)| *role)
            .collect();
        user.roles.sort_unstable();
        if let Some((_, supplier, role)) = members.iter().find(|(id, ..)| *id == user.id) {
            user.supplier_id = Some(*supplier);
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

pub(super) fn list(conn: &mut Conn, filter: &Filter, window: &Window) -> ApiResult<Page<User>> {
    let mut query = users::table
        .select(columns!())
        .order((users::created_at.desc(), users::id.desc()))
        .limit(window.fetch())
        .into_boxed();
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
    if let Some((at, id)) = window.after() {
        query = query
            .filter(users::created_at.le(at))
            .filter(users::created_at.lt(at).or(users::id.lt(UserId::from_i64(id))));
    }
    let rows = query.load::<Columns>(conn)?;
    let users = complete(conn, rows.into_iter().map(user_of).collect())?;
    Ok(window.finish(users, |user| (user.created_at, user.id.as_i64())))
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

/// Makes the roles exactly these.
pub(super) fn set_roles(tx: &mut Tx<'_>, id: UserId, wanted: &[StaffRole]) -> ApiResult<()> {
    diesel::delete(staff_roles::table.filter(staff_roles::user_id.eq(id))).execute(&mut **tx)?;
    for role in wanted {
        diesel::insert_into(staff_roles::table)
            .values((staff_roles::user_id.eq(id), staff_roles::role.eq(*role)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Ties a supplier's person to their account and, where they are named, to some of its businesses.
pub(super) fn insert_membership(tx: &mut Tx<'_>, id: UserId, membership: &Membership) -> ApiResult<()> {
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
pub(super) fn own_businesses(conn: &mut Conn, supplier: SupplierId, ids: &[BusinessId]) -> ApiResult<usize> {
    use crate::db::schema::businesses;
    let own = businesses::table.filter(
        businesses::supplier_id
            .eq(supplier)
            .and(businesses::id.eq_any(ids.to_vec())),
    );
    let count: i64 = own.count().get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or(0))
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

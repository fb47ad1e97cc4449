//! Rows of a supplier's people.

use crate::db::Conn;
use crate::db::schema::{membership_businesses, memberships, users};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use diesel::prelude::*;
use std::collections::HashMap;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::suppliers::Member;
use tradepost_contract::users::UserStatus;
use tradepost_contract::{BusinessId, Id, SupplierId, Timestamp, UserId};

type Row = (
    (UserId, SupplierId, SupplierRole, bool, i64, Timestamp),
    (
        String,
        String,
        Option<String>,
        UserStatus,
        Option<String>,
        Option<Timestamp>,
    ),
);

macro_rules! columns {
    () => {
        (
            (
                memberships::user_id,
                memberships::supplier_id,
                memberships::role,
                memberships::all_businesses,
                memberships::version,
                memberships::created_at,
            ),
            (
                users::email_as_typed,
                users::name,
                users::phone,
                users::status,
                users::password_hash,
                users::last_sign_in_at,
            ),
        )
    };
}

/// A page of people, those who joined last first.
pub(super) fn list(conn: &mut Conn, supplier: SupplierId, window: &Window) -> ApiResult<Vec<Member>> {
    let mut query = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(
            memberships::supplier_id
                .eq(supplier)
                .and(memberships::removed_at.is_null()),
        )
        .order((memberships::created_at.desc(), memberships::user_id.desc()))
        .limit(window.fetch())
        .select(columns!())
        .into_boxed();
    if let Some((at, id)) = window.after() {
        let id = UserId::from_i64(id);
        query = query
            .filter(memberships::created_at.le(at))
            .filter(memberships::created_at.lt(at).or(memberships::user_id.lt(id)));
    }
    let rows = query.load::<Row>(conn)?;
    complete(conn, rows)
}

/// One of them.
pub(super) fn get(conn: &mut Conn, supplier: SupplierId, user: UserId) -> ApiResult<Member> {
    let rows = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::supplier_id.eq(supplier).and(memberships::user_id.eq(user)))
        .select(columns!())
        .load::<Row>(conn)?;
    complete(conn, rows)?.pop().ok_or_else(ApiError::not_found)
}

fn complete(conn: &mut Conn, rows: Vec<Row>) -> ApiResult<Vec<Member>> {
    let ids: Vec<UserId> = rows.iter().map(|(membership, _)| membership.0).collect();
    let pairs = membership_businesses::table
        .filter(membership_businesses::user_id.eq_any(ids))
        .order(membership_businesses::business_id)
        .select((membership_businesses::user_id, membership_businesses::business_id))
        .load::<(UserId, BusinessId)>(conn)?;
    let mut businesses: HashMap<UserId, Vec<BusinessId>> = HashMap::new();
    for (user, business) in pairs {
        businesses.entry(user).or_default().push(business);
    }
    let members = rows.into_iter().map(|(membership, user)| {
        let (user_id, supplier_id, role, all_businesses, version, created_at) = membership;
        let (email, name, phone, status, password_hash, last_sign_in_at) = user;
        let own = businesses.remove(&user_id).unwrap_or_default();
        Member {
            user_id,
            supplier_id,
            email,
            name,
            phone,
            role,
            businesses: (!all_businesses).then_some(own),
            status,
            has_password: password_hash.is_some(),
            version,
            last_sign_in_at,
            created_at,
        }
    });
    Ok(members.collect())
}

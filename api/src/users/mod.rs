//! People who sign in: the seller's staff, who have roles, and suppliers' people, who belong to one
//! account with one role and perhaps only some of its businesses (R106, R123).
//!
//! An e-mail belongs to one user. Nobody is deleted: `disabled` ends their sessions and keeps their
//! name in the audit trail. A change of roles or status raises the user's token version, so that open
//! access tokens stop at once. Only an admin changes people, and there is always one active admin.

mod http;
pub mod ops;
mod rules;
pub(crate) mod store;
pub(crate) mod team;

pub(crate) use rules::Email;

use crate::routes::Routes;
use tradepost_contract::UserId;
use tradepost_contract::auth::{HelpContact, HelpContactKind, Me, MyAccount, MySecondFactor};
use tradepost_contract::permissions::Permission;
use tradepost_contract::users::{Audience, User};

use crate::auth::{self, Caller, Principal, StaffMember, SupplierPerson};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::second_factors;
use crate::settings::Settings;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_users)
        .service(http::create_user)
        .service(http::get_user)
        .service(http::update_user)
        .service(http::resend_access);
}

/// Who a user is to the handlers; `None` for a supplier's person without an account.
pub(crate) fn principal(conn: &mut Conn, id: UserId, audience: Audience, name: String) -> ApiResult<Option<Principal>> {
    match audience {
        Audience::Staff => {
            let roles = store::roles(conn, id)?;
            Ok(Some(Principal::Staff(StaffMember {
                user_id: id,
                name,
                roles,
            })))
        }
        Audience::Supplier => Ok(store::membership(conn, id)?.map(|membership| {
            Principal::Supplier(SupplierPerson {
                user_id: id,
                name,
                supplier_id: membership.supplier_id,
                role: membership.role,
                businesses: membership.businesses,
            })
        })),
    }
}

/// A user as a caller, for the command line, the demo market and tests, which act for somebody.
pub fn acting_as(conn: &mut Conn, id: UserId, request_id: &str) -> ApiResult<Caller> {
    let (audience, name) = store::audience_and_name(conn, id)?.ok_or_else(ApiError::not_found)?;
    let principal = principal(conn, id, audience, name)?.ok_or_else(ApiError::not_found)?;
    Ok(Caller::acting(principal, request_id))
}

/// One person.
pub(crate) fn get(conn: &mut Conn, id: UserId) -> ApiResult<Option<User>> {
    store::get(conn, id)
}

/// Who one is and what one may do. Whoever looks at a supplier's portal is themselves with an owner's view, and may only
/// read.
pub(crate) fn me(conn: &mut Conn, settings: &Settings, caller: &Caller) -> ApiResult<Me> {
    let id = caller.user_id()?;
    let user = store::get(conn, id)?.ok_or_else(ApiError::not_found)?;
    let impersonation = match caller.impersonation() {
        Some(id) => Some(crate::impersonations::mine(conn, id)?),
        None => None,
    };
    let looks = impersonation.is_some();
    let permissions = Permission::ALL
        .iter()
        .copied()
        .filter(|permission| caller.may(*permission))
        .filter(|permission| !looks || permission.only_reads() || *permission == Permission::Self_)
        .collect();
    let second_factor = match second_factors::is_on(conn, id)? {
        true => MySecondFactor::On,
        false if auth::is_asked_of(conn, settings, id)? => MySecondFactor::Required,
        false => MySecondFactor::Off,
    };
    let audience = match &caller.principal {
        Principal::Supplier(_) => Audience::Supplier,
        Principal::Staff(_) | Principal::Key(_) => user.audience,
    };
    let (supplier, contact) = match &caller.principal {
        Principal::Supplier(person) => {
            let account = store::account(conn, person.supplier_id)?;
            let supplier = MyAccount {
                id: person.supplier_id,
                name: account.name.clone(),
                programme_id: account.programme_id,
                role: person.role,
                businesses: person.businesses.clone(),
                prepaid: crate::wallets::is_open(conn, person.supplier_id)?,
            };
            (Some(supplier), Some(help_contact(account)?))
        }
        Principal::Staff(_) | Principal::Key(_) => (None, None),
    };
    Ok(Me {
        id,
        name: user.name,
        email: user.email,
        phone: user.phone,
        audience,
        roles: if looks { Vec::new() } else { user.roles },
        supplier,
        permissions,
        contact,
        session_id: caller.session_id(),
        second_factor,
        impersonation,
    })
}

/// The account manager, or the department while there is none (R1, R122).
fn help_contact(account: store::Account) -> ApiResult<HelpContact> {
    if let Some(manager) = account.manager {
        let (name, email, phone) = manager;
        return Ok(HelpContact {
            kind: HelpContactKind::AccountManager,
            name,
            email: Some(email),
            phone,
        });
    }
    rules::department(&account.brand)
}

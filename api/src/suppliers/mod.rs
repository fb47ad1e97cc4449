//! Suppliers: who buys leads.
//!
//! **What it is.** A supplier is an account in one programme. On it hang its businesses, the people
//! who sign in, contact points, agreements, coverage and standing orders; each has a folder of its own
//! beside this one, except the people, who are made by `users/`.
//!
//! **States.** `onboarding → active ⇄ suspended`, `active | suspended → in_notice`, and from any of
//! them to `deactivated`, `closed` or `terminated` (`SupplierStatus::after`). The first activation
//! sends exactly one activation message (R3), a later one none. What the standing means for leads is
//! kept on each order (`orders.hold`) in the same transaction, because a sale decides by the order's
//! own row (F5).
//!
//! **Who changes what.** Staff change everything, and every change leaves its old and new values in
//! the audit trail (R124). A supplier's own people change what the policy's `self_service` says
//! `edit` about; anything else answers 403 `change_through_staff`, which names the account manager,
//! or the department while there is none (R1, R5). `care.rs` is that gate, for the neighbouring
//! folders too. While a notice runs and the policy freezes the account, nothing changes (R72).
//!
//! Every write here locks the supplier's row first (`store::hold`), then business, then order, so
//! that two writes never wait for each other in a circle.
//!
//! Tests: `openapi/src/suppliers.rs` (every transition), `fields.rs`, and `tests/api/suppliers.rs`.

pub(crate) mod care;
pub(crate) mod fields;
mod http;
mod member_store;
mod members;
mod ops;
pub(crate) mod sign_up;
pub(crate) mod standing;
pub(crate) mod store;
pub(crate) mod trail;

pub(crate) use ops::update;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_suppliers)
        .service(http::create_supplier)
        .service(http::get_supplier)
        .service(http::update_supplier)
        .service(http::activate_supplier)
        .service(http::suspend_supplier)
        .service(http::close_supplier)
        .service(http::get_supplier_policy)
        .service(members::list_members)
        .service(members::create_member)
        .service(members::update_member)
        .service(members::remove_member)
        .service(members::resend_invitation);
}

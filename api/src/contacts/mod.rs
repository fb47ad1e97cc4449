//! Contact points: the addresses that receive a supplier's leads, invoices and everything else.
//!
//! **What it is.** A purpose (`leads`, `billing`, `general`) and an e-mail, a phone, or both; for all
//! businesses of the account or for one. There may be several for leads (R16); every active one gets
//! each lead, and a purpose without an address of its own falls back to the general ones.
//!
//! **States.** `active` or not. An address is removed by deactivating it: the audit trail and old
//! messages name it. The trail keeps the old value of a change (R14).
//!
//! **Who changes what.** `self_service.lead_contacts`, `billing_contact`, and `profile` for the
//! general ones; otherwise staff.
//!
//! Tests: `tests/api/suppliers.rs`.

mod http;
mod ops;
mod store;

pub(crate) use ops::{add_first, create, update};
pub(crate) use store::{for_billing, get};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_contacts)
        .service(http::create_contact)
        .service(http::update_contact);
}

//! Businesses: what a supplier trades as, and the associations that keep competing branches apart.
//!
//! **What it is.** One account may have many businesses (R106), each with its own orders, packages and
//! licence (R102, R105). Its tracking number is the seller's to assign and nobody else has it (R104);
//! numbers are kept in E.164, so that one number has one spelling. What is taken from a business goes to no other one
//! before `calls.number_quarantine_days` are over, because people still call it and mean the first. A business may belong to an
//! association, and no lead is sold twice within one (R67).
//!
//! **States.** `active`, `closed`. A business with live orders cannot be closed: cancel them first.
//!
//! **Who changes what.** Owners where the policy says so (`self_service.businesses`, and
//! `business_association` for the association); a tracking number, a verified licence and closing are
//! the seller's. Members see the businesses given to them.
//!
//! Tests: `tests/api/businesses.rs`.

mod associations;
mod http;
mod ops;
pub(crate) mod store;

pub(crate) use ops::{add_first, create, update};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(associations::list_business_associations)
        .service(associations::create_business_association)
        .service(http::list_businesses)
        .service(http::create_business)
        .service(http::get_business)
        .service(http::update_business);
}

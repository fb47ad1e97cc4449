//! Replacements: leads that are owed for returned ones (R44).
//!
//! **What it is.** Where the remedy is a replacement, an approved return owes the supplier one lead,
//! on the order of the returned one. The next eligible lead that the order takes fills it at price
//! zero; that is the selling's business.
//!
//! **States.** `owed → delivered | converted_to_credit | void`. There is at most one replacement for
//! each return request and for each returned delivery: both are unique in the table, so a repeated
//! approval cannot owe twice. A replacement that is returned in its turn owes another one.
//!
//! Tests: `tests/api/return_requests/`, where a return owes one and the next lead fills it.

mod http;
mod ops;
mod store;

pub(crate) use ops::{Owed, owe};

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(http::list_replacements);
}

//! Coverage: where a supplier takes leads from, and from when until when.
//!
//! **What it is.** One row an area: everywhere, a country, a US state or ZIP, a UK postcode area or
//! outcode, in its one spelling (`geography/`), for all orders of the supplier or for one; an order
//! with areas of its own goes by those alone. A sale goes by what is in force at its instant.
//!
//! **Taking effect.** Rows are never edited: they begin at `effective_from` and end before
//! `effective_to`. Where the policy gives changes a notice (72 hours in the trade preset, R69), both
//! lie that far ahead, and the old areas serve until then; staff may overrule it with a reason, which
//! the audit trail keeps. An account that is still being set up has nothing to give notice of.
//!
//! A request that is approved writes its rows beforehand, and takes them back when nothing comes of it
//! (`requested.rs`).
//!
//! **Who changes what.** Staff; owners where `self_service.coverage` says `edit` (R5).
//!
//! Tests: `rules.rs` (values and notice), `tests/api/coverage.rs`.

mod http;
mod of_order;
mod ops;
mod requested;
mod rules;
mod store;

pub(crate) use of_order::{everywhere, of_order, read};
pub(crate) use requested::{Planned, Wanted, plan, take_back};
pub(crate) use rules::{Notice, takes_effect};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_coverage)
        .service(http::create_coverage)
        .service(http::end_coverage);
}

//! Programmes: a brand, the company behind it, and a set of rules.
//!
//! **What it is.** One deployment has any number of programmes. Each belongs to a legal entity, which
//! issues its invoices, and has a time zone, a currency and a country that stay for good, because
//! windows, periods and balances rest on them. How it presents itself (card descriptor, support
//! address, the department that helps where no account manager is named) is its *brand* and not
//! policy: two brands may share every rule (R1, R40, R122).
//!
//! **States.** `active ⇄ closed`. A closed programme takes no new leads, suppliers or orders; what is
//! owed stays owed.
//!
//! **Its policy** starts as a copy of a preset, amended by a merge patch, and goes on in versions
//! (`policy/`). The programme names the version in force.
//!
//! **Who sees it.** Staff see all; a supplier's people and keys bound to a programme see their own.
//!
//! Tests: `tests/api/programmes.rs`.

mod http;
mod ops;
mod rules;
mod store;

pub(crate) use rules::{country_fault, is_code, text_faults, zone_fault};
pub(crate) use store::{Visible, expect, oldest, visible as visible_programmes, zones};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_programmes)
        .service(http::create_programme)
        .service(http::get_programme)
        .service(http::update_programme);
}

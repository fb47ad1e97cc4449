//! Holds on leads: for as long as a claim or an investigation needs it, the lead's person is neither erased on request nor
//! anonymised when its time is over.
//!
//! A lead has at most one hold at a time, by constraint. Staff set and lift it, each with a place in the audit trail; the
//! reason stays with the lead and goes with its person, so that the trail says only that there was one.
//!
//! Tests: `tests/api/retention.rs`.

mod http;
mod ops;
mod store;

pub(crate) use store::{held, held_among};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_lead_holds)
        .service(http::create_lead_hold)
        .service(http::get_lead_hold)
        .service(http::lift_lead_hold);
}

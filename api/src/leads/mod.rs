//! Leads: enquiries as they come in, are checked, and wait to be sold.
//!
//! **Intake** is one transaction: the enquiry is normalised and checked (`intake.rs`, pure), brought
//! to where it belongs (`desk.rs`), kept with its particulars apart (`store/`), compared with earlier enquiries of the same person
//! (`fingerprints.rs`), and offered to the market (`selling/`) before the answer goes out. Checks never
//! decide by themselves: each finding has the verdict of the programme's policy, so the same missing
//! consent quarantines a lead here and rejects it there (R81). A request that cannot be read as an
//! enquiry at all is refused, and nothing is kept.
//!
//! **States**: `available → partly_sold → sold_out`; `quarantined → available | rejected` by staff;
//! `duplicate`, `rejected`, `expired` and `withdrawn` are never sold; `in_service` is a customer's own
//! lead (R99), worked for that customer and offered to nobody. The state machine is
//! `LeadStatus::after` in the contract.
//!
//! **Once only**: an external id is unique within its programme and source. The same id again finds
//! the lead that is there and changes nothing; two at the same moment have one winner, by constraint.
//!
//! **Whose lead**: where an assigned number was called, texted, mailed or shown, the lead belongs to the
//! business that has the number, and nobody else is offered it (R101, R103); the answer says where the
//! call is to be passed on. Otherwise the product's orders compete for it.
//!
//! Tests: tables beside `intake.rs`, `contact.rs`, `rules.rs`, `fingerprints.rs`; `tests/api/leads/`.

pub(crate) mod contact;
pub(crate) mod desk;
pub(crate) mod fingerprint_store;
pub(crate) mod fingerprints;
mod http;
pub(crate) mod intake;
pub(crate) mod ops;
mod review;
pub(crate) mod rules;
pub(crate) mod store;

use crate::jobs::Job;
use crate::routes::Routes;

/// Takes unsold leads off the market whose time is over.
pub(crate) const EXPIRY: Job = Job {
    name: "lead expiry",
    run: review::expire_due,
};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::create_lead)
        .service(http::list_leads)
        .service(http::get_lead_trace)
        .service(http::get_lead)
        .service(http::release_lead)
        .service(http::reject_lead)
        .service(http::withdraw_lead);
}

//! Lead sources: senders that post enquiries in a format of their own, and cannot be told to speak ours.
//!
//! **A source** has a kind, an address that nobody guesses (`/lead-intake/{token}`), a secret that is shown once, and a
//! mapping. What it is sent is read by its kind (`formats/`) into names and texts, made an enquiry by its mapping
//! (`rules.rs`, with the plans of imports), and then takes the way of every enquiry: `leads::desk::check` and
//! `leads::ops::take_in`, so that checks, duplicates, quarantine and sale are those of `POST /leads`. The sender's own id
//! is the external id, so that what it sends twice is one lead.
//!
//! **Who sends**: Google shows the secret as `google_key`; Meta proves the subscription with it and signs with the app's
//! own secret; the others show it in a header, or, where they can set none and staff allowed it, have only the address.
//! Who shows a wrong one is answered 401 and leaves no row, only the minute in which it happened last.
//!
//! **States** (`LeadSourceStatus`): active ↔ disabled; a disabled one answers 403, an unknown address 404.
//!
//! **The log**: one row for each enquiry, with its lead or the problem, for thirty days. What was sent is kept, sealed,
//! only where it was refused, for fourteen days, so that staff mend the mapping and have it read again.
//!
//! Meta's own notifications name a lead and do not hold it; what they say is refused with that reason in the log, and
//! nothing is fetched. Bridges that add `field_data` are taken. `api/README.md` says why.
//!
//! Tests: tables beside `rules.rs` and each format; `tests/api/lead_sources.rs`.

mod door;
mod forgetting;
mod formats;
mod http;
mod intake;
mod ops;
mod rules;
mod store;
mod trial;

pub(crate) use forgetting::{count_refused, forget_refused_about, refused_about};

use crate::jobs::Job;
use crate::routes::Routes;

/// Below here senders are answered as they expect it, not with problems only.
pub(crate) const INTAKE: &str = "/api/v1/lead-intake/";

/// Forgets what was sent long ago, and secrets whose time is over.
pub(crate) const FORGETTING: Job = Job {
    name: "lead source log",
    run: forgetting::run,
};

/// ADF as names and texts, for whoever checks what is written as ADF.
#[cfg(test)]
pub(crate) fn read_adf(body: &[u8]) -> Result<Vec<Vec<(String, String)>>, String> {
    let sent = formats::adf::read(body)?;
    let pairs = |one: formats::Sent| one.fields.into_iter().map(|field| (field.path, field.text)).collect();
    Ok(sent.into_iter().map(pairs).collect())
}

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_lead_sources)
        .service(http::create_lead_source)
        .service(http::get_lead_source)
        .service(http::update_lead_source)
        .service(http::enable_lead_source)
        .service(http::disable_lead_source)
        .service(http::rotate_lead_source_secret)
        .service(http::try_lead_source)
        .service(http::list_lead_source_posts)
        .service(http::get_lead_source_post)
        .service(http::rerun_lead_source_post)
        .service(door::verify_lead_source)
        .service(door::receive_from_lead_source);
}

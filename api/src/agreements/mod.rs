//! Agreements: what a supplier signed, and the terms of the policy it changes (R18).
//!
//! **What it is.** A title, a term, its days, the text as signed, and a JSON merge patch that beats
//! account, product and programme. An agreement is never edited: a new one takes its place. In force is
//! the one that started last and has not ended, by the programme's calendar.
//!
//! **Taking effect.** Orders are stamped again in the transaction that stores an agreement. One that
//! starts or ends later has the instant in `next_change_at`, and the job here stamps the orders then.
//! Deliveries keep the stamp they were sold with, so no open window moves.
//!
//! **Renewing** (R21). An agreement of a fixed term begins a new one at its end, on days counted from its first one
//! (`rules.rs`), until it is cancelled with its account (`cancellations/`) or its last day has come.
//!
//! Tests: `rules.rs`, `tests/api/agreements.rs`.

mod http;
mod jobs;
mod ops;
pub(crate) mod rules;
mod store;

pub(crate) use jobs::JOB;
pub(crate) use store::{Terms, terms_in_force};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_agreements)
        .service(http::create_agreement)
        .service(http::get_agreement)
        .service(http::get_agreement_document);
}

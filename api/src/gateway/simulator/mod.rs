//! The gateway's simulator of a sandbox: speaks Stripe's format below [`BELOW`] on the server's own port.
//!
//! It keeps its state in two tables of its own, which nothing else reads, so that it survives a kill like
//! a gateway elsewhere would. It lives in business time: moving the sandbox clock makes bank debits
//! arrive. Its events are signed and posted to `/api/v1/gateway-events` as a real gateway's are.
//!
//! **Magic values.** On its page a person chooses how the method behaves ([`Behaviour`]), in place of the
//! numbers that a real page asks for:
//!
//! | behaviour | what a charge does |
//! |---|---|
//! | `ok` | a card or wallet succeeds at once; a bank debit is pending for 48 hours, then succeeds |
//! | `declined`, `insufficient_funds`, `expired_card` | fails at once |
//! | `recovers` | the first fails for lack of funds, later ones succeed |
//! | `fails_later` | is pending for 48 hours, then fails |
//! | `late` | is pending for 96 hours, then succeeds |
//! | `loses_answer` | is done, and the connection is cut before the answer |
//! | `loses_some_answers` | the same for about every tenth charge |
//! | `never_arrives` | the connection is cut and nothing is done |
//! | `slow` | is done, and answered after 30 seconds |
//! | `silent` | like `ok`, and no event is ever sent |
//! | `disputed` | succeeds; a day later the payer's bank asks for it back, ten days later it is lost |
//! | `dispute_won` | the same, and it is won |
//! | `refund_fails` | succeeds; refunds fail a day later |
//! | `expires_soon` | like `ok`, on a card that ends this month |
//!
//! Tests: `rules.rs`; everything in `tests/api` that pays goes through it.

mod http;
mod page;
mod rules;
mod store;
mod work;

use crate::jobs::Job;
use actix_web::web::ServiceConfig;

/// Where it lives on the server.
pub(crate) const BELOW: &str = "/sandbox/gateway";

/// Its routes. They answer 404 outside of a sandbox.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(
        actix_web::web::scope(BELOW)
            .service(page::show)
            .service(page::finish)
            .service(http::create_customer)
            .service(http::create_session)
            .service(http::get_session)
            .service(http::detach_method)
            .service(http::create_intent)
            .service(http::list_intents)
            .service(http::create_refund)
            .service(http::list_refunds),
    );
}

/// Lets time pass at the simulator and sends its events.
pub(crate) const SIMULATOR: Job = Job {
    name: "sandbox_gateway",
    run: work::work,
};

//! Support tickets: what a supplier asks the seller, and what it is answered (R34, R83).
//!
//! **States.** `open → answered → open …`: a ticket waits for whoever did not write last; `closed` by either side, and a
//! supplier who writes once more opens it again. A note that only staff read changes nothing.
//!
//! **Due.** When a ticket begins to wait for staff it gets the instant until which the policy promises an answer: so many
//! hours of business days, which leave out weekends and holidays of the programme's calendar (R34). Who writes twice does
//! not wait longer. Once that time is over, staff are told, once.
//!
//! **Whose.** The account manager's where the policy sends questions there first and the account has one (R83), else the
//! department's; staff hand it on. Who wants to be called leaves a number, where the programme does that.
//!
//! **Who sees what.** A supplier's people see the tickets of their account; those who have only some of its businesses
//! see what they opened themselves, because a ticket is nobody's business in particular. What was written stays out of
//! events, the audit trail and messages, which say only that something was.
//!
//! Tests: `rules.rs`, `openapi/src/support_tickets.rs`, `tests/api/support_tickets.rs`.

mod http;
mod ops;
mod rules;
mod store;
mod view;
mod work;

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_support_tickets)
        .service(http::create_support_ticket)
        .service(http::get_support_ticket)
        .service(http::assign_support_ticket)
        .service(http::write_support_message)
        .service(http::close_support_ticket)
        .service(http::get_support_promise);
}

/// Tells staff of tickets that wait for longer than was promised.
pub(crate) const LATE: Job = Job {
    name: "support_tickets",
    run: work::run,
};

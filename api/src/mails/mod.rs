//! Mails: every message that a rule demands, to each of its addresses, sent once (R126, F19).
//!
//! **Written by a job.** A message is recorded in the transaction of what it tells (`notifications/`). The job
//! [`WRITING`] finds messages without mails and makes a row for each address; the guarded update of the message's
//! `mailed_at` and the unique pair (message, address) let that happen once. Whom a link is to let in gets it then
//! (`access_links/`).
//!
//! **Sent by another.** [`SENDING`] claims rows for a while, hands them to the mail server outside of every transaction,
//! and writes down what became of them. A server that is killed in between leaves a claim that ends; the mail is then
//! sent again with the same `Message-ID`, by which a reader's program sees one. So it is *at least once*, and doubles
//! carry one id. What cannot be sent is tried again for three days, ever more rarely, and is then `dead`; what the
//! reader's server refuses for good is `bounced`. Both are seen in the console and can be sent again, with a new id,
//! because it is then meant to arrive again.
//!
//! **No text is kept.** A mail is written from the message's facts whenever it is sent or looked at, so that a person who
//! is erased is in no mail that is kept, and a link that lets somebody in stands nowhere. In a sandbox without a mail
//! server nothing is sent: mails are `kept`, and the console's mailbox shows them with their links.
//!
//! Tests: the tables beside `rules.rs` and `letter.rs`, `openapi/src/mails.rs`, `tests/api/mails.rs`,
//! `tests/prove/mails.rs`.

mod compose;
mod http;
mod letter;
mod rules;
mod samples;
mod send;
pub(crate) mod smtp;
mod store;
mod templates;
mod write;

pub(crate) use samples::{preview, sample_names};
pub(crate) use templates::{Fault, is_for_staff, original, subject_of};

use crate::jobs::Job;
use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_mails)
        .service(http::get_mail)
        .service(http::resend_mail);
}

/// Makes the mails of messages.
pub(crate) const WRITING: Job = Job {
    name: "mail writing",
    run: write::run,
};

/// Sends them.
pub(crate) const SENDING: Job = Job {
    name: "mail sending",
    run: send::run,
};

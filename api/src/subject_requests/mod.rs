//! What persons behind leads ask for: to see what is kept of them, to be erased, to be left alone.
//!
//! **States** (`SubjectRequestStatus`): `open → done | refused`, and for an erasure `open → awaiting_recipients → done`
//! while suppliers that bought a lead have not said that they erased the person, too (`erasure_notices/`). Staff write a
//! request down with how they made sure who asks; the policy (`privacy`) says until which day of the programme's calendar
//! it is answered.
//!
//! **Found** are leads of all programmes under the phone number, the e-mail address or a reference, and those that may be
//! the person's by name and postcode, which staff look at before they choose them; as long as the request is open: once it
//! is over, it keeps keyed hashes and nothing of the person.
//!
//! **Erased** is in one transaction (`erase.rs`): the person, the answers, the place but for its region, notes, threads and
//! recordings' places, the rows of imported files, also those that became no lead, what lead sources sent and was refused,
//! answers that were stored for idempotency keys, what messages to
//! suppliers quoted, what other programs answered. What stays has no name: ids, states, sums, invoices, the journal, the
//! events and the audit trail. On SQLite free space is overwritten and the log cut (`db/checkpoint.rs`). The person's keyed
//! hashes are kept out from then on: who comes again meets the check `person_erased` of the policy.
//!
//! A return of an erased lead stays what it was: it is decided by its reason and its times, and the supplier keeps its
//! window.
//!
//! **An export** is put together each time that it is fetched, for so many days as the policy says, and kept nowhere; each
//! fetching is in the audit trail.
//!
//! Tests: `rules.rs`, `openapi/src/subject_requests.rs`, `tests/api/subject_requests.rs`.

mod asked;
mod erase;
mod erase_store;
mod find_store;
mod http;
mod ops;
mod rules;
mod store;
mod view;

pub(crate) use asked::Asked;
pub(crate) use erase::{Cause, forget_answers, lead as erase_lead, take_rows_out};
pub(crate) use erase_store::{ERASED_ANSWER, show_no_cells};
pub(crate) use ops::recipient_has_erased;
pub(crate) use rules::without_person;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_subject_requests)
        .service(http::create_subject_request)
        .service(http::get_subject_request)
        .service(http::find_subject)
        .service(http::allow_subject_export)
        .service(http::export_subject)
        .service(http::answer_subject_request)
        .service(http::restrict_subject)
        .service(http::erase_subject)
        .service(http::refuse_subject_request);
}

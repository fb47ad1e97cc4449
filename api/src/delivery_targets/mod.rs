//! Delivery targets: where a supplier's leads are delivered besides the portal, in the form that its CRM takes.
//!
//! **A target** is an address and a form (`forms/`): ADF 1.0 by mail or POST, or a form or JSON with the receiver's own
//! names. It may be for one business or one order only. Plain mails to people are no targets: those are the account's
//! contacts for leads (R16).
//!
//! **The way** is that of webhooks (`webhooks/`): each target has an endpoint there, with its address, its sealed secret,
//! its status and its place in the event log, so that each sale from then on is put on its way exactly once, claimed by a
//! lease, sent to public addresses only, tried ten times within three days and then dead, and sent again by hand. What is
//! sent twice, because a server died in between or somebody wished it, has the same `x-delivery-id`, and the same
//! `Message-ID` unless somebody wished it. **Mails** are handed to the queue of mails (`mails/`) in the transaction that
//! notes it, and what becomes of them there is written down here (`mailed`).
//!
//! **A person** is in no row: the body is written when it is sent. Who was erased before is not sent (`skipped`), and who
//! is held back until a notice is accepted (R82) waits for that without an attempt.
//!
//! **States** are those of endpoints (`WebhookEndpointStatus`) and of what is sent to them (`WebhookDeliveryStatus`). When
//! a lead is given up, or a target is disabled, the supplier and staff are told, once a day for each target.
//!
//! Tests: the tables beside `forms/`, `sheet.rs` and `rules.rs`; `tests/api/delivery_targets.rs`,
//! `tests/prove/webhooks.rs`, `tests/prove/mails.rs`.

mod forms;
mod http;
mod ops;
mod outgoing;
mod rules;
mod sheet;
mod store;
mod telling;

pub(crate) use outgoing::{Packed, mail, of_endpoint, pack, settle, wanted};
pub(crate) use store::Target;
pub(crate) use telling::{Because, disable, mailed, tell_failing};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_delivery_targets)
        .service(http::create_delivery_target)
        .service(http::get_delivery_target)
        .service(http::update_delivery_target)
        .service(http::pause_delivery_target)
        .service(http::enable_delivery_target)
        .service(http::delete_delivery_target)
        .service(http::try_delivery_target)
        .service(http::list_lead_forwards)
        .service(http::get_lead_forward)
        .service(http::replay_lead_forward);
}

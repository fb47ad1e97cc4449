//! Webhooks: what happens is sent to addresses of integrators, by Standard Webhooks 1.0.
//!
//! **Endpoints** are the seller's, or a supplier's: then its owners see it, and it is sent that account's events only, of
//! the kinds that are for suppliers (R127). A secret is shown once and kept sealed; after a rotation the old one signs
//! too for a while. **States** (`WebhookEndpointStatus`): active ↔ paused, active or paused → disabled → active, any →
//! deleted. What happens while an endpoint is paused or disabled waits in the event log, and is sent when it is enabled.
//!
//! **Deliveries**: one row for each event and endpoint, made of the event log exactly once (`fan_out.rs`). A row is
//! claimed by a lease and sent (`sending.rs`), signed over `id.timestamp.body` (`signature.rs`), ten times within three
//! days, and then it is dead. The id of the event is the id of the message: what is sent twice, because a server died
//! before it could write down that it was taken or because somebody replays it, has the same id. So it is *at least
//! once*. Events of one thing are sent one after another: a later one waits until the earlier one was taken or is dead.
//! An answer of 410 disables the endpoint at once, and five days without success do.
//!
//! **Bodies** hold ids, states and amounts, and what the endpoint includes: a person's particulars are looked up at the
//! moment of sending and kept in no row.
//!
//! **Delivery targets** (`delivery_targets/`) have an endpoint each: what is sold is put on its way, sent, tried again and
//! given up here, and only what is sent differs. Such endpoints are seen as targets, and not here.
//!
//! **Addresses** are judged by `address.rs` and called by `courier.rs`, anew at every attempt (S6).
//!
//! Times are the wall's, because a sandbox that lives through a month must not give up on anybody; `timestamp` in a body
//! is when it happened in business.
//!
//! Tests: the tables beside `address.rs`, `courier.rs`, `rules.rs` and `signature.rs`, `openapi/src/webhooks.rs`,
//! `tests/api/webhooks.rs`, `tests/prove/webhooks.rs`.

mod address;
pub(crate) mod courier;
mod document;
mod fan_out;
mod forgetting;
pub(crate) mod http;
pub(crate) mod ops;
mod rules;
pub(crate) mod sandbox;
mod sending;
mod signature;
pub(crate) mod store;
pub(crate) mod view;

pub(crate) use document::describe;
pub(crate) use rules::kinds_of;

use crate::jobs::Job;
use crate::routes::Routes;
use courier::Courier;
use std::sync::atomic::AtomicBool;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_webhook_endpoints)
        .service(http::create_webhook_endpoint)
        .service(http::get_webhook_endpoint)
        .service(http::update_webhook_endpoint)
        .service(http::pause_webhook_endpoint)
        .service(http::enable_webhook_endpoint)
        .service(http::delete_webhook_endpoint)
        .service(http::rotate_webhook_secret)
        .service(http::replay_webhooks)
        .service(http::test_webhook_endpoint)
        .service(http::list_webhook_deliveries)
        .service(http::get_webhook_delivery);
}

/// What the sender keeps in memory.
pub(crate) struct Post {
    pub(crate) courier: Courier,
    /// Whether what a dead server held has been freed.
    freed: AtomicBool,
}

impl Post {
    /// A sandbox also reaches its own machine.
    pub(crate) fn new(sandbox: bool) -> Self {
        Self {
            courier: Courier::new(sandbox),
            freed: AtomicBool::new(false),
        }
    }
}

/// Puts events on their way.
pub(crate) const FAN_OUT: Job = Job {
    name: "webhooks",
    run: fan_out::run,
};

/// Sends what is due.
pub(crate) const SENDING: Job = Job {
    name: "webhook sending",
    run: sending::run,
};

/// Forgets what was sent long ago, and secrets whose time is over.
pub(crate) const FORGETTING: Job = Job {
    name: "webhook log",
    run: forgetting::run,
};

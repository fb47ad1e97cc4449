//! The event log: what happened, written in the transaction in which it happened.
//!
//! It is also the outbox: webhooks and integrators read it by cursor. Its data holds ids, states
//! and amounts, never personal data, so that erasing a person leaves the log whole. Readers follow
//! it oldest first, people look at it newest first; `store.rs` says how a late commit never slips behind a
//! reader's cursor.

mod http;
mod store;

pub use store::push;
pub(crate) use store::{Followed, end, followed_after, get, id_at, of_supplier_after, suppliers_after};

use crate::routes::Routes;
use tradepost_contract::{Id, ProgrammeId, SupplierId};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::list_events);
}

/// What an event happened to.
#[derive(Debug, Clone)]
pub struct Subject {
    id: String,
    programme: Option<ProgrammeId>,
    supplier: Option<SupplierId>,
}

impl Subject {
    /// The thing with this id.
    pub fn of(id: impl Id) -> Self {
        Self {
            id: id.to_string(),
            programme: None,
            supplier: None,
        }
    }

    /// In this programme.
    #[must_use]
    pub const fn programme(mut self, programme: ProgrammeId) -> Self {
        self.programme = Some(programme);
        self
    }

    /// Of this supplier.
    #[must_use]
    pub const fn supplier(mut self, supplier: SupplierId) -> Self {
        self.supplier = Some(supplier);
        self
    }
}

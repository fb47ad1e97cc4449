//! The event log: what happened, written in the transaction in which it happened.
//!
//! It is also the outbox: webhooks and integrators read it by cursor. Its data holds ids, states
//! and amounts, never personal data, so that erasing a person leaves the log whole. Readers follow
//! it oldest first; `store.rs` says how a late commit never slips behind a reader's cursor.

mod http;
mod store;

use crate::db::Tx;
use crate::db::schema::events::dsl;
use crate::error::ApiResult;
use diesel::prelude::*;
use serde::Serialize;
use tradepost_contract::events::EventKind;
use tradepost_contract::{EventId, Id, ProgrammeId, SupplierId};
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
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

/// Writes an event into the transaction.
pub fn push(tx: &mut Tx<'_>, kind: EventKind, subject: Subject, data: &impl Serialize) -> ApiResult<EventId> {
    let id: EventId = tx.new_id();
    diesel::insert_into(dsl::events)
        .values((
            dsl::id.eq(id),
            dsl::kind.eq(kind),
            dsl::happened_at.eq(tx.business_now()),
            dsl::programme_id.eq(subject.programme),
            dsl::supplier_id.eq(subject.supplier),
            dsl::subject.eq(subject.id),
            dsl::data.eq(serde_json::to_string(data)?),
            dsl::created_at.eq(tx.wall_now()),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

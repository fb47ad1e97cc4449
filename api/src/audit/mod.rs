//! The audit trail: every change that a person or key makes, with who, what, before and after,
//! why and how they came (R124). Append-only, by trigger; written in the transaction of the change.

mod http;
mod store;

use crate::auth::Actor;
use crate::db::Tx;
use crate::db::schema::audit_entries::dsl;
use crate::error::ApiResult;
use diesel::prelude::*;
use serde_json::Value;
use tradepost_contract::{AuditEntryId, SupplierId};
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(http::list_audit_entries);
}

/// What somebody did.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// What was done, such as `order.paused`.
    pub action: &'a str,
    /// The id of what it was done to.
    pub object: String,
    /// The supplier it concerns, so that a supplier's history can be read.
    pub supplier: Option<SupplierId>,
    /// What stood there before: changed fields only, ids rather than personal data.
    pub before: Option<Value>,
    /// What stands there now.
    pub after: Option<Value>,
    /// Why, in the person's words.
    pub reason: Option<&'a str>,
}

/// Writes the change into the trail.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, change: Change<'_>) -> ApiResult<()> {
    let id: AuditEntryId = tx.new_id();
    diesel::insert_into(dsl::audit_entries)
        .values((
            dsl::id.eq(id),
            dsl::recorded_at.eq(tx.wall_now()),
            dsl::actor.eq(&actor.id_text),
            dsl::actor_name.eq(&actor.name),
            dsl::action.eq(change.action),
            dsl::object.eq(change.object),
            dsl::supplier_id.eq(change.supplier),
            dsl::before.eq(change.before.map(|value| value.to_string())),
            dsl::after.eq(change.after.map(|value| value.to_string())),
            dsl::reason.eq(change.reason),
            dsl::channel.eq(actor.channel),
            dsl::request_id.eq(&actor.request_id),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

//! Messages that rules demand (R126): recorded exactly once, in the transaction of what they tell.
//!
//! Exactly once is the unique `dedupe_key`: the same rule firing again for the same thing finds its
//! message there. Sending is the mailer's business, which reads these rows.

mod http;
mod store;

use crate::db::schema::contact_points::dsl as contacts;
use crate::db::schema::notifications::dsl;
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use diesel::prelude::*;
use serde::Serialize;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::{NotificationId, ProgrammeId, SupplierId};
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(http::list_notifications);
}

/// Which of a supplier's addresses a kind of message goes to (R14, R16).
const fn purpose_of(kind: NotificationKind) -> &'static str {
    use NotificationKind as N;
    match kind {
        N::Lead | N::ReplacementSent => "leads",
        N::Invoice | N::CreditNote | N::PaymentReceived | N::Overdue => "billing",
        N::Activation | N::ReturnReceived | N::ReturnApproved | N::ReturnDenied => "general",
        N::ReturnInfoNeeded | N::ReturnEscalated | N::PauseStarted => "general",
    }
}

/// Records a message to a supplier's active addresses, or to staff where there is no supplier.
/// `dedupe_key` names the occasion: a second record for it changes nothing and answers false.
pub fn record(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    dedupe_key: &str,
    programme: ProgrammeId,
    supplier: Option<SupplierId>,
    facts: &impl Serialize,
) -> ApiResult<bool> {
    let recipients = match supplier {
        Some(supplier) => addresses(tx, supplier, purpose_of(kind))?,
        None => Vec::new(),
    };
    record_to(tx, kind, dedupe_key, programme, supplier, &recipients, facts)
}

/// The same where the addresses are known already, as in a sale, whose market snapshot holds them.
pub fn record_to(
    tx: &mut Tx<'_>,
    kind: NotificationKind,
    dedupe_key: &str,
    programme: ProgrammeId,
    supplier: Option<SupplierId>,
    recipients: &[String],
    facts: &impl Serialize,
) -> ApiResult<bool> {
    let id: NotificationId = tx.new_id();
    let row = (
        dsl::id.eq(id),
        dsl::kind.eq(kind),
        dsl::dedupe_key.eq(format!("{kind}:{dedupe_key}")),
        dsl::programme_id.eq(programme),
        dsl::supplier_id.eq(supplier),
        dsl::recipients.eq(serde_json::to_string(recipients)?),
        dsl::facts.eq(serde_json::to_string(facts)?),
        dsl::due_at.eq(tx.business_now()),
        dsl::created_at.eq(tx.business_now()),
    );
    let insert = diesel::insert_into(dsl::notifications).values(row);
    let written = match &mut **tx {
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(written == 1)
}

fn addresses(conn: &mut Conn, supplier: SupplierId, purpose: &str) -> ApiResult<Vec<String>> {
    let of = |wanted: &str| {
        contacts::contact_points
            .filter(contacts::supplier_id.eq(supplier).and(contacts::active.eq(true)))
            .filter(
                contacts::purpose
                    .eq(wanted.to_owned())
                    .and(contacts::email.is_not_null()),
            )
            .order(contacts::id)
            .select(contacts::email.assume_not_null())
    };
    let found = of(purpose).load::<String>(conn)?;
    // An account without an address for the purpose is reached at its general one.
    if found.is_empty() {
        Ok(of("general").load(conn)?)
    } else {
        Ok(found)
    }
}

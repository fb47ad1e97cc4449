//! The invariants of webhooks: what an endpoint wants is on its way to it, once and in order, and nothing else is (F19,
//! R127).

use super::{Check, Violation, shown};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::webhooks::kinds_of;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use std::collections::HashSet;
use tradepost_contract::events::EventKind;
use tradepost_contract::{EventId, Id, WebhookDeliveryId, WebhookEndpointId};

pub(super) const WEBHOOKS: &[Check] = &[
    Check {
        invariant: "R127 a webhook is of an event that concerns its endpoint",
        show: shown::<WebhookDeliveryId>,
        sql: "SELECT d.id AS row_id, 'is of the event ' || COALESCE(e.kind, 'that is not there') AS detail FROM webhook_deliveries d \
              JOIN webhook_endpoints w ON w.id = d.endpoint_id LEFT JOIN events e ON e.id = d.event_id \
              WHERE e.id IS NULL OR e.kind <> d.kind OR e.subject <> d.subject \
              OR (w.supplier_id IS NOT NULL AND COALESCE(e.supplier_id, 0) <> w.supplier_id) \
              OR (w.only_supplier_id IS NOT NULL AND e.kind <> 'webhook.test' AND COALESCE(e.supplier_id, 0) <> w.only_supplier_id) \
              OR (w.programme_id IS NOT NULL AND COALESCE(e.programme_id, 0) <> w.programme_id)",
    },
    Check {
        invariant: "F19 each attempt of a webhook is written down",
        show: shown::<WebhookDeliveryId>,
        sql: "SELECT d.id AS row_id, 'counts ' || d.attempts || ' attempts, and has ' || COUNT(a.id) AS detail FROM webhook_deliveries d \
              LEFT JOIN webhook_attempts a ON a.delivery_id = d.id GROUP BY d.id, d.attempts HAVING COUNT(a.id) <> d.attempts",
    },
    Check {
        invariant: "F19 no webhook overtakes an earlier one of the same thing",
        show: shown::<WebhookDeliveryId>,
        // The earlier one was there and was never tried when the later one was sent.
        sql: "SELECT l.id AS row_id, 'was sent before ' || f.event_id AS detail FROM webhook_deliveries f \
              JOIN webhook_deliveries l ON l.endpoint_id = f.endpoint_id AND l.subject = f.subject AND l.event_id > f.event_id \
              WHERE f.status = 'pending' AND f.attempts = 0 AND l.attempts > 0 \
              AND EXISTS (SELECT 1 FROM webhook_attempts a WHERE a.delivery_id = l.id AND a.started_at > f.created_at)",
    },
    Check {
        invariant: "F19 a webhook that was taken was answered so",
        show: shown::<WebhookDeliveryId>,
        sql: "SELECT d.id AS row_id, 'is delivered, and nobody took it' AS detail FROM webhook_deliveries d WHERE d.status = 'delivered' \
              AND NOT EXISTS (SELECT 1 FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.status_code BETWEEN 200 AND 299)",
    },
    Check {
        invariant: "S6 the secrets of webhooks are sealed",
        show: shown::<WebhookEndpointId>,
        sql: "SELECT w.id AS row_id, 'has a secret in the clear' AS detail FROM webhook_endpoints w \
              WHERE w.status <> 'deleted' AND (w.secret NOT LIKE '________.%' OR w.previous_secret NOT LIKE '________.%')",
    },
];

pub(super) const INVARIANT: &str = "F19 what an endpoint is sent is on its way";

#[derive(QueryableByName)]
struct Endpoint {
    #[diesel(sql_type = BigInt)]
    id: WebhookEndpointId,
    #[diesel(sql_type = Bool)]
    of_supplier: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    about: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    programme_id: Option<i64>,
    #[diesel(sql_type = Text)]
    kinds: String,
    #[diesel(sql_type = BigInt)]
    log_from: i64,
    #[diesel(sql_type = BigInt)]
    sent_up_to: i64,
}

#[derive(QueryableByName)]
struct Lost {
    #[diesel(sql_type = BigInt)]
    id: EventId,
    #[diesel(sql_type = Text)]
    kind: EventKind,
    #[diesel(sql_type = Text)]
    subject: String,
}

/// Every event that an endpoint has passed in the log, and wanted, has its delivery. Those of delivery targets are looked
/// at from the side of what was sold.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let endpoints: Vec<Endpoint> = sql_query(
        "SELECT id, supplier_id IS NOT NULL AS of_supplier, COALESCE(supplier_id, only_supplier_id) AS about, programme_id, \
         kinds, log_from, sent_up_to FROM webhook_endpoints WHERE status <> 'deleted' AND sent_up_to > log_from \
         AND NOT EXISTS (SELECT 1 FROM delivery_targets t WHERE t.endpoint_id = webhook_endpoints.id)",
    )
    .load(conn)?;
    for endpoint in endpoints {
        let chosen: Vec<EventKind> = serde_json::from_str(&endpoint.kinds)?;
        let wanted: HashSet<EventKind> = kinds_of(&chosen, endpoint.of_supplier).into_iter().collect();
        let mut sql = format!(
            "SELECT e.id, e.kind, e.subject FROM events e WHERE e.id > {} AND e.id <= {} AND NOT EXISTS \
             (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = {} AND d.event_id = e.id)",
            endpoint.log_from,
            endpoint.sent_up_to,
            endpoint.id.as_i64(),
        );
        for (column, value) in [("supplier_id", endpoint.about), ("programme_id", endpoint.programme_id)] {
            if let Some(value) = value {
                sql += &format!(" AND e.{column} = {value}");
            }
        }
        let own = endpoint.id.to_string();
        let lost: Vec<Lost> = sql_query(sql).load(conn)?;
        let lost = lost
            .into_iter()
            .filter(|event| wanted.contains(&event.kind) && event.subject != own);
        violations.extend(lost.map(|event| Violation {
            invariant: INVARIANT,
            row: endpoint.id.to_string(),
            detail: format!("is never sent {}", event.id),
        }));
    }
    Ok(())
}

//! The invariant of delivery targets: each lead that was sold to a supplier since it has a target is on its way there once.

use super::Violation;
use crate::db::Conn;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::collections::{HashMap, HashSet};
use tradepost_contract::{DeliveryId, DeliveryTargetId};

pub(super) const INVARIANT: &str = "F19 a lead is on its way to each target once";

#[derive(QueryableByName)]
struct Target {
    #[diesel(sql_type = BigInt)]
    id: DeliveryTargetId,
    #[diesel(sql_type = BigInt)]
    endpoint_id: i64,
    #[diesel(sql_type = BigInt)]
    supplier_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    business_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    order_id: Option<i64>,
    #[diesel(sql_type = BigInt)]
    log_from: i64,
    #[diesel(sql_type = BigInt)]
    sent_up_to: i64,
}

#[derive(QueryableByName)]
struct Sold {
    #[diesel(sql_type = BigInt)]
    id: DeliveryId,
    /// The event of its sale.
    #[diesel(sql_type = Nullable<BigInt>)]
    event_id: Option<i64>,
}

#[derive(QueryableByName)]
struct Sent {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = BigInt)]
    times: i64,
}

/// What is sold has one row for each target that wants it and has passed its sale in the log; nothing else has one.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let targets: Vec<Target> = sql_query(
        "SELECT t.id, t.endpoint_id, t.supplier_id, t.business_id, t.order_id, w.log_from, w.sent_up_to FROM delivery_targets t \
         JOIN webhook_endpoints w ON w.id = t.endpoint_id WHERE w.status <> 'deleted'",
    )
    .load(conn)?;
    for target in targets {
        // Bare NULLs have no type on PostgreSQL.
        let mut sql = format!(
            "SELECT d.id, CAST(NULL AS BIGINT) AS event_id FROM deliveries d WHERE d.supplier_id = {}",
            target.supplier_id
        );
        for (column, value) in [("business_id", target.business_id), ("order_id", target.order_id)] {
            if let Some(value) = value {
                sql += &format!(" AND d.{column} = {value}");
            }
        }
        let sold: Vec<Sold> = sql_query(sql).load(conn)?;
        let sql = format!(
            "SELECT subject, COUNT(*) AS times FROM webhook_deliveries WHERE kind = 'delivery.created' AND endpoint_id = {} \
             GROUP BY subject",
            target.endpoint_id
        );
        let sent: Vec<Sent> = sql_query(sql).load(conn)?;
        let times: HashMap<&str, i64> = sent.iter().map(|sent| (sent.subject.as_str(), sent.times)).collect();
        let mut found = |detail: String| {
            violations.push(Violation {
                invariant: INVARIANT,
                row: target.id.to_string(),
                detail,
            });
        };
        let mut wanted = HashSet::new();
        for Sold { id, .. } in sold {
            let subject = id.to_string();
            if !times.contains_key(subject.as_str()) {
                let sql = format!(
                    "SELECT CAST({} AS BIGINT) AS id, MIN(id) AS event_id FROM events WHERE kind = 'delivery.created' AND subject = '{subject}'",
                    tradepost_contract::Id::as_i64(id)
                );
                let event = sql_query(sql).get_result::<Sold>(conn)?.event_id;
                if event.is_none_or(|event| event > target.log_from && event <= target.sent_up_to) {
                    found(format!("is never sent {id}"));
                }
            }
            wanted.insert(subject);
        }
        for (subject, times) in times {
            if times != 1 {
                found(format!("is sent {subject} {times} times"));
            }
            if !wanted.contains(subject) {
                found(format!("is sent {subject}, which it does not want"));
            }
        }
    }
    Ok(())
}

//! The invariants of pauses: what is paused takes no leads, and what is not is not held.

use super::{Check, Violation, shown};
use crate::calendar::{Zone, plus_months};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::collections::{BTreeMap, HashMap};
use tradepost_contract::policy::PauseBudget;
use tradepost_contract::{DeliveryId, LocalDate, OrderId, PauseId, SupplierId, Timestamp};

pub(super) const PAUSES: &[Check] = &[
    Check {
        invariant: "R52 an order is paused while a pause of it runs",
        show: shown::<OrderId>,
        sql: "SELECT o.id AS row_id, 'is ' || o.status || ', has ' || COUNT(p.id) || ' running pauses' AS detail FROM orders o \
              LEFT JOIN pauses p ON p.order_id = o.id AND p.status = 'active' GROUP BY o.id, o.status \
              HAVING COUNT(p.id) <> CASE WHEN o.status = 'paused' THEN 1 ELSE 0 END",
    },
    Check {
        invariant: "R17 the orders of an account are held while it takes a pause",
        show: shown::<OrderId>,
        sql: "SELECT o.id AS row_id, 'has the hold ' || o.hold || ', its account is ' || s.status || ' and has ' || COUNT(p.id) || ' running pauses' AS detail \
              FROM orders o JOIN suppliers s ON s.id = o.supplier_id \
              LEFT JOIN pauses p ON p.supplier_id = o.supplier_id AND p.order_id IS NULL AND p.status = 'active' \
              WHERE s.status IN ('active', 'in_notice') AND o.hold <> 'in_notice' GROUP BY o.id, o.hold, s.status \
              HAVING COUNT(p.id) <> CASE WHEN o.hold = 'paused' THEN 1 ELSE 0 END",
    },
    Check {
        invariant: "F5 no lead is sold within a pause",
        show: shown::<DeliveryId>,
        // Who waits for a lock looked at the clock before, so that the edges are left out: on PostgreSQL a sale that
        // commits before a pause may be dated after its beginning. `tests/prove/pauses.rs` shows the edges.
        sql: "SELECT d.id AS row_id, 'was sold within a pause' AS detail FROM pauses p \
              JOIN deliveries d ON d.supplier_id = p.supplier_id AND d.delivered_at > p.began_at + 30000000 \
              WHERE (p.order_id IS NULL OR p.order_id = d.order_id) AND (p.ended_at IS NULL OR d.delivered_at < p.ended_at - 30000000)",
    },
    Check {
        invariant: "R70 two pauses of the same do not overlap",
        show: shown::<PauseId>,
        sql: "SELECT b.id AS row_id, 'overlaps ' || a.id AS detail FROM pauses a JOIN pauses b ON b.supplier_id = a.supplier_id AND b.id > a.id \
              WHERE a.status <> 'cancelled' AND b.status <> 'cancelled' AND (a.order_id = b.order_id OR (a.order_id IS NULL AND b.order_id IS NULL)) \
              AND (a.ended_at IS NULL OR a.ended_at > COALESCE(b.began_at, b.starts_at)) \
              AND (b.ended_at IS NULL OR b.ended_at > COALESCE(a.began_at, a.starts_at)) \
              AND COALESCE(a.ended_at, a.returns_at, 9223372036854775807) > COALESCE(b.began_at, b.starts_at) \
              AND COALESCE(b.ended_at, b.returns_at, 9223372036854775807) > COALESCE(a.began_at, a.starts_at)",
    },
];

pub(super) const INVARIANT: &str = "I10 no account is paused for longer than its budget";

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    supplier_id: SupplierId,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = BigInt)]
    from_at: Timestamp,
    #[diesel(sql_type = BigInt)]
    until_at: Timestamp,
    #[diesel(sql_type = Nullable<Text>)]
    terms: Option<String>,
}

/// The budget that a pause was granted by, which is kept with it.
fn budget_of(terms: Option<&str>) -> Option<PauseBudget> {
    let terms: serde_json::Value = serde_json::from_str(terms?).ok()?;
    serde_json::from_value(terms.get("budget")?.clone()).ok()
}

/// In any window of a budget no more days are paused than the most generous of the pauses in it was granted. A day that
/// two orders pause on counts once, a pause without an end has no budget, and one that a server ended late is taken for
/// as long as it was meant to be.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let rows: Vec<Taken> = sql_query(
        "SELECT p.supplier_id, m.time_zone, COALESCE(p.began_at, p.starts_at) AS from_at, \
         CASE WHEN p.ended_at IS NULL OR p.ended_at > p.returns_at THEN p.returns_at ELSE p.ended_at END AS until_at, p.terms \
         FROM pauses p JOIN suppliers s ON s.id = p.supplier_id JOIN programmes m ON m.id = s.programme_id \
         WHERE p.status <> 'cancelled' AND p.returns_at IS NOT NULL ORDER BY p.supplier_id",
    )
    .load(conn)?;
    let mut accounts: HashMap<SupplierId, BTreeMap<LocalDate, Option<PauseBudget>>> = HashMap::new();
    for row in rows {
        let zone = Zone::parse(&row.time_zone).map_err(ApiError::internal)?;
        let budget = budget_of(row.terms.as_deref());
        let days = accounts.entry(row.supplier_id).or_default();
        let mut day = zone.date_of(row.from_at);
        loop {
            let known = days.entry(day).or_insert_with(|| budget.clone());
            // What was granted without a limit, or by a higher one, was granted.
            *known = match (known.take(), &budget) {
                (Some(known), Some(new)) if new.days <= known.days => Some(known),
                (Some(_), new) => new.clone(),
                (None, _) => None,
            };
            day = day.plus_days(1);
            if zone.start_of(day) >= row.until_at {
                break;
            }
        }
    }
    for (supplier, days) in accounts {
        for (first, budget) in &days {
            let Some(budget) = budget else { continue };
            let months = i32::try_from(budget.per_months).unwrap_or(i32::MAX);
            let window: Vec<_> = days.range(*first..plus_months(*first, months)).collect();
            let granted: Option<Vec<u32>> = window
                .iter()
                .map(|(_, budget)| budget.as_ref().map(|budget| budget.days))
                .collect();
            // None of it was granted without a limit.
            let limit = granted.and_then(|limits| limits.into_iter().max());
            if limit.is_some_and(|limit| window.len() > limit as usize) {
                violations.push(Violation {
                    invariant: INVARIANT,
                    row: supplier.to_string(),
                    detail: format!(
                        "is paused for {} days in the {months} months from {first}",
                        window.len()
                    ),
                });
                break;
            }
        }
    }
    Ok(())
}

//! The invariants of loyalty subscriptions: the series has no gap, no order twice, and keeps its days.

use super::{Check, Violation, shown};
use crate::db::Conn;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use tradepost_contract::{CheckoutId, LocalDate, LoyaltySubscriptionId};

pub(super) const LOYALTY: &[Check] = &[
    Check {
        invariant: "I9 the orders of a subscription are numbered without a gap",
        show: shown::<LoyaltySubscriptionId>,
        sql: "SELECT s.id AS row_id, 'is at ' || s.cycle || ', has ' || COUNT(c.cycle) || ' orders up to ' || COALESCE(MAX(c.cycle), -1) AS detail \
              FROM loyalty_subscriptions s LEFT JOIN loyalty_cycles c ON c.subscription_id = s.id GROUP BY s.id, s.cycle \
              HAVING COUNT(c.cycle) <> s.cycle + 1 OR MAX(c.cycle) <> s.cycle",
    },
    Check {
        invariant: "R61 each order of a subscription is a checkout of it, for as many leads",
        show: shown::<CheckoutId>,
        sql: "SELECT k.id AS row_id, 'is not the order that its subscription places' AS detail FROM loyalty_cycles c \
              JOIN loyalty_subscriptions s ON s.id = c.subscription_id JOIN checkouts k ON k.id = c.checkout_id JOIN checkouts f ON f.id = s.checkout_id \
              WHERE k.loyalty_subscription_id IS NULL OR k.loyalty_subscription_id <> s.id OR k.supplier_id <> s.supplier_id \
              OR k.quantity <> f.quantity OR k.product_id <> f.product_id OR (c.cycle = 0) <> (k.id = f.id) \
              UNION ALL SELECT k.id, 'belongs to a subscription that does not know it' FROM checkouts k WHERE k.loyalty_subscription_id IS NOT NULL \
              AND NOT EXISTS (SELECT 1 FROM loyalty_cycles c WHERE c.checkout_id = k.id AND c.subscription_id = k.loyalty_subscription_id) \
              UNION ALL SELECT k.id, 'joined, is completed and has no subscription' FROM checkouts k \
              WHERE k.status = 'completed' AND k.loyalty_interval IS NOT NULL AND k.loyalty_subscription_id IS NULL",
    },
    Check {
        invariant: "R61 a subscription that goes on has no renewal that came to nothing",
        show: shown::<LoyaltySubscriptionId>,
        sql: "SELECT s.id AS row_id, 'is ' || s.status || ', a renewal of it ' || k.status AS detail FROM loyalty_subscriptions s \
              JOIN checkouts k ON k.loyalty_subscription_id = s.id WHERE s.status IN ('active', 'on_hold') AND k.status IN ('abandoned', 'failed')",
    },
];

pub(super) const INVARIANT: &str = "I9 the orders of a subscription lie on its days";

#[derive(QueryableByName)]
struct Cycle {
    #[diesel(sql_type = BigInt)]
    subscription_id: LoyaltySubscriptionId,
    #[diesel(sql_type = BigInt)]
    cycle: i64,
    #[diesel(sql_type = Text)]
    due_on: LocalDate,
    #[diesel(sql_type = Bool)]
    anchored: bool,
    #[diesel(sql_type = BigInt)]
    interval_days: i64,
}

/// Each order is due its interval after the one before, unless it began a new count.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let cycles: Vec<Cycle> = sql_query(
        "SELECT c.subscription_id, c.cycle, c.due_on, c.anchored, s.interval_days FROM loyalty_cycles c \
         JOIN loyalty_subscriptions s ON s.id = c.subscription_id ORDER BY c.subscription_id, c.cycle",
    )
    .load(conn)?;
    for pair in cycles.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let follows = before.subscription_id == after.subscription_id && !after.anchored;
        if follows && after.due_on != before.due_on.plus_days(after.interval_days) {
            violations.push(Violation {
                invariant: INVARIANT,
                row: after.subscription_id.to_string(),
                detail: format!("has order {} on {} after {}", after.cycle, after.due_on, before.due_on),
            });
        }
    }
    Ok(())
}

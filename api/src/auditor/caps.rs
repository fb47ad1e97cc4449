//! I4: what the counters of an order say is what was delivered in their windows, and within the cap.

use super::Violation;
use crate::calendar::{Zone, plus_months};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use std::collections::HashMap;
use tradepost_contract::{LocalDate, OrderId};

pub(super) const INVARIANT: &str = "I4 no cap is overshot";

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = BigInt)]
    order_id: OrderId,
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Text)]
    starts_on: LocalDate,
    #[diesel(sql_type = BigInt)]
    used: i64,
    #[diesel(sql_type = BigInt)]
    cap: i64,
    #[diesel(sql_type = Text)]
    time_zone: String,
}

#[derive(QueryableByName)]
struct Delivered {
    #[diesel(sql_type = BigInt)]
    order_id: OrderId,
    #[diesel(sql_type = BigInt)]
    delivered_at: i64,
}

/// A counter counts from when its order got the cap, so it may be below what was delivered in its
/// window, but never above, and never above the cap.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let counters: Vec<Counter> = sql_query(
        "SELECT c.order_id, c.period, c.starts_on, c.used, c.cap, p.time_zone FROM order_counters c \
         JOIN orders o ON o.id = c.order_id JOIN programmes p ON p.id = o.programme_id",
    )
    .load(conn)?;
    if counters.is_empty() {
        return Ok(());
    }
    let delivered: Vec<Delivered> = sql_query(
        "SELECT order_id, delivered_at FROM deliveries WHERE order_id IN (SELECT order_id FROM order_counters) ORDER BY order_id, delivered_at",
    )
    .load(conn)?;
    let mut instants: HashMap<OrderId, Vec<i64>> = HashMap::new();
    for Delivered { order_id, delivered_at } in delivered {
        instants.entry(order_id).or_default().push(delivered_at);
    }
    for counter in counters {
        let zone = Zone::parse(&counter.time_zone).map_err(ApiError::internal)?;
        let ends_before = match counter.period.as_str() {
            "day" => counter.starts_on.plus_days(1),
            "week" => counter.starts_on.plus_days(7),
            _ => plus_months(counter.starts_on, 1),
        };
        let (from, until) = (
            zone.start_of(counter.starts_on).as_micros(),
            zone.start_of(ends_before).as_micros(),
        );
        let times = instants.get(&counter.order_id).map_or(&[][..], Vec::as_slice);
        let there = times.partition_point(|at| *at < until) - times.partition_point(|at| *at < from);
        if counter.used > counter.cap || counter.used > i64::try_from(there).unwrap_or(i64::MAX) {
            violations.push(Violation {
                invariant: INVARIANT,
                row: counter.order_id.to_string(),
                detail: format!(
                    "counts {} of {} in the {} of {}, {there} were delivered",
                    counter.used, counter.cap, counter.period, counter.starts_on
                ),
            });
        }
    }
    Ok(())
}

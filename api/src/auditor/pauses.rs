//! The invariants of pauses: what is paused takes no leads, and what is not is not held.

use super::{Check, shown};
use tradepost_contract::{DeliveryId, OrderId, PauseId};

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

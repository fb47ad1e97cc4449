//! The invariants of cancellations: who is in notice, and that nothing goes on after the end.

use super::{Check, shown};
use tradepost_contract::{DeliveryId, SupplierId};

pub(super) const CANCELLATIONS: &[Check] = &[
    Check {
        invariant: "R72 an account is in notice while a cancellation of it is scheduled",
        show: shown::<SupplierId>,
        sql: "SELECT s.id AS row_id, 'is ' || s.status || ', has ' || COUNT(c.id) || ' scheduled cancellations' AS detail FROM suppliers s \
              LEFT JOIN cancellations c ON c.supplier_id = s.id AND c.status = 'scheduled' GROUP BY s.id, s.status \
              HAVING COUNT(c.id) <> CASE WHEN s.status = 'in_notice' THEN 1 ELSE 0 END",
    },
    Check {
        invariant: "R13 no lead is sold after an account has ended",
        show: shown::<DeliveryId>,
        // The edge is left out as it is for pauses: `tests/prove/cancellations.rs` shows it.
        sql: "SELECT d.id AS row_id, 'was sold after the cancellation ' || c.id AS detail FROM cancellations c \
              JOIN deliveries d ON d.supplier_id = c.supplier_id AND d.delivered_at > c.ended_at + 30000000 \
              WHERE c.status = 'effective'",
    },
    Check {
        invariant: "R13 nothing of an account that is over goes on",
        show: shown::<SupplierId>,
        sql: "SELECT s.id AS row_id, 'is ' || s.status || ', or something of it is not over' AS detail FROM suppliers s \
              WHERE (s.status NOT IN ('closed', 'terminated') \
              AND EXISTS (SELECT 1 FROM cancellations c WHERE c.supplier_id = s.id AND c.status = 'effective')) \
              OR (s.status IN ('closed', 'terminated') AND ( \
              EXISTS (SELECT 1 FROM orders o WHERE o.supplier_id = s.id AND o.status IN ('open', 'paused')) \
              OR EXISTS (SELECT 1 FROM plan_subscriptions p WHERE p.supplier_id = s.id AND p.status <> 'ended') \
              OR EXISTS (SELECT 1 FROM packages p WHERE p.supplier_id = s.id AND p.status <> 'cancelled') \
              OR EXISTS (SELECT 1 FROM loyalty_subscriptions l WHERE l.supplier_id = s.id AND l.status IN ('active', 'on_hold')) \
              OR EXISTS (SELECT 1 FROM checkouts k WHERE k.supplier_id = s.id AND k.status IN ('open', 'awaiting_payment')) \
              OR EXISTS (SELECT 1 FROM pauses p WHERE p.supplier_id = s.id AND p.status IN ('scheduled', 'active')) \
              OR EXISTS (SELECT 1 FROM wallets w WHERE w.supplier_id = s.id AND w.status = 'open')))",
    },
];

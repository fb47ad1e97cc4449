//! The invariants of change requests: nothing early, nothing without a decision, and what was written beforehand is
//! what was agreed to.

use super::{Check, shown};
use tradepost_contract::ChangeRequestId;

pub(super) const CHANGE_REQUESTS: &[Check] = &[
    Check {
        invariant: "R69 nothing that was asked for takes effect before its time",
        show: shown::<ChangeRequestId>,
        sql: "SELECT id AS row_id, 'was asked for at ' || requested_at || ' and applied at ' || COALESCE(applied_at, 0) || ', its time is ' || effective_at AS detail \
              FROM change_requests WHERE applied_at < effective_at \
              OR (status IN ('scheduled', 'applied') AND effective_at < earliest_at AND override_reason IS NULL)",
    },
    Check {
        invariant: "R69 what was agreed to is carried out when its time has come",
        show: shown::<ChangeRequestId>,
        // A day is left for servers that were not running.
        sql: "SELECT id AS row_id, 'is still scheduled, its time was ' || effective_at AS detail FROM change_requests \
              WHERE status = 'scheduled' AND effective_at + 86400000000 < (SELECT MAX(happened_at) FROM events)",
    },
    Check {
        invariant: "R90 a change of a plan that was carried out is what its period was charged by",
        show: shown::<ChangeRequestId>,
        sql: "SELECT c.id AS row_id, 'was applied to ' || c.plan_subscription_id || ', none of its periods has its terms' AS detail FROM change_requests c \
              WHERE c.kind = 'plan' AND c.status = 'applied' AND NOT EXISTS (SELECT 1 FROM plan_periods p \
              WHERE p.subscription_id = c.plan_subscription_id AND p.number > 1 AND c.prepared LIKE '%\"tier\":\"' || p.tier || '\"%' \
              AND c.prepared LIKE '%\"min_units\":' || p.min_units || ',%' AND c.prepared LIKE '%\"amount\":' || p.unit_price_minor || ',%')",
    },
    Check {
        invariant: "R72 nothing is to come for an account that is over",
        show: shown::<ChangeRequestId>,
        sql: "SELECT c.id AS row_id, 'is ' || c.status || ', its account is ' || s.status AS detail FROM change_requests c \
              JOIN suppliers s ON s.id = c.supplier_id WHERE c.status IN ('open', 'scheduled') AND s.status IN ('closed', 'terminated')",
    },
    Check {
        invariant: "R77 a request is about its own supplier's order and plan",
        show: shown::<ChangeRequestId>,
        sql: "SELECT c.id AS row_id, 'is about an order of ' || o.supplier_id AS detail FROM change_requests c \
              JOIN orders o ON o.id = c.order_id WHERE o.supplier_id <> c.supplier_id \
              UNION ALL SELECT c.id, 'is about a plan of ' || p.supplier_id FROM change_requests c \
              JOIN plan_subscriptions p ON p.id = c.plan_subscription_id WHERE p.supplier_id <> c.supplier_id",
    },
];

//! The invariants of calls: who is to be called is in the queue, once, and nobody else is.

use super::{Check, shown};
use tradepost_contract::{CallAttemptId, LeadId};

pub(super) const CALLS: &[Check] = &[
    Check {
        invariant: "R93 nobody is called for a plan that has ended, or an account that is over",
        show: shown::<LeadId>,
        sql: "SELECT q.lead_id AS row_id, 'is ' || q.state || ', the plan is ' || p.status || ' and the account ' || s.status AS detail \
              FROM call_queue q JOIN plan_subscriptions p ON p.id = q.subscription_id JOIN suppliers s ON s.id = q.supplier_id \
              WHERE q.state IN ('waiting', 'claimed') AND (p.status = 'ended' OR s.status IN ('closed', 'terminated'))",
    },
    Check {
        invariant: "R98 each lead that counts against a plan is in the call queue once, and no other",
        show: shown::<LeadId>,
        sql: "SELECT u.lead_id AS row_id, 'counts against ' || u.subscription_id || ', is queued for ' || COALESCE(q.subscription_id, 0) AS detail \
              FROM plan_usage u LEFT JOIN call_queue q ON q.lead_id = u.lead_id WHERE q.lead_id IS NULL OR q.subscription_id <> u.subscription_id \
              UNION ALL SELECT q.lead_id, 'is queued and counts against no plan' FROM call_queue q LEFT JOIN plan_usage u ON u.lead_id = q.lead_id \
              WHERE u.lead_id IS NULL",
    },
    Check {
        invariant: "R99 a lead is called for its own customer, while it is in that customer's service",
        show: shown::<LeadId>,
        sql: "SELECT q.lead_id AS row_id, 'is ' || q.state || ' for ' || q.supplier_id || ', the lead is ' || l.status AS detail FROM call_queue q \
              JOIN plan_subscriptions p ON p.id = q.subscription_id JOIN leads l ON l.id = q.lead_id \
              WHERE p.supplier_id <> q.supplier_id OR COALESCE(l.owner_supplier_id, 0) <> q.supplier_id OR l.programme_id <> q.programme_id \
              OR (q.state IN ('waiting', 'claimed') AND l.status <> 'in_service')",
    },
    Check {
        invariant: "R98 a lead stands as its last call left it",
        show: shown::<LeadId>,
        sql: "SELECT q.lead_id AS row_id, 'is ' || q.state || ' after ' || q.attempts || ' calls, ' || COALESCE(c.calls, 0) || ' are recorded, the last ' \
              || COALESCE(a.disposition, 'none') AS detail FROM call_queue q \
              LEFT JOIN (SELECT lead_id, COUNT(*) AS calls, MAX(id) AS latest FROM call_attempts GROUP BY lead_id) c ON c.lead_id = q.lead_id \
              LEFT JOIN call_attempts a ON a.id = c.latest \
              WHERE q.attempts <> COALESCE(c.calls, 0) OR COALESCE(q.disposition, '') <> COALESCE(a.disposition, '') \
              OR (q.state IN ('waiting', 'claimed') AND a.closes) OR (q.state = 'closed' AND (a.id IS NULL OR NOT a.closes))",
    },
    Check {
        invariant: "R98 nobody waits for a call who asked not to be called",
        show: shown::<LeadId>,
        sql: "SELECT q.lead_id AS row_id, 'is ' || q.state || ', the person is not to be called' AS detail FROM call_queue q \
              JOIN do_not_call d ON d.supplier_id = q.supplier_id AND d.phone_hash = q.phone_hash WHERE q.state IN ('waiting', 'claimed')",
    },
    Check {
        invariant: "R98 a call is its lead's customer's, and corrects a call of the same lead",
        show: shown::<CallAttemptId>,
        sql: "SELECT a.id AS row_id, 'is of ' || a.supplier_id || ' and corrects one of ' || COALESCE(b.lead_id, a.lead_id) AS detail FROM call_attempts a \
              JOIN call_queue q ON q.lead_id = a.lead_id LEFT JOIN call_attempts b ON b.id = a.corrects_id \
              WHERE q.supplier_id <> a.supplier_id OR q.programme_id <> a.programme_id OR b.lead_id <> a.lead_id",
    },
];

//! The invariants of plans: what is charged is the minimum of each period and what was used above it, once.

use super::{Check, shown};
use tradepost_contract::{LeadId, PaymentId, PlanSubscriptionId};

pub(super) const PLANS: &[Check] = &[
    Check {
        invariant: "R96 a plan has its periods in a row, and one of them runs while it does",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT s.id AS row_id, 'is ' || s.status || ' in period ' || s.period || ', has ' || COALESCE(p.periods, 0) || ' periods, ' \
              || COALESCE(p.running, 0) || ' of them running' AS detail FROM plan_subscriptions s \
              LEFT JOIN (SELECT subscription_id, COUNT(*) AS periods, MAX(number) AS latest, COUNT(CASE WHEN used IS NULL THEN 1 END) AS running, \
              MAX(CASE WHEN used IS NULL THEN number END) AS running_number FROM plan_periods GROUP BY subscription_id) p ON p.subscription_id = s.id \
              WHERE s.period <> COALESCE(p.periods, 0) OR s.period <> COALESCE(p.latest, 0) OR p.running_number <> p.latest \
              OR COALESCE(p.running, 0) <> CASE WHEN s.status IN ('active', 'cancel_scheduled') THEN 1 ELSE 0 END \
              UNION ALL SELECT b.subscription_id, 'has M' || b.number || ' from ' || b.starts_on || ', the period before ends ' || a.ends_before \
              FROM plan_periods a JOIN plan_periods b ON b.subscription_id = a.subscription_id AND b.number = a.number + 1 WHERE b.starts_on <> a.ends_before",
    },
    Check {
        invariant: "R96 each period of a plan has its own invoice, of its own supplier",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT p.subscription_id AS row_id, 'has M' || p.number || ' on an invoice of another plan' AS detail FROM plan_periods p \
              JOIN plan_subscriptions s ON s.id = p.subscription_id JOIN invoices i ON i.id = p.invoice_id \
              WHERE i.plan_subscription_id IS NULL OR i.plan_subscription_id <> s.id OR i.supplier_id <> s.supplier_id",
    },
    Check {
        invariant: "R96 a plan charges each minimum once, and once what was used above it",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT s.id AS row_id, 'has ' || COALESCE(l.net, 0) || ' on its invoices, its periods come to ' \
              || COALESCE(p.charged, 0) AS detail FROM plan_subscriptions s \
              LEFT JOIN (SELECT subscription_id, SUM(unit_price_minor * (min_units + COALESCE(overage, 0))) AS charged FROM plan_periods GROUP BY subscription_id) p \
              ON p.subscription_id = s.id \
              LEFT JOIN (SELECT i.plan_subscription_id, SUM(n.net_minor) AS net, SUM(n.net_minor + n.tax_minor) AS gross FROM invoices i \
              JOIN invoice_lines n ON n.invoice_id = i.id WHERE i.plan_subscription_id IS NOT NULL GROUP BY i.plan_subscription_id) l \
              ON l.plan_subscription_id = s.id \
              WHERE COALESCE(p.charged, 0) NOT IN (COALESCE(l.net, 0), COALESCE(l.gross, 0))",
    },
    Check {
        invariant: "R90 a plan has the terms of its latest period",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT s.id AS row_id, 'is ' || s.tier || ' at ' || s.unit_price_minor || ', M' || p.number || ' is ' || p.tier || ' at ' || p.unit_price_minor AS detail \
              FROM plan_subscriptions s JOIN plan_periods p ON p.subscription_id = s.id AND p.number = s.period \
              WHERE p.tier <> s.tier OR p.min_units <> s.min_units OR p.unit_price_minor <> s.unit_price_minor",
    },
    Check {
        invariant: "R97 what was used of a period is the count of the leads keyed to it",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT p.subscription_id AS row_id, 'used ' || p.used || ' in M' || p.number || ', ' || COALESCE(u.leads, 0) || ' leads are keyed to it' AS detail \
              FROM plan_periods p JOIN plan_subscriptions s ON s.id = p.subscription_id \
              LEFT JOIN (SELECT subscription_id, number, COUNT(*) AS leads FROM plan_usage GROUP BY subscription_id, number) u \
              ON u.subscription_id = p.subscription_id AND u.number = p.number \
              WHERE p.used <> COALESCE(u.leads, 0) OR p.overage > p.used OR (p.overage > 0 AND p.overage > p.used - p.min_units)",
    },
    Check {
        invariant: "R97 a lead is used of its own customer's plan",
        show: shown::<LeadId>,
        sql: "SELECT u.lead_id AS row_id, 'is used of a plan of ' || s.supplier_id AS detail FROM plan_usage u \
              JOIN plan_subscriptions s ON s.id = u.subscription_id JOIN leads l ON l.id = u.lead_id \
              WHERE l.owner_supplier_id IS NULL OR l.owner_supplier_id <> s.supplier_id OR l.status IN ('quarantined', 'rejected', 'duplicate')",
    },
    Check {
        invariant: "R85 a plan begins with its money, and a payment of one pays its invoice",
        show: shown::<PlanSubscriptionId>,
        sql: "SELECT s.id AS row_id, 'began without a payment' AS detail FROM plan_subscriptions s WHERE s.started_on IS NOT NULL \
              AND NOT EXISTS (SELECT 1 FROM payments p JOIN plan_periods f ON f.subscription_id = s.id AND f.number = 1 AND f.invoice_id = p.invoice_id \
              WHERE p.plan_subscription_id = s.id AND p.captured_minor > 0) \
              UNION ALL SELECT s.id, 'is ' || s.status || ', a payment of it is ' || p.status FROM plan_subscriptions s \
              JOIN payments p ON p.plan_subscription_id = s.id WHERE s.status <> 'pending_payment' \
              AND p.status IN ('created', 'pending', 'unknown', 'scheduled_retry')",
    },
    Check {
        invariant: "R85 a payment of a plan is its own supplier's",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'pays for a plan of ' || s.supplier_id AS detail FROM payments p \
              JOIN plan_subscriptions s ON s.id = p.plan_subscription_id LEFT JOIN invoices i ON i.id = p.invoice_id \
              WHERE p.supplier_id <> s.supplier_id OR i.plan_subscription_id <> s.id",
    },
];

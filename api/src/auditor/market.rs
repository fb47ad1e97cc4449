//! The invariants of leads and their sales, and of who owns what.

use super::{Check, shown};
use tradepost_contract::{DeliveryId, EventId, InvoiceLineId, LeadId, OrderId, ReplacementId, ReturnRequestId};

pub(super) const MARKET: &[Check] = &[
    Check {
        invariant: "I3 no lead is sold beyond its limit",
        show: shown::<LeadId>,
        sql: "SELECT l.id AS row_id, 'says sold ' || l.sold || ' of ' || l.max_buyers || ', has ' || COALESCE(d.n, 0) || ' deliveries in slots ' \
              || COALESCE(d.low, 0) || ' to ' || COALESCE(d.top, 0) AS detail FROM leads l \
              LEFT JOIN (SELECT lead_id, COUNT(*) AS n, MIN(slot) AS low, MAX(slot) AS top, COUNT(DISTINCT slot) AS slots FROM deliveries GROUP BY lead_id) d \
              ON d.lead_id = l.id WHERE l.sold > l.max_buyers OR l.sold <> COALESCE(d.n, 0) OR COALESCE(d.top, 0) <> COALESCE(d.n, 0) \
              OR COALESCE(d.slots, 0) <> COALESCE(d.n, 0)",
    },
    Check {
        invariant: "I3 an exclusive lead has one buyer",
        show: shown::<LeadId>,
        sql: "SELECT d.lead_id AS row_id, 'is exclusive and has ' || COUNT(*) || ' buyers' AS detail FROM deliveries d \
              JOIN lead_products p ON p.id = d.product_id WHERE p.exclusivity = 'exclusive' GROUP BY d.lead_id HAVING COUNT(*) > 1",
    },
    Check {
        invariant: "I3 one supplier and one association buy a lead once",
        show: shown::<LeadId>,
        sql: "SELECT lead_id AS row_id, 'was sold ' || COUNT(*) || ' times within one association' AS detail FROM deliveries \
              WHERE association_id IS NOT NULL GROUP BY lead_id, association_id HAVING COUNT(*) > 1 \
              UNION ALL SELECT lead_id, 'was sold ' || COUNT(*) || ' times to one supplier' FROM deliveries \
              GROUP BY lead_id, supplier_id HAVING COUNT(*) > 1",
    },
    Check {
        invariant: "I4 an order gets no more leads than it asked for",
        show: shown::<OrderId>,
        sql: "SELECT o.id AS row_id, 'says sold ' || o.sold || ' of ' || COALESCE(o.quantity, -1) || ', has ' || COALESCE(d.n, 0) || ' deliveries' AS detail \
              FROM orders o LEFT JOIN (SELECT order_id, COUNT(*) AS n FROM deliveries WHERE replaces_delivery_id IS NULL GROUP BY order_id) d ON d.order_id = o.id \
              WHERE o.sold <> COALESCE(d.n, 0) OR o.sold > o.quantity",
    },
    Check {
        invariant: "a replacement is free and fills one debt",
        show: shown::<ReplacementId>,
        sql: "SELECT p.id AS row_id, 'is ' || p.status || ', its lead is ' || COALESCE(f.billing_state, 'missing') || ' at ' || COALESCE(f.price_minor, -1) AS detail \
              FROM replacements p LEFT JOIN deliveries f ON f.id = p.filled_delivery_id WHERE p.status = 'delivered' AND \
              (f.id IS NULL OR f.billing_state <> 'free' OR f.price_minor <> 0 OR f.supplier_id <> p.supplier_id \
              OR f.replaces_delivery_id IS NULL OR f.replaces_delivery_id <> p.original_delivery_id)",
    },
    Check {
        invariant: "a free delivery replaces another",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'is ' || d.billing_state || ' at ' || d.price_minor AS detail FROM deliveries d \
              WHERE (d.replaces_delivery_id IS NOT NULL AND (d.price_minor <> 0 OR NOT EXISTS \
              (SELECT 1 FROM replacements p WHERE p.filled_delivery_id = d.id AND p.original_delivery_id = d.replaces_delivery_id))) \
              OR (d.billing_state = 'free' AND d.replaces_delivery_id IS NULL)",
    },
    Check {
        invariant: "one request is live for a delivery",
        show: shown::<DeliveryId>,
        sql: "SELECT delivery_id AS row_id, 'has ' || COUNT(*) || ' return requests' AS detail FROM return_requests \
              WHERE status <> 'withdrawn' GROUP BY delivery_id HAVING COUNT(*) > 1 \
              UNION ALL SELECT d.id, 'waits for a return that nobody asked for' FROM deliveries d WHERE d.billing_state = 'return_pending' \
              AND NOT EXISTS (SELECT 1 FROM return_requests r WHERE r.delivery_id = d.id AND r.status IN ('in_review', 'info_needed', 'appealed'))",
    },
    Check {
        invariant: "I11 everything that happened is in the event log",
        show: shown::<EventId>,
        sql: "SELECT CAST(0 AS BIGINT) AS row_id, 'invoices ' || i.n || ', events ' || e.n AS detail \
              FROM (SELECT COUNT(*) AS n FROM invoices WHERE status <> 'draft') i CROSS JOIN (SELECT COUNT(*) AS n FROM events WHERE kind = 'invoice.issued') e WHERE i.n <> e.n \
              UNION ALL SELECT 0, 'credit notes ' || c.n || ', events ' || e.n \
              FROM (SELECT COUNT(*) AS n FROM credit_notes) c CROSS JOIN (SELECT COUNT(*) AS n FROM events WHERE kind = 'credit_note.issued') e WHERE c.n <> e.n \
              UNION ALL SELECT 0, 'allocations ' || p.n || ', events ' || e.n \
              FROM (SELECT COUNT(*) AS n FROM allocations WHERE amount_minor > 0) p CROSS JOIN (SELECT COUNT(*) AS n FROM events WHERE kind = 'invoice.paid') e WHERE p.n <> e.n \
              UNION ALL SELECT 0, 'return requests ' || r.n || ', events ' || e.n \
              FROM (SELECT COUNT(*) AS n FROM return_requests) r CROSS JOIN (SELECT COUNT(*) AS n FROM events WHERE kind = 'return.submitted') e WHERE r.n <> e.n \
              UNION ALL SELECT 0, 'leads ' || l.n || ', events ' || e.n \
              FROM (SELECT COUNT(*) AS n FROM leads) l CROSS JOIN (SELECT COUNT(*) AS n FROM events WHERE kind = 'lead.received') e WHERE l.n <> e.n",
    },
    Check {
        invariant: "I11 no message is recorded twice",
        show: shown::<EventId>,
        sql: "SELECT MIN(id) AS row_id, dedupe_key || ' was recorded ' || COUNT(*) || ' times' AS detail FROM notifications GROUP BY dedupe_key HAVING COUNT(*) > 1",
    },
    Check {
        invariant: "I14 no delivery crosses a tenant",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'mixes suppliers or programmes' AS detail FROM deliveries d \
              JOIN suppliers s ON s.id = d.supplier_id JOIN businesses b ON b.id = d.business_id JOIN orders o ON o.id = d.order_id \
              JOIN leads l ON l.id = d.lead_id JOIN lead_products p ON p.id = d.product_id \
              WHERE s.programme_id <> d.programme_id OR b.supplier_id <> d.supplier_id OR o.supplier_id <> d.supplier_id \
              OR o.programme_id <> d.programme_id OR l.programme_id <> d.programme_id OR p.programme_id <> d.programme_id \
              OR o.business_id <> d.business_id OR (d.association_id IS NOT NULL AND b.association_id IS NOT NULL AND d.association_id <> b.association_id)",
    },
    Check {
        invariant: "I14 no return or replacement crosses a tenant",
        show: shown::<ReturnRequestId>,
        sql: "SELECT r.id AS row_id, 'is not of the supplier of its delivery' AS detail FROM return_requests r JOIN deliveries d ON d.id = r.delivery_id \
              WHERE r.supplier_id <> d.supplier_id OR r.programme_id <> d.programme_id OR r.lead_id <> d.lead_id OR r.business_id <> d.business_id \
              UNION ALL SELECT p.return_request_id, 'owes a lead to another supplier' FROM replacements p JOIN deliveries d ON d.id = p.original_delivery_id \
              JOIN return_requests r ON r.id = p.return_request_id \
              WHERE p.supplier_id <> d.supplier_id OR r.delivery_id <> p.original_delivery_id OR p.programme_id <> d.programme_id",
    },
    Check {
        invariant: "I14 no invoice crosses a tenant",
        show: shown::<InvoiceLineId>,
        sql: "SELECT l.id AS row_id, 'charges a delivery of another supplier or programme' AS detail FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id \
              JOIN deliveries d ON d.id = l.delivery_id WHERE d.supplier_id <> i.supplier_id OR d.programme_id <> i.programme_id OR d.currency <> i.currency \
              UNION ALL SELECT c.invoice_line_id, 'is credited to another supplier' FROM credit_notes c JOIN invoices i ON i.id = c.invoice_id \
              JOIN invoice_lines l ON l.id = c.invoice_line_id WHERE c.supplier_id <> i.supplier_id OR l.invoice_id <> i.id OR c.legal_entity_id <> i.legal_entity_id \
              UNION ALL SELECT i.id, 'bills a supplier of another programme' FROM invoices i JOIN suppliers s ON s.id = i.supplier_id \
              LEFT JOIN billing_runs r ON r.id = i.billing_run_id WHERE s.programme_id <> i.programme_id OR r.programme_id <> i.programme_id",
    },
];

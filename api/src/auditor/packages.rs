//! The invariants of packages: what is paid in advance and what leads are invoiced with come to the whole price,
//! and the counters are the leads that were kept.

use super::{Check, shown};
use tradepost_contract::{DeliveryId, InvoiceId, PackageId, PaymentId};

pub(super) const PACKAGES: &[Check] = &[
    Check {
        invariant: "R105 a package counts the leads of it that were kept",
        show: shown::<PackageId>,
        sql: "SELECT p.id AS row_id, 'is ' || p.status || ' and counts ' || p.delivered || ' of ' || p.leads || ', has ' || COALESCE(k.kept, 0) || ' kept leads' AS detail \
              FROM packages p LEFT JOIN (SELECT l.package_id, COUNT(*) AS kept FROM package_leads l JOIN deliveries d ON d.id = l.delivery_id \
              WHERE d.billing_state NOT IN ('rejected', 'returned') GROUP BY l.package_id) k ON k.package_id = p.id \
              WHERE p.delivered <> COALESCE(k.kept, 0) OR p.delivered > p.leads OR (p.status = 'complete') <> (p.status <> 'cancelled' AND p.delivered = p.leads)",
    },
    Check {
        invariant: "R105 a lead of a package is its business's, at its price less its part of the advance",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'costs ' || d.price_minor || ' as a lead of a package at ' || p.price_minor || ' with ' || p.advance_each_minor || ' in advance' AS detail \
              FROM package_leads l JOIN packages p ON p.id = l.package_id JOIN deliveries d ON d.id = l.delivery_id \
              WHERE d.business_id <> p.business_id OR d.supplier_id <> p.supplier_id OR d.currency <> p.currency \
              OR d.price_minor <> p.price_minor - p.advance_each_minor OR d.delivered_at < p.started_at",
    },
    Check {
        invariant: "R118 a package charges its advance once, and its leads draw it down",
        show: shown::<PackageId>,
        sql: "SELECT p.id AS row_id, 'has ' || COALESCE(l.net, 0) || ' on its invoice, its advance is ' || (p.advance_each_minor * p.leads + p.setup_minor) AS detail \
              FROM packages p LEFT JOIN (SELECT i.package_id, CAST(SUM(n.net_minor) AS BIGINT) AS net, CAST(SUM(n.net_minor + n.tax_minor) AS BIGINT) AS gross \
              FROM invoices i JOIN invoice_lines n ON n.invoice_id = i.id WHERE i.package_id IS NOT NULL GROUP BY i.package_id) l ON l.package_id = p.id \
              WHERE CASE WHEN p.started_at IS NULL THEN 0 ELSE p.advance_each_minor * p.leads + p.setup_minor END NOT IN (COALESCE(l.net, 0), COALESCE(l.gross, 0)) \
              UNION ALL SELECT p.id, 'has an advance of ' || (p.advance_each_minor * p.leads) || ' and leads at ' || (p.price_minor - p.advance_each_minor) \
              || ', which is not ' || (p.price_minor * p.leads) FROM packages p \
              WHERE p.advance_each_minor * p.leads + (p.price_minor - p.advance_each_minor) * p.leads <> p.price_minor * p.leads \
              OR (p.kind = 'introductory' AND p.advance_each_minor <> p.price_minor)",
    },
    Check {
        invariant: "R117 a package begins with its money",
        show: shown::<PackageId>,
        sql: "SELECT p.id AS row_id, 'began without a payment' AS detail FROM packages p WHERE p.started_at IS NOT NULL \
              AND p.advance_each_minor * p.leads + p.setup_minor > 0 AND NOT EXISTS (SELECT 1 FROM payments y JOIN invoices i ON i.id = y.invoice_id \
              WHERE y.package_id = p.id AND i.package_id = p.id AND y.captured_minor > 0) \
              UNION ALL SELECT p.id, 'is ' || p.status || ', a payment of it is ' || y.status FROM packages p JOIN payments y ON y.package_id = p.id \
              WHERE p.status <> 'pending_payment' AND y.status IN ('created', 'pending', 'unknown', 'scheduled_retry')",
    },
    Check {
        invariant: "R117 a payment and the invoice of a package are its own supplier's",
        show: shown::<PaymentId>,
        sql: "SELECT y.id AS row_id, 'pays for a package of ' || p.supplier_id AS detail FROM payments y JOIN packages p ON p.id = y.package_id \
              LEFT JOIN invoices i ON i.id = y.invoice_id WHERE y.supplier_id <> p.supplier_id OR i.package_id <> p.id OR i.supplier_id <> p.supplier_id",
    },
    Check {
        invariant: "R119 an invoice charges a package or leads, and nothing beside them",
        show: shown::<InvoiceId>,
        sql: "SELECT i.id AS row_id, 'has a line of kind ' || n.kind AS detail FROM invoice_lines n JOIN invoices i ON i.id = n.invoice_id \
              WHERE (i.package_id IS NOT NULL) <> (n.kind = 'package') OR (i.billing_run_id IS NOT NULL) <> (n.kind = 'lead')",
    },
];

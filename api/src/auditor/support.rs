//! The invariants of support tickets: they wait for whoever did not write last.

use super::{Check, shown};
use tradepost_contract::SupportTicketId;

pub(super) const SUPPORT: &[Check] = &[
    Check {
        invariant: "R83 a ticket waits for whoever did not write last",
        show: shown::<SupportTicketId>,
        // What staff write down for a supplier opens a ticket and answers nothing, so that a single message says nothing.
        sql: "WITH spoken AS (SELECT ticket_id, author, ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY written_at DESC, id DESC) AS place, \
              COUNT(*) OVER (PARTITION BY ticket_id) AS said FROM support_messages WHERE internal = FALSE) \
              SELECT t.id AS row_id, 'is ' || t.status || ', and the last to write was ' || COALESCE(s.author, 'nobody') AS detail \
              FROM support_tickets t LEFT JOIN spoken s ON s.ticket_id = t.id AND s.place = 1 WHERE s.author IS NULL \
              OR (t.status = 'answered' AND s.author <> 'staff') OR (t.status = 'open' AND s.author <> 'supplier' AND s.said > 1)",
    },
    Check {
        invariant: "R83 a ticket is about its own supplier's lead and invoice",
        show: shown::<SupportTicketId>,
        sql: "SELECT t.id AS row_id, 'is about what belongs to somebody else' AS detail FROM support_tickets t \
              LEFT JOIN deliveries d ON d.id = t.delivery_id LEFT JOIN invoices i ON i.id = t.invoice_id \
              WHERE d.supplier_id <> t.supplier_id OR i.supplier_id <> t.supplier_id",
    },
];

//! The invariants of money.

use super::{Check, shown};
use tradepost_contract::{
    CreditNoteId, DeliveryId, InvoiceId, InvoiceLineId, JournalEntryId, LedgerAccountId, LegalEntityId, MonthCloseId,
    PaymentId, ReplacementId, ReturnRequestId,
};

pub(super) const MONEY: &[Check] = &[
    Check {
        invariant: "I1 every entry balances",
        show: shown::<JournalEntryId>,
        sql: "SELECT entry_id AS row_id, 'is off by ' || CAST(SUM(amount_minor) AS BIGINT) || ' ' || currency AS detail \
              FROM postings GROUP BY entry_id, currency HAVING SUM(amount_minor) <> 0",
    },
    Check {
        invariant: "I1 every entry has legs in the currency of their accounts",
        show: shown::<JournalEntryId>,
        sql: "SELECT j.id AS row_id, 'has no legs' AS detail FROM journal_entries j \
              WHERE NOT EXISTS (SELECT 1 FROM postings p WHERE p.entry_id = j.id) \
              UNION ALL SELECT p.entry_id, 'posts ' || p.currency || ' to an account in ' || a.currency FROM postings p \
              JOIN ledger_accounts a ON a.id = p.account_id WHERE a.currency <> p.currency",
    },
    Check {
        invariant: "I2 a balance is the sum of its legs",
        show: shown::<LedgerAccountId>,
        sql: "SELECT a.id AS row_id, a.kind || ' says ' || a.balance_minor || ', its legs ' || COALESCE(p.legs, 0) AS detail \
              FROM ledger_accounts a LEFT JOIN (SELECT account_id, CAST(SUM(amount_minor) AS BIGINT) AS legs FROM postings GROUP BY account_id) p \
              ON p.account_id = a.id WHERE a.balance_minor <> COALESCE(p.legs, 0)",
    },
    Check {
        invariant: "I5 a delivery is charged once at most",
        show: shown::<DeliveryId>,
        sql: "SELECT delivery_id AS row_id, 'has ' || COUNT(*) || ' lines' AS detail FROM invoice_lines \
              WHERE delivery_id IS NOT NULL GROUP BY delivery_id HAVING COUNT(*) > 1",
    },
    Check {
        invariant: "I5 what is invoiced has its line",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'is invoiced without a line on its invoice' AS detail FROM deliveries d \
              WHERE d.billing_state = 'invoiced' AND NOT EXISTS \
              (SELECT 1 FROM invoice_lines l WHERE l.delivery_id = d.id AND l.invoice_id = d.invoice_id)",
    },
    Check {
        invariant: "I5 a line charges what was delivered at its price",
        show: shown::<InvoiceLineId>,
        sql: "SELECT l.id AS row_id, 'charges ' || l.net_minor || ' for a delivery that is ' || d.billing_state || ' at ' || d.price_minor AS detail \
              FROM invoice_lines l JOIN deliveries d ON d.id = l.delivery_id \
              WHERE d.billing_state NOT IN ('invoiced', 'returned') OR d.invoice_id IS NULL OR d.invoice_id <> l.invoice_id \
              OR d.price_minor NOT IN (l.net_minor, l.net_minor + l.tax_minor)",
    },
    Check {
        invariant: "I6 an invoice is the sum of its lines",
        show: shown::<InvoiceId>,
        sql: "SELECT i.id AS row_id, 'has ' || i.line_count || ' lines of ' || i.net_minor || ' + ' || i.tax_minor || ', its rows say ' \
              || COALESCE(l.n, 0) || ' of ' || COALESCE(l.net, 0) || ' + ' || COALESCE(l.tax, 0) AS detail FROM invoices i LEFT JOIN \
              (SELECT invoice_id, COUNT(*) AS n, CAST(SUM(net_minor) AS BIGINT) AS net, CAST(SUM(tax_minor) AS BIGINT) AS tax \
              FROM invoice_lines GROUP BY invoice_id) l ON l.invoice_id = i.id WHERE i.status <> 'draft' AND \
              (i.line_count <> COALESCE(l.n, 0) OR i.net_minor <> COALESCE(l.net, 0) OR i.tax_minor <> COALESCE(l.tax, 0) \
              OR i.total_minor <> i.net_minor + i.tax_minor OR i.line_count = 0)",
    },
    Check {
        invariant: "I6 what is open is what was neither paid nor credited",
        show: shown::<InvoiceId>,
        sql: "SELECT i.id AS row_id, i.status || ', total ' || i.total_minor || ', paid ' || i.paid_minor || ' (allocations ' || COALESCE(p.paid, 0) \
              || '), credited ' || i.credited_minor || ' (credit notes ' || COALESCE(c.applied, 0) || '), credit applied ' || i.credit_applied_minor \
              || ' (credits ' || COALESCE(a.used, 0) || ')' AS detail FROM invoices i \
              LEFT JOIN (SELECT invoice_id, CAST(SUM(amount_minor) AS BIGINT) AS paid FROM allocations GROUP BY invoice_id) p ON p.invoice_id = i.id \
              LEFT JOIN (SELECT invoice_id, CAST(SUM(applied_minor) AS BIGINT) AS applied FROM credit_notes GROUP BY invoice_id) c ON c.invoice_id = i.id \
              LEFT JOIN (SELECT invoice_id, CAST(SUM(amount_minor) AS BIGINT) AS used FROM credit_allocations GROUP BY invoice_id) a ON a.invoice_id = i.id \
              WHERE i.paid_minor <> COALESCE(p.paid, 0) OR i.credited_minor <> COALESCE(c.applied, 0) OR i.credit_applied_minor <> COALESCE(a.used, 0) \
              OR i.paid_minor + i.credited_minor + i.credit_applied_minor > i.total_minor \
              OR (i.status = 'paid' AND i.paid_minor + i.credited_minor + i.credit_applied_minor <> i.total_minor) \
              OR (i.status IN ('open', 'partly_paid', 'overdue', 'uncollectible') AND i.paid_minor + i.credited_minor + i.credit_applied_minor = i.total_minor) \
              OR (i.status = 'draft' AND i.paid_minor + i.credited_minor + i.credit_applied_minor <> 0)",
    },
    Check {
        invariant: "I7 a credit gives out no more than it was granted",
        show: shown::<CreditNoteId>,
        sql: "SELECT n.id AS row_id, 'left ' || (n.total_minor - n.applied_minor) || ', granted ' || COALESCE(c.granted_minor, 0) || ', used ' \
              || COALESCE(c.used_minor, 0) || ' (allocations ' || COALESCE(a.used, 0) || '), refunded ' || COALESCE(c.refunded_minor, 0) \
              || ' (refunds ' || COALESCE(r.refunded, 0) || ')' AS detail FROM credit_notes n \
              LEFT JOIN account_credits c ON c.credit_note_id = n.id \
              LEFT JOIN (SELECT credit_note_id, CAST(SUM(amount_minor) AS BIGINT) AS used FROM credit_allocations GROUP BY credit_note_id) a ON a.credit_note_id = n.id \
              LEFT JOIN (SELECT credit_note_id, CAST(SUM(amount_minor) AS BIGINT) AS refunded FROM credit_refunds GROUP BY credit_note_id) r ON r.credit_note_id = n.id \
              LEFT JOIN (SELECT credit_note_id, CAST(SUM(amount_minor) AS BIGINT) AS given FROM wallet_entries WHERE credit_note_id IS NOT NULL GROUP BY credit_note_id) w ON w.credit_note_id = n.id \
              WHERE n.total_minor - n.applied_minor <> COALESCE(c.granted_minor, 0) + COALESCE(w.given, 0) OR COALESCE(c.used_minor, 0) <> COALESCE(a.used, 0) \
              OR COALESCE(c.refunded_minor, 0) <> COALESCE(r.refunded, 0) OR COALESCE(c.used_minor, 0) + COALESCE(c.refunded_minor, 0) > COALESCE(c.granted_minor, 0)",
    },
    Check {
        invariant: "I7 credit stays with its supplier",
        show: shown::<CreditNoteId>,
        sql: "SELECT a.credit_note_id AS row_id, 'was used by an invoice of another supplier, legal entity or currency' AS detail FROM credit_allocations a \
              JOIN account_credits c ON c.credit_note_id = a.credit_note_id JOIN invoices i ON i.id = a.invoice_id \
              WHERE i.supplier_id <> c.supplier_id OR i.legal_entity_id <> c.legal_entity_id OR i.currency <> c.currency OR a.currency <> c.currency",
    },
    Check {
        invariant: "I6 numbers have no gap",
        show: shown::<LegalEntityId>,
        sql: "SELECT e.id AS row_id, 'issued ' || COALESCE(i.n, 0) || ' invoices up to number ' || COALESCE(i.top, 0) || ', the next is ' || e.next_invoice_number AS detail \
              FROM legal_entities e LEFT JOIN (SELECT legal_entity_id, COUNT(sequence) AS n, MAX(sequence) AS top FROM invoices GROUP BY legal_entity_id) i \
              ON i.legal_entity_id = e.id WHERE COALESCE(i.n, 0) <> COALESCE(i.top, 0) OR e.next_invoice_number <> COALESCE(i.top, 0) + 1 \
              UNION ALL SELECT e.id, 'issued ' || COALESCE(c.n, 0) || ' credit notes up to number ' || COALESCE(c.top, 0) || ', the next is ' || e.next_credit_note_number \
              FROM legal_entities e LEFT JOIN (SELECT legal_entity_id, COUNT(sequence) AS n, MAX(sequence) AS top FROM credit_notes GROUP BY legal_entity_id) c \
              ON c.legal_entity_id = e.id WHERE COALESCE(c.n, 0) <> COALESCE(c.top, 0) OR e.next_credit_note_number <> COALESCE(c.top, 0) + 1",
    },
    Check {
        invariant: "I7 no line is credited beyond its price",
        show: shown::<InvoiceLineId>,
        sql: "SELECT l.id AS row_id, 'of ' || l.net_minor || ' + ' || l.tax_minor || ' is credited ' || l.credited_minor || ', its notes give ' \
              || COALESCE(c.net, 0) || ' + ' || COALESCE(c.tax, 0) AS detail FROM invoice_lines l LEFT JOIN \
              (SELECT invoice_line_id, CAST(SUM(net_minor) AS BIGINT) AS net, CAST(SUM(tax_minor) AS BIGINT) AS tax FROM credit_notes GROUP BY invoice_line_id) c \
              ON c.invoice_line_id = l.id WHERE l.credited_minor <> COALESCE(c.net, 0) OR l.credited_minor > l.net_minor OR COALESCE(c.tax, 0) > l.tax_minor",
    },
    Check {
        invariant: "I7 a credit note is net and tax, and is applied once",
        show: shown::<CreditNoteId>,
        sql: "SELECT c.id AS row_id, 'is ' || c.net_minor || ' + ' || c.tax_minor || ' = ' || c.total_minor || ', applied ' || c.applied_minor AS detail \
              FROM credit_notes c WHERE c.total_minor <> c.net_minor + c.tax_minor OR c.applied_minor > c.total_minor OR c.applied_minor < 0",
    },
    Check {
        invariant: "I7 what a supplier owes is what its invoices have open",
        show: shown::<LedgerAccountId>,
        sql: "SELECT a.id AS row_id, 'balance ' || a.balance_minor || ', invoices, credit notes and payments say ' \
              || (COALESCE(i.total, 0) - COALESCE(c.total, 0) - COALESCE(p.kept, 0) + COALESCE(r.given, 0) \
              + COALESCE(o.given, 0)) AS detail \
              FROM (SELECT legal_entity_id, supplier_id, CAST(MIN(id) AS BIGINT) AS id, CAST(SUM(balance_minor) AS BIGINT) AS balance_minor FROM ledger_accounts \
              WHERE kind IN ('receivable', 'wallet', 'drawn') GROUP BY legal_entity_id, supplier_id) a \
              LEFT JOIN (SELECT legal_entity_id, supplier_id, CAST(SUM(total_minor) AS BIGINT) AS total FROM invoices \
              WHERE status NOT IN ('draft', 'void') GROUP BY legal_entity_id, supplier_id) i ON i.legal_entity_id = a.legal_entity_id AND i.supplier_id = a.supplier_id \
              LEFT JOIN (SELECT legal_entity_id, supplier_id, CAST(SUM(total_minor) AS BIGINT) AS total FROM credit_notes \
              GROUP BY legal_entity_id, supplier_id) c ON c.legal_entity_id = a.legal_entity_id AND c.supplier_id = a.supplier_id \
              LEFT JOIN (SELECT legal_entity_id, supplier_id, CAST(SUM(captured_minor - lost_minor) AS BIGINT) AS kept FROM payments \
              GROUP BY legal_entity_id, supplier_id) p ON p.legal_entity_id = a.legal_entity_id AND p.supplier_id = a.supplier_id \
              LEFT JOIN (SELECT y.legal_entity_id, y.supplier_id, CAST(SUM(x.amount_minor) AS BIGINT) AS given FROM refunds x JOIN payments y ON y.id = x.payment_id \
              WHERE x.status = 'succeeded' GROUP BY y.legal_entity_id, y.supplier_id) r ON r.legal_entity_id = a.legal_entity_id AND r.supplier_id = a.supplier_id \
              LEFT JOIN (SELECT legal_entity_id, supplier_id, CAST(SUM(refunded_minor) AS BIGINT) AS given FROM account_credits \
              GROUP BY legal_entity_id, supplier_id) o ON o.legal_entity_id = a.legal_entity_id AND o.supplier_id = a.supplier_id \
              WHERE a.balance_minor <> COALESCE(i.total, 0) - COALESCE(c.total, 0) - COALESCE(p.kept, 0) + COALESCE(r.given, 0) \
              + COALESCE(o.given, 0)",
    },
    Check {
        invariant: "I7 the allowance holds what was given up on",
        show: shown::<InvoiceId>,
        sql: "SELECT i.id AS row_id, 'is ' || i.status || ', the allowance holds ' || i.doubtful_minor AS detail FROM invoices i \
              WHERE i.doubtful_minor <> CASE WHEN i.status = 'uncollectible' \
              THEN i.total_minor - i.paid_minor - i.credited_minor - i.credit_applied_minor ELSE 0 END",
    },
    Check {
        invariant: "I7 the allowance is in the journal",
        show: shown::<LedgerAccountId>,
        sql: "SELECT a.id AS row_id, 'balance ' || a.balance_minor || ', invoices say ' || COALESCE(-i.doubtful, 0) AS detail FROM ledger_accounts a \
              LEFT JOIN (SELECT legal_entity_id, currency, CAST(SUM(doubtful_minor) AS BIGINT) AS doubtful FROM invoices GROUP BY legal_entity_id, currency) i \
              ON i.legal_entity_id = a.legal_entity_id AND i.currency = a.currency \
              WHERE a.kind = 'allowance' AND a.balance_minor <> COALESCE(-i.doubtful, 0)",
    },
    Check {
        invariant: "I7 every document is in the journal",
        show: shown::<InvoiceId>,
        sql: "SELECT i.id AS row_id, 'invoice ' || i.number || ' has no entry' AS detail FROM invoices i WHERE i.status <> 'draft' AND i.total_minor <> 0 \
              AND NOT EXISTS (SELECT 1 FROM journal_entries j WHERE j.kind = 'invoice' AND j.reference = i.number) \
              UNION ALL SELECT c.invoice_id, 'credit note ' || c.number || ' has no entry' FROM credit_notes c WHERE c.total_minor <> 0 \
              AND NOT EXISTS (SELECT 1 FROM journal_entries j WHERE j.kind = 'credit_note' AND j.reference = c.number) \
              UNION ALL SELECT 0, 'the journal has ' || j.n || ' payments, the records ' || (p.n + t.n) FROM \
              (SELECT COUNT(*) AS n FROM journal_entries WHERE kind = 'payment') j CROSS JOIN (SELECT COUNT(*) AS n FROM payments WHERE channel = 'recorded') p \
              CROSS JOIN (SELECT COUNT(*) AS n FROM payment_attempts WHERE status = 'succeeded') t WHERE j.n <> p.n + t.n \
              UNION ALL SELECT 0, 'the journal has ' || j.n || ' reversals, the records ' || v.n FROM \
              (SELECT COUNT(*) AS n FROM journal_entries WHERE kind = 'payment_reversal') j CROSS JOIN (SELECT COUNT(*) AS n FROM payments WHERE channel = 'recorded' AND status = 'void') v WHERE j.n <> v.n",
    },
    Check {
        invariant: "a closed month gets no further entry",
        show: shown::<MonthCloseId>,
        sql: "SELECT c.id AS row_id, 'of ' || c.month || ' was closed with ' || c.entries || ' entries and has ' || c.now AS detail FROM \
              (SELECT m.id, m.month, m.entries, (SELECT COUNT(DISTINCT j.id) FROM journal_entries j JOIN postings p ON p.entry_id = j.id \
              JOIN ledger_accounts a ON a.id = p.account_id WHERE a.legal_entity_id = m.legal_entity_id AND j.posted_at < m.ends_at) AS now \
              FROM month_closes m WHERE m.reopened_at IS NULL) c WHERE c.entries <> c.now \
              UNION ALL SELECT m.id, 'is closed to ' || m.ends_at || ', the books only to ' || COALESCE(e.closed_before, 0) FROM month_closes m \
              JOIN legal_entities e ON e.id = m.legal_entity_id WHERE m.reopened_at IS NULL AND m.ends_at > COALESCE(e.closed_before, 0)",
    },
    Check {
        invariant: "I7 every refund is in the journal",
        show: shown::<CreditNoteId>,
        sql: "SELECT CAST(0 AS BIGINT) AS row_id, 'the journal has ' || j.n || ' refunds, the records ' || (r.n + g.n) AS detail FROM \
              (SELECT COUNT(*) AS n FROM journal_entries WHERE kind = 'refund') j CROSS JOIN (SELECT COUNT(*) AS n FROM credit_refunds) r \
              CROSS JOIN (SELECT COUNT(*) AS n FROM refunds WHERE status = 'succeeded') g WHERE j.n <> r.n + g.n",
    },
    Check {
        invariant: "a returned delivery nets to nothing",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'is returned and its line of ' || l.net_minor || ' is credited ' || l.credited_minor AS detail \
              FROM deliveries d JOIN invoice_lines l ON l.delivery_id = d.id WHERE d.billing_state = 'returned' AND l.credited_minor <> l.net_minor \
              UNION ALL SELECT d.id, 'is charged and credited ' || l.credited_minor FROM deliveries d JOIN invoice_lines l ON l.delivery_id = d.id \
              WHERE d.billing_state <> 'returned' AND l.credited_minor <> 0 \
              UNION ALL SELECT d.id, 'is returned without an approved request' FROM deliveries d WHERE d.billing_state = 'returned' \
              AND NOT EXISTS (SELECT 1 FROM return_requests r WHERE r.delivery_id = d.id AND r.status = 'approved')",
    },
    Check {
        invariant: "an approved return has exactly one remedy",
        show: shown::<ReturnRequestId>,
        sql: "SELECT r.id AS row_id, COALESCE(r.remedy, 'no remedy') || ', delivery ' || d.billing_state || ', ' || COALESCE(c.n, 0) || ' credit notes, replacement ' \
              || COALESCE(p.status, 'none') AS detail FROM return_requests r JOIN deliveries d ON d.id = r.delivery_id \
              LEFT JOIN (SELECT return_request_id, COUNT(*) AS n FROM credit_notes GROUP BY return_request_id) c ON c.return_request_id = r.id \
              LEFT JOIN replacements p ON p.return_request_id = r.id \
              WHERE (r.status <> 'approved' AND (COALESCE(c.n, 0) > 0 OR p.id IS NOT NULL)) OR (r.status = 'approved' AND NOT ( \
              (r.remedy = 'credit_note' AND d.billing_state = 'returned' AND c.n = 1 AND (p.id IS NULL OR p.status = 'converted_to_credit')) \
              OR (r.remedy = 'line_dropped' AND d.billing_state IN ('returned', 'rejected') AND d.invoice_id IS NULL AND COALESCE(c.n, 0) = 0 AND (p.id IS NULL OR p.status = 'converted_to_credit')) \
              OR (r.remedy = 'replacement' AND p.id IS NOT NULL AND p.status <> 'converted_to_credit' AND COALESCE(c.n, 0) = 0 \
              AND (d.billing_state <> 'returned' OR EXISTS (SELECT 1 FROM replacements q WHERE q.credited_delivery_id = d.id))) \
              OR (r.remedy = 'replacement' AND p.status = 'converted_to_credit' AND (d.billing_state = 'returned' \
              OR (d.billing_state = 'free' AND p.credited_delivery_id <> d.id)))))",
    },
    Check {
        invariant: "R44 what was credited for a lead that is owed no more was given once, to whom it was owed",
        show: shown::<ReplacementId>,
        sql: "SELECT p.id AS row_id, 'credits delivery ' || d.id || ', which is ' || d.billing_state || ' and of supplier ' || d.supplier_id AS detail \
              FROM replacements p JOIN deliveries d ON d.id = p.credited_delivery_id \
              WHERE d.billing_state <> 'returned' OR d.supplier_id <> p.supplier_id \
              UNION ALL SELECT p.id, 'is owed although its credit was due on ' || p.credit_due_at FROM replacements p \
              WHERE p.status = 'owed' AND p.credit_due_at < p.owed_at",
    },
    Check {
        invariant: "I7 refunds are within what was captured",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'captured ' || p.captured_minor || ', set aside for refunds ' || p.refunded_minor || ' (refunds ' || COALESCE(r.live, 0) \
              || '), lost ' || p.lost_minor AS detail FROM payments p LEFT JOIN \
              (SELECT payment_id, CAST(SUM(amount_minor) AS BIGINT) AS live FROM refunds WHERE status NOT IN ('failed', 'refused') GROUP BY payment_id) r \
              ON r.payment_id = p.id WHERE p.refunded_minor <> COALESCE(r.live, 0) OR p.refunded_minor + p.lost_minor > p.captured_minor",
    },
    Check {
        invariant: "I7 a payment has captured what its tries brought",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'captured ' || p.captured_minor || ', its tries brought ' || COALESCE(t.taken, 0) || ', applied ' || p.applied_minor \
              || ' (allocations ' || COALESCE(a.applied, 0) || ')' AS detail FROM payments p \
              LEFT JOIN (SELECT payment_id, CAST(SUM(amount_minor) AS BIGINT) AS taken FROM payment_attempts WHERE status = 'succeeded' GROUP BY payment_id) t ON t.payment_id = p.id \
              LEFT JOIN (SELECT payment_id, CAST(SUM(amount_minor) AS BIGINT) AS applied FROM allocations WHERE payment_id IS NOT NULL GROUP BY payment_id) a ON a.payment_id = p.id \
              WHERE (p.channel = 'gateway' AND p.captured_minor <> COALESCE(t.taken, 0)) OR p.applied_minor <> COALESCE(a.applied, 0)",
    },
    Check {
        invariant: "I12 a payment stands as its tries do",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'is ' || p.status || ', its latest try ' || COALESCE(t.status, 'missing') || ' ' || COALESCE(t.dispute, '') AS detail FROM payments p \
              LEFT JOIN payment_attempts t ON t.payment_id = p.id AND t.number = p.attempts WHERE p.channel = 'gateway' AND NOT ( \
              (p.status IN ('created', 'pending', 'unknown') AND COALESCE(t.status, 'missing') = p.status) \
              OR (p.status IN ('failed', 'scheduled_retry', 'exhausted', 'void') AND COALESCE(t.status, 'missing') = 'failed') \
              OR (p.status IN ('succeeded', 'part_refunded', 'refunded', 'disputed', 'dispute_lost') \
              AND EXISTS (SELECT 1 FROM payment_attempts s WHERE s.payment_id = p.id AND s.status = 'succeeded')))",
    },
    Check {
        invariant: "a payment belongs to a final invoice of its supplier",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'pays an invoice that is ' || i.status AS detail FROM payments p JOIN invoices i ON i.id = p.invoice_id \
              WHERE i.status IN ('draft', 'void') OR i.supplier_id <> p.supplier_id OR i.currency <> p.currency",
    },
];

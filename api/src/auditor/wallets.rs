//! The invariants of wallets: rows, movements and journal say the same.

use super::{Check, shown};
use tradepost_contract::{SupplierId, WalletEntryId};

pub(super) const WALLETS: &[Check] = &[
    Check {
        invariant: "I15 no wallet is below its limit",
        show: shown::<SupplierId>,
        sql: "SELECT supplier_id AS row_id, 'has ' || balance_minor || ', its limit is ' || limit_minor AS detail FROM wallets \
              WHERE balance_minor < limit_minor OR (status = 'closed' AND balance_minor <> 0)",
    },
    Check {
        invariant: "I15 a wallet has what its movements say",
        show: shown::<SupplierId>,
        sql: "SELECT w.supplier_id AS row_id, 'has ' || w.balance_minor || ', its movements say ' || COALESCE(e.moved, 0) AS detail FROM wallets w \
              LEFT JOIN (SELECT supplier_id, CAST(SUM(amount_minor) AS BIGINT) AS moved FROM wallet_entries GROUP BY supplier_id) e \
              ON e.supplier_id = w.supplier_id WHERE w.balance_minor <> COALESCE(e.moved, 0)",
    },
    Check {
        invariant: "I15 a wallet has what the journal says",
        show: shown::<SupplierId>,
        sql: "SELECT w.supplier_id AS row_id, 'has ' || w.balance_minor || ', the journal owes it ' || COALESCE(-a.balance, 0) AS detail FROM wallets w \
              LEFT JOIN (SELECT supplier_id, CAST(SUM(balance_minor) AS BIGINT) AS balance FROM ledger_accounts WHERE kind = 'wallet' GROUP BY supplier_id) a \
              ON a.supplier_id = w.supplier_id WHERE w.balance_minor <> COALESCE(-a.balance, 0) \
              UNION ALL SELECT a.supplier_id, 'is in the journal with ' || a.balance_minor || ' and has no wallet' FROM ledger_accounts a \
              WHERE a.kind = 'wallet' AND a.balance_minor <> 0 AND NOT EXISTS (SELECT 1 FROM wallets w WHERE w.supplier_id = a.supplier_id)",
    },
    Check {
        invariant: "I15 what is drawn is for leads without an invoice and for refunds under way",
        show: shown::<SupplierId>,
        sql: "SELECT w.supplier_id AS row_id, 'has drawn ' || COALESCE(-a.balance, 0) || ', its movements say ' \
              || (COALESCE(l.taken, 0) + COALESCE(r.taken, 0)) AS detail FROM wallets w \
              LEFT JOIN (SELECT supplier_id, CAST(SUM(balance_minor) AS BIGINT) AS balance FROM ledger_accounts WHERE kind = 'drawn' GROUP BY supplier_id) a \
              ON a.supplier_id = w.supplier_id \
              LEFT JOIN (SELECT e.supplier_id, CAST(-SUM(e.amount_minor) AS BIGINT) AS taken FROM wallet_entries e JOIN deliveries d ON d.id = e.delivery_id \
              LEFT JOIN invoices i ON i.id = d.invoice_id WHERE i.id IS NULL OR i.status = 'draft' GROUP BY e.supplier_id) l ON l.supplier_id = w.supplier_id \
              LEFT JOIN (SELECT e.supplier_id, CAST(-SUM(e.amount_minor) AS BIGINT) AS taken FROM wallet_entries e JOIN refunds f ON f.id = e.refund_id \
              WHERE f.status <> 'succeeded' GROUP BY e.supplier_id) r ON r.supplier_id = w.supplier_id \
              WHERE COALESCE(-a.balance, 0) <> COALESCE(l.taken, 0) + COALESCE(r.taken, 0)",
    },
    Check {
        invariant: "I15 a wallet pays for its own supplier's leads",
        show: shown::<WalletEntryId>,
        sql: "SELECT e.id AS row_id, 'pays for a delivery of ' || d.supplier_id AS detail FROM wallet_entries e JOIN deliveries d ON d.id = e.delivery_id \
              WHERE d.supplier_id <> e.supplier_id \
              UNION ALL SELECT e.id, 'pays for a delivery that there is not' FROM wallet_entries e WHERE e.delivery_id IS NOT NULL \
              AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = e.delivery_id)",
    },
];

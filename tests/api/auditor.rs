//! The auditor finds each kind of damage that somebody with the database could do.

use crate::auditor_damage::DAMAGE as MORE;
use diesel::connection::SimpleConnection;
use rstest::rstest;
use tradepost::auditor;
use tradepost::error::ApiError;
use tradepost_tests::books::Books;
use tradepost_tests::{Database, Database::*};

/// The start of an invariant's name, the tables that lose their constraints and triggers for it, and
/// the damage.
const DAMAGE: &[(&str, &[&str], &str)] = &[
    (
        "I1 every entry balances",
        &["postings"],
        "UPDATE postings SET amount_minor = amount_minor + 1 WHERE id = (SELECT MIN(id) FROM postings)",
    ),
    (
        "I1 every entry has legs",
        &["journal_entries"],
        "INSERT INTO journal_entries (id, kind, reference, posted_at, memo, created_at) VALUES (1, 'payment', 'x', 1, '', 1)",
    ),
    (
        "I2 ",
        &["ledger_accounts"],
        "UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE kind = 'revenue'",
    ),
    (
        "I3 no lead is sold beyond",
        &["leads"],
        "UPDATE leads SET sold = 2 WHERE id = 1000000000",
    ),
    (
        "I3 an exclusive lead",
        &["deliveries"],
        "UPDATE deliveries SET lead_id = 1000000000, slot = 2 WHERE id = 1000000003",
    ),
    (
        "I3 one supplier",
        &["deliveries"],
        "UPDATE deliveries SET lead_id = 1000000000, slot = 2 WHERE id = 1000000001",
    ),
    ("I4 an order", &["orders"], "UPDATE orders SET quantity = 1"),
    (
        "I4 no cap",
        &["order_counters"],
        "INSERT INTO order_counters (order_id, period, starts_on, used, cap) VALUES (1000000, 'day', '2026-03-02', 2, 1)",
    ),
    (
        "I5 a delivery is charged once",
        &["invoice_lines", "credit_notes"],
        "INSERT INTO invoice_lines SELECT 1, invoice_id, 99, delivery_id, kind, description, tax_position, net_minor, tax_minor, 0 FROM old_invoice_lines WHERE id = 1000000000",
    ),
    (
        "I5 what is invoiced has its line",
        &["invoice_lines"],
        "DELETE FROM invoice_lines WHERE id = 1000000000",
    ),
    (
        "I5 a line charges",
        &["deliveries"],
        "UPDATE deliveries SET price_minor = 1 WHERE id = 1000000000",
    ),
    (
        "I5 a closed period",
        &["deliveries", "invoice_lines"],
        "DELETE FROM invoice_lines WHERE id = 1000000000; UPDATE deliveries SET billing_state = 'unbilled', invoice_id = NULL, updated_at = delivered_at WHERE id = 1000000000",
    ),
    (
        "I6 an invoice is the sum",
        &["invoices"],
        "UPDATE invoices SET net_minor = net_minor + 1, total_minor = total_minor + 1",
    ),
    ("I6 what is open", &["invoices"], "UPDATE invoices SET paid_minor = 7"),
    ("I6 what is open", &["invoices"], "UPDATE invoices SET status = 'paid'"),
    (
        "I6 numbers have no gap",
        &["invoices"],
        "UPDATE invoices SET sequence = sequence + 1",
    ),
    (
        "I6 numbers have no gap",
        &["legal_entities"],
        "UPDATE legal_entities SET next_invoice_number = 9",
    ),
    (
        "I7 no line is credited",
        &["invoice_lines"],
        "UPDATE invoice_lines SET credited_minor = 5 WHERE id = 1000000000",
    ),
    (
        "I7 a credit note is net",
        &["credit_notes"],
        "INSERT INTO credit_notes (id, legal_entity_id, programme_id, supplier_id, invoice_id, invoice_line_id, number, sequence, reason, issued_at, currency, net_minor, tax_minor, total_minor, applied_minor) SELECT 1, 7, 7, supplier_id, id, 1000000000, 'x', 1, '', 1, 'GBP', 1, 0, 1, 5 FROM invoices WHERE supplier_id = 1000000",
    ),
    (
        "I6 the taxes",
        &["invoice_lines"],
        "UPDATE invoice_lines SET tax_position = 1 WHERE id = 1000000000",
    ),
    (
        "I7 a credit gives",
        &["account_credits", "credit_notes"],
        "INSERT INTO credit_notes (id, legal_entity_id, programme_id, supplier_id, invoice_id, invoice_line_id, number, sequence, reason, issued_at, currency, net_minor, tax_minor, total_minor, applied_minor) SELECT 1, 7, 7, supplier_id, id, 1000000000, 'x', 1, '', 1, 'GBP', 5, 0, 5, 0 FROM invoices WHERE supplier_id = 1000000; \
         INSERT INTO account_credits (credit_note_id, legal_entity_id, supplier_id, currency, granted_minor, used_minor, refunded_minor, created_at, updated_at) VALUES (1, 7, 1000000, 'GBP', 5, 3, 3, 1, 1)",
    ),
    (
        "I7 credit stays",
        &["account_credits", "credit_allocations"],
        "INSERT INTO account_credits (credit_note_id, legal_entity_id, supplier_id, currency, granted_minor, used_minor, refunded_minor, created_at, updated_at) VALUES (1, 7, 1000001, 'GBP', 5, 5, 0, 1, 1); \
         INSERT INTO credit_allocations (id, credit_note_id, invoice_id, amount_minor, currency, created_at) SELECT 1, 1, id, 5, 'GBP', 1 FROM invoices WHERE supplier_id = 1000000",
    ),
    (
        "I7 every refund",
        &["credit_refunds"],
        "INSERT INTO credit_refunds (id, credit_note_id, supplier_id, amount_minor, currency, reference, refunded_on, reason, recorded_by, created_at) VALUES (1, 1, 1000000, 5, 'GBP', 'x', '2026-03-09', 'x', 'x', 1)",
    ),
    (
        "a closed month",
        &["month_closes"],
        "INSERT INTO month_closes (id, legal_entity_id, month, starts_at, ends_at, entries, closed_by, closed_at) VALUES (1, 7, '2026-03-01', 1, 4102444800000000, 9, 'x', 1)",
    ),
    (
        "I7 what a supplier owes",
        &["ledger_accounts"],
        "UPDATE ledger_accounts SET balance_minor = 1 WHERE kind = 'receivable'",
    ),
    (
        "I7 the allowance holds",
        &["invoices"],
        "UPDATE invoices SET doubtful_minor = 1 WHERE supplier_id = 1000000",
    ),
    (
        "I7 the allowance is in",
        &["ledger_accounts"],
        "UPDATE ledger_accounts SET kind = 'allowance' WHERE kind = 'revenue'",
    ),
    (
        "I7 every document",
        &["journal_entries"],
        "UPDATE journal_entries SET reference = 'lost' WHERE kind = 'invoice' AND reference = 'TP-000001'",
    ),
    (
        "I11 everything",
        &["events"],
        "DELETE FROM events WHERE kind = 'invoice.issued'",
    ),
    (
        "I11 no message",
        &["notifications"],
        "INSERT INTO notifications SELECT id + 1, kind, dedupe_key, programme_id, supplier_id, recipients, facts, due_at, created_at, mailed_at FROM old_notifications",
    ),
    (
        "I14 no delivery",
        &["deliveries"],
        "UPDATE deliveries SET business_id = 1000001 WHERE id = 1000000000",
    ),
    (
        "I14 no invoice",
        &["invoices"],
        "UPDATE invoices SET supplier_id = 1000001 WHERE supplier_id = 1000000",
    ),
    (
        "a returned delivery nets",
        &["deliveries"],
        "UPDATE deliveries SET billing_state = 'returned' WHERE id = 1000000000",
    ),
    (
        "a free delivery",
        &["deliveries"],
        "UPDATE deliveries SET replaces_delivery_id = 1000000001 WHERE id = 1000000000",
    ),
    (
        "a replacement is free",
        &["replacements"],
        "INSERT INTO replacements (id, return_request_id, original_delivery_id, programme_id, supplier_id, order_id, product_id, status, filled_delivery_id, owed_at, version) VALUES (1, 1, 1000000000, 7, 1000000, 1000000, 7, 'delivered', 1000000001, 1, 1)",
    ),
    (
        "one request is live",
        &["deliveries"],
        "UPDATE deliveries SET billing_state = 'return_pending' WHERE id = 1000000000",
    ),
    ("an approved return has exactly one", &["return_requests"], RETURN),
    ("I14 no return", &["return_requests"], RETURN),
    (
        "I15 no wallet is below",
        &["wallets"],
        "INSERT INTO wallets (supplier_id, balance_minor, limit_minor, status) VALUES (1000000, -1, 0, 'open')",
    ),
    (
        "I15 a wallet has what its movements",
        &["wallets"],
        "INSERT INTO wallets (supplier_id, balance_minor, limit_minor, status) VALUES (1000000, 5, 0, 'open')",
    ),
    (
        "I15 a wallet has what the journal",
        &["ledger_accounts"],
        "INSERT INTO ledger_accounts (id, legal_entity_id, supplier_id, kind, owner_key, currency, balance_minor, version, created_at) VALUES (1, 7, 1000000, 'wallet', 'x', 'GBP', -5, 1, 1)",
    ),
    (
        "I15 what is drawn",
        &["wallets", "wallet_entries", "deliveries"],
        "UPDATE deliveries SET invoice_id = NULL WHERE id = 1000000000; \
         INSERT INTO wallets (supplier_id, balance_minor, limit_minor, status) VALUES (1000000, -5, -5, 'open'); \
         INSERT INTO wallet_entries (id, supplier_id, kind, amount_minor, balance_minor, delivery_id, created_at) VALUES (1, 1000000, 'lead', -5, -5, 1000000000, 1)",
    ),
    (
        "I15 a wallet pays for its own",
        &["wallet_entries"],
        "INSERT INTO wallet_entries (id, supplier_id, kind, amount_minor, balance_minor, delivery_id, created_at) VALUES (1, 1000001, 'lead', -5, -5, 1000000000, 1)",
    ),
    (
        "R72 an account is in notice",
        &["suppliers"],
        "UPDATE suppliers SET status = 'in_notice' WHERE id = 1000000",
    ),
    (
        "R13 no lead is sold after",
        &["cancellations"],
        "INSERT INTO cancellations (id, supplier_id, status, ended_at) VALUES (1, 1000000, 'effective', 1)",
    ),
    (
        "R13 nothing of an account that is over",
        &["cancellations"],
        "INSERT INTO cancellations (id, supplier_id, status, ended_at) VALUES (1, 1000000, 'effective', 4102444800000000)",
    ),
    (
        "R69 nothing that was asked for",
        &["change_requests"],
        "INSERT INTO change_requests (id, programme_id, supplier_id, order_id, kind, change, differences, status, asked_by, requested_at, earliest_at, effective_at, applied_at, version, updated_at) VALUES (1, 7, 1000000, 1000000, 'volume', '{}', '[]', 'applied', 'staff', 1, 5, 5, 3, 1, 1)",
    ),
    (
        "R69 nothing that was asked for",
        &["change_requests"],
        "INSERT INTO change_requests (id, programme_id, supplier_id, order_id, kind, change, differences, status, asked_by, requested_at, earliest_at, effective_at, applied_at, version, updated_at) VALUES (1, 7, 1000000, 1000000, 'volume', '{}', '[]', 'applied', 'staff', 1, 5, 3, 4, 1, 1)",
    ),
    (
        "R69 what was agreed to",
        &["change_requests"],
        "INSERT INTO change_requests (id, programme_id, supplier_id, order_id, kind, change, differences, status, asked_by, requested_at, earliest_at, effective_at, version, updated_at) VALUES (1, 7, 1000000, 1000000, 'volume', '{}', '[]', 'scheduled', 'staff', 1, 5, 5, 1, 1)",
    ),
    (
        "R90 a change of a plan",
        &["change_requests"],
        "INSERT INTO change_requests (id, programme_id, supplier_id, plan_subscription_id, kind, change, differences, prepared, status, asked_by, requested_at, earliest_at, effective_at, applied_at, version, updated_at) VALUES (1, 7, 1000000, 1, 'plan', '{}', '[]', '{}', 'applied', 'staff', 1, 5, 5, 5, 1, 1)",
    ),
    (
        "R90 a plan has the terms",
        &["plan_subscriptions", "plan_periods"],
        "INSERT INTO plan_subscriptions (id, programme_id, supplier_id, tier, label, min_units, unit_price_minor, currency, grace, status, period, version, created_at, updated_at) VALUES (1, 7, 1000000, 'two', 'Two', 2, 800, 'GBP', '{}', 'active', 1, 1, 1, 1); \
         INSERT INTO plan_periods (subscription_id, number, starts_on, ends_before, tier, label, min_units, unit_price_minor, invoice_id) VALUES (1, 1, '2026-01-01', '2026-02-01', 'four', 'Four', 4, 700, 1)",
    ),
    (
        "R72 nothing is to come",
        &["suppliers", "change_requests"],
        "UPDATE suppliers SET status = 'closed'; \
         INSERT INTO change_requests (id, programme_id, supplier_id, order_id, kind, change, differences, status, asked_by, requested_at, earliest_at, effective_at, version, updated_at) VALUES (1, 7, 1000000, 1000000, 'volume', '{}', '[]', 'open', 'staff', 1, 5, 5, 1, 1)",
    ),
    (
        "R77 a request is about its own",
        &["change_requests"],
        "INSERT INTO change_requests (id, programme_id, supplier_id, order_id, kind, change, differences, status, asked_by, requested_at, earliest_at, effective_at, version, updated_at) VALUES (1, 7, 1000000, 1000001, 'volume', '{}', '[]', 'open', 'staff', 1, 5, 5, 1, 1)",
    ),
    (
        "R93 nobody is called",
        &["call_queue", "plan_subscriptions"],
        "INSERT INTO plan_subscriptions (id, programme_id, supplier_id, tier, label, min_units, unit_price_minor, currency, grace, status, period, version, created_at, updated_at) VALUES (1, 7, 1000000, 'x', 'x', 1, 1, 'GBP', '{}', 'ended', 0, 1, 1, 1); \
         INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, programme_id, attempts) VALUES (1000000000, 1000000, 1, 'waiting', 7, 0)",
    ),
    (
        "R93 nobody is called",
        &["call_queue", "plan_subscriptions", "suppliers"],
        "UPDATE suppliers SET status = 'closed' WHERE id = 1000000; \
         INSERT INTO plan_subscriptions (id, programme_id, supplier_id, tier, label, min_units, unit_price_minor, currency, grace, status, period, version, created_at, updated_at) VALUES (1, 7, 1000000, 'x', 'x', 1, 1, 'GBP', '{}', 'active', 0, 1, 1, 1); \
         INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, programme_id, attempts) VALUES (1000000000, 1000000, 1, 'claimed', 7, 0)",
    ),
    (
        "R98 each lead that counts",
        &["plan_usage"],
        "INSERT INTO plan_usage (lead_id, subscription_id, number) VALUES (1000000000, 1, 1)",
    ),
    (
        "R98 each lead that counts",
        &["call_queue"],
        "INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, programme_id, attempts) VALUES (1000000000, 1000000, 1, 'closed', 7, 0)",
    ),
    (
        "R99 a lead is called",
        &["call_queue", "plan_subscriptions"],
        "INSERT INTO plan_subscriptions (id, programme_id, supplier_id, tier, label, min_units, unit_price_minor, currency, grace, status, period, version, created_at, updated_at) VALUES (1, 7, 1000001, 'x', 'x', 1, 1, 'GBP', '{}', 'active', 0, 1, 1, 1); \
         INSERT INTO call_queue (lead_id, programme_id, supplier_id, subscription_id, state, attempts) VALUES (1000000000, 7, 1000001, 1, 'closed', 0)",
    ),
    (
        "R98 a lead stands",
        &["call_queue"],
        "INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, attempts, programme_id) VALUES (1000000000, 1000000, 1, 'closed', 0, 7)",
    ),
    (
        "R98 a lead stands",
        &["call_queue"],
        "INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, attempts, programme_id) VALUES (1000000000, 1000000, 1, 'waiting', 1, 7)",
    ),
    (
        "R98 nobody waits",
        &["call_queue", "do_not_call"],
        "INSERT INTO do_not_call (supplier_id, phone_hash) VALUES (1000000, 'x'); \
         INSERT INTO call_queue (lead_id, supplier_id, subscription_id, state, attempts, phone_hash, programme_id) VALUES (1000000000, 1000000, 1, 'waiting', 0, 'x', 7)",
    ),
    (
        "R98 a call is",
        &["call_queue", "call_attempts"],
        "INSERT INTO call_queue (lead_id, programme_id, supplier_id, subscription_id, state, attempts) VALUES (1000000000, 7, 1000000, 1, 'closed', 1); \
         INSERT INTO call_attempts (id, lead_id, programme_id, supplier_id, disposition) VALUES (1, 1000000000, 7, 1000001, 'x')",
    ),
    (
        "a payment belongs",
        &["payments"],
        "INSERT INTO payments (id, invoice_id, supplier_id, amount_minor, currency, method, reference, received_on, recorded_by, created_at) SELECT 1, id, 1000001, 5, 'GBP', 'bacs', 'x', '2026-03-09', 'x', 1 FROM invoices WHERE supplier_id = 1000000",
    ),
];

/// An approved return of one supplier for another's delivery, without a remedy.
const RETURN: &str = "INSERT INTO return_requests (id, delivery_id, lead_id, programme_id, supplier_id, business_id, resolved_policy_id, status, reason, reason_class, channel, submitted_by, submitted_at, decision_evidence, version) \
     VALUES (1, 1000000000, 1000000000, 7, 1000001, 1000001, 7, 'approved', 'x', 'valid', 'portal', 'x', 1, '{}', 1)";

#[rstest]
#[tokio::test]
async fn every_kind_of_damage_is_found(#[values(Sqlite, Postgres)] on: Database) {
    let app = Books::weekly(2, 3).serve(on, "").await;
    app.run_jobs().await;
    app.audit_is_green().await;
    let mut missed = Vec::new();
    for (invariant, tables, damage) in DAMAGE.iter().chain(MORE) {
        let (said, heard) = std::sync::mpsc::channel();
        let outcome = app
            .inside()
            .db
            .write(move |tx| {
                for table in *tables {
                    // A copy has neither constraints nor triggers, on either database.
                    tx.batch_execute(&format!("ALTER TABLE {table} RENAME TO old_{table}"))?;
                    tx.batch_execute(&format!("CREATE TABLE {table} AS SELECT * FROM old_{table}"))?;
                }
                for statement in damage.split(';') {
                    tx.batch_execute(statement)?;
                }
                said.send(auditor::run(tx)?).expect("the test listens");
                // Nothing of it stays.
                Err::<(), _>(ApiError::conflict("rolled back"))
            })
            .await;
        let found = heard.try_recv();
        match found {
            Ok(found) if found.iter().any(|violation| violation.invariant.starts_with(invariant)) => {}
            other => missed.push(format!("{invariant}: {other:?} {outcome:?}")),
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    app.audit_is_green().await;
}

/// A check that nothing was ever seen to fail might as well not be there.
#[test]
fn every_invariant_is_damaged_by_something() {
    let missing: Vec<&str> = auditor::invariants()
        .into_iter()
        .filter(|name| !DAMAGE.iter().chain(MORE).any(|(start, ..)| name.starts_with(start)))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

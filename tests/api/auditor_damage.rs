//! What spoils the rules of orders, plans, packages, loyalty, pauses, payments, and webhooks: the invariant by its beginning, the
//! tables that are copied without their constraints, and the damage. A row that is inserted has only the columns that
//! the rule looks at.

/// Damage that `auditor.rs` does.
pub(crate) const DAMAGE: &[(&str, &[&str], &str)] = &[
    (
        "R107 what a source was sent",
        &["lead_sources", "lead_source_posts"],
        "INSERT INTO lead_sources (id, programme_id) VALUES (1, 7); \
         INSERT INTO lead_source_posts (id, lead_source_id, outcome, lead_id) VALUES (1, 1, 'accepted', 5)",
    ),
    (
        "R44 what was credited",
        &["replacements"],
        "INSERT INTO replacements (id, supplier_id, status, owed_at, credited_delivery_id) VALUES (1, 1000000, 'converted_to_credit', 1, 1000000000)",
    ),
    (
        "R112 a case follows",
        &["rate_reviews"],
        "INSERT INTO rate_reviews (id, supplier_id, counted_to, finding, case_status) VALUES (1, 1000000, 5, 'case', 'open')",
    ),
    (
        "R112 a person ends",
        &["rate_reviews"],
        "INSERT INTO rate_reviews (id, supplier_id, counted_to, finding, case_status, decided_by) VALUES (1, 1000000, 5, 'case', 'ended', 'system')",
    ),
    (
        "I7 refunds are within",
        &["payments"],
        "INSERT INTO payments (id, captured_minor, refunded_minor, lost_minor) VALUES (1, 5, 9, 0)",
    ),
    (
        "I7 a payment has captured",
        &["payments"],
        "INSERT INTO payments (id, channel, captured_minor, refunded_minor, lost_minor, applied_minor) VALUES (1, 'gateway', 5, 0, 0, 0)",
    ),
    (
        "I12 a payment stands",
        &["payments"],
        "INSERT INTO payments (id, channel, status, captured_minor, refunded_minor, lost_minor, applied_minor) VALUES (1, 'gateway', 'pending', 0, 0, 0, 0)",
    ),
    (
        "I8 a coupon is used",
        &["coupons"],
        "INSERT INTO coupons (id, uses, max_uses, per_customer) VALUES (1, 3, 2, 1)",
    ),
    (
        "I8 a use belongs",
        &["checkouts"],
        "INSERT INTO checkouts (id, status, coupon_id) VALUES (1, 'open', 1)",
    ),
    (
        "K12 a completed checkout",
        &["checkouts"],
        "INSERT INTO checkouts (id, status) VALUES (1, 'completed')",
    ),
    (
        "K12 the leads of a paid order",
        &["deliveries"],
        "UPDATE deliveries SET billing_state = 'paid' WHERE id = 1000000000",
    ),
    (
        "K14 a payment asks",
        &["checkouts", "payments"],
        "INSERT INTO checkouts (id, supplier_id, status, net_minor, tax_minor, credit_minor) VALUES (1, 1000000, 'open', 100, 20, 0); \
         INSERT INTO payments (id, supplier_id, checkout_id, status, amount_minor) VALUES (1, 1000000, 1, 'failed', 100)",
    ),
    (
        "K14 no checkout ends",
        &["checkouts", "payments"],
        "INSERT INTO checkouts (id, supplier_id, status, net_minor, tax_minor, credit_minor) VALUES (1, 1000000, 'abandoned', 100, 20, 0); \
         INSERT INTO payments (id, supplier_id, checkout_id, status, amount_minor) VALUES (1, 1000000, 1, 'pending', 120)",
    ),
    (
        "K14 money that no order",
        &["payments"],
        "INSERT INTO payments (id, purpose, status, captured_minor, refunded_minor, lost_minor, applied_minor) VALUES (1, 'checkout', 'succeeded', 120, 0, 0, 0)",
    ),
    (
        "I14 no checkout crosses",
        &["checkouts"],
        "INSERT INTO checkouts (id, programme_id, supplier_id, product_id, status) VALUES (1, 8, 1000000, 7, 'open')",
    ),
    (
        "R96 a plan has its periods",
        &["plan_subscriptions"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000000, 'active', 2)",
    ),
    (
        "R96 each period of a plan",
        &["plan_subscriptions", "plan_periods"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000000, 'active', 1); \
         INSERT INTO plan_periods (subscription_id, number, invoice_id) SELECT 1, 1, MIN(id) FROM invoices",
    ),
    (
        "R96 a plan charges each minimum",
        &["plan_subscriptions", "plan_periods"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000000, 'active', 1); \
         INSERT INTO plan_periods (subscription_id, number, unit_price_minor, min_units) VALUES (1, 1, 800, 50)",
    ),
    (
        "R97 what was used",
        &["plan_subscriptions", "plan_periods"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000000, 'ended', 1); \
         INSERT INTO plan_periods (subscription_id, number, used, min_units) VALUES (1, 1, 3, 50)",
    ),
    (
        "R97 a lead is used",
        &["plan_subscriptions", "plan_usage"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000001, 'active', 1); \
         INSERT INTO plan_usage (lead_id, subscription_id, number) VALUES (1000000000, 1, 1)",
    ),
    (
        "R85 a plan begins with its money",
        &["plan_subscriptions"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period, started_on) VALUES (1, 1000000, 'active', 1, '2026-01-01')",
    ),
    (
        "R85 a payment of a plan",
        &["plan_subscriptions", "payments"],
        "INSERT INTO plan_subscriptions (id, supplier_id, status, period) VALUES (1, 1000001, 'active', 1); \
         INSERT INTO payments (id, supplier_id, plan_subscription_id) VALUES (1, 1000000, 1)",
    ),
    (
        "I9 the orders of a subscription",
        &["loyalty_subscriptions"],
        "INSERT INTO loyalty_subscriptions (id, supplier_id, status, cycle) VALUES (1, 1000000, 'active', 3)",
    ),
    (
        "R61 each order of a subscription",
        &["checkouts"],
        "INSERT INTO checkouts (id, status, loyalty_subscription_id) VALUES (1, 'open', 9)",
    ),
    (
        "R61 a subscription that goes on",
        &["loyalty_subscriptions", "checkouts"],
        "INSERT INTO loyalty_subscriptions (id, supplier_id, status, cycle) VALUES (1, 1000000, 'active', 0); \
         INSERT INTO checkouts (id, status, loyalty_subscription_id) VALUES (1, 'failed', 1)",
    ),
    (
        "R52 an order is paused",
        &["pauses"],
        "INSERT INTO pauses (id, supplier_id, order_id, status, began_at, starts_at) VALUES (1, 1000000, 1000000, 'active', 4102444800000000, 4102444800000000)",
    ),
    (
        "R17 the orders of an account",
        &["pauses"],
        "INSERT INTO pauses (id, supplier_id, status, began_at, starts_at) VALUES (1, 1000000, 'active', 4102444800000000, 4102444800000000)",
    ),
    (
        "F5 no lead is sold within",
        &["pauses"],
        "INSERT INTO pauses (id, supplier_id, order_id, status, began_at, starts_at) VALUES (1, 1000000, 1000000, 'active', 1, 1)",
    ),
    (
        "R70 two pauses",
        &["pauses"],
        "INSERT INTO pauses (id, supplier_id, order_id, status, starts_at, returns_at) VALUES (1, 1000000, 1000000, 'scheduled', 10, 20), (2, 1000000, 1000000, 'scheduled', 15, 25)",
    ),
    (
        "R83 a ticket waits for",
        &["support_tickets"],
        "INSERT INTO support_tickets (id, programme_id, supplier_id, status) VALUES (1, 7, 1000000, 'answered')",
    ),
    (
        "R83 a ticket is about",
        &["support_tickets", "support_messages"],
        "INSERT INTO support_tickets (id, programme_id, supplier_id, status, delivery_id) VALUES (1, 7, 1000001, 'open', 1000000000); \
         INSERT INTO support_messages (id, ticket_id, author, internal, written_at) VALUES (1, 1, 'supplier', FALSE, 1)",
    ),
    (
        "I10 no account is paused",
        &["pauses"],
        r#"INSERT INTO pauses (id, supplier_id, order_id, status, starts_at, returns_at, terms) VALUES
         (1, 1000000, 1000000, 'scheduled', 1772000000000000, 1772432000000000, '{"budget":{"days":8,"per_months":6}}'),
         (2, 1000000, 1000001, 'scheduled', 1777000000000000, 1777432000000000, '{"budget":{"days":8,"per_months":6}}')"#,
    ),
    (
        "R105 a package counts",
        &["packages"],
        "INSERT INTO packages (id, supplier_id, business_id, status, leads, delivered) VALUES (1, 1000000, 1000000, 'running', 10, 4)",
    ),
    (
        "R105 a lead of a package",
        &["packages", "package_leads"],
        "INSERT INTO packages (id, supplier_id, business_id, status, leads, delivered, price_minor, advance_each_minor, currency, started_at) VALUES (1, 1000001, 1000001, 'running', 10, 1, 5000, 500, 'GBP', 1); \
         INSERT INTO package_leads (package_id, delivery_id) VALUES (1, 1000000000)",
    ),
    (
        "R118 a package charges",
        &["packages"],
        "INSERT INTO packages (id, supplier_id, business_id, kind, status, leads, delivered, price_minor, advance_each_minor, setup_minor, currency, started_at) VALUES (1, 1000000, 1000000, 'regular', 'running', 10, 0, 5000, 500, 0, 'GBP', 1)",
    ),
    (
        "R117 a package begins",
        &["packages"],
        "INSERT INTO packages (id, supplier_id, business_id, kind, status, leads, delivered, price_minor, advance_each_minor, setup_minor, currency, started_at) VALUES (1, 1000000, 1000000, 'regular', 'running', 10, 0, 5000, 500, 0, 'GBP', 1)",
    ),
    (
        "R117 a payment and the invoice",
        &["packages", "payments"],
        "INSERT INTO packages (id, supplier_id, business_id, status, leads, delivered) VALUES (1, 1000001, 1000001, 'running', 10, 0); \
         INSERT INTO payments (id, supplier_id, package_id) VALUES (1, 1000000, 1)",
    ),
    (
        "R119 an invoice charges",
        &["invoice_lines"],
        "UPDATE invoice_lines SET kind = 'package'",
    ),
    (
        "R127 a webhook is of",
        &["webhook_endpoints", "webhook_deliveries"],
        "INSERT INTO webhook_endpoints (id, supplier_id, kinds, status, secret, log_from, sent_up_to) VALUES (1, 1000001, '[]', 'active', '00000000.x', 0, 0); \
         INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, subject, status, attempts) SELECT 1, 1, id, kind, subject, 'pending', 0 FROM events WHERE id = (SELECT MIN(id) FROM events)",
    ),
    (
        "F19 each attempt",
        &["webhook_deliveries"],
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, subject, status, attempts) VALUES (1, 1, 1, 'x', 'x', 'pending', 2)",
    ),
    (
        "F19 no webhook overtakes",
        &["webhook_deliveries", "webhook_attempts"],
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, subject, status, attempts, created_at) VALUES (1, 1, 1, 'x', 'x', 'pending', 0, 5), (2, 1, 2, 'x', 'x', 'delivered', 1, 5); \
         INSERT INTO webhook_attempts (id, delivery_id, started_at, took_ms, status_code) VALUES (1, 2, 6, 1, 200)",
    ),
    (
        "F19 a webhook that was taken",
        &["webhook_deliveries"],
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, subject, status, attempts) VALUES (1, 1, 1, 'x', 'x', 'delivered', 1)",
    ),
    (
        "S6 the secrets",
        &["webhook_endpoints"],
        "INSERT INTO webhook_endpoints (id, kinds, status, secret, log_from, sent_up_to) VALUES (1, '[]', 'active', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 0, 0)",
    ),
    (
        "F19 a lead is on its way",
        &["webhook_endpoints", "delivery_targets"],
        "INSERT INTO webhook_endpoints (id, supplier_id, kinds, status, secret, log_from, sent_up_to) SELECT 1, MIN(supplier_id), '[\"delivery.created\"]', 'active', '00000000.x', 0, 9223372036854775807 FROM deliveries; \
         INSERT INTO delivery_targets (id, endpoint_id, supplier_id, kind, fields, auth) SELECT 1, 1, MIN(supplier_id), 'adf_post', '[]', 'none' FROM deliveries",
    ),
    (
        "F19 what an endpoint",
        &["webhook_endpoints"],
        "INSERT INTO webhook_endpoints (id, kinds, status, secret, log_from, sent_up_to) VALUES (1, '[\"invoice.issued\"]', 'active', '00000000.x', 0, 9223372036854775807)",
    ),
    (
        "R126 a message that was mailed",
        &["mails", "notifications"],
        "INSERT INTO notifications (id, kind, dedupe_key, programme_id, recipients, facts, due_at, created_at, mailed_at) VALUES (1, 'lead', 'x', 1, '[\"a@b.example\"]', '{}', 1, 1, 1)",
    ),
    (
        "F19 a mail is of a message",
        &["mails", "notifications"],
        "INSERT INTO notifications (id, kind, dedupe_key, programme_id, recipients, facts, due_at, created_at, mailed_at) VALUES (1, 'lead', 'x', 1, '[\"a@b.example\"]', '{}', 1, 1, 1); \
         INSERT INTO mails (id, notification_id, kind, programme_id, recipient, status) VALUES (1, 1, 'lead', 1, 'c@d.example', 'kept')",
    ),
    (
        "F19 a message has one mail",
        &["mails", "notifications"],
        "INSERT INTO mails (id, notification_id, kind, programme_id, recipient, status) VALUES (1, 1, 'lead', 1, 'a@b.example', 'kept'), (2, 1, 'lead', 1, 'A@b.example', 'kept')",
    ),
    (
        "F19 what is being sent",
        &["mails"],
        "INSERT INTO mails (id, notification_id, kind, programme_id, recipient, status) VALUES (1, 1, 'lead', 1, 'a@b.example', 'sending')",
    ),
    (
        "R81 nothing says who",
        &["leads"],
        "INSERT INTO leads (id, status, answers) VALUES (1, 'erased', '{\"garden\":\"yes\"}')",
    ),
    (
        "R81 nobody notes",
        &["leads", "deliveries"],
        "UPDATE leads SET status = 'erased' WHERE id = 1000000000; UPDATE deliveries SET note = 'moved' WHERE lead_id = 1000000000",
    ),
    (
        "R81 a held lead",
        &["leads", "lead_holds"],
        "INSERT INTO lead_holds (id, lead_id) VALUES (1, 1000000000); UPDATE leads SET status = 'erased' WHERE id = 1000000000",
    ),
    (
        "R81 what the policy",
        &["retention_removals"],
        "INSERT INTO retention_removals (programme_id, kind, removed) VALUES ((SELECT MIN(id) FROM programmes), 'sold_leads', 1)",
    ),
    (
        "R82 every buyer",
        &["leads"],
        "UPDATE leads SET status = 'erased' WHERE id = 1000000000",
    ),
    (
        "R82 a request waits",
        &["subject_requests"],
        "INSERT INTO subject_requests (id, kind, status, recipients, recipients_waiting) VALUES (1, 'erasure', 'awaiting_recipients', 1, 1)",
    ),
    (
        "R81 who was erased",
        &["subject_requests"],
        "INSERT INTO subject_requests (id, kind, status, phone_hash, recipients, recipients_waiting) VALUES (1, 'erasure', 'done', 'abc', 0, 0)",
    ),
];

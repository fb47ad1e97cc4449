//! The invariants of coupons, checkouts and orders that are paid ahead.

use super::{Check, shown};
use tradepost_contract::{CheckoutId, CouponId, DeliveryId, PaymentId, RedemptionId};

pub(super) const SHOP: &[Check] = &[
    Check {
        invariant: "I8 a coupon is used as often as it counts, and no more than it may",
        show: shown::<CouponId>,
        sql: "SELECT c.id AS row_id, 'counts ' || c.uses || ' uses, has ' || COALESCE(r.n, 0) || ' of ' || COALESCE(CAST(c.max_uses AS TEXT), 'any') AS detail \
              FROM coupons c LEFT JOIN (SELECT coupon_id, COUNT(*) AS n FROM redemptions WHERE status <> 'released' GROUP BY coupon_id) r \
              ON r.coupon_id = c.id WHERE c.uses <> COALESCE(r.n, 0) OR c.uses > c.max_uses \
              UNION ALL SELECT r.coupon_id, 'is used ' || COUNT(*) || ' times by one customer' FROM redemptions r JOIN coupons c ON c.id = r.coupon_id \
              WHERE r.status <> 'released' GROUP BY r.coupon_id, r.supplier_id, c.per_customer HAVING COUNT(*) > c.per_customer",
    },
    Check {
        invariant: "I8 a use belongs to its customer and stands as its checkout does",
        show: shown::<RedemptionId>,
        sql: "SELECT r.id AS row_id, 'is ' || r.status || ', its checkout ' || k.status AS detail FROM redemptions r \
              JOIN checkouts k ON k.id = r.checkout_id JOIN coupons c ON c.id = r.coupon_id \
              WHERE (r.status = 'reserved' AND (k.status NOT IN ('open', 'awaiting_payment') OR k.coupon_id <> r.coupon_id)) \
              OR (r.status = 'released' AND k.status = 'completed' AND k.coupon_id = r.coupon_id) \
              OR r.supplier_id <> k.supplier_id OR c.programme_id <> k.programme_id OR (c.supplier_id IS NOT NULL AND c.supplier_id <> r.supplier_id) \
              UNION ALL SELECT k.id, 'has a discount that nothing holds' FROM checkouts k WHERE k.coupon_id IS NOT NULL \
              AND k.status IN ('open', 'awaiting_payment', 'completed') AND NOT EXISTS \
              (SELECT 1 FROM redemptions r WHERE r.checkout_id = k.id AND r.coupon_id = k.coupon_id AND r.status <> 'released')",
    },
    Check {
        invariant: "K12 a completed checkout has its order and its invoice, and no other has",
        show: shown::<CheckoutId>,
        sql: "SELECT k.id AS row_id, 'is ' || k.status || ' with ' || CASE WHEN o.id IS NULL THEN 'no order' ELSE 'an order' END || ' and ' \
              || CASE WHEN i.id IS NULL THEN 'no invoice' ELSE 'an invoice' END AS detail FROM checkouts k \
              LEFT JOIN orders o ON o.checkout_id = k.id LEFT JOIN invoices i ON i.checkout_id = k.id \
              WHERE (k.status = 'completed') <> (o.id IS NOT NULL) OR (k.status = 'completed') <> (i.id IS NOT NULL) \
              OR i.net_minor <> k.net_minor OR i.tax_minor <> k.tax_minor OR i.supplier_id <> k.supplier_id OR o.supplier_id <> k.supplier_id \
              OR o.quantity <> k.quantity + k.bonus OR o.price_minor <> k.unit_price_minor",
    },
    Check {
        invariant: "K12 the leads of a paid order are never billed again",
        show: shown::<DeliveryId>,
        sql: "SELECT d.id AS row_id, 'is ' || d.billing_state || CASE WHEN o.checkout_id IS NULL THEN ' without' ELSE ' of' END || ' a paid order' AS detail \
              FROM deliveries d JOIN orders o ON o.id = d.order_id \
              WHERE (d.billing_state = 'paid' AND o.checkout_id IS NULL) OR (o.checkout_id IS NOT NULL AND d.billing_state NOT IN ('paid', 'free') \
              AND NOT EXISTS (SELECT 1 FROM replacements p WHERE p.credited_delivery_id = d.id))",
    },
    Check {
        invariant: "K14 a payment asks for what its checkout has due, and pays its invoice",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'asks for ' || p.amount_minor || ', due are ' || (k.net_minor + k.tax_minor - k.credit_minor) AS detail \
              FROM payments p JOIN checkouts k ON k.id = p.checkout_id LEFT JOIN invoices i ON i.id = p.invoice_id \
              WHERE p.supplier_id <> k.supplier_id OR p.amount_minor <> k.net_minor + k.tax_minor - k.credit_minor \
              OR i.checkout_id <> k.id OR (p.invoice_id IS NOT NULL AND k.status <> 'completed')",
    },
    Check {
        invariant: "K14 no checkout ends while a payment of it is under way",
        show: shown::<CheckoutId>,
        sql: "SELECT k.id AS row_id, 'is ' || k.status || ', its payment ' || p.status AS detail FROM checkouts k JOIN payments p ON p.checkout_id = k.id \
              WHERE k.status <> 'awaiting_payment' AND p.status IN ('created', 'pending', 'unknown', 'scheduled_retry')",
    },
    Check {
        invariant: "K14 money that no order and no plan takes goes back",
        show: shown::<PaymentId>,
        sql: "SELECT p.id AS row_id, 'has ' || (p.captured_minor - p.applied_minor - p.lost_minor) || ' too much and gave back ' || COALESCE(r.n, 0) AS detail \
              FROM payments p LEFT JOIN (SELECT payment_id, CAST(SUM(amount_minor) AS BIGINT) AS n FROM refunds WHERE status <> 'refused' GROUP BY payment_id) r \
              ON r.payment_id = p.id WHERE p.purpose IN ('checkout', 'plan', 'package') AND p.status <> 'disputed' \
              AND p.captured_minor - p.applied_minor - p.lost_minor > COALESCE(r.n, 0)",
    },
    Check {
        invariant: "I14 no checkout crosses a tenant",
        show: shown::<CheckoutId>,
        sql: "SELECT k.id AS row_id, 'mixes programmes' AS detail FROM checkouts k JOIN suppliers s ON s.id = k.supplier_id \
              JOIN lead_products p ON p.id = k.product_id LEFT JOIN coupons c ON c.id = k.coupon_id \
              WHERE s.programme_id <> k.programme_id OR p.programme_id <> k.programme_id OR c.programme_id <> k.programme_id",
    },
];

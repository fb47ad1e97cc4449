//! The second floor: the same bare server, but it keeps the rows that the product promises.
//!
//! It opens a copy of the product's own market and writes, with plain prepared statements, the tables and
//! guards of a real intake: the lead with its person and consent, fingerprints that refuse a second taking,
//! orders and ceilings that are counted by guarded updates, deliveries, events, messages, the trace, and the
//! answer under its idempotency key. It decides nothing: no checks, no normalising, no ranking, no words. Between
//! the two floors lies what those rows cost; between this one and the product, what the product's own code costs.

use rusqlite::{Connection, Transaction, params};
use sha2::{Digest, Sha256};

use crate::floor::{NewLead, Sale};

/// As long as the product's texts of these are, so that as many pages are written.
const TRACE_LENGTH: usize = 640;
const ANSWER_LENGTH: usize = 1_900;
const DELIVERY_FACTS_LENGTH: usize = 400;
const MESSAGE_LENGTH: usize = 420;
const FACTS_LENGTH: usize = 190;

const DAY: &str = "2026-01-05";
const MONTH: &str = "2026-01-01";

/// What the product's market says of an order.
struct Order {
    id: i64,
    supplier: i64,
    business: i64,
    policy: i64,
}

/// The market, read once.
pub(crate) struct Market {
    programme: i64,
    product: i64,
    orders: Vec<Order>,
    first_id: i64,
}

impl Market {
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -48000;")?;
        let mut statement = connection
            .prepare("SELECT id, supplier_id, business_id, resolved_policy_id, programme_id, product_id FROM orders")?;
        let (mut programme, mut product) = (0, 0);
        let orders = statement.query_map([], |row| {
            (programme, product) = (row.get(4)?, row.get(5)?);
            Ok(Order {
                id: row.get(0)?,
                supplier: row.get(1)?,
                business: row.get(2)?,
                policy: row.get(3)?,
            })
        })?;
        let orders: Vec<Order> = orders.collect::<rusqlite::Result<_>>()?;
        let last: i64 = connection.query_row("SELECT max(id) FROM events", [], |row| row.get(0))?;
        Ok(Self {
            programme,
            product,
            orders,
            first_id: last + 1_000_000,
        })
    }
}

/// Keeps one lead and its sales.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    market: &Market,
    number: i64,
    lead: &NewLead,
    sales: &[Sale],
) -> rusqlite::Result<()> {
    let Market { programme, product, .. } = *market;
    // As in the product, ids rise; a lead has room for those of all its rows.
    let lead_id = market.first_id + number * 32;
    let mut next = lead_id;
    let mut id = || {
        next += 1;
        next
    };
    let NewLead {
        external_id,
        person,
        place,
        ..
    } = lead;
    let run = |text: &str, values: &[&dyn rusqlite::ToSql]| transaction.prepare_cached(text)?.execute(values);
    let look = |text: &str, values: &[&dyn rusqlite::ToSql]| transaction.prepare_cached(text)?.exists(values);
    let text = |length: usize| "x".repeat(length);

    look(
        "SELECT status, body FROM idempotency_keys WHERE principal = 'key' AND key = ?1",
        &[external_id],
    )?;
    look("SELECT version FROM market_version WHERE id = 1", &[])?;
    look(
        "SELECT id FROM leads WHERE programme_id = ?1 AND external_source = 'bench' AND external_id = ?2",
        &[&programme, external_id],
    )?;
    for (kind, value) in [("phone", &person.phone), ("email", &person.email)] {
        let hash: String = Sha256::digest(value).iter().map(|byte| format!("{byte:02x}")).collect();
        run(
            "INSERT INTO lead_fingerprints VALUES (?1, 'main', ?2, ?3, ?4, ?4) ON CONFLICT DO NOTHING",
            &[&programme, &kind, &hash, &lead_id],
        )?;
    }
    let mut event = |kind: &str, supplier: Option<i64>, subject: &str, length: usize| {
        run(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3)",
            &[&id(), &kind, &number, &programme, &supplier, &subject, &text(length)],
        )
    };
    let subject = format!("lead_{lead_id:013}");
    event("lead.received", None, &subject, FACTS_LENGTH)?;
    look(
        "SELECT id FROM replacements WHERE status = 'owed' AND product_id = ?1 ORDER BY owed_at, id LIMIT 200",
        &[&product],
    )?;
    for sale in sales {
        let order = &market.orders[usize::try_from(sale.order).unwrap_or(0) % market.orders.len()];
        run(
            "UPDATE orders SET sold = sold + 1, last_delivery_id = ?1 \
             WHERE id = ?2 AND status = 'open' AND hold = 'none' AND (quantity IS NULL OR quantity > sold)",
            &[&lead_id, &order.id],
        )?;
        look(
            "SELECT sold, quantity, price_minor, cap_day FROM orders WHERE id = ?1",
            &[&order.id],
        )?;
        for (period, starts_on) in [("day", DAY), ("month", MONTH)] {
            let counted = run(
                "UPDATE order_counters SET used = used + 1, cap = 10000000 \
                 WHERE order_id = ?1 AND period = ?2 AND starts_on = ?3 AND used < 10000000",
                &[&order.id, &period, &starts_on],
            )?;
            if counted == 0 {
                run(
                    "INSERT INTO order_counters VALUES (?1, ?2, ?3, 1, 10000000)",
                    &[&order.id, &period, &starts_on],
                )?;
            }
        }
    }
    transaction
        .prepare_cached(
            "INSERT INTO leads (id, programme_id, product_id, status, sold, max_buyers, channel, source, external_source, \
             external_id, submitted_by, country, region, postcode, enquired_at, created_at) \
             VALUES (?1, ?2, ?3, 'sold_out', 3, 3, 'api', 'google ads', 'bench', ?4, 'key', 'US', ?5, ?6, ?7, ?7)",
        )?
        .execute(params![lead_id, programme, product, external_id, place.region, place.postcode, number])?;
    run(
        "INSERT INTO lead_people (lead_id, name, email, phone, phone_as_given) VALUES (?1, ?2, ?3, ?4, ?4)",
        &[&lead_id, &person.name, &person.email, &person.phone],
    )?;
    run(
        "INSERT INTO lead_consents (lead_id, revision, text, text_version, given_at) \
         VALUES (?1, 1, 'Up to three firms may call me.', '1', ?2)",
        &[&lead_id, &number],
    )?;
    for sale in sales {
        let order = &market.orders[usize::try_from(sale.order).unwrap_or(0) % market.orders.len()];
        let delivery = lead_id + 20 + sale.slot;
        transaction
            .prepare_cached(
                "INSERT INTO deliveries (id, lead_id, slot, programme_id, product_id, order_id, supplier_id, business_id, \
                 price_minor, currency, resolved_policy_id, delivered_at, return_deadline_at, billing_state, updated_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'USD', ?10, ?11, ?11, 'unbilled', ?11)",
            )?
            .execute(params![
                delivery,
                lead_id,
                sale.slot,
                programme,
                product,
                order.id,
                order.supplier,
                order.business,
                sale.price,
                order.policy,
                number
            ])?;
        let subject = format!("dlv_{delivery:013}");
        event(
            "delivery.created",
            Some(order.supplier),
            &subject,
            DELIVERY_FACTS_LENGTH,
        )?;
        run(
            "INSERT INTO notifications (id, kind, dedupe_key, programme_id, supplier_id, recipients, facts, due_at, created_at) \
             VALUES (?1, 'lead', ?2, ?3, ?4, '[]', ?5, ?6, ?6) ON CONFLICT DO NOTHING",
            &[
                &delivery,
                &format!("lead:{subject}"),
                &programme,
                &order.supplier,
                &text(MESSAGE_LENGTH),
                &number,
            ],
        )?;
    }
    event("lead.sold", None, &subject, FACTS_LENGTH)?;
    run(
        "INSERT INTO lead_traces VALUES (?1, 1, ?2, ?3)",
        &[&lead_id, &number, &text(TRACE_LENGTH)],
    )?;
    run(
        "INSERT INTO idempotency_keys VALUES ('key', ?1, ?2, 201, '[]', ?3, ?4)",
        &[external_id, &text(64), &text(ANSWER_LENGTH), &number],
    )?;
    Ok(())
}

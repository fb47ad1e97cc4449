//! Deliveries to be billed, by the thousand, written straight into the tables.
//!
//! Billing proofs need more deliveries than are worth selling one by one. What is written here is
//! what selling would have left, so that the auditor finds nothing to say about it.

use diesel::connection::SimpleConnection;
use serde_json::Value;
use tradepost::app::App;
use tradepost::clock::Clock;
use tradepost::db::Database as Db;
use tradepost::error::ApiResult;
use tradepost::policy::{layers, presets};
use tradepost_contract::programmes::Preset;

use crate::app::{TestApp, settings, spawn_on};
use crate::database::{Database, TestDatabase};
use crate::market::merged;

/// A programme with so many suppliers, each with so many deliveries in one period.
#[derive(Debug, Clone)]
pub struct Books {
    /// How it sells.
    pub preset: Preset,
    /// A merge patch on the preset's policy.
    pub policy: Value,
    /// How many suppliers.
    pub suppliers: i64,
    /// How many deliveries each of them has.
    pub deliveries: i64,
    /// When the first delivery was made, in microseconds.
    pub from: i64,
    /// How far one delivery of a supplier is from the next, in microseconds.
    pub apart: i64,
    /// The price of each, in minor units.
    pub price: i64,
}

/// The ids that the books are written under: they count up from these.
pub const SUPPLIERS_FROM: i64 = 1_000_000;
/// Deliveries and their leads count up from here, supplier by supplier.
pub const DELIVERIES_FROM: i64 = 1_000_000_000;

impl Books {
    /// A weekly seller whose deliveries lie in the week of Monday, 2 March 2026.
    pub fn weekly(suppliers: i64, deliveries: i64) -> Self {
        Self {
            preset: Preset::TradeWeekly,
            policy: serde_json::json!({}),
            suppliers,
            deliveries,
            from: 1_772_452_800_000_000, // 2026-03-02T12:00:00Z
            apart: 6 * 86_400_000_000 / deliveries.max(1),
            price: 1_999,
        }
    }

    /// A server whose books hold these deliveries, after some statements have touched them up.
    pub async fn serve(&self, on: Database, touch_up: &str) -> TestApp {
        let database = TestDatabase::create(on);
        let (url, books, touch_up) = (database.url().to_owned(), self.clone(), touch_up.to_owned());
        let written = tokio::task::spawn_blocking(move || {
            let app = App::open(settings(&url), Clock::default()).expect("the database opens");
            books.write(&app.db).expect("the books can be written");
            if !touch_up.is_empty() {
                let touched = app.db.write_blocking(move |tx| Ok(tx.batch_execute(&touch_up)?));
                touched.expect("the books can be touched up");
            }
        });
        written.await.expect("the books are written");
        spawn_on(database).await
    }

    /// Writes the programme and the deliveries; gives the programme's number back.
    pub fn write(&self, db: &Db) -> ApiResult<i64> {
        let document = merged(presets::document(self.preset).clone(), self.policy.clone());
        let resolved = layers::resolve(&document, layers::Amendments::default()).expect("the policy is whole");
        let document = resolved.document.replace('\'', "''");
        let Self {
            preset,
            suppliers,
            deliveries,
            from,
            apart,
            price,
            ..
        } = self.clone();
        let (first, each, prog) = (SUPPLIERS_FROM, DELIVERIES_FROM, 7_i64);
        let all = suppliers * deliveries;
        let sql = [
            format!(
                "INSERT INTO legal_entities (id, name, country, address, billing_zone, invoice_prefix, created_at) \
                 VALUES ({prog}, 'Example Leads', 'GB', '12 Main Street', 'Europe/London', 'TP', {from})"
            ),
            format!(
                "INSERT INTO programmes (id, slug, name, preset, legal_entity_id, brand, time_zone, currency, country, created_at, updated_at) \
                 VALUES ({prog}, 'books', 'Books', '{preset}', {prog}, '{{}}', 'Europe/London', 'GBP', 'GB', {from}, {from})"
            ),
            format!(
                "INSERT INTO policy_versions (id, programme_id, number, status, document, note, created_at, published_at) \
                 VALUES ({prog}, {prog}, 1, 'published', '{document}', '', {from}, {from})"
            ),
            format!("UPDATE programmes SET policy_version_id = {prog} WHERE id = {prog}"),
            format!(
                "INSERT INTO resolved_policies (id, programme_id, policy_version_id, document, created_at) \
                 VALUES ({prog}, {prog}, {prog}, '{document}', {from})"
            ),
            format!(
                "INSERT INTO lead_products (id, programme_id, code, name, category, exclusivity, max_buyers, timing, price_minor, currency, created_at, updated_at) \
                 VALUES ({prog}, {prog}, 'main', 'Roofing', 'roofing', 'exclusive', 1, 'real_time', {price}, 'GBP', {from}, {from})"
            ),
            format!(
                "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {suppliers} - 1) \
                 INSERT INTO suppliers (id, programme_id, name, legal_name, country, address, time_zone, status, created_at, updated_at) \
                 SELECT {first} + i, {prog}, 'Supplier ' || i, 'Supplier ' || i || ' Ltd', 'GB', '1 Elm Street', 'Europe/London', 'active', {from}, {from} FROM n"
            ),
            format!(
                "INSERT INTO businesses (id, supplier_id, name, created_at, updated_at) SELECT id, id, name, {from}, {from} FROM suppliers WHERE programme_id = {prog}"
            ),
            format!(
                "INSERT INTO orders (id, programme_id, supplier_id, business_id, product_id, status, price_minor, currency, sold, starts_at, resolved_policy_id, created_at, updated_at) \
                 SELECT id, {prog}, id, id, {prog}, 'open', {price}, 'GBP', {deliveries}, {from}, {prog}, {from}, {from} FROM suppliers WHERE programme_id = {prog}"
            ),
            format!(
                "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {all} - 1) \
                 INSERT INTO leads (id, programme_id, product_id, status, sold, max_buyers, channel, external_source, external_id, submitted_by, enquired_at, created_at) \
                 SELECT {each} + i, {prog}, {prog}, 'sold_out', 1, 1, 'api', 'books', 'lead ' || i, 'books', {from}, {from} FROM n"
            ),
            format!(
                "INSERT INTO deliveries (id, lead_id, slot, programme_id, product_id, order_id, supplier_id, business_id, price_minor, currency, resolved_policy_id, delivered_at, billing_state, updated_at) \
                 SELECT id, id, 1, {prog}, {prog}, {first} + (id - {each}) / {deliveries}, {first} + (id - {each}) / {deliveries}, {first} + (id - {each}) / {deliveries}, \
                 {price}, 'GBP', {prog}, {from} + ((id - {each}) % {deliveries}) * {apart}, 'unbilled', {from} FROM leads WHERE programme_id = {prog}"
            ),
            format!(
                "INSERT INTO events (id, kind, happened_at, programme_id, subject, data, created_at) \
                 SELECT id, 'lead.received', {from}, {prog}, 'books', '{{}}', {from} FROM leads WHERE programme_id = {prog}"
            ),
        ]
        .join(";\n");
        db.write_blocking(move |tx| Ok(tx.batch_execute(&sql)?))?;
        Ok(prog)
    }
}

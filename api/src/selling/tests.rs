//! Many sales at once, against a database: the guards and constraints decide, not the snapshot. The same at
//! full size and on both databases, through the API, is `tests/prove/hammer.rs`.

use super::*;
use crate::clock::Clock;
use crate::db::schema::{deliveries, leads, order_counters, orders};
use crate::db::{Database, DatabaseUrl};
use crate::market::SharedMarket;
use crate::policy::presets;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::fmt::Write as _;
use tradepost_contract::Id;
use tradepost_contract::programmes::Preset;

const SUPPLIERS: i64 = 24;
const CAP: i64 = 20;
const QUANTITY: i64 = 15;
/// Product 1 is exclusive, product 2 goes to three buyers.
const PRODUCTS: [(i64, i32); 2] = [(1, 1), (2, 3)];

struct Scene {
    _folder: tempfile::TempDir,
    db: Database,
    market: SharedMarket,
}

/// 24 suppliers in 12 associations, each with an order for either product: capped by the day for the
/// exclusive one, with a quantity for the shared one.
fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("test.db"));
    let db = Database::open(&url, Clock::default()).unwrap();
    let policy = presets::document(Preset::LeadStore).to_string().replace('\'', "''");
    let mut sql = format!(
        "INSERT INTO legal_entities (id, name, country, address, billing_zone, invoice_prefix, created_at)
           VALUES (1, 'Seller', 'US', 'Here', 'UTC', 'T', 0);
         INSERT INTO programmes (id, slug, name, preset, legal_entity_id, brand, time_zone, currency, country,
           policy_version_id, created_at, updated_at)
           VALUES (1, 'p', 'P', 'lead-store', 1, '{{}}', 'UTC', 'USD', 'US', 1, 0, 0);
         INSERT INTO policy_versions (id, programme_id, number, status, document, note, created_at, published_at)
           VALUES (1, 1, 1, 'published', '{policy}', '', 0, 0);
         INSERT INTO resolved_policies (id, programme_id, policy_version_id, document, created_at)
           VALUES (1, 1, 1, '{policy}', 0);"
    );
    for (product, buyers) in PRODUCTS {
        let exclusivity = if buyers == 1 { "exclusive" } else { "shared" };
        write!(
            sql,
            "INSERT INTO lead_products (id, programme_id, code, name, category, exclusivity, max_buyers, timing,
               price_minor, currency, created_at, updated_at)
               VALUES ({product}, 1, 'c{product}', 'N', 'n', '{exclusivity}', {buyers}, 'real_time', 4500, 'USD', 0, 0);"
        )
        .unwrap();
    }
    for association in 1..=SUPPLIERS / 2 {
        write!(
            sql,
            "INSERT INTO business_associations VALUES ({association}, 'A{association}', 'a{association}', 0);"
        )
        .unwrap();
    }
    for supplier in 1..=SUPPLIERS {
        let association = (supplier + 1) / 2;
        write!(
            sql,
            "INSERT INTO suppliers (id, programme_id, name, legal_name, country, address, time_zone, status, created_at, updated_at)
               VALUES ({supplier}, 1, 'S{supplier}', 'S', 'US', 'There', 'UTC', 'active', 0, 0);
             INSERT INTO businesses (id, supplier_id, association_id, name, created_at, updated_at)
               VALUES ({supplier}, {supplier}, {association}, 'B', 0, 0);
             INSERT INTO coverage VALUES ({supplier}, {supplier}, NULL, 'anywhere', '*', 0, NULL, 0);
             INSERT INTO orders (id, programme_id, supplier_id, business_id, product_id, status, price_minor, currency,
               cap_day, quantity, starts_at, resolved_policy_id, created_at, updated_at)
               VALUES ({supplier}, 1, {supplier}, {supplier}, 1, 'open', 4500, 'USD', {CAP}, NULL, 0, 1, 0, 0),
                      ({supplier} + 100, 1, {supplier}, {supplier}, 2, 'open', 4500, 'USD', NULL, {QUANTITY}, 0, 1, 0, 0);"
        )
        .unwrap();
    }
    db.write_blocking(move |tx| Ok(tx.batch_execute(&sql)?)).unwrap();
    Scene {
        _folder: folder,
        db,
        market: SharedMarket::default(),
    }
}

fn lead_to_sell(id: LeadId, product: i64, max_buyers: i32) -> LeadToSell {
    LeadToSell {
        id,
        programme_id: Id::from_i64(1),
        product_id: Id::from_i64(product),
        status: LeadStatus::Available,
        sold: 0,
        max_buyers,
        place: CoverageKeys::default(),
        contacted_business: None,
        duplicate_of: None,
        named: Vec::new(),
    }
}

fn insert_lead(tx: &mut Tx<'_>, product: i64, max_buyers: i32) -> ApiResult<LeadId> {
    let id: LeadId = tx.new_id();
    diesel::insert_into(leads::table)
        .values((
            (
                leads::id.eq(id),
                leads::programme_id.eq(1_i64),
                leads::product_id.eq(product),
                leads::status.eq(LeadStatus::Available),
                leads::max_buyers.eq(max_buyers),
            ),
            leads::channel.eq("api"),
            leads::external_source.eq("hammer"),
            leads::submitted_by.eq("hammer"),
            leads::enquired_at.eq(0_i64),
            leads::created_at.eq(0_i64),
        ))
        .execute(&mut **tx)?;
    Ok(id)
}

impl Scene {
    fn sell_new(&self, product: i64, max_buyers: i32) -> SaleResult {
        let market = self.market.clone();
        self.db
            .write_blocking(move |tx| {
                let market = market.fresh(tx)?;
                let id = insert_lead(tx, product, max_buyers)?;
                offer(tx, &market, &lead_to_sell(id, product, max_buyers))
            })
            .unwrap()
    }
}

/// R66: one lead, a hundred attempts at once, one sale.
#[test]
fn r66_a_hundred_attempts_make_one_sale() {
    let scene = scene();
    let id = scene.db.write_blocking(|tx| insert_lead(tx, 1, 1)).unwrap();
    let sales: usize = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..100)
            .map(|_| {
                scope.spawn(|| {
                    let market = scene.market.clone();
                    let attempt = scene.db.write_blocking(move |tx| {
                        let market = market.fresh(tx)?;
                        offer(tx, &market, &lead_to_sell(id, 1, 1))
                    });
                    attempt.unwrap().sold_to.len()
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().unwrap()).sum()
    });
    assert_eq!(sales, 1);
}

/// R54, R66, R67: sixteen clients at once: nothing oversold, no cap or quantity passed, no association twice,
/// and no place left empty that somebody could have taken.
#[test]
fn r54_r66_r67_sales_at_once_stay_within_every_limit() {
    let scene = scene();
    std::thread::scope(|scope| {
        for client in 0..16 {
            let scene = &scene;
            scope.spawn(move || {
                for lead in 0..40 {
                    let (product, max_buyers) = PRODUCTS[(client + lead) % 2];
                    scene.sell_new(product, max_buyers);
                }
            });
        }
    });
    scene
        .db
        .read_blocking(|conn| {
            let sold: Vec<(LeadId, i32, i32)> = leads::table
                .select((leads::id, leads::sold, leads::max_buyers))
                .load(conn)?;
            let made: Vec<(LeadId, i32, i64, Option<i64>, i64)> = deliveries::table
                .select((
                    deliveries::lead_id,
                    deliveries::slot,
                    deliveries::supplier_id,
                    deliveries::association_id,
                    deliveries::order_id,
                ))
                .load(conn)?;
            for (lead, sold, max_buyers) in sold {
                let of_lead: Vec<_> = made.iter().filter(|delivery| delivery.0 == lead).collect();
                let mut slots: Vec<i32> = of_lead.iter().map(|delivery| delivery.1).collect();
                slots.sort_unstable();
                assert_eq!(slots, (1..=sold).collect::<Vec<_>>());
                assert!(sold <= max_buyers);
                let associations: HashSet<_> = of_lead.iter().map(|delivery| delivery.3).collect();
                assert_eq!(associations.len(), of_lead.len(), "each of another association");
            }
            let orders: Vec<(i64, String, Option<i64>, i64)> = orders::table
                .select((orders::id, orders::status, orders::quantity, orders::sold))
                .load(conn)?;
            for (order, status, quantity, sold) in orders {
                let delivered = made.iter().filter(|delivery| delivery.4 == order).count() as i64;
                assert_eq!(sold, delivered, "order {order}");
                if let Some(quantity) = quantity {
                    assert_eq!(
                        (sold, status.as_str()),
                        (quantity, "filled"),
                        "more than enough leads for order {order}"
                    );
                }
            }
            let counters: Vec<(i64, i64)> = order_counters::table
                .select((order_counters::used, order_counters::cap))
                .load(conn)?;
            assert!(counters.iter().all(|(used, cap)| used <= cap));
            Ok(())
        })
        .unwrap();
}

/// F5: a change of the market counts from the next sale on.
#[test]
fn a_pause_counts_from_the_next_sale_on() {
    let scene = scene();
    assert_eq!(scene.sell_new(1, 1).sold_to.len(), 1);
    scene
        .db
        .write_blocking(|tx| {
            diesel::update(orders::table)
                .set(orders::status.eq("paused"))
                .execute(&mut **tx)?;
            crate::market::changed(tx)
        })
        .unwrap();
    let paused = scene.sell_new(1, 1);
    assert_eq!(paused.sold_to.len(), 0);
    assert!(
        paused
            .attempt
            .candidates
            .iter()
            .all(|entry| entry.reason == Some(RefusalReason::OrderPaused))
    );
}

/// F5: memory that is behind loses the attempt, and sells nothing wrong.
#[test]
fn a_stale_snapshot_loses_attempts_and_makes_no_wrong_sale() {
    let scene = scene();
    let stale = scene
        .db
        .write_blocking({
            let market = scene.market.clone();
            move |tx| market.fresh(tx)
        })
        .unwrap();
    scene
        .db
        .write_blocking(|tx| {
            Ok(diesel::update(orders::table)
                .set(orders::hold.eq("suspended"))
                .execute(&mut **tx)?)
        })
        .unwrap();
    let sale = scene
        .db
        .write_blocking(move |tx| {
            let id = insert_lead(tx, 2, 3)?;
            offer(tx, &stale, &lead_to_sell(id, 2, 3))
        })
        .unwrap();
    assert_eq!(sale.sold_to.len(), 0);
    let told: HashSet<_> = sale
        .attempt
        .candidates
        .iter()
        .filter_map(|entry| entry.reason)
        .collect();
    assert_eq!(told, HashSet::from([RefusalReason::SupplierSuspended]));
}

//! Many clients sell at once into few places: no lead is sold too often, no cap is overshot, no two
//! businesses of one association get the same lead, and nobody is turned away because the server is busy
//! (reliability F1, F2, F4, D3; R66, R67).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Market, TestApp, merged, spawn};

const CLIENTS: usize = 16;
const SUPPLIERS: usize = 24;

/// R66, R67: whatever happens at once, an exclusive lead has one buyer and a shared one at most three, of
/// different associations, and every order ends exactly at its quantity.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r66_r67_nothing_is_oversold_under_a_hammer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    away_from_midnight(&app).await;
    let market = app.market("lead-store").await;
    market.new_product("solo", 1, json!({})).await;
    // Half of what the leads would fill, so that the caps are what stops the sale.
    let leads = super::size(8_000, 500);
    let orders = set_up(&market, leads).await;

    // On PostgreSQL a second server sells with a market snapshot of its own, which is often stale.
    let mut servers = vec![market.key.clone()];
    let second = if on == Postgres {
        Some(app.second_server().await)
    } else {
        None
    };
    servers.extend(second.iter().map(|server| server.moved(&market.key)));

    let next = Arc::new(AtomicUsize::new(0));
    let clients = (0..CLIENTS).map(|client| {
        let (key, next, maker) = (
            servers[client % servers.len()].clone(),
            Arc::clone(&next),
            market.leads(),
        );
        tokio::spawn(async move {
            let mut attempts = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= leads {
                    return attempts;
                }
                let product = if number.is_multiple_of(3) { "solo" } else { "main" };
                let lead = merged(maker.fresh(), json!({ "product": product }));
                let answer = key.post("/leads").json(&lead).send().await;
                let receipt = answer.created_lead();
                attempts += ["sold_to", "not_sold_to"]
                    .map(|list| receipt[list].as_array().map_or(0, Vec::len))
                    .iter()
                    .sum::<usize>();
            }
        })
    });
    let mut attempts = 0;
    for client in clients.collect::<Vec<_>>() {
        attempts += client.await.expect("no client was turned away");
    }
    let sales = check(&app, &orders).await;
    super::report(
        "sale hammer",
        on,
        &format!("{attempts} attempts, {sales} sales, {CLIENTS} clients"),
        "0 oversold, 0 over a cap, 0 busy",
    );
}

trait Receipt {
    fn created_lead(&self) -> Value;
}

impl Receipt for tradepost_tests::Answer {
    #[track_caller]
    fn created_lead(&self) -> Value {
        assert_eq!(self.status.as_u16(), 201, "{self}");
        self.json()
    }
}

/// The orders of the market by id, each with its supplier's association.
async fn set_up(market: &Market<'_>, leads: usize) -> HashMap<String, Option<String>> {
    let manager = market.app.staff("account_manager").await;
    let mut associations = Vec::new();
    for name in ["Sunrise", "Meadow", "Harbour", "Summit"] {
        let made = manager
            .post("/business-associations")
            .json(&json!({ "name": name }))
            .send()
            .await
            .created();
        associations.push(made["id"].as_str().expect("an id").to_owned());
    }
    let solo = manager
        .get(format!("/lead-products?programme_id={}", market.id()))
        .send()
        .await
        .ok();
    let solo = solo["data"]
        .as_array()
        .expect("data")
        .iter()
        .find(|product| product["code"] == "solo")
        .expect("solo")["id"]
        .clone();
    let mut orders = HashMap::new();
    for number in 0..SUPPLIERS {
        // Two thirds of the suppliers belong to one of four associations.
        let association = (number % 3 != 0).then(|| associations[number % associations.len()].clone());
        let business = json!({ "association_id": association });
        let buyer = market
            .supplier_with(&format!("Supplier {number}"), json!({}), business)
            .await;
        // About half of what the leads would fill: a third of them have one place, the others three.
        for (product, part) in [(market.product["id"].clone(), 2), (solo.clone(), 8)] {
            let share = i64::try_from(leads / SUPPLIERS / part + number % 5).unwrap_or(i64::MAX);
            let limits = match number % 3 {
                0 => json!({ "quantity": share }),
                1 => json!({ "cap_day": share }),
                _ => json!({ "quantity": share + 5, "cap_day": share, "priority": 50 }),
            };
            let order = market
                .order(&buyer, merged(limits, json!({ "product_id": product })))
                .await;
            orders.insert(order["id"].as_str().expect("an id").to_owned(), association.clone());
        }
    }
    orders
}

/// Counts everything anew from the deliveries and gives their number.
async fn check(app: &TestApp, orders: &HashMap<String, Option<String>>) -> usize {
    let staff = app.staff("account_manager").await;
    let deliveries = staff.all("/deliveries?limit=100").await;
    let text = |row: &Value, field: &str| {
        row[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {row}"))
            .to_owned()
    };
    let (mut of_lead, mut of_order) = (BTreeMap::<String, Vec<String>>::new(), BTreeMap::<String, i64>::new());
    for delivery in &deliveries {
        of_lead
            .entry(text(delivery, "lead_id"))
            .or_default()
            .push(text(delivery, "order_id"));
        *of_order.entry(text(delivery, "order_id")).or_default() += 1;
    }
    for lead in staff.all("/leads?limit=100").await {
        let buyers = of_lead.remove(&text(&lead, "id")).unwrap_or_default();
        assert_eq!(
            lead["sold"],
            buyers.len(),
            "a lead's count is not its deliveries: {lead}"
        );
        assert!(lead["sold"].as_i64() <= lead["max_buyers"].as_i64(), "oversold: {lead}");
        let mut associations: Vec<_> = buyers.iter().filter_map(|order| orders[order].as_ref()).collect();
        let all = associations.len();
        associations.sort();
        associations.dedup();
        assert_eq!(
            associations.len(),
            all,
            "two of one association got the same lead: {lead}"
        );
    }
    assert!(
        of_lead.is_empty(),
        "deliveries of leads that are not there: {of_lead:?}"
    );
    for order in staff.all("/orders?limit=100").await {
        let sold = of_order.remove(&text(&order, "id")).unwrap_or_default();
        assert_eq!(order["sold"], sold, "an order's count is not its deliveries: {order}");
        let limit = [&order["quantity"], &order["cap_day"]]
            .iter()
            .filter_map(|limit| limit.as_i64())
            .min();
        assert_eq!(Some(sold), limit, "the order's limit is not met exactly: {order}");
    }
    app.audit_is_green().await;
    deliveries.len()
}

/// Caps of a day start anew at midnight; the count below is simpler when that is far away.
async fn away_from_midnight(app: &TestApp) {
    let now = app.business_now().await;
    let hour: u32 = now[11..13].parse().expect("an instant has an hour");
    // The programme's midnight is at 05:00 or 06:00 UTC.
    if (4..6).contains(&hour) {
        app.advance_without_jobs(3 * 3_600).await;
    }
}

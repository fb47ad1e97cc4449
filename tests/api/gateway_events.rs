//! The gateway's events: in any order and repeatedly, they end in one state (F17).

use hmac::{Hmac, KeyInit, Mac};
use rstest::rstest;
use serde_json::{Value, json};
use sha2::Sha256;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::paying::pay;
use tradepost_tests::{TestApp, spawn};

/// Posts an event as the gateway does.
pub(crate) async fn tell(app: &TestApp, event: &Value) {
    let secret = app.inside().secrets.sandbox_gateway_event_secret();
    let body = event.to_string();
    let now = app.inside().clock.wall_now().as_micros() / 1_000_000;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(format!("{now}.{body}").as_bytes());
    let signature: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    app.anonymous()
        .post("/gateway-events")
        .bytes("application/json", body)
        .header("stripe-signature", &format!("t={now},v1={signature}"))
        .send()
        .await
        .assert_status(204);
}

/// The five events that a charge's life may bring, as the gateway would word them.
fn life(attempt: &Value, run: usize) -> Vec<Value> {
    let (id, reference) = (attempt["id"].clone(), attempt["reference"].clone());
    let intent = |status: &str, error: Value| {
        json!({
            "id": reference, "amount": attempt["amount"]["amount"], "status": status, "metadata": { "tradepost_id": id },
            "last_payment_error": error,
        })
    };
    let dispute = |status: &str| json!({ "id": "dp_1", "status": status, "payment_intent": reference });
    let refused = json!({ "code": "card_declined" });
    [
        ("payment_intent.processing", intent("processing", Value::Null)),
        (
            "payment_intent.payment_failed",
            intent("requires_payment_method", refused),
        ),
        ("payment_intent.succeeded", intent("succeeded", Value::Null)),
        ("charge.dispute.created", dispute("needs_response")),
        ("charge.dispute.closed", dispute("lost")),
    ]
    .into_iter()
    .enumerate()
    .map(|(n, (kind, object))| json!({ "id": format!("evt_{run}_{n}"), "type": kind, "data": { "object": object } }))
    .collect()
}

/// F17: some of the 120 orders, each event up to three times; all 120 are gone through in
/// `payments/rules.rs`. One state, one entry for the money that came and one for the money that went.
#[rstest]
#[tokio::test]
async fn f17_events_in_any_order_end_alike(#[values(Sqlite, Postgres)] on: Database) {
    let orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [3, 4, 1, 0, 2]];
    let app = spawn(on).await;
    let market = app.local_market().await;
    let mut buyers = Vec::new();
    for n in 0..orders.len() {
        let product = market.new_product(&format!("p{n}"), 1, json!({})).await;
        let buyer = market.supplier(&format!("Supplier {n}")).await;
        market.order(&buyer, json!({ "product_id": product["id"] })).await;
        let mut lead = market.lead();
        lead["product"] = json!(format!("p{n}"));
        market.submit(lead).await;
        market.store_method(&buyer, "bank_account", "silent").await;
        buyers.push(buyer);
    }
    app.advance(21).await;
    let finance = app.staff("finance").await;
    for (run, (order, buyer)) in orders.iter().zip(&buyers).enumerate() {
        let invoice = market.invoices(buyer).await[0].clone();
        let payment = pay(&finance, &invoice).await;
        assert_eq!(payment["status"], "pending");
        let path = format!("/payments/{}", payment["id"].as_str().expect("an id"));
        let attempt = finance.get(&path).send().await.ok()["tries"][0].clone();
        let events = life(&attempt, run);
        for (n, at) in order.iter().enumerate() {
            for _ in 0..=n % 3 {
                tell(&app, &events[*at]).await;
            }
        }
        let ended = finance.get(&path).send().await.ok();
        assert_eq!(
            (
                &ended["status"],
                &ended["captured"],
                &ended["applied"]["amount"],
                &ended["failure"]
            ),
            (&json!("dispute_lost"), &invoice["total"], &json!(0), &Value::Null),
            "{order:?}: {ended}"
        );
        let open = &market.invoices(buyer).await[0];
        assert_eq!(open["open"], invoice["total"], "{order:?}");
    }
    app.audit_is_green().await;
}

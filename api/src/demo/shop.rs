//! Orders at the lead store's checkout: coupons, stored cards, orders that are paid, and some that are not.

use super::api::{Api, text};
use super::people::Staff;
use reqwest::Method;
use serde_json::{Value, json};

/// A code for everybody's first order.
pub(super) const WELCOME: &str = "WELCOME-10";

/// The seller's codes.
pub(super) async fn make_coupons(staff: &Staff, programme: &str) -> anyhow::Result<()> {
    let percent = |rate: &str| json!({ "kind": "percent", "rate": rate });
    for coupon in [
        json!({ "code": WELCOME, "discount": percent("0.10") }),
        json!({ "code": "Bulk-25", "discount": percent("0.25"), "min_quantity": 200, "max_uses": 5 }),
        json!({ "code": "FIFTY-OFF", "max_uses": 2,
            "discount": { "kind": "amount", "amount": { "amount": 5_000, "currency": "USD" } } }),
    ] {
        let mut body = coupon;
        body["programme_id"] = json!(programme);
        staff.manager.post("/coupons", &body).await?;
    }
    Ok(())
}

/// Stores a card for a supplier, on the gateway's page as a person would.
pub(super) async fn store_card(staff: &Staff, supplier: &str) -> anyhow::Result<()> {
    let body = json!({ "supplier_id": supplier, "kind": "card" });
    add_card(&staff.manager, &body, "ok").await.map(drop)
}

async fn add_card(who: &Api, session: &Value, behaviour: &str) -> anyhow::Result<String> {
    let session = who.post("/payment-method-sessions", session).await?;
    who.finish_page(&text(&session, "url")?, behaviour).await?;
    let path = format!("/payment-method-sessions/{}", text(&session, "id")?);
    text(&who.get(&path).await?, "payment_method_id")
}

/// What a buyer orders.
pub(super) struct Wanted {
    body: Value,
    coupon: Option<&'static str>,
}

impl Wanted {
    /// The order with which the buyer number `n` begins.
    pub(super) fn first(business: &str, product: &str, n: usize) -> Self {
        let coupon = n.is_multiple_of(2).then_some(WELCOME);
        Self::new(business, product, [60, 100, 40, 80][n % 4], n % 3 == 1, coupon)
    }

    /// So many leads, with the loyalty programme or without it.
    pub(super) fn new(business: &str, product: &str, leads: i64, joins: bool, coupon: Option<&'static str>) -> Self {
        let mut body = json!({ "business_id": business, "product_id": product, "quantity": leads });
        if joins {
            body["loyalty"] = json!({ "interval": "monthly" });
        }
        Self { body, coupon }
    }

    /// With a ceiling a day, in percent, where the product has one.
    pub(super) fn at_most(mut self, percent: i64) -> Self {
        self.body["daily_percent"] = json!(percent);
        self
    }
}

/// Begins a checkout; a code that counts no more is left out.
pub(super) async fn begin(owner: &Api, wanted: &Wanted) -> anyhow::Result<String> {
    let mut body = wanted.body.clone();
    if let Some(code) = wanted.coupon {
        body["coupon"] = json!(code);
        let (status, made) = owner.try_call(Method::POST, "/checkouts", Some(&body)).await?;
        if status.is_success() {
            return text(&made, "id");
        }
        body["coupon"] = Value::Null;
    }
    text(&owner.post("/checkouts", &body).await?, "id")
}

/// Orders and pays with the stored card.
pub(super) async fn buy(owner: &Api, wanted: &Wanted) -> anyhow::Result<()> {
    let id = begin(owner, wanted).await?;
    let paid = owner.post(&format!("/checkouts/{id}/pay"), &json!({})).await?;
    anyhow::ensure!(paid["status"] == "completed", "a checkout that is not paid: {paid}");
    Ok(())
}

/// Tries to pay with a card that the bank declines, and leaves it at that for now.
pub(super) async fn fail_to_pay(owner: &Api, wanted: &Wanted) -> anyhow::Result<()> {
    let id = begin(owner, wanted).await?;
    let declined = add_card(owner, &json!({ "kind": "card", "checkout_id": id }), "declined").await?;
    let body = json!({ "payment_method_id": declined });
    let answer = owner.post(&format!("/checkouts/{id}/pay"), &body).await?;
    anyhow::ensure!(
        answer["payment"]["status"] == "failed",
        "a declined card paid: {answer}"
    );
    Ok(())
}

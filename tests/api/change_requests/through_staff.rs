//! Volume, category and contacts, changed through the account manager (R14, R16, R33, R77).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R77: volume through the account manager, who writes down who asked: the old cap until the notice is over, then the
/// new one. A request whose order is cancelled meanwhile ends, and both sides are told.
#[rstest]
#[tokio::test]
async fn r77_volume_is_changed_through_the_account_manager(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({ "cap_day": 5 })).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let volume = |cap: i64| json!({ "kind": "volume", "order_id": buyer.order_id, "cap_day": cap, "cap_week": null });
    let request = asks(&manager, &buyer, volume(1), by_phone()).await.created();
    assert_eq!(
        (&request["asked_by"], &request["requested_by"], &request["channel"]),
        (&json!("staff"), &json!("Mo Okafor"), &json!("phone"))
    );
    assert_eq!(
        request["differences"],
        json!([{ "field": "cap_day", "before": "5", "after": "1" }])
    );
    assert_eq!(shown(&owner, &request).await["id"], request["id"], "both sides see it");
    approve(&manager, &request).await;
    app.advance_seconds(72 * HOUR - 300).await;
    assert_eq!(order(&owner, &buyer).await["cap_day"], 5);
    market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    app.advance_seconds(600).await;
    assert_eq!(order(&owner, &buyer).await["cap_day"], 1);
    assert_eq!(shown(&owner, &request).await["status"], "applied");
    app.advance(1).await;
    market.sell_to(&buyer).await;
    assert!(market.sell().await.is_empty(), "one a day from now on");

    // A later request for the same order takes the place of the earlier one.
    let second = asks(&owner, &buyer, volume(2), json!({})).await.created();
    approve(&manager, &second).await;
    let third = asks(&owner, &buyer, volume(3), json!({})).await.created();
    approve(&manager, &third).await;
    assert_eq!(shown(&owner, &second).await["status"], "superseded");
    let hours = json!({ "monday": { "from": "09:00", "to": "17:00" } });
    let fourth = asks(
        &owner,
        &buyer,
        json!({ "kind": "schedule", "order_id": buyer.order_id, "schedule": hours }),
        json!({}),
    )
    .await
    .created();
    assert_eq!(fourth["differences"][0]["after"], "monday 09:00–17:00");
    let path = format!("/orders/{}/cancel", buyer.order_id.as_deref().expect("an order"));
    manager.post(path).json(&json!({})).send().await.ok();
    for request in [&third, &fourth] {
        let failed = shown(&owner, request).await;
        assert_eq!(
            (&failed["status"], &failed["failure"]),
            (&json!("failed"), &json!("The order is cancelled."))
        );
    }
    assert_eq!(
        (
            messages(&app, "change_failed").await.len(),
            messages(&app, "change_stuck").await.len()
        ),
        (2, 2)
    );
    app.advance(5).await;
    assert_eq!(order(&manager, &buyer).await["cap_day"], 1);
    app.audit_is_green().await;
}

/// What is refused when its time has come ends as failed, with the reason, and is not tried again.
#[rstest]
#[tokio::test]
async fn r77_what_cannot_be_carried_out_ends_and_is_told(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let wish = json!({ "kind": "volume", "order_id": buyer.order_id, "quantity": 1 });
    let request = asks(&owner, &buyer, wish, json!({})).await.created();
    approve(&manager, &request).await;
    market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    app.advance(3).await;
    app.run_jobs().await;
    let failed = shown(&owner, &request).await;
    assert_eq!(
        (&failed["status"], &failed["failure"]),
        (&json!("failed"), &json!("2 were delivered already."))
    );
    assert_eq!(order(&owner, &buyer).await["quantity"], Value::Null);
    assert_eq!(messages(&app, "change_stuck").await.len(), 1);
    app.run_jobs().await;
    assert_eq!(messages(&app, "change_stuck").await.len(), 1);
    app.audit_is_green().await;
}

/// R33: another category through the account manager: an order of another product, at its own price.
#[rstest]
#[tokio::test]
async fn r33_another_category_is_added_through_the_account_manager(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let premium = market
        .new_product("premium", 3, json!({ "price": market.money(9_900) }))
        .await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let wish =
        json!({ "kind": "category", "business_id": buyer.business_id, "product_id": premium["id"], "cap_week": 4 });
    let request = asks(&owner, &buyer, wish, json!({})).await.created();
    assert_eq!(owner.all("/orders").await.len(), 1);
    let applied = approve(&manager, &request).await;
    assert_eq!(applied["status"], "applied", "this seller has no notice");
    let orders = owner.all("/orders").await;
    let added = orders
        .iter()
        .find(|order| order["product_id"] == premium["id"])
        .expect("another order");
    assert_eq!(
        (&added["price"]["amount"], &added["cap_week"]),
        (&json!(9_900), &json!(4))
    );
    app.audit_is_green().await;
}

/// R14: the invoice after the change goes to the new contact, and the trail keeps the old one.
#[rstest]
#[tokio::test]
async fn r14_the_next_invoice_goes_to_the_new_contact(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let old = json!({ "purpose": "billing", "name": "Old Clerk", "email": "old@okafor.example" });
    let contacts = format!("/suppliers/{}/contacts", buyer.id);
    let old = manager.post(&contacts).json(&old).send().await.created();
    let told = async |invoice: &Value| {
        let mails = messages(&app, "invoice").await;
        let mail = mails
            .iter()
            .find(|mail| serde_json::to_string(&mail["facts"]).is_ok_and(|facts| facts.contains(&id_of(invoice))))
            .unwrap_or_else(|| panic!("no mail of {invoice}: {mails:?}"));
        mail["recipients"].clone()
    };
    market.sell_to(&buyer).await;
    let first = market.until_invoiced(&buyer).await;
    assert_eq!(told(&first).await, json!(["old@okafor.example"]));

    let change = json!({ "contact_id": old["id"], "name": "New Clerk", "email": "new@okafor.example" });
    let request = asks(
        &owner,
        &buyer,
        json!({ "kind": "billing_contact", "change": [change] }),
        json!({}),
    )
    .await
    .created();
    assert_eq!(request["differences"].as_array().map(Vec::len), Some(2));
    assert_eq!(approve(&manager, &request).await["status"], "applied");
    market.sell_to(&buyer).await;
    let second = market.until_invoiced(&buyer).await;
    assert_eq!(told(&second).await, json!(["new@okafor.example"]));
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}&action=contact.updated", id_of(&old)))
        .await;
    assert_eq!(
        trail[0]["before"],
        json!({ "name": "Old Clerk", "email": "old@okafor.example" })
    );
    app.audit_is_green().await;
}

/// R16: after the change each active address gets the lead mail, and the removed one gets none.
#[rstest]
#[tokio::test]
async fn r16_lead_mails_follow_the_addresses(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let contacts = format!("/suppliers/{}/contacts", buyer.id);
    let mut made = Vec::new();
    for email in ["one@okafor.example", "two@okafor.example"] {
        let body = json!({ "purpose": "leads", "email": email });
        made.push(manager.post(&contacts).json(&body).send().await.created());
    }
    let mailed = async || {
        let delivery = market.sell_to(&buyer).await;
        let mails = messages(&app, "lead").await;
        let mail = mails
            .iter()
            .find(|mail| mail["facts"]["delivery_id"] == *delivery)
            .expect("a mail");
        mail["recipients"].clone()
    };
    let wish =
        json!({ "kind": "lead_contacts", "add": [{ "email": "three@okafor.example" }], "remove": [made[0]["id"]] });
    let request = asks(&owner, &buyer, wish, json!({})).await.created();
    assert_eq!(
        request["differences"],
        json!([
            { "field": "address", "before": null, "after": "three@okafor.example" },
            { "field": "address", "before": "one@okafor.example", "after": null },
        ])
    );
    assert_eq!(mailed().await, json!(["one@okafor.example", "two@okafor.example"]));
    approve(&manager, &request).await;
    assert_eq!(mailed().await, json!(["two@okafor.example", "three@okafor.example"]));
    app.audit_is_green().await;
}

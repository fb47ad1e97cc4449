//! Notices accepted once a version (R82): asked, or before anybody is shown who a lead is.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, spawn};

async fn notices(client: &Client, buyer: &Buyer) -> Value {
    client.get(format!("/suppliers/{}/notices", buyer.id)).send().await.ok()
}

async fn accept(client: &Client, buyer: &Buyer, version: &str) -> Answer {
    let body = json!({ "key": "data_controller", "version": version });
    let path = format!("/suppliers/{}/notice-acceptances", buyer.id);
    client.post(path).json(&body).send().await
}

/// Publishes the programme's policy with a notice of this version.
async fn publish(market: &Market<'_>, version: &str, before_contact: bool) {
    let admin = market.app.staff("admin").await;
    let path = format!("/programmes/{}/policy-drafts", market.id());
    let notice = json!({ "version": version, "text": "You become the Data Controller.", "must_accept": true,
        "before_contact": before_contact });
    let body = json!({ "note": "The notice.", "policy": { "notices": { "data_controller": notice } } });
    let draft = admin.post(&path).json(&body).send().await.created();
    let id = draft["id"].as_str().expect("a draft has an id");
    let published = admin.post(format!("/policy-drafts/{id}/publish")).send().await;
    published.ok();
}

/// R82: the owner accepts once a version, and who, when, and from where is kept; nobody accepts for somebody else; a new
/// version asks again.
#[rstest]
#[tokio::test]
async fn r82_a_notice_is_accepted_once_a_version(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Other", json!({})).await,
    );
    let (owner, member) = (market.owner(&buyer).await, market.member(&buyer, "member").await);
    let admin = app.staff("admin").await;
    let shown = notices(&owner, &buyer).await;
    assert_eq!(
        (
            &shown["notices"][0]["waits"],
            &shown["notices"][0]["may_accept"],
            &shown["accepted"]
        ),
        (&json!(true), &json!(true), &json!([]))
    );
    assert_eq!(notices(&member, &buyer).await["notices"][0]["may_accept"], false);
    accept(&member, &buyer, "2026-01")
        .await
        .assert_problem(403, "forbidden", "");
    accept(&admin, &buyer, "2026-01")
        .await
        .assert_problem(403, "forbidden", "");
    accept(&owner, &other, "2026-01")
        .await
        .assert_problem(404, "not_found", "");
    accept(&owner, &buyer, "2025-01")
        .await
        .assert_problem(422, "invalid", "/version");
    let accepted = accept(&owner, &buyer, "2026-01").await.created();
    assert_eq!(
        (&accepted["version"], &accepted["address"], &accepted["text"]),
        (&json!("2026-01"), &json!("127.0.0.1"), &shown["notices"][0]["text"])
    );
    let again = accept(&owner, &buyer, "2026-01").await.ok();
    assert_eq!(again["id"], accepted["id"], "a second time changes nothing");
    assert_eq!(app.await_events("notice.accepted", 1).await.len(), 1);
    // Staff see who accepted; the trail has it.
    let seen = notices(&app.staff("auditor").await, &buyer).await;
    assert_eq!(seen["accepted"][0]["accepted_by"], accepted["accepted_by"]);
    let trail = admin.all("/audit-entries?action=notice.accepted").await;
    assert_eq!(trail.len(), 1, "{trail:?}");

    publish(&market, "2026-02", false).await;
    let shown = notices(&owner, &buyer).await;
    assert_eq!(
        (&shown["notices"][0]["version"], &shown["notices"][0]["waits"]),
        (&json!("2026-02"), &json!(true))
    );
    assert_eq!(
        shown["accepted"].as_array().expect("a list").len(),
        1,
        "what was accepted stays"
    );
    accept(&owner, &buyer, "2026-02").await.created();
    assert_eq!(notices(&owner, &buyer).await["notices"][0]["waits"], false);
    app.audit_is_green().await;
}

/// R82: where the policy says so, nobody of the supplier learns who a lead is before its notice is accepted: not in the
/// portal, not by a search, not in a file, a mail, a webhook or a return; a later version hides nothing that was open.
#[rstest]
#[tokio::test]
async fn r82_who_a_lead_is_waits_for_the_notice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let notice = json!({ "version": "1", "text": "You become the Data Controller.", "must_accept": true, "before_contact": true });
    let policy = json!({ "notices": { "data_controller": notice } });
    let market = app.market_with("trade-weekly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let key = app.key(&["deliveries:read"], None, Some(&buyer.id)).await;
    let desk = json!({ "purpose": "leads", "name": "Desk", "email": "desk@okafor.example" });
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/contacts", buyer.id);
    manager.post(path).json(&desk).send().await.created();
    let lead = market.lead();
    let name = lead["person"]["name"].as_str().expect("a name").to_owned();
    let receipt = market.submit(lead).await;
    let delivery = receipt["sold_to"][0]["delivery_id"].as_str().expect("sold").to_owned();
    let path = format!("/deliveries/{delivery}");

    for client in [&owner, &key] {
        for text in [
            client.get(&path).send().await.text(),
            client.get("/deliveries").send().await.text(),
            client.get("/deliveries.csv").send().await.text(),
        ] {
            assert!(
                text.contains(&delivery) && !text.contains("Dana") && !text.contains("reyes.example"),
                "{text}"
            );
        }
    }
    let held = owner.get(&path).send().await.ok();
    assert_eq!(held["withheld_until_accepted"], "data_controller");
    assert_eq!(held["place"]["country"], "GB", "what is no secret is shown");
    owner
        .get("/deliveries?q=Dana")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    owner
        .get("/deliveries.csv?q=Dana")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    app.run_jobs().await;
    let support = app.staff("support").await;
    let mails = support.all(&format!("/mails?kind=lead&supplier_id={}", buyer.id)).await;
    let mail = format!("/mails/{}", mails[0]["id"].as_str().expect("a mail"));
    let text = support.get(&mail).send().await.text();
    assert!(!text.contains(&name) && text.contains("accepted its notice"), "{text}");
    // Staff see all of it.
    assert_eq!(support.get(&path).send().await.ok()["person"]["name"], name);

    accept(&owner, &buyer, "1").await.created();
    assert_eq!(owner.get(&path).send().await.ok()["person"]["name"], name);
    assert_eq!(key.get(&path).send().await.ok()["withheld_until_accepted"], Value::Null);
    assert_eq!(owner.all("/deliveries?q=Dana").await.len(), 1);
    assert!(support.get(&mail).send().await.text().contains(&name));

    publish(&market, "2", true).await;
    assert_eq!(
        owner.get(&path).send().await.ok()["person"]["name"],
        name,
        "it moves nothing that was open"
    );
    let later = market.sell_to(&buyer).await;
    let later = format!("/deliveries/{later}");
    assert_eq!(owner.get(&later).send().await.ok()["person"]["name"], Value::Null);
    accept(&owner, &buyer, "2").await.created();
    assert_ne!(owner.get(&later).send().await.ok()["person"]["name"], Value::Null);
    app.audit_is_green().await;
}

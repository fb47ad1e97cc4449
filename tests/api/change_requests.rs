//! Change requests: asked for, decided, and carried out at their instant (R5, R14, R16, R33, R69, R72, R77, R90).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_contract::Timestamp;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, merged, spawn};

use crate::plans;

const HOUR: i64 = 3_600;

async fn asks(client: &Client, buyer: &Buyer, change: Value, more: Value) -> Answer {
    let mut body = merged(json!({ "supplier_id": buyer.id }), more);
    // A merge would take the nulls of the change away.
    body["change"] = change;
    client.post("/change-requests").json(&body).send().await
}

/// What staff write down of who asked.
fn by_phone() -> Value {
    json!({ "requested_by": "Mo Okafor", "channel": "phone" })
}

fn id_of(row: &Value) -> String {
    row["id"].as_str().expect("an id").to_owned()
}

fn path_of(request: &Value) -> String {
    format!("/change-requests/{}", id_of(request))
}

async fn does(client: &Client, request: &Value, action: &str, body: Value) -> Answer {
    let path = format!("{}/{action}", path_of(request));
    client.post(path).json(&body).send().await
}

async fn approve(manager: &Client, request: &Value) -> Value {
    does(manager, request, "approve", json!({})).await.ok()
}

async fn shown(client: &Client, request: &Value) -> Value {
    client.get(path_of(request)).send().await.ok()
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).expect("an instant")
}

fn after(at: &Value, seconds: i64) -> String {
    Timestamp::from_micros(instant(at).as_micros() + seconds * 1_000_000).to_string()
}

/// How long after it was asked for something takes effect.
fn wait_of(request: &Value) -> i64 {
    instant(&request["effective_at"])
        .since(instant(&request["requested_at"]))
        .whole_seconds()
}

/// The areas in force at an instant.
async fn areas(client: &Client, buyer: &Buyer, at: &str) -> Vec<String> {
    let path = format!("/suppliers/{}/coverage?in_force_at={at}", buyer.id);
    let rows = client.all(&path).await;
    let mut values: Vec<String> = rows
        .iter()
        .map(|row| row["value"].as_str().expect("a value").to_owned())
        .collect();
    values.sort();
    values
}

async fn messages(app: &TestApp, kind: &str) -> Vec<Value> {
    app.staff("support")
        .await
        .all(&format!("/notifications?kind={kind}"))
        .await
}

async fn order(client: &Client, buyer: &Buyer) -> Value {
    let path = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    client.get(path).send().await.ok()
}

fn everywhere(rows: &[Value]) -> Value {
    let row = rows.iter().find(|row| row["kind"] == "anywhere").expect("everywhere");
    row["id"].clone()
}

/// R5: the direct edit is refused with the offer of a request; the request is shown before and after, carried out by
/// staff's approval, and the trail has the edit and the decision. A refusal has a text that the supplier reads.
#[rstest]
#[tokio::test]
async fn r5_a_change_is_asked_for_and_made_by_staff(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}", buyer.id);
    let edit = json!({ "address": "1 New Road" });
    let refused = owner.patch(&path).json(&edit).send().await;
    let problem = refused.assert_problem(403, "change_through_staff", "").json();
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|text| text.contains("change request"))
    );

    let wish = json!({ "kind": "profile", "address": "1 New Road" });
    let request = asks(&owner, &buyer, wish.clone(), json!({ "reason": "We have moved." }))
        .await
        .created();
    assert_eq!(
        (&request["status"], &request["asked_by"], &request["differences"]),
        (
            &json!("open"),
            &json!("supplier"),
            &json!([{ "field": "address", "before": "12 Main Street", "after": "1 New Road" }])
        )
    );
    assert_eq!(request["allowed_actions"], json!(["withdraw"]));
    assert_eq!(
        shown(&manager, &request).await["allowed_actions"],
        json!(["approve", "decline", "withdraw"])
    );
    assert_eq!(manager.get(&path).send().await.ok()["address"], "12 Main Street");
    let told = messages(&app, "change_requested").await;
    assert_eq!(
        (told.len(), &told[0]["recipients"]),
        (1, &json!(["accounts@example.com"]))
    );
    does(&owner, &request, "approve", json!({}))
        .await
        .assert_problem(403, "forbidden", "");

    let applied = approve(&manager, &request).await;
    assert_eq!(applied["status"], "applied");
    assert_eq!(owner.get(&path).send().await.ok()["address"], "1 New Road");
    let auditor = app.staff("auditor").await;
    let trail = auditor
        .all(&format!("/audit-entries?object={}&action=supplier.updated", buyer.id))
        .await;
    assert_eq!(trail[0]["before"], json!({ "address": "12 Main Street" }));
    assert_eq!(trail[0]["reason"], format!("Change request {}", id_of(&request)));
    let steps = auditor.all(&format!("/audit-entries?object={}", id_of(&request))).await;
    let mut steps: Vec<_> = steps
        .iter()
        .map(|step| step["action"].as_str().expect("a word"))
        .collect();
    steps.sort_unstable();
    assert_eq!(
        steps,
        [
            "change_request.applied",
            "change_request.approved",
            "change_request.asked"
        ]
    );
    does(&manager, &request, "approve", json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(messages(&app, "change_applied").await.len(), 1);

    let second = asks(
        &owner,
        &buyer,
        json!({ "kind": "profile", "name": "Okafor Group" }),
        json!({}),
    )
    .await
    .created();
    does(&manager, &second, "decline", json!({ "answer": " " }))
        .await
        .assert_problem(422, "invalid", "/answer");
    let answer = "Please send us the new registration first.";
    does(&manager, &second, "decline", json!({ "answer": answer }))
        .await
        .ok();
    let read = shown(&owner, &second).await;
    assert_eq!((&read["status"], &read["answer"]), (&json!("declined"), &json!(answer)));
    assert_eq!(messages(&app, "change_declined").await[0]["facts"]["answer"], answer);
    assert_eq!(owner.get(&path).send().await.ok()["name"], "Okafor");
    let events = app.events("change_request.changed").await;
    assert_eq!(events.len(), 5);
    let said = serde_json::to_string(&events).expect("JSON");
    assert!(!said.contains("New Road") && !said.contains("Okafor Group"), "{said}");
    app.audit_is_green().await;
}

/// R5, R53, R106: where the policy says `edit` there is nothing to ask for, where it says nothing staff are named; what
/// could never be carried out is refused at once, with a pointer, and another account's things are not there (R127).
#[rstest]
#[tokio::test]
async fn r5_what_cannot_be_asked_for_is_refused_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let local = app.market("local-exclusive").await;
    let client = local.supplier("Client").await;
    let own = local.owner(&client).await;
    let wish = json!({ "kind": "profile", "name": "Client & Co" });
    asks(&own, &client, wish, json!({}))
        .await
        .assert_problem(409, "state_conflict", "");

    let store = app.market("lead-store").await;
    let shopper = store.buyer("Shopper", json!({})).await;
    let own = store.owner(&shopper).await;
    let wish = json!({ "kind": "volume", "order_id": shopper.order_id, "cap_day": 3 });
    asks(&own, &shopper, wish, json!({}))
        .await
        .assert_problem(403, "change_through_staff", "");

    let market = app.market("trade-weekly").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({ "cap_day": 5 })).await,
        market.buyer("Other", json!({})).await,
    );
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let contact = json!({ "purpose": "leads", "email": "theirs@other.example" });
    let theirs = manager
        .post(format!("/suppliers/{}/contacts", other.id))
        .json(&contact)
        .send()
        .await
        .created();
    let coverage = manager.all(&format!("/suppliers/{}/coverage", other.id)).await;
    let refused = [
        (
            json!({ "kind": "volume", "order_id": other.order_id, "cap_day": 3 }),
            "/change/order_id",
            "unknown_id",
        ),
        (
            json!({ "kind": "volume", "order_id": buyer.order_id, "cap_day": 0 }),
            "/change/cap_day",
            "out_of_range",
        ),
        (
            json!({ "kind": "volume", "order_id": buyer.order_id, "cap_day": 5 }),
            "/change",
            "unchanged",
        ),
        (
            json!({ "kind": "volume", "order_id": buyer.order_id }),
            "/change",
            "unchanged",
        ),
        (
            json!({ "kind": "lead_contacts", "remove": [theirs["id"]] }),
            "/change/remove/0",
            "unknown_id",
        ),
        (
            json!({ "kind": "billing_contact", "change": [{ "contact_id": theirs["id"], "email": "a@b.example" }] }),
            "/change/change/0/contact_id",
            "unknown_id",
        ),
        (
            json!({ "kind": "lead_contacts", "add": [{ "email": "one@" }] }),
            "/change/add/0/email",
            "invalid_email",
        ),
        (
            json!({ "kind": "coverage", "end": [coverage[0]["id"]] }),
            "/change/end/0",
            "unknown_id",
        ),
        (
            json!({ "kind": "coverage", "add": [{ "kind": "uk_area", "values": ["M", "QQ"] }] }),
            "/change/add/0/values/1",
            "unknown_area",
        ),
        (
            json!({ "kind": "profile", "country": "Atlantis" }),
            "/change/country",
            "unknown_country",
        ),
        (
            json!({ "kind": "business", "business_id": other.business_id, "name": "Mine" }),
            "/change/business_id",
            "unknown_id",
        ),
        (
            json!({ "kind": "category", "business_id": other.business_id, "product_id": market.product["id"] }),
            "/change/business_id",
            "unknown_id",
        ),
        (
            json!({ "kind": "other", "about": "orders", "text": " " }),
            "/change/text",
            "required",
        ),
    ];
    for (wish, pointer, code) in refused {
        let answer = asks(&owner, &buyer, wish.clone(), json!({})).await;
        answer.assert_problem(422, "invalid", pointer);
        assert_eq!(answer.field_code(pointer), code, "{wish}");
    }
    asks(&owner, &other, json!({ "kind": "profile", "name": "Mine" }), json!({}))
        .await
        .assert_problem(422, "invalid", "/supplier_id");
    asks(
        &manager,
        &buyer,
        json!({ "kind": "profile", "name": "Mine" }),
        json!({ "channel": "phone" }),
    )
    .await
    .assert_problem(422, "invalid", "/reason");
    let member = market.member(&buyer, "billing").await;
    asks(&member, &buyer, json!({ "kind": "profile", "name": "Mine" }), json!({}))
        .await
        .assert_problem(403, "forbidden", "");
    assert_eq!(manager.all("/change-requests").await.len(), 0);
    app.audit_is_green().await;
}

/// What the seller can only do by hand is asked for in words, so that nothing a refusal offers is a dead end; and what
/// may be asked for is shown beforehand.
#[rstest]
#[tokio::test]
async fn r5_what_may_be_asked_for_is_shown(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let path = format!("/suppliers/{}/change-options", buyer.id);
    let options = owner.get(&path).send().await.ok();
    let of = |field: &str| {
        let rows = options["data"].as_array().expect("a list");
        rows.iter()
            .find(|row| row["field"] == *field)
            .expect("the field")
            .clone()
    };
    assert_eq!(
        (&of("coverage")["mode"], &of("coverage")["may_ask"]),
        (&json!("request"), &json!(true))
    );
    assert_eq!(
        (&of("notifications")["mode"], &of("notifications")["may_ask"]),
        (&json!("edit"), &json!(false))
    );
    let now = app.business_now().await;
    let notice = instant(&of("coverage")["earliest_at"]).since(now.parse().expect("an instant"));
    assert!(
        (72 * HOUR - 60..=72 * HOUR).contains(&notice.whole_seconds()),
        "{notice}"
    );
    assert!(instant(&of("lead_contacts")["earliest_at"]) <= now.parse().expect("an instant"));
    assert_eq!(of("plan")["earliest_at"], Value::Null);

    let text = "Please take the card of Ann instead.";
    let request = asks(
        &owner,
        &buyer,
        json!({ "kind": "other", "about": "payment_method", "text": text }),
        json!({}),
    )
    .await
    .created();
    assert_eq!(request["differences"][0]["after"], text);
    let done = does(&manager, &request, "approve", json!({ "answer": "Done, thank you." }))
        .await
        .ok();
    assert_eq!(
        (&done["status"], &done["answer"]),
        (&json!("applied"), &json!("Done, thank you."))
    );
    app.audit_is_green().await;
}

/// R69: areas change 72 hours after they were asked for. A lead from the old area is sold until then and not after,
/// even where no job has run, and one from a new area the other way round.
#[rstest]
#[tokio::test]
async fn r69_areas_change_at_the_instant_of_their_notice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let old = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let wish =
        json!({ "kind": "coverage", "end": [everywhere(&old)], "add": [{ "kind": "uk_area", "values": ["m"] }] });
    let early = json!({ "effective_at": after(&json!(app.business_now().await), 71 * HOUR) });
    let refused = asks(&owner, &buyer, wish.clone(), early).await;
    refused.assert_problem(422, "invalid", "/effective_at");
    assert_eq!(refused.field_code("/effective_at"), "too_early");

    let request = asks(&owner, &buyer, wish, json!({})).await.created();
    assert_eq!(wait_of(&request), 72 * HOUR);
    assert_eq!(
        request["differences"],
        json!([
            { "field": "anywhere", "before": "*", "after": null },
            { "field": "uk_area", "before": null, "after": "M" },
        ])
    );
    let at = request["effective_at"].as_str().expect("an instant").to_owned();
    assert_eq!(
        areas(&owner, &buyer, &after(&request["effective_at"], HOUR)).await,
        ["*"],
        "it is only asked for"
    );
    // Two hours later it is approved: the notice counts from the request.
    app.advance_seconds(2 * HOUR).await;
    let scheduled = approve(&manager, &request).await;
    assert_eq!(
        (&scheduled["status"], &scheduled["effective_at"]),
        (&json!("scheduled"), &json!(at))
    );
    assert_eq!(messages(&app, "change_scheduled").await.len(), 1);
    let just_before = after(&request["effective_at"], -1);
    assert_eq!(areas(&owner, &buyer, &just_before).await, ["*"]);
    assert_eq!(areas(&owner, &buyer, &at).await, ["M"]);

    let in_manchester = || merged(market.lead(), json!({ "place": { "postcode": "M1 1AE" } }));
    market.sell_to(&buyer).await;
    app.advance_seconds(70 * HOUR - 120).await;
    market.sell_to(&buyer).await;
    assert_eq!(shown(&owner, &request).await["status"], "scheduled");
    // Past the instant, and no job has run: the sale goes by what is in force.
    app.advance_without_jobs(180).await;
    assert!(market.sell().await.is_empty(), "SW is not covered any more");
    let sold = market.submit(in_manchester()).await;
    assert_eq!(sold["sold_to"][0]["supplier_id"], *buyer.id);
    app.run_jobs().await;
    let applied = shown(&owner, &request).await;
    assert_eq!(applied["status"], "applied");
    assert!(instant(&applied["applied_at"]) >= instant(&applied["effective_at"]));
    app.run_jobs().await;
    assert_eq!(messages(&app, "change_applied").await.len(), 1);
    assert_eq!(areas(&owner, &buyer, &app.business_now().await).await, ["M"]);
    app.audit_is_green().await;
}

/// R69: what was scheduled is taken back with its rows when it is withdrawn, when a later request for the same area
/// takes its place, and when the account closes; another area is another request. Staff shorten the notice with a
/// reason.
#[rstest]
#[tokio::test]
async fn r69_what_is_scheduled_can_be_taken_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let add = |area: &str| json!({ "kind": "coverage", "add": [{ "kind": "uk_area", "values": [area] }] });
    let later = after(&json!(app.business_now().await), 400 * HOUR);

    let first = asks(&owner, &buyer, add("M"), json!({})).await.created();
    approve(&manager, &first).await;
    assert_eq!(areas(&owner, &buyer, &later).await, ["*", "M"]);
    does(&owner, &first, "withdraw", json!({})).await.ok();
    assert_eq!(areas(&owner, &buyer, &later).await, ["*"]);
    does(&owner, &first, "withdraw", json!({}))
        .await
        .assert_problem(409, "state_conflict", "");

    let old = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let ending =
        json!({ "kind": "coverage", "end": [everywhere(&old)], "add": [{ "kind": "uk_area", "values": ["B"] }] });
    let second = asks(&owner, &buyer, ending, json!({})).await.created();
    approve(&manager, &second).await;
    let third = asks(&owner, &buyer, add("SW"), json!({})).await.created();
    approve(&manager, &third).await;
    assert_eq!(shown(&owner, &second).await["status"], "scheduled", "another area");
    assert_eq!(areas(&owner, &buyer, &later).await, ["B", "SW"]);
    // The fourth is about the same area as the second: that one is undone as a whole.
    app.advance_seconds(HOUR).await;
    let rows = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let fourth = json!({ "kind": "coverage", "end": [everywhere(&rows)] });
    // Ending what ends already is nothing to ask for, unless it is to be sooner or later by that request.
    asks(&owner, &buyer, fourth, json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    let fourth = asks(
        &owner,
        &buyer,
        json!({ "kind": "coverage", "end": [rows.iter().find(|row| row["value"] == "B").expect("B")["id"]] }),
        json!({}),
    )
    .await
    .created();
    let fourth = approve(&manager, &fourth).await;
    let superseded = shown(&owner, &second).await;
    assert_eq!(
        (&superseded["status"], &superseded["superseded_by_id"]),
        (&json!("superseded"), &fourth["id"])
    );
    assert_eq!(areas(&owner, &buyer, &later).await, ["*", "SW"]);
    assert_eq!(messages(&app, "change_superseded").await.len(), 1);

    let fifth = asks(&owner, &buyer, add("LS"), json!({})).await.created();
    let soon = after(&json!(app.business_now().await), HOUR);
    does(&manager, &fifth, "approve", json!({ "effective_at": soon }))
        .await
        .assert_problem(422, "invalid", "/effective_at");
    let shortened = json!({ "effective_at": soon, "override_reason": "They lost their depot." });
    let shortened = does(&manager, &fifth, "approve", shortened).await.ok();
    assert_eq!(
        (&shortened["status"], &shortened["effective_at"]),
        (&json!("scheduled"), &json!(soon))
    );
    app.advance_seconds(HOUR + 1).await;
    assert_eq!(shown(&owner, &fifth).await["status"], "applied");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!(
            "/audit-entries?object={}&action=change_request.approved",
            id_of(&fifth)
        ))
        .await;
    assert_eq!(trail[0]["reason"], "They lost their depot.");

    manager
        .post(format!("/suppliers/{}/close", buyer.id))
        .json(&json!({ "reason": "They have left." }))
        .send()
        .await
        .ok();
    let failed = shown(&owner, &third).await;
    assert_eq!(
        (&failed["status"], &failed["failure"]),
        (&json!("failed"), &json!("The account is closed."))
    );
    assert_eq!(areas(&manager, &buyer, &later).await, ["*", "LS"]);
    asks(&manager, &buyer, add("E"), by_phone())
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

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

/// Two plans: two leads at 8.00, four at 7.00.
async fn service(app: &TestApp) -> Market<'_> {
    let plan =
        |label: &str, units: i64, price: i64| json!({ "label": label, "min_units": units, "unit_price_minor": price });
    let tiers = json!({ "two": plan("Two leads", 2, 800), "four": plan("Four leads", 4, 700) });
    let grace = json!({ "kind": "none", "units": null });
    let patch = json!({
        "plan": { "tiers": tiers, "grace": grace },
        "payment_methods": { "bank_account": { "pending_hours": 72 } },
    });
    app.market_with("isa-calling", patch).await
}

/// R90: an upgrade is asked for, its day is shown with the plan, and the period from that renewal on has the new
/// price and minimum; the one before is charged above its minimum by the old price. A downgrade likewise.
#[rstest]
#[tokio::test]
async fn r90_another_plan_from_the_next_period_on(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = service(&app).await;
    let (buyer, owner) = plans::newcomer(&market, "card", "ok").await;
    let manager = app.staff("account_manager").await;
    let wish = |tier: &str| json!({ "kind": "plan", "tier": tier });
    asks(&owner, &buyer, wish("four"), json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    let plan = plans::begun(&market, &owner, &buyer, "two").await;
    asks(&owner, &buyer, wish("nine"), json!({}))
        .await
        .assert_problem(422, "invalid", "/change/tier");
    asks(&owner, &buyer, wish("two"), json!({}))
        .await
        .assert_problem(422, "invalid", "/change/tier");
    let now = app.business_now().await;
    asks(
        &owner,
        &buyer,
        wish("four"),
        json!({ "effective_at": after(&json!(now), 9_000 * HOUR) }),
    )
    .await
    .assert_problem(422, "invalid", "/effective_at");

    let request = asks(&owner, &buyer, wish("four"), json!({})).await.created();
    assert_eq!(
        request["differences"][0],
        json!({ "field": "plan", "before": "Two leads", "after": "Four leads" })
    );
    assert_eq!(
        plans::shown(&owner, &plan).await["next"],
        Value::Null,
        "nobody has agreed"
    );
    approve(&manager, &request).await;
    let waiting = plans::shown(&owner, &plan).await;
    assert_eq!(
        (
            &waiting["tier"],
            &waiting["next"]["tier"],
            &waiting["next"]["effective_on"]
        ),
        (&json!("two"), &json!("four"), &plan["renews_on"])
    );
    plans::hand_in(&market, &owner, 3).await;
    plans::over_the_renewal(&app, &plan).await;
    let renewed = plans::shown(&owner, &plan).await;
    assert_eq!(
        (
            &renewed["tier"],
            &renewed["min_units"],
            &renewed["unit_price"]["amount"],
            &renewed["next"]
        ),
        (&json!("four"), &json!(4), &json!(700), &Value::Null)
    );
    assert_eq!(shown(&owner, &request).await["status"], "applied");
    let periods = owner.all(&format!("{}/periods", plans::path_of(&plan))).await;
    let terms: Vec<_> = periods
        .iter()
        .map(|period| {
            (
                &period["key"],
                &period["label"],
                &period["min_units"],
                &period["overage"],
            )
        })
        .collect();
    assert_eq!(
        terms,
        [
            (&json!("M2"), &json!("Four leads"), &json!(4), &json!(0)),
            (&json!("M1"), &json!("Two leads"), &json!(2), &json!(1)),
        ]
    );
    let invoices = market.invoices(&buyer).await;
    let nets: Vec<_> = invoices
        .iter()
        .map(|invoice| invoice["net"]["amount"].as_i64())
        .collect();
    assert_eq!(nets, [Some(2 * 800), Some(4 * 700 + 800)]);

    // Down again: from the next renewal on, and five of four are one above the minimum at the price of then.
    let down = asks(&owner, &buyer, wish("two"), json!({})).await.created();
    approve(&manager, &down).await;
    plans::hand_in(&market, &owner, 5).await;
    plans::over_the_renewal(&app, &renewed).await;
    let invoices = market.invoices(&buyer).await;
    assert_eq!(invoices[2]["net"]["amount"], 2 * 800 + 700);
    assert_eq!(messages(&app, "change_applied").await.len(), 2);
    market.until_answered(&buyer).await;
    app.audit_is_green().await;
}

/// R90: a plan that ends takes its requests with it.
#[rstest]
#[tokio::test]
async fn r90_a_plan_that_ends_takes_its_requests_with_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = service(&app).await;
    let (buyer, owner) = plans::newcomer(&market, "card", "ok").await;
    let manager = app.staff("account_manager").await;
    let plan = plans::begun(&market, &owner, &buyer, "two").await;
    let request = asks(&owner, &buyer, json!({ "kind": "plan", "tier": "four" }), json!({}))
        .await
        .created();
    approve(&manager, &request).await;
    plans::cancel(&owner, &plan, json!({ "at": "period_end" })).await;
    assert_eq!(shown(&owner, &request).await["status"], "scheduled");
    plans::over_the_renewal(&app, &plan).await;
    assert_eq!(plans::shown(&owner, &plan).await["status"], "ended");
    let failed = shown(&owner, &request).await;
    assert_eq!(
        (&failed["status"], &failed["failure"]),
        (&json!("failed"), &json!("The plan is over."))
    );
    market.until_answered(&buyer).await;
    app.audit_is_green().await;
}

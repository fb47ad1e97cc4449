//! What may be asked for, and what is refused (R5, R53, R106, R127).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

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

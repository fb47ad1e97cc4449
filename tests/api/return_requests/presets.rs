//! The whole way of a return under the rules of each seller.

use super::{DAY, Scene, act, ask, billing_state, id, notifications, scene, second_reviewer};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, fresh_key, spawn};

/// R22, R23, R24, R25, R26, R27, R28, R29, R30, R31: the b2b-monthly seller.
#[rstest]
#[tokio::test]
async fn r22_to_r31_a_return_is_asked_for_reviewed_and_credited(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market,
        buyer,
        owner,
        reviewer,
    } = scene(&app, "b2b-monthly").await;
    let delivery = market.sell_to(&buyer).await;

    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    assert_eq!(
        (&options["returnable"], &options["action_label"]),
        (&json!(true), &json!("Request bogus")),
        "R26"
    );
    assert!(
        options["guidelines"]["url"].is_string() && options["guidelines"]["policy_version_id"].is_string(),
        "R29"
    );
    assert!(
        options["not_grounds"].to_string().contains("Unresponsive Buyers"),
        "R32: {options}"
    );

    let answer = ask(&owner, &delivery, "wrong_person", Some("  ")).await;
    answer.assert_problem(422, "invalid", "/note");
    let answer = ask(&owner, &delivery, "not_a_reason", Some("x")).await;
    answer.assert_problem(422, "invalid", "/reason");
    let none = json!({ "delivery_id": delivery, "note": "x" });
    owner
        .post("/return-requests")
        .json(&none)
        .send()
        .await
        .assert_problem(400, "malformed_body", "");
    let two = json!({ "delivery_id": delivery, "reason": ["wrong_person", "duplicate_lead"], "note": "x" });
    owner
        .post("/return-requests")
        .json(&two)
        .send()
        .await
        .assert_problem(400, "malformed_body", "/reason");
    let help = ask(&owner, &delivery, "cannot_reach", Some("x")).await;
    help.assert_problem(422, "reason_not_valid", "/reason");

    let made = ask(&owner, &delivery, "wrong_number", Some("A bakery answers."))
        .await
        .created();
    assert_eq!(
        (&made["reason"], &made["status"]),
        (&json!("wrong_person"), &json!("in_review")),
        "an alias"
    );
    assert_eq!(made["channel"], "portal", "R31");
    assert!(
        made["review"].is_null() && made["allowed_actions"] == json!(["withdraw"]),
        "{made}"
    );
    let (submitted, due) = (
        made["submitted_at"].as_str().unwrap(),
        made["decision_due_at"].as_str().unwrap(),
    );
    let hours = due
        .parse::<tradepost_contract::Timestamp>()
        .unwrap()
        .since(submitted.parse().unwrap());
    assert_eq!(hours.whole_hours(), 72, "R27");
    assert_eq!(billing_state(&owner, &delivery).await, "return_pending");
    ask(&owner, &delivery, "wrong_person", Some("again"))
        .await
        .assert_problem(409, "duplicate", "");

    let queue = reviewer
        .get("/return-requests?sort=due&status=in_review&overdue=false")
        .send()
        .await
        .ok();
    assert_eq!(id(&queue["data"][0]), id(&made));
    let detail = reviewer
        .get(format!("/return-requests/{}", id(&made)))
        .send()
        .await
        .ok();
    assert_eq!(detail["case"]["supplier_return_rate"]["deliveries"], 1, "{detail}");
    assert!(detail["case"]["person"]["phone"].is_string() && detail["review"]["submitted_by"].is_string());

    let approved = act(&reviewer, &made, "approve", json!({ "evidence": "Rang it twice." }))
        .await
        .ok();
    assert_eq!(
        (&approved["status"], &approved["remedy"]),
        (&json!("approved"), &json!("line_dropped")),
        "R30"
    );
    assert_eq!(approved["review"]["decision_rule"], "reason:wrong_person");
    assert_eq!(approved["review"]["decision_evidence"]["reviewer"], "Rang it twice.");
    assert_eq!(billing_state(&owner, &delivery).await, "returned");
    let own = owner.get(format!("/return-requests/{}", id(&made))).send().await.ok();
    assert!(own["case"].is_null() && own["review"].is_null(), "{own}");
    assert_eq!(own["decision"]["clause"], "2");
    assert!(!own.to_string().contains("Rang it twice"), "the evidence is for staff");
    for (kind, count) in [("return_received", 1), ("return_approved", 1), ("return_denied", 0)] {
        assert_eq!(notifications(&app, kind, &made).await.len(), count, "R28 {kind}");
    }
    let again = act(&reviewer, &made, "deny", json!({ "explanation": "no" })).await;
    again.assert_problem(409, "state_conflict", "");

    // R22, R23: two weeks later a request is recorded as denied, without a reviewer's work.
    let late = market.sell_to(&buyer).await;
    app.advance(14).await;
    let denied = ask(&owner, &late, "wrong_person", Some("late")).await.created();
    assert_eq!(
        (&denied["status"], &denied["decision"]["automatic"]),
        (&json!("denied"), &json!(true))
    );
    assert_eq!(
        (&denied["decision_due_at"], &denied["allowed_actions"]),
        (&Value::Null, &json!([])),
        "{denied}"
    );
    assert_eq!(notifications(&app, "return_denied", &denied).await.len(), 1);
    assert_eq!(notifications(&app, "return_received", &denied).await.len(), 0);
    assert_ne!(billing_state(&owner, &late).await, "return_pending");
    let detail = reviewer
        .get(format!("/return-requests/{}", id(&denied)))
        .send()
        .await
        .ok();
    assert_eq!(detail["review"]["decision_rule"], "auto:late");
    act(&owner, &denied, "appeal", json!({ "note": "please" }))
        .await
        .assert_problem(422, "return_window_closed", "");
}

/// R42, R43, R44, R45, R46, R47, R48: the lead store, whose remedy is another lead.
#[rstest]
#[tokio::test]
async fn r42_to_r48_a_lead_is_replaced_or_denied_with_an_explanation(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let Scene {
        market,
        buyer,
        owner,
        reviewer,
    } = scene(&app, "lead-store").await;
    let (first, second) = (market.sell_to(&buyer).await, market.sell_to(&buyer).await);

    for reason in ["not_interested", "unable_to_reach_live", "bad_email"] {
        let answer = ask(&owner, &first, reason, None).await;
        answer.assert_problem(422, "reason_not_valid", "/reason");
    }
    let made = ask(&owner, &first, "out_of_service", None).await.created();
    assert_eq!(made["reason"], "disconnected", "R48");
    let key = fresh_key();
    let approve = || async {
        let call = reviewer.post(format!("/return-requests/{}/approve", id(&made)));
        call.header("Idempotency-Key", &key).json(&json!({})).send().await
    };
    let approved = approve().await.ok();
    assert_eq!(approved["remedy"], "replacement", "R44");
    assert_eq!(approve().await.ok(), approved, "the same key, the same answer");
    assert_eq!(approved["decision"]["title"], "Chargeback Granted");
    let mail = notifications(&app, "return_approved", &made).await;
    assert_eq!(
        (mail.len(), &mail[0]["facts"]["title"]),
        (1, &json!("Chargeback Granted"))
    );

    let owed = owner.get("/replacements?status=owed").send().await.ok();
    assert_eq!(owed["data"].as_array().unwrap().len(), 1, "{owed}");
    assert_eq!(owed["data"][0]["original_delivery_id"], json!(first));
    let filled = market.sell_to(&buyer).await;
    let delivered = owner.get("/replacements").send().await.ok();
    assert_eq!(
        delivered["data"][0]["filled_delivery_id"],
        json!(filled),
        "R44: the next eligible lead"
    );

    let made = ask(&owner, &second, "wrong_number", None).await.created();
    act(&reviewer, &made, "deny", json!({ "explanation": " " }))
        .await
        .assert_problem(422, "invalid", "/explanation");
    let denied = act(&reviewer, &made, "deny", json!({ "explanation": "Dana answered." }))
        .await
        .ok();
    assert_eq!(
        (&denied["decision"]["title"], &denied["status"]),
        (&json!("Chargeback Denied"), &json!("denied"))
    );
    let mail = notifications(&app, "return_denied", &made).await;
    assert_eq!(
        (mail.len(), &mail[0]["facts"]["explanation"]),
        (1, &json!("Dana answered.")),
        "R45"
    );
    act(&owner, &made, "appeal", json!({ "note": "no" }))
        .await
        .assert_problem(422, "policy_refuses", "");
    assert_ne!(billing_state(&owner, &second).await, "return_pending");

    // R42: five days to the second.
    let third = market.sell_to(&buyer).await;
    app.advance_seconds(5 * DAY + 1).await;
    let late = ask(&owner, &third, "wrong_number", None).await;
    late.assert_problem(422, "return_window_closed", "");
    assert!(late.text().contains("delivered over 5 days ago"), "{late}");
}

/// R73, R75, R76, R127: the trade seller: another buyer's quote, and staff who override the window.
#[rstest]
#[tokio::test]
async fn r73_r75_a_siblings_quote_denies_without_a_name(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let (one, two) = (
        market.buyer("Acme", json!({})).await,
        market.buyer("Builders", json!({})).await,
    );
    let (owner, other) = (market.owner(&one).await, market.owner(&two).await);
    let sales = market.sell().await;
    let of = |buyer: &Buyer| {
        let sale = sales.iter().find(|sale| sale["supplier_id"] == *buyer.id);
        sale.expect("both bought it")["delivery_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (mine, theirs) = (of(&one), of(&two));
    ask(&owner, &theirs, "wrong_details", None)
        .await
        .assert_problem(422, "invalid", "/delivery_id");
    other
        .patch(format!("/deliveries/{theirs}"))
        .json(&json!({ "outcome": "quoted" }))
        .send()
        .await
        .ok();

    let made = ask(&owner, &mine, "could_not_quote", None).await.created();
    assert!(
        made["review"].is_null() && !made.to_string().contains("sibling"),
        "{made}"
    );
    other
        .get(format!("/return-requests/{}", id(&made)))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let reviewer = app.staff("returns_reviewer").await;
    let detail = reviewer
        .get(format!("/return-requests/{}", id(&made)))
        .send()
        .await
        .ok();
    assert_eq!(
        (&detail["review"]["suggestion"], &detail["review"]["suggestion_rule"]),
        (&json!("deny"), &json!("sibling:quoted"))
    );
    assert_eq!(detail["case"]["siblings"][0]["outcome"], "quoted");

    let asked = act(&reviewer, &made, "ask", json!({ "text": "How often did you ring?" }))
        .await
        .ok();
    assert_eq!(asked["status"], "info_needed");
    assert_eq!(notifications(&app, "return_info_needed", &made).await.len(), 1);
    let answered = act(&owner, &made, "answer", json!({ "text": "Three times." }))
        .await
        .ok();
    assert_eq!(
        (&answered["status"], answered["thread"].as_array().unwrap().len()),
        (&json!("in_review"), 2)
    );
    assert!(
        answered["thread"][0]["by"].is_null(),
        "suppliers are not told which reviewer asks"
    );

    let denied = act(&reviewer, &made, "deny", json!({})).await.ok();
    assert_eq!(denied["review"]["decision_rule"], "sibling:quoted");
    assert_eq!(
        denied["review"]["decision_evidence"]["siblings"],
        json!({ "quoted": 1, "won": 0 })
    );
    let own = owner.get(format!("/return-requests/{}", id(&made))).send().await.text();
    for secret in [two.id.as_str(), theirs.as_str(), "sibling", "Builders"] {
        assert!(!own.contains(secret), "R75: {secret} in {own}");
    }

    // One appeal, to a second reviewer, and then it is final.
    let appealed = act(&owner, &made, "appeal", json!({ "note": "The number was wrong." }))
        .await
        .ok();
    assert_eq!(appealed["status"], "appealed");
    act(&reviewer, &made, "approve", json!({}))
        .await
        .assert_problem(403, "forbidden", "");
    let second = second_reviewer(&app).await;
    let last = act(&second, &made, "deny", json!({})).await.ok();
    assert_eq!(last["status"], "final_denied");
    assert_eq!(
        notifications(&app, "return_denied", &made).await.len(),
        2,
        "one for each decision"
    );
    act(&owner, &made, "appeal", json!({ "note": "again" }))
        .await
        .assert_problem(409, "state_conflict", "");

    // R73: after the window only staff with the permission, with a reason, which is audited.
    let late = market.sell_to(&one).await;
    app.advance_seconds(72 * 3600 + 1).await;
    ask(&owner, &late, "wrong_details", None)
        .await
        .assert_problem(422, "return_window_closed", "");
    let body = json!({ "delivery_id": late, "reason": "wrong_details", "override_reason": "We sent it twice." });
    owner
        .post("/return-requests")
        .json(&body)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    app.staff("support")
        .await
        .post("/return-requests")
        .json(&body)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let manager = app.staff("account_manager").await;
    let taken = manager.post("/return-requests").json(&body).send().await.created();
    assert_eq!(
        (&taken["channel"], &taken["review"]["override_reason"]),
        (&json!("staff"), &body["override_reason"])
    );
    let audit = app.staff("auditor").await;
    let trail = audit.all(&format!("/audit-entries?object={}", id(&taken))).await;
    assert_eq!(trail[0]["action"], "return_request.submitted_after_window");
    assert_eq!(trail[0]["reason"], "We sent it twice.");
}

/// R84: the Sunday lead that is invoiced on Monday and returned on Tuesday becomes a credit note.
#[rstest]
#[tokio::test]
async fn r84_a_lead_that_was_invoiced_meanwhile_is_credited(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let weekly = json!({ "returns": { "window": { "unit": "hours", "amount": 400, "starts": "delivered_at" } } });
    let market = app.market_with("trade-weekly", weekly).await;
    let buyer = market.buyer("Acme", json!({})).await;
    let owner = market.owner(&buyer).await;
    let delivery = market.sell_to(&buyer).await;
    app.advance(8).await;
    assert_eq!(billing_state(&owner, &delivery).await, "invoiced");
    let made = ask(&owner, &delivery, "wrong_details", None).await.created();
    assert_eq!(billing_state(&owner, &delivery).await, "invoiced");
    let reviewer = app.staff("returns_reviewer").await;
    let shown = reviewer
        .get(format!("/return-requests/{}", id(&made)))
        .send()
        .await
        .ok();
    let expected = shown["case"]["expected_remedy"].clone();
    let approved = act(&reviewer, &made, "approve", json!({})).await.ok();
    assert_eq!(approved["remedy"], "credit_note");
    // The reviewer had read what came of it (R30).
    let notes = owner.all("/credit-notes").await;
    assert_eq!(
        (
            &expected["remedy"],
            &expected["net"],
            &expected["tax"],
            &expected["total"],
            &expected["invoice_number"]
        ),
        (
            &json!("credit_note"),
            &notes[0]["net"],
            &notes[0]["tax"],
            &notes[0]["total"],
            &notes[0]["invoice_number"]
        )
    );
    let named = (&notes[0]["supplier_name"], &notes[0]["programme_name"]);
    assert_eq!(named, (&json!("Acme"), &json!("Example Leads")));
    let notes = owner.get("/credit-notes").send().await.ok();
    assert_eq!(notes["data"][0]["return_request_id"], made["id"]);
    assert_eq!(billing_state(&owner, &delivery).await, "returned");
}

//! Written notices and their window (R21), and notices that are worked (R72).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R21: a notice outside of its window is kept with channel, document and day, and the agreement renews; one inside ends
/// the account on the day on which it would have renewed. The preview says the same beforehand.
#[rstest]
#[tokio::test]
async fn r21_a_notice_counts_within_its_window(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let signed = agreement(&market, &buyer, "days_90", 30, json!({})).await;
    let renews_on = in_days(&market, 60).await;
    assert_eq!(signed["renews_on"], json!(renews_on));
    let window = json!({
        "renews_on": renews_on, "from": renews_on.plus_days(-30), "until": renews_on, "side": "before",
    });
    let expected = preview(&owner, &buyer, "").await;
    assert_eq!(
        (&expected["outcome"], &expected["window"], &expected["renews_on"]),
        (&json!("renewed"), &window, &json!(renews_on))
    );
    assert_eq!(
        (&expected["written"], &expected["may_cancel"]),
        (&json!(true), &json!(false))
    );
    let refused = asks(&owner, &buyer, json!({ "reason": "price" })).await;
    refused.assert_problem(403, "change_through_staff", "");

    let today = in_days(&market, 0).await;
    let outside = asks(&manager, &buyer, written(today, json!({}))).await.created();
    assert_eq!(
        (
            &outside["status"],
            &outside["window"],
            &outside["channel"],
            &outside["received_on"]
        ),
        (&json!("renewed"), &window, &json!("letter"), &json!(today))
    );
    assert_eq!(
        (&outside["effective_at"], &outside["rule"]),
        (&Value::Null, &Value::Null)
    );
    let file = owner.get(format!("{}/document", path_of(&outside))).send().await;
    assert_eq!(file.assert_status(200).text(), "We leave.\nMo Okafor");
    assert_eq!(standing(&app, &buyer).await, "active");
    assert_eq!(messages(&app, "cancellation_refused").await, 1);
    market.sell_to(&buyer).await;

    app.advance(31).await;
    let inside = in_days(&market, 0).await;
    let expected = preview(&manager, &buyer, "").await;
    assert_eq!(
        (&expected["outcome"], &expected["rule"], &expected["window"]),
        (&json!("scheduled"), &json!("not_renewed"), &window)
    );
    for (wrong, pointer) in [
        (json!({ "document": null }), "/document"),
        (json!({ "received_on": null }), "/received_on"),
        (json!({ "received_on": inside.plus_days(1) }), "/received_on"),
        (json!({ "received_on": inside.plus_days(-400) }), "/received_on"),
        (json!({ "channel": "phone" }), "/channel"),
        (json!({ "channel": null }), "/channel"),
        (json!({ "requested_by": null }), "/requested_by"),
        (json!({ "document": { "text": " " } }), "/document/text"),
        (json!({ "effective": "at_once" }), "/effective"),
    ] {
        let refused = asks(&manager, &buyer, written(inside, wrong)).await;
        refused.assert_problem(422, "invalid", pointer);
    }
    let accepted = asks(&manager, &buyer, written(inside, json!({}))).await.created();
    let ends_at = beginning(&market, renews_on).await;
    assert_eq!(
        (&accepted["status"], &accepted["effective_at"], &accepted["last_day"]),
        (&json!("scheduled"), &json!(ends_at), &json!(renews_on.plus_days(-1)))
    );
    for field in ["effective_at", "last_day", "rule", "window"] {
        assert_eq!(accepted[field], expected[field], "the preview said so: {field}");
    }
    assert_eq!(standing(&app, &buyer).await, "in_notice");
    asks(&manager, &buyer, written(inside, json!({})))
        .await
        .assert_problem(409, "state_conflict", "");
    market.sell_to(&buyer).await;
    app.audit_is_green().await;
    app.advance(30).await;
    assert_eq!(shown(&manager, &accepted).await["status"], "effective");
    assert_eq!(standing(&app, &buyer).await, "closed");
    assert!(market.sell().await.is_empty());
    assert_eq!(owner.all("/cancellations").await.len(), 2);
    app.audit_is_green().await;
}

/// R21: the seller's words can also be read as after the renewal, or as both sides: the agreement's own terms say so.
#[rstest]
#[tokio::test]
async fn r21_the_side_of_the_window_is_policy(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    // An agreement of 90 days that began 100 days ago renewed ten days ago.
    let outcome = async |side: &str, days: i64| {
        let buyer = market.buyer(&format!("Buyer {side} {days}"), json!({})).await;
        market.store_method(&buyer, "card", "ok").await;
        let notice = json!({ "kind": "renewal_window", "days": days, "side": side });
        let terms = json!({ "policy_override": { "cancel": { "notice_by_term": { "days_90": notice } } } });
        agreement(&market, &buyer, "days_90", 100, terms).await;
        let today = in_days(&market, 0).await;
        let expected = preview(&manager, &buyer, "").await;
        let answer = asks(&manager, &buyer, written(today, json!({}))).await.created();
        assert_eq!(
            (&answer["status"], &answer["rule"]),
            (&expected["outcome"], &expected["rule"])
        );
        let status = answer["status"].as_str().expect("a status").to_owned();
        assert_eq!(
            standing(&app, &buyer).await,
            if status == "effective" { "closed" } else { "active" }
        );
        (status, answer["rule"].clone(), answer["window"]["from"].clone())
    };
    let renewed_on = in_days(&market, -10).await;
    let undone = ("effective".to_owned(), json!("renewal_undone"), json!(renewed_on));
    assert_eq!(outcome("after", 30).await, undone);
    assert_eq!(outcome("after", 10).await, undone, "the last day of the window");
    let next = renewed_on.plus_days(90);
    assert_eq!(
        outcome("after", 9).await,
        ("renewed".to_owned(), Value::Null, json!(next))
    );
    assert_eq!(
        outcome("before", 30).await,
        ("renewed".to_owned(), Value::Null, json!(next.plus_days(-30)))
    );
    let (status, rule, _) = outcome("either", 30).await;
    assert_eq!((status.as_str(), rule), ("effective", json!("renewal_undone")));
    app.audit_is_green().await;
}

/// R72: fourteen days of notice for an account without a term: leads go on until the last day is over, nothing can be
/// changed meanwhile, and at that instant the account is switched off and gets its final invoice.
#[rstest]
#[tokio::test]
async fn r72_a_notice_is_worked_and_the_account_switched_off(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let expected = preview(&owner, &buyer, "").await;
    assert_eq!(
        (&expected["notice_days"], &expected["freezes"], &expected["rule"]),
        (&json!(14), &json!(true), &json!("notice_worked"))
    );
    let notice = asks(&owner, &buyer, json!({})).await.created();
    let last_day = in_days(&market, 14).await;
    let ends_at = beginning(&market, last_day.plus_days(1)).await;
    assert_eq!(
        (&notice["status"], &notice["last_day"], &notice["effective_at"]),
        (&json!("scheduled"), &json!(last_day), &json!(ends_at))
    );
    assert_eq!(
        (&expected["last_day"], &expected["effective_at"]),
        (&notice["last_day"], &notice["effective_at"])
    );
    assert_eq!(standing(&app, &buyer).await, "in_notice");
    assert_eq!(messages(&app, "cancellation_scheduled").await, 1);
    app.advance(5).await;
    assert_eq!(messages(&app, "notice_ending").await, 0);
    app.advance(8).await;
    assert_eq!(messages(&app, "notice_ending").await, 1, "R126: a week before, once");
    market.sell_to(&buyer).await;
    let now: Timestamp = app.business_now().await.parse().expect("an instant");
    let left = ends_at.since(now).whole_seconds();
    app.advance_seconds(left - 60).await;
    assert_eq!(standing(&app, &buyer).await, "in_notice");
    market.sell_to(&buyer).await;
    let invoiced = market.invoices(&buyer).await.len();
    app.advance_seconds(120).await;
    assert_eq!(standing(&app, &buyer).await, "closed");
    let ended = shown(&owner, &notice).await;
    assert_eq!(ended["status"], "effective");
    assert!(market.sell().await.is_empty(), "no delivery after the end");
    let invoices = market.invoices(&buyer).await;
    assert!(
        invoices.len() > invoiced,
        "what was open of the week is invoiced at once"
    );
    let order = owner
        .get(format!("/orders/{}", buyer.order_id.as_deref().expect("an order")))
        .send()
        .await
        .ok();
    assert_eq!(
        (&order["status"], &order["hold"]),
        (&json!("cancelled"), &json!("closed"))
    );
    assert_eq!(messages(&app, "account_cancelled").await, 1);
    app.live_through(14).await;
    assert_eq!(
        market.invoices(&buyer).await.len(),
        invoices.len(),
        "nothing is invoiced twice"
    );
    let events = app.events("cancellation.changed").await;
    let statuses: Vec<_> = events.iter().map(|event| event["data"]["status"].clone()).collect();
    assert_eq!(statuses, ["scheduled", "effective"]);
    app.audit_is_green().await;
}

/// R72: the notice is that of the agreement's term.
#[rstest]
#[tokio::test]
async fn r72_the_notice_is_that_of_the_term(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let manager = app.staff("account_manager").await;
    for (term, days) in [("days_30", 30), ("year_1", 60)] {
        let buyer = market.buyer(term, json!({})).await;
        agreement(&market, &buyer, term, 100, json!({})).await;
        let notice = asks(&manager, &buyer, by_phone(json!({}))).await.created();
        let last_day = in_days(&market, days).await;
        assert_eq!((&notice["term"], &notice["last_day"]), (&json!(term), &json!(last_day)));
        assert_eq!(
            (&notice["cancelled_by"], &notice["requested_by"], &notice["channel"]),
            (&json!("staff"), &json!("Mo Okafor"), &json!("phone"))
        );
    }
    // A notice that came by mail is counted from its receipt.
    let buyer = market.buyer("By mail", json!({})).await;
    let received = in_days(&market, -5).await;
    let notice = json!({ "channel": "letter", "received_on": received });
    let notice = asks(&manager, &buyer, by_phone(notice)).await.created();
    assert_eq!(notice["last_day"], json!(received.plus_days(14)));
    app.audit_is_green().await;
}

/// R72: in notice every change is answered with 409, whoever asks; debts are paid and leads worked all the same.
#[rstest]
#[tokio::test]
async fn r72_in_notice_nothing_is_changed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let everything = json!({
        "coverage": "edit", "profile": "edit", "orders": "edit", "volume": "edit", "schedule": "edit",
        "businesses": "edit", "lead_contacts": "edit", "billing_contact": "edit", "payment_method": "edit", "plan": "edit",
    });
    let policy = json!({ "self_service": everything, "pause": { "actor": "supplier", "notice_hours": 0 } });
    let market = app.market_with("trade-weekly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let method = market.store_method(&buyer, "card", "ok").await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let person = json!({ "purpose": "general", "name": "Mo Okafor", "email": "mo@okafor.example" });
    let supplier = format!("/suppliers/{}", buyer.id);
    let contact = manager
        .post(format!("{supplier}/contacts"))
        .json(&person)
        .send()
        .await
        .created();
    let coverage = manager.all(&format!("{supplier}/coverage")).await;
    let area = coverage[0]["id"].as_str().expect("it covers something");
    let delivery = market.sell_to(&buyer).await;
    let order = format!("/orders/{}", buyer.order_id.as_deref().expect("an order"));
    asks(&owner, &buyer, json!({})).await.created();
    let soon = in_days(&market, 3).await;
    let changes = [
        ("PATCH", supplier.clone(), json!({ "name": "Another name" })),
        (
            "POST",
            format!("{supplier}/businesses"),
            json!({ "name": "Another", "trade": "Roofing" }),
        ),
        (
            "PATCH",
            format!("/businesses/{}", buyer.business_id),
            json!({ "name": "Another" }),
        ),
        ("POST", format!("{supplier}/contacts"), person.clone()),
        (
            "PATCH",
            format!("/contacts/{}", contact["id"].as_str().expect("an id")),
            json!({ "name": "Another" }),
        ),
        (
            "POST",
            format!("{supplier}/coverage"),
            json!({ "kind": "uk_area", "values": ["SW"] }),
        ),
        ("POST", format!("/coverage/{area}/end"), json!({})),
        (
            "POST",
            "/orders".to_owned(),
            json!({ "business_id": buyer.business_id, "product_id": market.product["id"] }),
        ),
        ("PATCH", order.clone(), json!({ "cap_day": 1 })),
        ("POST", format!("{order}/cancel"), json!({})),
        ("POST", format!("{order}/pause"), json!({ "returns_on": soon })),
        (
            "POST",
            "/pauses".to_owned(),
            json!({ "supplier_id": buyer.id, "returns_on": soon, "reason": "A week off." }),
        ),
        (
            "POST",
            "/cancellations".to_owned(),
            by_phone(json!({ "supplier_id": buyer.id })),
        ),
        (
            "PATCH",
            format!("{supplier}/authorisation"),
            json!({ "auto_bill": true }),
        ),
        ("POST", format!("/payment-methods/{method}/remove"), json!({})),
        (
            "POST",
            "/plan-subscriptions".to_owned(),
            json!({ "supplier_id": buyer.id, "tier": "leads_50" }),
        ),
    ];
    let by_staff = [
        (
            "POST",
            format!("{supplier}/agreements"),
            json!({ "title": "Another", "term": "rolling", "starts_on": soon, "document": "Text" }),
        ),
        (
            "POST",
            format!("{supplier}/members"),
            json!({ "email": "new@okafor.example", "name": "New", "role": "member" }),
        ),
        (
            "POST",
            "/packages".to_owned(),
            json!({ "business_id": buyer.business_id, "kind": "running", "leads": 5, "price": market.money(100) }),
        ),
        ("POST", format!("{supplier}/wallet"), json!({ "refill": "manual" })),
    ];
    let finance = app.staff("finance").await;
    for (method, path, body) in &changes {
        let verb = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        // Staff say how they were asked; the owner does not.
        let staff = match path.as_str() {
            "/plan-subscriptions" => &finance,
            _ => &manager,
        };
        let own = if path == "/cancellations" {
            json!({ "supplier_id": buyer.id })
        } else {
            body.clone()
        };
        for (client, body) in [(&owner, &own), (staff, body)] {
            let answer = client.call(verb.clone(), path).json(body).send().await;
            assert_eq!(answer.status.as_u16(), 409, "{method} {path}: {answer}");
        }
    }
    for (method, path, body) in &by_staff {
        let verb = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = manager.call(verb, path).json(body).send().await;
        assert_eq!(answer.status.as_u16(), 409, "{method} {path}: {answer}");
    }
    // Work on leads goes on.
    let outcome = json!({ "outcome": "contacted" });
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&outcome)
        .send()
        .await
        .ok();
    market.sell_to(&buyer).await;
    app.audit_is_green().await;
}

//! Support tickets: asked by suppliers, answered by staff in the promised time (R34, R83).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost::calendar::Zone;
use tradepost_contract::Timestamp;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, PASSWORD, TestApp, merged, spawn};

const HOUR: i64 = 3_600;

async fn asks(client: &Client, buyer: &Buyer, more: Value) -> Answer {
    let body = json!({
        "supplier_id": buyer.id, "topic": "leads", "subject": "Leads from outside of my area",
        "text": "Three leads of last week were from Dallas.\nWhy?",
    });
    client.post("/support-tickets").json(&merged(body, more)).send().await
}

async fn writes(client: &Client, ticket: &Value, body: Value) -> Answer {
    let path = format!("{}/messages", path_of(ticket));
    client.post(path).json(&body).send().await
}

fn path_of(thread: &Value) -> String {
    format!("/support-tickets/{}", thread["ticket"]["id"].as_str().expect("an id"))
}

async fn shown(client: &Client, thread: &Value) -> Value {
    client.get(path_of(thread)).send().await.ok()
}

async fn messages(app: &TestApp, kind: &str) -> Vec<Value> {
    let staff = app.staff("support").await;
    staff.all(&format!("/notifications?kind={kind}")).await
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).expect("an instant")
}

/// The instant after so many hours of business days, counted hour by hour.
fn hours_later(policy: &Value, zone: &str, from: Timestamp, hours: u32) -> Timestamp {
    let zone = Zone::parse(zone).expect("a zone");
    let is_business = |at: Timestamp| {
        let date = zone.date_of(at);
        let weekday = date.date().weekday().to_string().to_lowercase();
        policy["calendar"]["business_days"][&weekday] == true
            && policy["calendar"]["holidays"].get(date.to_string()).is_none()
    };
    let (mut at, mut left) = (from.as_micros(), i64::from(hours) * 60);
    while left > 0 {
        // Minute by minute: a day of a weekend ends in the middle of an hour that began before.
        let minute = Timestamp::from_micros(at);
        at += 60_000_000;
        if is_business(minute) {
            left -= 1;
        }
    }
    Timestamp::from_micros(at)
}

/// R34: an answer is due after 48 hours of business days, whichever day it is; who is late is told of it once, and who
/// has answered is not. A second question does not move the time, a new one after the answer does.
#[rstest]
#[tokio::test]
async fn r34_an_answer_is_due_in_business_hours(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let support = app.staff("support").await;
    let path = format!("/suppliers/{}/policy", buyer.id);
    let policy = support.get(path).send().await.ok()["policy"].clone();
    let zone = market.programme["time_zone"].as_str().expect("a zone").to_owned();
    let promise = owner
        .get(format!("/suppliers/{}/support-promise", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(promise["reply_within_business_hours"], 48);
    // A week of days, so that weekends and whatever holidays there are come up.
    for _ in 0..7 {
        let thread = asks(&owner, &buyer, json!({})).await.created();
        let ticket = &thread["ticket"];
        let due = hours_later(&policy, &zone, instant(&ticket["opened_at"]), 48);
        let off = instant(&ticket["reply_due_at"]).since(due).whole_seconds();
        assert!(off.abs() <= 60, "due {due}: {ticket}");
        let before = ticket["reply_due_at"].clone();
        app.advance_seconds(HOUR).await;
        let again = writes(&owner, &thread, json!({ "text": "Anybody?" })).await.created();
        assert_eq!(again["ticket"]["reply_due_at"], before);
        let answered = writes(&support, &thread, json!({ "text": "We look into it." }))
            .await
            .created();
        assert_eq!(answered["ticket"]["reply_due_at"], Value::Null);
        app.advance(1).await;
    }
    assert_eq!(messages(&app, "ticket_late").await.len(), 0);

    let thread = asks(&owner, &buyer, json!({})).await.created();
    let wait = instant(&thread["ticket"]["reply_due_at"]).since(instant(&thread["ticket"]["opened_at"]));
    app.advance_seconds(wait.whole_seconds() - 60).await;
    assert_eq!(shown(&support, &thread).await["ticket"]["is_late"], false);
    assert_eq!(messages(&app, "ticket_late").await.len(), 0);
    app.advance_seconds(120).await;
    assert_eq!(shown(&support, &thread).await["ticket"]["is_late"], true);
    assert_eq!(support.all("/support-tickets?late=true").await.len(), 1);
    app.advance(3).await;
    assert_eq!(messages(&app, "ticket_late").await.len(), 1, "told once");
    let answer = json!({ "text": "Sorry for the wait.", "by_phone": true });
    let answered = writes(&support, &thread, answer).await.created();
    assert_eq!(
        (&answered["ticket"]["status"], &answered["ticket"]["is_late"]),
        (&json!("answered"), &json!(false))
    );
    assert_eq!(answered["messages"][1]["by_phone"], true);
    assert_eq!(support.all("/support-tickets?late=true").await.len(), 0);
    app.audit_is_green().await;
}

/// R83, R1: a question goes to the account manager, or to the department where there is none. R34: who wants to be called
/// leaves a number, where the programme calls back.
#[rstest]
#[tokio::test]
async fn r83_a_question_reaches_the_account_manager(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.supplier("Okafor").await;
    let (admin, manager) = (app.staff("admin").await, app.staff("account_manager").await);
    let owner = market.owner(&buyer).await;
    let first = asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(first["ticket"]["assigned_to"], Value::Null);
    assert_eq!(
        messages(&app, "ticket_asked").await[0]["recipients"],
        json!([owner.get(format!("/suppliers/{}", buyer.id)).send().await.ok()["contact"]["email"]])
    );

    let me = manager.get("/me").send().await.ok();
    let ours = json!({ "account_manager_id": me["id"] });
    let path = format!("/suppliers/{}", buyer.id);
    manager.patch(path).json(&ours).send().await.ok();
    let second = asks(&owner, &buyer, json!({ "call_back_phone": "0113 496 0123" }))
        .await
        .created();
    assert_eq!(
        (&second["ticket"]["assigned_to"], &second["ticket"]["call_back_phone"]),
        (&me["id"], &json!("+441134960123"))
    );
    assert_eq!(
        messages(&app, "ticket_asked").await[0]["recipients"],
        json!([me["email"]])
    );
    let path = format!("/support-tickets?assigned_to={}", me["id"].as_str().expect("an id"));
    assert_eq!(manager.all(&path).await.len(), 1);

    // It is handed on to somebody who answers, and to nobody else.
    let hand_on = async |to: Value| {
        let body = json!({ "assigned_to": to });
        manager.patch(path_of(&second)).json(&body).send().await
    };
    app.staff("finance").await;
    app.staff("auditor").await;
    let people = admin.all("/users").await;
    let with = |role: &str| {
        let person = people.iter().find(|person| person["roles"] == json!([role]));
        person.unwrap_or_else(|| panic!("no {role}: {people:?}"))["id"].clone()
    };
    hand_on(with("auditor"))
        .await
        .assert_problem(422, "invalid", "/assigned_to");
    let handed = hand_on(with("finance")).await.ok();
    assert_eq!(handed["ticket"]["assigned_to"], with("finance"));
    owner
        .patch(path_of(&second))
        .json(&json!({ "assigned_to": null }))
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    let silent = app
        .market_with("trade-weekly", json!({ "support": { "call_back": false } }))
        .await;
    let other = silent.supplier("Reyes").await;
    let refused = asks(
        &silent.owner(&other).await,
        &other,
        json!({ "call_back_phone": "0113 496 0123" }),
    )
    .await;
    refused.assert_problem(422, "invalid", "/call_back_phone");
    assert_eq!(refused.field_code("/call_back_phone"), "not_offered");
    app.audit_is_green().await;
}

/// A ticket from the question to its end and beyond: who waits for whom, what only staff read, and what the trail, the
/// event log and the messages do not hold.
#[rstest]
#[tokio::test]
async fn a_ticket_goes_back_and_forth(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, support) = (market.owner(&buyer).await, app.staff("support").await);
    let secret = "Our marmalade is bitter.";
    let thread = asks(&owner, &buyer, json!({ "text": secret, "subject": "Marmalade" }))
        .await
        .created();
    assert_eq!(thread["allowed_actions"], json!(["ask", "close"]));

    let note = json!({ "text": "He rang twice.", "internal": true });
    let noted = writes(&support, &thread, note.clone()).await.created();
    assert_eq!(
        (&noted["ticket"]["status"], noted["messages"].as_array().map(Vec::len)),
        (&json!("open"), Some(2))
    );
    assert_eq!(
        shown(&owner, &thread).await["messages"].as_array().map(Vec::len),
        Some(1)
    );
    writes(&owner, &thread, note)
        .await
        .assert_problem(422, "invalid", "/internal");

    let answered = writes(&support, &thread, json!({ "text": "Sweeter now." }))
        .await
        .created();
    assert_eq!(answered["allowed_actions"], json!(["answer", "close"]));
    let told = messages(&app, "ticket_answered").await;
    let email = format!("owner.{}@buyer.example", buyer.id.replace('_', "-"));
    assert_eq!((told.len(), &told[0]["recipients"]), (1, &json!([email])));

    let version = answered["ticket"]["version"].as_i64().expect("a version");
    let close = async |client: &Client, version: i64| {
        let path = format!("{}/close", path_of(&thread));
        client.post(path).json(&json!({})).if_match(version).send().await
    };
    close(&owner, version - 1).await.assert_problem(412, "stale", "");
    let closed = close(&owner, version).await.ok();
    assert_eq!(
        (&closed["ticket"]["status"], &closed["allowed_actions"]),
        (&json!("closed"), &json!(["ask"]))
    );
    let late = writes(&support, &thread, json!({ "text": "One more thing." })).await;
    late.assert_problem(409, "state_conflict", "");
    let again = writes(&owner, &thread, json!({ "text": "Bitter again." }))
        .await
        .created();
    assert_eq!(
        (&again["ticket"]["status"], &again["ticket"]["closed_at"]),
        (&json!("open"), &Value::Null)
    );

    let id = thread["ticket"]["id"].as_str().expect("an id");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={id}"))
        .await;
    let actions: Vec<&str> = trail.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(
        actions,
        ["asked", "closed", "answered", "noted", "opened"].map(|word| format!("support_ticket.{word}"))
    );
    let events = app.events("support_ticket.changed").await;
    assert_eq!(events.len(), 4, "a note for staff is no event");
    for kept in [
        json!(trail),
        json!(events),
        json!(messages(&app, "ticket_asked").await),
        json!(told),
    ] {
        let text = kept.to_string();
        assert!(!text.contains("marmalade") && !text.contains("Marmalade"), "{text}");
    }
    app.audit_is_green().await;
}

/// R127: a ticket is its account's; who has only some of the businesses sees what they opened; a lead and an invoice of
/// somebody else are not there.
#[rstest]
#[tokio::test]
async fn r127_a_ticket_is_seen_by_its_own_people(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let (buyer, other) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Reyes", json!({})).await,
    );
    let (owner, stranger) = (market.owner(&buyer).await, market.owner(&other).await);
    let delivery = market.sell_to(&buyer).await;
    let about = asks(&owner, &buyer, json!({ "delivery_id": delivery })).await.created();
    assert_eq!(about["ticket"]["delivery_id"], json!(delivery));
    asks(&stranger, &other, json!({ "delivery_id": delivery }))
        .await
        .assert_problem(422, "invalid", "/delivery_id");
    asks(&stranger, &buyer, json!({}))
        .await
        .assert_problem(422, "invalid", "/supplier_id");
    stranger
        .get(path_of(&about))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    assert!(stranger.all("/support-tickets").await.is_empty());

    let manager = app.staff("account_manager").await;
    let member = json!({
        "email": "austin@okafor.example", "name": "Austin", "role": "member", "businesses": [buyer.business_id],
        "password": PASSWORD,
    });
    let path = format!("/suppliers/{}/members", buyer.id);
    manager.post(path).json(&member).send().await.assert_status(201);
    let member = app.sign_in("austin@okafor.example", PASSWORD).await;
    assert!(member.all("/support-tickets").await.is_empty());
    member
        .get(path_of(&about))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let own = asks(&member, &buyer, json!({ "delivery_id": delivery }))
        .await
        .created();
    assert_eq!(member.all("/support-tickets").await.len(), 1);
    assert_eq!(owner.all("/support-tickets").await.len(), 2);
    shown(&owner, &own).await;
    let by_staff = asks(&manager, &buyer, json!({})).await.created();
    assert_eq!(by_staff["ticket"]["status"], "open");
    app.audit_is_green().await;
}

/// A program run wild cannot write to everybody in support without end: a hundred questions wait at most, and each that
/// is answered makes room for another.
#[rstest]
#[tokio::test]
async fn a_hundred_questions_wait_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, support) = (market.owner(&buyer).await, app.staff("support").await);
    let first = asks(&owner, &buyer, json!({})).await.created();
    for _ in 1..100 {
        asks(&owner, &buyer, json!({})).await.created();
    }
    asks(&owner, &buyer, json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    writes(&support, &first, json!({ "text": "It is being looked at." }))
        .await
        .created();
    asks(&owner, &buyer, json!({})).await.created();
}

//! The call queue: who is called next, what comes of a call, and who is not called any more (R93, R98).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, Market, TestApp, merged, spawn};

fn call(lead: &str, disposition: &str) -> Value {
    json!({ "lead_id": lead, "duration_seconds": 40, "disposition": disposition })
}

async fn try_call(caller: &Client, body: &Value) -> Answer {
    caller.post("/call-attempts").json(body).send().await
}

async fn next(caller: &Client) -> Value {
    caller.post("/call-queue/next").json(&json!({})).send().await.ok()
}

async fn queued(client: &Client, lead: &str) -> Value {
    client.get(format!("/call-report/{lead}")).send().await.ok()
}

fn leads_of(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["lead_id"].as_str().expect("a lead"))
        .collect()
}

/// An instant so many minutes after the business clock.
async fn in_minutes(app: &TestApp, minutes: i64) -> String {
    use time::format_description::well_known::Rfc3339;
    let now = time::OffsetDateTime::parse(&app.business_now().await, &Rfc3339).expect("RFC 3339");
    (now + time::Duration::minutes(minutes))
        .format(&Rfc3339)
        .expect("RFC 3339")
}

/// R98: whoever waits longest is called first, and two callers never get the same person; each disposition does what
/// the policy says; callbacks come first when their time has come.
#[rstest]
#[tokio::test]
async fn r98_calls_go_by_the_queue(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    let mut leads = Vec::new();
    for _ in 0..4 {
        leads.push(market.hand_in(&customer.owner).await);
        app.advance_seconds(60).await;
    }
    let (casey, morgan) = (app.staff("caller").await, app.staff("account_manager").await);
    assert_eq!(leads_of(&casey.all("/call-queue?due=true").await), leads);
    let first = next(&casey).await;
    assert_eq!(
        (&first["lead"]["lead_id"], &first["due"]),
        (&json!(leads[0]), &json!(3))
    );
    assert_eq!(
        (
            &first["lead"]["state"],
            &first["lead"]["claimed_by_me"],
            &first["lead"]["period_key"]
        ),
        (&json!("claimed"), &json!(true), &json!("M1"))
    );
    assert!(
        first["lead"]["person"]["phone"]
            .as_str()
            .is_some_and(|phone| phone.starts_with('+'))
    );
    let second = next(&morgan).await;
    assert_eq!(second["lead"]["lead_id"], json!(leads[1]), "two callers, two people");
    assert_eq!(
        next(&casey).await["lead"]["lead_id"],
        json!(leads[0]),
        "a caller keeps theirs"
    );
    let taken = morgan
        .post(format!("/call-queue/{}/claim", leads[0]))
        .json(&json!({}))
        .send()
        .await;
    taken.assert_problem(409, "state_conflict", "");
    assert!(taken.text().contains("has this lead"), "{taken}");
    try_call(&morgan, &call(&leads[0], "voicemail"))
        .await
        .assert_problem(409, "state_conflict", "");

    // A callback, a voicemail, one given back, and one that ends.
    let at = in_minutes(&app, 30).await;
    let body = merged(
        call(&leads[0], "callback"),
        json!({ "callback_at": at, "note": "Wants to talk to a partner first." }),
    );
    let made = try_call(&casey, &body).await.created();
    assert_eq!(
        (&made["disposition_label"], &made["closes"]),
        (&json!("Call back"), &json!(false))
    );
    try_call(&morgan, &call(&leads[1], "voicemail")).await.created();
    assert_eq!(next(&casey).await["lead"]["lead_id"], json!(leads[2]));
    let released = casey
        .post(format!("/call-queue/{}/release", leads[2]))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(
        (&released["state"], &released["claimed_by_name"]),
        (&json!("waiting"), &Value::Null)
    );
    try_call(&morgan, &call(&leads[2], "appointment")).await.created();
    assert_eq!(queued(&casey, &leads[2]).await["state"], "closed");
    assert_eq!(leads_of(&casey.all("/call-queue?due=true").await), [&leads[3]]);
    assert_eq!(
        leads_of(&casey.all("/call-queue").await),
        [&leads[0], &leads[3], &leads[1]]
    );

    // Half an hour later the callback comes before the one that waits, and three hours later the voicemail.
    app.advance_seconds(31 * 60).await;
    assert_eq!(
        leads_of(&casey.all("/call-queue?due=true").await),
        [&leads[0], &leads[3]]
    );
    let back = next(&casey).await;
    assert_eq!(
        (&back["lead"]["lead_id"], &back["lead"]["is_callback"]),
        (&json!(leads[0]), &json!(true))
    );
    assert_eq!(back["lead"]["history"][0]["note"], "Wants to talk to a partner first.");
    try_call(&casey, &call(&leads[0], "live_transfer")).await.created();
    try_call(&casey, &call(&leads[3], "not_interested")).await.created();
    let none = next(&casey).await;
    assert_eq!((&none["lead"], &none["due"]), (&Value::Null, &json!(0)));
    assert!(none["next_due_at"].is_string(), "{none}");
    app.advance_seconds(3 * 3_600).await;
    assert_eq!(next(&casey).await["lead"]["lead_id"], json!(leads[1]));

    let attempts = casey.all(&format!("/call-attempts?lead_id={}", leads[0])).await;
    let codes: Vec<_> = attempts.iter().map(|one| one["disposition"].clone()).collect();
    assert_eq!(codes, ["live_transfer", "callback"], "the latest first");
    assert_eq!(app.await_events("call.queued", 4).await.len(), 4);
    assert_eq!(app.await_events("call.attempted", 5).await.len(), 5);
    let entries = app.staff("auditor").await.all("/audit-entries").await;
    for action in ["call.claimed", "call.released", "call.attempted"] {
        assert!(entries.iter().any(|entry| entry["action"] == action), "{action}");
    }
    let kept = format!("{entries:?}");
    assert!(
        !kept.contains("partner") && !kept.contains("Dana"),
        "what was said is in no trail"
    );
    app.audit_is_green().await;
}

/// R98: what is wrong with a call is said at its field, and nothing is recorded.
#[rstest]
#[tokio::test]
async fn r98_a_call_is_recorded_whole_or_not_at_all(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    let lead = market.hand_in(&customer.owner).await;
    let caller = app.staff("caller").await;
    let (soon, past) = (in_minutes(&app, 60).await, in_minutes(&app, -60).await);
    let far = in_minutes(&app, 366 * 24 * 60).await;
    let table = [
        (json!({ "disposition": "hung_up" }), "/disposition", "unknown"),
        (json!({ "disposition": "callback" }), "/callback_at", "required"),
        (
            json!({ "disposition": "callback", "callback_at": past }),
            "/callback_at",
            "too_early",
        ),
        (
            json!({ "disposition": "callback", "callback_at": far }),
            "/callback_at",
            "too_late",
        ),
        (json!({ "callback_at": soon }), "/callback_at", "not_asked"),
        (
            json!({ "duration_seconds": 14_401 }),
            "/duration_seconds",
            "out_of_range",
        ),
        (json!({ "duration_seconds": -1 }), "/duration_seconds", "out_of_range"),
        (json!({ "started_at": soon }), "/started_at", "in_future"),
        (
            json!({ "started_at": "2001-01-01T00:00:00Z" }),
            "/started_at",
            "too_early",
        ),
        (json!({ "note": "x".repeat(2_001) }), "/note", "too_long"),
        (json!({ "lead_id": "lead_0000000000zzz" }), "/lead_id", "unknown_id"),
        (json!({ "corrects": "call_0000000000zzz" }), "/corrects", "unknown_id"),
    ];
    for (patch, pointer, code) in table {
        let refused = try_call(&caller, &merged(call(&lead, "voicemail"), patch)).await;
        refused.assert_problem(422, "invalid", pointer);
        assert_eq!(refused.field_code(pointer), code, "{refused}");
    }
    let unknown = json!({ "supplier_id": "sup_0000000000zzz" });
    let refused = caller.post("/call-queue/next").json(&unknown).send().await;
    refused.assert_problem(422, "invalid", "/supplier_id");
    let unknown = caller.get("/call-report/lead_0000000000zzz").send().await;
    unknown.assert_problem(404, "not_found", "");
    let untouched = queued(&caller, &lead).await;
    assert_eq!(
        (&untouched["attempts"], &untouched["state"]),
        (&json!(0), &json!("waiting"))
    );

    // The same request again is the same call.
    let body = call(&lead, "voicemail");
    let once = caller
        .post("/call-attempts")
        .json(&body)
        .idempotency_key("one call")
        .send()
        .await
        .created();
    let again = caller
        .post("/call-attempts")
        .json(&body)
        .idempotency_key("one call")
        .send()
        .await
        .created();
    assert_eq!(once["id"], again["id"]);
    assert_eq!(queued(&caller, &lead).await["attempts"], 1);
}

/// R98: who asked not to be called is not called for that customer again, whichever lead brings the number; for
/// another customer they are.
#[rstest]
#[tokio::test]
async fn r98_who_is_not_to_be_called_is_not_called(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    // Repeated enquiries are taken as new leads here, so that one number comes twice.
    let market = app
        .market_with("isa-calling", json!({ "intake": { "duplicate": "new_lead" } }))
        .await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let person = json!({ "person": { "phone": "(512) 474-0142" } });
    let hand_in = async |client: &Client| {
        let lead = merged(market.lead(), person.clone());
        let receipt = client.post("/leads").json(&lead).send().await.created();
        receipt["lead"]["id"].as_str().expect("an id").to_owned()
    };
    let (first, second) = (hand_in(&customer.owner).await, hand_in(&customer.owner).await);
    let elsewhere = hand_in(&other.owner).await;
    let caller = app.staff("caller").await;
    let wrong = try_call(&caller, &call(&first, "bad_data")).await.created();
    assert_eq!(wrong["do_not_call"], true);
    let third = hand_in(&customer.owner).await;
    for lead in [&second, &third] {
        let row = queued(&caller, lead).await;
        assert_eq!(
            (&row["state"], &row["removed_because"]),
            (&json!("removed"), &json!("do_not_call"))
        );
        let claim = caller
            .post(format!("/call-queue/{lead}/claim"))
            .json(&json!({}))
            .send()
            .await;
        claim.assert_problem(409, "state_conflict", "");
        try_call(&caller, &call(lead, "voicemail"))
            .await
            .assert_problem(409, "state_conflict", "");
    }
    assert_eq!(leads_of(&caller.all("/call-queue").await), [&elsewhere]);
    app.audit_is_green().await;

    // It was the wrong button: another call says so, and the number is called again.
    let correction = merged(call(&first, "voicemail"), json!({ "corrects": wrong["id"] }));
    let right = try_call(&caller, &correction).await.created();
    assert_eq!(right["corrects"], wrong["id"]);
    assert_eq!(queued(&caller, &first).await["state"], "waiting");
    let again = merged(call(&first, "appointment"), json!({ "corrects": wrong["id"] }));
    try_call(&caller, &again)
        .await
        .assert_problem(422, "invalid", "/corrects");
    let fourth = hand_in(&customer.owner).await;
    assert_eq!(queued(&caller, &fourth).await["state"], "waiting");
    // What is closed is not called by mistake.
    try_call(&caller, &call(&fourth, "appointment")).await.created();
    try_call(&caller, &call(&fourth, "voicemail"))
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

async fn cancel_plan(client: &Client, plan: &Value, at: &str) {
    let path = format!("/plan-subscriptions/{}/cancel", plan["id"].as_str().expect("an id"));
    client.post(path).json(&json!({ "at": at })).send().await.ok();
}

/// R93, R94: at once with the plan, its leads leave the queue; where the plan ends with its period, they stay until
/// then. What was said in a call that was under way is kept.
#[rstest]
#[tokio::test]
async fn r93_the_queue_is_empty_when_the_plan_is_over(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (now, later) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let mut leads = Vec::new();
    for _ in 0..3 {
        leads.push(market.hand_in(&now.owner).await);
    }
    let waits = market.hand_in(&later.owner).await;
    let caller = app.staff("caller").await;
    try_call(&caller, &call(&leads[0], "appointment")).await.created();
    caller
        .post(format!("/call-queue/{}/claim", leads[1]))
        .json(&json!({}))
        .send()
        .await
        .ok();
    cancel_plan(&now.owner, &now.plan, "now").await;
    cancel_plan(&later.owner, &later.plan, "period_end").await;

    assert_eq!(
        leads_of(&caller.all("/call-queue").await),
        [&waits],
        "R93, and R94 for the other"
    );
    let report = now.owner.all("/call-report?sort=oldest").await;
    let stands: Vec<_> = report
        .iter()
        .map(|row| (row["state"].clone(), row["removed_because"].clone()))
        .collect();
    let gone = || (json!("removed"), json!("plan_ended"));
    assert_eq!(stands, [(json!("closed"), Value::Null), gone(), gone()]);
    let told = app.await_events("call.removed", 1).await;
    assert_eq!(
        (&told[0]["data"]["leads"], &told[0]["data"]["reason"]),
        (&json!(2), &json!("plan_ended"))
    );
    // The call under way is noted by who made it, and brings nothing back; nobody else may begin one.
    try_call(&app.staff("admin").await, &call(&leads[1], "voicemail"))
        .await
        .assert_problem(409, "state_conflict", "");
    try_call(&caller, &call(&leads[2], "voicemail"))
        .await
        .assert_problem(409, "state_conflict", "");
    try_call(&caller, &call(&leads[1], "voicemail")).await.created();
    let noted = queued(&caller, &leads[1]).await;
    assert_eq!((&noted["state"], &noted["attempts"]), (&json!("removed"), &json!(1)));
    let last = now.owner.all(&format!("/call-attempts?lead_id={}", leads[0])).await[0].clone();
    let correction = merged(call(&leads[0], "voicemail"), json!({ "corrects": last["id"] }));
    try_call(&caller, &correction)
        .await
        .assert_problem(409, "state_conflict", "");
    // Without a plan nobody is called.
    market.hand_in(&now.owner).await;
    assert_eq!(now.owner.all("/call-report").await.len(), 3);
    app.audit_is_green().await;

    app.advance(40).await;
    app.until("the period is over", async || {
        caller.all("/call-queue").await.is_empty()
    })
    .await;
    let row = queued(&caller, &waits).await;
    assert_eq!(
        (&row["state"], &row["removed_because"]),
        (&json!("removed"), &json!("plan_ended"))
    );
    app.audit_is_green().await;
}

/// R93, R13: leads leave the queue with the account, however it ends, and when the person takes the consent back.
#[rstest]
#[case("close", "account_over")]
#[case("revoke", "plan_ended")]
#[tokio::test]
async fn r93_nobody_is_called_for_an_account_that_is_over(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] how: &str,
    #[case] because: &str,
) {
    let app = spawn(on).await;
    let policy = json!({ "billing": { "revocation": "charge_and_deactivate" } });
    let market = app.market_with("isa-calling", policy).await;
    let customer = market.customer("Okafor").await;
    let (lead, taken_back) = (
        market.hand_in(&customer.owner).await,
        market.hand_in(&customer.owner).await,
    );
    let caller = app.staff("caller").await;
    let reason = json!({ "reason": "They asked for it." });
    let admin = app.staff("admin").await;
    admin
        .post(format!("/leads/{taken_back}/withdraw"))
        .json(&reason)
        .send()
        .await
        .ok();
    assert_eq!(queued(&caller, &taken_back).await["removed_because"], "lead_withdrawn");
    assert_eq!(leads_of(&caller.all("/call-queue").await), [&lead]);
    let id = &customer.buyer.id;
    if how == "close" {
        let path = format!("/suppliers/{id}/close");
        app.staff("account_manager")
            .await
            .post(path)
            .json(&reason)
            .send()
            .await
            .ok();
    } else {
        let path = format!("/suppliers/{id}/authorisation/revoke");
        customer.owner.post(path).json(&reason).send().await.ok();
    }
    assert!(caller.all("/call-queue").await.is_empty());
    assert_eq!(queued(&caller, &lead).await["removed_because"], because);
    assert_eq!(next(&caller).await["lead"], Value::Null);
    app.audit_is_green().await;
}

/// A market whose customers have so many leads waiting.
async fn waiting(market: &Market<'_>, client: &Client, leads: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..leads {
        ids.push(market.hand_in(client).await);
    }
    ids
}

/// R98, R123: a program records calls by its key, in its own programme only; a customer's key and people never do.
#[rstest]
#[tokio::test]
async fn r98_a_dialler_works_by_its_key(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    let leads = waiting(&market, &customer.owner, 3).await;
    let dialler = app.key(&["calls:write"], Some(market.id()), None).await.idempotent();
    let elsewhere = app.market("isa-calling").await;
    let stranger = app.key(&["calls:write"], Some(elsewhere.id()), None).await.idempotent();
    assert_eq!(next(&stranger).await["lead"], Value::Null);
    let claim = stranger
        .post(format!("/call-queue/{}/claim", leads[0]))
        .json(&json!({}))
        .send()
        .await;
    claim.assert_problem(404, "not_found", "");
    try_call(&stranger, &call(&leads[0], "voicemail"))
        .await
        .assert_problem(422, "invalid", "/lead_id");
    assert_eq!(next(&dialler).await["lead"]["lead_id"], json!(leads[0]));
    try_call(&dialler, &call(&leads[0], "appointment")).await.created();
    assert_eq!(leads_of(&dialler.all("/call-queue").await), [&leads[1], &leads[2]]);
    let bound = json!({ "name": "Customer", "scopes": ["calls:write"], "supplier_id": customer.buyer.id });
    let refused = app.staff("admin").await.post("/api-keys").json(&bound).send().await;
    refused.assert_problem(422, "invalid", "/scopes");
    for path in ["/call-queue", "/call-queue/next"] {
        let method = if path.ends_with("next") { "POST" } else { "GET" };
        let call = customer.owner.call(method.parse().expect("a method"), path);
        call.send().await.assert_problem(403, "forbidden", "");
    }
    try_call(&customer.owner, &call(&leads[1], "appointment"))
        .await
        .assert_problem(403, "forbidden", "");
    // A page of the queue goes on where the one before ended.
    let pages = dialler.all("/call-queue?limit=1").await;
    assert_eq!(leads_of(&pages), [&leads[1], &leads[2]]);
    app.audit_is_green().await;
}

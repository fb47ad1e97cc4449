//! The call report: what a customer sees of its leads, as it happens (R97–R100).

use rstest::rstest;
use serde_json::{Value, json};
use std::time::Duration;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::calling::Customer;
use tradepost_tests::{Client, Market, TestApp, spawn};

async fn call(app: &TestApp, lead: &str, disposition: &str) -> Value {
    let body = json!({ "lead_id": lead, "duration_seconds": 65, "disposition": disposition, "note": format!("Said {disposition}.") });
    app.staff("caller")
        .await
        .post("/call-attempts")
        .json(&body)
        .send()
        .await
        .created()
}

async fn summary(client: &Client, customer: &Customer) -> Value {
    let path = format!("/call-report/summary?supplier_id={}", customer.buyer.id);
    client.get(path).send().await.ok()
}

fn leads_of(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["lead_id"].as_str().expect("a lead"))
        .collect()
}

/// R98: each lead with its particulars, its last result and its calls; filtered, counted and as a file.
#[rstest]
#[tokio::test]
async fn r98_the_report_says_what_came_of_each_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let mut leads = Vec::new();
    for _ in 0..3 {
        leads.push(market.hand_in(&customer.owner).await);
        app.advance_seconds(60).await;
    }
    market.hand_in(&other.owner).await;
    call(&app, &leads[0], "voicemail").await;
    app.advance_seconds(60).await;
    call(&app, &leads[1], "appointment").await;
    app.advance_seconds(60).await;
    call(&app, &leads[0], "live_transfer").await;

    let rows = customer.owner.all("/call-report").await;
    assert_eq!(
        leads_of(&rows),
        [&leads[0], &leads[1], &leads[2]],
        "what happened last comes first"
    );
    let row = &rows[0];
    assert_eq!(
        (
            &row["state"],
            &row["attempts"],
            &row["disposition"],
            &row["disposition_label"]
        ),
        (
            &json!("closed"),
            &json!(2),
            &json!("live_transfer"),
            &json!("Live transfer")
        )
    );
    let history: Vec<_> = row["history"]
        .as_array()
        .expect("calls")
        .iter()
        .map(|one| one["note"].clone())
        .collect();
    assert_eq!(history, ["Said live_transfer.", "Said voicemail."]);
    assert!(
        row["person"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("Dana Reyes"))
    );
    assert_eq!(
        row["claimed_by_name"],
        Value::Null,
        "who has a lead is the service's own matter"
    );

    let found = async |filter: &str| {
        let rows = customer.owner.all(&format!("/call-report?{filter}")).await;
        rows.iter()
            .map(|row| row["lead_id"].as_str().expect("a lead").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("sort=newest").await,
        [&leads[2], &leads[1], &leads[0]].map(String::clone)
    );
    assert_eq!(found("state=waiting,claimed").await, [leads[2].clone()]);
    assert_eq!(found("disposition=appointment").await, [leads[1].clone()]);
    assert_eq!(
        found("disposition=appointment,live_transfer&sort=oldest&limit=1").await,
        leads[..2]
    );
    let since = row["last_called_at"].as_str().expect("an instant");
    assert_eq!(found(&format!("called_from={since}")).await, [leads[0].clone()]);
    assert_eq!(found(&format!("called_before={since}")).await, [leads[1].clone()]);
    let queued = rows[1]["queued_at"].as_str().expect("an instant");
    assert_eq!(found(&format!("queued_from={queued}&sort=oldest")).await, leads[1..]);
    assert_eq!(found(&format!("queued_before={queued}")).await, [leads[0].clone()]);
    assert_eq!(
        found(&format!("supplier_id={}", other.buyer.id)).await,
        Vec::<String>::new(),
        "R127"
    );

    let figures = summary(&customer.owner, &customer).await;
    let counts = ["open", "closed", "removed", "not_called_yet"].map(|name| figures[name].clone());
    assert_eq!(counts, [1, 2, 0, 1].map(|count| json!(count)));
    assert_eq!(
        figures["dispositions"],
        json!([
            { "disposition": "appointment", "label": "Appointment", "leads": 1 },
            { "disposition": "live_transfer", "label": "Live transfer", "leads": 1 },
        ])
    );
    let foreign = format!("/call-report/summary?supplier_id={}", other.buyer.id);
    customer
        .owner
        .get(foreign)
        .send()
        .await
        .assert_problem(404, "not_found", "");

    let file = customer
        .owner
        .get("/call-report.csv?disposition=live_transfer")
        .send()
        .await;
    let text = file.assert_status(200).text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[1].starts_with(&leads[0]) && lines[1].contains("Live transfer") && lines[1].contains("M1"),
        "{text}"
    );
    let refused = customer.owner.get("/call-report.csv?limit=3").send().await;
    refused.assert_problem(400, "invalid_parameter", "?limit");
    let everything = app.staff("support").await.all("/call-report").await;
    assert_eq!(everything.len(), 4, "staff see all of it");
}

/// R97: each lead has the key of the period that it counts against, and usage is on the report at any time.
#[rstest]
#[tokio::test]
async fn r97_usage_and_the_period_of_each_lead_are_on_the_report(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    market.hand_in(&customer.owner).await;
    let usage = summary(&customer.owner, &customer).await["usage"].clone();
    assert_eq!(
        (&usage["key"], &usage["used"], &usage["min_units"], &usage["overage"]),
        (&json!("M1"), &json!(1), &json!(50), &json!(0))
    );
    assert_eq!(usage["ends_before"], customer.plan["renews_on"]);
    app.advance(33).await;
    app.until("it is renewed", async || {
        summary(&customer.owner, &customer).await["usage"]["key"] == "M2"
    })
    .await;
    market.hand_in(&customer.owner).await;
    market.hand_in(&customer.owner).await;
    let usage = summary(&customer.owner, &customer).await["usage"].clone();
    assert_eq!((&usage["key"], &usage["used"]), (&json!("M2"), &json!(2)));
    let rows = customer.owner.all("/call-report?sort=oldest").await;
    let keys: Vec<_> = rows.iter().map(|row| row["period_key"].clone()).collect();
    assert_eq!(keys, ["M1", "M2", "M2"], "MKey");
    let member = market.member(&customer.buyer, "member").await;
    assert_eq!(summary(&member, &customer).await["usage"]["used"], 2);
    app.audit_is_green().await;
}

/// R98: a call that is recorded shows on the report that is open, without signing in or asking again; who comes back
/// with the last id misses nothing; another customer hears nothing of it.
#[rstest]
#[tokio::test]
async fn r98_the_report_is_live(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let lead = market.hand_in(&customer.owner).await;
    let mut theirs = app.follow(&other.owner, &other.buyer.id, None).await;
    assert_eq!(theirs.next().await.event, "ready");
    let mut following = app.follow(&customer.owner, &customer.buyer.id, None).await;
    let ready = following.next().await;
    assert_eq!(ready.event, "ready");

    let mut last = ready.id.clone();
    for disposition in ["voicemail", "appointment"] {
        call(&app, &lead, disposition).await;
        // On PostgreSQL the log is a moment behind, so that what came before may still come.
        let message = loop {
            let message = following.next().await;
            assert!(message.id > last, "ids rise");
            last.clone_from(&message.id);
            if message.data["kind"] == "call.attempted" {
                break message;
            }
        };
        let shown = &message.data["lead"];
        assert_eq!(
            (&shown["lead_id"], &shown["disposition"]),
            (&json!(lead), &json!(disposition))
        );
        assert_eq!(shown["history"][0]["note"], format!("Said {disposition}."));
    }
    drop(following);
    let second = market.hand_in(&customer.owner).await;
    let mut again = app.follow(&customer.owner, &customer.buyer.id, Some(&last)).await;
    let missed = again.next().await;
    assert_eq!(
        (&missed.data["kind"], &missed.data["lead"]["lead_id"]),
        (&json!("call.queued"), &json!(second))
    );
    // The whole of a plan at once has no single lead.
    let path = format!(
        "/plan-subscriptions/{}/cancel",
        customer.plan["id"].as_str().expect("an id")
    );
    customer
        .owner
        .post(path)
        .json(&json!({ "at": "now" }))
        .send()
        .await
        .ok();
    let over = again.next().await;
    assert_eq!(
        (&over.data["kind"], &over.data["lead"]),
        (&json!("call.removed"), &Value::Null)
    );
    assert!(theirs.next_within(Duration::from_secs(2)).await.is_none(), "R127");
}

/// R98, R127: a report is followed by whom it belongs to, as long as they are signed in, and by so many at once.
#[rstest]
#[tokio::test]
async fn r98_a_stream_ends_with_the_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let stream = |supplier: &str| format!("/call-report/stream?supplier_id={supplier}");
    let foreign = customer.owner.get(stream(&other.buyer.id)).send().await;
    foreign.assert_problem(400, "invalid_parameter", "?supplier_id");
    let unknown = customer.owner.get(stream("sup_0000000000zzz")).send().await;
    unknown.assert_problem(400, "invalid_parameter", "?supplier_id");
    let nobody = app.anonymous().get(stream(&customer.buyer.id)).send().await;
    nobody.assert_problem(401, "unauthenticated", "");
    let bad = customer
        .owner
        .get(stream(&customer.buyer.id))
        .header("Last-Event-ID", "7")
        .send()
        .await;
    bad.assert_problem(400, "invalid_header", "");
    let head = customer
        .owner
        .call("HEAD".parse().expect("a method"), &stream(&customer.buyer.id));
    head.send().await.assert_status(200);

    // A person has a few windows open and no more.
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(app.follow(&customer.owner, &customer.buyer.id, None).await);
    }
    let refused = customer.owner.get(stream(&customer.buyer.id)).send().await;
    refused.assert_problem(429, "too_many_requests", "");
    assert!(refused.header("Retry-After").is_some());
    app.follow(&other.owner, &other.buyer.id, None).await;
    drop(open);
    let mut by_person = None;
    app.until("there is room again", async || {
        by_person = app.try_follow(&customer.owner, &customer.buyer.id, None).await;
        by_person.is_some()
    })
    .await;
    let mut by_person = by_person.expect("there is room");

    let key = app.key(&["calls:read"], None, Some(&customer.buyer.id)).await;
    let mut by_key = app.follow(&key, &customer.buyer.id, None).await;
    assert_eq!(
        (by_key.next().await.event, by_person.next().await.event),
        ("ready".to_owned(), "ready".to_owned())
    );
    let admin = app.staff("admin").await;
    for key in admin.all(&format!("/api-keys?supplier_id={}", customer.buyer.id)).await {
        let path = format!("/api-keys/{}/revoke", key["id"].as_str().expect("an id"));
        admin.post(path).json(&json!({})).send().await.ok();
    }
    for session in customer.owner.all("/sessions").await {
        let path = format!("/sessions/{}", session["id"].as_str().expect("an id"));
        customer.owner.delete(path).send().await;
    }
    assert!(by_key.ends_within(Duration::from_secs(25)).await, "with the key");
    assert!(by_person.ends_within(Duration::from_secs(25)).await, "with the session");
}

/// R98: a server that is told to stop ends the streams, and does not wait for those who follow.
#[rstest]
#[tokio::test]
async fn r98_a_server_that_stops_ends_the_streams(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let customer = market.customer("Okafor").await;
    let mut following = app.follow(&customer.owner, &customer.buyer.id, None).await;
    assert_eq!(following.next().await.event, "ready");
    let stop = app.stop_gracefully();
    assert!(following.ends_within(Duration::from_secs(5)).await);
    drop(stop);
}

/// R99: a customer's own leads come by form, by file and by its key; each counts against its plan and is called, and
/// nobody else ever sees one. Who has a plan buys none again.
#[rstest]
#[tokio::test]
async fn r99_own_leads_come_by_form_file_and_key(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let supplier = customer.buyer.id.clone();
    let usage = async || summary(&customer.owner, &customer).await["usage"]["used"].clone();

    let form = customer
        .owner
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .created();
    assert_eq!((&form["sold_to"], &form["not_sold_to"]), (&json!([]), &json!([])));
    assert_eq!(usage().await, 1);
    let key = app.key(&["leads:write"], None, Some(&supplier)).await.idempotent();
    let by_key = key.post("/leads").json(&market.lead()).send().await.created();
    assert_eq!(by_key["lead"]["owner_supplier_id"], json!(supplier));
    assert_eq!(usage().await, 2);
    import(&app, &market, &customer.owner).await;
    assert_eq!(usage().await, 4);

    let rows = customer.owner.all("/call-report?sort=oldest").await;
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["state"] == "waiting"), "each is to be called");
    let support = app.staff("support").await;
    for row in &rows {
        let lead = row["lead_id"].as_str().expect("a lead");
        let trace = support.get(format!("/leads/{lead}/trace")).send().await.ok();
        assert_eq!(trace["attempts"], json!([]), "nobody was a candidate");
        let path = format!("/call-attempts?lead_id={lead}");
        assert!(other.owner.all(&path).await.is_empty());
    }
    assert!(other.owner.all("/call-report").await.is_empty());
    assert!(other.owner.all("/deliveries").await.is_empty());
    assert!(other.owner.all("/lead-imports").await.is_empty());
    assert_eq!(summary(&other.owner, &other).await["usage"]["used"], 0);

    // The second onboarding of a customer is another hand of leads, and no purchase: there is one plan.
    let again = json!({ "supplier_id": supplier, "tier": "leads_50" });
    let finance = app.staff("finance").await;
    finance
        .post("/plan-subscriptions")
        .json(&again)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(market.payments(&customer.buyer).await.len(), 1);
    app.audit_is_green().await;
}

/// Imports a file of two leads, as the customer does.
async fn import(app: &TestApp, market: &Market<'_>, owner: &Client) {
    let csv = "name,phone,email,postcode\nAda Byron,(512) 474-0101,ada@example.com,78701\nMo Reyes,(512) 474-0102,mo@example.com,78701\n";
    let product = market.product["id"].as_str().expect("an id");
    let path = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name=leads.csv",
        market.id()
    );
    let made = owner.post(path).bytes("text/csv", csv).send().await.created();
    let path = format!("/lead-imports/{}", made["id"].as_str().expect("an id"));
    owner
        .post(format!("{path}/start"))
        .json(&json!({}))
        .send()
        .await
        .assert_status(202);
    app.until("it is imported", async || {
        owner.get(&path).send().await.ok()["status"] == "done"
    })
    .await;
    let done = owner.get(&path).send().await.ok();
    assert_eq!(done["counts"]["accepted"], 2, "{done}");
}

/// R100: the script of the policy in force is read by who calls and by the customer; a new version is another script.
#[rstest]
#[tokio::test]
async fn r100_the_script_is_read_by_caller_and_customer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (customer, other) = (market.customer("Okafor").await, market.customer("Zenith").await);
    let path = format!("/suppliers/{}/call-script", customer.buyer.id);
    let caller = app.staff("caller").await;
    let before = caller.get(&path).send().await.ok();
    assert_eq!(before["script"]["title"], "What our callers say");
    assert!(
        before["script"]["text"]
            .as_str()
            .is_some_and(|text| text.contains("## Opening"))
    );
    assert_eq!(before["dispositions"]["callback"]["asks_callback"], true);
    assert_eq!(customer.owner.get(&path).send().await.ok(), before);
    other.owner.get(&path).send().await.assert_problem(404, "not_found", "");

    let admin = app.staff("admin").await;
    let drafts = format!("/programmes/{}/policy-drafts", market.id());
    let draft = admin
        .post(drafts)
        .json(&json!({ "note": "A shorter script." }))
        .send()
        .await
        .created();
    let path_of_draft = format!("/policy-drafts/{}", draft["id"].as_str().expect("an id"));
    let broken = json!({ "policy": { "calls": { "script": { "title": " ", "text": "Hello." } } } });
    let refused = admin.patch(&path_of_draft).json(&broken).send().await;
    assert_eq!(refused.status, 422, "{refused}");
    let script = json!({ "title": "Shorter", "text": "Hello, and thank you." });
    let patch = json!({ "policy": { "calls": { "script": script } } });
    admin.patch(&path_of_draft).json(&patch).send().await.ok();
    assert_eq!(caller.get(&path).send().await.ok(), before, "a draft changes nothing");
    admin
        .post(format!("{path_of_draft}/publish"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    let after = customer.owner.get(&path).send().await.ok();
    assert_eq!(after["script"], script);
    assert_ne!(after["policy_version_id"], before["policy_version_id"]);
    // A customer may have a script of its own.
    let own = json!({ "calls": { "script": { "title": "For Okafor" } } });
    let supplier = format!("/suppliers/{}", customer.buyer.id);
    let manager = app.staff("account_manager").await;
    manager
        .patch(supplier)
        .json(&json!({ "policy_override": own }))
        .send()
        .await
        .ok();
    assert_eq!(caller.get(&path).send().await.ok()["script"]["title"], "For Okafor");
}

//! What says who somebody is goes when the policy's time is over (R81, R82): leads, files and recordings' places, each
//! after its own time, not while something else needs them, and by the same code as an erasure on request.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Market, TestApp, merged, spawn};

async fn named(market: &Market<'_>, name: &str) -> Value {
    let now = market.app.business_now().await;
    let small = name.to_lowercase();
    merged(
        market.lead(),
        json!({ "person": { "name": format!("{name} Quackenbush"), "email": format!("{small}@quackenbush.example"),
            "notes": format!("Ask for {name}."), "address": format!("1 {name} Row") },
            "verification": { "verified_at": now, "recording_ref": format!("calls/{small}.wav") } }),
    )
}

async fn lead(market: &Market<'_>, name: &str) -> String {
    let receipt = market.submit(named(market, name).await).await;
    receipt["lead"]["id"].as_str().expect("a lead").to_owned()
}

/// Which of these people the database still knows.
fn known(app: &TestApp, names: &[&str]) -> Vec<String> {
    let there = |name: &&&str| !app.rows_with(&[&format!("{name} Quackenbush")]).is_empty();
    names.iter().filter(there).map(|name| (*name).to_owned()).collect()
}

async fn report(client: &Client, market: &Market<'_>) -> Value {
    client
        .get(format!("/programmes/{}/retention", market.id()))
        .send()
        .await
        .ok()
}

fn rule(report: &Value, kind: &str) -> (i64, i64) {
    let rules = report["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["kind"] == kind).expect("a rule");
    let number = |name: &str| rule[name].as_i64().expect("a number");
    (number("kept"), number("due_within_30_days"))
}

fn waiting(report: &Value) -> Value {
    let all = report["waiting"].as_array().expect("waiting").iter();
    json!(
        all.map(|one| (one["because"].clone(), one["leads"].clone()))
            .collect::<Vec<_>>()
    )
}

fn removed(report: &Value, kind: &str) -> i64 {
    let all = report["removed"].as_array().expect("removed").iter();
    all.filter(|one| one["kind"] == kind)
        .filter_map(|one| one["removed"].as_i64())
        .sum()
}

/// R81, R82: refused after 30 days, recordings after 35, unsold after 40, sold after 60, files after 20. A hold, a person who
/// asks, a sale that is not invoiced and an invoice that is not paid keep a lead; nobody is told, and sums stay.
#[rstest]
#[tokio::test]
async fn r81_what_is_over_its_time_goes(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let retention = json!({ "sold_leads_days": 60, "unsold_leads_days": 40, "refused_leads_days": 30,
        "recordings_days": 35, "import_files_days": 20 });
    let market = app.market_with("b2b-monthly", json!({ "retention": retention })).await;
    let (admin, support) = (app.staff("admin").await, app.staff("support").await);
    let plain = lead(&market, "Plain").await;
    let held = lead(&market, "Held").await;
    let curious = lead(&market, "Curious").await;
    let twice = market
        .submit(merged(
            named(&market, "Refused").await,
            json!({ "place": { "postcode": "x" } }),
        ))
        .await;
    assert_eq!(twice["lead"]["status"], "quarantined", "{twice}");
    let file = b"First Name;Last Name;E-mail;Mobile No.;ZIP;Note\n\
        Filed;Quackenbush;filed@quackenbush.example;(512) 299-8801;78701;pays with 4111 1111 1111 1111\n\
        Broken;Quackenbush;;;78701;\n";
    let path = format!(
        "/lead-imports?programme_id={}&product_id={}&file_name=old.csv",
        market.id(),
        market.product["id"].as_str().expect("a product")
    );
    let import = market
        .key
        .post(path)
        .bytes("text/csv", file.to_vec())
        .send()
        .await
        .created();
    let import = format!("/lead-imports/{}", import["id"].as_str().expect("an import"));
    assert_eq!(
        app.rows_with(&["4111 1111"]),
        Vec::<String>::new(),
        "no card number is kept of a file"
    );
    market
        .key
        .post(format!("{import}/start"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    app.run_jobs().await;
    assert!(!app.rows_with(&["broken"]).is_empty(), "it stands in the file alone");
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let receipt = market.submit(named(&market, "Sold").await).await;
    let delivery = receipt["sold_to"][0]["delivery_id"].as_str().expect("sold").to_owned();
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({ "note": "Sold Quackenbush wants a call" }))
        .send()
        .await
        .ok();

    // Holds: staff who may, once at a time, on a lead that is there.
    let hold = json!({ "lead_id": held, "reason": "Claim 118 of Held Quackenbush" });
    owner
        .post("/lead-holds")
        .json(&hold)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let nobody = json!({ "lead_id": "lead_0000000000zzz", "reason": "x" });
    support
        .post("/lead-holds")
        .json(&nobody)
        .send()
        .await
        .assert_problem(422, "invalid", "/lead_id");
    let hold_id = support.post("/lead-holds").json(&hold).send().await.created()["id"].clone();
    support
        .post("/lead-holds")
        .json(&hold)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let asks =
        json!({ "programme_id": market.id(), "kind": "access", "lead_reference": curious, "identity_note": "x" });
    let request = support.post("/subject-requests").json(&asks).send().await.created();

    let before = report(&support, &market).await;
    assert_eq!(rule(&before, "sold_leads"), (1, 0));
    assert_eq!(
        rule(&before, "refused_leads").1,
        rule(&before, "refused_leads").0,
        "all of them within 30 days"
    );
    assert_eq!(rule(&before, "import_files"), (1, 1));
    assert_eq!(removed(&before, "import_files"), 0);

    app.advance(21).await;
    let now = report(&support, &market).await;
    assert_eq!((rule(&now, "import_files"), removed(&now, "import_files")), ((0, 0), 1));
    assert_eq!(admin.get(&import).send().await.ok()["file_kept"], false);
    assert_eq!(
        app.rows_with(&["broken"]),
        Vec::<String>::new(),
        "a row that became no lead goes with its file"
    );
    let everybody = ["Plain", "Held", "Curious", "Refused", "Filed", "Sold"];
    assert_eq!(known(&app, &everybody), everybody);

    app.advance(11).await;
    assert_eq!(
        known(&app, &everybody),
        ["Plain", "Held", "Curious", "Filed", "Sold"],
        "32 days"
    );
    assert_eq!(app.rows_with(&["calls/plain.wav", "calls/curious.wav"]).len(), 2);
    app.advance(4).await;
    let recordings = app.rows_with(&["calls/plain.wav", "calls/curious.wav"]);
    assert_eq!(recordings, Vec::<String>::new(), "36 days");
    assert_eq!(app.rows_with(&["calls/held.wav"]).len(), 1, "held is held");
    app.advance(6).await;
    assert_eq!(known(&app, &everybody), ["Held", "Curious", "Sold"], "42 days");
    let now = report(&support, &market).await;
    assert_eq!(waiting(&now), json!([["held", 1], ["subject_request", 1]]), "{now}");
    assert_eq!(
        (removed(&now, "unsold_leads"), removed(&now, "refused_leads")),
        (2, 1),
        "{now}"
    );
    let gone = admin.get(format!("/leads/{plain}")).send().await.ok();
    assert_eq!(
        (
            &gone["status"],
            &gone["status_reason"],
            &gone["person"]["name"],
            &gone["place"]["region"]
        ),
        (&json!("erased"), &json!("retention"), &Value::Null, &json!("TX"))
    );

    // A held lead is not erased on request either.
    let erasure = merged(asks.clone(), json!({ "kind": "erasure", "lead_reference": held }));
    let erasure = support.post("/subject-requests").json(&erasure).send().await.created();
    let path = format!("/subject-requests/{}", erasure["id"].as_str().expect("an id"));
    let found = support.get(format!("{path}/findings")).send().await.ok();
    assert_eq!(
        (&found["leads"][0]["is_held"], &found["leads"][0]["found_by"]),
        (&json!(true), &json!(["reference"]))
    );
    let chosen = json!({ "leads": [held] });
    admin
        .post(format!("{path}/erase"))
        .json(&chosen)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    support
        .post(format!("{path}/refuse"))
        .json(&json!({ "reason": "A claim is open." }))
        .send()
        .await
        .ok();
    // What kept them is over: they go the night after.
    let lift = format!("/lead-holds/{}/lift", hold_id.as_str().expect("an id"));
    let lifted = support.post(&lift).json(&json!({})).send().await.ok();
    let again = support.post(&lift).json(&json!({})).send().await.ok();
    assert_eq!(again["lifted_at"], lifted["lifted_at"], "a second time changes nothing");
    let path = format!("/subject-requests/{}/answer", request["id"].as_str().expect("an id"));
    support.post(path).json(&json!({})).send().await.ok();
    app.advance(1).await;
    assert_eq!(known(&app, &everybody), ["Sold"], "43 days");

    // The sold one waits for its invoice, whose sums stay.
    app.advance(25).await;
    let invoice = market.invoices(&buyer).await.first().cloned().expect("an invoice");
    assert_eq!(known(&app, &everybody), ["Sold"], "68 days");
    assert_eq!(waiting(&report(&support, &market).await), json!([["open_invoice", 1]]));
    market.store_method(&buyer, "card", "ok").await;
    // It may be collected by itself at the same moment.
    let path = format!("/invoices/{}/pay", invoice["id"].as_str().expect("an id"));
    owner.post(path).json(&json!({})).send().await;
    market.until_answered(&buyer).await;
    app.advance(1).await;
    assert_eq!(known(&app, &everybody), Vec::<String>::new(), "69 days");
    assert_eq!(app.rows_with(&["quackenbush"]), Vec::<String>::new());
    let paid = &market.invoices(&buyer).await[0];
    assert_eq!((&paid["total"], &paid["status"]), (&invoice["total"], &json!("paid")));
    let sold = owner.get(format!("/deliveries/{delivery}")).send().await.ok();
    assert!(sold["erased_at"].is_string() && sold["note"].is_null(), "{sold}");
    assert_eq!(
        admin.all("/erasure-notices").await.len(),
        0,
        "nobody is told to erase anything"
    );
    let told = app.events("lead.erased").await;
    assert_eq!(told.len(), 6);
    assert!(
        told.iter().all(|event| event["data"]["because"] == "retention"),
        "{told:?}"
    );
    assert_eq!(admin.all("/audit-entries?action=lead.erased").await.len(), 6);
    assert_eq!(admin.all("/audit-entries?action=retention.removed").await.len(), 3);
    // Nobody is kept out by the time being over.
    let again = market.submit(named(&market, "Plain").await).await;
    assert_eq!(again["lead"]["status_reason"], Value::Null, "{again}");
    for (client, code) in [
        (app.staff("finance").await, 403),
        (owner, 403),
        (app.staff("auditor").await, 200),
    ] {
        client
            .get(format!("/programmes/{}/retention", market.id()))
            .send()
            .await
            .assert_status(code);
    }
    app.audit_is_green().await;
}

/// R23, R81: a lead whose return was denied is kept for as long as the denial may be appealed.
#[rstest]
#[tokio::test]
async fn r23_what_may_still_be_appealed_is_kept(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy =
        json!({ "retention": { "sold_leads_days": 30 }, "returns": { "appeal": { "allowed": true, "days": 45 } } });
    let market = app.market_with("b2b-monthly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, support) = (market.owner(&buyer).await, app.staff("support").await);
    let delivery = market.sell_to(&buyer).await;
    let body = json!({ "delivery_id": delivery, "reason": "wrong_person", "note": "Nobody of that name." });
    let made = owner.post("/return-requests").json(&body).send().await.created();
    let path = format!("/return-requests/{}", made["id"].as_str().expect("an id"));
    let why = json!({ "explanation": "They answered us." });
    let reviewer = app.staff("returns_reviewer").await;
    let denied = reviewer.post(format!("{path}/deny")).json(&why).send().await.ok();
    assert_eq!(denied["status"], "denied");
    app.advance(31).await;
    assert_eq!(waiting(&report(&support, &market).await), json!([["open_return", 1]]));
    app.advance(16).await;
    assert_eq!(
        waiting(&report(&support, &market).await),
        json!([["open_invoice", 1]]),
        "too late for an appeal, and its invoice is not paid"
    );
    app.audit_is_green().await;
}

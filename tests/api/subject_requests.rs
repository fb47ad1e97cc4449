//! What persons behind leads ask for (R81, R82): found, handed over, erased everywhere, told to whoever bought them.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, Market, TestApp, merged, spawn};

/// The person that is planted everywhere, and by what they are looked for afterwards.
const NAME: &str = "Wilhelmina Quackenbush";
const EMAIL: &str = "wilhelmina.q@quackenbush.example";
const PHONE: &str = "(512) 299-8877";
const STREET: &str = "77 Umbrella Row";
const WORDS: &[&str] = &[
    "quackenbush",
    "wilhelmina",
    "5122998877",
    "299-8877",
    "umbrella row",
    "203.0.113.77",
];

fn person() -> Value {
    json!({ "name": NAME, "email": EMAIL, "phone": PHONE, "address": STREET, "notes": "Ask for Wilhelmina." })
}

fn lead_of(market: &Market<'_>) -> Value {
    merged(
        market.lead(),
        json!({ "person": person(), "answers": { "garden": "behind 77 Umbrella Row" }, "consent": { "ip": "203.0.113.77" },
            "verification": { "recording_ref": "calls/quackenbush.wav" } }),
    )
}

async fn open(client: &Client, market: &Market<'_>, kind: &str) -> Value {
    let body = json!({
        "programme_id": market.id(), "kind": kind, "name": NAME, "phone": PHONE, "email": EMAIL.to_uppercase(),
        "identity_note": "Wilhelmina was called back on her number.",
    });
    client.post("/subject-requests").json(&body).send().await.created()
}

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}

async fn act(client: &Client, request: &Value, action: &str, body: Value) -> Answer {
    let path = format!("/subject-requests/{}/{action}", id(request));
    client.post(path).json(&body).send().await
}

async fn findings(client: &Client, request: &Value) -> Value {
    let path = format!("/subject-requests/{}/findings", id(request));
    client.get(path).send().await.ok()
}

fn leads(findings: &Value) -> Value {
    let all = findings["leads"].as_array().expect("leads").iter();
    json!(all.map(|lead| lead["lead_id"].clone()).collect::<Vec<_>>())
}

/// Waits until the log of SQLite was cut: somebody may read it at that moment.
async fn until_files_forgot(app: &TestApp, on: Database) {
    if on == Sqlite {
        app.until("the files have forgotten", async || {
            app.words_in_files(WORDS).is_empty()
        })
        .await;
    }
}

/// R81: after an erasure no row of any table and no byte of the files holds the person, wherever they were planted: lead,
/// consent, notes, returns with their thread and verdict, tickets, an imported file, answers for idempotency keys, messages.
/// Invoices, the journal and counts stay to the cent.
#[rstest]
#[tokio::test]
async fn r81_nothing_is_left_of_who_was_erased(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await.idempotent();
    let (admin, reviewer) = (app.staff("admin").await, app.staff("returns_reviewer").await);
    // A lead with the person wherever people write.
    let enquiry = lead_of(&market);
    let post = || {
        market
            .key
            .post("/leads")
            .header("Idempotency-Key", "posted-once")
            .json(&enquiry)
    };
    let receipt = post().send().await.created();
    let lead = receipt["lead"]["id"].as_str().expect("a lead").to_owned();
    let delivery = receipt["sold_to"][0]["delivery_id"].as_str().expect("sold").to_owned();
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({ "note": "Wilhelmina lives at 77 Umbrella Row" }))
        .send()
        .await
        .ok();
    let ticket = json!({ "supplier_id": buyer.id, "topic": "leads", "subject": "Quackenbush, 77 Umbrella Row",
        "text": "Is (512) 299-8877 right?", "delivery_id": delivery });
    owner.post("/support-tickets").json(&ticket).send().await.created();
    let wanted = json!({ "delivery_id": delivery, "reason": "wrong_person", "note": "Mrs Quackenbush says no" });
    let returned = owner.post("/return-requests").json(&wanted).send().await.created();
    let path = format!("/return-requests/{}", id(&returned));
    let verdict = json!({ "explanation": "We called Wilhelmina Quackenbush.", "clause": "4.2" });
    reviewer
        .post(format!("{path}/approve"))
        .json(&verdict)
        .send()
        .await
        .ok();
    let import = import(&app, &market).await;
    app.run_jobs().await;
    assert!(
        app.rows_with(&["quackenbush"]).len() >= 8,
        "{:#?}",
        app.rows_with(&["quackenbush"])
    );
    // Another lead is billed, so that there is money to compare.
    market.sell_to(&buyer).await;
    market.until_invoiced(&buyer).await;
    let money = |app: &TestApp| app.rows_with(&["invoice_lines: ", "invoices: ", "postings: ", "journal_entries: "]);
    let before = money(&app);
    assert!(before.len() >= 4, "{before:?}");

    let support = app.staff("support").await.idempotent();
    let request = open(&support, &market, "erasure").await;
    let found = findings(&support, &request).await;
    assert_eq!(
        (
            &found["counts"]["leads"],
            &found["counts"]["deliveries"],
            &found["counts"]["import_rows"]
        ),
        (&json!(2), &json!(1), &json!(1)),
        "{found}"
    );
    assert_eq!(
        (
            &found["counts"]["return_requests"],
            &found["counts"]["support_messages"],
            &found["counts"]["recordings"]
        ),
        (&json!(1), &json!(1), &json!(1))
    );
    // Who writes requests down does not erase.
    let body = json!({ "leads": leads(&found) });
    act(&support, &request, "erase", body.clone())
        .await
        .assert_problem(403, "forbidden", "");
    let done = act(&admin, &request, "erase", body.clone()).await.ok();
    // Whoever repeats the request learns that it was done, and nothing else.
    let repeated = post().send().await;
    assert_eq!(
        (repeated.status.as_u16(), repeated.json()),
        (201, json!({ "erased": true }))
    );
    assert_eq!(
        (
            &done["status"],
            &done["leads"],
            &done["recipients_waiting"],
            &done["name"]
        ),
        (&json!("awaiting_recipients"), &json!(2), &json!(1), &Value::Null)
    );
    assert_eq!(app.rows_with(WORDS), Vec::<String>::new());
    until_files_forgot(&app, on).await;
    act(&admin, &request, "erase", body)
        .await
        .assert_problem(409, "state_conflict", "");
    // What it was all about is there.
    assert_eq!(money(&app), before);
    let gone = admin.get(format!("/leads/{lead}")).send().await.ok();
    assert_eq!(
        (&gone["status"], &gone["person"]["name"], &gone["place"]["region"]),
        (&json!("erased"), &Value::Null, &json!("TX"))
    );
    let sold = owner.get(format!("/deliveries/{delivery}")).send().await.ok();
    assert!(sold["erased_at"].is_string() && sold["note"].is_null(), "{sold}");
    let returned = reviewer.get(path).send().await.ok();
    assert_eq!(
        (&returned["status"], &returned["reason"]),
        (&json!("approved"), &json!("wrong_person"))
    );
    let rows = market.key.all(&format!("/lead-imports/{import}/rows")).await;
    assert_eq!(rows.len(), 2, "the other row of the file is there: {rows:?}");
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({ "note": "She was Wilhelmina" }))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    app.run_jobs().await;
    assert_eq!(
        app.rows_with(WORDS),
        Vec::<String>::new(),
        "no job brings anything back"
    );
    app.audit_is_green().await;
}

/// A file with the person and somebody else.
async fn import(app: &TestApp, market: &Market<'_>) -> String {
    let product = id(&market.product);
    let path = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name=leads.csv",
        market.id()
    );
    let rows = format!(
        "First Name;Last Name;E-mail;Mobile No.;ZIP\nWilhelmina;Quackenbush;w2@quackenbush.example;{PHONE};78701\n\
         Mo;Okafor;mo@example.com;(512) 200-1002;78701\n"
    );
    let import = market
        .key
        .post(path)
        .bytes("text/csv", rows.into_bytes())
        .send()
        .await
        .created();
    let path = format!("/lead-imports/{}", id(&import));
    let mapping = json!({ "mapping": merged(import["mapping"].clone(), json!({ "defaults": {} })) });
    let started = market.key.post(format!("{path}/start")).json(&json!({})).send().await;
    assert!(started.status.is_success(), "{started} {mapping}");
    loop {
        app.run_jobs().await;
        let import = market.key.get(&path).send().await.ok();
        if !matches!(import["status"].as_str(), Some("checking" | "running")) {
            assert_eq!(import["status"], "done", "{import}");
            return id(&import).to_owned();
        }
    }
}

/// R82: every buyer is told by mail and event with ids only, has a time by which to answer, is reminded, is late for staff
/// to see, and acknowledges once; the last one ends the request.
#[rstest]
#[tokio::test]
async fn r82_every_buyer_is_told_and_acknowledges(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let (one, two) = (
        market.buyer("One", json!({})).await,
        market.buyer("Two", json!({})).await,
    );
    let (first, second) = (market.owner(&one).await, market.owner(&two).await);
    let (admin, manager) = (app.staff("admin").await, app.staff("account_manager").await);
    let desk = json!({ "purpose": "general", "name": "Desk", "email": "desk@one.example" });
    let path = format!("/suppliers/{}/contacts", one.id);
    manager.post(path).json(&desk).send().await.created();
    market.submit(lead_of(&market)).await;
    let request = open(&admin, &market, "erasure").await;
    let found = findings(&admin, &request).await;
    act(&admin, &request, "erase", json!({ "leads": leads(&found) }))
        .await
        .ok();
    let told = app.await_events("lead.erased", 2).await;
    for event in &told {
        let text = event.to_string().to_lowercase();
        assert!(!WORDS.iter().any(|word| text.contains(word)), "{event}");
    }
    app.run_jobs().await;
    let support = app.staff("support").await;
    assert_eq!(support.all("/notifications?kind=lead_erased").await.len(), 2);
    let mails = support.all("/mails?kind=lead_erased").await;
    assert_eq!(mails.len(), 1, "one of them has an address");
    let mail = support.get(format!("/mails/{}", id(&mails[0]))).send().await.text();
    assert!(
        mail.contains("/erasures") && !WORDS.iter().any(|word| mail.to_lowercase().contains(word)),
        "{mail}"
    );
    // Each sees its own, and nobody else's.
    let own = first.all("/erasure-notices").await;
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(
        (&own[0]["status"], &own[0]["subject_request_id"]),
        (&json!("waiting"), &Value::Null)
    );
    let path = format!("/erasure-notices/{}", id(&own[0]));
    second.get(&path).send().await.assert_problem(404, "not_found", "");
    second
        .post(format!("{path}/acknowledge"))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let billing = market.member(&one, "billing").await;
    billing
        .post(format!("{path}/acknowledge"))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let done = first
        .post(format!("{path}/acknowledge"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(done["status"], "acknowledged");
    let again = first
        .post(format!("{path}/acknowledge"))
        .json(&json!({}))
        .send()
        .await
        .ok();
    assert_eq!(
        again["acknowledged_at"], done["acknowledged_at"],
        "a second time changes nothing"
    );
    let shown = |of: Value| (of["status"].clone(), of["recipients_waiting"].clone());
    let request_path = format!("/subject-requests/{}", id(&request));
    let now = admin.get(&request_path).send().await.ok();
    assert_eq!(shown(now), (json!("awaiting_recipients"), json!(1)));
    // The other one is reminded, and then late: once.
    app.advance(12).await;
    app.run_jobs().await;
    assert_eq!(support.all("/notifications?kind=erasure_reminder").await.len(), 1);
    assert_eq!(admin.all("/erasure-notices?status=late").await.len(), 0);
    app.advance(4).await;
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(support.all("/notifications?kind=erasure_reminder").await.len(), 1);
    assert_eq!(support.all("/notifications?kind=erasure_late").await.len(), 1);
    let late = admin.all("/erasure-notices?status=late").await;
    assert_eq!((late.len(), &late[0]["supplier_id"]), (1, &json!(two.id)));
    // By key, as a program does it.
    let key = app
        .key(&["deliveries:read", "deliveries:write"], None, Some(&two.id))
        .await;
    let path = format!("/erasure-notices/{}/acknowledge", id(&late[0]));
    key.post(path).json(&json!({})).send().await.ok();
    assert_eq!(
        shown(admin.get(&request_path).send().await.ok()),
        (json!("done"), json!(0))
    );
    app.audit_is_green().await;
}

/// R81: who was erased and comes again is recognised by keyed hashes: rejected, with nothing of them kept, or put aside, as
/// the policy says; the return of an erased lead is decided by its facts.
#[rstest]
#[case::rejected("reject", "rejected")]
#[case::put_aside("quarantine", "quarantined")]
#[tokio::test]
async fn r81_who_was_erased_is_kept_out(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] verdict: &str,
    #[case] status: &str,
) {
    let app = spawn(on).await;
    let policy = json!({ "intake": { "checks": { "person_erased": verdict } } });
    let market = app.market_with("b2b-monthly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, admin) = (market.owner(&buyer).await, app.staff("admin").await);
    let receipt = market.submit(lead_of(&market)).await;
    let delivery = receipt["sold_to"][0]["delivery_id"].clone();
    let wanted = json!({ "delivery_id": delivery, "reason": "wrong_person", "note": "Nobody of that name." });
    let returned = owner.post("/return-requests").json(&wanted).send().await.created();
    let request = open(&admin, &market, "erasure").await;
    let found = findings(&admin, &request).await;
    act(&admin, &request, "erase", json!({ "leads": leads(&found) }))
        .await
        .ok();

    let again = merged(
        lead_of(&market),
        json!({ "person": { "phone": "+1 512 299 8877", "email": "new@example.com" } }),
    );
    let receipt = market.submit(again).await;
    assert_eq!(
        (
            &receipt["lead"]["status"],
            &receipt["lead"]["status_reason"],
            &receipt["sold_to"]
        ),
        (&json!(status), &json!("person_erased"), &json!([]))
    );
    assert_eq!(
        app.rows_with(WORDS).is_empty(),
        verdict == "reject",
        "{:#?}",
        app.rows_with(WORDS)
    );
    let other = market.submit(market.lead()).await;
    assert_eq!(other["lead"]["status"], "partly_sold", "nobody else is kept out");
    // The return goes on.
    let reviewer = app.staff("returns_reviewer").await;
    let path = format!("/return-requests/{}/approve", id(&returned));
    let approved = reviewer
        .post(path)
        .json(&json!({ "explanation": "A wrong person." }))
        .send()
        .await
        .ok();
    assert_eq!(approved["status"], "approved");
    app.audit_is_green().await;
}

/// R81: staff find by number or address in any spelling, hand over one document for some days, each fetching in the trail;
/// a request has a day by which it is answered.
#[rstest]
#[tokio::test]
async fn r81_what_is_kept_is_handed_over(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let support = app.staff("support").await;
    let body = json!({ "email": "dana.0@reyes.example", "notes": "x" });
    let lead = merged(
        market.lead(),
        json!({ "person": { "name": NAME, "email": EMAIL, "notes": body["notes"] } }),
    );
    market.submit(lead).await;
    for (client, code) in [(app.staff("finance").await, 403), (market.owner(&buyer).await, 403)] {
        client.get("/subject-requests").send().await.assert_status(code);
    }
    let nobody = json!({ "programme_id": market.id(), "kind": "access", "identity_note": "A letter." });
    support
        .post("/subject-requests")
        .json(&nobody)
        .send()
        .await
        .assert_problem(422, "invalid", "/phone");
    let asked = merged(nobody, json!({ "email": EMAIL.to_uppercase() }));
    let request = support.post("/subject-requests").json(&asked).send().await.created();
    let found = findings(&support, &request).await;
    assert_eq!(found["leads"][0]["person"]["name"], NAME);
    assert_eq!(found["leads"][0]["deliveries"][0]["supplier_id"], buyer.id);
    assert_eq!(found["leads"][0]["consent"]["text_version"], "1");
    let export = format!("/subject-requests/{}/export", id(&request));
    support
        .get(&export)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    act(&support, &request, "allow-export", json!({})).await.ok();
    let document = support.get(&export).send().await.ok();
    assert_eq!(
        (&document["leads"], id(&request)),
        (&found["leads"], document["subject_request_id"].as_str().expect("an id"))
    );
    let admin = app.staff("admin").await;
    assert_eq!(
        admin.all("/audit-entries?action=subject_request.exported").await.len(),
        1
    );
    app.advance(8).await;
    support
        .get(&export)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    // It is due on the 30th day of the programme's calendar.
    assert_eq!(support.all("/subject-requests?late=true").await.len(), 0);
    app.advance(24).await;
    let late = support.all("/subject-requests?late=true").await;
    assert_eq!((late.len(), &late[0]["is_late"]), (1, &json!(true)));
    let refusal = json!({ "reason": format!("{EMAIL} is not hers") });
    act(&support, &request, "refuse", refusal)
        .await
        .assert_problem(422, "invalid", "/reason");
    let done = act(&support, &request, "answer", json!({})).await.ok();
    assert_eq!(
        (&done["status"], &done["email"], &done["identity_note"]),
        (&json!("done"), &Value::Null, &Value::Null)
    );
    assert_eq!(app.staff("auditor").await.all("/subject-requests").await.len(), 1);
    app.audit_is_green().await;
}

/// R81: who objects is passed on to nobody any more; who has the lead keeps it.
#[rstest]
#[tokio::test]
async fn r81_who_objects_is_left_alone(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let admin = app.staff("admin").await;
    let receipt = market.submit(lead_of(&market)).await;
    assert_eq!(receipt["lead"]["status"], "partly_sold");
    let request = open(&admin, &market, "objection").await;
    let found = findings(&admin, &request).await;
    let chosen = json!({ "leads": leads(&found) });
    act(&admin, &request, "erase", chosen.clone())
        .await
        .assert_problem(409, "state_conflict", "");
    let foreign = json!({ "leads": ["lead_0000000000zzz"] });
    act(&admin, &request, "restrict", foreign)
        .await
        .assert_problem(422, "invalid", "/leads/0");
    let done = act(&admin, &request, "restrict", chosen).await.ok();
    assert_eq!((&done["status"], &done["leads"]), (&json!("done"), &json!(1)));
    let lead = format!("/leads/{}", receipt["lead"]["id"].as_str().expect("a lead"));
    assert_eq!(admin.get(lead).send().await.ok()["status"], "withdrawn");
    let kept = format!(
        "/deliveries/{}",
        receipt["sold_to"][0]["delivery_id"].as_str().expect("sold")
    );
    assert_eq!(
        market.owner(&buyer).await.get(kept).send().await.ok()["person"]["name"],
        NAME
    );
    let again = market.submit(lead_of(&market)).await;
    assert_eq!(again["lead"]["status_reason"], "person_erased");
    app.audit_is_green().await;
}

/// R81: a person is found by name and postcode among neighbours, and staff choose; an erasure reaches rows of files that
/// became no lead, also of a file that nobody started, and what a lead source sent and was refused.
#[rstest]
#[tokio::test]
async fn r81_an_erasure_reaches_what_became_no_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let admin = app.staff("admin").await.idempotent();
    let theirs = market.submit(lead_of(&market)).await["lead"]["id"].clone();
    let other = merged(market.lead(), json!({ "person": { "name": "Wanda Quackenbush" } }));
    let neighbour = market.submit(other).await["lead"]["id"].clone();
    let product = id(&market.product);
    let upload = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name=leads.csv",
        market.id()
    );
    let rows = format!(
        "Name;E-mail;Phone;ZIP\nWilhelmina Quackenbush;;;78701\nx;{};;1\nMo Okafor;mo@example.com;(512) 200-1002;78701\n",
        EMAIL.to_uppercase()
    );
    market
        .key
        .post(&upload)
        .bytes("text/csv", rows.into_bytes())
        .send()
        .await
        .created();
    let source = json!({ "kind": "mapped", "programme_id": market.id(), "product_id": product, "name": "A form",
        "requires_secret": false, "mapping": { "fields": [{ "field": "person.name", "column": "name" }] } });
    let made = admin.post("/lead-sources").json(&source).send().await.created();
    let (_, door) = made["lead_source"]["intake_url"]
        .as_str()
        .expect("an address")
        .split_once("/api/v1")
        .expect("a path");
    let sent = json!({ "id": EMAIL, "name": "Wilhelmina Quackenbush", "tel": PHONE });
    let refused = app
        .anonymous()
        .post(door)
        .bytes("application/json", sent.to_string())
        .send()
        .await;
    assert_eq!(refused.status.as_u16(), 422, "{refused}");

    let asked = json!({ "programme_id": market.id(), "kind": "erasure", "name": "W Quackenbush", "postcode": "78701-0001",
        "identity_note": "Came in person." });
    let nothing = merged(asked.clone(), json!({ "postcode": null }));
    admin
        .post("/subject-requests")
        .json(&nothing)
        .send()
        .await
        .assert_problem(422, "invalid", "/phone");
    let nobody = admin.post("/subject-requests").json(&asked).send().await.created();
    assert_eq!(findings(&admin, &nobody).await["leads"], json!([]), "another postcode");
    let asked = merged(asked, json!({ "postcode": "78701" }));
    let request = admin.post("/subject-requests").json(&asked).send().await.created();
    let found = findings(&admin, &request).await;
    let mut both = vec![neighbour.clone(), theirs.clone()];
    both.sort_by_key(ToString::to_string);
    both.reverse();
    assert_eq!(leads(&found), json!(both), "{found}");
    assert_eq!(found["leads"][0]["found_by"], json!(["name_and_postcode"]));
    // What only may be theirs is not handed over, unless staff choose it.
    let path = format!("/subject-requests/{}", id(&request));
    act(&admin, &request, "allow-export", json!({})).await.ok();
    assert_eq!(
        admin.get(format!("{path}/export")).send().await.ok()["leads"],
        json!([])
    );
    act(&admin, &request, "allow-export", json!({ "leads": [theirs] }))
        .await
        .ok();
    let document = admin.get(format!("{path}/export")).send().await.ok();
    assert_eq!(leads(&document), json!([theirs]));

    let done = act(&admin, &request, "erase", json!({ "leads": [theirs] })).await.ok();
    assert_eq!((&done["status"], &done["leads"]), (&json!("done"), &json!(1)));
    assert_eq!(
        app.rows_with(&["wilhelmina", "2998877", "299-8877", "umbrella row"]),
        Vec::<String>::new()
    );
    until_files_forgot(&app, on).await;
    assert!(
        !app.rows_with(&["wanda quackenbush"]).is_empty(),
        "the neighbour is there"
    );
    assert!(
        !app.rows_with(&["mo@example.com"]).is_empty(),
        "so is the rest of the file"
    );
    let posts = format!(
        "/lead-sources/{}/posts",
        made["lead_source"]["id"].as_str().expect("an id")
    );
    let post = admin.all(&posts).await[0].clone();
    assert_eq!(
        (&post["may_rerun"], &post["external_id"]),
        (&json!(false), &Value::Null)
    );
    let again = market
        .submit(merged(lead_of(&market), json!({ "external_id": "again" })))
        .await;
    assert_eq!(
        again["lead"]["status_reason"], "person_erased",
        "the lead's number and address are kept out"
    );
    app.audit_is_green().await;
}

/// R81: whoever holds a lead and whoever erases its person at the same moment: one of them is refused.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r81_a_hold_and_an_erasure_of_one_moment_exclude_each_other(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let (admin, support) = (app.staff("admin").await, app.staff("support").await);
    for _ in 0..12 {
        let receipt = market.submit(market.lead()).await;
        let lead = receipt["lead"]["id"].clone();
        let asks =
            json!({ "programme_id": market.id(), "kind": "erasure", "lead_reference": lead, "identity_note": "x" });
        let request = support.post("/subject-requests").json(&asks).send().await.created();
        let hold = json!({ "lead_id": lead, "reason": "A claim." });
        let (held, erased) = tokio::join!(
            support.post("/lead-holds").json(&hold).send(),
            act(&admin, &request, "erase", json!({ "leads": [lead] })),
        );
        let said = [held.status.as_u16(), erased.status.as_u16()];
        assert!(matches!(said, [201, 409] | [409, 200]), "{said:?}");
    }
    app.audit_is_green().await;
}

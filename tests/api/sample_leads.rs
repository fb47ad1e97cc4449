//! A run on a real export: thousands of leads with the outcomes that a sales team noted.
//!
//! The file is `$TRADEPOST_SAMPLE_LEADS`, else `../shared/data/x-education-leads.csv`; without it the run
//! says so and ends. It holds no phones or e-mails, so both are made up from `Prospect ID`, and every
//! thirtieth person or so asks twice, spelt differently. The gate takes every tenth row;
//! `TRADEPOST_SAMPLE_FULL=1` takes all of them and prints the counts.

use rstest::rstest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Market, TestApp, spawn};

/// One row in so many is used.
fn share() -> usize {
    if std::env::var_os("TRADEPOST_SAMPLE_FULL").is_some() {
        1
    } else {
        10
    }
}

/// Straight to the terminal: the harness swallows what tests print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

struct Sample {
    /// The file to import.
    csv: Vec<u8>,
    /// What the sales team noted, by `Prospect ID`.
    tags: HashMap<String, String>,
    /// Rows of the export that are used.
    rows: usize,
    /// Rows that repeat a person.
    repeats: usize,
}

/// The export with a phone and an e-mail for everybody, and with people who ask twice.
fn sample() -> Option<Sample> {
    let given = std::env::var_os("TRADEPOST_SAMPLE_LEADS").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/x-education-leads.csv");
    let above = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/x-education-leads.csv");
    let path = [given, Some(beside), Some(above)]
        .into_iter()
        .flatten()
        .find(|path| path.is_file());
    let Some(path) = path else {
        say("SKIPPED: no sample export at $TRADEPOST_SAMPLE_LEADS or ../shared/data/x-education-leads.csv");
        return None;
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(&path)
        .expect("the export opens");
    let mut headers = reader.headers().expect("the export has a header").clone();
    let tag_column = headers
        .iter()
        .position(|name| name == "Tags")
        .expect("the export has Tags");
    let width = headers.len();
    headers.push_field("Phone");
    headers.push_field("E-mail");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&headers).expect("memory takes a row");
    let (mut tags, mut taken, mut rows, mut repeats) = (HashMap::new(), HashSet::new(), 0, Vec::new());
    for record in reader.records().step_by(share()) {
        let mut record = record.expect("the export is whole");
        let id = record.get(0).unwrap_or_default().to_owned();
        tags.insert(id.clone(), record.get(tag_column).unwrap_or_default().to_owned());
        // A number of the fictional kind would not be valid, so it is one of Austin's.
        let mut number = id
            .bytes()
            .fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)))
            % 8_000_000;
        while !taken.insert(number) {
            number = (number + 1) % 8_000_000;
        }
        let (a, b) = (200 + number / 10_000, number % 10_000);
        while record.len() < width {
            record.push_field("");
        }
        let mut repeat = record.iter().take(width).map(str::to_owned).collect::<Vec<_>>();
        record.truncate(width);
        record.push_field(&format!("+1 (512) {a}-{b:04}"));
        record.push_field(&format!("{id}@leads.example"));
        writer.write_record(&record).expect("memory takes a row");
        if rows % 31 == 0 && repeats.len() < 300 {
            repeat[0] = format!("again-{id}");
            let (phone, email) = match rows % 3 {
                0 => (
                    format!("1512{a}{b:04}"),
                    format!("{}@LEADS.example ", id.to_uppercase()),
                ),
                1 => (format!("+1.512.{a}.{b:04}"), format!("other-{id}@leads.example")),
                _ => (format!("(737) {a}-{b:04}"), format!(" {id}@Leads.Example")),
            };
            repeat.extend([phone, email]);
            repeats.push(repeat);
        }
        rows += 1;
    }
    for repeat in &repeats {
        writer.write_record(repeat).expect("memory takes a row");
    }
    let csv = writer.into_inner().expect("memory takes a file");
    Some(Sample {
        csv,
        tags,
        rows,
        repeats: repeats.len(),
    })
}

/// How the export's columns become leads.
fn mapping() -> Value {
    json!({
        "fields": [
            { "field": "external_id", "column": "Prospect ID" },
            { "field": "external_source", "constant": "x-education" },
            { "field": "source", "column": "Lead Source", "replace": { "google": "Google" } },
            { "field": "person.phone", "column": "Phone" },
            { "field": "person.email", "column": "E-mail" },
            { "field": "place.country", "column": "Country", "replace": { "unknown": "", "Asia/Pacific Region": "" } },
            { "field": "place.city", "column": "City",
              "empty_when": ["Other Cities", "Other Cities of Maharashtra", "Other Metro Cities", "Tier II Cities"] },
            { "field": "answers.specialization", "column": "Specialization" },
            { "field": "answers.occupation", "column": "What is your current occupation" }
        ],
        "empty_when": ["Select"]
    })
}

async fn import(market: &Market<'_>, csv: Vec<u8>, mapping: &Value) -> Value {
    let product = market.product["id"].as_str().expect("a product has an id");
    let path = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name=export.csv",
        market.id()
    );
    let made = market.key.post(path).bytes("text/csv", csv).send().await.created();
    let id = made["id"].as_str().expect("an import has an id");
    let start = json!({ "mapping": mapping });
    market
        .key
        .post(format!("/lead-imports/{id}/start"))
        .json(&start)
        .send()
        .await
        .assert_status(202);
    // The server's own job works on it; asked to run what is due, it would answer only at the end.
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let import = market.key.get(format!("/lead-imports/{id}")).send().await.ok();
        if import["status"] != "running" {
            assert_eq!(import["status"], "done", "{import}");
            return import;
        }
    }
}

/// Suppliers with different coverage, caps and weights.
async fn suppliers(market: &Market<'_>) -> Vec<Buyer> {
    let mut buyers = Vec::new();
    for (name, order) in [
        ("Anywhere One", json!({ "quantity": 50_000, "weight": 3 })),
        ("Anywhere Two", json!({ "quantity": 50_000, "weight": 1 })),
        ("Anywhere Three", json!({ "quantity": 50_000, "weight": 1 })),
        ("Small Appetite", json!({ "quantity": 25, "priority": 10 })),
        ("Careful", json!({ "quantity": 50_000, "cap_day": 40 })),
    ] {
        buyers.push(market.buyer(name, order).await);
    }
    buyers
}

/// Every delivery of the leads of an import: by `Prospect ID`, the first place first.
async fn deliveries(app: &TestApp, market: &Market<'_>, import: &Value) -> BTreeMap<String, Vec<Value>> {
    let id = import["id"].as_str().expect("an import has an id");
    let leads = market.key.all(&format!("/leads?import_id={id}&limit=100")).await;
    let names: HashMap<&str, &str> = leads
        .iter()
        .filter_map(|lead| Some((lead["id"].as_str()?, lead["external_id"].as_str()?)))
        .collect();
    let manager = app.staff("account_manager").await;
    let all = manager
        .all(&format!("/deliveries?programme_id={}&limit=100", market.id()))
        .await;
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for delivery in all {
        if let Some(name) = delivery["lead_id"].as_str().and_then(|lead| names.get(lead)) {
            found.entry((*name).to_owned()).or_default().push(delivery);
        }
    }
    for places in found.values_mut() {
        places.sort_by_key(|delivery| delivery["id"].to_string());
    }
    found
}

/// What came of the returns that the tags ask for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Returns {
    approved: usize,
    denied: usize,
    refused: usize,
}

/// Returns the first delivery of each tagged lead, and decides what a reviewer has to.
async fn return_by_tags(
    app: &TestApp,
    market: &Market<'_>,
    sample: &Sample,
    import: &Value,
    reasons: &[(&str, &str)],
) -> Returns {
    let sold = deliveries(app, market, import).await;
    let reviewer = app.staff("returns_reviewer").await;
    let mut keys = HashMap::new();
    let mut came = Returns::default();
    for (name, places) in &sold {
        let tag = sample.tags.get(name).map(String::as_str).unwrap_or_default();
        let Some((_, reason)) = reasons.iter().find(|(known, _)| *known == tag) else {
            continue;
        };
        let delivery = &places[0];
        let supplier = delivery["supplier_id"]
            .as_str()
            .expect("a delivery has a supplier")
            .to_owned();
        if !keys.contains_key(&supplier) {
            let key = app
                .key(&["returns:write", "returns:read"], Some(market.id()), Some(&supplier))
                .await;
            keys.insert(supplier.clone(), key);
        }
        let body =
            json!({ "delivery_id": delivery["id"], "reason": reason, "note": format!("Our caller noted: {tag}") });
        let answer = keys[&supplier].post("/return-requests").json(&body).send().await;
        if answer.status == 422 {
            assert_eq!(answer.json()["code"], "reason_not_valid", "{answer}");
            came.refused += 1;
            continue;
        }
        let id = answer.created()["id"].as_str().expect("a request has an id").to_owned();
        if tag == "number not provided" {
            let explanation = json!({ "explanation": "The enquiry came with a number; please call it." });
            reviewer
                .post(format!("/return-requests/{id}/deny"))
                .json(&explanation)
                .send()
                .await
                .ok();
            came.denied += 1;
        } else {
            let explanation = json!({ "explanation": "Confirmed by our own call." });
            reviewer
                .post(format!("/return-requests/{id}/approve"))
                .json(&explanation)
                .send()
                .await
                .ok();
            came.approved += 1;
        }
    }
    came
}

fn tagged(sample: &Sample, tags: &[&str]) -> usize {
    sample.tags.values().filter(|tag| tags.contains(&tag.as_str())).count()
}

fn assert_audit_is_green(app: &TestApp) {
    let violations = app
        .inside()
        .db
        .read_blocking(tradepost::auditor::run)
        .expect("the audit runs");
    assert!(violations.is_empty(), "{violations:?}");
}

fn count(import: &Value, what: &str) -> usize {
    usize::try_from(import["counts"][what].as_i64().unwrap_or(-1)).expect("a count")
}

/// R44, R46, R47 on real outcomes: wrong and invalid numbers are replaced, people who do not answer are not.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r44_a_real_export_is_sold_returned_and_replaced(#[values(Sqlite, Postgres)] on: Database) {
    let Some(sample) = sample() else { return };
    let app = spawn(on).await;
    // The preset takes leads of the US and Canada only; most of the export is from India, so every country is let in.
    let policy = json!({
        "intake": { "countries": { "US": null, "CA": null } },
        "distribution": { "daily_percentage": false },
        "returns": { "reasons": { "number_not_provided": { "label": "No number was provided", "class": "review" } } }
    });
    let market = app.market_with("lead-store", policy).await;
    suppliers(&market).await;
    let done = import(&market, sample.csv.clone(), &mapping()).await;
    assert_eq!(
        (count(&done, "accepted"), count(&done, "duplicate")),
        (sample.rows, sample.repeats),
        "{done}"
    );
    let again = import(&market, sample.csv.clone(), &mapping()).await;
    assert_eq!(count(&again, "unchanged"), sample.rows + sample.repeats, "{again}");

    let unreachable = [
        ("Ringing", "unable_to_reach_live"),
        ("Busy", "unable_to_reach_live"),
        ("switched off", "no_voice_mail"),
    ];
    let mut reasons = vec![
        ("wrong number given", "wrong_number"),
        ("invalid number", "disconnected"),
        ("number not provided", "number_not_provided"),
        ("Already a student", "not_interested"),
    ];
    reasons.extend(unreachable);
    let came = return_by_tags(&app, &market, &sample, &done, &reasons).await;
    let expect = Returns {
        approved: tagged(&sample, &["wrong number given", "invalid number"]),
        denied: tagged(&sample, &["number not provided"]),
        refused: tagged(&sample, &["Ringing", "Busy", "switched off", "Already a student"]),
    };
    assert_eq!(came, expect);

    let manager = app.staff("account_manager").await;
    let owed = manager
        .all(&format!(
            "/replacements?programme_id={}&status=owed&limit=100",
            market.id()
        ))
        .await
        .len();
    assert_eq!(owed, expect.approved, "every approved return is owed a lead");
    // Fresh people, until nothing is owed any more.
    let mut fresh = "Phone,E-mail\n".to_owned();
    for n in 0..owed.max(1) * 3 {
        fresh.push_str(&format!(
            "(713) {}-{:04},fresh.{n}@leads.example\n",
            200 + n / 10_000,
            n % 10_000
        ));
    }
    let fields = json!({ "fields": [{ "field": "person.phone", "column": "Phone" }, { "field": "person.email", "column": "E-mail" }] });
    import(&market, fresh.into_bytes(), &fields).await;
    let filled = manager
        .all(&format!(
            "/replacements?programme_id={}&status=delivered&limit=100",
            market.id()
        ))
        .await
        .len();
    assert_eq!(filled, owed);
    assert_audit_is_green(&app);
    say(&format!(
        "sample, lead-store: {} rows, {} duplicates, {} sold places, {came:?}, {filled} replacements filled",
        sample.rows,
        sample.repeats,
        app.staff("account_manager")
            .await
            .all(&format!("/deliveries?programme_id={}&limit=100", market.id()))
            .await
            .len(),
    ));
}

/// R30, R6 on real outcomes: under the monthly preset an approved return is a line that is not invoiced.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn r30_a_real_export_is_sold_returned_and_invoiced(#[values(Sqlite, Postgres)] on: Database) {
    let Some(sample) = sample() else { return };
    let app = spawn(on).await;
    let policy = json!({ "intake": { "countries": { "US": null } } });
    let market = app.market_with("b2b-monthly", policy).await;
    suppliers(&market).await;
    let done = import(&market, sample.csv.clone(), &mapping()).await;
    assert_eq!(
        (count(&done, "accepted"), count(&done, "duplicate")),
        (sample.rows, sample.repeats),
        "{done}"
    );
    let reasons = [
        ("wrong number given", "wrong_number"),
        ("invalid number", "disconnected_number"),
        ("number not provided", "never_enquired"),
    ];
    let came = return_by_tags(&app, &market, &sample, &done, &reasons).await;
    assert_eq!(
        came.approved,
        tagged(&sample, &["wrong number given", "invalid number"])
    );
    let sold: usize = deliveries(&app, &market, &done).await.values().map(Vec::len).sum();

    app.advance(40).await;
    let finance = app.staff("finance").await;
    let invoices = finance
        .all(&format!("/invoices?programme_id={}&limit=100", market.id()))
        .await;
    let lines: i64 = invoices
        .iter()
        .map(|invoice| invoice["line_count"].as_i64().expect("an invoice counts its lines"))
        .sum();
    assert_eq!(
        usize::try_from(lines).unwrap(),
        sold - came.approved,
        "each delivery once, the returned ones not at all"
    );
    assert_audit_is_green(&app);
    say(&format!(
        "sample, b2b-monthly: {sold} sold places, {came:?}, {} invoices with {lines} lines",
        invoices.len()
    ));
}

//! Imports: upload, dry run, import, the same file twice, results, and files that are none.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, Market, TestApp, spawn};

async fn upload(client: &Client, market: &Market<'_>, name: &str, bytes: Vec<u8>) -> Answer {
    let product = market.product["id"].as_str().expect("a product has an id");
    let path = format!(
        "/lead-imports?programme_id={}&product_id={product}&file_name={name}",
        market.id()
    );
    client.post(path).bytes("text/csv", bytes).send().await
}

/// Starts or checks an import and waits until it is done.
async fn run(app: &TestApp, client: &Client, import: &Value, action: &str, mapping: Option<&Value>) -> Value {
    let id = import["id"].as_str().expect("an import has an id");
    let body = mapping.map_or(json!({}), |mapping| json!({ "mapping": mapping }));
    client
        .post(format!("/lead-imports/{id}/{action}"))
        .json(&body)
        .send()
        .await
        .assert_status(202);
    loop {
        app.run_jobs().await;
        let import = client.get(format!("/lead-imports/{id}")).send().await.ok();
        if !matches!(import["status"].as_str(), Some("checking" | "running")) {
            return import;
        }
    }
}

/// `accepted, duplicate, quarantined, rejected, unchanged, invalid`.
fn counts(of: &Value) -> [i64; 6] {
    [
        "accepted",
        "duplicate",
        "quarantined",
        "rejected",
        "unchanged",
        "invalid",
    ]
    .map(|name| of[name].as_i64().unwrap_or(-1))
}

const ROWS: &str = "\
First Name;Last Name;E-mail;Mobile No.;ZIP;Lead Source;Budget
Dana;Reyes;dana@reyes.example;(512) 200-1001;78701;google ads;5.000
Zoë;Müller;zoe@example.com;512.200.1002;00501;Select;
;;nobody@example.com;;;;
Dana;Reyes;DANA@reyes.example;+1 512 200 1001;78701;craigslist;
Max;Short;max@example.com;12345;78701;;
Eve;Far;eve@example.com;(512) 200-1005;99999;;
Bad;Mail;not-an-address;(512) 200-1006;78701;;
";

#[rstest]
#[tokio::test]
async fn a_file_is_read_checked_and_imported(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Only", json!({})).await;
    let windows: Vec<u8> = ROWS
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin letters only"))
        .collect();
    let answer = upload(&market.key, &market, "leads.csv", windows).await;
    let import = answer.created();
    assert_eq!(
        (import["status"].as_str(), import["encoding"].as_str()),
        (Some("uploaded"), Some("windows-1252"))
    );
    assert_eq!(
        (import["delimiter"].as_str(), import["total_rows"].as_i64()),
        (Some("semicolon"), Some(7))
    );
    let fields: Vec<_> = import["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["suggested_field"].as_str())
        .collect();
    assert_eq!(
        fields,
        [
            None,
            None,
            Some("person.email"),
            Some("person.phone"),
            Some("place.postcode"),
            Some("source"),
            None
        ]
    );
    assert_eq!(import["mapping"]["empty_when"], json!(["select"]));

    // Nothing is imported by looking.
    let checked = run(&app, &market.key, &import, "check", None).await;
    assert_eq!(
        (checked["status"].as_str(), counts(&checked["check"]["counts"])),
        (Some("checked"), [2, 1, 3, 0, 0, 1]),
        "{checked}"
    );
    let errors = checked["check"]["errors"].as_array().unwrap();
    assert!(
        errors
            .iter()
            .any(|error| error["row"] == 4 && error["column"] == "Mobile No." && error["code"] == "required"),
        "{errors:?}"
    );
    assert_eq!(market.key.all("/leads").await.len(), 0);

    let done = run(&app, &market.key, &checked, "start", None).await;
    assert_eq!(
        (done["status"].as_str(), done["done_rows"].as_i64()),
        (Some("done"), Some(7)),
        "{done}"
    );
    assert_eq!(
        counts(&done["counts"]),
        counts(&checked["check"]["counts"]),
        "a dry run foretells: {done}"
    );
    let leads = market.key.all("/leads?channel=csv").await;
    assert_eq!(leads.len(), 6);
    let first = leads
        .iter()
        .find(|lead| lead["person"]["email"] == "dana@reyes.example" && lead["status"] == "partly_sold")
        .unwrap();
    assert_eq!(
        (first["person"]["name"].as_str(), first["import_id"].as_str()),
        (Some("Dana Reyes"), done["id"].as_str())
    );
    assert_eq!(first["source"], "google ads");
    let sold = app.events("delivery.created").await;
    assert!(sold.iter().all(|event| event["supplier_id"] == *buyer.id) && !sold.is_empty());

    let id = done["id"].as_str().unwrap();
    let rows = market.key.all(&format!("/lead-imports/{id}/rows?limit=3")).await;
    assert_eq!(
        rows.iter().map(|row| row["row"].as_i64().unwrap()).collect::<Vec<_>>(),
        [2, 3, 4, 5, 6, 7, 8]
    );
    let invalid = market
        .key
        .all(&format!("/lead-imports/{id}/rows?outcome=invalid,duplicate"))
        .await;
    assert_eq!(invalid.len(), 2);
    let file = market.key.get(format!("/lead-imports/{id}/rows.csv")).send().await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.text().lines().count(), 8, "{}", file.text());
    assert_eq!(app.events("import.finished").await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn the_same_file_twice_changes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let mut text = "name,phone,email\n".to_owned();
    for n in 0..180 {
        text.push_str(&format!(
            "Person {n},(512) 200-{:04},person.{n}@example.com\n",
            1000 + n
        ));
    }
    let import = upload(&market.key, &market, "a.csv", text.clone().into_bytes())
        .await
        .created();
    let done = run(&app, &market.key, &import, "start", None).await;
    assert_eq!(counts(&done["counts"]), [180, 0, 0, 0, 0, 0], "{done}");
    let sold = app.events("delivery.created").await.len();
    // Another encoding, delimiter and line end: the same cells.
    let other: Vec<u8> = text
        .replace(',', "\t")
        .replace('\n', "\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let other = [b"\xff\xfe".to_vec(), other].concat();
    let again = upload(&market.key, &market, "b.csv", other).await.created();
    assert_eq!(
        (again["encoding"].as_str(), again["delimiter"].as_str()),
        (Some("utf-16le"), Some("tab"))
    );
    let checked = run(&app, &market.key, &again, "check", None).await;
    assert_eq!(counts(&checked["check"]["counts"]), [0, 0, 0, 0, 180, 0]);
    let done = run(&app, &market.key, &again, "start", None).await;
    assert_eq!(counts(&done["counts"]), [0, 0, 0, 0, 180, 0], "{done}");
    assert_eq!(app.events("delivery.created").await.len(), sold);
    assert_eq!(market.key.all("/leads?limit=100").await.len(), 180);
}

#[rstest]
#[tokio::test]
async fn what_is_no_file_of_leads_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec();
    for (bytes, words) in [
        (png, "a PNG image"),
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), "an Excel workbook"),
        (Vec::new(), "The file is empty"),
        (b"name,phone\n".to_vec(), "no rows"),
    ] {
        let answer = upload(&market.key, &market, "leads.csv", bytes).await;
        answer.assert_problem(422, "invalid", "");
        assert!(answer.text().contains(words), "{answer}");
    }
    upload(&market.key, &market, "big.csv", vec![b'a'; 32 * 1024 * 1024 + 1])
        .await
        .assert_problem(413, "body_too_large", "");
    upload(&market.key, &market, "", b"a,b\n1,2\n".to_vec())
        .await
        .assert_problem(400, "invalid_parameter", "?file_name");
    market
        .key
        .post("/lead-imports?file_name=x")
        .send()
        .await
        .assert_problem(400, "invalid_parameter", "");
    let other = app.market("b2b-monthly").await;
    upload(&other.key, &market, "x.csv", b"a,b\n1,2\n".to_vec())
        .await
        .assert_problem(422, "invalid", "?programme_id");

    let import = upload(&market.key, &market, "x.csv", b"a,b\n1,2\n".to_vec())
        .await
        .created();
    let id = import["id"].as_str().unwrap();
    let start = |mapping: Value| {
        market
            .key
            .post(format!("/lead-imports/{id}/start"))
            .json(&json!({ "mapping": mapping }))
            .send()
    };
    let nothing = start(json!({ "fields": [] })).await;
    nothing.assert_problem(422, "invalid", "/mapping/fields");
    let wrong = start(json!({ "fields": [{ "field": "person.phone", "column": "Phone" }] })).await;
    wrong.assert_problem(422, "invalid", "/mapping/fields/0/column");
    start(json!({ "fields": [], "colour": "red" }))
        .await
        .assert_problem(400, "malformed_body", "/mapping/colour");
    // Nobody else's import is there.
    other
        .key
        .get(format!("/lead-imports/{id}"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    other
        .key
        .get(format!("/lead-imports/{id}/rows.csv"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    other
        .key
        .post(format!("/lead-imports/{id}/cancel"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let cancelled = market.key.post(format!("/lead-imports/{id}/cancel")).send().await.ok();
    assert_eq!(
        (cancelled["status"].as_str(), cancelled["allowed_actions"].clone()),
        (Some("cancelled"), json!([]))
    );
    start(json!({ "fields": [{ "field": "person.phone", "column": "a" }] }))
        .await
        .assert_problem(409, "state_conflict", "");
}

/// R99: a customer uploads its own leads; they go into its service and are offered to nobody.
#[rstest]
#[tokio::test]
async fn r99_a_customer_uploads_its_own_leads(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (own, other) = (
        market.buyer("Own", json!({})).await,
        market.buyer("Other", json!({})).await,
    );
    let owner = market.owner(&own).await;
    let rows = b"name,phone\nDana,(512) 200-1001\nZoe,(512) 200-1002\n".to_vec();
    let import = upload(&owner, &market, "mine.csv", rows).await.created();
    let done = run(&app, &owner, &import, "start", None).await;
    assert_eq!(counts(&done["counts"]), [2, 0, 0, 0, 0, 0], "{done}");
    let leads = app.staff("support").await.all("/leads?status=in_service").await;
    assert_eq!(leads.len(), 2);
    assert!(
        leads
            .iter()
            .all(|lead| lead["owner_supplier_id"] == *own.id && lead["sold"] == 0)
    );
    assert_eq!(app.events("delivery.created").await.len(), 0);
    let id = import["id"].as_str().unwrap();
    market
        .owner(&other)
        .await
        .get(format!("/lead-imports/{id}"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    assert_eq!(market.owner(&other).await.all("/lead-imports").await.len(), 0);
    assert_eq!(owner.all("/lead-imports").await.len(), 1);
}

/// A server that dies in the middle goes on where it stopped, and no row is done twice.
#[rstest]
#[tokio::test]
async fn a_killed_import_goes_on_where_it_stopped(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = tradepost_tests::spawn_process(on).await;
    let total = 1_500;
    let mut text = "name,phone,email\n".to_owned();
    for n in 0..total {
        text.push_str(&format!(
            "Person {n},(512) 2{:02}-{:04},person.{n}@example.com\n",
            n / 9000,
            1000 + n % 9000
        ));
    }
    let (key, id) = {
        let market = app.market("b2b-monthly").await;
        let import = upload(&market.key, &market, "a.csv", text.into_bytes()).await.created();
        let id = import["id"].as_str().unwrap().to_owned();
        market
            .key
            .post(format!("/lead-imports/{id}/start"))
            .json(&json!({}))
            .send()
            .await
            .assert_status(202);
        (market.key.clone(), id)
    };
    let mut kills = 0;
    loop {
        let client = app.moved(&key);
        let import = client.get(format!("/lead-imports/{id}")).send().await.ok();
        let done = import["done_rows"].as_i64().unwrap();
        if import["status"] == "done" {
            assert_eq!(counts(&import["counts"]), [total, 0, 0, 0, 0, 0], "{import}");
            break;
        }
        if done > kills * total / 4 && kills < 3 {
            kills += 1;
            app.kill();
            app.restart().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let client = app.moved(&key);
    assert_eq!(
        client.all(&format!("/lead-imports/{id}/rows?limit=100")).await.len() as i64,
        total
    );
    assert_eq!(client.all("/leads?limit=100").await.len() as i64, total);
    assert!(kills > 0, "the import was too quick to be killed");
}

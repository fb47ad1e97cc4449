//! Whatever comes in, the answer is a 4xx problem with its own code: never a 5xx, never a silent success,
//! never an answer without a body.
//!
//! What every operation has in common is read from the OpenAPI document, so that a new operation is
//! tried as soon as it is there.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost::auth::operations::{Access, OPERATIONS};
use tradepost_contract::ProblemCode;
use tradepost_contract::people::StaffRole;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, TestApp, merged, spawn};

/// An operation of the document.
struct Operation {
    id: String,
    method: Method,
    path: String,
    takes_json: bool,
    parameters: Vec<String>,
    client: Client,
}

impl Operation {
    /// The path with every id in it replaced.
    fn path_with(&self, id: &str) -> String {
        let segments = self
            .path
            .split('/')
            .map(|segment| if segment.starts_with('{') { id } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    fn has_id(&self) -> bool {
        self.path.contains('{')
    }
}

/// Every operation of the document below `/api/v1`, with somebody who may call it.
async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = app.anonymous().get("//openapi.json").send().await.ok();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("the document has paths") {
        let Some(path) = path.strip_prefix("/api/v1") else {
            continue;
        };
        for (method, operation) in item.as_object().expect("a path has methods") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let Some(row) = OPERATIONS
                .iter()
                .find(|row| row.method == method.as_str() && row.path == path)
            else {
                panic!("{method} {path} has no row in operations.rs");
            };
            let client = match row.access {
                Access::Public => app.anonymous(),
                Access::Needs(permission) => {
                    match StaffRole::ALL.iter().find(|role| permission.held_by_staff(**role)) {
                        Some(role) => app.staff(role.as_str()).await,
                        // What only a supplier does, such as accepting a notice.
                        None => {
                            let market = app.market("b2b-monthly").await;
                            market.owner(&market.supplier("Okafor").await).await
                        }
                    }
                }
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            found.push(Operation {
                id: row.id.to_owned(),
                path: path.to_owned(),
                // An event of the gateway is believed before it is read: nonsense fails by its signature.
                takes_json: row.id != "receive_gateway_event"
                    && operation["requestBody"]["content"]["application/json"].is_object(),
                parameters: parameters
                    .filter(|parameter| parameter["in"] == "query")
                    .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                    .collect(),
                method,
                client,
            });
        }
    }
    assert!(!found.is_empty(), "the document has no operations");
    found
}

/// What is wrong with an answer to nonsense, if anything is.
fn complaint(answer: &Answer, expected: &[(u16, &str)]) -> Option<String> {
    let status = answer.status.as_u16();
    if answer.header("Content-Type") != Some("application/problem+json") {
        return Some(format!("not a problem: {answer}"));
    }
    let problem = answer.json();
    let code = problem["code"].as_str().unwrap_or_default();
    let known = code.parse::<ProblemCode>().is_ok_and(|code| code.status() == status);
    if !known || problem["status"] != status || answer.header("X-Request-Id") != problem["request_id"].as_str() {
        return Some(format!("not the shape of a problem: {answer}"));
    }
    let fits = expected.contains(&(status, code)) || (expected.is_empty() && (400..500).contains(&status));
    (!fits).then(|| format!("expected {expected:?}: {answer}"))
}

/// Fails with everything that went wrong, not only the first.
fn settle(complaints: &[String], tried: usize, what: &str, on: Database) {
    assert!(
        complaints.is_empty(),
        "{} of {tried}:\n{}",
        complaints.len(),
        complaints.join("\n\n")
    );
    super::report(
        what,
        on,
        &format!("{tried} requests"),
        "each a 4xx problem with its code",
    );
}

/// What is wrong, the body, its content type, and how it is refused.
type Nonsense = (&'static str, Vec<u8>, &'static str, (u16, &'static str));

/// Bodies that are no JSON object of any operation, and how they are refused.
fn nonsense() -> Vec<Nonsense> {
    let json = "application/json";
    let malformed = (400, "malformed_body");
    vec![
        ("cut off", b"{\"name\": ".to_vec(), json, malformed),
        ("an array", b"[]".to_vec(), json, malformed),
        ("a number", b"42".to_vec(), json, malformed),
        ("null", b"null".to_vec(), json, malformed),
        ("an unknown field", b"{\"no_such_field\": 1}".to_vec(), json, malformed),
        ("two objects", b"{} {}".to_vec(), json, malformed),
        ("broken UTF-8", b"{\"name\": \"\xff\xfe\"}".to_vec(), json, malformed),
        ("a lone surrogate", br#"{"name": "\ud800"}"#.to_vec(), json, malformed),
        ("30,000 deep arrays", "[".repeat(30_000).into_bytes(), json, malformed),
        (
            "10,000 deep objects",
            "{\"a\":".repeat(10_000).into_bytes(),
            json,
            malformed,
        ),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), json, malformed),
        (
            "a huge number",
            b"{\"no_such_field\": 1e999999}".to_vec(),
            json,
            malformed,
        ),
        (
            "70 KB",
            format!("{{\"name\": \"{}\"}}", "x".repeat(70_000)).into_bytes(),
            json,
            (413, "body_too_large"),
        ),
        (
            "XML",
            b"<lead/>".to_vec(),
            "application/xml",
            (415, "unsupported_media_type"),
        ),
        (
            "a form",
            b"name=x".to_vec(),
            "application/x-www-form-urlencoded",
            (415, "unsupported_media_type"),
        ),
    ]
}

#[rstest]
#[tokio::test]
async fn every_operation_refuses_nonsense_in_its_body(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (mut tried, mut complaints) = (0, Vec::new());
    for operation in operations(&app).await.iter().filter(|operation| operation.takes_json) {
        for (what, body, content_type, refusal) in nonsense() {
            let path = operation.path_with("nothing_0000000000000");
            let call = operation.client.call(operation.method.clone(), &path);
            let answer = call.bytes(content_type, body).send().await;
            // A path that leads nowhere may be noticed first.
            let expected = [refusal, (404, "not_found")];
            let expected = if operation.has_id() {
                &expected[..]
            } else {
                &expected[..1]
            };
            tried += 1;
            complaints.extend(complaint(&answer, expected).map(|text| format!("{}, {what}: {text}", operation.id)));
        }
    }
    settle(&complaints, tried, "nonsense bodies", on);
}

#[rstest]
#[tokio::test]
async fn every_operation_refuses_unknown_parameters_and_bad_cursors(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (mut tried, mut complaints) = (0, Vec::new());
    let parameter = (400, "invalid_parameter");
    for operation in operations(&app)
        .await
        .iter()
        .filter(|operation| operation.method == Method::GET)
    {
        let mut queries: Vec<(String, (u16, &str))> = Vec::new();
        let has = |name: &str| operation.parameters.iter().any(|parameter| parameter == name);
        if has("limit") {
            for limit in ["0", "101", "-1", "many", "", "1e2", "99999999999999999999"] {
                queries.push((format!("limit={limit}"), parameter));
            }
            queries.push(("limit=1&limit=2".to_owned(), parameter));
            queries.push(("no_such_filter=1".to_owned(), parameter));
        }
        if has("cursor") {
            // A file holds all rows, so it takes no cursor at all.
            let refusal = if operation.path.ends_with(".csv") {
                "invalid_parameter"
            } else {
                "invalid_cursor"
            };
            for cursor in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "..%2f..%2f", "eyJhIjoxfQ"] {
                queries.push((format!("cursor={cursor}"), (400, refusal)));
            }
            queries.push(("cursor=%00".to_owned(), parameter));
        }
        if has("sort") {
            queries.push(("sort=no_such_order".to_owned(), parameter));
        }
        if has("status") {
            queries.push(("status=no_such_status".to_owned(), parameter));
        }
        for (query, refusal) in queries {
            let path = operation.path_with("nothing_0000000000000");
            let answer = operation.client.get(format!("{path}?{query}")).send().await;
            let expected = [refusal, (404, "not_found")];
            let expected = if operation.has_id() {
                &expected[..]
            } else {
                &expected[..1]
            };
            tried += 1;
            complaints.extend(complaint(&answer, expected).map(|text| format!("{}, {query}: {text}", operation.id)));
        }
    }
    settle(&complaints, tried, "unknown parameters, bad cursors", on);
}

#[rstest]
#[tokio::test]
async fn an_id_that_is_nobodys_is_not_found(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (mut tried, mut complaints) = (0, Vec::new());
    let strange = [
        "1",
        "0",
        "-1",
        "nothing",
        "lead_",
        "lead_0000000000000",
        "LEAD_0F8K2M3Q9X7AB",
        "ord_0000000000001",
        "lead_0000000000001",
        "sup_zzzzzzzzzzzzz",
        "%00",
        "%FF%FE",
        "..%2F..%2Fetc%2Fpasswd",
        "'%20OR%201=1--",
        "%F0%9F%92%A9",
        "9223372036854775808",
    ];
    for operation in operations(&app).await.iter().filter(|operation| operation.has_id()) {
        for id in strange
            .iter()
            .map(|id| (*id).to_owned())
            .chain([format!("lead_{}", "0".repeat(4000))])
        {
            let mut call = operation
                .client
                .call(operation.method.clone(), &operation.path_with(&id));
            if operation.takes_json {
                call = call.json(&json!({}));
            }
            let answer = call.send().await;
            // An empty body may be refused first; what must not happen is anything else.
            let expected = [(404, "not_found"), (400, "malformed_body"), (422, "invalid")];
            let expected = if operation.takes_json {
                &expected[..]
            } else {
                &expected[..1]
            };
            tried += 1;
            let shown: String = id.chars().take(40).collect();
            complaints.extend(complaint(&answer, expected).map(|text| format!("{}, {shown}: {text}", operation.id)));
        }
    }
    settle(&complaints, tried, "ids of nothing", on);
}

#[rstest]
#[tokio::test]
async fn every_operation_asks_who_is_calling(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (mut tried, mut complaints) = (0, Vec::new());
    let public: Vec<&str> = OPERATIONS
        .iter()
        .filter(|row| row.access == Access::Public)
        .map(|row| row.id)
        .collect();
    let credentials = [
        "",
        "x",
        "tp_live_x",
        "tp_test_0000000000000000000000000000000000000000",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
    ];
    for operation in operations(&app)
        .await
        .iter()
        .filter(|operation| !public.contains(&operation.id.as_str()))
    {
        let path = operation.path_with("nothing_0000000000000");
        for token in credentials {
            let client = if token.is_empty() {
                app.anonymous()
            } else {
                app.anonymous().with_bearer(token)
            };
            let answer = client.call(operation.method.clone(), &path).send().await;
            tried += 1;
            complaints.extend(
                complaint(&answer, &[(401, "unauthenticated")]).map(|text| format!("{}: {text}", operation.id)),
            );
        }
    }
    settle(&complaints, tried, "no or bad credentials", on);
}

#[rstest]
#[tokio::test]
async fn a_lead_with_something_wrong_is_refused_at_its_field(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let wrong: Vec<(Value, u16, &str, &str)> = vec![
        (
            json!({ "programme": "no-such-programme" }),
            422,
            "invalid",
            "/programme",
        ),
        (json!({ "product": "no-such-product" }), 422, "invalid", "/product"),
        (
            json!({ "programme": "prog_0000000000001" }),
            422,
            "invalid",
            "/programme",
        ),
        (
            json!({ "enquired_at": "2026-02-30T00:00:00Z" }),
            400,
            "malformed_body",
            "/enquired_at",
        ),
        (
            json!({ "enquired_at": "yesterday" }),
            400,
            "malformed_body",
            "/enquired_at",
        ),
        (
            json!({ "enquired_at": "2999-01-01T00:00:00Z" }),
            422,
            "invalid",
            "/enquired_at",
        ),
        (
            json!({ "enquired_at": "1999-12-31T23:59:59Z" }),
            422,
            "invalid",
            "/enquired_at",
        ),
        (json!({ "person": { "age": 42 } }), 400, "malformed_body", "/person/age"),
        (
            json!({ "person": { "name": "x".repeat(201) } }),
            422,
            "invalid",
            "/person/name",
        ),
        (
            json!({ "external_id": "x".repeat(201) }),
            422,
            "invalid",
            "/external_id",
        ),
        (json!({ "answers": { "a": 1 } }), 400, "malformed_body", "/answers/a"),
        (
            json!({ "channel": "carrier_pigeon" }),
            400,
            "malformed_body",
            "/channel",
        ),
    ];
    for (patch, status, code, pointer) in wrong {
        let body = merged(market.lead(), patch.clone());
        let answer = market.try_submit(body).await;
        assert!(answer.status.as_u16() == status, "{patch}: {answer}");
        answer.assert_problem(status, code, pointer);
    }
    assert_eq!(market.key.all("/leads").await.len(), 0, "nothing was kept");
}

#[rstest]
#[tokio::test]
async fn money_is_neither_negative_nor_too_large(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let supplier = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let order = |price: &str| {
        format!(
            r#"{{"business_id": "{}", "product_id": {}, "price": {price}}}"#,
            supplier.business_id, market.product["id"]
        )
    };
    for (price, statuses) in [
        (r#"{"amount": -1, "currency": "USD"}"#, [422, 422]),
        (r#"{"amount": 9223372036854775807, "currency": "USD"}"#, [422, 422]),
        (r#"{"amount": 9223372036854775808, "currency": "USD"}"#, [400, 422]),
        (r#"{"amount": 45.5, "currency": "USD"}"#, [400, 400]),
        (r#"{"amount": "4500", "currency": "USD"}"#, [400, 400]),
        (r#"{"amount": 4500, "currency": "XXX"}"#, [422, 400]),
        (r#"{"amount": 4500, "currency": "GBP"}"#, [422, 422]),
        (r#"{"amount": 4500}"#, [400, 400]),
        (r#"{"amount": 4500, "currency": "USD", "cents": 1}"#, [400, 400]),
    ] {
        let answer = manager
            .post("/orders")
            .bytes("application/json", order(price))
            .send()
            .await;
        assert!(statuses.contains(&answer.status.as_u16()), "{price}: {answer}");
        assert!(complaint(&answer, &[]).is_none(), "{price}: {answer}");
        let pointers = answer.json()["errors"].to_string();
        assert!(pointers.contains("\"/price"), "{price}: {answer}");
    }
}

#[rstest]
#[tokio::test]
async fn stale_versions_and_reused_keys_are_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}", buyer.id);
    let version = manager.get(&path).send().await.version();
    manager
        .patch(&path)
        .if_match(version)
        .json(&json!({ "name": "Okafor & Daughters" }))
        .send()
        .await
        .assert_status(200);
    let stale = manager
        .patch(&path)
        .if_match(version)
        .json(&json!({ "name": "Okafor" }))
        .send()
        .await;
    stale.assert_problem(412, "stale", "");
    for tag in ["5", "\"x\"", "W/\"v1\"", "*", "\"v99999999999999999999\""] {
        let answer = manager
            .patch(&path)
            .header("If-Match", tag)
            .json(&json!({ "name": "Okafor" }))
            .send()
            .await;
        answer.assert_problem(400, "invalid_header", "");
    }
    for key in ["", &"k".repeat(201)] {
        let answer = manager
            .patch(&path)
            .idempotency_key(key)
            .json(&json!({ "name": "Okafor" }))
            .send()
            .await;
        answer.assert_problem(400, "invalid_header", "");
    }
    let once = |name: &str| {
        manager
            .patch(&path)
            .idempotency_key("the-same")
            .json(&json!({ "name": name }))
    };
    once("Okafor Roofing").send().await.assert_status(200);
    let replay = once("Okafor Roofing").send().await;
    assert_eq!(replay.header("Idempotency-Replayed"), Some("true"), "{replay}");
    once("Somebody else")
        .send()
        .await
        .assert_problem(422, "idempotency_key_reused", "");
    assert_eq!(manager.get(&path).send().await.ok()["name"], "Okafor Roofing");
}

//! Nobody sees another supplier's things (R5, R123, R127): every operation of the document that has an id
//! in its path is called by strangers with a real id of somebody else's and with one that nobody has, and
//! has to answer both alike, word for word. Every list is read for traces of the other's ids.

use std::collections::BTreeMap;

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost::auth::operations::{Access, OPERATIONS, Operation};
use tradepost_contract::people::{KeyScope, SupplierRole};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, TestApp, spawn};

/// What does not belong to one supplier, so that an id of it is nobody's secret or staff's alone.
const NOT_A_SUPPLIERS: &[&str] = &[
    "sessions",
    "users",
    "api-keys",
    "legal-entities",
    "programmes",
    "policy-versions",
    "policy-drafts",
    "lead-products",
    "lead-imports",
    "lead-sources",
    "lead-source-posts",
    "billing-runs",
    "coupons",
    "month-closes",
    "reconciliations",
    "reconciliation-differences",
    "rate-reviews",
    "mails",
    "call-queue",
    "impersonations",
    "lead-holds",
    "subject-requests",
];

/// Ids of one supplier's things, by the first segment of the paths that lead to them.
type Belongings = BTreeMap<&'static str, String>;

fn id_of(value: &Value) -> String {
    value["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {value}"))
        .to_owned()
}

/// An id of the same kind that nobody has.
fn missing_like(id: &str) -> String {
    let prefix = id.split('_').next().unwrap_or_default();
    format!("{prefix}_0000000000zzz")
}

/// Sells, returns and bills until the supplier has one of everything.
async fn belongings(app: &TestApp, market: &Market<'_>, buyer: &Buyer) -> Belongings {
    let manager = app.staff("account_manager").await;
    let supplier = &buyer.id;
    let contact = json!({ "purpose": "leads", "name": "Desk", "email": "desk@acme.example" });
    let contact = manager
        .post(format!("/suppliers/{supplier}/contacts"))
        .json(&contact)
        .send()
        .await
        .created();
    let agreement = json!({ "title": "Terms", "term": "rolling", "starts_on": "2026-01-01", "document": "As agreed." });
    let agreement = manager
        .post(format!("/suppliers/{supplier}/agreements"))
        .json(&agreement)
        .send()
        .await
        .created();
    let coverage = manager.all(&format!("/suppliers/{supplier}/coverage")).await;
    let method = market.store_method(buyer, "card", "ok").await;
    let session = json!({ "supplier_id": supplier, "kind": "card" });
    let session = manager
        .post("/payment-method-sessions")
        .json(&session)
        .send()
        .await
        .created();

    // A lead on the last day but one of the month is invoiced on the first, while it may still be returned.
    let days_left = days_to_the_end_of_the_month(&app.business_now().await);
    if days_left > 1 {
        app.advance(days_left - 1).await;
    }
    let delivery = market.sell_to(buyer).await;
    app.advance(3).await;
    app.until("its card is charged", async || {
        let payments = market.payments(buyer).await;
        payments.first().is_some_and(|payment| payment["status"] == "succeeded")
    })
    .await;
    let payment = id_of(&market.payments(buyer).await[0]);
    let owner = market.owner(buyer).await;
    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let reason = options["reasons"][0]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("no reason: {options}"));
    let request = json!({ "delivery_id": delivery, "reason": reason, "note": "Nobody of that name lives there." });
    let request = id_of(&owner.post("/return-requests").json(&request).send().await.created());
    let reviewer = app.staff("returns_reviewer").await;
    reviewer
        .post(format!("/return-requests/{request}/approve"))
        .json(&json!({}))
        .send()
        .await
        .ok();

    let lead = app
        .staff("admin")
        .await
        .get(format!("/deliveries/{delivery}"))
        .send()
        .await
        .ok();
    let mut owned = Belongings::from([
        ("suppliers", supplier.clone()),
        ("businesses", buyer.business_id.clone()),
        ("contacts", id_of(&contact)),
        ("agreements", id_of(&agreement)),
        ("coverage", coverage.first().map(id_of).expect("it covers something")),
        ("orders", buyer.order_id.clone().expect("it has an order")),
        (
            "leads",
            lead["lead_id"].as_str().expect("a delivery is of a lead").to_owned(),
        ),
        ("deliveries", delivery),
        ("return-requests", request),
        ("payment-methods", method),
        ("payment-method-sessions", id_of(&session)),
    ]);
    let person = json!({ "email": "desk@acme.example", "name": "Desk", "role": "member" });
    let person = manager
        .post(format!("/suppliers/{supplier}/members"))
        .json(&person)
        .send()
        .await
        .created();
    owned.insert("members", person["user_id"].as_str().expect("a user").to_owned());
    let pause = json!({ "supplier_id": supplier, "starts_at": "2099-01-01T00:00:00Z", "reason": "Closed that week." });
    let pause = manager.post("/pauses").json(&pause).send().await.created();
    owned.insert("pauses", id_of(&pause));
    let hook = json!({ "supplier_id": supplier, "name": "Its CRM", "url": "http://127.0.0.1:9/hooks" });
    let hook = app
        .staff("admin")
        .await
        .post("/webhook-endpoints")
        .json(&hook)
        .send()
        .await
        .created()["endpoint"]
        .clone();
    let hook = id_of(&hook);
    let tried = app
        .staff("admin")
        .await
        .post(format!("/webhook-endpoints/{hook}/test"))
        .json(&json!({}))
        .send()
        .await;
    tried.assert_status(202);
    owned.insert("webhook-deliveries", id_of(&tried.json()));
    // Nobody is there, so that it would be tried again and again while others look at it.
    let pause = format!("/webhook-endpoints/{hook}/pause");
    app.staff("admin").await.post(pause).json(&json!({})).send().await.ok();
    owned.insert("webhook-endpoints", hook);
    let target =
        json!({ "supplier_id": supplier, "name": "Its CRM", "kind": "adf_mail", "address": "leads@crm.example" });
    let target = manager.post("/delivery-targets").json(&target).send().await.created();
    let sold = market.sell_to(buyer).await;
    let forwards = format!("/delivery-targets/{}/forwards?delivery_id={sold}", id_of(&target));
    app.until("the lead is on its way", async || {
        !manager.all(&forwards).await.is_empty()
    })
    .await;
    owned.insert("lead-forwards", id_of(&manager.all(&forwards).await[0]));
    owned.insert("delivery-targets", id_of(&target));
    let change = json!({ "supplier_id": supplier, "change": { "kind": "profile", "address": "1 New Road" }, "reason": "They have moved." });
    let change = manager.post("/change-requests").json(&change).send().await.created();
    owned.insert("change-requests", id_of(&change));
    let shop = app.market("lead-store").await;
    let unlucky = shop.buyer("Unlucky", json!({})).await;
    let asked = json!({ "delivery_id": shop.sell_to(&unlucky).await, "reason": "wrong_number" });
    let asked = manager.post("/return-requests").json(&asked).send().await.created();
    let reviewer = app.staff("returns_reviewer").await;
    let approve = format!("/return-requests/{}/approve", id_of(&asked));
    reviewer.post(approve).json(&json!({})).send().await.ok();
    owned.insert("replacements", id_of(&reviewer.all("/replacements").await[0]));
    let shopper = shop.supplier("Shopper").await;
    let wish = json!({ "business_id": shopper.business_id, "product_id": shop.product["id"], "quantity": 10 });
    let checkout = manager.post("/checkouts").json(&wish).send().await.created();
    owned.insert("checkouts", id_of(&checkout));
    let wish = json!({ "business_id": shopper.business_id, "product_id": shop.product["id"], "quantity": 10, "loyalty": { "interval": "monthly" } });
    let joining = manager.post("/checkouts").json(&wish).send().await.created();
    crate::checkouts::pay(app, &manager, &joining).await;
    owned.insert(
        "loyalty-subscriptions",
        id_of(&manager.all("/loyalty-subscriptions").await[0]),
    );
    let service = app.market("isa-calling").await;
    let customer = service.supplier("Customer").await;
    service.store_method(&customer, "card", "ok").await;
    let plan = json!({ "supplier_id": customer.id, "tier": "leads_50" });
    let plan = app
        .staff("finance")
        .await
        .post("/plan-subscriptions")
        .json(&plan)
        .send()
        .await
        .created();
    owned.insert("plan-subscriptions", id_of(&plan));
    let trade = app.market("trade-weekly").await;
    let leaver = trade.supplier("Leaver").await;
    let notice = json!({
        "supplier_id": leaver.id, "requested_by": "Mo Okafor", "channel": "letter",
        "document": { "name": "notice.txt", "text": "We leave." },
    });
    let notice = manager.post("/cancellations").json(&notice).send().await.created();
    owned.insert("cancellations", id_of(&notice));
    let question =
        json!({ "supplier_id": supplier, "topic": "other", "subject": "Hours", "text": "When are you open?" });
    let ticket = manager.post("/support-tickets").json(&question).send().await.created();
    owned.insert("support-tickets", id_of(&ticket["ticket"]));
    owned.insert("erasure-notices", erasure_notice(app, market, buyer).await);
    let (handed_in, call) = called(app, &service, &customer, &id_of(&plan)).await;
    owned.insert("call-report", handed_in);
    owned.insert("call-attempts", call);
    let local = json!({ "package": { "mode": "per_business", "intro_required": true } });
    let local = app.market_with("local-exclusive", local).await;
    let client = local.supplier("Client").await;
    owned.insert(
        "packages",
        id_of(&local.offer_package(&client, "introductory", 5).await),
    );
    let finance = app.staff("finance").await;
    let refund = json!({ "payment_id": payment, "amount": market.money(100), "reason": "As agreed." });
    owned.insert(
        "refunds",
        id_of(&finance.post("/refunds").json(&refund).send().await.created()),
    );
    owned.insert("payments", payment);
    // What it brings about is over before anybody looks: the gateway answers when it likes, and on PostgreSQL the log shows
    // the webhooks what happened a second later.
    market.until_answered(buyer).await;
    service.until_answered(&customer).await;
    app.events("refund.succeeded").await;
    app.run_jobs().await;
    for collection in ["invoices", "credit-notes"] {
        let rows = finance.all(&format!("/{collection}?supplier_id={supplier}")).await;
        owned.insert(
            collection,
            rows.first()
                .map(id_of)
                .unwrap_or_else(|| panic!("it has no {collection}")),
        );
    }
    owned
}

/// A person whose lead the supplier bought is erased.
async fn erasure_notice(app: &TestApp, market: &Market<'_>, buyer: &Buyer) -> String {
    let admin = app.staff("admin").await;
    let lead = market.lead();
    let email = lead["person"]["email"].clone();
    market.submit(lead).await;
    let asked = json!({ "programme_id": market.id(), "kind": "erasure", "email": email, "identity_note": "A letter." });
    let request = admin.post("/subject-requests").json(&asked).send().await.created();
    let path = format!("/subject-requests/{}", id_of(&request));
    let found = admin.get(format!("{path}/findings")).send().await.ok();
    let leads = json!({ "leads": [found["leads"][0]["lead_id"]] });
    admin.post(format!("{path}/erase")).json(&leads).send().await.ok();
    let told = admin.all(&format!("/erasure-notices?supplier_id={}", buyer.id)).await;
    id_of(told.first().expect("the buyer was told"))
}

/// A lead that a customer of a calling service handed in, and the call that was made to it.
async fn called(app: &TestApp, service: &Market<'_>, customer: &Buyer, plan: &str) -> (String, String) {
    let owner = service.owner(customer).await;
    let path = format!("/plan-subscriptions/{plan}");
    app.until("the plan runs", async || {
        owner.get(&path).send().await.ok()["status"] == "active"
    })
    .await;
    let lead = owner.post("/leads").json(&service.lead()).send().await.created()["lead"].clone();
    let lead = id_of(&lead);
    let call =
        json!({ "lead_id": lead, "duration_seconds": 60, "disposition": "voicemail", "note": "The machine answered." });
    let caller = app.staff("caller").await;
    let call = id_of(&caller.post("/call-attempts").json(&call).send().await.created());
    (lead, call)
}

fn days_to_the_end_of_the_month(now: &str) -> i64 {
    use time::format_description::well_known::Rfc3339;
    let date = time::OffsetDateTime::parse(now, &Rfc3339)
        .expect("the clock speaks RFC 3339")
        .date();
    i64::from(date.month().length(date.year()) - date.day())
}

/// Somebody's name, their client, and which operations their role lets them call.
type Stranger = (String, Client, Box<dyn Fn(&Operation) -> bool>);

/// Everybody who has no business with the first supplier, and what their role lets them call.
async fn strangers(market: &Market<'_>, other: &Buyer) -> Vec<Stranger> {
    let mut found: Vec<Stranger> = Vec::new();
    for role in SupplierRole::ALL.iter().copied() {
        let may = move |row: &Operation| matches!(row.access, Access::Needs(need) if need.held_by_supplier(role));
        let client = market.member(other, role.as_str()).await.idempotent();
        found.push((format!("the other's {role}"), client, Box::new(may)));
    }
    let scopes: Vec<KeyScope> = KeyScope::ALL
        .iter()
        .copied()
        .filter(|scope| !matches!(scope, KeyScope::LeadsRead | KeyScope::EventsRead | KeyScope::CallsWrite))
        .collect();
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let key = market.app.key(&words, None, Some(&other.id)).await;
    let may = move |row: &Operation| matches!(row.access, Access::Needs(need) if scopes.iter().any(|scope| need.held_by_key(*scope)));
    found.push(("the other's key".to_owned(), key, Box::new(may)));
    found
}

/// A body that the operation would take, as far as its schema says.
fn body_for(document: &Value, row: &Operation) -> Option<Value> {
    let path = format!("/api/v1{}", row.path);
    let operation = &document["paths"][path][row.method.to_lowercase()];
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    schema.is_object().then(|| sample(document, schema, 0))
}

fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return sample(document, &document["components"]["schemas"][name], depth + 1);
    }
    for given in [
        &schema["example"],
        &schema["examples"][0],
        &schema["default"],
        &schema["const"],
        &schema["enum"][0],
    ] {
        if !given.is_null() {
            return given.clone();
        }
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(first) = schema[choice]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["type"] != "null"))
        {
            return sample(document, first, depth + 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().fold(json!({}), |whole, part| {
            tradepost_tests::merged(whole, sample(document, part, depth + 1))
        });
    }
    let kind = schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str())
        .unwrap_or("object");
    match kind {
        "string" => json!("text"),
        "integer" | "number" => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least)),
        "boolean" => json!(true),
        "array" => json!([]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let names = required.iter().filter_map(Value::as_str);
            names
                .map(|name| {
                    (
                        name.to_owned(),
                        sample(document, &schema["properties"][name], depth + 1),
                    )
                })
                .collect()
        }
    }
}

async fn ask(client: &Client, row: &Operation, id: &str, body: Option<&Value>) -> Answer {
    let method = Method::from_bytes(row.method.as_bytes()).expect("a method");
    let call = client.call(method, &row.path.replace("{id}", id));
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// The answer without what differs between any two requests.
fn essence(answer: &Answer, id: &str) -> String {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
    }
    format!("{} {body}", answer.status).replace(id, "the id")
}

async fn everything(admin: &Client, finance: &Client, owned: &Belongings) -> BTreeMap<&'static str, String> {
    let mut found = BTreeMap::new();
    for (collection, id) in owned {
        // Coverage, contacts and people have no address of their own to read, and a session is asked for by its owner.
        let client = if collection.contains("invoice") { finance } else { admin };
        if !matches!(
            *collection,
            "coverage" | "contacts" | "members" | "payment-method-sessions"
        ) {
            let now = client.get(format!("/{collection}/{id}")).send().await.ok().to_string();
            found.insert(*collection, now);
        }
    }
    for list in ["coverage", "contacts", "members"] {
        let all = admin.all(&format!("/suppliers/{}/{list}", owned["suppliers"])).await;
        found.insert(list, format!("{all:?}"));
    }
    found
}

/// R5, R123, R127: a foreign id in a path is answered like one that nobody has, and changes nothing.
#[rstest]
#[tokio::test]
async fn r127_a_foreign_id_is_like_a_missing_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Acme", json!({})).await;
    let owned = belongings(&app, &market, &buyer).await;
    let other = market.buyer("Zenith", json!({})).await;
    let document = app.anonymous().get("//openapi.json").send().await.ok();
    let (admin, finance) = (app.staff("admin").await, app.staff("finance").await);
    let before = everything(&admin, &finance, &owned).await;

    let (mut wrong, mut hidden) = (Vec::new(), 0);
    for (name, client, may) in strangers(&market, &other).await {
        for row in OPERATIONS.iter().filter(|row| row.path.contains("{id}")) {
            let collection = row.path.trim_start_matches('/').split('/').next().unwrap_or_default();
            let Some(id) = owned.get(collection) else {
                assert!(NOT_A_SUPPLIERS.contains(&collection), "{}: whose are they?", row.path);
                continue;
            };
            let body = body_for(&document, row);
            let missing = missing_like(id);
            let foreign = ask(&client, row, id, body.as_ref()).await;
            let nobodys = ask(&client, row, &missing, body.as_ref()).await;
            let alike = essence(&foreign, id) == essence(&nobodys, &missing);
            let status = foreign.status.as_u16();
            let refused = if !may(row) {
                status == 403
            } else if row.method == "GET" {
                status == 404
            } else {
                // A role of the policy's may refuse before the id is looked at, and so may the body.
                matches!(status, 400 | 403 | 404 | 422)
            };
            hidden += usize::from(status == 404);
            if !alike || !refused {
                wrong.push(format!("{name}:\n  foreign {foreign}\n  missing {nobodys}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} operations tell:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        hidden > 60,
        "only {hidden} answers were 404: do the samples still reach the lookups?"
    );
    for (collection, now) in everything(&admin, &finance, &owned).await {
        assert_eq!(now, before[collection], "and nothing of {collection} changed");
    }
}

/// R127: no list, with any filter, shows a stranger anything of the other's.
#[rstest]
#[tokio::test]
async fn r127_no_list_shows_what_is_anothers(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Acme", json!({})).await;
    let owned = belongings(&app, &market, &buyer).await;
    let other = market.buyer("Zenith", json!({})).await;
    let document = app.anonymous().get("//openapi.json").send().await.ok();

    let (mut wrong, mut read) = (Vec::new(), 0);
    for (name, client, may) in strangers(&market, &other).await {
        for row in OPERATIONS
            .iter()
            .filter(|row| row.method == "GET" && !row.path.contains("{id}") && may(row))
        {
            let parameters = document["paths"][format!("/api/v1{}", row.path)]["get"]["parameters"].clone();
            let names: Vec<&str> = parameters
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let mut queries = vec![String::new()];
            for (collection, id) in &owned {
                let filter = format!("{}_id", collection.trim_end_matches('s').replace('-', "_"));
                queries.extend(names.contains(&filter.as_str()).then(|| format!("?{filter}={id}")));
            }
            for query in queries {
                let answer = client.get(format!("{}{query}", row.path)).send().await;
                read += 1;
                let text = answer.text();
                let trace = owned.values().find(|id| text.contains(id.as_str()));
                if answer.status.is_server_error() || trace.is_some() {
                    wrong.push(format!("{name}: {query} {trace:?} {answer}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} lists tell:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 30, "only {read} lists were read");
}

/// R127: an id in a body is looked up among one's own things only.
#[rstest]
#[tokio::test]
async fn r127_a_foreign_id_in_a_body_is_like_a_missing_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Acme", json!({})).await;
    let delivery = market.sell_to(&buyer).await;
    let other = market.buyer("Zenith", json!({})).await;
    let owner = market.owner(&other).await;
    let mut answers = Vec::new();
    for id in [delivery.clone(), missing_like(&delivery)] {
        let body = json!({ "delivery_id": id, "reason": "disconnected", "note": "It is." });
        let answer = owner.post("/return-requests").json(&body).send().await;
        answer.assert_problem(422, "invalid", "/delivery_id");
        answers.push(essence(&answer, &id));
    }
    assert_eq!(answers[0], answers[1]);
}

/// R106, R123: a member who is held to one business sees nothing of the account's other one.
#[rstest]
#[tokio::test]
async fn r123_a_member_sees_only_their_businesses(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Acme", json!({})).await;
    let delivery = market.sell_to(&buyer).await;
    let manager = app.staff("account_manager").await;
    let second = json!({ "name": "Acme Dallas" });
    let second = manager
        .post(format!("/suppliers/{}/businesses", buyer.id))
        .json(&second)
        .send()
        .await
        .created();
    let member = json!({
        "email": "dallas@acme.example", "name": "Dallas", "role": "member", "businesses": [id_of(&second)],
        "password": tradepost_tests::PASSWORD,
    });
    manager
        .post(format!("/suppliers/{}/members", buyer.id))
        .json(&member)
        .send()
        .await
        .assert_status(201);
    let dallas = app.sign_in("dallas@acme.example", tradepost_tests::PASSWORD).await;

    assert_eq!(dallas.all("/deliveries").await, Vec::<Value>::new());
    dallas
        .get(format!("/deliveries/{delivery}"))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    dallas
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({}))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let owner = market.owner(&buyer).await;
    owner.get(format!("/deliveries/{delivery}")).send().await.ok();
    let me = dallas.get("/me").send().await.ok();
    assert_eq!(me["supplier"]["businesses"], json!([id_of(&second)]));
}

//! Delivery targets: leads arrive in the CRM of whoever bought them, in its own form, once under one id (F19, R16, S6).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, Receiver, TestApp, merged, spawn};

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}

async fn target(client: &Client, more: Value) -> Value {
    let body = merged(json!({ "name": "Our CRM" }), more);
    client.post("/delivery-targets").json(&body).send().await.created()
}

async fn act(client: &Client, target: &Value, action: &str, body: Value) -> Value {
    let path = format!("/delivery-targets/{}/{action}", id(target));
    let answer = client.post(path).json(&body).send().await;
    assert!(answer.status.is_success(), "{answer}");
    answer.json()
}

async fn log(client: &Client, target: &Value) -> Vec<Value> {
    client.all(&format!("/delivery-targets/{}/forwards", id(target))).await
}

/// Waits until everything that was to be sent there stands so.
async fn until_all(app: &TestApp, client: &Client, target: &Value, count: usize, status: &str) {
    app.until("everything stands as it should", async || {
        let log = log(client, target).await;
        log.len() == count && log.iter().all(|one| one["status"] == status)
    })
    .await;
}

async fn sql(app: &TestApp, statement: &'static str) {
    use diesel::connection::SimpleConnection;
    let done = app.inside().db.write(move |tx| Ok(tx.batch_execute(statement)?)).await;
    done.expect("the statement is right");
}

/// One lead arrives as a form, as JSON, as ADF by POST and by mail: with the receiver's names and secrets, under the
/// delivery's id, once; the log shows it, nothing shows a secret or the person, and nobody else sees any of it.
#[rstest]
#[tokio::test]
async fn a_lead_arrives_in_every_form_under_one_id(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (ours, theirs) = (
        market.buyer("Okafor", json!({})).await,
        market.buyer("Lindqvist", json!({})).await,
    );
    let (owner, stranger) = (market.owner(&ours).await, market.owner(&theirs).await);
    let (form, adf) = (Receiver::willing(), Receiver::willing());
    let fields = json!([
        { "name": "00N_name", "field": "last_name" }, { "name": "tel", "field": "phone" },
        { "name": "oid", "constant": "00D=7" }, { "name": "roof", "answer": "roof" },
    ]);
    let as_form = target(
        &owner,
        json!({
            "kind": "form_post", "address": form.url, "fields": fields,
            "auth": "header", "auth_name": "X-Api-Key", "auth_secret": "k3y-of-the-crm",
        }),
    )
    .await;
    let as_json = target(&owner, json!({ "kind": "json_post", "address": form.url })).await;
    let as_adf = target(
        &owner,
        json!({ "kind": "adf_post", "address": adf.url, "auth": "basic", "auth_name": "okafor", "auth_secret": "swordfish" }),
    )
    .await;
    let by_mail = target(
        &owner,
        json!({ "kind": "adf_mail", "address": "Leads@crm.okafor.example" }),
    )
    .await;
    let product = market.new_product("aged", 3, json!({})).await;
    let order = market.order(&ours, json!({ "product_id": product["id"] })).await;
    let other = json!({ "kind": "json_post", "address": form.url, "order_id": order["id"] });
    let other = target(&owner, other).await;

    let lead = merged(market.lead(), json!({ "answers": { "roof": "slate & tile" } }));
    let sold = market.submit(lead.clone()).await["sold_to"].clone();
    let sold = sold.as_array().expect("sales").iter();
    let delivery = sold.clone().find(|sale| sale["supplier_id"] == *ours.id).expect("ours")["delivery_id"].clone();
    for target in [&as_form, &as_json, &as_adf, &by_mail] {
        until_all(&app, &owner, target, 1, "delivered").await;
        let sent = log(&owner, target).await;
        assert_eq!(
            (&sent[0]["delivery_id"], &sent[0]["attempts"]),
            (&delivery, &json!(1)),
            "{sent:?}"
        );
        let path = format!("/lead-forwards/{}", id(&sent[0]));
        let detail = owner.get(&path).send().await.ok();
        assert!(
            detail["attempts"][0]["status_code"]
                .as_i64()
                .is_some_and(|code| code == 200 || code == 250)
        );
        stranger.get(&path).send().await.assert_status(404);
        let all = format!("{detail} {}", json!(sent));
        assert!(!all.contains("Dana") && !all.contains("reyes"), "{all}");
    }
    assert!(log(&owner, &other).await.is_empty(), "another order's leads only");

    let (name, phone) = (&lead["person"]["name"], &lead["person"]["phone"]);
    let full = name.as_str().expect("a name");
    let seen = form.seen();
    assert_eq!(seen.len(), 2, "once for each target: {seen:?}");
    assert!(seen.iter().all(|one| json!(one.header("x-delivery-id")) == delivery));
    let (as_sent, json_sent): (Vec<_>, Vec<_>) = seen.iter().partition(|one| one.body.is_null());
    let body = String::from_utf8_lossy(&as_sent[0].raw).into_owned();
    let last = full.split_once(' ').expect("two names").1.replace(' ', "+");
    assert!(body.starts_with(&format!("00N_name={last}&tel=%2B1512")), "{body}");
    assert!(body.ends_with("&oid=00D%3D7&roof=slate+%26+tile"), "{body}");
    assert_eq!(as_sent[0].header("x-api-key"), Some("k3y-of-the-crm"));
    assert_eq!(
        as_sent[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let body = &json_sent[0].body;
    assert_eq!(
        (&body["name"], &body["delivery_id"], &body["answers"]["roof"]),
        (name, &delivery, &json!("slate & tile"))
    );
    assert!(json_sent[0].header("x-api-key").is_none() && phone.is_string());
    let xml = String::from_utf8_lossy(&adf.seen()[0].raw).into_owned();
    for part in [
        "<?adf version=\"1.0\"?>",
        "<email>dana.",
        "roof: slate &amp; tile",
        delivery.as_str().expect("an id"),
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    assert_eq!(
        adf.seen()[0].header("authorization"),
        Some("Basic b2thZm9yOnN3b3JkZmlzaA==")
    );

    // The mail holds nothing but the ADF, and went to the CRM only.
    let support = app.staff("support").await;
    let mails = support.all("/mails?kind=lead_forwarded").await;
    assert_eq!(mails.len(), 1);
    let mail = support.get(format!("/mails/{}", id(&mails[0]))).send().await.ok();
    let text = mail["text"].as_str().expect("a text");
    assert!(
        text.starts_with("<?xml") && text.contains(full.split(' ').next().expect("a word")),
        "{mail}"
    );

    // A key is typed in once and never shown; where another address would see it, it has to be typed in again.
    let shown = format!(
        "{} {:?}",
        owner
            .get(format!("/delivery-targets/{}", id(&as_form)))
            .send()
            .await
            .ok(),
        app.staff("auditor").await.all("/audit-entries").await
    );
    assert!(!shown.contains("k3y-of") && !shown.contains("swordfish"), "{shown}");
    let path = format!("/delivery-targets/{}", id(&as_form));
    let moved = json!({ "address": adf.url });
    owner
        .patch(&path)
        .json(&moved)
        .send()
        .await
        .assert_problem(422, "invalid", "/auth_secret");
    let stale = json!({ "name": "Renamed" });
    owner
        .patch(&path)
        .if_match(7)
        .json(&stale)
        .send()
        .await
        .assert_status(412);
    assert_eq!(
        owner.patch(&path).if_match(1).json(&stale).send().await.ok()["version"],
        2
    );

    // It is seen by its owners and staff, as a target and not as a webhook.
    stranger.get(&path).send().await.assert_status(404);
    stranger.patch(&path).json(&stale).send().await.assert_status(404);
    assert!(stranger.all("/delivery-targets").await.is_empty());
    market
        .member(&ours, "member")
        .await
        .get("/delivery-targets")
        .send()
        .await
        .assert_status(403);
    assert!(owner.all("/webhook-endpoints").await.is_empty());
    let manager = app.staff("account_manager").await;
    assert_eq!(
        manager
            .all(&format!("/delivery-targets?supplier_id={}", ours.id))
            .await
            .len(),
        5
    );

    // What cannot be is refused, where it is wrong.
    for (body, pointer) in [
        (
            json!({ "kind": "json_post", "address": "https://169.254.169.254/x" }),
            "/address",
        ),
        (json!({ "kind": "adf_mail", "address": "nobody" }), "/address"),
        (
            json!({ "kind": "adf_post", "address": adf.url, "fields": fields }),
            "/fields",
        ),
        (
            json!({ "kind": "form_post", "address": adf.url, "auth": "header", "auth_name": "Host", "auth_secret": "x" }),
            "/auth_name",
        ),
        (
            json!({ "kind": "json_post", "address": adf.url, "business_id": theirs.business_id }),
            "/business_id",
        ),
        (
            json!({ "kind": "json_post", "address": adf.url, "supplier_id": theirs.id }),
            "/supplier_id",
        ),
    ] {
        let body = merged(json!({ "name": "x" }), body);
        owner
            .post("/delivery-targets")
            .json(&body)
            .send()
            .await
            .assert_problem(422, "invalid", pointer);
    }
    for _ in 0..5 {
        target(
            &owner,
            json!({ "kind": "adf_mail", "address": "more@crm.okafor.example" }),
        )
        .await;
    }
    let eleventh = json!({ "name": "x", "kind": "adf_mail", "address": "more@crm.okafor.example" });
    owner
        .post("/delivery-targets")
        .json(&eleventh)
        .send()
        .await
        .assert_status(409);
    app.audit_is_green().await;
}

/// A try shows what is sent and what came back, and leaves no lead; what is not taken for three days is dead, the supplier
/// and staff are told once, and sent again by hand it has the same id; what is sold in a pause is sent afterwards; who was
/// erased meanwhile is not sent.
#[rstest]
#[tokio::test]
async fn f19_a_lead_is_tried_given_up_sent_again_and_forgotten(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let crm = Receiver::start(|_| 500);
    let target = target(&owner, json!({ "kind": "json_post", "address": crm.url })).await;

    let only_shown = act(&owner, &target, "try", json!({})).await;
    assert!(only_shown["answer"].is_null() && crm.seen().is_empty());
    assert!(
        only_shown["body"]
            .as_str()
            .is_some_and(|body| body.contains("test.lead@example.com"))
    );
    let tried = act(&owner, &target, "try", json!({ "send": true })).await;
    assert_eq!(
        (&tried["answer"]["status_code"], &tried["answer"]["answer"]),
        (&json!(500), &json!("answered 500"))
    );
    assert_eq!(crm.seen()[0].header("x-delivery-test"), Some("true"));
    assert!(log(&owner, &target).await.is_empty());

    let delivery = market.sell_to(&buyer).await;
    app.until("it was tried", async || {
        log(&owner, &target).await.iter().any(|one| one["attempts"] == 1)
    })
    .await;
    assert_eq!(log(&owner, &target).await[0]["last_status_code"], 500);
    // Nine of ten attempts have failed, and the last one is due.
    sql(
        &app,
        "UPDATE webhook_deliveries SET retries = 9, next_attempt_at = 1 WHERE status = 'pending'",
    )
    .await;
    until_all(&app, &owner, &target, 1, "dead").await;
    let support = app.staff("support").await;
    for kind in ["forwards_failing", "forwards_stuck"] {
        let told = support.all(&format!("/notifications?kind={kind}")).await;
        assert_eq!(told.len(), 1, "{kind}");
        assert_eq!(told[0]["supplier_id"].is_null(), kind == "forwards_stuck");
    }
    crm.answer(|_| 200);
    let dead = log(&owner, &target).await.remove(0);
    let again = owner
        .post(format!("/lead-forwards/{}/replay", id(&dead)))
        .json(&json!({}))
        .send()
        .await;
    again.assert_status(202);
    until_all(&app, &owner, &target, 1, "delivered").await;
    let ids: Vec<_> = crm
        .seen()
        .iter()
        .skip(1)
        .map(|one| one.header("x-delivery-id").map(str::to_owned))
        .collect();
    assert!(
        ids.len() >= 3 && ids.iter().all(|id| id.as_deref() == Some(delivery.as_str())),
        "{ids:?}"
    );

    // A pause; meanwhile two leads are sold, and one of the persons is erased.
    act(&owner, &target, "pause", json!({})).await;
    let (kept, erased) = (market.sell_to(&buyer).await, market.sell_to(&buyer).await);
    let shown = owner.get(format!("/deliveries/{erased}")).send().await.ok();
    let admin = app.staff("admin").await;
    let request = json!({
        "programme_id": market.id(), "kind": "erasure", "phone": shown["person"]["phone"], "email": shown["person"]["email"],
        "identity_note": "Called back on the number.",
    });
    let request = admin.post("/subject-requests").json(&request).send().await.created();
    let chosen = json!({ "leads": [shown["lead_id"]] });
    let erase = format!("/subject-requests/{}/erase", id(&request));
    admin.post(erase).json(&chosen).send().await.ok();
    act(&owner, &target, "enable", json!({})).await;
    app.until("both are settled", async || {
        let log = log(&owner, &target).await;
        log.len() == 3 && log.iter().all(|one| one["status"] != "pending")
    })
    .await;
    let log = log(&owner, &target).await;
    let status = |delivery: &str| {
        log.iter()
            .find(|one| one["delivery_id"] == delivery)
            .map(|one| one["status"].clone())
    };
    assert_eq!(
        (status(&kept), status(&erased)),
        (Some(json!("delivered")), Some(json!("skipped")))
    );
    let sent = crm.seen();
    assert!(
        sent.iter()
            .all(|one| one.header("x-delivery-id") != Some(erased.as_str())),
        "{sent:?}"
    );

    // An answer of 410 disables it, and whoever takes it away leaves nothing behind.
    crm.answer(|_| 410);
    market.sell_to(&buyer).await;
    let path = format!("/delivery-targets/{}", id(&target));
    app.until("it is disabled", async || {
        owner.get(&path).send().await.ok()["disabled_because"] == "gone"
    })
    .await;
    app.audit_is_green().await;
    owner.delete(&path).send().await.assert_status(204);
    owner.get(&path).send().await.assert_status(404);
    app.audit_is_green().await;
}

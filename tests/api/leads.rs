//! Leads: intake, checks, duplicates, quarantine, own leads, assigned numbers, lists.

use rstest::rstest;
use serde_json::{Value, json};
use std::collections::HashSet;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

fn status(receipt: &Value) -> &str {
    receipt["lead"]["status"].as_str().unwrap_or_default()
}

/// The buyers of a receipt.
fn buyers(receipt: &Value) -> Vec<&str> {
    let sold = receipt["sold_to"].as_array().expect("a receipt has sold_to");
    sold.iter().filter_map(|sale| sale["supplier_id"].as_str()).collect()
}

#[rstest]
#[tokio::test]
async fn an_integrator_reads_back_who_got_the_lead_and_why_others_did_not(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let near = market.buyer("Near", json!({})).await;
    let paused = market.buyer("Paused", json!({})).await;
    let order = paused.order_id.as_deref().unwrap();
    let pause = json!({ "reason": "away" });
    app.staff("account_manager")
        .await
        .post(format!("/orders/{order}/pause"))
        .json(&pause)
        .send()
        .await
        .ok();

    let answer = market.try_submit(market.lead()).await;
    answer.assert_status(201);
    let receipt = answer.json();
    assert_eq!(
        (status(&receipt), buyers(&receipt)),
        ("partly_sold", vec![near.id.as_str()]),
        "{answer}"
    );
    assert_eq!(receipt["sold_to"][0]["price"], market.money(4_500), "{answer}");
    let refused = &receipt["not_sold_to"][0];
    assert_eq!(
        (refused["supplier_id"].as_str(), refused["reason"].as_str()),
        (Some(paused.id.as_str()), Some("order_paused"))
    );

    let lead = receipt["lead"]["id"].as_str().unwrap();
    assert_eq!(
        receipt["lead"]["place"],
        json!({ "country": "US", "region": "TX", "postcode": "78701", "city": "Austin" })
    );
    let detail = market.key.get(format!("/leads/{lead}")).send().await;
    assert_eq!(detail.version(), receipt["lead"]["version"].as_i64().unwrap());
    assert_eq!(detail.json()["sales"], receipt["sold_to"]);
    assert_eq!(detail.json()["consent"]["text_version"], "1");
    let trace = market.key.get(format!("/leads/{lead}/trace")).send().await.ok();
    assert_eq!(
        trace["attempts"][0]["candidates"].as_array().map(Vec::len),
        Some(2),
        "{trace}"
    );
}

#[rstest]
#[tokio::test]
async fn the_same_external_id_changes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let lead = market.lead();
    let first = market.try_submit(lead.clone()).await;
    first.assert_status(201);
    let again = merged(lead.clone(), json!({ "person": { "name": "Somebody Else" } }));
    let second = market.try_submit(again).await;
    second.assert_status(200);
    let (first, second) = (first.json(), second.json());
    assert_eq!(
        (second["existing"].as_bool(), first["existing"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!(second["lead"], first["lead"]);
    assert_eq!(second["sold_to"], first["sold_to"]);

    // At the same moment, too.
    let lead = market.lead();
    let calls = (0..8).map(|_| market.try_submit(lead.clone()));
    let answers = join(calls.collect()).await;
    let ids: HashSet<String> = answers
        .iter()
        .map(|answer| answer.ok()["lead"]["id"].to_string())
        .collect();
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((ids.len(), made), (1, 1));
}

async fn join<F: Future>(calls: Vec<F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        let mut waiting = false;
        for (call, slot) in calls.iter_mut().zip(&mut done) {
            if slot.is_none() {
                match call.as_mut().poll(cx) {
                    std::task::Poll::Ready(output) => *slot = Some(output),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[rstest]
#[tokio::test]
async fn every_fault_of_an_enquiry_is_pointed_at(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let bad = merged(
        market.lead(),
        json!({
            "person": { "phone": null, "name": "x".repeat(201), "notes": "bell \u{7}" },
            "place": { "country": "Atlantis" }, "enquired_at": "2999-01-01T00:00:00Z",
        }),
    );
    let answer = market.try_submit(bad).await;
    for (pointer, code) in [
        ("/person/phone", "required"),
        ("/person/name", "too_long"),
        ("/person/notes", "control_character"),
        ("/place/country", "unknown_country"),
        ("/enquired_at", "in_the_future"),
    ] {
        answer.assert_problem(422, "invalid", pointer);
        assert_eq!(answer.field_code(pointer), code);
    }
    let table = [
        (json!({ "programme": "nobody" }), 422, "invalid", "/programme"),
        (json!({ "product": "nothing" }), 422, "invalid", "/product"),
        (
            json!({ "enquired_at": "2026-02-30T00:00:00Z" }),
            400,
            "malformed_body",
            "/enquired_at",
        ),
        (json!({ "shoe_size": 44 }), 400, "malformed_body", "/shoe_size"),
        (
            json!({ "person": { "shoe_size": 44 } }),
            400,
            "malformed_body",
            "/person/shoe_size",
        ),
        (json!({ "channel": "pigeon" }), 400, "malformed_body", "/channel"),
        (
            json!({ "answers": { "budget": 7 } }),
            400,
            "malformed_body",
            "/answers/budget",
        ),
    ];
    for (patch, status, code, pointer) in table {
        market
            .try_submit(merged(market.lead(), patch))
            .await
            .assert_problem(status, code, pointer);
    }
    // Another programme's key cannot tell this programme from none.
    let other = app.market("b2b-monthly").await;
    other
        .key
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_problem(422, "invalid", "/programme");
    // Keys must be idempotent where leads move.
    let bearer = app.anonymous().with_bearer(market.key.bearer());
    bearer
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_problem(400, "idempotency_key_required", "");
}

/// R81, R82: without consent and verification a lead is not sold, whoever asks; with both, staff may release it.
#[rstest]
#[tokio::test]
async fn r81_no_sale_without_consent_and_verification(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    market.buyer("Builder", json!({})).await;
    let whole = market.lead();
    for (patch, reason) in [
        (json!({ "consent": null, "verification": null }), "consent_missing"),
        (json!({ "consent": null }), "consent_missing"),
        (json!({ "verification": null }), "verification_missing"),
        (
            json!({ "verification": { "method": "email_link" } }),
            "verification_missing",
        ),
    ] {
        let receipt = market.submit(merged(market.lead(), patch)).await;
        assert_eq!(
            (status(&receipt), receipt["lead"]["status_reason"].as_str()),
            ("quarantined", Some(reason))
        );
        assert!(buyers(&receipt).is_empty());
        let id = receipt["lead"]["id"].as_str().unwrap();
        let admin = app.staff("admin").await;
        let release = |body: Value| admin.post(format!("/leads/{id}/release")).json(&body).send();
        let answer = release(json!({ "reason": "looks fine" })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (422, Some("policy_refuses"))
        );
        let proof = json!({ "reason": "phoned", "consent": whole["consent"], "verification": whole["verification"] });
        let released = release(proof).await.ok();
        assert_eq!(buyers(&released).len(), 1, "{released}");
        assert!(release(json!({ "reason": "again" })).await.status == 409);
    }
    assert_eq!(buyers(&market.submit(whole).await).len(), 1);
}

#[rstest]
#[tokio::test]
async fn quarantined_leads_are_decided_by_staff(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let bad_phone = || merged(market.lead(), json!({ "person": { "phone": "12345" } }));
    let receipt = market.submit(bad_phone()).await;
    assert_eq!(
        (status(&receipt), receipt["lead"]["status_reason"].as_str()),
        ("quarantined", Some("phone_invalid"))
    );
    assert_eq!(receipt["lead"]["person"]["phone_as_given"], "12345");
    let id = receipt["lead"]["id"].as_str().unwrap();
    let (admin, version) = (app.staff("admin").await, receipt["lead"]["version"].as_i64().unwrap());
    let release = |reason: &'static str| {
        admin
            .post(format!("/leads/{id}/release"))
            .json(&json!({ "reason": reason }))
    };
    release("ok")
        .if_match(version + 1)
        .send()
        .await
        .assert_problem(412, "stale", "");
    release(" ").send().await.assert_problem(422, "invalid", "/reason");
    let released = release("number confirmed by mail").if_match(version).send().await.ok();
    assert_eq!((status(&released), buyers(&released).len()), ("partly_sold", 1));
    assert_eq!(app.events("lead.released").await.len(), 1);

    let other = market.submit(bad_phone()).await;
    let id = other["lead"]["id"].as_str().unwrap();
    let reason = json!({ "reason": "spam" });
    let rejected = admin
        .post(format!("/leads/{id}/reject"))
        .json(&reason)
        .send()
        .await
        .ok();
    assert_eq!(
        (rejected["status"].as_str(), rejected["allowed_actions"].clone()),
        (Some("rejected"), json!([]))
    );
    admin
        .post(format!("/leads/{id}/release"))
        .json(&reason)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    // A rejected enquiry does not keep the same person's next one out.
    let next = merged(
        market.lead(),
        json!({ "person": { "email": other["lead"]["person"]["email"] } }),
    );
    assert_eq!(status(&market.submit(next).await), "partly_sold");
    let trail = app
        .staff("auditor")
        .await
        .get(format!("/audit-entries?object={id}"))
        .send()
        .await
        .ok();
    assert_eq!(trail["data"][0]["reason"], "spam", "{trail}");
}

#[rstest]
#[tokio::test]
async fn a_withdrawn_lead_goes_to_nobody_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let receipt = market.submit(market.lead()).await;
    let id = receipt["lead"]["id"].as_str().unwrap();
    let admin = app.staff("admin").await;
    let reason = json!({ "reason": "the person asked" });
    let withdrawn = admin
        .post(format!("/leads/{id}/withdraw"))
        .json(&reason)
        .send()
        .await
        .ok();
    assert_eq!(
        (withdrawn["status"].as_str(), withdrawn["sold"].as_i64()),
        (Some("withdrawn"), Some(1))
    );
    admin
        .post(format!("/leads/{id}/withdraw"))
        .json(&reason)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    market
        .key
        .post(format!("/leads/{id}/withdraw"))
        .json(&reason)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}

/// A thousand shuffled enquiries of two hundred people, spelt as people spell: nobody is sold twice.
#[rstest]
#[tokio::test]
async fn duplicates_with_format_noise_are_sold_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let spelt = |person: usize, way: usize| {
        let (a, b) = (200 + person / 100, 1000 + person % 100);
        let phone = match way % 5 {
            0 => format!("(512) {a}-{b}"),
            1 => format!("+1 512 {a} {b}"),
            2 => format!("512.{a}.{b}"),
            3 => format!(" 1-512-{a}-{b} "),
            _ => format!("tel:+1512{a}{b}"),
        };
        let email = match way % 3 {
            0 => format!("person.{person}@example.com"),
            1 => format!(" Person.{person}@EXAMPLE.com"),
            _ => format!("PERSON.{person}@example.com "),
        };
        // Every other enquiry shows one of the two only, and another for the other.
        match way {
            3 => (phone, format!("other.{person}.{way}@example.com")),
            4 => (format!("(737) {a}-{b}"), email),
            _ => (phone, email),
        }
    };
    let mut order: Vec<usize> = (0..1000).collect();
    // A fixed shuffle, so that a red run can be run again.
    let mut seed = 7_u64;
    for i in (1..order.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (seed >> 33) as usize % (i + 1));
    }
    let mut sold: HashSet<usize> = HashSet::new();
    for chunk in order.chunks(16) {
        let calls = chunk.iter().map(|n| {
            let (person, way) = (n / 5, n % 5);
            let (phone, email) = spelt(person, way);
            let lead = merged(market.lead(), json!({ "person": { "phone": phone, "email": email } }));
            let market = &market;
            async move { (person, way, market.submit(lead).await) }
        });
        for (person, way, receipt) in join(calls.collect()).await {
            let both = way < 3;
            match status(&receipt) {
                "partly_sold" => assert!(
                    sold.insert(person * 10 + usize::from(!both) * way),
                    "{person} was sold twice"
                ),
                "duplicate" => assert!(receipt["lead"]["duplicate_of"].is_string() && buyers(&receipt).is_empty()),
                other => panic!("{other}: {receipt}"),
            }
        }
    }
    // One who showed phone and e-mail is one person; the two odd ways are tied to it once it has come.
    for person in 0..200 {
        assert!(sold.iter().filter(|key| **key / 10 == person).count() <= 2, "{person}");
        assert!(sold.iter().any(|key| *key / 10 == person), "{person} was never sold");
    }
}

#[rstest]
#[tokio::test]
async fn after_the_window_the_same_person_is_a_new_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "intake": { "duplicate_window_days": 30 } });
    let market = app.market_with("b2b-monthly", policy).await;
    let person = market.lead()["person"].clone();
    let enquiry = || {
        merged(
            market.lead(),
            json!({ "person": person, "consent": null, "verification": null }),
        )
    };
    assert_eq!(status(&market.submit(enquiry()).await), "available");
    app.advance(29).await;
    let second = market.submit(enquiry()).await;
    assert_eq!(
        (status(&second), second["lead"]["status_reason"].as_str()),
        ("duplicate", Some("duplicate"))
    );
    app.advance_seconds(86_400).await;
    assert_eq!(status(&market.submit(enquiry()).await), "available");
    // Another product of another category is another matter.
    market.new_product("roofing", 3, json!({})).await;
    let other = merged(enquiry(), json!({ "product": "roofing" }));
    assert_eq!(status(&market.submit(other).await), "available");
}

/// R99: a customer's own leads are taken into service and offered to nobody.
#[rstest]
#[tokio::test]
async fn r99_own_leads_are_never_offered_to_another(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (own, other) = (
        market.buyer("Own", json!({})).await,
        market.buyer("Other", json!({})).await,
    );
    let refused = market.try_submit(market.lead()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].as_str()),
        (422, Some("policy_refuses")),
        "{refused}"
    );
    let key = app.key(&["leads:write"], Some(market.id()), Some(&own.id)).await;
    let receipt = key.post("/leads").json(&market.lead()).send().await.ok();
    assert_eq!(
        (status(&receipt), receipt["lead"]["owner_supplier_id"].as_str()),
        ("in_service", Some(own.id.as_str()))
    );
    assert_eq!(
        (receipt["sold_to"].clone(), receipt["not_sold_to"].clone()),
        (json!([]), json!([]))
    );
    assert_eq!(receipt["lead"]["max_buyers"], 0);
    let id = receipt["lead"]["id"].as_str().unwrap();
    let trace = app
        .staff("support")
        .await
        .get(format!("/leads/{id}/trace"))
        .send()
        .await
        .ok();
    assert_eq!(trace["attempts"], json!([]), "nobody was ever a candidate");
    // The owner types one in; the other customer's same person is no duplicate of it.
    let typed = market
        .owner(&own)
        .await
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .ok();
    assert_eq!(
        (status(&typed), typed["lead"]["channel"].as_str()),
        ("in_service", Some("console"))
    );
    let theirs = app.key(&["leads:write"], Some(market.id()), Some(&other.id)).await;
    let person = json!({ "person": receipt["lead"]["person"], "external_id": "theirs" });
    let same = merged(
        market.lead(),
        json!({ "person": { "email": person["person"]["email"], "phone": person["person"]["phone"] }, "external_id": "theirs" }),
    );
    assert_eq!(
        status(&theirs.post("/leads").json(&same).send().await.ok()),
        "in_service"
    );
}

/// R103, R104: a call to an assigned number is the lead of the business that has the number, and the answer
/// says where to pass the call on. R101: it is that business's alone, and a second contact is a new lead.
#[rstest]
#[tokio::test]
async fn r103_a_call_to_an_assigned_number_is_that_businesss_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let number = "+15124740142";
    let forward = json!(["+15124740001", "+15124740002"]);
    let business = json!({ "tracking_number": number, "forward_to": forward });
    let called = market.supplier_with("Called", json!({}), business).await;
    market.order(&called, json!({})).await;
    market.buyer("Rival", json!({ "priority": 100 })).await;

    let call = |channel: &str| {
        merged(
            market.lead(),
            json!({ "assigned_number": "(512) 474-0142", "channel": channel, "source": "craigslist" }),
        )
    };
    for channel in ["call", "text", "email", "landing_page"] {
        let receipt = market.submit(call(channel)).await;
        assert_eq!(
            (status(&receipt), buyers(&receipt)),
            ("sold_out", vec![called.id.as_str()]),
            "{receipt}"
        );
        assert_eq!(
            (receipt["forward_to"].clone(), receipt["lead"]["channel"].as_str()),
            (forward.clone(), Some(channel))
        );
        assert_eq!(
            receipt["lead"]["owner_business_id"].as_str(),
            Some(called.business_id.as_str())
        );
        assert_eq!(receipt["lead"]["max_buyers"], 1);
    }
    // R101: the same person once more is a lead of its own.
    let again = call("call");
    market.submit(again.clone()).await;
    let second = merged(again, json!({ "external_id": "second-contact" }));
    assert_eq!(status(&market.submit(second).await), "sold_out");
    market
        .try_submit(market.lead())
        .await
        .assert_problem(422, "invalid", "/assigned_number");
    let wrong = merged(market.lead(), json!({ "assigned_number": "+15124740199" }));
    market
        .try_submit(wrong)
        .await
        .assert_problem(422, "invalid", "/assigned_number");
}

#[rstest]
#[tokio::test]
async fn lists_filter_by_source_and_everything_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let source = if n % 2 == 0 { "google ads" } else { "craigslist" };
        let receipt = market
            .submit(merged(
                market.lead(),
                json!({ "source": source, "external_id": format!("list-{n}") }),
            ))
            .await;
        ids.push(receipt["lead"]["id"].as_str().unwrap().to_owned());
    }
    ids.reverse();
    let listed = |rows: &[Value]| {
        rows.iter()
            .map(|row| row["id"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed(&market.key.all("/leads?limit=3").await),
        ids,
        "newest first, page by page"
    );
    assert_eq!(market.key.all("/leads?source=craigslist&limit=2").await.len(), 3);
    assert_eq!(listed(&market.key.all("/leads?external_id=list-6").await), ids[..1]);
    let product = market.product["id"].as_str().unwrap();
    assert_eq!(
        market
            .key
            .all(&format!(
                "/leads?product_id={product}&status=available,sold_out&channel=api"
            ))
            .await
            .len(),
        7
    );
    assert_eq!(
        market
            .key
            .all("/leads?received_before=2020-01-01T00:00:00Z")
            .await
            .len(),
        0
    );
    let bad = [
        ("status=nice", "?status"),
        ("limit=0", "?limit"),
        ("colour=red", "?colour"),
        ("product_id=7", "?product_id"),
    ];
    for (query, pointer) in bad {
        market
            .key
            .get(format!("/leads?{query}"))
            .send()
            .await
            .assert_problem(400, "invalid_parameter", pointer);
    }
    market
        .key
        .get("/leads?cursor=AAAA")
        .send()
        .await
        .assert_problem(400, "invalid_cursor", "?cursor");
    // Another programme's key sees none of them, and no id of theirs.
    let other = app.market("b2b-monthly").await;
    assert_eq!(other.key.all("/leads").await.len(), 0);
    other
        .key
        .get(format!("/leads/{}", ids[0]))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    other
        .key
        .get(format!("/leads/{}/trace", ids[0]))
        .send()
        .await
        .assert_problem(404, "not_found", "");
}

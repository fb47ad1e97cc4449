//! What staff decide: leads without proof, quarantined ones, withdrawn ones.

use super::{buyers, status};
use diesel::connection::SimpleConnection;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

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

/// R81: a consent is kept with its page as it was given, a later one stands beside it, nothing changes either; and where the
/// policy goes by it, only those whom it names are sold the lead, and the trace says so.
#[rstest]
#[tokio::test]
async fn r81_a_consent_is_evidence_and_names_its_recipients(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "intake": { "consent": { "named_recipients_only": true } } });
    let market = app.market_with("b2b-monthly", policy).await;
    let (alpha, beta) = (
        market.buyer("Alpha", json!({})).await,
        market.buyer("Beta", json!({})).await,
    );
    let admin = app.staff("admin").await;
    let names =
        |name: &str| json!({ "consent": { "recipients": [name], "page_url": "https://example.com/quotes?a=1" } });
    assert_eq!(
        buyers(&market.submit(market.lead()).await).len(),
        2,
        "a consent that names nobody is for all"
    );
    let receipt = market.submit(merged(market.lead(), names("ALPHA"))).await;
    assert_eq!(buyers(&receipt), [alpha.id.as_str()], "{receipt}");
    let refused = receipt["not_sold_to"].as_array().unwrap();
    assert_eq!(
        (&refused[0]["supplier_id"], &refused[0]["reason"]),
        (&json!(beta.id), &json!("not_named")),
        "{refused:?}"
    );
    let bad = merged(market.lead(), json!({ "consent": { "page_url": "quotes" } }));
    market
        .try_submit(bad)
        .await
        .assert_problem(422, "invalid", "/consent/page_url");

    let waits = merged(
        market.lead(),
        merged(names("Alpha"), json!({ "person": { "phone": "12345" } })),
    );
    let waits = market.submit(waits).await;
    let path = format!("/leads/{}", waits["lead"]["id"].as_str().unwrap());
    let later = merged(market.lead(), names(&beta.id))["consent"].clone();
    let body = json!({ "reason": "Asked again on the phone.", "consent": later });
    let released = admin.post(format!("{path}/release")).json(&body).send().await.ok();
    assert_eq!(buyers(&released), [beta.id.as_str()], "{released}");
    let shown = admin.get(&path).send().await.ok();
    assert_eq!(shown["consent"]["recipients"], json!([beta.id]));
    assert_eq!(shown["consent"]["page_url"], "https://example.com/quotes?a=1");
    assert_eq!(shown["earlier_consents"][0]["recipients"], json!(["Alpha"]), "{shown}");
    for damage in [
        "UPDATE lead_consents SET text = 'Anything.'",
        "DELETE FROM lead_consents",
    ] {
        let outcome = app.inside().db.write(move |tx| Ok(tx.batch_execute(damage)?)).await;
        assert!(outcome.is_err(), "{damage}");
    }
    app.audit_is_green().await;
}

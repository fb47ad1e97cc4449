//! Why they leave, and the report of it (R20).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R20: where the policy asks why, an answer or an explicit skip is needed; it is kept, with what came of a talk about
/// staying, which the supplier does not see.
#[rstest]
#[tokio::test]
async fn r20_the_reason_is_asked_and_may_be_skipped(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "cancel": { "written": false, "effective": "at_once" } });
    let market = app.market_with("b2b-monthly", policy).await;
    let (said, silent) = (market.supplier("Okafor").await, market.supplier("Reyes").await);
    let owner = market.owner(&said).await;
    assert_eq!(preview(&owner, &said, "").await["asks_reason"], true);
    asks(&owner, &said, json!({}))
        .await
        .assert_problem(422, "invalid", "/reason");
    let unknown = asks(&owner, &said, json!({ "reason": "bored" })).await;
    unknown.assert_problem(400, "malformed_body", "/reason");
    let own_note = json!({ "reason": "price", "retention_note": "Call again." });
    asks(&owner, &said, own_note)
        .await
        .assert_problem(422, "invalid", "/retention_note");
    let why = json!({ "reason": "lead_quality", "comment": "Too many wrong numbers." });
    let made = asks(&owner, &said, why).await.created();
    assert_eq!(
        (&made["reason"], &made["comment"], &made["reason_skipped"]),
        (&json!("lead_quality"), &json!("Too many wrong numbers."), &json!(false))
    );
    let manager = app.staff("account_manager").await;
    let note = json!({ "retention_note": "Offered two weeks at half the price; declined." });
    let path = path_of(&made);
    owner
        .patch(&path)
        .json(&note)
        .send()
        .await
        .assert_problem(403, "change_through_staff", "");
    let noted = manager.patch(&path).json(&note).send().await.ok();
    assert_eq!(noted["retention_note"], note["retention_note"]);
    assert!(owner.get(&path).send().await.ok().get("retention_note").is_none());

    let owner = market.owner(&silent).await;
    let made = asks(&owner, &silent, json!({ "skip_reason": true })).await.created();
    assert_eq!((&made["reason"], &made["reason_skipped"]), (&Value::Null, &json!(true)));
    app.audit_is_green().await;
}

/// R20: the churn report has reasons, channels, what became of them, who skipped, and how long they were here.
#[rstest]
#[tokio::test]
async fn r20_reasons_appear_in_the_churn_report(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let worked = json!({ "rolling": { "kind": "worked", "days": 14 } });
    let market = app
        .market_with("isa-calling", json!({ "cancel": { "notice_by_term": worked } }))
        .await;
    let store = app.market("lead-store").await;
    let manager = app.staff("account_manager").await;
    let (early, talked, silent) = (
        market.supplier("Early").await,
        market.supplier("Talked").await,
        market.supplier("Silent").await,
    );
    let shopper = store.supplier("Shopper").await;
    app.advance(40).await;
    let price = json!({ "reason": "price" });
    asks(&manager, &early, by_phone(price.clone())).await.created();
    let kept = asks(&manager, &talked, by_phone(price)).await.created();
    let withdraw = format!("{}/withdraw", path_of(&kept));
    manager.post(withdraw).json(&json!({})).send().await.ok();
    let owner = market.owner(&silent).await;
    asks(&owner, &silent, json!({ "skip_reason": true })).await.created();
    let owner = store.owner(&shopper).await;
    asks(&owner, &shopper, json!({ "reason": "no_capacity" }))
        .await
        .created();
    app.advance(16).await;

    let report = manager.get("/reports/churn").send().await.ok();
    let of = |numbers: &Value| {
        ["asked", "effective", "withdrawn", "scheduled", "skipped"]
            .map(|field| numbers[field].as_i64().expect("a count"))
    };
    assert_eq!(of(&report["total"]), [4, 3, 1, 0, 1], "{report}");
    let line = |list: &str, field: &str, word: Value| {
        let lines = report[list].as_array().expect("lines");
        let found = lines.iter().find(|line| line[field] == word);
        of(found.unwrap_or_else(|| panic!("no {word} in {report}")))
    };
    assert_eq!(line("reasons", "reason", json!("price")), [2, 1, 1, 0, 0]);
    assert_eq!(line("reasons", "reason", json!("no_capacity")), [1, 1, 0, 0, 0]);
    assert_eq!(line("reasons", "reason", Value::Null), [1, 1, 0, 0, 1]);
    assert_eq!(line("channels", "channel", json!("phone")), [2, 1, 1, 0, 0]);
    assert_eq!(line("channels", "channel", Value::Null), [2, 2, 0, 0, 1]);
    assert_eq!(report["reasons"][0]["reason"], "price", "the most frequent first");
    assert_eq!(report["programmes"].as_array().map(Vec::len), Some(2));
    let tenure = |word: &str| {
        let lines = report["tenures"].as_array().expect("tenures");
        lines.iter().find(|line| line["tenure"] == word).expect("every bucket")["accounts"].clone()
    };
    assert_eq!(
        (tenure("days_30_89"), tenure("under_30_days")),
        (json!(3), json!(0)),
        "{report}"
    );
    let average = report["total"]["average_days"].as_i64().expect("a mean");
    assert!(
        (40..=55).contains(&average),
        "two left after 55 days, one after 40: {average}"
    );

    let path = format!("/reports/churn?programme_id={}", store.id());
    assert_eq!(of(&manager.get(path).send().await.ok()["total"]), [1, 1, 0, 0, 0]);
    owner
        .get("/reports/churn")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let wrong = manager.get("/reports/churn?from=2020-01-01T00:00:00Z").send().await;
    wrong.assert_problem(400, "invalid_parameter", "?from");
}

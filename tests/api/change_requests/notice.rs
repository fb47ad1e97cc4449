//! Areas that change when their notice is over (R69).

use super::*;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R69: areas change 72 hours after they were asked for. A lead from the old area is sold until then and not after,
/// even where no job has run, and one from a new area the other way round.
#[rstest]
#[tokio::test]
async fn r69_areas_change_at_the_instant_of_their_notice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let old = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let wish =
        json!({ "kind": "coverage", "end": [everywhere(&old)], "add": [{ "kind": "uk_area", "values": ["m"] }] });
    let early = json!({ "effective_at": after(&json!(app.business_now().await), 71 * HOUR) });
    let refused = asks(&owner, &buyer, wish.clone(), early).await;
    refused.assert_problem(422, "invalid", "/effective_at");
    assert_eq!(refused.field_code("/effective_at"), "too_early");

    let request = asks(&owner, &buyer, wish, json!({})).await.created();
    assert_eq!(wait_of(&request), 72 * HOUR);
    assert_eq!(
        request["differences"],
        json!([
            { "field": "anywhere", "before": "*", "after": null },
            { "field": "uk_area", "before": null, "after": "M" },
        ])
    );
    let at = request["effective_at"].as_str().expect("an instant").to_owned();
    assert_eq!(
        areas(&owner, &buyer, &after(&request["effective_at"], HOUR)).await,
        ["*"],
        "it is only asked for"
    );
    // Two hours later it is approved: the notice counts from the request.
    app.advance_seconds(2 * HOUR).await;
    let scheduled = approve(&manager, &request).await;
    assert_eq!(
        (&scheduled["status"], &scheduled["effective_at"]),
        (&json!("scheduled"), &json!(at))
    );
    assert_eq!(messages(&app, "change_scheduled").await.len(), 1);
    let just_before = after(&request["effective_at"], -1);
    assert_eq!(areas(&owner, &buyer, &just_before).await, ["*"]);
    assert_eq!(areas(&owner, &buyer, &at).await, ["M"]);

    let in_manchester = || merged(market.lead(), json!({ "place": { "postcode": "M1 1AE" } }));
    market.sell_to(&buyer).await;
    app.advance_seconds(70 * HOUR - 120).await;
    market.sell_to(&buyer).await;
    assert_eq!(shown(&owner, &request).await["status"], "scheduled");
    // Past the instant, and no job has run: the sale goes by what is in force.
    app.advance_without_jobs(180).await;
    assert!(market.sell().await.is_empty(), "SW is not covered any more");
    let sold = market.submit(in_manchester()).await;
    assert_eq!(sold["sold_to"][0]["supplier_id"], *buyer.id);
    app.run_jobs().await;
    let applied = shown(&owner, &request).await;
    assert_eq!(applied["status"], "applied");
    assert!(instant(&applied["applied_at"]) >= instant(&applied["effective_at"]));
    app.run_jobs().await;
    assert_eq!(messages(&app, "change_applied").await.len(), 1);
    assert_eq!(areas(&owner, &buyer, &app.business_now().await).await, ["M"]);
    app.audit_is_green().await;
}

/// R69: what was scheduled is taken back with its rows when it is withdrawn, when a later request for the same area
/// takes its place, and when the account closes; another area is another request. Staff shorten the notice with a
/// reason.
#[rstest]
#[tokio::test]
async fn r69_what_is_scheduled_can_be_taken_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    let add = |area: &str| json!({ "kind": "coverage", "add": [{ "kind": "uk_area", "values": [area] }] });
    let later = after(&json!(app.business_now().await), 400 * HOUR);

    let first = asks(&owner, &buyer, add("M"), json!({})).await.created();
    approve(&manager, &first).await;
    assert_eq!(areas(&owner, &buyer, &later).await, ["*", "M"]);
    does(&owner, &first, "withdraw", json!({})).await.ok();
    assert_eq!(areas(&owner, &buyer, &later).await, ["*"]);
    does(&owner, &first, "withdraw", json!({}))
        .await
        .assert_problem(409, "state_conflict", "");

    let old = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let ending =
        json!({ "kind": "coverage", "end": [everywhere(&old)], "add": [{ "kind": "uk_area", "values": ["B"] }] });
    let second = asks(&owner, &buyer, ending, json!({})).await.created();
    approve(&manager, &second).await;
    let third = asks(&owner, &buyer, add("SW"), json!({})).await.created();
    approve(&manager, &third).await;
    assert_eq!(shown(&owner, &second).await["status"], "scheduled", "another area");
    assert_eq!(areas(&owner, &buyer, &later).await, ["B", "SW"]);
    // The fourth is about the same area as the second: that one is undone as a whole.
    app.advance_seconds(HOUR).await;
    let rows = manager.all(&format!("/suppliers/{}/coverage", buyer.id)).await;
    let fourth = json!({ "kind": "coverage", "end": [everywhere(&rows)] });
    // Ending what ends already is nothing to ask for, unless it is to be sooner or later by that request.
    asks(&owner, &buyer, fourth, json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    let fourth = asks(
        &owner,
        &buyer,
        json!({ "kind": "coverage", "end": [rows.iter().find(|row| row["value"] == "B").expect("B")["id"]] }),
        json!({}),
    )
    .await
    .created();
    let fourth = approve(&manager, &fourth).await;
    let superseded = shown(&owner, &second).await;
    assert_eq!(
        (&superseded["status"], &superseded["superseded_by_id"]),
        (&json!("superseded"), &fourth["id"])
    );
    assert_eq!(areas(&owner, &buyer, &later).await, ["*", "SW"]);
    assert_eq!(messages(&app, "change_superseded").await.len(), 1);

    let fifth = asks(&owner, &buyer, add("LS"), json!({})).await.created();
    let soon = after(&json!(app.business_now().await), HOUR);
    does(&manager, &fifth, "approve", json!({ "effective_at": soon }))
        .await
        .assert_problem(422, "invalid", "/effective_at");
    let shortened = json!({ "effective_at": soon, "override_reason": "They lost their depot." });
    let shortened = does(&manager, &fifth, "approve", shortened).await.ok();
    assert_eq!(
        (&shortened["status"], &shortened["effective_at"]),
        (&json!("scheduled"), &json!(soon))
    );
    app.advance_seconds(HOUR + 1).await;
    assert_eq!(shown(&owner, &fifth).await["status"], "applied");
    let trail = app
        .staff("auditor")
        .await
        .all(&format!(
            "/audit-entries?object={}&action=change_request.approved",
            id_of(&fifth)
        ))
        .await;
    assert_eq!(trail[0]["reason"], "They lost their depot.");

    manager
        .post(format!("/suppliers/{}/close", buyer.id))
        .json(&json!({ "reason": "They have left." }))
        .send()
        .await
        .ok();
    let failed = shown(&owner, &third).await;
    assert_eq!(
        (&failed["status"], &failed["failure"]),
        (&json!("failed"), &json!("The account is closed."))
    );
    assert_eq!(areas(&manager, &buyer, &later).await, ["*", "LS"]);
    asks(&manager, &buyer, add("E"), by_phone())
        .await
        .assert_problem(409, "state_conflict", "");
    app.audit_is_green().await;
}

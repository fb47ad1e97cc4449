//! Policy versions: drafts, comparison, publication; and that no open window moves.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, spawn};

fn days(amount: u32) -> Value {
    json!({"returns": {"window": {"amount": amount}}})
}

async fn draft(admin: &Client, market: &Market<'_>, policy: Value) -> Value {
    let body = json!({"note": "Two more days to return", "policy": policy});
    admin
        .post(format!("/programmes/{}/policy-drafts", market.id()))
        .json(&body)
        .send()
        .await
        .created()
}

fn path(draft: &Value, action: &str) -> String {
    format!("/policy-drafts/{}{action}", draft["id"].as_str().unwrap())
}

/// K1–K22: the five presets can be read and started from.
#[rstest]
#[tokio::test]
async fn the_five_presets_are_there(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let presets = admin.get("/policy-presets").send().await.ok();
    let names: Vec<_> = presets["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["preset"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "b2b-monthly",
            "lead-store",
            "trade-weekly",
            "isa-calling",
            "local-exclusive"
        ]
    );
    for preset in presets["data"].as_array().unwrap() {
        let name = preset["preset"].as_str().unwrap();
        let market = app.market_with(name, json!({ "package": {} })).await;
        let policy = admin
            .get(format!("/programmes/{}/policy", market.id()))
            .send()
            .await
            .ok();
        assert_eq!(policy["policy"], preset["policy"]);
        assert_eq!(policy["number"], 1);
    }
}

/// R124: a draft is edited, compared and published, and each step is audited.
#[rstest]
#[tokio::test]
async fn r124_a_draft_is_edited_compared_and_published(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("b2b-monthly").await;
    let first = market.programme["policy_version_id"].clone();
    let made = draft(&admin, &market, days(12)).await;
    assert_eq!(
        (&made["status"], &made["number"], &made["base_version_id"]),
        (&json!("draft"), &Value::Null, &first)
    );

    let edit = json!({"policy": {"returns": {"reasons": {"duplicate_lead": null, "moved": {"label": "Moved away", "class": "review"}}}}});
    let edited = admin.patch(path(&made, "")).if_match(1).json(&edit).send().await;
    assert_eq!(edited.version(), 2);
    admin
        .patch(path(&made, ""))
        .if_match(1)
        .json(&json!({"note": "Late"}))
        .send()
        .await
        .assert_problem(412, "stale", "");
    let faulty = json!({"policy": {"returns": {"window": {"unit": "none"}}}});
    admin
        .patch(path(&made, ""))
        .json(&faulty)
        .send()
        .await
        .assert_problem(422, "invalid", "/policy/returns/window");
    admin
        .patch(path(&made, ""))
        .json(&json!({"note": ""}))
        .send()
        .await
        .assert_problem(422, "invalid", "/note");
    assert_eq!(
        admin.get(path(&made, "")).send().await.version(),
        2,
        "a refused edit leaves no trace"
    );

    let comparison = admin.get(path(&made, "/comparison")).send().await.ok();
    let changes: Vec<_> = comparison["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["pointer"].as_str().unwrap())
        .collect();
    assert!(
        changes.contains(&"/returns/window/amount") && changes.contains(&"/returns/reasons/moved/label"),
        "{changes:?}"
    );
    let amount = &comparison["changes"][changes
        .iter()
        .position(|pointer| *pointer == "/returns/window/amount")
        .unwrap()];
    assert_eq!((&amount["before"], &amount["after"]), (&json!(10), &json!(12)));
    assert_eq!(
        (&comparison["outdated"], &comparison["conflicts"]),
        (&json!(false), &json!([]))
    );

    // A draft is no version yet.
    admin
        .get(format!("/policy-versions/{}", made["id"].as_str().unwrap()))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    let published = admin.post(path(&made, "/publish")).send().await.ok();
    assert_eq!(
        (&published["status"], &published["number"]),
        (&json!("published"), &json!(2))
    );
    let in_force = admin
        .get(format!("/programmes/{}/policy", market.id()))
        .send()
        .await
        .ok();
    assert_eq!(
        (
            &in_force["policy_version_id"],
            &in_force["policy"]["returns"]["window"]["amount"]
        ),
        (&made["id"], &json!(12))
    );
    let old = admin
        .get(format!("/policy-versions/{}", first.as_str().unwrap()))
        .send()
        .await
        .ok();
    assert_eq!(
        old["policy"]["returns"]["window"]["amount"], 10,
        "R29: the version of before stays readable"
    );
    let versions = admin
        .all(&format!("/programmes/{}/policy-versions?limit=1", market.id()))
        .await;
    assert_eq!(
        versions
            .iter()
            .map(|version| version["number"].clone())
            .collect::<Vec<_>>(),
        [2, 1]
    );

    for action in ["/publish", "/discard"] {
        admin
            .post(path(&made, action))
            .send()
            .await
            .assert_problem(409, "state_conflict", "");
    }
    admin
        .patch(path(&made, ""))
        .json(&json!({"note": "More"}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let audit = app
        .staff("auditor")
        .await
        .all(&format!("/audit-entries?object={}", made["id"].as_str().unwrap()))
        .await;
    let actions: Vec<_> = audit.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        ["policy.published", "policy_draft.edited", "policy_draft.created"]
    );
    app.await_events("policy.published", 1).await;
}

#[rstest]
#[tokio::test]
async fn a_draft_of_an_older_version_is_not_published(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("b2b-monthly").await;
    let (slow, quick, unwanted) = (
        draft(&admin, &market, days(12)).await,
        draft(&admin, &market, days(14)).await,
        draft(&admin, &market, days(16)).await,
    );
    assert_eq!(admin.all("/policy-drafts?limit=2").await.len(), 3);
    assert_eq!(
        admin.post(path(&unwanted, "/discard")).send().await.ok()["status"],
        "discarded"
    );
    admin.post(path(&quick, "/publish")).send().await.ok();
    assert_eq!(
        admin.get(path(&slow, "/comparison")).send().await.ok()["outdated"],
        true
    );
    admin
        .post(path(&slow, "/publish"))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let in_force = admin
        .get(format!("/programmes/{}/policy", market.id()))
        .send()
        .await
        .ok();
    assert_eq!(in_force["policy"]["returns"]["window"]["amount"], 14);
    assert_eq!(
        admin
            .all(&format!("/policy-drafts?programme_id={}", market.id()))
            .await
            .len(),
        1
    );
    assert_eq!(admin.all("/policy-drafts?status=discarded,published").await.len(), 3);
}

/// A product whose amendment does not fit the new policy is found before anybody is harmed.
#[rstest]
#[tokio::test]
async fn terms_that_do_not_fit_are_found_first(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("trade-weekly").await;
    let premium = market
        .new_product("premium", 2, json!({"policy_override": days(168)}))
        .await;
    let until_invoiced = json!({"returns": {"window": {"unit": "until_invoiced", "amount": null, "starts": null}}});
    let made = draft(&admin, &market, until_invoiced).await;
    let conflicts = admin.get(path(&made, "/comparison")).send().await.ok()["conflicts"].clone();
    assert_eq!(
        (&conflicts[0]["subject"], &conflicts[0]["pointer"]),
        (&premium["id"], &json!("/returns/window"))
    );
    admin
        .post(path(&made, "/publish"))
        .send()
        .await
        .assert_problem(422, "invalid", "/returns/window");
    let programme = admin.get(format!("/programmes/{}", market.id())).send().await.ok();
    assert_eq!(
        programme["policy_version_id"], market.programme["policy_version_id"],
        "nothing was published"
    );
}

/// R125, K1–K22: publishing moves no open window; what is sold afterwards has the new one.
#[rstest]
#[tokio::test]
async fn r125_publishing_moves_no_open_window(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let before = market.sell_to(&buyer).await;
    let deadline = |id: String| {
        let admin = admin.clone();
        async move { admin.get(format!("/deliveries/{id}")).send().await.ok()["return_deadline_at"].clone() }
    };
    let old = deadline(before.clone()).await;

    let made = draft(&admin, &market, days(3)).await;
    assert_eq!(
        admin.get(path(&made, "/comparison")).send().await.ok()["orders_affected"],
        1
    );
    admin.post(path(&made, "/publish")).send().await.ok();
    let published = app.await_events("policy.published", 1).await;
    assert_eq!(published[0]["data"]["orders_stamped"], 1);

    assert_eq!(deadline(before).await, old);
    let after = market.sell_to(&buyer).await;
    let new = deadline(after).await;
    assert!(
        new.as_str().unwrap() < old.as_str().unwrap(),
        "{new} is a week before {old}"
    );
}

/// R18, R74: the account beats the product, which beats the programme; and a change of a layer holds
/// from the next sale on.
#[rstest]
#[tokio::test]
async fn r18_r74_each_layer_beats_the_one_below(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("b2b-monthly").await;
    let usual = market.buyer("Okafor", json!({})).await;
    let amended = json!({"policy_override": days(20)});
    let special = market.supplier_with("Reyes", amended, json!({})).await;
    market.order(&special, json!({})).await;
    let deadline = async |buyer: &Buyer| {
        let id = market.sell_to(buyer).await;
        let shown = admin.get(format!("/deliveries/{id}")).send().await.ok();
        shown["return_deadline_at"].as_str().unwrap().to_owned()
    };
    let (ten, twenty) = (deadline(&usual).await, deadline(&special).await);
    assert!(ten < twenty);
    let product = format!("/lead-products/{}", market.product["id"].as_str().unwrap());
    admin
        .patch(&product)
        .json(&json!({"policy_override": days(5)}))
        .send()
        .await
        .ok();
    assert!(deadline(&usual).await < ten, "the product beats the programme");
    assert_eq!(deadline(&special).await, twenty, "the account beats the product");
}

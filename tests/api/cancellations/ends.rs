//! What ends with an account, what is owed and what becomes of what was paid ahead (R13, R93, R94, R120).

use super::*;
use crate::payments::charged_at_the_gateway;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::spawn;

/// R13: cancelling charges what has accrued at the instant it takes effect, then the account is closed; no later
/// delivery and no second charge. The preview named the sum.
#[rstest]
#[tokio::test]
async fn r13_cancelling_charges_what_has_accrued(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    let (owner, manager) = (market.owner(&buyer).await, app.staff("account_manager").await);
    // Without an agreement there is no renewal to wait for.
    let expected = preview(&manager, &buyer, "").await;
    assert_eq!(
        (&expected["outcome"], &expected["term"], &expected["charged_at_once"]),
        (&json!("effective"), &json!("rolling"), &json!(true))
    );
    assert_eq!(
        ["accrued", "open", "credit", "due"].map(|field| minor(&expected[field])),
        [9_000, 0, 0, 9_000]
    );
    let today = in_days(&market, 0).await;
    let cancelled = asks(&manager, &buyer, written(today, json!({}))).await.created();
    assert_eq!(cancelled["status"], "effective");
    assert_eq!(standing(&app, &buyer).await, "closed");
    assert!(market.sell().await.is_empty());
    market.until_answered(&buyer).await;
    app.run_jobs().await;
    let (invoices, payments) = (market.invoices(&buyer).await, market.payments(&buyer).await);
    assert_eq!((invoices.len(), payments.len()), (1, 1));
    assert_eq!(
        (&invoices[0]["status"], &invoices[0]["total"], &payments[0]["origin"]),
        (&json!("paid"), &expected["due"], &json!("cancellation"))
    );
    app.advance_to_first().await;
    app.advance_to_first().await;
    assert_eq!(market.invoices(&buyer).await.len(), 1);
    assert_eq!(charged_at_the_gateway(&app).await, [9_000]);
    // A closed account keeps its papers.
    let invoice = invoices[0]["id"].as_str().expect("an id");
    owner
        .get(format!("/invoices/{invoice}/pdf"))
        .send()
        .await
        .assert_status(200);
    let refused = preview(&manager, &buyer, "").await;
    assert_eq!(refused["refused"]["detail"], "The account is closed.");
    app.audit_is_green().await;
}

/// R13: where a notice runs first, the charge comes with its end and not with the notice.
#[rstest]
#[tokio::test]
async fn r13_the_charge_comes_with_the_end(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let worked = json!({ "rolling": { "kind": "worked", "days": 2 } });
    let policy = json!({ "cancel": { "effective": "end_of_notice", "written": false, "notice_by_term": worked } });
    let market = app.market_with("b2b-monthly", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "recovers").await;
    let owner = market.owner(&buyer).await;
    asks(&owner, &buyer, json!({ "skip_reason": true })).await.created();
    market.sell_to(&buyer).await;
    assert_eq!(market.payments(&buyer).await.len(), 0);
    let ends_on = in_days(&market, 3).await;
    let ends_at = beginning(&market, ends_on).await;
    app.advance_to(ends_at.to_offset()).await;
    assert_eq!(standing(&app, &buyer).await, "closed");
    market.until_answered(&buyer).await;
    app.live_through(10).await;
    let invoices = market.invoices(&buyer).await;
    let total: i64 = invoices.iter().map(|invoice| minor(&invoice["total"])).sum();
    assert_eq!(total, 4_500);
    assert!(
        invoices.iter().all(|invoice| invoice["status"] == "paid"),
        "{invoices:#?}"
    );
    assert_eq!(charged_at_the_gateway(&app).await, [4_500], "once, on whichever try");
    app.audit_is_green().await;
}

/// A market of preset D with a plan of two leads at 8.00.
async fn plans(app: &TestApp) -> Market<'_> {
    let two = json!({ "label": "Two leads", "min_units": 2, "unit_price_minor": 800 });
    let none = json!({ "kind": "none", "units": null });
    app.market_with(
        "isa-calling",
        json!({ "plan": { "tiers": { "two": two }, "grace": none } }),
    )
    .await
}

async fn planned(market: &Market<'_>, name: &str, used: usize) -> (Buyer, Client, Value) {
    let buyer = market.supplier(name).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let body = json!({ "supplier_id": buyer.id, "tier": "two" });
    let plan = owner.post("/plan-subscriptions").json(&body).send().await.created();
    let path = format!("/plan-subscriptions/{}", plan["id"].as_str().expect("an id"));
    let stands = async || owner.get(&path).send().await.ok()["status"] == "active";
    market.app.until("the plan runs", stands).await;
    for _ in 0..used {
        owner
            .post("/leads")
            .json(&market.lead())
            .send()
            .await
            .assert_status(201);
    }
    let plan = owner.get(&path).send().await.ok();
    (buyer, owner, plan)
}

async fn plan_of(owner: &Client) -> Value {
    owner.all("/plan-subscriptions").await[0].clone()
}

/// R89, R93, R94: the owner, and nobody else of the account, ends it at once or with the paid period, as the policy
/// offers; at once the plan ends with it and what was used above the minimum is invoiced, later it is worked to the end
/// and not renewed.
#[rstest]
#[tokio::test]
async fn r94_at_once_or_at_the_end_of_the_period(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = plans(&app).await;
    let (buyer, owner, plan) = planned(&market, "Okafor", 3).await;
    for role in ["billing", "member"] {
        let person = market.member(&buyer, role).await;
        asks(&person, &buyer, json!({}))
            .await
            .assert_problem(403, "forbidden", "");
    }
    let now = preview(&owner, &buyer, "").await;
    let later = preview(&owner, &buyer, "?effective=period_end").await;
    assert_eq!(now["choices"], json!(["at_once", "period_end"]));
    assert_eq!(
        (&now["outcome"], &now["rule"]),
        (&json!("effective"), &json!("at_once"))
    );
    let ends: LocalDate = plan["renews_on"].as_str().expect("it renews").parse().expect("a day");
    let ends_at = beginning(&market, ends).await;
    assert_eq!(
        (&later["outcome"], &later["rule"], &later["effective_at"]),
        (&json!("scheduled"), &json!("period_end"), &json!(ends_at))
    );
    assert_eq!(minor(&now["accrued"]), 800, "one lead above the minimum");
    let refused = asks(&owner, &buyer, json!({ "effective": "at_renewal" })).await;
    refused.assert_problem(422, "invalid", "/effective");

    let at_once = asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(
        (&at_once["status"], standing(&app, &buyer).await.as_str()),
        (&json!("effective"), "closed")
    );
    assert_eq!(plan_of(&owner).await["status"], "ended", "R93: nothing of it goes on");
    owner
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_problem(409, "state_conflict", "");

    let (other, other_owner, _) = planned(&market, "Reyes", 1).await;
    let scheduled = asks(&other_owner, &other, json!({ "effective": "period_end" }))
        .await
        .created();
    assert_eq!(scheduled["status"], "scheduled");
    other_owner
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .assert_status(201);
    let invoices = market.invoices(&other).await.len();
    app.advance_to(ends_at.to_offset() + time::Duration::hours(1)).await;
    assert_eq!(shown(&other_owner, &scheduled).await["status"], "effective");
    assert_eq!(standing(&app, &other).await, "closed");
    let ended = plan_of(&other_owner).await;
    assert_eq!((&ended["status"], &ended["renews_on"]), (&json!("ended"), &Value::Null));
    app.live_through(35).await;
    assert_eq!(
        market.invoices(&other).await.len(),
        invoices,
        "no period was charged after it"
    );
    app.audit_is_green().await;
}

/// Leads of a plan that were paid and not used are named beforehand, and go as the policy says.
#[rstest]
#[tokio::test]
async fn unused_leads_of_a_plan_are_named(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = plans(&app).await;
    let (buyer, owner, _) = planned(&market, "Okafor", 1).await;
    let expected = preview(&owner, &buyer, "").await;
    let lost = json!([{ "kind": "plan_leads", "count": 1, "amount": market.money(800), "becomes": "none" }]);
    assert_eq!(expected["losses"], lost);
    assert_eq!(
        preview(&owner, &buyer, "?effective=period_end").await["losses"],
        json!([])
    );
    let invoices = market.invoices(&buyer).await.len();
    asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(
        market.invoices(&buyer).await.len(),
        invoices,
        "nothing was used above the minimum"
    );
    app.audit_is_green().await;
}

/// R120: while leads of a package are to come the account is not cancelled, and the answer says how many; once it is
/// complete it ends at once.
#[rstest]
#[tokio::test]
async fn r120_an_account_ends_once_its_package_is_complete(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({
        "distribution": { "mode": "market" }, "package": { "mode": "per_business", "intro_required": true },
    });
    let market = app.market_with("local-exclusive", policy).await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let package = market.offer_package(&buyer, "introductory", 2).await;
    market.begin_package(&owner, &package).await;
    market.sell_to(&buyer).await;
    let expected = preview(&owner, &buyer, "").await;
    assert_eq!(
        (&expected["refused"]["remaining"], &expected["may_cancel"]),
        (&json!(1), &json!(false))
    );
    let refused = asks(&owner, &buyer, json!({})).await;
    let detail = refused.assert_problem(409, "state_conflict", "").json()["detail"].clone();
    assert_eq!(detail, expected["refused"]["detail"]);
    assert!(
        detail
            .as_str()
            .is_some_and(|text| text.starts_with("1 lead is still to come")),
        "{detail}"
    );
    market.sell_to(&buyer).await;
    let expected = preview(&owner, &buyer, "").await;
    assert_eq!(
        (&expected["outcome"], &expected["rule"]),
        (&json!("effective"), &json!("packages_complete"))
    );
    let cancelled = asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(cancelled["status"], "effective");
    assert_eq!(standing(&app, &buyer).await, "closed");
    assert!(market.sell().await.is_empty());
    app.audit_is_green().await;
}

/// Where what was paid is still delivered, the account ends with the last of these leads; loyalty and unpaid orders end
/// at once (R64).
#[rstest]
#[tokio::test]
async fn paid_leads_come_before_the_end(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let wish = json!({ "quantity": 10, "loyalty": { "interval": "monthly" } });
    let checkout = crate::checkouts::begin(&market, &owner, &buyer, wish).await;
    crate::checkouts::pay(&app, &owner, &checkout).await;
    let unpaid = market.order(&buyer, json!({})).await;
    let expected = preview(&owner, &buyer, "").await;
    assert_eq!(
        (&expected["outcome"], &expected["rule"]),
        (&json!("scheduled"), &json!("leads_delivered"))
    );
    let kinds: Vec<_> = expected["losses"]
        .as_array()
        .expect("losses")
        .iter()
        .map(|loss| loss["kind"].clone())
        .collect();
    assert_eq!(kinds, ["loyalty_perk", "order_leads"]);
    assert_eq!(expected["losses"][1]["becomes"], "finish");
    let cancelled = asks(&owner, &buyer, json!({})).await.created();
    assert_eq!(
        (&cancelled["status"], &cancelled["effective_at"]),
        (&json!("scheduled"), &Value::Null)
    );
    assert_eq!(owner.all("/loyalty-subscriptions?status=active,on_hold").await.len(), 0);
    let unpaid = format!("/orders/{}", unpaid["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&unpaid).send().await.ok()["status"], "cancelled");
    let to_come = expected["losses"][1]["count"].as_i64().expect("a count");
    for left in (0..to_come).rev() {
        assert_eq!(standing(&app, &buyer).await, "in_notice", "{left} to come");
        market.sell_to(&buyer).await;
    }
    app.run_jobs().await;
    assert_eq!(shown(&owner, &cancelled).await["status"], "effective");
    assert_eq!(standing(&app, &buyer).await, "closed");
    app.live_through(35).await;
    assert_eq!(owner.all("/orders").await.len(), 2, "nothing was ordered again");
    app.audit_is_green().await;
}

/// What is in a wallet pays the last invoice, and the rest is credit of the account: it never lapses (R9).
#[rstest]
#[tokio::test]
async fn r9_what_is_in_a_wallet_stays_the_suppliers(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = crate::wallets::prepaid(&app, 20_000).await;
    market.sell_to(&buyer).await;
    let manager = app.staff("account_manager").await;
    let expected = preview(&manager, &buyer, "").await;
    let kept =
        json!([{ "kind": "wallet_balance", "count": null, "amount": market.money(15_500), "becomes": "credit" }]);
    assert_eq!(expected["losses"], kept);
    assert_eq!(
        (minor(&expected["accrued"]), minor(&expected["due"])),
        (4_500, 0),
        "the wallet has paid it"
    );
    let today = in_days(&market, 0).await;
    asks(&manager, &buyer, written(today, json!({}))).await.created();
    app.run_jobs().await;
    let finance = app.staff("finance").await;
    let wallet = finance.get(format!("/suppliers/{}/wallet", buyer.id)).send().await.ok();
    assert_eq!((&wallet["status"], minor(&wallet["balance"])), (&json!("closed"), 0));
    let invoices = market.invoices(&buyer).await;
    assert_eq!((invoices.len(), &invoices[0]["status"]), (1, &json!("paid")));
    assert_eq!(
        charged_at_the_gateway(&app).await,
        [20_000],
        "nothing was charged beside the top-up"
    );
    assert_eq!(minor(&preview(&manager, &buyer, "").await["due"]), 0);
    app.audit_is_green().await;
}

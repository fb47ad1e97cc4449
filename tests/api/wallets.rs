//! Paying in advance: leads out of a wallet, filling it, what comes back, closing it (R9–R11).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Market, TestApp, merged, spawn};

use crate::collection::give_back;
use crate::payments::charged_at_the_gateway;
use crate::refunds::second_finance;

/// Opens a wallet that nothing fills by itself, unless `terms` say otherwise.
async fn open(market: &Market<'_>, buyer: &Buyer, terms: Value) -> Value {
    let manager = market.app.staff("account_manager").await;
    let body = merged(json!({ "refill": "manual" }), terms);
    manager
        .post(format!("/suppliers/{}/wallet", buyer.id))
        .json(&body)
        .send()
        .await
        .created()
}

async fn wallet(market: &Market<'_>, buyer: &Buyer) -> Value {
    let finance = market.app.staff("finance").await;
    finance.get(format!("/suppliers/{}/wallet", buyer.id)).send().await.ok()
}

async fn balance(market: &Market<'_>, buyer: &Buyer) -> i64 {
    wallet(market, buyer).await["balance"]["amount"]
        .as_i64()
        .expect("a balance")
}

async fn entries(market: &Market<'_>, buyer: &Buyer) -> Vec<Value> {
    let finance = market.app.staff("finance").await;
    finance.all(&format!("/suppliers/{}/wallet/entries", buyer.id)).await
}

async fn top_up(market: &Market<'_>, buyer: &Buyer, minor: i64) -> Value {
    let owner = market.owner(buyer).await;
    let body = json!({ "amount": market.money(minor) });
    owner
        .post(format!("/suppliers/{}/wallet/top-ups", buyer.id))
        .json(&body)
        .send()
        .await
        .created()
}

/// A market of preset A with a supplier whose wallet has so much in it; leads cost 45.00.
async fn prepaid<'a>(app: &'a TestApp, minor: i64) -> (Market<'a>, Buyer) {
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    open(&market, &buyer, json!({})).await;
    if minor > 0 {
        let payment = top_up(&market, &buyer, minor).await;
        assert_eq!(
            (&payment["status"], &payment["purpose"], &payment["amount"]),
            (&json!("succeeded"), &json!("wallet_top_up"), &market.money(minor))
        );
    }
    (market, buyer)
}

/// Why the supplier did not get the lead, by the trace.
async fn refused_for(market: &Market<'_>, buyer: &Buyer) -> Value {
    let receipt = market.submit(market.lead()).await;
    let id = receipt["lead"]["id"].as_str().unwrap_or_else(|| panic!("{receipt}"));
    let trace = market
        .app
        .staff("support")
        .await
        .get(format!("/leads/{id}/trace"))
        .send()
        .await
        .ok();
    let attempts = trace["attempts"].as_array().unwrap_or_else(|| panic!("{trace}"));
    let candidates = attempts[0]["candidates"].as_array().expect("candidates");
    let mine = candidates.iter().find(|entry| entry["supplier_id"] == *buyer.id);
    mine.unwrap_or_else(|| panic!("{trace}"))["reason"].clone()
}

/// Submits so many leads at once and gives how many the market sold.
pub(crate) async fn sell_at_once(market: &Market<'_>, leads: usize) -> usize {
    let maker = market.leads();
    let tasks: Vec<_> = (0..leads)
        .map(|_| {
            let (key, lead) = (market.key.clone(), maker.fresh());
            tokio::spawn(async move { key.post("/leads").json(&lead).send().await.created() })
        })
        .collect();
    let mut sold = 0;
    for task in tasks {
        let receipt = task.await.expect("the lead is taken in");
        sold += receipt["sold_to"].as_array().map_or(0, Vec::len);
    }
    sold
}

/// R9: no delivery before the payment; each one debits; an empty wallet is not eligible; the period's invoice is
/// paid out of what was taken, and nothing else is collected.
#[rstest]
#[tokio::test]
async fn r9_leads_are_paid_out_of_the_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 0).await;
    assert_eq!(refused_for(&market, &buyer).await, "no_funds");
    top_up(&market, &buyer, 10_000).await;
    let first = market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 1_000);
    assert_eq!(refused_for(&market, &buyer).await, "no_funds");
    let moves = entries(&market, &buyer).await;
    let of = |field: &str| moves.iter().map(|one| one[field]["amount"].clone()).collect::<Vec<_>>();
    assert_eq!(of("amount"), [json!(-4_500), json!(-4_500), json!(10_000)]);
    assert_eq!(of("balance"), [json!(1_000), json!(5_500), json!(10_000)]);
    assert_eq!(moves[1]["delivery_id"], *first);
    let owner = market.owner(&buyer).await;
    let page = owner
        .get(format!("/suppliers/{}/wallet/entries?limit=2", buyer.id))
        .send()
        .await
        .ok();
    let cursor = page["next_cursor"].as_str().expect("a second page");
    let rest = owner
        .get(format!(
            "/suppliers/{}/wallet/entries?limit=2&cursor={cursor}",
            buyer.id
        ))
        .send()
        .await
        .ok();
    assert_eq!(
        (rest["data"].as_array().map(Vec::len), &rest["has_more"]),
        (Some(1), &json!(false))
    );
    let next = owner
        .get(format!("/suppliers/{}/next-invoice", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(
        (&next["prepaid"], &next["to_pay"]),
        (&market.money(9_000), &market.money(0))
    );
    app.audit_is_green().await;

    app.advance_to_first().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["line_count"]),
        (&json!("paid"), &market.money(9_000), &json!(2)),
        "{invoice}"
    );
    assert_eq!(charged_at_the_gateway(&app).await, [10_000]);
    let statement = owner
        .get(format!("/suppliers/{}/statement", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(statement["accounts"][0]["closing"], market.money(-1_000));
    assert_eq!(wallet(&market, &buyer).await["drawn"], market.money(0));
    app.audit_is_green().await;
}

/// R9, R10: who pays in advance is not active before the money is there; an ACH prepayment may take its time.
#[rstest]
#[case("card", 0)]
#[case("ach", 2)]
#[tokio::test]
async fn r10_nobody_is_active_before_the_prepayment(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] kind: &str,
    #[case] days: i64,
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Okafor", "address": "12 Main Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: String::new(),
        order_id: None,
    };
    // R11: the form has to say how much, because the policy leaves it to the account.
    let path = format!("/suppliers/{}/wallet", buyer.id);
    let bare = manager.post(&path).json(&json!({})).send().await;
    bare.assert_problem(422, "invalid", "/refill_amount");
    let form = json!({ "refill": null, "refill_amount": market.money(80_000) });
    assert_eq!(open(&market, &buyer, form).await["refill"], "monthly_on_1st");
    let activate = format!("/suppliers/{}/activate", buyer.id);
    app.run_jobs().await;
    manager
        .post(&activate)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(422, "policy_refuses", "");
    market.store_method(&buyer, kind, "ok").await;
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    for _ in 0..days {
        assert_eq!(wallet(&market, &buyer).await["refill_status"], "under_way");
        manager
            .post(&activate)
            .json(&json!({}))
            .send()
            .await
            .assert_problem(422, "policy_refuses", "");
        app.advance(1).await;
    }
    app.run_jobs().await;
    assert_eq!(balance(&market, &buyer).await, 80_000);
    manager.post(&activate).json(&json!({})).send().await.ok();
    // And anew on the first of each month.
    app.advance_to_first().await;
    market.until_answered(&buyer).await;
    app.live_through(days).await;
    app.run_jobs().await;
    assert_eq!(balance(&market, &buyer).await, 160_000);
    assert_eq!(charged_at_the_gateway(&app).await, [80_000, 80_000]);
    app.audit_is_green().await;
}

/// R9: sales that race for the last of a wallet never take it below its limit.
#[rstest]
#[case(json!({}), 22_500)]
#[case(json!({ "limit": -9_000 }), 13_500)]
#[tokio::test]
async fn r9_racing_sales_stop_at_the_limit(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] terms: Value,
    #[case] paid: i64,
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let limit = terms["limit"]
        .as_i64()
        .map(|minor| json!({ "limit": market.money(minor) }));
    open(&market, &buyer, limit.unwrap_or(json!({}))).await;
    top_up(&market, &buyer, paid).await;
    assert_eq!(sell_at_once(&market, 16).await, 5, "22,500 pay for five leads of 4,500");
    let left = wallet(&market, &buyer).await;
    assert_eq!(left["balance"], left["limit"]);
    assert_eq!(entries(&market, &buyer).await.len(), 6);
    app.audit_is_green().await;
}

/// One charge for sixteen sales that cross the threshold at once, and one notice.
#[rstest]
#[tokio::test]
async fn r9_one_recharge_for_racing_sales(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 100_000).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/auto-recharge", buyer.id);
    owner
        .patch(&path)
        .json(&json!({ "enabled": true }))
        .send()
        .await
        .assert_problem(422, "invalid", "/below");
    let terms = json!({ "enabled": true, "below": market.money(60_000), "amount": market.money(50_000) });
    assert_eq!(
        owner.patch(&path).json(&terms).send().await.ok()["refill"],
        "low_balance"
    );
    let manager = app.staff("account_manager").await;
    let notice = json!({ "notice_below": market.money(70_000), "reason": "Wants to know early." });
    manager
        .patch(format!("/suppliers/{}/wallet", buyer.id))
        .json(&notice)
        .send()
        .await
        .ok();
    assert_eq!(sell_at_once(&market, 16).await, 16);
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 100_000 - 16 * 4_500 + 50_000);
    let refills: Vec<_> = market
        .payments(&buyer)
        .await
        .into_iter()
        .filter(|payment| payment["origin"] == "refill")
        .collect();
    assert_eq!(refills.len(), 1, "{refills:?}");
    assert_eq!(wallet(&market, &buyer).await["refill_status"], "idle");
    let told = app.staff("support").await.all("/notifications?kind=wallet_low").await;
    assert_eq!(told.len(), 1, "once for each crossing");
    // The next crossing is told again.
    sell_at_once(&market, 2).await;
    let told = app.staff("support").await.all("/notifications?kind=wallet_low").await;
    assert_eq!(told.len(), 2);
    app.audit_is_green().await;
}

/// A charge that fails is tried again by the dunning plan, then nothing is charged until another method is there.
#[rstest]
#[tokio::test]
async fn r9_a_failed_recharge_stops_until_somebody_acts(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 10_000).await;
    market.store_method(&buyer, "card", "declined").await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet/auto-recharge", buyer.id);
    let terms = json!({ "enabled": true, "below": market.money(9_000), "amount": market.money(20_000) });
    owner.patch(&path).json(&terms).send().await.ok();
    market.sell_to(&buyer).await;
    app.run_jobs().await;
    assert_eq!(
        wallet(&market, &buyer).await["refill_status"],
        "under_way",
        "it is tried again"
    );
    app.live_through(10).await;
    assert_eq!(wallet(&market, &buyer).await["refill_status"], "stopped");
    let payment = &market.payments(&buyer).await[1];
    assert_eq!(
        (&payment["status"], &payment["attempts"]),
        (&json!("exhausted"), &json!(4))
    );
    market.sell_to(&buyer).await;
    app.run_jobs().await;
    assert_eq!(
        market.payments(&buyer).await.len(),
        2,
        "nothing more is tried by itself"
    );
    market.store_method(&buyer, "card", "ok").await;
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 10_000 - 9_000 + 20_000);
    assert_eq!(wallet(&market, &buyer).await["refill_status"], "idle");
    app.audit_is_green().await;
}

/// What comes back goes back to the wallet: before the invoice the whole amount, after it by the credit note.
#[rstest]
#[tokio::test]
async fn r9_returns_go_back_to_the_wallet(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 50_000).await;
    app.advance_to_first().await;
    app.advance(24).await;
    let early = market.sell_to(&buyer).await;
    let late = market.sell_to(&buyer).await;
    assert_eq!(balance(&market, &buyer).await, 41_000);
    give_back(&app, &market, &buyer, &early).await;
    assert_eq!(balance(&market, &buyer).await, 45_500);
    app.audit_is_green().await;
    app.advance_to_first().await;
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    give_back(&app, &market, &buyer, &late).await;
    assert_eq!(balance(&market, &buyer).await, 50_000);
    let kinds: Vec<_> = entries(&market, &buyer)
        .await
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert_eq!(kinds, ["credit_note", "lead_returned", "lead", "lead", "top_up"]);
    let statement = market
        .owner(&buyer)
        .await
        .get(format!("/suppliers/{}/statement", buyer.id))
        .send()
        .await
        .ok();
    assert_eq!(statement["accounts"][0]["closing"], market.money(-50_000));
    app.audit_is_green().await;
}

/// Closing gives the balance back, beyond the limit with a second person; leads that were drawn are still invoiced
/// out of what was drawn, and later ones in arrears.
#[rstest]
#[tokio::test]
async fn r9_closing_gives_the_balance_back(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 40_000).await;
    top_up(&market, &buyer, 60_000).await;
    market.sell_to(&buyer).await;
    let finance = app.staff("finance").await;
    let close = format!("/suppliers/{}/wallet/close", buyer.id);
    let closed = finance
        .post(&close)
        .json(&json!({ "reason": "Moves to monthly invoices." }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&closed["status"], &closed["balance"], &closed["drawn"]),
        (&json!("closed"), &market.money(0), &market.money(100_000))
    );
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    let refunds = finance.all("/refunds").await;
    let amounts: Vec<_> = refunds
        .iter()
        .map(|one| (&one["amount"]["amount"], &one["status"]))
        .collect();
    assert_eq!(
        amounts,
        [
            (&json!(35_500), &json!("succeeded")),
            (&json!(60_000), &json!("awaiting_approval"))
        ]
    );
    app.audit_is_green().await;
    // Nobody agrees to the second one: it is credit of the account, since the wallet is closed.
    let refuse = format!("/refunds/{}/refuse", refunds[1]["id"].as_str().expect("an id"));
    let second = second_finance(&app).await;
    second
        .post(&refuse)
        .json(&json!({ "note": "They stay with us." }))
        .send()
        .await
        .ok();
    app.audit_is_green().await;
    let again = finance.post(&close).json(&json!({ "reason": "Again." })).send().await;
    again.assert_problem(409, "state_conflict", "");
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    let invoice = &market.invoices(&buyer).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["total"]),
        (&json!("paid"), &market.money(9_000))
    );
    assert_eq!(
        charged_at_the_gateway(&app).await,
        [40_000, 60_000],
        "the credit paid the rest"
    );
    app.audit_is_green().await;
}

/// The payer's bank takes a top-up back: the wallet gives what it has, and the rest is owed.
#[rstest]
#[tokio::test]
async fn a_disputed_top_up_leaves_the_wallet_at_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "disputed").await;
    open(&market, &buyer, json!({})).await;
    top_up(&market, &buyer, 10_000).await;
    market.sell_to(&buyer).await;
    app.live_through(13).await;
    assert_eq!(balance(&market, &buyer).await, 0);
    let kinds: Vec<_> = entries(&market, &buyer)
        .await
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert_eq!(kinds, ["dispute", "lead", "top_up"]);
    app.audit_is_green().await;
}

/// What is asked for has to make sense, and is nobody else's business.
#[rstest]
#[tokio::test]
async fn r11_terms_and_top_ups_are_checked(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 10_000).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/wallet", buyer.id);
    for (amount, code, pointer) in [
        (market.money(4_999), "invalid", "/amount/amount"),
        (json!({ "amount": 10_000, "currency": "GBP" }), "invalid", "/amount"),
    ] {
        let answer = owner
            .post(format!("{path}/top-ups"))
            .json(&json!({ "amount": amount }))
            .send()
            .await;
        answer.assert_problem(422, code, pointer);
    }
    let manager = app.staff("account_manager").await;
    let limit = json!({ "limit": market.money(-5_000), "reason": "A good payer." });
    manager.patch(&path).json(&limit).send().await.ok();
    owner
        .patch(&path)
        .json(&limit)
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    for _ in 0..3 {
        market.sell_to(&buyer).await;
    }
    assert_eq!(balance(&market, &buyer).await, -3_500);
    let back = json!({ "limit": market.money(0), "reason": "No more credit." });
    manager
        .patch(&path)
        .json(&back)
        .send()
        .await
        .assert_problem(422, "invalid", "/limit/amount");
    let other = market.buyer("Zenith", json!({})).await;
    let stranger = market.owner(&other).await;
    stranger.get(&path).send().await.assert_status(404);
    stranger
        .get(format!("/suppliers/{}/wallet", other.id))
        .send()
        .await
        .assert_status(404);
    let uk = app.market("trade-weekly").await;
    let there = uk.supplier("Pennine").await;
    let refused = manager
        .post(format!("/suppliers/{}/wallet", there.id))
        .json(&json!({}))
        .send()
        .await;
    refused.assert_problem(422, "policy_refuses", "");
    app.audit_is_green().await;
}

/// Any order of top-ups, sales, returns, refunds and months leaves a balanced journal, and the balance is what went
/// in less what was kept, whatever came when.
#[rstest]
#[case(1)]
#[case(2)]
#[case(3)]
#[tokio::test]
async fn any_order_of_movements_adds_up(#[values(Sqlite, Postgres)] on: Database, #[case] seed: u64) {
    let app = spawn(on).await;
    let (market, buyer) = prepaid(&app, 50_000).await;
    let finance = app.staff("finance").await;
    app.advance_to_first().await;
    // A number generator of one line, so that a failure can be run again.
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut pick = |most: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let (mut paid_in, mut kept, mut given_back) = (50_000, 0, 0);
    let mut returnable: Vec<String> = Vec::new();
    for step in 0..24 {
        match pick(10) {
            0 | 1 => {
                let minor = 5_000 + i64::try_from(pick(20_000)).expect("small");
                assert_eq!(top_up(&market, &buyer, minor).await["status"], "succeeded");
                paid_in += minor;
            }
            2..=5 => {
                let sales = market.sell().await;
                let before = paid_in - kept - given_back;
                assert_eq!(
                    sales.len(),
                    usize::from(before >= 4_500),
                    "step {step}: {before} in the wallet"
                );
                if let Some(sale) = sales.first() {
                    kept += 4_500;
                    returnable.push(sale["delivery_id"].as_str().expect("an id").to_owned());
                }
            }
            6 | 7 => {
                if let Some(delivery) = returnable.pop() {
                    give_back(&app, &market, &buyer, &delivery).await;
                    kept -= 4_500;
                }
            }
            8 => {
                let payments = market.payments(&buyer).await;
                let minor = 1_000 + i64::try_from(pick(3_000)).expect("small");
                let body =
                    json!({ "payment_id": payments[0]["id"], "amount": market.money(minor), "reason": "Asked for." });
                let answer = finance.post("/refunds").json(&body).send().await;
                if answer.status == 201 {
                    app.run_jobs().await;
                    given_back += minor;
                } else {
                    answer.assert_status(422);
                }
            }
            _ => {
                // What was delivered before may be returned for ten days, invoiced or not.
                app.advance(4).await;
                returnable.clear();
            }
        }
        assert_eq!(
            balance(&market, &buyer).await,
            paid_in - kept - given_back,
            "step {step}"
        );
    }
    app.audit_is_green().await;
    app.advance_to_first().await;
    assert_eq!(balance(&market, &buyer).await, paid_in - kept - given_back);
    let owner = market.owner(&buyer).await;
    let all = format!("/suppliers/{}/statement?from=2020-01-01", buyer.id);
    let statement = owner.get(all).send().await.ok();
    assert_eq!(
        statement["accounts"][0]["closing"],
        market.money(kept + given_back - paid_in)
    );
    app.audit_is_green().await;
}

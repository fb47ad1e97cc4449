//! Collecting by policy: on the first (A), on Wednesday (C), when final (E); retries, suspension, revocation.

use rstest::rstest;
use serde_json::{Value, json};
use time::{Date, Month, Weekday};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::paying::pay;
use tradepost_tests::{Buyer, Market, TestApp, spawn};

use crate::payments::charged_at_the_gateway;

/// Has a return of this delivery approved.
pub(crate) async fn give_back(app: &TestApp, market: &Market<'_>, buyer: &Buyer, delivery: &str) {
    let owner = market.owner(buyer).await;
    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let reason = options["reasons"][0]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("{options}"));
    let body = json!({ "delivery_id": delivery, "reason": reason, "note": "Nobody of that name lives there." });
    let request = owner.post("/return-requests").json(&body).send().await.created();
    let path = format!("/return-requests/{}/approve", request["id"].as_str().expect("an id"));
    app.staff("returns_reviewer")
        .await
        .post(path)
        .json(&json!({}))
        .send()
        .await
        .ok();
}

async fn status(app: &TestApp, buyer: &Buyer) -> Value {
    let path = format!("/suppliers/{}", buyer.id);
    app.staff("finance").await.get(path).send().await.ok()["status"].clone()
}

/// R7: on the first, one card payment of the month's deliveries less returns; a credit is used up first.
#[rstest]
#[tokio::test]
async fn r7_the_card_is_charged_on_the_first(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    // The 25th of a month leaves the return window open over the first.
    app.advance_to_first().await;
    app.advance(24).await;
    let returned = market.sell_to(&buyer).await;
    let late = market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    give_back(&app, &market, &buyer, &returned).await;
    assert_eq!(market.payments(&buyer).await.len(), 0);
    app.advance_to_first().await;
    let payments = market.payments(&buyer).await;
    assert_eq!(payments.len(), 1, "{payments:?}");
    assert_eq!(
        (&payments[0]["amount"], &payments[0]["status"], &payments[0]["origin"]),
        (&market.money(9_000), &json!("succeeded"), &json!("collection"))
    );
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");

    // One of them comes back after it was charged: the credit pays a part of the next invoice.
    give_back(&app, &market, &buyer, &late).await;
    market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    app.advance(2).await;
    let payments = market.payments(&buyer).await;
    assert_eq!(payments.len(), 2, "{payments:?}");
    assert_eq!(payments[1]["amount"], market.money(4_500));
    let invoice = &market.invoices(&buyer).await[1];
    assert_eq!(
        (&invoice["status"], &invoice["total"]),
        (&json!("paid"), &market.money(9_000))
    );
    assert_eq!(charged_at_the_gateway(&app).await, [9_000, 4_500]);
    app.audit_is_green().await;
}

/// R8: an ACH draw stays pending and is not overdue; beyond 72 hours staff are told, once.
#[rstest]
#[case("ok", 2, 0)]
#[case("late", 4, 1)]
#[tokio::test]
async fn r8_an_ach_draw_may_take_72_hours(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] behaviour: &str,
    #[case] days: i64,
    #[case] alerts: usize,
) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "ach", behaviour).await;
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    for day in 0..days {
        let payment = &market.payments(&buyer).await[0];
        assert_eq!(payment["status"], "pending", "day {day}");
        if day < 3 {
            assert_eq!(market.invoices(&buyer).await[0]["status"], "open", "day {day}");
        }
        app.advance(1).await;
    }
    app.run_jobs().await;
    assert_eq!(market.payments(&buyer).await[0]["status"], "succeeded");
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    let told = app.staff("support").await.all("/notifications?kind=payment_late").await;
    assert_eq!(told.len(), alerts);
    assert!(
        told.iter().all(|one| one["supplier_id"].is_null()),
        "to staff: {told:?}"
    );
    app.audit_is_green().await;
}

/// R80: card and direct debit are collected on the Wednesday after the invoice.
#[rstest]
#[case("card", 0)]
#[case("direct_debit", 2)]
#[tokio::test]
async fn r80_collected_on_the_wednesday_after(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] kind: &str,
    #[case] days: i64,
) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, kind, "ok").await;
    market.sell_to(&buyer).await;
    let invoice = market.until_invoiced(&buyer).await;
    let collect_on = day(&invoice["collect_on"]);
    assert_eq!(collect_on.weekday(), Weekday::Wednesday);
    app.advance_to(
        (collect_on - time::Duration::days(1))
            .with_hms(20, 0, 0)
            .expect("a time")
            .assume_utc(),
    )
    .await;
    assert!(market.payments(&buyer).await.is_empty(), "not before Wednesday");
    app.advance_to(collect_on.with_hms(8, 0, 0).expect("a time").assume_utc())
        .await;
    let payments = market.payments(&buyer).await;
    assert_eq!((payments.len(), &payments[0]["amount"]), (1, &invoice["total"]));
    app.live_through(days).await;
    app.run_jobs().await;
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    app.audit_is_green().await;
}

fn day(text: &Value) -> Date {
    let parts: Vec<&str> = text.as_str().expect("a date").split('-').collect();
    let number = |at: usize| parts[at].parse::<u8>().expect("a number");
    let month = Month::try_from(number(1)).expect("a month");
    Date::from_calendar_date(parts[0].parse().expect("a year"), month, number(2)).expect("a date")
}

/// R79: a supplier without a stored method sends a BACS transfer within seven days; after that it is overdue.
#[rstest]
#[tokio::test]
async fn r79_a_transfer_is_sent_within_seven_days(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("trade-weekly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.sell_to(&buyer).await;
    let invoice = market.until_invoiced(&buyer).await;
    app.advance(7).await;
    assert_eq!(market.invoices(&buyer).await[0]["status"], "open");
    app.advance(1).await;
    assert_eq!(market.invoices(&buyer).await[0]["status"], "overdue");
    assert!(market.payments(&buyer).await.is_empty());
    let body = json!({ "method": "bacs", "reference": "BACS 1", "received_on": app.today().await.to_string() });
    let path = format!("/invoices/{}/payments", invoice["id"].as_str().expect("an id"));
    app.staff("finance").await.post(path).json(&body).send().await.created();
    assert_eq!(market.invoices(&buyer).await[0]["status"], "paid");
    app.audit_is_green().await;
}

/// R115: who chose it is charged when the invoice is final; the others pay by hand.
#[rstest]
#[tokio::test]
async fn r115_auto_bill_is_a_choice(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    market.sell_to(&buyer).await;
    let first = market.until_invoiced(&buyer).await;
    assert!(market.payments(&buyer).await.is_empty());
    let path = format!("/suppliers/{}/authorisation", buyer.id);
    let chosen = owner.patch(&path).json(&json!({ "auto_bill": true })).send().await.ok();
    assert_eq!(
        (&chosen["auto_bill"], &chosen["may_change_methods"]),
        (&json!(true), &json!(true))
    );
    market.sell_to(&buyer).await;
    market.until_invoiced(&buyer).await;
    app.run_jobs().await;
    let payments = market.payments(&buyer).await;
    assert_eq!(
        (payments.len(), &payments[0]["origin"]),
        (1, &json!("collection")),
        "{payments:?}"
    );
    let statuses: Vec<_> = market
        .invoices(&buyer)
        .await
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(statuses[1], "paid");
    assert_ne!(statuses[0], "paid", "what was final before stays with the supplier");
    assert_eq!(pay(&owner, &first).await["status"], "succeeded");
    app.audit_is_green().await;
}

/// A failed charge is tried again by the plan; a card that recovers pays, and nobody was suspended.
#[rstest]
#[tokio::test]
async fn a_failed_charge_is_tried_again_by_the_plan(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "recovers").await;
    market.sell_to(&buyer).await;
    app.advance_to_first().await;
    let payment = &market.payments(&buyer).await[0];
    assert_eq!(
        (&payment["status"], &payment["failure"]),
        (&json!("scheduled_retry"), &json!("insufficient_funds"))
    );
    app.advance(2).await;
    assert_eq!(market.payments(&buyer).await[0]["attempts"], 1);
    app.advance(1).await;
    let payment = &market.payments(&buyer).await[0];
    assert_eq!(
        (&payment["status"], &payment["attempts"]),
        (&json!("succeeded"), &json!(2)),
        "{payment}"
    );
    assert_eq!(status(&app, &buyer).await, "active");
    app.audit_is_green().await;
}

/// A supplier with an invoice of last month's and a card that is declined.
async fn one_who_cannot_pay(market: &Market<'_>) -> Buyer {
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "declined").await;
    market.sell_to(&buyer).await;
    market.app.advance_to_first().await;
    buyer
}

/// Every retry fails: the account is suspended, gets no leads, and comes back when it has paid.
#[rstest]
#[tokio::test]
async fn a_debtor_is_suspended_and_comes_back_when_it_has_paid(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = one_who_cannot_pay(&market).await;
    app.live_through(10).await;
    let payment = &market.payments(&buyer).await[0];
    assert_eq!(
        (&payment["status"], &payment["attempts"]),
        (&json!("exhausted"), &json!(4)),
        "{payment}"
    );
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=payment_failed")
        .await;
    assert_eq!(told.len(), 4);
    assert_eq!(status(&app, &buyer).await, "active");
    app.advance(5).await;
    assert_eq!(status(&app, &buyer).await, "suspended");
    assert!(market.sell().await.is_empty(), "a debtor gets no leads");
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let invoice = market.invoices(&buyer).await[0].clone();
    assert_eq!(invoice["status"], "overdue");
    assert_eq!(pay(&owner, &invoice).await["status"], "succeeded");
    assert_eq!(status(&app, &buyer).await, "active");
    market.sell_to(&buyer).await;
    let told = app
        .staff("support")
        .await
        .all("/notifications?kind=suspension_lifted")
        .await;
    assert_eq!(told.len(), 1);
    app.audit_is_green().await;
}

/// Staff may activate a debtor: what it owed for too long then does not suspend it again, a later debt does.
#[rstest]
#[tokio::test]
async fn staff_may_activate_a_debtor(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = one_who_cannot_pay(&market).await;
    app.live_through(15).await;
    assert_eq!(status(&app, &buyer).await, "suspended");
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/activate", buyer.id);
    let why = json!({ "reason": "They pay at the end of the month; agreed on the telephone." });
    manager.post(path).json(&why).send().await.ok();
    app.run_jobs().await;
    assert_eq!(status(&app, &buyer).await, "active");
    market.sell_to(&buyer).await;
    app.live_through(3).await;
    assert_eq!(status(&app, &buyer).await, "active", "nothing new is owed for too long");
    app.advance_to_first().await;
    app.live_through(15).await;
    assert_eq!(
        status(&app, &buyer).await,
        "suspended",
        "the next invoice was not excused"
    );
    app.audit_is_green().await;
}

/// A suspension that staff made is theirs to lift.
#[rstest]
#[tokio::test]
async fn a_payment_lifts_no_suspension_of_staff(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = one_who_cannot_pay(&market).await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/suspend", buyer.id);
    manager
        .post(path)
        .json(&json!({ "reason": "Asked to." }))
        .send()
        .await
        .ok();
    app.advance(20).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let invoice = market.invoices(&buyer).await[0].clone();
    pay(&owner, &invoice).await;
    assert_eq!(status(&app, &buyer).await, "suspended");
}

/// R13, F24: a revoked authorisation charges what is owed at once, and once, and ends the account.
#[rstest]
#[tokio::test]
async fn r13_a_revoked_authorisation_charges_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    market.sell_to(&buyer).await;
    market.sell_to(&buyer).await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/authorisation/revoke", buyer.id);
    let why = json!({ "reason": "We are closing." });
    let tries = (0..8).map(|_| {
        let (owner, path, why) = (owner.clone(), path.clone(), why.clone());
        tokio::spawn(async move { owner.post(&path).json(&why).send().await.status.as_u16() })
    });
    let mut statuses = Vec::new();
    for outcome in tries.collect::<Vec<_>>() {
        statuses.push(outcome.await.expect("a racer ends well"));
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 409)),
        "{statuses:?}"
    );
    assert_eq!(status(&app, &buyer).await, "deactivated");
    app.run_jobs().await;
    let (invoices, payments) = (market.invoices(&buyer).await, market.payments(&buyer).await);
    assert_eq!((invoices.len(), payments.len()), (1, 1));
    assert_eq!(
        (&invoices[0]["status"], &invoices[0]["total"], &payments[0]["origin"]),
        (&json!("paid"), &market.money(9_000), &json!("revocation"))
    );
    assert!(market.sell().await.is_empty(), "no delivery after it");
    app.advance_to_first().await;
    app.advance_to_first().await;
    assert_eq!(market.invoices(&buyer).await.len(), 1);
    assert_eq!(charged_at_the_gateway(&app).await, [9_000]);
    app.audit_is_green().await;
}

/// R13 in a programme that suspends: no leads until another method is there.
#[rstest]
#[tokio::test]
async fn r13_a_programme_may_suspend_instead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.local_market().await;
    let buyer = market.buyer("Okafor", json!({})).await;
    market.store_method(&buyer, "card", "ok").await;
    let owner = market.owner(&buyer).await;
    let path = format!("/suppliers/{}/authorisation/revoke", buyer.id);
    let shown = owner
        .post(path)
        .json(&json!({ "reason": "A new bank." }))
        .send()
        .await
        .ok();
    assert!(shown["revoked_at"].is_string());
    assert_eq!(status(&app, &buyer).await, "suspended");
    assert!(market.sell().await.is_empty());
    market.store_method(&buyer, "card", "ok").await;
    assert_eq!(status(&app, &buyer).await, "active");
    market.sell_to(&buyer).await;
}

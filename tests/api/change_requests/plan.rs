//! Another plan from the next period on (R90).

use super::*;
use crate::plans;
use rstest::rstest;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Market, spawn};

/// Two plans: two leads at 8.00, four at 7.00.
async fn service(app: &TestApp) -> Market<'_> {
    let plan =
        |label: &str, units: i64, price: i64| json!({ "label": label, "min_units": units, "unit_price_minor": price });
    let tiers = json!({ "two": plan("Two leads", 2, 800), "four": plan("Four leads", 4, 700) });
    let grace = json!({ "kind": "none", "units": null });
    let patch = json!({
        "plan": { "tiers": tiers, "grace": grace },
        "payment_methods": { "bank_account": { "pending_hours": 72 } },
    });
    app.market_with("isa-calling", patch).await
}

/// R90: an upgrade is asked for, its day is shown with the plan, and the period from that renewal on has the new
/// price and minimum; the one before is charged above its minimum by the old price. A downgrade likewise.
#[rstest]
#[tokio::test]
async fn r90_another_plan_from_the_next_period_on(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = service(&app).await;
    let (buyer, owner) = plans::newcomer(&market, "card", "ok").await;
    let manager = app.staff("account_manager").await;
    let wish = |tier: &str| json!({ "kind": "plan", "tier": tier });
    asks(&owner, &buyer, wish("four"), json!({}))
        .await
        .assert_problem(409, "state_conflict", "");
    let plan = plans::begun(&market, &owner, &buyer, "two").await;
    asks(&owner, &buyer, wish("nine"), json!({}))
        .await
        .assert_problem(422, "invalid", "/change/tier");
    asks(&owner, &buyer, wish("two"), json!({}))
        .await
        .assert_problem(422, "invalid", "/change/tier");
    let now = app.business_now().await;
    asks(
        &owner,
        &buyer,
        wish("four"),
        json!({ "effective_at": after(&json!(now), 9_000 * HOUR) }),
    )
    .await
    .assert_problem(422, "invalid", "/effective_at");

    let request = asks(&owner, &buyer, wish("four"), json!({})).await.created();
    assert_eq!(
        request["differences"][0],
        json!({ "field": "plan", "before": "Two leads", "after": "Four leads" })
    );
    assert_eq!(
        plans::shown(&owner, &plan).await["next"],
        Value::Null,
        "nobody has agreed"
    );
    approve(&manager, &request).await;
    let waiting = plans::shown(&owner, &plan).await;
    assert_eq!(
        (
            &waiting["tier"],
            &waiting["next"]["tier"],
            &waiting["next"]["effective_on"]
        ),
        (&json!("two"), &json!("four"), &plan["renews_on"])
    );
    plans::hand_in(&market, &owner, 3).await;
    plans::over_the_renewal(&app, &plan).await;
    let renewed = plans::shown(&owner, &plan).await;
    assert_eq!(
        (
            &renewed["tier"],
            &renewed["min_units"],
            &renewed["unit_price"]["amount"],
            &renewed["next"]
        ),
        (&json!("four"), &json!(4), &json!(700), &Value::Null)
    );
    assert_eq!(shown(&owner, &request).await["status"], "applied");
    let periods = owner.all(&format!("{}/periods", plans::path_of(&plan))).await;
    let terms: Vec<_> = periods
        .iter()
        .map(|period| {
            (
                &period["key"],
                &period["label"],
                &period["min_units"],
                &period["overage"],
            )
        })
        .collect();
    assert_eq!(
        terms,
        [
            (&json!("M2"), &json!("Four leads"), &json!(4), &json!(0)),
            (&json!("M1"), &json!("Two leads"), &json!(2), &json!(1)),
        ]
    );
    let invoices = market.invoices(&buyer).await;
    let nets: Vec<_> = invoices
        .iter()
        .map(|invoice| invoice["net"]["amount"].as_i64())
        .collect();
    assert_eq!(nets, [Some(2 * 800), Some(4 * 700 + 800)]);

    // Down again: from the next renewal on, and five of four are one above the minimum at the price of then.
    let down = asks(&owner, &buyer, wish("two"), json!({})).await.created();
    approve(&manager, &down).await;
    plans::hand_in(&market, &owner, 5).await;
    plans::over_the_renewal(&app, &renewed).await;
    let invoices = market.invoices(&buyer).await;
    assert_eq!(invoices[2]["net"]["amount"], 2 * 800 + 700);
    assert_eq!(messages(&app, "change_applied").await.len(), 2);
    market.until_answered(&buyer).await;
    app.audit_is_green().await;
}

/// R90: a plan that ends takes its requests with it.
#[rstest]
#[tokio::test]
async fn r90_a_plan_that_ends_takes_its_requests_with_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = service(&app).await;
    let (buyer, owner) = plans::newcomer(&market, "card", "ok").await;
    let manager = app.staff("account_manager").await;
    let plan = plans::begun(&market, &owner, &buyer, "two").await;
    let request = asks(&owner, &buyer, json!({ "kind": "plan", "tier": "four" }), json!({}))
        .await
        .created();
    approve(&manager, &request).await;
    plans::cancel(&owner, &plan, json!({ "at": "period_end" })).await;
    assert_eq!(shown(&owner, &request).await["status"], "scheduled");
    plans::over_the_renewal(&app, &plan).await;
    assert_eq!(plans::shown(&owner, &plan).await["status"], "ended");
    let failed = shown(&owner, &request).await;
    assert_eq!(
        (&failed["status"], &failed["failure"]),
        (&json!("failed"), &json!("The plan is over."))
    );
    market.until_answered(&buyer).await;
    app.audit_is_green().await;
}

//! Plans: paid first, used at any time, charged above the minimum, renewed and cancelled (R85–R88, R93–R97).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, TestApp, merged, spawn};

use crate::payments::charged_at_the_gateway;

/// A market of preset D whose smallest plan is two leads at 8.00, with so much grace, and which takes bank debits.
async fn market(app: &TestApp, grace: Value) -> Market<'_> {
    let two = json!({ "label": "Two leads", "min_units": 2, "unit_price_minor": 800 });
    let plan = json!({ "tiers": { "two": two }, "grace": grace });
    let methods = json!({ "bank_account": { "pending_hours": 72 } });
    app.market_with("isa-calling", json!({ "plan": plan, "payment_methods": methods }))
        .await
}

fn no_grace() -> Value {
    json!({ "kind": "none", "units": null })
}

/// A supplier that nobody has activated, with an owner and a way to pay that behaves so.
pub(crate) async fn newcomer(market: &Market<'_>, kind: &str, behaviour: &str) -> (Buyer, Client) {
    let manager = market.app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Okafor", "address": "12 Main Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: String::new(),
        order_id: None,
    };
    let owner = market.owner(&buyer).await;
    market.store_method(&buyer, kind, behaviour).await;
    (buyer, owner)
}

pub(crate) fn path_of(plan: &Value) -> String {
    format!("/plan-subscriptions/{}", plan["id"].as_str().expect("a plan has an id"))
}

async fn choose(client: &Client, buyer: &Buyer, tier: &str) -> Value {
    let body = json!({ "supplier_id": buyer.id, "tier": tier });
    client.post("/plan-subscriptions").json(&body).send().await.created()
}

pub(crate) async fn shown(client: &Client, plan: &Value) -> Value {
    client.get(path_of(plan)).send().await.ok()
}

/// The plan once it stands so: the server's own jobs may be asking the gateway at this moment.
async fn until(app: &TestApp, client: &Client, plan: &Value, status: &str) -> Value {
    app.until(status, async || shown(client, plan).await["status"] == *status)
        .await;
    shown(client, plan).await
}

/// Chooses a plan and waits until it runs.
pub(crate) async fn begun(market: &Market<'_>, client: &Client, buyer: &Buyer, tier: &str) -> Value {
    let plan = choose(client, buyer, tier).await;
    until(market.app, client, &plan, "active").await
}

pub(crate) async fn cancel(client: &Client, plan: &Value, body: Value) -> Value {
    let path = format!("{}/cancel", path_of(plan));
    client.post(path).json(&body).send().await.ok()
}

/// Hands in so many of the supplier's own leads (R99).
pub(crate) async fn hand_in(market: &Market<'_>, owner: &Client, leads: usize) {
    for _ in 0..leads {
        owner
            .post("/leads")
            .json(&market.lead())
            .send()
            .await
            .assert_status(201);
    }
}

async fn told(app: &TestApp, kind: &str) -> usize {
    let path = format!("/notifications?kind={kind}");
    app.staff("support").await.all(&path).await.len()
}

/// What was charged, in order of the amounts, once so many charges are there.
async fn charged(app: &TestApp, times: usize) -> Vec<i64> {
    app.until("everything is charged", async || {
        charged_at_the_gateway(app).await.len() >= times
    })
    .await;
    let mut amounts = charged_at_the_gateway(app).await;
    amounts.sort_unstable();
    amounts
}

/// Advances to noon of the day after the plan's renewal.
pub(crate) async fn over_the_renewal(app: &TestApp, plan: &Value) {
    let renews_on = plan["renews_on"].as_str().expect("it renews");
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(renews_on, format).expect("a day") + time::Duration::days(1);
    app.advance_to(day.with_hms(12, 0, 0).expect("noon").assume_utc()).await;
}

/// R85, R86, R88: no plan, no activity and no invitation before the money; then all of it, and the invitation
/// once however many plans follow.
#[rstest]
#[tokio::test]
async fn r85_paid_first_and_invited_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, no_grace()).await;
    let (buyer, owner) = newcomer(&market, "card", "declined").await;
    let plan = choose(&owner, &buyer, "two").await;
    app.until("the card is refused", async || {
        shown(&owner, &plan).await["payment"]["status"] == "failed"
    })
    .await;
    let waiting = shown(&owner, &plan).await;
    assert_eq!(
        (&waiting["status"], &waiting["started_on"], &waiting["period"]),
        (&json!("pending_payment"), &Value::Null, &Value::Null)
    );
    assert_eq!(waiting["payment"]["failure"], "declined");
    assert_eq!(told(&app, "invitation").await, 0, "R85: not before the payment");
    assert_eq!(market.invoices(&buyer).await.len(), 0);
    let supplier = async || owner.get(format!("/suppliers/{}", buyer.id)).send().await.ok();
    assert_eq!(supplier().await["status"], "onboarding");
    app.audit_is_green().await;

    let manager = app.staff("account_manager").await;
    let person = json!({ "purpose": "billing", "name": "Mo Okafor", "email": "mo@okafor.example" });
    let contacts = format!("/suppliers/{}/contacts", buyer.id);
    manager.post(&contacts).json(&person).send().await.assert_status(201);
    market.store_method(&buyer, "card", "ok").await;
    let pay = format!("{}/pay", path_of(&plan));
    owner.post(&pay).json(&json!({})).send().await.assert_status(201);
    let plan = until(&app, &owner, &plan, "active").await;
    owner
        .post(&pay)
        .json(&json!({}))
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    assert_eq!(plan["period"]["key"], "M1");
    assert_eq!(plan["period"]["starts_on"], plan["started_on"], "R88");
    assert_eq!(plan["period"]["ends_before"], plan["renews_on"], "R88");
    assert_eq!(
        (&plan["help"]["name"], &plan["contacts"][0]["name"]),
        (&json!("Accounts"), &json!("Mo Okafor")),
        "R88: whom either side talks to"
    );
    assert_eq!(supplier().await["status"], "active");
    let invoices = market.invoices(&buyer).await;
    assert_eq!(invoices.len(), 1);
    assert_eq!(
        (&invoices[0]["status"], &invoices[0]["total"], &invoices[0]["starts_on"]),
        (&json!("paid"), &market.money(1_600), &plan["started_on"])
    );
    assert_eq!(invoices[0]["plan_subscription_id"], plan["id"]);
    assert_eq!((told(&app, "invitation").await, told(&app, "activation").await), (1, 0));

    // A second plan, after the first: staff choose it here (R90), and nobody is invited again.
    let ended = cancel(&owner, &plan, json!({ "reason": "Too few." })).await;
    assert_eq!(ended["status"], "ended", "at once, as the policy says");
    let body = json!({ "supplier_id": buyer.id, "tier": "leads_50" });
    let refused = owner.post("/plan-subscriptions").json(&body).send().await;
    refused.assert_problem(403, "change_through_staff", "");
    let finance = app.staff("finance").await;
    begun(&market, &finance, &buyer, "leads_50").await;
    assert_eq!(told(&app, "invitation").await, 1, "R86");
    assert_eq!(charged(&app, 2).await, [1_600, 45_000]);
    let changes = app.await_events("plan.changed", 5).await;
    let statuses: Vec<_> = changes.iter().map(|event| event["data"]["status"].clone()).collect();
    assert_eq!(
        statuses,
        ["pending_payment", "active", "ended", "pending_payment", "active"]
    );
    let entries = app.staff("auditor").await.all("/audit-entries").await;
    for action in ["plan.chosen", "plan.paid_by_hand", "plan.began", "plan.cancelled"] {
        assert!(entries.iter().any(|entry| entry["action"] == action), "{action}");
    }
    app.audit_is_green().await;
}

/// R85: a bank debit is days on its way. Meanwhile the plan is neither cancelled nor paid again, and money that
/// comes when the account is over goes back.
#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn r85_a_plan_waits_for_its_money(#[values(Sqlite, Postgres)] on: Database, #[case] closed: bool) {
    let app = spawn(on).await;
    let market = market(&app, no_grace()).await;
    let (buyer, owner) = newcomer(&market, "bank_account", "ok").await;
    let plan = choose(&owner, &buyer, "two").await;
    app.until("the debit is on its way", async || {
        shown(&owner, &plan).await["payment"]["status"] == "pending"
    })
    .await;
    for action in ["pay", "cancel"] {
        let path = format!("{}/{action}", path_of(&plan));
        let refused = owner.post(path).json(&json!({})).send().await;
        refused.assert_problem(409, "state_conflict", "");
    }
    if closed {
        let path = format!("/suppliers/{}/close", buyer.id);
        let reason = json!({ "reason": "Gone out of business." });
        app.staff("account_manager")
            .await
            .post(path)
            .json(&reason)
            .send()
            .await
            .ok();
    }
    app.live_through(3).await;
    market.until_answered(&buyer).await;
    let payment = async || market.payments(&buyer).await[0].clone();
    if closed {
        app.until("the money is back", async || payment().await["status"] == "refunded")
            .await;
        assert_eq!(shown(&owner, &plan).await["status"], "ended");
        assert_eq!(
            (market.invoices(&buyer).await.len(), told(&app, "invitation").await),
            (0, 0)
        );
    } else {
        assert_eq!(until(&app, &owner, &plan, "active").await["period"]["key"], "M1");
        assert_eq!(payment().await["applied"], market.money(1_600));
    }
    app.audit_is_green().await;
}

/// R96, R97: usage is read at any time, and what is above the minimum is charged with the next period, by either
/// reading of the grace.
#[rstest]
#[case(no_grace(), 3, 2_400)]
#[case(json!({ "kind": "deduct", "units": 1 }), 2, 1_600)]
#[case(json!({ "kind": "threshold", "units": 1 }), 3, 2_400)]
#[case(json!({ "kind": "threshold", "units": 3 }), 0, 0)]
#[tokio::test]
async fn r96_above_the_minimum_is_charged_after_the_period(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] grace: Value,
    #[case] above: i64,
    #[case] price: i64,
) {
    let app = spawn(on).await;
    let market = market(&app, grace).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    hand_in(&market, &owner, 1).await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    assert_eq!(plan["period"]["used"], 0, "what came before the plan is none of it");
    hand_in(&market, &owner, 5).await;
    let plan = shown(&owner, &plan).await;
    let period = &plan["period"];
    assert_eq!(
        (&period["used"], &period["overage"], &period["overage_price"]),
        (&json!(5), &json!(above), &market.money(price)),
        "R97"
    );
    over_the_renewal(&app, &plan).await;
    app.until("it is renewed", async || {
        shown(&owner, &plan).await["period"]["key"] == "M2"
    })
    .await;
    let renewed = shown(&owner, &plan).await;
    assert_eq!(
        (
            &renewed["period"]["used"],
            &renewed["period"]["starts_on"],
            &renewed["started_on"]
        ),
        (&json!(0), &plan["renews_on"], &plan["started_on"])
    );
    assert_eq!(charged(&app, 2).await, [1_600, 1_600 + price]);
    market.until_answered(&buyer).await;
    let invoice = &market.invoices(&buyer).await[1];
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["line_count"]),
        (
            &json!("paid"),
            &market.money(1_600 + price),
            &json!(1 + i64::from(above > 0))
        )
    );
    let periods = owner.all(&format!("{}/periods", path_of(&plan))).await;
    let (second, first) = (&periods[0], &periods[1]);
    assert_eq!((&second["key"], &second["closed"]), (&json!("M2"), &json!(false)));
    assert_eq!(
        (&first["key"], &first["closed"], &first["used"], &first["overage"]),
        (&json!("M1"), &json!(true), &json!(5), &json!(above))
    );
    app.audit_is_green().await;
}

/// R97: a lead counts when it enters the service: refused and repeated ones do not, and one that staff check first
/// counts in the period in which they let it go.
#[rstest]
#[tokio::test]
async fn r97_what_counts_is_what_enters_the_service(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, no_grace()).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    let lead = market.lead();
    let twice = merged(lead.clone(), json!({ "external_id": "another" }));
    let checked = merged(market.lead(), json!({ "person": { "phone": "12345" } }));
    let mut statuses = Vec::new();
    let mut held_back = Value::Null;
    for one in [&lead, &lead, &twice, &checked] {
        let receipt = owner.post("/leads").json(one).send().await.ok();
        statuses.push(receipt["lead"]["status"].clone());
        held_back = receipt["lead"]["id"].clone();
    }
    assert_eq!(statuses[0], "in_service");
    assert_eq!(
        (&statuses[2] != "in_service", &statuses[3]),
        (true, &json!("quarantined"))
    );
    assert_eq!(shown(&owner, &plan).await["period"]["used"], 1);

    over_the_renewal(&app, &plan).await;
    app.until("it is renewed", async || {
        shown(&owner, &plan).await["period"]["key"] == "M2"
    })
    .await;
    let path = format!("/leads/{}/release", held_back.as_str().expect("an id"));
    let reason = json!({ "reason": "The number is an extension." });
    let admin = app.staff("admin").await;
    assert_eq!(
        admin.post(path).json(&reason).send().await.ok()["lead"]["status"],
        "in_service"
    );
    let periods = owner.all(&format!("{}/periods", path_of(&plan))).await;
    let used: Vec<_> = periods.iter().map(|period| period["used"].clone()).collect();
    assert_eq!(used, [1, 1]);
    app.audit_is_green().await;
}

/// R95: the bigger the plan, the lower the price of a lead; an account has one at a time.
#[rstest]
#[tokio::test]
async fn r95_bigger_plans_have_lower_prices(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let path = format!("/suppliers/{}/plan-offers", buyer.id);
    let offers = owner.get(&path).send().await.ok();
    let prices: Vec<_> = offers["plans"]
        .as_array()
        .expect("plans")
        .iter()
        .map(|plan| (plan["min_units"].clone(), plan["unit_price"]["amount"].clone()))
        .collect();
    let expected = [(50, 900), (100, 800), (250, 700)].map(|(units, price)| (json!(units), json!(price)));
    assert_eq!(prices, expected);
    let body = json!({ "supplier_id": buyer.id, "tier": "leads_70" });
    let unknown = owner.post("/plan-subscriptions").json(&body).send().await;
    unknown.assert_problem(422, "invalid", "/tier");
    begun(&market, &owner, &buyer, "leads_50").await;
    let twice = merged(body.clone(), json!({ "tier": "leads_100" }));
    let finance = app.staff("finance").await;
    let refused = finance.post("/plan-subscriptions").json(&twice).send().await;
    refused.assert_problem(409, "state_conflict", "");

    let elsewhere = app.market("b2b-monthly").await;
    let other = elsewhere.supplier("Zenith").await;
    let stranger = elsewhere.owner(&other).await;
    assert!(stranger.all("/plan-subscriptions").await.is_empty());
    let foreign = stranger.post("/plan-subscriptions").json(&body).send().await;
    foreign.assert_problem(422, "invalid", "/supplier_id");
    let none = json!({ "supplier_id": other.id, "tier": "leads_50" });
    let refused = stranger.post("/plan-subscriptions").json(&none).send().await;
    refused.assert_problem(422, "policy_refuses", "");
    app.audit_is_green().await;
}

/// R93, R94: a plan ends now or with its period; either way what was used above the minimum is charged, and no
/// further period is.
#[rstest]
#[case("now")]
#[case("period_end")]
#[tokio::test]
async fn r94_a_plan_ends_now_or_with_its_period(#[values(Sqlite, Postgres)] on: Database, #[case] at: &str) {
    let app = spawn(on).await;
    let market = market(&app, no_grace()).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    hand_in(&market, &owner, 3).await;
    app.advance(3).await;
    let billing = market.member(&buyer, "billing").await;
    let path = format!("{}/cancel", path_of(&plan));
    billing.post(&path).json(&json!({})).send().await.assert_status(403);
    let cancelled = cancel(&owner, &plan, json!({ "at": at })).await;
    if at == "period_end" {
        assert_eq!(
            (&cancelled["status"], &cancelled["renews_on"]),
            (&json!("cancel_scheduled"), &plan["renews_on"])
        );
    } else {
        assert_eq!(
            (
                &cancelled["status"],
                &cancelled["renews_on"],
                &cancelled["period"]["closed"]
            ),
            (&json!("ended"), &Value::Null, &json!(true))
        );
    }
    // Still of the period, or of no plan any more.
    hand_in(&market, &owner, 1).await;
    over_the_renewal(&app, &plan).await;
    let ended = until(&app, &owner, &plan, "ended").await;
    app.live_through(3).await;
    let above = if at == "now" { 800 } else { 1_600 };
    let mut amounts = vec![1_600, above];
    amounts.sort_unstable();
    assert_eq!(charged(&app, 2).await, amounts);
    assert_eq!(ended["period"]["used"], if at == "now" { 3 } else { 4 });
    app.audit_is_green().await;
}

/// R96: months go on from the day the plan began, each is charged once, and an account that is suspended when the
/// day comes is charged for none.
#[rstest]
#[tokio::test]
async fn r96_a_plan_is_renewed_each_month_while_it_is_served(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market(&app, no_grace()).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let mut plan = begun(&market, &owner, &buyer, "two").await;
    for month in 2..=4 {
        hand_in(&market, &owner, 3).await;
        over_the_renewal(&app, &plan).await;
        let key = format!("M{month}");
        app.until(&key, async || shown(&owner, &plan).await["period"]["key"] == *key)
            .await;
        plan = shown(&owner, &plan).await;
        app.audit_is_green().await;
    }
    assert_eq!(charged(&app, 4).await, [1_600, 2_400, 2_400, 2_400]);
    let path = format!("/suppliers/{}/suspend", buyer.id);
    let reason = json!({ "reason": "Rude on the phone." });
    app.staff("account_manager")
        .await
        .post(path)
        .json(&reason)
        .send()
        .await
        .ok();
    over_the_renewal(&app, &plan).await;
    let ended = until(&app, &owner, &plan, "ended").await;
    assert_eq!(
        (&ended["period"]["key"], &ended["period"]["used"]),
        (&json!("M4"), &json!(0))
    );
    app.live_through(2).await;
    assert_eq!(market.invoices(&buyer).await.len(), 4);
    app.audit_is_green().await;
}

/// A market of preset D whose plan is two leads, and whose policy says what becomes of leads that were paid and not
/// used.
async fn market_that_cancels<'a>(app: &'a TestApp, undelivered: &str) -> Market<'a> {
    let two = json!({ "label": "Two leads", "min_units": 2, "unit_price_minor": 800 });
    let policy = json!({
        "plan": { "tiers": { "two": two }, "grace": no_grace() }, "cancel": { "undelivered": undelivered },
        "tax": { "rate": "0.10" },
    });
    app.market_with("isa-calling", policy).await
}

/// R93, K11: what was paid for the period and not used when a plan is cancelled now lapses, is credited, or goes back
/// to where it came from, as the policy says.
#[rstest]
#[case("none", 0, 0, 0)]
#[case("credit", 880, 880, 0)]
#[case("refund", 880, 0, 880)]
#[tokio::test]
async fn r93_what_is_unused_goes_as_the_policy_says(
    #[values(Sqlite, Postgres)] on: Database,
    #[case] undelivered: &str,
    #[case] credited: i64,
    #[case] left: i64,
    #[case] refunded: i64,
) {
    let app = spawn(on).await;
    let market = market_that_cancels(&app, undelivered).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    hand_in(&market, &owner, 1).await;
    app.advance(3).await;
    let ended = cancel(&owner, &plan, json!({ "at": "now" })).await;
    assert_eq!(
        (&ended["status"], &ended["period"]["used"]),
        (&json!("ended"), &json!(1))
    );
    app.run_jobs().await;
    market.until_answered(&buyer).await;
    app.run_jobs().await;
    let notes = owner.all("/credit-notes").await;
    let sum = |field: &str| -> i64 { notes.iter().filter_map(|note| note[field]["amount"].as_i64()).sum() };
    assert_eq!((sum("total"), sum("left")), (credited, left), "{notes:?}");
    assert_eq!(market.payments(&buyer).await[0]["refunded"], market.money(refunded));
    assert_eq!(
        market.invoices(&buyer).await[0]["status"],
        "paid",
        "nothing is asked for again"
    );
    let path = format!("/suppliers/{}/statement", buyer.id);
    let statement = owner.get(path).send().await.ok();
    assert_eq!(statement["accounts"][0]["closing"], market.money(-left), "{statement}");
    app.audit_is_green().await;
}

/// R93, R94, K11: where what was paid is still delivered, a plan ends with its period; what is used up leaves nothing
/// to credit.
#[rstest]
#[tokio::test]
async fn r94_what_is_still_delivered_ends_with_the_period(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = market_that_cancels(&app, "finish").await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    let path = format!("{}/cancel", path_of(&plan));
    let now = owner.post(path).json(&json!({ "at": "now" })).send().await;
    now.assert_problem(422, "policy_refuses", "/at");
    let cancelled = cancel(&owner, &plan, json!({})).await;
    assert_eq!(
        (&cancelled["status"], &cancelled["renews_on"]),
        (&json!("cancel_scheduled"), &plan["renews_on"])
    );
    app.audit_is_green().await;

    let market = market_that_cancels(&app, "credit").await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    hand_in(&market, &owner, 3).await;
    cancel(&owner, &plan, json!({ "at": "now" })).await;
    assert!(owner.all("/credit-notes").await.is_empty());
    app.audit_is_green().await;
}

/// R13, R96: who takes the authorisation back where that charges at once pays for what was used above the minimum
/// then, and not on the day the plan would have been renewed.
#[rstest]
#[tokio::test]
async fn r13_a_revocation_charges_what_was_used_of_a_plan(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let two = json!({ "label": "Two leads", "min_units": 2, "unit_price_minor": 800 });
    let policy = json!({
        "plan": { "tiers": { "two": two }, "grace": no_grace() }, "billing": { "revocation": "charge_and_deactivate" },
    });
    let market = app.market_with("isa-calling", policy).await;
    let (buyer, owner) = newcomer(&market, "card", "ok").await;
    let plan = begun(&market, &owner, &buyer, "two").await;
    hand_in(&market, &owner, 3).await;
    app.advance(3).await;
    let path = format!("/suppliers/{}/authorisation/revoke", buyer.id);
    let why = json!({ "reason": "We have enough clients." });
    owner.post(path).json(&why).send().await.ok();
    let finance = app.staff("finance").await;
    let ended = shown(&finance, &plan).await;
    assert_eq!(
        (&ended["status"], &ended["period"]["overage"]),
        (&json!("ended"), &json!(1))
    );
    market.until_answered(&buyer).await;
    assert_eq!(charged(&app, 2).await, [800, 1_600]);
    let supplier = finance.get(format!("/suppliers/{}", buyer.id)).send().await.ok();
    assert_eq!(supplier["status"], "deactivated");
    over_the_renewal(&app, &plan).await;
    app.live_through(2).await;
    assert_eq!(market.invoices(&buyer).await.len(), 2, "nothing comes after it");
    app.audit_is_green().await;
}

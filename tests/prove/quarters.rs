//! A quarter of each seller's business, day by day: leads, returns, decisions, invoices, cards that fail, money that
//! comes by transfer, refunds. After every day the auditor finds nothing, and at the end the statements add up
//! from the first day to the last.

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, Market, spawn};

const DAYS: usize = 92;

/// How a seller's suppliers pay, and why they give leads back.
struct Seller {
    preset: &'static str,
    policy: Value,
    /// The stored way to pay of each supplier, and how the simulator makes it behave; none pays by transfer.
    pays: [Option<(&'static str, &'static str)>; 3],
    /// A reason that is granted once it is checked, and one that is not.
    reasons: [&'static str; 2],
    /// Whether the third supplier pays in advance.
    prepays: bool,
}

/// A monthly invoice, one supplier who pays in advance.
fn monthly() -> Seller {
    Seller {
        preset: "b2b-monthly",
        policy: json!({}),
        pays: [
            Some(("card", "ok")),
            Some(("ach", "fails_later")),
            Some(("card", "recovers")),
        ],
        reasons: ["wrong_person", "never_enquired"],
        prepays: true,
    }
}

/// Orders that are paid when they are placed, leads that are replaced.
fn store() -> Seller {
    Seller {
        preset: "lead-store",
        policy: json!({}),
        pays: [
            Some(("card", "ok")),
            Some(("card", "loses_some_answers")),
            Some(("card", "ok")),
        ],
        reasons: ["wrong_number", "not_interested"],
        prepays: false,
    }
}

/// A weekly invoice, paid by card, by direct debit and by transfer.
fn trade() -> Seller {
    Seller {
        preset: "trade-weekly",
        policy: json!({}),
        pays: [Some(("card", "ok")), Some(("direct_debit", "recovers")), None],
        reasons: ["wrong_details", "not_looking_for_quotes"],
        prepays: false,
    }
}

/// Packages with an advance, and leads that are rejected until they are invoiced, a week later.
fn local() -> Seller {
    Seller {
        preset: "local-exclusive",
        policy: json!({ "distribution": { "mode": "market" }, "package": {} }),
        pays: [
            Some(("card", "ok")),
            Some(("bank_account", "fails_later")),
            Some(("paypal", "recovers")),
        ],
        reasons: ["telemarketer", "sales_call"],
        prepays: false,
    }
}

#[rstest]
#[case::monthly(monthly())]
#[case::store(store())]
#[case::trade(trade())]
#[case::local(local())]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarter_leaves_nothing_wrong(#[values(Sqlite, Postgres)] on: Database, #[case] seller: Seller) {
    let app = spawn(on).await;
    let market = app.market_with(seller.preset, seller.policy.clone()).await;
    let mut quarter = Quarter::begin(&market, &seller).await;
    for day in 0..DAYS {
        quarter.live(day).await;
        app.audit_is_green().await;
    }
    quarter.statements_add_up().await;
    let done = quarter.done().await;
    super::report(
        "a quarter",
        on,
        &format!("{}, {DAYS} days", seller.preset),
        &format!("audit green after each; {done}"),
    );
}

struct Quarter<'a> {
    market: &'a Market<'a>,
    seller: &'a Seller,
    buyers: Vec<Buyer>,
    owners: Vec<Client>,
    finance: Client,
    reviewer: Client,
    first_day: String,
    turn: usize,
}

impl<'a> Quarter<'a> {
    async fn begin(market: &'a Market<'a>, seller: &'a Seller) -> Self {
        let app = market.app;
        let mut quarter = Self {
            market,
            seller,
            buyers: Vec::new(),
            owners: Vec::new(),
            finance: app.staff("finance").await,
            reviewer: app.staff("returns_reviewer").await,
            first_day: app.business_now().await[..10].to_owned(),
            turn: 0,
        };
        for (name, pays) in ["Okafor", "Reyes", "Lindqvist"].into_iter().zip(&seller.pays) {
            let buyer = if quarter.sells_orders() {
                market.supplier(name).await
            } else {
                market.buyer(name, json!({})).await
            };
            if let Some((kind, behaviour)) = pays {
                market.store_method(&buyer, kind, behaviour).await;
            }
            quarter.owners.push(market.owner(&buyer).await);
            quarter.buyers.push(buyer);
        }
        if seller.prepays {
            let path = format!("/suppliers/{}/wallet", quarter.buyers[2].id);
            let manager = app.staff("account_manager").await;
            let opened = manager.post(path).json(&json!({ "refill": "manual" })).send().await;
            expect(&opened, &[201]);
        }
        quarter
    }

    /// Whether leads come from orders that are paid at a checkout.
    fn sells_orders(&self) -> bool {
        self.seller.preset == "lead-store"
    }

    /// Whether leads come of packages.
    fn sells_packages(&self) -> bool {
        self.seller.preset == "local-exclusive"
    }

    /// What happens on a day, and the night after it.
    async fn live(&mut self, day: usize) {
        if self.sells_orders() {
            self.order_again().await;
        }
        if self.sells_packages() {
            self.commit_again().await;
        }
        for _ in 0..=day % 3 {
            self.market.submit(self.market.lead()).await;
        }
        if day.is_multiple_of(2) {
            self.return_one(day).await;
        }
        if day % 3 == 1 {
            self.decide().await;
        }
        if day % 5 == 4 {
            self.pay_by_hand().await;
        }
        if self.seller.prepays {
            self.top_up().await;
        }
        if day % 30 == 25 {
            self.refund().await;
        }
        self.market.app.advance(1).await;
    }

    /// Every supplier whose orders are all filled places another, at the checkout.
    async fn order_again(&self) {
        for (buyer, owner) in self.buyers.iter().zip(&self.owners) {
            let open = owner.all("/orders?status=open").await;
            let waiting = owner.all("/checkouts?status=open,awaiting_payment").await;
            if !open.is_empty() || !waiting.is_empty() {
                continue;
            }
            let body = json!({
                "business_id": buyer.business_id, "product_id": self.market.product["id"], "quantity": 20,
            });
            let checkout = owner.post("/checkouts").json(&body).send().await.created();
            let path = format!("/checkouts/{}/pay", checkout["id"].as_str().expect("an id"));
            expect(&owner.post(path).json(&json!({})).send().await, &[200]);
        }
    }

    /// Every supplier whose package is complete commits to another one and pays for it, after a failure with a
    /// better card.
    async fn commit_again(&self) {
        for (buyer, owner) in self.buyers.iter().zip(&self.owners) {
            let packages = owner.all("/packages").await;
            let with = |status: &str| packages.iter().find(|package| package["status"] == status);
            if with("running").is_some() {
                continue;
            }
            let kind = if packages.is_empty() { "introductory" } else { "running" };
            let package = match with("pending_payment") {
                Some(waits) => waits.clone(),
                None => self.market.offer_package(buyer, kind, 9).await,
            };
            if package["payment"]["status"] == "failed" {
                self.market.store_method(buyer, "card", "ok").await;
            }
            let path = format!("/packages/{}/pay", package["id"].as_str().expect("an id"));
            // A bank debit takes days, and meanwhile nothing else is taken.
            expect(&owner.post(path).json(&json!({})).send().await, &[200, 409]);
        }
    }

    /// One supplier gives its latest lead back, in turn for a good and for a bad reason.
    async fn return_one(&mut self, day: usize) {
        let owner = &self.owners[day / 2 % self.owners.len()];
        let returnable = owner.all("/deliveries?returnable=true").await;
        let Some(delivery) = returnable.last() else {
            return;
        };
        self.turn += 1;
        let bad = self.turn.is_multiple_of(3);
        let reason = self.seller.reasons[usize::from(bad)];
        let id = delivery["id"].as_str().expect("an id");
        let answer = if self.seller.preset == "local-exclusive" {
            let path = format!("/deliveries/{id}/reject");
            owner.post(path).json(&json!({ "reason": reason })).send().await
        } else {
            let body = json!({ "delivery_id": id, "reason": reason, "note": "It is not what was promised." });
            owner.post("/return-requests").json(&body).send().await
        };
        // R47: the store refuses what is listed as no reason at once.
        let refused = bad && self.sells_orders();
        expect(&answer, if refused { &[422] } else { &[200, 201] });
    }

    /// The reviewer decides what waits, two of three for the supplier.
    async fn decide(&self) {
        for (number, request) in self
            .reviewer
            .all("/return-requests?status=in_review")
            .await
            .iter()
            .enumerate()
        {
            let verdict = if number % 3 == 2 { "deny" } else { "approve" };
            let path = format!("/return-requests/{}/{verdict}", request["id"].as_str().expect("an id"));
            let body = json!({ "explanation": "Checked by telephone." });
            expect(&self.reviewer.post(path).json(&body).send().await, &[200]);
        }
    }

    /// What is still open and not being charged is paid by hand: with the stored way to pay and by transfer in turn,
    /// by transfer in two halves. Who was overdue stores a better card.
    async fn pay_by_hand(&mut self) {
        let today = self.market.app.business_now().await[..10].to_owned();
        for (buyer, owner) in self.buyers.iter().zip(&self.owners) {
            for invoice in self.market.invoices(buyer).await {
                let status = invoice["status"].as_str().expect("a status");
                if !matches!(status, "open" | "partly_paid" | "overdue") {
                    continue;
                }
                self.turn += 1;
                let path = format!("/invoices/{}", invoice["id"].as_str().expect("an id"));
                let has_card = !owner.all("/payment-methods").await.is_empty();
                // While a charge is on its way nothing else is taken.
                if has_card && self.turn.is_multiple_of(2) {
                    let answer = owner.post(format!("{path}/pay")).json(&json!({})).send().await;
                    expect(&answer, &[201, 409]);
                    continue;
                }
                let open = invoice["open"]["amount"].as_i64().expect("what is open");
                let amount = if status == "open" { (open + 1) / 2 } else { open };
                let body = json!({
                    "amount": self.market.money(amount), "method": "bank_transfer",
                    "reference": format!("transfer {}", self.turn), "received_on": today,
                });
                let answer = self.finance.post(format!("{path}/payments")).json(&body).send().await;
                expect(&answer, &[201, 409]);
                if answer.status == 201 && status == "overdue" && has_card {
                    self.market.store_method(buyer, "card", "ok").await;
                }
            }
        }
    }

    /// R9: who pays in advance fills the wallet before it is empty.
    async fn top_up(&self) {
        let path = format!("/suppliers/{}/wallet", self.buyers[2].id);
        let wallet = self.finance.get(&path).send().await.ok();
        if wallet["balance"]["amount"].as_i64().expect("a balance") < 9_000 {
            let body = json!({ "amount": self.market.money(20_000) });
            expect(
                &self.owners[2].post(format!("{path}/top-ups")).json(&body).send().await,
                &[201],
            );
        }
    }

    /// Finance gives a part of a charge back.
    async fn refund(&self) {
        let paid = self.finance.all("/payments?status=succeeded").await;
        let Some(payment) = paid.iter().find(|payment| payment["channel"] == "gateway") else {
            return;
        };
        let body = json!({
            "payment_id": payment["id"], "amount": self.market.money(900), "reason": "Agreed on the telephone.",
        });
        expect(&self.finance.post("/refunds").json(&body).send().await, &[201]);
    }

    /// R91, R92: each statement ends with what its lines make of its beginning, and the next begins there.
    async fn statements_add_up(&self) {
        let last_day = self.market.app.business_now().await[..10].to_owned();
        let days = [
            self.first_day.clone(),
            after(&self.first_day, 31),
            after(&self.first_day, 62),
            last_day,
        ];
        for buyer in &self.buyers {
            let whole = self.statement(buyer, &days[0], &days[3]).await;
            let mut carried = 0;
            for (part, pair) in days.windows(2).enumerate() {
                let from = if part == 0 { pair[0].clone() } else { after(&pair[0], 1) };
                let account = self.statement(buyer, &from, &pair[1]).await;
                let of = |field: &str| account[field]["amount"].as_i64().expect("an amount");
                assert_eq!(of("opening"), carried, "{account}");
                let lines: i64 = account["entries"]
                    .as_array()
                    .expect("entries")
                    .iter()
                    .map(|entry| entry["amount"]["amount"].as_i64().expect("an amount"))
                    .sum();
                assert_eq!(of("closing"), carried + lines, "{account}");
                let sums = of("invoiced") - of("paid") - of("credited") + of("refunded") + of("other");
                assert_eq!(sums, lines, "{account}");
                carried = of("closing");
            }
            assert_eq!(whole["closing"]["amount"], carried);
        }
    }

    async fn statement(&self, buyer: &Buyer, from: &str, to: &str) -> Value {
        let path = format!("/suppliers/{}/statement?from={from}&to={to}", buyer.id);
        let statement = self.finance.get(path).send().await.ok();
        assert_eq!(statement["accounts"].as_array().map(Vec::len), Some(1), "{statement}");
        statement["accounts"][0].clone()
    }

    /// What came of it all: a quarter in which nothing happened would show nothing.
    async fn done(&self) -> String {
        let count = async |path: &str| self.finance.all(path).await.len();
        let (invoices, paid) = (count("/invoices").await, count("/invoices?status=paid").await);
        let (payments, refunds) = (count("/payments").await, count("/refunds").await);
        let returned = count("/deliveries?billing_state=returned").await + count("/replacements").await;
        let rejected = count("/deliveries?billing_state=rejected").await;
        assert!(
            paid >= 6 && payments >= 6 && refunds >= 1,
            "{paid} paid, {payments} payments, {refunds} refunds"
        );
        assert!(returned + rejected >= 5, "{returned} returned, {rejected} rejected");
        format!(
            "{invoices} invoices, {payments} payments, {refunds} refunds, {} leads given back",
            returned + rejected
        )
    }
}

fn expect(answer: &Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status.as_u16()), "{answer}");
}

/// So many days after a day.
fn after(day: &str, days: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = time::Date::parse(day, &format).expect("a day");
    (date + time::Duration::days(days)).format(&format).expect("a day")
}

//! What happens to the books may come in any order: charges, payments in part, in full and too much, records made
//! void, refunds, returned leads, debits that come late or never, money that a bank takes back. The journal balances
//! after every step, and three suppliers to whom the same happens in three orders owe the same in the end.

use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Buyer, Client, Market, spawn};

/// What one lead is charged at: 45.00 and 20 % of tax.
const LEAD: i64 = 5_400;
/// So many orders of the same facts are compared.
const ORDERS: usize = 3;
/// The invoices of the beginning, and how each of them is paid at first.
const BY_CARD: usize = 0;
const BY_DEBIT: usize = 1;
const BY_A_PAYER_WHO_DISPUTES: usize = 2;
const NOT_YET: usize = 3;

/// What happens to a supplier's account. None of these keeps another from happening, so that their order is free;
/// only a record has to be there before it is made void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// Finance writes down a transfer for an invoice.
    Record { name: usize, invoice: usize, minor: i64 },
    /// The record of that name was a mistake.
    Void { name: usize },
    /// A part of the card's charge is given back.
    Refund { minor: i64 },
    /// A lead comes back: off the invoice that is to come, or as a credit note where it was invoiced.
    Return { lead: usize },
}

/// What a case is made of, all of it from its seed.
struct Case {
    seed: u64,
    random: Random,
    /// The leads of each of the first invoices; one more is sold and not invoiced yet.
    leads: [usize; 4],
    debit: &'static str,
    disputing: &'static str,
    /// What happens while the debit is on its way, and what happens as the days pass.
    at_once: Vec<Fact>,
    later: Vec<Fact>,
    /// Before which of the later facts another lead is sold to everybody.
    sale_at: usize,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let leads = [0; 4].map(|_| 2 + random.below(2));
        let (card, debit, open) = (total(leads[BY_CARD]), total(leads[BY_DEBIT]), total(leads[NOT_YET]));
        let early = random.share(debit);
        // One lead of the open invoice comes back, and the rest of it arrives in two transfers.
        let part = random.share(open - LEAD);
        let first_of = |invoice: usize| leads[..invoice].iter().sum::<usize>();
        let refunds = [random.share(card / 2), random.share(card / 2)];
        let at_once = vec![
            // The debit that is on its way comes on top of it.
            Fact::Record {
                name: 0,
                invoice: BY_DEBIT,
                minor: early,
            },
            Fact::Record {
                name: 1,
                invoice: NOT_YET,
                minor: part,
            },
            Fact::Refund { minor: refunds[0] },
            Fact::Return {
                lead: first_of(BY_CARD),
            },
        ];
        let mut later = vec![
            Fact::Record {
                name: 2,
                invoice: NOT_YET,
                minor: open - LEAD - part,
            },
            Fact::Refund { minor: refunds[1] },
            Fact::Return {
                lead: first_of(NOT_YET),
            },
            Fact::Return {
                lead: first_of(BY_DEBIT),
            },
            Fact::Return {
                lead: first_of(BY_A_PAYER_WHO_DISPUTES),
            },
            // Sold and not invoiced when the case begins.
            Fact::Return {
                lead: leads.iter().sum(),
            },
        ];
        later.extend(
            [0, 2]
                .into_iter()
                .filter(|_| random.below(2) == 0)
                .map(|name| Fact::Void { name }),
        );
        Self {
            seed,
            leads,
            debit: random.one_of(&["ok", "fails_later", "late"]),
            disputing: random.one_of(&["disputed", "dispute_won"]),
            sale_at: random.below(later.len()),
            at_once,
            later,
            random,
        }
    }

    /// The same facts in another order.
    fn shuffled(&mut self, facts: &[Fact]) -> Vec<Fact> {
        let mut facts = facts.to_vec();
        for last in (1..facts.len()).rev() {
            facts.swap(last, self.random.below(last + 1));
        }
        for at in 0..facts.len() {
            if let Fact::Void { name } = facts[at] {
                let recorded = |fact: &Fact| matches!(fact, Fact::Record { name: of, .. } if *of == name);
                if let Some(record) = facts.iter().skip(at).position(recorded) {
                    facts.swap(at, at + record);
                }
            }
        }
        facts
    }

    /// What a supplier owes in the end, by adding up what happened.
    fn owed(&self) -> i64 {
        let charged = total(self.leads.iter().sum::<usize>() + 2);
        let by_debit = if self.debit == "fails_later" {
            0
        } else {
            total(self.leads[BY_DEBIT])
        };
        let kept = if self.disputing == "disputed" {
            0
        } else {
            total(self.leads[BY_A_PAYER_WHO_DISPUTES])
        };
        let facts = || self.at_once.iter().chain(&self.later);
        let void = |name: usize| facts().any(|fact| *fact == Fact::Void { name });
        let moved: i64 = facts()
            .map(|fact| match *fact {
                Fact::Record { name, minor, .. } if !void(name) => -minor,
                Fact::Record { .. } | Fact::Void { .. } => 0,
                Fact::Refund { minor } => minor,
                Fact::Return { .. } => -LEAD,
            })
            .sum();
        charged - total(self.leads[BY_CARD]) - by_debit - kept + moved
    }
}

fn total(leads: usize) -> i64 {
    LEAD * i64::try_from(leads).expect("a few leads")
}

/// A generator of one line, so that a case can be run again by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    /// A part of an amount: neither nothing nor all of it.
    fn share(&mut self, of: i64) -> i64 {
        let below = usize::try_from(of - 1).expect("an amount");
        1 + i64::try_from(self.below(below)).expect("an amount")
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_of_the_same_facts_leaves_the_same_books(#[values(Sqlite, Postgres)] on: Database) {
    let cases = super::size(60, 4);
    let mut facts = 0;
    for seed in 1..=u64::try_from(cases).expect("a few cases") {
        facts += live(on, Case::of(seed)).await;
    }
    super::report(
        "books in any order",
        on,
        &format!("{cases} cases, {facts} facts, each in {ORDERS} orders"),
        "the same balance, as added up by hand; each entry balances, audit green after each step",
    );
}

/// Lives through a case and gives how many facts it had.
async fn live(on: Database, mut case: Case) -> usize {
    let app = spawn(on).await;
    // By hand and with time, so that only what the case does moves money.
    let policy = json!({
        "billing": { "collection_rule": { "kind": "on_finalise", "weekday": null, "business_days_only": null } },
        "returns": { "window": { "amount": 2_400 }, "sibling_quote_denies": false },
        "dunning": { "suspend_after_days": 365 },
    });
    let market = app.market_with("trade-weekly", policy).await;
    let mut accounts = Vec::with_capacity(ORDERS);
    for number in 0..ORDERS {
        accounts.push(Account::open(&market, &format!("Order {number}")).await);
    }
    for (week, leads) in case.leads.into_iter().enumerate() {
        for _ in 0..leads {
            sell(&market, &mut accounts).await;
        }
        market.until_invoiced(&accounts[0].buyer).await;
        for account in &mut accounts {
            account.invoices = market.invoices(&account.buyer).await;
            assert_eq!(account.invoices.len(), week + 1);
        }
    }
    sell(&market, &mut accounts).await;
    for account in &mut accounts {
        account.pay(BY_CARD, "card", "ok").await;
        account.pay(BY_A_PAYER_WHO_DISPUTES, "card", case.disputing).await;
        account.pay(BY_DEBIT, "direct_debit", case.debit).await;
    }
    for phase in [case.at_once.clone(), case.later.clone()] {
        let orders: Vec<_> = (0..ORDERS).map(|_| case.shuffled(&phase)).collect();
        for step in 0..phase.len() {
            for (account, facts) in accounts.iter_mut().zip(&orders) {
                account.happens(facts[step], case.seed).await;
            }
            app.run_jobs().await;
            app.audit_is_green().await;
            if phase == case.later {
                if step == case.sale_at {
                    sell(&market, &mut accounts).await;
                }
                app.advance(1).await;
            }
        }
    }
    // The last debits and disputes end, and what was sold is invoiced.
    app.live_through(16).await;
    for account in &accounts {
        let owed = account.owed().await;
        assert_eq!(owed, case.owed(), "seed {}, {}", case.seed, account.buyer.id);
    }
    entries_balance(&market).await;
    app.audit_is_green().await;
    case.at_once.len() + case.later.len()
}

/// One lead for everybody.
async fn sell(market: &Market<'_>, accounts: &mut [Account<'_>]) {
    let sales = market.sell().await;
    assert_eq!(sales.len(), accounts.len(), "{sales:?}");
    for account in accounts {
        let own = sales.iter().find(|sale| sale["supplier_id"] == *account.buyer.id);
        let id = own.expect("everybody gets it")["delivery_id"].as_str().expect("an id");
        account.leads.push(id.to_owned());
    }
}

/// One supplier's account, with what happened on it.
struct Account<'a> {
    market: &'a Market<'a>,
    buyer: Buyer,
    owner: Client,
    finance: Client,
    /// In the order in which they were sold.
    leads: Vec<String>,
    invoices: Vec<Value>,
    charge: Value,
    records: BTreeMap<usize, String>,
}

impl<'a> Account<'a> {
    async fn open(market: &'a Market<'a>, name: &str) -> Self {
        let buyer = market.buyer(name, json!({})).await;
        Self {
            owner: market.owner(&buyer).await,
            finance: market.app.staff("finance").await,
            market,
            buyer,
            leads: Vec::new(),
            invoices: Vec::new(),
            charge: Value::Null,
            records: BTreeMap::new(),
        }
    }

    fn invoice(&self, number: usize) -> &str {
        self.invoices[number]["id"].as_str().expect("an id")
    }

    /// Pays one of the first invoices through the gateway, all of it.
    async fn pay(&mut self, number: usize, kind: &str, behaviour: &str) {
        let method = self.market.store_method(&self.buyer, kind, behaviour).await;
        let path = format!("/invoices/{}/pay", self.invoice(number));
        let body = json!({ "payment_method_id": method });
        let payment = self.owner.post(path).json(&body).send().await.created()["payment"].clone();
        assert_eq!(payment["amount"], self.invoices[number]["total"]);
        if number == BY_CARD {
            self.charge = payment["id"].clone();
        }
    }

    async fn happens(&mut self, fact: Fact, seed: u64) {
        let answer = match fact {
            Fact::Record { name, invoice, minor } => {
                let today = self.market.app.business_now().await[..10].to_owned();
                let body = json!({
                    "amount": self.market.money(minor), "method": "bacs", "reference": format!("BACS {name}"),
                    "received_on": today,
                });
                let path = format!("/invoices/{}/payments", self.invoice(invoice));
                let answer = self.finance.post(path).json(&body).send().await;
                if answer.status == 201 {
                    self.records
                        .insert(name, answer.created()["id"].as_str().expect("an id").to_owned());
                }
                answer
            }
            Fact::Void { name } => {
                let path = format!("/payments/{}/void", self.records[&name]);
                self.finance
                    .post(path)
                    .json(&json!({ "reason": "A mistake." }))
                    .send()
                    .await
            }
            Fact::Refund { minor } => {
                let body = json!({
                    "payment_id": self.charge, "amount": self.market.money(minor), "reason": "Agreed.",
                });
                self.finance.post("/refunds").json(&body).send().await
            }
            Fact::Return { lead } => {
                let body = json!({
                    "delivery_id": self.leads[lead], "reason": "wrong_details", "note": "Nobody of that name.",
                });
                let request = self.owner.post("/return-requests").json(&body).send().await.created();
                let path = format!("/return-requests/{}/approve", request["id"].as_str().expect("an id"));
                let reviewer = self.market.app.staff("returns_reviewer").await;
                reviewer.post(path).json(&json!({})).send().await
            }
        };
        let taken = matches!(answer.status.as_u16(), 200 | 201);
        assert!(taken, "seed {seed}, {}, {fact:?}: {answer}", self.buyer.id);
    }

    /// What the statement of all time ends with.
    async fn owed(&self) -> i64 {
        let path = format!("/suppliers/{}/statement?from=2020-01-01", self.buyer.id);
        let statement = self.finance.get(path).send().await.ok();
        statement["accounts"][0]["closing"]["amount"]
            .as_i64()
            .expect("an amount")
    }
}

/// Each entry of the journal adds up to nothing, by its own file.
async fn entries_balance(market: &Market<'_>) {
    let finance = market.app.staff("finance").await;
    let entity = market.programme["legal_entity_id"].as_str().expect("an id");
    let today = market.app.business_now().await[..10].to_owned();
    let path = format!("/journal.csv?legal_entity_id={entity}&from=2020-01-01&to={today}");
    let journal = finance.get(path).send().await;
    journal.assert_status(200);
    let text = journal.body.clone();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_slice()).records() {
        let row = row.expect("a row");
        *sums.entry(row[0].to_owned()).or_default() += row[8].parse::<i64>().expect("minor units");
    }
    assert!(sums.len() > 20, "a journal in which little happened shows little");
    let off: Vec<_> = sums.iter().filter(|(_, sum)| **sum != 0).collect();
    assert!(off.is_empty(), "{off:?}");
}

//! Ten weeks of business: leads hour by hour, work on them, returns, decisions, payments.

use super::api::text;
use super::calls::Calling;
use super::cancellations;
use super::market::{Buyer, Market, Programme};
use super::packages;
use super::paying::Paying;
use super::people::Staff;
use super::random::Random;
use super::shop::{self, Wanted};
use super::world::{FIRST, LAST, LOCAL_SOURCES, SOURCES, TRADES, UK, US};
use super::{SEED, move_to};
use crate::app::App;
use crate::jobs;
use anyhow::anyhow;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use time::Duration;
use tradepost_contract::Timestamp;

/// The first enquiries come at 13:00 UTC, morning in America and midday in Britain.
const FIRST_HOUR: i64 = 13;
/// Leads come in for so many hours.
const HOURS: i64 = 9;

/// Which of the local businesses rejects most of its leads.
const TOO_MANY: usize = 4;

struct History<'a> {
    app: &'a Arc<App>,
    staff: &'a Staff,
    market: &'a Market,
    chance: Random,
    /// What buyers order, drawn apart, so that it moves nothing else.
    wishes: Random,
    enquiries: i64,
    /// Whether the store's customer whom one can sign in as has joined its loyalty programme.
    joined: bool,
    /// Returns that suppliers will ask for, and when.
    claims: Vec<Claim>,
    paying: Paying<'a>,
    calling: Calling,
}

struct Claim {
    at: Timestamp,
    programme: usize,
    buyer: usize,
    delivery: String,
}

/// Lives through the time from `begin`, day by day.
pub(super) async fn live_through(
    app: &Arc<App>,
    staff: &Staff,
    market: &Market,
    begin: Timestamp,
    length: Duration,
) -> anyhow::Result<()> {
    let mut history = History {
        app,
        staff,
        market,
        chance: Random::new(SEED),
        wishes: Random::new(SEED + 1),
        enquiries: 0,
        joined: false,
        claims: Vec::new(),
        paying: Paying::new(staff, market),
        calling: Calling::new(),
    };
    for day in 0..length.whole_days() {
        let midnight = begin.plus(Duration::days(day));
        history.day(midnight, day).await?;
        eprint!("\r  day {} of {}", day + 1, length.whole_days());
    }
    eprintln!();
    move_to(app, begin.plus(length));
    history.jobs().await?;
    history.paying.last_day(begin).await?;
    history.jobs().await?;
    history.leave_one_unpaid().await
}

impl History<'_> {
    async fn jobs(&self) -> anyhow::Result<()> {
        let app = Arc::clone(self.app);
        let done = tokio::task::spawn_blocking(move || jobs::run_all_due(&app)).await?;
        done.map(drop).map_err(|error| anyhow!("{error}"))
    }

    async fn day(&mut self, midnight: Timestamp, day: i64) -> anyhow::Result<()> {
        move_to(self.app, midnight);
        self.paying.morning(day).await?;
        cancellations::morning(self.staff, self.market, midnight, day).await?;
        self.jobs().await?;
        // The demo begins on any weekday, so weekends are told from the calendar.
        let weekday = midnight.to_offset().weekday().number_days_from_monday();
        let market = self.market;
        let mut enquiries = Vec::new();
        for (n, programme) in market.programmes.iter().enumerate() {
            let usual = programme.brand.leads_a_day;
            let today = if weekday < 5 {
                usual + self.chance.between(-2, 3)
            } else {
                usual / 3
            };
            for _ in 0..today {
                let minute = FIRST_HOUR * 60 + self.chance.between(0, HOURS * 60);
                enquiries.push((midnight.plus(Duration::minutes(minute)), n));
            }
        }
        enquiries.sort();
        for (at, n) in enquiries {
            self.claims_until(at).await?;
            move_to(self.app, at);
            self.enquiry(at, n).await?;
        }
        if weekday < 5 {
            let evening = midnight.plus(Duration::hours(FIRST_HOUR + HOURS));
            self.claims_until(evening).await?;
            move_to(self.app, evening);
            self.review(day).await?;
            self.calling.work(self.staff, evening, 6).await?;
            self.receive_payments(evening).await?;
            self.paying.evening(day).await?;
            packages::go_on(self.staff, self.market).await?;
            self.order_again(weekday == 4).await?;
        }
        Ok(())
    }

    /// Whoever has no order that brings leads places another one at the checkout; on Fridays somebody looks
    /// at the price and leaves.
    async fn order_again(&mut self, friday: bool) -> anyhow::Result<()> {
        let market = self.market;
        for programme in market.programmes.iter().filter(|one| one.brand.sells_at_checkout()) {
            for buyer in &programme.buyers {
                let open = buyer.owner.get("/orders?status=open,paused&limit=1").await?;
                let in_progress = open["data"].as_array().is_some_and(|orders| !orders.is_empty());
                if in_progress || self.wishes.percent(30) {
                    continue;
                }
                let wanted = self.wish(programme, buyer);
                shop::buy(&buyer.owner, &wanted).await?;
            }
            if friday && let Some(buyer) = programme.buyers.get(2) {
                let wanted = self.wish(programme, buyer);
                shop::begin(&buyer.owner, &wanted).await?;
            }
        }
        Ok(())
    }

    fn wish(&mut self, programme: &Programme, buyer: &Buyer) -> Wanted {
        let turn = usize::try_from(self.wishes.between(0, 3)).unwrap_or_default() % programme.products.len();
        let leads = *self.wishes.pick(&[25, 40, 60, 100]);
        let coupon = self.wishes.percent(40).then_some(shop::WELCOME);
        let mut joins = self.wishes.percent(30);
        let is_first = programme.buyers.first().is_some_and(|first| first.id == buyer.id);
        if is_first && !self.joined {
            (self.joined, joins) = (true, true);
        }
        let wanted = Wanted::new(&buyer.business, &programme.products[turn], leads, joins, coupon);
        // The last product comes in batches, which take no ceiling (R55).
        if turn + 1 < programme.products.len() && self.wishes.percent(60) {
            wanted.at_most(*self.wishes.pick(&[5, 10, 20]))
        } else {
            wanted
        }
    }

    /// The demo ends with an order whose card was declined a moment ago.
    async fn leave_one_unpaid(&mut self) -> anyhow::Result<()> {
        let market = self.market;
        for programme in market.programmes.iter().filter(|one| one.brand.sells_at_checkout()) {
            if let Some(buyer) = programme.buyers.first() {
                let wanted = Wanted::new(&buyer.business, &programme.products[0], 50, true, None).at_most(10);
                shop::fail_to_pay(&buyer.owner, &wanted).await?;
            }
        }
        Ok(())
    }

    async fn enquiry(&mut self, at: Timestamp, n: usize) -> anyhow::Result<()> {
        let programme = &self.market.programmes[n];
        self.enquiries += 1;
        let lead = self.lead(programme, at);
        if programme.brand.slug == "dialwell" {
            // Customers of the calling service hand in their own leads (R99).
            let buyer = self.chance.pick(&programme.buyers);
            let answer = buyer.owner.try_call(Method::POST, "/leads", Some(&lead)).await?;
            accepted(&answer.1, answer.0)?;
            return self.calling.work(self.staff, at, 1).await;
        }
        let (status, receipt) = self
            .market
            .integrator
            .try_call(Method::POST, "/leads", Some(&lead))
            .await?;
        accepted(&receipt, status)?;
        for sale in receipt["sold_to"].as_array().into_iter().flatten() {
            let supplier = text(sale, "supplier_id")?;
            if let Some(buyer) = programme.buyers.iter().position(|buyer| buyer.id == supplier) {
                self.work(at, n, buyer, &text(sale, "delivery_id")?).await?;
            }
        }
        Ok(())
    }

    /// A supplier works a delivery: most are noted, some will be returned.
    async fn work(&mut self, at: Timestamp, programme: usize, buyer: usize, delivery: &str) -> anyhow::Result<()> {
        let owner = &self.market.programmes[programme].buyers[buyer].owner;
        // Some suppliers return more than others: that is what a return rate is for.
        // One local business rejects most of what it gets: the reviews warn it, then open a case (R112).
        let slug = self.market.programmes[programme].brand.slug;
        let share = if slug == "hometown" && buyer == TOO_MANY {
            70
        } else {
            6 + (buyer as i64 % 4) * 4
        };
        let claim = self.chance.percent(share);
        if claim {
            let at = at.plus(Duration::hours(self.chance.between(2, 70)));
            self.claims.push(Claim {
                at,
                programme,
                buyer,
                delivery: delivery.to_owned(),
            });
        } else if self.chance.percent(45) {
            let outcome = *self.chance.pick(&[
                "contacted",
                "contacted",
                "appointment",
                "quoted",
                "won",
                "lost",
                "unreachable",
            ]);
            let mut change = json!({ "outcome": outcome });
            if self.chance.percent(40) {
                change["rating"] = json!(self.chance.between(2, 6));
            }
            owner.patch(&format!("/deliveries/{delivery}"), &change).await?;
        }
        Ok(())
    }

    async fn claims_until(&mut self, now: Timestamp) -> anyhow::Result<()> {
        let (mut due, later): (Vec<_>, Vec<_>) = self.claims.drain(..).partition(|claim| claim.at <= now);
        self.claims = later;
        due.sort_by_key(|claim| claim.at);
        for claim in due {
            move_to(self.app, claim.at);
            self.claim(&claim).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, claim: &Claim) -> anyhow::Result<()> {
        let programme = &self.market.programmes[claim.programme];
        let owner = &programme.buyers[claim.buyer].owner;
        if programme.brand.slug == "hometown" {
            let reason = *self
                .chance
                .pick(&["telemarketer", "spammer", "solicitor", "sales_call"]);
            let path = format!("/deliveries/{}/reject", claim.delivery);
            owner.post(&path, &json!({ "reason": reason })).await?;
            if self.chance.percent(10) {
                owner
                    .post(&format!("/deliveries/{}/undo-rejection", claim.delivery), &json!({}))
                    .await?;
            }
            return Ok(());
        }
        let reasons: &[&str] = match programme.brand.slug {
            "meridian" => &[
                "disconnected_number",
                "wrong_person",
                "duplicate_lead",
                "never_enquired",
            ],
            "prosper-store" => &["disconnected", "wrong_number", "third_party", "not_interested"],
            _ => &["not_looking_for_quotes", "could_not_quote", "wrong_details"],
        };
        let reason = *self.chance.pick(reasons);
        let note = *self.chance.pick(&[
            "Called three times on two days; the line is dead.",
            "The person who answered has never heard of this enquiry.",
            "We spoke, and they chose somebody before we were introduced.",
            "Same contact came to us last month from another source.",
        ]);
        let body = json!({ "delivery_id": claim.delivery, "reason": reason, "note": note });
        let (status, answer) = owner.try_call(Method::POST, "/return-requests", Some(&body)).await?;
        // Reasons that are no ground are refused, as they should be.
        if !status.is_success() && status.as_u16() != 422 {
            anyhow::bail!("a return answered {status}: {answer}");
        }
        Ok(())
    }

    /// Reviewers decide in the evening; a few cases wait, so that the queue is never empty.
    async fn review(&mut self, day: i64) -> anyhow::Result<()> {
        let queue = self
            .staff
            .reviewer
            .get("/return-requests?status=in_review,appealed&limit=100")
            .await?;
        for case in queue["data"].as_array().into_iter().flatten() {
            if self.chance.percent(25) {
                continue;
            }
            let id = text(case, "id")?;
            let appealed = case["status"] == "appealed";
            let reviewer = if appealed {
                &self.staff.second_reviewer
            } else {
                &self.staff.reviewer
            };
            let approve = self.chance.percent(if case["suggestion"] == "deny" { 15 } else { 70 });
            if approve {
                reviewer
                    .post(&format!("/return-requests/{id}/approve"), &json!({}))
                    .await?;
            } else {
                let why = "The number rang and was answered when our team called it.";
                reviewer
                    .post(&format!("/return-requests/{id}/deny"), &json!({ "explanation": why }))
                    .await?;
            }
        }
        if day % 7 == 4 {
            self.release_quarantine().await?;
        }
        Ok(())
    }

    async fn release_quarantine(&mut self) -> anyhow::Result<()> {
        let held = self.staff.manager.get("/leads?status=quarantined&limit=100").await?;
        let leads: Vec<Value> = held["data"].as_array().cloned().unwrap_or_default();
        // The newest stay for whoever tries the demo.
        for lead in leads.iter().skip(3) {
            let id = text(lead, "id")?;
            let rejected = self.chance.percent(60);
            let (action, body) = if rejected {
                ("reject", json!({ "reason": "The number cannot be reached." }))
            } else {
                ("release", json!({ "reason": "Checked by phone." }))
            };
            let path = format!("/leads/{id}/{action}");
            let (status, answer) = self.staff.manager.try_call(Method::POST, &path, Some(&body)).await?;
            // A lead without consent cannot be released by anybody (R81).
            if !status.is_success() && status.as_u16() != 422 && status.as_u16() != 409 {
                anyhow::bail!("{path} answered {status}: {answer}");
            }
        }
        Ok(())
    }

    /// Most invoices are paid near their due date; some are late.
    async fn receive_payments(&mut self, now: Timestamp) -> anyhow::Result<()> {
        let today = now.to_string()[..10].to_owned();
        let open = self
            .staff
            .finance
            .get("/invoices?status=open,overdue&limit=100")
            .await?;
        for invoice in open["data"].as_array().into_iter().flatten() {
            let due = invoice["due_on"].as_str().unwrap_or("9999-12-31");
            let collected = self.paying.is_collected_from(&text(invoice, "supplier_id")?);
            if collected || due > today.as_str() || self.chance.percent(60) {
                continue;
            }
            let id = text(invoice, "id")?;
            let reference = format!("BANK-{}-{}", &today[5..], self.chance.between(1000, 9999));
            let body = json!({ "method": "bank_transfer", "reference": reference, "received_on": today });
            self.staff
                .finance
                .post(&format!("/invoices/{id}/payments"), &body)
                .await?;
        }
        Ok(())
    }

    /// An enquiry as a landing page would send it. One in thirty repeats an earlier person, one in
    /// forty has a bad number, one in twenty-five British ones lacks its verification.
    fn lead(&mut self, programme: &Programme, at: Timestamp) -> Value {
        let brand = programme.brand;
        let british = brand.country == "GB";
        let place = self.chance.pick(if british { UK } else { US });
        let (first, last) = (*self.chance.pick(FIRST), *self.chance.pick(LAST));
        let number = if self.chance.between(0, 30) == 0 {
            self.enquiries - 1
        } else {
            self.enquiries
        };
        let phone = match (self.chance.between(0, 40), british) {
            (0, _) => "12345".to_owned(),
            (_, true) => format!("07400 {number:06}"),
            (_, false) => format!("(512) {}-{:04}", 220 + number / 10_000, number % 10_000),
        };
        let company = format!("{last} {}", self.chance.pick(TRADES));
        let code = self.chance.pick(brand.products).code;
        let mut lead = json!({
            "programme": brand.slug, "product": code, "external_source": "landing pages",
            "external_id": format!("enquiry-{}", self.enquiries), "source": self.chance.pick(SOURCES), "enquired_at": at,
            "person": {
                "name": format!("{first} {last}"), "company": company, "phone": phone,
                "email": format!("{}.{}{number}@mail.example", first.to_lowercase(), last.to_lowercase().replace('\'', "")),
                "address": format!("{} High Street", 1 + number % 180),
            },
            "place": { "country": brand.country, "region": if british { None } else { Some(place.region) },
                "postcode": place.postcode, "city": place.city },
            "answers": { "when": self.chance.pick(&["as soon as possible", "within a month", "just comparing"]) },
        });
        if british {
            lead["consent"] = json!({ "text": "Up to four local firms may contact me about my enquiry.",
                "text_version": "2026-03", "given_at": at, "recipients": [] });
            if self.chance.between(0, 25) != 0 {
                lead["verification"] = json!({ "method": "phone_call", "verified_at": at, "verified_by": "Call team",
                    "recording_ref": format!("rec-{}", self.enquiries) });
            }
        }
        self.make_local(programme, &mut lead);
        lead
    }

    /// Local businesses are called on the number the seller gave them (R103).
    fn make_local(&mut self, programme: &Programme, lead: &mut Value) {
        let numbers: Vec<&str> = programme
            .buyers
            .iter()
            .filter_map(|buyer: &Buyer| buyer.tracking_number.as_deref())
            .collect();
        if numbers.is_empty() {
            return;
        }
        lead["assigned_number"] = json!(self.chance.pick(&numbers));
        lead["channel"] = json!(self.chance.pick(&["call", "call", "text", "landing_page"]));
        lead["source"] = json!(self.chance.pick(LOCAL_SOURCES));
    }
}

/// Duplicates and refused leads are part of business; anything else is a mistake of the demo.
fn accepted(answer: &Value, status: reqwest::StatusCode) -> anyhow::Result<()> {
    if status.is_success() || matches!(status.as_u16(), 409 | 422) {
        return Ok(());
    }
    anyhow::bail!("a lead answered {status}: {answer}")
}

//! How the demo's suppliers pay through the gateway, so that a payment stands in every state there is. Each
//! stores a way to pay that behaves as the simulator's magic values say; the others send bank transfers.

use super::api::{Api, text};
use super::market::{Buyer, Market};
use super::people::Staff;
use crate::gateway::{SANDBOX_KEY, simulator::BELOW};
use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tradepost_contract::Timestamp;

/// A supplier stores a way to pay on a day of the demo.
struct Stored {
    day: i64,
    programme: &'static str,
    buyer: usize,
    kind: &'static str,
    behaviour: &'static str,
}

const fn stored(
    day: i64,
    programme: &'static str,
    buyer: usize,
    kind: &'static str,
    behaviour: &'static str,
) -> Stored {
    Stored {
        day,
        programme,
        buyer,
        kind,
        behaviour,
    }
}

const STORED: &[Stored] = &[
    stored(0, "meridian", 0, "card", "ok"),
    stored(0, "meridian", 1, "ach", "ok"),
    stored(0, "meridian", 2, "card", "recovers"),
    // Never pays, and is given up on the last day.
    stored(0, "meridian", 3, "card", "declined"),
    stored(0, "trade-introductions", 0, "card", "ok"),
    stored(0, "trade-introductions", 1, "direct_debit", "ok"),
    stored(0, "trade-introductions", 2, "card", "ok"),
    stored(0, "trade-introductions", 3, "card", "ok"),
    stored(0, "hometown", 0, "card", "ok"),
    stored(0, "hometown", 1, "paypal", "ok"),
    stored(0, "hometown", 2, "card", "ok"),
    stored(0, "hometown", 3, "bank_account", "ok"),
    // The payer's bank asks for what it was charged, at last in vain.
    stored(48, "trade-introductions", 3, "card", "disputed"),
    stored(52, "hometown", 0, "card", "dispute_won"),
    // Cards that worked once and no longer do.
    stored(56, "hometown", 2, "card", "insufficient_funds"),
    stored(56, "trade-introductions", 2, "card", "insufficient_funds"),
    stored(66, "trade-introductions", 0, "card", "expires_soon"),
];

/// Those who chose to be charged as soon as an invoice is final (R115).
const AUTOMATIC: &[(&str, usize)] = &[("hometown", 0), ("hometown", 1)];
/// Those who pay each invoice by hand with what is stored.
const BY_HAND: &[(&str, usize)] = &[("hometown", 2), ("hometown", 3)];
/// From this day on nobody pays by hand, so that the invoices of the last two weeks wait at the end; after two
/// weeks overdue an account would be suspended.
const LAST_BY_HAND: i64 = 56;
/// The day on which the gateway gets a charge that nothing here asked for.
const STRANGE_CHARGE: i64 = 67;

/// The suppliers' ways to pay.
pub(super) struct Paying<'a> {
    staff: &'a Staff,
    market: &'a Market,
    collected: BTreeSet<String>,
}

impl<'a> Paying<'a> {
    pub(super) const fn new(staff: &'a Staff, market: &'a Market) -> Self {
        Self {
            staff,
            market,
            collected: BTreeSet::new(),
        }
    }

    /// Whether a supplier pays through the gateway, so that it sends no transfers.
    pub(super) fn is_collected_from(&self, supplier: &str) -> bool {
        self.collected.contains(supplier)
    }

    fn buyer(&self, programme: &str, buyer: usize) -> anyhow::Result<&'a Buyer> {
        let found = self.market.programmes.iter().find(|one| one.brand.slug == programme);
        found
            .and_then(|one| one.buyers.get(buyer))
            .context("a buyer of the demo")
    }

    /// What is stored on this day.
    pub(super) async fn morning(&mut self, day: i64) -> anyhow::Result<()> {
        for one in STORED.iter().filter(|one| one.day == day) {
            let buyer = self.buyer(one.programme, one.buyer)?;
            // Trade suppliers ask staff for a new card; the others do it themselves.
            let who = if one.programme == "trade-introductions" {
                &self.staff.manager
            } else {
                &buyer.owner
            };
            let body = json!({ "supplier_id": buyer.id, "kind": one.kind });
            let session = who.post("/payment-method-sessions", &body).await?;
            let page = text(&session, "url")?;
            who.send_form(&page, None, &[("behaviour", one.behaviour)]).await?;
            let path = format!("/payment-method-sessions/{}", text(&session, "id")?);
            let done = who.get(&path).await?;
            anyhow::ensure!(done["status"] == "complete", "a way to pay was not stored: {done}");
            self.collected.insert(buyer.id.clone());
        }
        if day == 0 {
            for (programme, buyer) in AUTOMATIC {
                let buyer = self.buyer(programme, *buyer)?;
                let path = format!("/suppliers/{}/authorisation", buyer.id);
                buyer.owner.patch(&path, &json!({ "auto_bill": true })).await?;
            }
        }
        if day == STRANGE_CHARGE {
            strange_charge(&self.staff.admin).await?;
        }
        Ok(())
    }

    /// Who pays by hand does so in the evening.
    pub(super) async fn evening(&self, day: i64) -> anyhow::Result<()> {
        if day < LAST_BY_HAND {
            for (programme, buyer) in BY_HAND {
                pay_all(self.buyer(programme, *buyer)?, 0).await?;
            }
        }
        Ok(())
    }

    /// What is under way when somebody looks at the demo: money on its way, failures, refunds in every state, an
    /// invoice that is given up, a record that was a mistake, and a month that is closed.
    pub(super) async fn last_day(&self, begin: Timestamp) -> anyhow::Result<()> {
        // The bank account pays all but one; the card no longer works.
        pay_all(self.buyer("hometown", 3)?, 1).await?;
        pay_all(self.buyer("hometown", 2)?, 1).await?;
        self.give_up().await?;
        self.refund().await?;
        self.record_by_mistake().await?;
        self.close_a_month(begin).await
    }

    async fn give_up(&self) -> anyhow::Result<()> {
        let supplier = &self.buyer("meridian", 3)?.id;
        let path = format!("/invoices?status=overdue&supplier_id={supplier}&sort=oldest&limit=1");
        for invoice in list(&self.staff.finance, &path).await? {
            let path = format!("/invoices/{}/write-off", text(&invoice, "id")?);
            let body = json!({ "reason": "Two calls and a letter were not answered." });
            self.staff.finance.post(&path, &body).await?;
        }
        Ok(())
    }

    /// One that is small, one above the limit that waits, one that a second person refused.
    async fn refund(&self) -> anyhow::Result<()> {
        let path = "/payments?status=succeeded&channel=gateway&limit=100";
        let mut taken = list(&self.staff.finance, path).await?;
        // What was paid in advance is in use; an order at the checkout is what its supplier wanted.
        taken.retain(|payment| payment["purpose"] == "invoice");
        // A refund opens its invoice again, and whoever signs in to look around is no debtor.
        let shown: Vec<&str> = self
            .market
            .programmes
            .iter()
            .filter_map(|programme| programme.buyers.first())
            .map(|buyer| buyer.id.as_str())
            .collect();
        taken.retain(|payment| !shown.iter().any(|id| payment["supplier_id"] == *id));
        taken.sort_by_key(|payment| std::cmp::Reverse(payment["captured"]["amount"].as_i64()));
        let wanted = [
            (0, 60_000, "Charged for a category that was cancelled."),
            (1, 55_000, "Asked for by mail; the leads were fine."),
            (2, 4_500, "A lead was counted twice."),
        ];
        for (at, minor, reason) in wanted {
            let Some(payment) = taken.get(at) else { continue };
            let most = payment["captured"]["amount"].as_i64().unwrap_or_default();
            let amount = json!({ "amount": most.min(minor), "currency": payment["captured"]["currency"] });
            let body = json!({ "payment_id": payment["id"], "amount": amount, "reason": reason });
            let refund = self.staff.finance.post("/refunds", &body).await?;
            if at == 1 && refund["status"] == "awaiting_approval" {
                let path = format!("/refunds/{}/refuse", text(&refund, "id")?);
                let note = json!({ "note": "The return window has passed." });
                self.staff.second_finance.post(&path, &note).await?;
            }
        }
        Ok(())
    }

    async fn record_by_mistake(&self) -> anyhow::Result<()> {
        for invoice in list(&self.staff.finance, "/invoices?status=overdue&sort=-open&limit=1").await? {
            let today = &text(&invoice, "due_on")?;
            let path = format!("/invoices/{}/payments", text(&invoice, "id")?);
            let amount = json!({ "amount": 10_000, "currency": invoice["open"]["currency"] });
            let body =
                json!({ "method": "cheque", "reference": "Cheque 004471", "received_on": today, "amount": amount });
            let (status, payment) = self.staff.finance.try_call(Method::POST, &path, Some(&body)).await?;
            // The invoice may be due after today, or so small that this is more than it.
            if status.is_success() {
                let path = format!("/payments/{}/void", text(&payment, "id")?);
                let body = json!({ "reason": "The cheque was another supplier's." });
                self.staff.finance.post(&path, &body).await?;
            }
        }
        Ok(())
    }

    /// The month in which the demo begins, of the first legal entity.
    async fn close_a_month(&self, begin: Timestamp) -> anyhow::Result<()> {
        let entities = list(&self.staff.admin, "/legal-entities?limit=100").await?;
        let found = entities.iter().find(|entity| entity["invoice_prefix"] == "MBL");
        let entity = found.context("the first legal entity")?;
        let month = format!("{}-01", &begin.to_string()[..7]);
        let body = json!({ "legal_entity_id": entity["id"], "month": month });
        self.staff.finance.post("/month-closes", &body).await.map(drop)
    }
}

async fn list(api: &Api, path: &str) -> anyhow::Result<Vec<Value>> {
    let page = api.get(path).await?;
    Ok(page["data"].as_array().cloned().unwrap_or_default())
}

/// Pays what a supplier has open by hand, the oldest first, all but so many.
async fn pay_all(buyer: &Buyer, but: usize) -> anyhow::Result<()> {
    let path = "/invoices?status=open,partly_paid,overdue&sort=oldest&limit=100";
    let open = list(&buyer.owner, path).await?;
    for invoice in open.iter().take(open.len().saturating_sub(but)) {
        let path = format!("/invoices/{}/pay", text(invoice, "id")?);
        let (status, answer) = buyer.owner.try_call(Method::POST, &path, Some(&json!({}))).await?;
        // One that is on its way already is not paid twice.
        anyhow::ensure!(
            status.is_success() || status.as_u16() == 409,
            "{path} answered {status}: {answer}"
        );
    }
    Ok(())
}

/// Somebody makes a charge on the gateway's own pages; reconciliation finds it.
async fn strange_charge(api: &Api) -> anyhow::Result<()> {
    let send = async |path: &str, fields: &[(&str, &str)]| -> anyhow::Result<Value> {
        let answer = api
            .send_form(&format!("{BELOW}/v1{path}"), Some(SANDBOX_KEY), fields)
            .await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    };
    let customer = text(&send("/customers", &[]).await?, "id")?;
    let fields = [
        ("customer", customer.as_str()),
        ("payment_method_types[]", "card"),
        ("success_url", "/"),
    ];
    let session = send("/checkout/sessions", &fields).await?;
    api.send_form(&text(&session, "url")?, None, &[("behaviour", "ok")])
        .await?;
    let done = api.gateway_session(&text(&session, "id")?).await?;
    let method = text(&done["setup_intent"]["payment_method"], "id")?;
    let fields = [
        ("customer", customer.as_str()),
        ("payment_method", method.as_str()),
        ("amount", "2500"),
        ("currency", "usd"),
    ];
    send("/payment_intents", &fields).await.map(drop)
}

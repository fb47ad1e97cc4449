//! Paying in advance: a wallet that is empty is topped up and leads come again; staff look after it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// A supplier who pays in advance by hand, with an order that takes every lead like those it got before.
struct Prepaying {
    supplier: String,
    owner: Api,
    admin: Api,
    enquiry: Value,
    sent: u32,
}

impl Prepaying {
    async fn of(server: &Server) -> Result<Self> {
        let owner = Api::sign_in(&server.url, people::GULF_COAST).await?;
        let admin = Api::sign_in(&server.url, people::ADMIN).await?;
        let supplier = text(&owner.get("/me").await?["supplier"], "id")?;
        let got = owner.first("/deliveries?limit=1", |_| true).await?;
        let product = admin
            .get(&format!("/lead-products/{}", text(&got, "product_id")?))
            .await?;
        let order = json!({ "business_id": got["business_id"], "product_id": got["product_id"], "priority": 9 });
        admin.post("/orders", order).await?;
        let enquiry =
            json!({ "programme": product["programme_id"], "product": product["code"], "place": got["place"] });
        Ok(Self {
            supplier,
            owner,
            admin,
            enquiry,
            sent: 0,
        })
    }

    async fn wallet(&self) -> Result<Value> {
        self.owner.get(&format!("/suppliers/{}/wallet", self.supplier)).await
    }

    /// Sends an enquiry and says why the supplier did not get it; nothing where it did.
    async fn refused_for(&mut self) -> Result<Option<String>> {
        self.sent += 1;
        let at = self.admin.get("/sandbox/clock").await?["business_now"].clone();
        let mut lead = self.enquiry.clone();
        lead["external_id"] = format!("top-up-{}", self.sent).into();
        lead["person"] = json!({
            "name": "Dana Reyes", "company": "Reyes Dental", "address": "1 Elm Street",
            "email": format!("dana.{}@reyes.example", self.sent), "phone": format!("+1 512 555 01{}", 70 + self.sent),
        });
        lead["source"] = "telephone".into();
        lead["consent"] = json!({ "text": "You may call me.", "text_version": "1", "given_at": at });
        lead["verification"] = json!({ "method": "phone_call", "verified_at": at, "verified_by": "Call centre" });
        let made = self.admin.post("/leads", lead).await?;
        let trace = self
            .admin
            .get(&format!("/leads/{}/trace", text(&made["lead"], "id")?))
            .await?;
        let candidates = trace["attempts"][0]["candidates"].as_array().context("candidates")?;
        // One for each of its orders.
        let own = candidates
            .iter()
            .filter(|one| one["supplier_id"] == self.supplier.as_str());
        let reasons: Vec<&Value> = own.map(|one| &one["reason"]).collect();
        if reasons.iter().any(|reason| reason.is_null()) {
            return Ok(None);
        }
        Ok(Some(json!(reasons).to_string()))
    }

    /// Gives back what is in the wallet.
    async fn empty(&self, finance: &Api) -> Result<()> {
        let left = self.wallet().await?["balance"].clone();
        let path = format!("/payments?supplier_id={}&status=succeeded", self.supplier);
        let paid = finance.first(&path, |one| one["purpose"] == "wallet_top_up").await?;
        let body = json!({ "payment_id": paid["id"], "amount": left, "reason": "Wants it back for now." });
        finance.post("/refunds", body).await?;
        ensure!(self.wallet().await?["funds"] == "empty", "{}", self.wallet().await?);
        Ok(())
    }
}

/// R9: an empty wallet is said where leads are missed; topped up by card, leads come again.
#[tokio::test(flavor = "multi_thread")]
async fn r9_a_wallet_is_topped_up_and_leads_come_again() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let finance = Api::sign_in(&server.url, people::FINANCE).await?;
    let mut market = Prepaying::of(&server).await?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/wallet").await?;
    browser.sign_in_by_typing(people::GULF_COAST).await?;
    browser.settled().await?;
    browser.see(".list tbody tr, .list .card").await?;
    browser.picture("wallet-phone").await?;
    market.empty(&finance).await?;
    let why = market.refused_for().await?;
    ensure!(why.as_ref().is_some_and(|why| why.contains("no_funds")), "{why:?}");

    browser.go("/").await?;
    browser
        .reads(".notice.bad", "No leads come: the wallet is empty.")
        .await?;
    browser.picture("wallet-empty-home").await?;
    browser.click(".notice.bad a").await?;
    browser.reads("h1", "Wallet").await?;
    browser.reads(".notice.bad", "the wallet is empty").await?;
    browser.click(".verdicts .primary").await?;
    browser.reads("dialog[open]", "Pay with").await?;
    browser.fill("#pay-amount", "12").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser
        .reads("dialog[open] .wrong .field-error", "$50.00 or more")
        .await?;
    browser.fill("#pay-amount", "750").await?;
    browser.picture("wallet-top-up").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser
        .reads("dialog[open] .dialog-actions .primary", "Pay $750.00")
        .await?;
    browser.picture("wallet-confirm").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".stats", "$750.00").await?;
    browser.holds("!document.querySelector('.notice.bad')").await?;
    browser.picture("wallet-topped-up").await?;
    ensure!(market.wallet().await?["balance"]["amount"] == 75_000);

    let mut why = market.refused_for().await?;
    // A server that has just been told may need a moment to look at its market again.
    for _ in 0..5 {
        if why.is_none() {
            break;
        }
        why = market.refused_for().await?;
    }
    ensure!(why.is_none(), "no lead came: {why:?}");
    browser.go("/wallet").await?;
    browser.reads(".list", "Dana Reyes").await?;
    browser.finish(&[]).await
}

/// R11: staff record what was sent, change the terms with a reason, and see both; who is invoiced has no wallet.
#[tokio::test(flavor = "multi_thread")]
async fn r11_staff_look_after_a_wallet() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let market = Prepaying::of(&server).await?;
    let page = format!("/console/suppliers/{}?tab=wallet", market.supplier);
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&page).await?;
    browser.sign_in_as(people::FINANCE).await?;
    browser.see(".list tbody tr").await?;
    browser.picture("wallet-console").await?;
    let named = |label: &str| {
        format!(
            "[...document.querySelectorAll('main button')].find((one) => one.innerText.trim() === '{label}' && !one.closest('dialog'))"
        )
    };
    let press = async |label: &str| -> Result<()> {
        browser.holds(&named(label)).await?;
        browser.ask(&format!("{}.click()", named(label))).await.map(drop)
    };
    press("Record a payment").await?;
    browser.fill("#payment-amount", "320").await?;
    browser.fill("#payment-reference", "WIRE 20261122-7").await?;
    browser.picture("wallet-record").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".toast", "Recorded").await?;
    browser.reads(".list", "by bank transfer").await?;
    press("Change the terms").await?;
    browser.fill("#wallet-terms-notice_below", "90").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .wrong .field-error", "Say why").await?;
    browser
        .fill("#wallet-terms-reason", "Wants to hear of it later.")
        .await?;
    browser.picture("wallet-terms").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast:last-of-type", "Changed").await?;
    browser.reads(".facts", "$90.00").await?;
    let invoiced = Api::sign_in(&server.url, people::LONESTAR).await?;
    let invoiced = text(&invoiced.get("/me").await?["supplier"], "id")?;
    browser.go(&format!("/console/suppliers/{invoiced}?tab=wallet")).await?;
    browser.reads(".empty", "No wallet").await?;
    browser.picture("wallet-none").await?;
    // What is not there is not asked for.
    browser.finish(&[]).await
}

/// Who is invoiced finds no wallet in the menu.
#[tokio::test(flavor = "multi_thread")]
async fn r9_only_who_pays_in_advance_has_the_page() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.settled().await?;
    browser
        .holds("!document.querySelector('.side a[href=\"/wallet\"]')")
        .await?;
    browser.go("/wallet").await?;
    browser.reads("main", "There is nothing here").await?;
    browser.finish(&["status of 404"]).await
}

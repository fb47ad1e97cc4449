//! What a supplier paid: the list, a receipt, what was given back, and the same when there is nothing or it fails.

use anyhow::{Result, ensure};
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

async fn theme(browser: &Browser, theme: &str) -> Result<()> {
    let script = format!("localStorage.setItem('tradepost.theme', '{theme}')");
    browser.ask(&script).await?;
    Ok(())
}

/// R91, R115: payments are found from the invoices, and each says by what, when and for which invoice it was paid,
/// and what of it was given back; on a phone and on a desktop, light and dark.
#[tokio::test(flavor = "multi_thread")]
async fn r91_what_was_paid_has_a_receipt() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let finance = Api::sign_in(&server.url, people::FINANCE).await?;
    let paid = owner
        .first("/payments?status=succeeded&limit=100", |one| {
            one["channel"] == "gateway" && one["invoice_id"].is_string()
        })
        .await?;
    let (id, number) = (text(&paid, "id")?, text(&paid, "invoice_number")?);
    let some = json!({ "amount": 1_000, "currency": paid["amount"]["currency"] });
    let body = json!({ "payment_id": id, "amount": some, "reason": "Charged twice for one lead." });
    finance.post("/refunds", body).await?;
    finance.post("/sandbox/jobs/run", json!({})).await?;
    for (screen, size) in [(Screen::Phone, "phone"), (Screen::Desktop, "desktop")] {
        let browser = Browser::open(&server.url, screen).await?;
        browser.go("/invoices").await?;
        browser.sign_in_as(people::LONESTAR).await?;
        for shade in ["light", "dark"] {
            theme(&browser, shade).await?;
            browser.go("/invoices").await?;
            browser.settled().await?;
            browser.click(".page-actions .button[href='/payments']").await?;
            browser.reads("h1", "Payments").await?;
            browser.reads(".list", &format!("Invoice {number}")).await?;
            browser.settled().await?;
            browser.picture(&format!("payments-{size}-{shade}")).await?;
            browser.go(&format!("/payments/{id}")).await?;
            browser.reads("h1", "Receipt").await?;
            browser.reads(".sheet", &format!("Invoice {number}")).await?;
            browser.reads(".totals", "Given back").await?;
            browser.reads(".rows", "Charged twice for one lead.").await?;
            browser.picture(&format!("receipt-{size}-{shade}")).await?;
        }
        browser.click(".sheet-dates a").await?;
        browser.reads("h1", &format!("Invoice {number}")).await?;
        browser.finish(&[]).await?;
    }
    Ok(())
}

/// Who has paid nothing is told so, another supplier's payment is a missing page, and a payment that failed says why.
#[tokio::test(flavor = "multi_thread")]
async fn r91_payments_that_are_not_there() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let other = Api::sign_in(&server.url, people::LONESTAR).await?;
    let foreign = text(&other.first("/payments?limit=1", |_| true).await?, "id")?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/payments").await?;
    browser.sign_in_by_typing(people::LAKESHORE).await?;
    browser.reads("main", "No payments yet").await?;
    browser.picture("payments-none").await?;
    browser.go(&format!("/payments/{foreign}")).await?;
    browser.reads("main", "not").await?;
    browser.picture("payment-missing").await?;
    browser.finish(&["404"]).await?;

    let owner = Api::sign_in(&server.url, people::SUNRISE).await?;
    let failed = owner
        .first("/payments?status=failed,scheduled_retry,exhausted&limit=1", |_| true)
        .await?;
    ensure!(failed["failure"].is_string(), "{failed}");
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/payments/{}", text(&failed, "id")?)).await?;
    browser.sign_in_by_typing(people::SUNRISE).await?;
    browser.reads("h1", "Payment").await?;
    browser.see(".notice").await?;
    browser.picture("payment-failed").await?;
    browser.finish(&[]).await
}

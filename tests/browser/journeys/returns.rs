//! A supplier returns a lead.

use anyhow::Result;
use tradepost_browser_tests::{Browser, Screen, Server, can_browse};

/// R24, R26: on a phone, from the sign-in page to a request that waits for its decision.
#[tokio::test(flavor = "multi_thread")]
async fn r24_a_supplier_signs_in_opens_a_lead_and_returns_it() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    // A deep link leads through the sign-in page and back (R2).
    browser.go("/leads?returnable=true").await?;
    browser.see(".demo-person").await?;
    browser.picture("sign-in-phone").await?;
    browser.sign_in_as("owner@lonestartelecom.example").await?;

    browser.see(".card .card-link").await?;
    browser.picture("leads-phone").await?;
    browser.click(".card .card-link").await?;
    browser.see(".reach").await?;
    browser.picture("lead-phone").await?;

    browser.click(".return-left + .button").await?;
    browser.see(".radio").await?;
    browser.picture("return-form-phone").await?;
    // Nothing chosen: the field says so and nothing is sent.
    browser.click(".form-actions .primary").await?;
    browser.reads(".radios .field-error", "Choose the reason").await?;
    browser.click(".radio").await?;
    browser
        .see("textarea#return-note")
        .await?
        .send_keys("Called three times; the line is dead.")
        .await?;
    browser.click(".form-actions .primary").await?;

    browser.reads(".toast", "Sent for review").await?;
    browser.reads(".lead-side .panel", "You asked for a return").await?;
    browser.picture("lead-returned-phone").await?;
    browser.finish(&[]).await
}

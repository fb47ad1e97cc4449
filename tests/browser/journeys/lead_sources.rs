//! A source is made in the console, tried with a sample, mended, and what is posted to it is seen as a lead; a key is
//! rotated, and what it asked for is seen.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

const SAMPLE: &str = r#"{"id": 8801, "contact": {"full_name": "Grace Mbeki", "email": "grace@mbeki.example", "phone": "(512) 555-0188"}, "zip": "78701"}"#;

/// Made, its key shown once; a sample is refused by the usual mapping, becomes a lead by the suggested one, and what is
/// then posted is in the log and in the console.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_made_tried_and_posted_to() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/lead-sources").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.reads(".list .table", "Partner site").await?;
    browser.picture("lead-sources").await?;
    browser.click(".page-actions .primary").await?;
    browser.fill("#lead-source-name", "Roofing form").await?;
    browser.click(".drawer .form-actions .primary").await?;
    browser.reads("dialog[open] .wrong .field-error", "Choose").await?;
    let choose = "const field = document.getElementById('lead-source-product_id'); \
                  const shared = [...field.options].find((one) => /Shared real-time/.test(one.text)); \
                  field.value = shared.value; field.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.ask(choose).await?;
    browser.picture("lead-source-new").await?;
    browser.click(".drawer .form-actions .primary").await?;
    let key = browser.see("dialog[open] .secret code").await?.text().await?;
    ensure!(key.len() == 32, "{key}");
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("h1", "Roofing form").await?;
    let address = browser.see(".panel .secret code").await?.text().await?;
    ensure!(address.contains("/api/v1/lead-intake/"), "{address}");

    browser.fill("#trial-body", SAMPLE).await?;
    browser.click(".panel form .primary").await?;
    browser.reads(".tried", "Refused").await?;
    browser
        .click(".panel form .form-actions .button:nth-of-type(2)")
        .await?;
    browser.click(".panel form .primary").await?;
    browser.reads(".tried", "Grace Mbeki").await?;
    browser.reads(".tried .badge", "Accepted").await?;
    browser.picture("lead-source-tried").await?;
    browser.click(".panel .form-actions .primary").await?;
    browser.reads(".toast", "The mapping is saved").await?;

    let (_, path) = address.split_once("/api/v1").context("below the API")?;
    let posted = reqwest::Client::new()
        .post(format!("{}/api/v1{path}", server.url))
        .header("x-lead-source-key", &key)
        .json(&json!(serde_json::from_str::<serde_json::Value>(SAMPLE)?))
        .send()
        .await?;
    ensure!(posted.status().is_success(), "{}", posted.text().await?);
    let page = browser.path().await?;
    browser.go(&page).await?;
    browser.reads(".rows-flat", "8801").await?;
    browser.picture("lead-source").await?;
    browser.click(".rows-flat a").await?;
    browser.reads("main", "Grace Mbeki").await?;
    browser.finish(&[]).await
}

/// The log of the partner whose form was changed: what was sent is read again after the mapping was mended.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_looked_at() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/console/lead-sources").await?;
    browser.sign_in_as(people::ADMIN).await?;
    let open = "[...document.querySelectorAll('.list a')].find((one) => /Partner site/.test(one.innerText)).click()";
    browser.reads(".list", "Partner site").await?;
    browser.ask(open).await?;
    browser.reads(".rows-flat", "Refused").await?;
    browser.click(".rows-flat li:first-child button").await?;
    browser.reads("dialog[open]", "Omar Haddad").await?;
    browser.picture("lead-source-refused").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast", "refused again").await?;
    browser.finish(&[]).await
}

/// A key is rotated: the new one is shown once, and what it asked for is seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_rotated_and_its_requests_are_seen() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/api-keys").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.click(".list a[href^='/console/api-keys/key_']").await?;
    browser.reads("h1", "Landing pages").await?;
    browser.reads(".rows-flat", "create_lead").await?;
    browser.click(".page-actions .primary").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .secret code", "tp_test_").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".facts", "old secret opens until").await?;
    browser.picture("api-key").await?;
    browser.finish(&[]).await
}

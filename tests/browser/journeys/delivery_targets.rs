//! An owner has leads delivered to a CRM: added on a phone, tried, mended, and what was sent is seen; staff see it, too.

use std::sync::atomic::Ordering;

use anyhow::{Result, ensure};
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

use super::webhooks::Receiver;

/// A web form with the CRM's own names: refused while the address is wrong, tried with a made-up lead, paused; the ADF by
/// mail of the demo has its log; the webhooks of the account stand below.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_connects_a_crm_and_tries_it() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let crm = Receiver::start()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/integrations").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.reads(".targets", "Dealer desk").await?;
    browser.picture("integrations").await?;
    browser.click(".targets li:last-child button").await?;
    browser.reads("dialog[open]", "ADF by e-mail").await?;
    browser.reads("dialog[open] .rows-flat .badge", "Delivered").await?;
    browser.picture("integration-adf").await?;

    browser.go("/integrations").await?;
    browser.click(".panel .form-actions .primary").await?;
    browser.click("dialog[open] input[value='json_post']").await?;
    browser.fill("#target-name", "Our program").await?;
    browser.fill("#target-address", "https://169.254.169.254/").await?;
    browser.click("dialog[open] .target-fields + .button").await?;
    browser
        .fill("dialog[open] .target-field input", "contact.email")
        .await?;
    browser.choose("dialog[open] .target-field select", "email").await?;
    browser.picture("integration-new").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("#target-address-error", "not public").await?;
    browser.fill("#target-address", &crm.url).await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser
        .reads("dialog[open] .drawer-content", "Send a test lead")
        .await?;
    crm.status.store(503, Ordering::SeqCst);
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .tried-answer", "Answered 503").await?;
    crm.status.store(200, Ordering::SeqCst);
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .tried-answer", "Answered 200").await?;
    browser.reads("dialog[open] pre", "test.lead@example.com").await?;
    browser.picture("integration-tried").await?;
    ensure!(crm.taken.load(Ordering::SeqCst) == 1, "it arrived once");
    browser.finish(&["status of 422"]).await
}

//! Leaving with the whole account: what it would mean, why, and the question that names the end and the money.

use anyhow::{Result, ensure};
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R20, R72, R89, R94: an owner sees what cancelling would mean, says why, confirms it with the last day and the money,
/// and reads that the account is cancelled; staff see who asked for what and take it back, and the report has the reason.
#[tokio::test(flavor = "multi_thread")]
async fn r89_an_account_is_cancelled_with_a_preview() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::PENNINE).await?;
    let me = owner.get("/me").await?;
    let supplier = text(&me["supplier"], "id")?;
    let preview = owner
        .get(&format!("/suppliers/{supplier}/cancellation-preview"))
        .await?;
    let last_day = preview["last_day"].as_str().unwrap_or_default().to_owned();
    ensure!(!last_day.is_empty(), "a notice is worked: {preview}");
    let year = last_day[..4].to_owned();

    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/business").await?;
    browser.sign_in_as(people::PENNINE).await?;
    browser.click("a[href='/cancel']").await?;
    browser.reads("h1", "Cancel account").await?;
    browser.reads("main", "What cancelling means").await?;
    browser.reads("main", &year).await?;
    browser.reads("main", "The notice of the account is worked").await?;
    browser.picture("cancel-phone").await?;
    browser.click("main form .danger").await?;
    browser
        .reads("dialog[open]", "Leads come until that day is over")
        .await?;
    browser.click("dialog[open] .danger").await?;
    browser.reads(".notice", "This account is cancelled").await?;
    browser.reads("main .rows-flat .badge", "Scheduled").await?;
    let listed = owner.get("/cancellations?status=scheduled&limit=1").await?;
    ensure!(listed["data"][0]["last_day"] == json!(last_day), "{listed}");
    browser.finish(&[]).await?;

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser
        .go(&format!("/console/suppliers/{supplier}?tab=cancelling"))
        .await?;
    browser.sign_in_as(people::MANAGER).await?;
    browser.reads("main", "This account is cancelled").await?;
    browser.picture("cancelling-console").await?;
    browser.click("main .panel-actions button").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("main .rows-flat .badge", "Withdrawn").await?;
    browser.go("/console/reports").await?;
    browser.reads("main", "Who leaves, and why").await?;
    browser.reads("main", "The business is closing").await?;
    browser.finish(&[]).await
}

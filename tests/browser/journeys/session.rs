//! What happens when a session ends while somebody works.

use anyhow::{Context, Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// A session that was ended elsewhere leads to the sign-in page, and from there back to where one was.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_leads_to_the_sign_in_page_and_back() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/invoices").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.see(".card").await?;
    // A load takes the session up from its cookie; nothing of it is where scripts can read.
    browser.go("/returns").await?;
    browser.see(".card").await?;
    let stored = browser
        .ask("return JSON.stringify(localStorage) + document.cookie")
        .await?;
    ensure!(
        !stored.as_str().unwrap_or_default().contains("ey"),
        "a token lies about: {stored}"
    );

    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let own = text(&owner.get("/me").await?, "session_id")?;
    let sessions = owner.get("/sessions?limit=100").await?;
    for session in sessions["data"].as_array().context("sessions")? {
        if session["id"] != own.as_str() {
            owner.delete(&format!("/sessions/{}", text(session, "id")?)).await?;
        }
    }
    browser.click(".thumb a[href='/leads']").await?;
    browser.see(".demo-person").await?;
    ensure!(
        browser.path().await? == "/sign-in?to=%2Fleads",
        "{}",
        browser.path().await?
    );
    browser.sign_in_as(people::LONESTAR).await?;
    browser.see(".card").await?;
    ensure!(browser.path().await? == "/leads", "{}", browser.path().await?);
    browser.finish(&["status of 401"]).await
}

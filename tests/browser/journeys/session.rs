//! What happens when a session ends while somebody works.

use anyhow::{Result, ensure};
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
    owner.end_other_sessions().await?;
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

/// The session ends while somebody writes: after signing in again the form is open, with what was written.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_there_after_signing_in_again() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let lead = owner.returnable_lead().await?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/leads/{lead}/return")).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.click(".drawer .radio").await?;
    browser
        .see("textarea#return-note")
        .await?
        .send_keys("The line is dead.")
        .await?;
    owner.end_other_sessions().await?;
    browser.click(".form-actions .primary").await?;
    browser.see(".demo-person").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser
        .holds("document.querySelector('textarea#return-note')?.value === 'The line is dead.'")
        .await?;
    browser
        .holds("document.querySelector('.drawer .radio input:checked')")
        .await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".toast", "Sent for review").await?;
    browser.finish(&["status of 401"]).await
}

/// The server breaks down while somebody writes: a notice says so, what was written stays, and trying again
/// once the server is back sends it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_costs_nothing_that_was_typed() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let mut server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let lead = owner.returnable_lead().await?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/leads/{lead}")).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser
        .see("textarea#work-note")
        .await?
        .send_keys("Call on Monday.")
        .await?;
    server.stop();
    browser.click("form .form-actions .button").await?;
    browser.reads(".connection", "What you typed is still here").await?;
    browser.picture("server-down-phone").await?;
    browser
        .holds("document.querySelector('textarea#work-note').value === 'Call on Monday.'")
        .await?;
    server.start_again()?;
    browser.click(".connection .button").await?;
    browser.holds("!document.querySelector('.connection')").await?;
    browser.click("form .form-actions .button").await?;
    browser.reads(".toast", "Saved").await?;
    browser.finish(&["ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE"]).await
}

/// Who chose the dark finds it again, from the first frame on.
#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_remembered() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/sign-in").await?;
    browser.click("[aria-label='Dark theme']").await?;
    browser
        .holds("document.documentElement.dataset.theme === 'dark'")
        .await?;
    browser.go("/").await?;
    browser
        .holds("document.documentElement.dataset.theme === 'dark'")
        .await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser
        .holds("document.querySelector('[aria-label=\"Dark theme\"][aria-pressed=true]')")
        .await?;
    browser.finish(&[]).await
}

//! Calls: a caller works the queue in one window, and the customer watches in another (R98); leads are handed in (R99).

use anyhow::{Context, Result, ensure};
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R98, R100: the customer's call report is open; a caller takes the next person at the console, reads the script and
/// records how the call ended; the report shows it without being loaded anew.
#[tokio::test(flavor = "multi_thread")]
async fn r98_the_call_report_follows_the_caller_in_another_window() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let customer = Browser::open(&server.url, Screen::Phone).await?;
    customer.go("/call-report").await?;
    customer.sign_in_as(people::FRONT_RANGE).await?;
    customer.reads(".live.on", "Live").await?;
    customer.see(".list .card").await?;
    customer.picture("call-report").await?;
    customer.ask("window.watched = true").await?;

    let caller = Browser::open(&server.url, Screen::Desktop).await?;
    caller.go("/console/call-queue").await?;
    caller.sign_in_as(people::CALLER).await?;
    caller.see(".take .primary").await?;
    caller.picture("call-queue").await?;
    // The next people until one of this customer's comes.
    let owner = Api::sign_in(&server.url, people::FRONT_RANGE).await?;
    let own = owner.get("/me").await?["supplier"]["name"]
        .as_str()
        .context("a name")?
        .to_owned();
    let mut tries = 0;
    loop {
        caller.click("#take-next").await?;
        caller.see(".dial .endings button").await?;
        let whose = caller
            .ask("return document.querySelector('.dial-head strong').textContent")
            .await?;
        if whose.as_str() == Some(own.as_str()) {
            break;
        }
        tries += 1;
        ensure!(tries < 60, "nobody of {own} is to be called");
        caller.fill(".dial textarea", "Rang out.").await?;
        caller.click(".endings button:nth-child(4)").await?;
        caller.see("#take-next").await?;
    }
    caller.reads(".script", "Opening").await?;
    caller.picture("call-desk").await?;
    let note = "Will list in spring, meeting on Thursday at ten.";
    caller.fill(".dial textarea", note).await?;
    caller.click(".endings .good").await?;
    caller.see("#take-next").await?;

    customer.reads(".list", note).await?;
    ensure!(
        customer.ask("return window.watched === true").await? == true,
        "the report was loaded anew"
    );
    customer.picture("call-report-live").await?;
    caller.finish(&[]).await?;
    customer.finish(&[]).await
}

/// R99, R100: a customer with a plan hands in a lead by the form, without any purchase on the way, and finds it in the
/// report; the script is there to read.
#[tokio::test(flavor = "multi_thread")]
async fn r99_a_lead_is_handed_in_and_waits_to_be_called() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/call-report/hand-in").await?;
    browser.sign_in_as(people::FRONT_RANGE).await?;
    browser.see("#lead-person-name").await?;
    browser
        .holds("!document.querySelector('a[href=\"/plan\"].notice, .notice a[href=\"/plan\"]')")
        .await?;
    browser.picture("hand-in").await?;
    browser
        .click("#main .columns .panel:first-child .form-actions .primary")
        .await?;
    browser.reads(".field.wrong", "Who is to be called?").await?;
    browser.fill("#lead-person-name", "Ottoline Grey").await?;
    browser.fill("#lead-person-phone", "(303) 861-0199").await?;
    browser
        .click("#main .columns .panel:first-child .form-actions .primary")
        .await?;
    browser.reads(".toast", "we call them").await?;
    browser.go("/call-report?sort=newest").await?;
    browser.reads(".list", "Ottoline Grey").await?;
    browser.picture("call-report-desktop").await?;
    browser.go("/call-report/script").await?;
    browser.reads(".script", "Handing over").await?;
    browser.picture("call-script").await?;
    browser.finish(&[]).await
}

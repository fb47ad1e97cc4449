//! Plans: one is chosen, its first payment fails and is made again, and it is cancelled, now or with its period, with
//! what the policy says about it.

use anyhow::{Result, ensure};
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

use crate::paying::at_the_provider;

/// R85, R88, R95, R93: a customer without a plan stores a card and chooses one; the first payment is refused, the
/// second goes through, and the plan that began is cancelled at once.
#[tokio::test(flavor = "multi_thread")]
async fn r85_a_plan_is_chosen_paid_again_and_cancelled() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/plan").await?;
    browser.sign_in_by_typing(people::LAKESHORE).await?;
    browser.reads(".section-head", "Plans to choose from").await?;
    browser.reads(".columns", "100 leads").await?;
    browser.picture("plan-offers").await?;
    browser.click(".page-actions .button[href='/payment-methods']").await?;
    browser.click(".panel-actions .button").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    at_the_provider(&browser, "recovers").await?;
    browser.reads(".notice.good", "is stored").await?;

    browser.go("/plan").await?;
    browser
        .click(".columns .panel:first-child .panel-actions .button")
        .await?;
    browser
        .reads("dialog[open]", "Buy 50 leads for $450.00 a month?")
        .await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".notice.warn", "there was not enough money").await?;
    browser.picture("plan-unpaid").await?;
    browser.click(".spaced-below .primary").await?;
    browser.reads(".panel", "Active").await?;
    browser.holds("!document.querySelector('.notice.warn')").await?;
    browser.reads(".columns", "Leads used").await?;
    browser.picture("plan-begun").await?;

    let owner = Api::sign_in(&server.url, people::LAKESHORE).await?;
    let paid = owner.get("/payments?limit=10").await?;
    ensure!(paid["data"][0]["status"] == "succeeded", "{paid}");
    browser.go("/payments").await?;
    browser.reads(".list", "Invoice ").await?;
    browser.picture("plan-payments").await?;

    browser.go("/plan").await?;
    browser.click(".panel-actions > button:nth-of-type(2)").await?;
    browser
        .reads("dialog[open]", "nothing that was paid in advance comes back")
        .await?;
    browser.picture("plan-cancel").await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads(".panel", "Ended").await?;
    browser.reads(".section-head", "Plans to choose from").await?;
    browser.finish(&[]).await
}

/// R94: whoever wants the leads of the period worked cancels with its end.
#[tokio::test(flavor = "multi_thread")]
async fn r94_a_plan_is_cancelled_with_its_period() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/plan").await?;
    browser.sign_in_as(people::FRONT_RANGE).await?;
    browser.reads(".panel", "Renews").await?;
    browser.reads(".columns", "Leads used").await?;
    browser.picture("plan-desktop").await?;
    browser.click(".panel-actions .button:first-child").await?;
    browser.reads("dialog[open]", "is not renewed").await?;
    browser
        .fill("dialog[open] textarea", "We hire callers of our own.")
        .await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads(".panel", "Ends").await?;
    browser
        .holds("!document.querySelector('.panel-actions .button:nth-child(2)')")
        .await?;
    browser.picture("plan-leaves").await?;
    let owner = Api::sign_in(&server.url, people::FRONT_RANGE).await?;
    let plan = owner.get("/plan-subscriptions?limit=1").await?;
    ensure!(plan["data"][0]["status"] == "cancel_scheduled", "{plan}");
    browser.finish(&[]).await
}

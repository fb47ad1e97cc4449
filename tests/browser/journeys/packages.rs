//! Packages: one that is offered is paid and runs, one with leads to come is not cancelled, and staff offer another.

use anyhow::{Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// Presses the button that says this, outside of dialogs.
async fn press(browser: &Browser, label: &str) -> Result<()> {
    let named = format!(
        "[...document.querySelectorAll('main button')].find((one) => one.innerText.trim() === '{label}' && !one.closest('dialog'))"
    );
    browser.holds(&named).await?;
    browser.ask(&format!("{named}.click()")).await.map(drop)
}

/// R117, R120: an offer is paid with the stored card and runs; with leads to come it is not cancelled, and the page
/// says how many.
#[tokio::test(flavor = "multi_thread")]
async fn r117_r120_an_offer_is_paid_and_not_cancelled_before_its_end() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/packages").await?;
    browser.sign_in_by_typing(people::CAPITAL_CITY).await?;
    browser.reads(".panel .notice", "It begins when it is paid.").await?;
    browser.reads(".panel", "0 of 25").await?;
    browser.settled().await?;
    browser.see(".list tbody tr, .list .card").await?;
    browser.picture("package-offered-phone").await?;
    press(&browser, "Pay now").await?;
    browser.reads("dialog[open]", "Pay $137.50 for this package?").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".toast", "Paid: the package has begun").await?;
    browser.holds("!document.querySelector('.panel .notice')").await?;
    press(&browser, "Cancel package").await?;
    browser.reads("dialog[open]", "25 are still to come").await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser
        .reads(
            "dialog[open]",
            "25 leads are still to come. The package can be cancelled",
        )
        .await?;
    browser.picture("package-not-cancelled-phone").await?;
    let owner = Api::sign_in(&server.url, people::CAPITAL_CITY).await?;
    let package = owner.first("/packages?limit=1", |_| true).await?;
    ensure!(package["status"] == "running", "{package}");
    browser.finish(&["status of 409"]).await
}

/// R105, R118: staff offer a business its next package.
#[tokio::test(flavor = "multi_thread")]
async fn r118_staff_offer_the_next_package() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::OAK_STREET).await?;
    let supplier = text(&owner.get("/me").await?["supplier"], "id")?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser
        .go(&format!("/console/suppliers/{supplier}?tab=packages"))
        .await?;
    browser.sign_in_as(people::MANAGER).await?;
    browser.see(".list tbody tr").await?;
    browser.picture("packages-console").await?;
    press(&browser, "Offer a package").await?;
    let choose = |kind: &str| format!("document.querySelector('dialog[open] input[value={kind}]').click()");
    browser.see("#package-leads").await?;
    browser.ask(&choose("introductory")).await?;
    browser.fill("#package-leads", "30").await?;
    browser.fill("#package-price", "52.50").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    // It had its introduction long ago.
    browser
        .reads("dialog[open]", "The business has had its introductory package.")
        .await?;
    browser.picture("package-offer").await?;
    browser.ask(&choose("running")).await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast", "Offered").await?;
    browser.reads(".list", "0 of 30").await?;
    let offered = owner
        .first("/packages?status=pending_payment&limit=1", |_| true)
        .await?;
    ensure!(offered["advance"]["amount"] == 30 * 525, "{offered}");
    browser.finish(&["status of 409"]).await
}

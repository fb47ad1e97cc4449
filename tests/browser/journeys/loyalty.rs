//! A customer of the store and what is placed again: paused, held, activated, cancelled.

use anyhow::Result;
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// A button within a panel, by what it says.
async fn press(browser: &Browser, label: &str) -> Result<()> {
    let mark = format!(
        "document.querySelectorAll('[data-pressed]').forEach((one) => one.removeAttribute('data-pressed'));
         const button = [...document.querySelectorAll('main button')].find((one) => one.innerText.startsWith('{label}'));
         if (button) button.dataset.pressed = ''; return Boolean(button)"
    );
    for _ in 0..100 {
        if browser.ask(&mark).await? == true {
            return browser.click("[data-pressed]").await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser.see("[data-pressed]").await.map(drop)
}

/// R52, R59, R63, R64: an order is paused and told what that does to the extra leads; then the subscription is held,
/// activated and cancelled from its own page.
#[tokio::test(flavor = "multi_thread")]
async fn r64_a_loyalty_order_is_paused_held_activated_and_cancelled() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::HORIZON).await?;
    let paid = owner.first("/checkouts?status=completed&limit=1", |_| true).await?;
    let wish = json!({
        "business_id": paid["business_id"], "product_id": paid["product_id"], "quantity": 50,
        "loyalty": { "interval": "monthly" },
    });
    let checkout = text(&owner.post("/checkouts", wish).await?, "id")?;
    let placed = owner.post(&format!("/checkouts/{checkout}/pay"), json!({})).await?;
    let order = text(&placed, "order_id")?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/orders").await?;
    browser.sign_in_as(people::HORIZON).await?;

    browser.go(&format!("/orders/{order}")).await?;
    press(&browser, "Pause").await?;
    browser.reads("dialog[open]", "extra leads").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".page-actions .badge", "Paused").await?;
    browser.reads(".rows-flat", "leads again on").await?;
    press(&browser, "Resume").await?;
    browser.reads(".page-actions .badge", "Open").await?;

    browser.go("/loyalty").await?;
    browser.reads("h1", "Loyalty Rewards").await?;
    browser.picture("loyalty-phone").await?;
    press(&browser, "Hold order").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("main .badge", "On hold").await?;
    press(&browser, "Activate").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("main .badge", "Active").await?;
    press(&browser, "Cancel order").await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads("main .badge", "Cancelled").await?;
    browser.finish(&[]).await
}

//! Setting up who buys.

use anyhow::{Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

async fn fill(browser: &Browser, id: &str, text: &str) -> Result<()> {
    let field = browser.see(&format!("dialog[open] [id='{id}']")).await?;
    field.clear().await?;
    field.send_keys(text).await?;
    Ok(())
}

async fn choose(browser: &Browser, id: &str, label: &str) -> Result<()> {
    browser.see(&format!("dialog[open] [id='{id}']")).await?;
    let chosen = browser
        .ask(&format!(
            "const select = document.querySelector('dialog[open] [id=\"{id}\"]');
             const option = [...select.options].find((one) => one.text.startsWith('{label}'));
             if (!option) return false;
             select.value = option.value; select.dispatchEvent(new Event('change', {{ bubbles: true }})); return true;"
        ))
        .await?;
    ensure!(chosen == true, "{id} offers no {label}");
    Ok(())
}

const SAVE: &str = "dialog[open] .form-actions .primary";

/// A supplier from nothing: the account, a business in an association, a person, an agreement with rules of
/// its own, and a key that sees only what is theirs.
#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_is_set_up_in_the_console() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/suppliers").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.click(".verdicts .primary").await?;
    choose(&browser, "new-supplier-programme_id", "Meridian").await?;
    fill(&browser, "new-supplier-name", "Harbour Lights").await?;
    browser.click(SAVE).await?;
    // What the API refuses stands at its field, as a sentence.
    browser.reads("dialog[open] .wrong .field-error", ".").await?;
    fill(&browser, "new-supplier-address", "5 Quay Street, Austin, TX 78701").await?;
    browser.click(SAVE).await?;
    browser.reads("h1", "Harbour Lights").await?;

    browser.click("[role=tab]:nth-of-type(2)").await?;
    browser.click(".tab-bar-actions .button").await?;
    fill(&browser, "business-name", "Harbour Lights Austin").await?;
    fill(&browser, "business-association", "Harbour Group").await?;
    fill(&browser, "business-licence-number", "TX-118842").await?;
    fill(&browser, "business-licence-authority", "Texas Department of Licensing").await?;
    browser.click(SAVE).await?;
    browser.reads(".list .table", "Harbour Group").await?;
    browser.click(".list .table td .button").await?;
    browser.reads("dialog[open] h2", "Edit Harbour Lights Austin").await?;
    fill(&browser, "business-trade", "Lighting").await?;
    browser.picture("business-form").await?;
    browser.click(SAVE).await?;
    browser.reads(".list .table", "Lighting").await?;

    browser.click("[role=tab]:nth-of-type(4)").await?;
    browser.click(".tab-bar-actions .button").await?;
    fill(&browser, "member-name", "Mo Harbour").await?;
    fill(&browser, "member-email", "mo@harbour.example").await?;
    browser.picture("member-form").await?;
    browser.click(SAVE).await?;
    browser.reads(".list .table", "mo@harbour.example").await?;

    browser.click("#tab-agreements").await?;
    browser.click(".tab-bar-actions .button").await?;
    fill(&browser, "agreement-title", "Supplier agreement").await?;
    fill(
        &browser,
        "agreement-policy_override",
        "{\"returns\": {\"sla_hours\": 24}",
    )
    .await?;
    fill(&browser, "agreement-document", "We answer returns within a day.").await?;
    browser.click(SAVE).await?;
    browser.reads("dialog[open] .wrong .field-error", "no JSON").await?;
    fill(
        &browser,
        "agreement-policy_override",
        "{\"returns\": {\"sla_hours\": 24}}",
    )
    .await?;
    browser.picture("agreement-form").await?;
    browser.click(SAVE).await?;
    browser.reads(".list .table", "In force").await?;
    browser.click(".list .table td .button").await?;
    browser.reads("dialog[open] .document", "within a day").await?;

    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let made = admin
        .first("/suppliers?limit=5&q=Harbour", |one| one["name"] == "Harbour Lights")
        .await?;
    let rules = admin.get(&format!("/suppliers/{}/policy", text(&made, "id")?)).await?;
    ensure!(
        rules["policy"]["returns"]["sla_hours"] == 24,
        "{}",
        rules["policy"]["returns"]
    );

    browser.go("/console/api-keys").await?;
    browser.click(".verdicts .primary").await?;
    fill(&browser, "api-key-name", "Their system").await?;
    browser
        .ask("[...document.querySelectorAll('dialog[open] .check')].find((one) => /Deliveries: read/i.test(one.innerText)).click()")
        .await?;
    browser
        .see("dialog[open] [id='api-key-supplier_id']")
        .await?
        .send_keys("Harbour")
        .await?;
    browser.reads("dialog[open] .options .option", "Harbour Lights").await?;
    browser
        .see("dialog[open] [id='api-key-supplier_id']")
        .await?
        .send_keys(thirtyfour::Key::Enter)
        .await?;
    browser.click(SAVE).await?;
    browser.see("dialog[open] .secret code").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".list .table", "Harbour Lights").await?;
    browser.finish(&["status of 422"]).await
}

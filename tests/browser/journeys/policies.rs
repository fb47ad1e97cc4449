//! Changing the rules of a programme.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R29: staff draft a shorter return window, compare it and publish it; a lead that was delivered before
/// keeps its deadline, and the next one gets the new one.
#[tokio::test(flavor = "multi_thread")]
async fn r29_a_policy_is_published_without_moving_an_open_window() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let before = owner.first("/deliveries?returnable=true&limit=1", |_| true).await?;
    let (programme, lead) = (text(&before, "programme_id")?, text(&before, "id")?);

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&format!("/console/programmes/{programme}")).await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.click(".verdicts .primary").await?;
    browser
        .see("input#draft-note")
        .await?
        .send_keys("Shorter window for returns.")
        .await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("h1", "Draft for").await?;

    // Rule by rule: the section, the field, and what the API thinks of nonsense stands at the field.
    let section = "policy-policy-returns-window-amount";
    browser.holds(&format!("document.getElementById('{section}')")).await?;
    browser
        .ask(&format!(
            "document.getElementById('{section}').closest('details').open = true"
        ))
        .await?;
    let amount = browser.see(&format!("input#{section}")).await?;
    amount.clear().await?;
    amount.send_keys("0").await?;
    browser.click("form .form-actions.sticky .primary").await?;
    browser
        .holds(&format!(
            "document.getElementById('{section}').getAttribute('aria-invalid') === 'true'"
        ))
        .await?;
    browser.picture("policy-refused").await?;
    let amount = browser.see(&format!("input#{section}")).await?;
    amount.clear().await?;
    amount.send_keys("5").await?;
    browser.click("form .form-actions.sticky .primary").await?;
    browser.reads(".diff", "returns › window › amount").await?;
    browser.reads(".diff del", "10").await?;
    browser.reads(".diff ins", "5").await?;
    browser.picture("policy-compared").await?;

    browser.click(".verdicts .primary").await?;
    browser.reads("dialog[open]", "no open return window moves").await?;
    browser.click("dialog[open] .danger").await?;
    browser.reads(".toast", "Published").await?;
    browser.reads("h2.section-head", "version 2").await?;
    browser.picture("policy-published").await?;

    let after = owner.get(&format!("/deliveries/{lead}")).await?;
    ensure!(
        after["return_deadline_at"] == before["return_deadline_at"] && after["returnable"] == true,
        "the window moved: {before} {after}"
    );
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let rules = admin.get(&format!("/programmes/{programme}/policy")).await?;
    ensure!(
        rules["policy"]["returns"]["window"]["amount"] == 5,
        "{}",
        rules["policy"]["returns"]
    );
    let kept: Value = admin
        .first(
            &format!("/audit-entries?limit=20&object={}", text(&rules, "policy_version_id")?),
            |row| row["action"].as_str().is_some_and(|action| action.contains("publish")),
        )
        .await
        .context("the publication is in the audit trail")?;
    ensure!(kept["actor_name"] == "Alex Kessler", "{kept}");
    browser.finish(&["status of 422"]).await
}

//! A programme's mails say it in its own words, and an owner changes what the programme leaves to them.

use anyhow::{Result, ensure};
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

/// R126: an administrator words a mail anew, is told what is wrong with it, looks at it, and puts the original back.
#[tokio::test(flavor = "multi_thread")]
async fn r126_a_mail_is_worded_anew() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/programmes").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.click(".list a[href^='/console/programmes/']").await?;
    browser.click(".page-actions a[href$='/mails']").await?;
    browser.click("a[href$='/mails/suspension_lifted']").await?;
    browser.reads(".mail-text", "Leads come again").await?;
    browser.reads(".wording", "facts.lifted_at").await?;

    browser
        .fill(
            "#mail-template-source",
            "subject: Hello {{ account }}\n# Welcome back\nYou are missed.",
        )
        .await?;
    browser.click(".wording .form-actions .primary").await?;
    browser.reads("#mail-template-source-error", "no button").await?;
    let own = "subject: Hello {{ account }}\n# Welcome back\nYou were missed.\n=> Your portal :: {{ url(\"/\") }}";
    browser.fill("#mail-template-source", own).await?;
    browser.click(".wording .form-actions .primary").await?;
    browser.reads(".mail-text", "You were missed.").await?;
    browser.reads(".wording-subject", "Hello Okafor & Daughters").await?;
    browser.picture("mail-wording").await?;
    browser.go("/console/programmes").await?;
    browser.click(".list a[href^='/console/programmes/']").await?;
    browser.click(".page-actions a[href$='/mails']").await?;
    browser
        .reads("a[href$='/mails/suspension_lifted']", "Own words")
        .await?;
    browser.click("a[href$='/mails/suspension_lifted']").await?;
    browser.click(".wording .form-actions .quiet").await?;
    browser.click("dialog[open] .danger, dialog[open] .primary").await?;
    browser.reads(".mail-text", "Leads come again").await?;
    browser.finish(&["422"]).await
}

/// R65, R69, R106: where the programme leaves it to the owner, the company, the places and the order are changed in the
/// portal.
#[tokio::test(flavor = "multi_thread")]
async fn r106_an_owner_changes_what_is_theirs() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/business").await?;
    browser.sign_in_by_typing("owner@reliablegaragedoors.example").await?;
    browser.click(".panel-actions .button").await?;
    browser
        .fill(
            "dialog[open] #supplier-address",
            "1200 Sunset Boulevard, Los Angeles 90026",
        )
        .await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".facts", "1200 Sunset Boulevard").await?;

    browser.click("#tab-areas").await?;
    browser.click(".tab-bar-actions .button").await?;
    browser.choose("dialog[open] #coverage-kind", "us_state").await?;
    browser.fill("dialog[open] #coverage-values", "NV").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".list", "NV").await?;
    browser.picture("own-areas").await?;

    browser.go("/orders").await?;
    browser.click("a[href^='/orders/ord_']").await?;
    browser.click("main .spaced-below .button").await?;
    browser.fill("dialog[open] #own-order-cap_day", "9").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".facts", "9 a day").await?;
    let path = browser.path().await?;
    ensure!(path.starts_with("/orders/ord_"), "{path}");
    browser.finish(&[]).await
}

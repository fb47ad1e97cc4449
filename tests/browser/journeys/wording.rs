//! A programme's mails say it in its own words, and an owner changes what the programme leaves to them.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

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

/// R126: the made-up facts that a template is tried with name nothing that messages of the kind do not record, and every
/// kind of mail that a market of ten weeks has written can be written.
#[tokio::test(flavor = "multi_thread")]
async fn r126_templates_are_tried_with_what_messages_record() -> Result<()> {
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let programme = text(&admin.first("/programmes?limit=1", |_| true).await?, "id")?;
    let templates = admin.get(&format!("/programmes/{programme}/mail-templates")).await?;
    let mut seen = 0;
    for template in templates["data"].as_array().context("templates")? {
        let kind = text(template, "kind")?;
        let messages = admin.get(&format!("/notifications?kind={kind}&limit=5")).await?;
        let messages = messages["data"].as_array().context("messages")?.clone();
        if messages.is_empty() {
            continue;
        }
        seen += 1;
        let whole = admin
            .get(&format!("/programmes/{programme}/mail-templates/{kind}"))
            .await?;
        let sample = whole["names"]["facts"].as_object().context("facts")?;
        let recorded = |name: &str| messages.iter().any(|message| message["facts"].get(name).is_some());
        let made_up: Vec<&String> = sample.keys().filter(|name| !recorded(name)).collect();
        ensure!(
            made_up.is_empty(),
            "{kind} never records {made_up:?}: {}",
            messages[0]["facts"]
        );
        for mail in admin.get(&format!("/mails?kind={kind}&limit=3")).await?["data"]
            .as_array()
            .context("mails")?
        {
            let shown: Value = admin.get(&format!("/mails/{}", text(mail, "id")?)).await?;
            ensure!(!text(&shown, "subject")?.is_empty(), "{kind}: {shown}");
        }
    }
    ensure!(seen > 20, "the demo has written only {seen} kinds of message");
    Ok(())
}

//! Who gets where: links through the sign-in page, and doors that stay shut.

use anyhow::{Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R2: the link in the mail leads to the sign-in page, from there to the same lead's form, and says that
/// it came by mail.
#[tokio::test(flavor = "multi_thread")]
async fn r2_the_link_of_the_mail_leads_through_the_sign_in_to_the_form() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let lead = owner.returnable_lead().await?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/leads/{lead}/return?channel=email_link")).await?;
    browser.see(".demo-person").await?;
    ensure!(browser.path().await?.starts_with("/sign-in?to="), "no way back");
    browser.sign_in_as(people::LONESTAR).await?;
    browser.see(".drawer .radio").await?;
    ensure!(browser.path().await? == format!("/leads/{lead}/return?channel=email_link"));
    browser.click(".drawer .radio").await?;
    browser
        .see("textarea#return-note")
        .await?
        .send_keys("Dead line.")
        .await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".toast", "Sent for review").await?;
    let request = owner.first("/return-requests?limit=1", |_| true).await?;
    ensure!(
        request["channel"] == "email_link" && request["delivery_id"] == lead.as_str(),
        "{request}"
    );
    browser.finish(&[]).await
}

/// Another account's lead does not exist, and the console is not shown for an instant.
#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_reaches_neither_a_foreign_lead_nor_the_console() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let other = Api::sign_in(&server.url, people::PENNINE).await?;
    let foreign = text(&other.first("/deliveries?limit=1", |_| true).await?, "id")?;
    let invoice = text(&other.first("/invoices?limit=1", |_| true).await?, "id")?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&format!("/leads/{foreign}")).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.reads(".empty", "There is nothing here").await?;
    browser.go(&format!("/invoices/{invoice}")).await?;
    browser.reads(".empty", "There is nothing here").await?;
    for path in ["/console", "/console/returns", "/console/suppliers"] {
        browser.go(path).await?;
        browser.reads("h1", "This is not yours to see").await?;
        ensure!(
            browser
                .ask("return document.querySelectorAll('.console').length")
                .await?
                == 0,
            "{path} flashes"
        );
    }
    browser.picture("console-refused").await?;
    browser.finish(&["status of 404"]).await
}

//! Getting in by a link of a mail: an invitation, and a forgotten password (R3, R35, R87).

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

const PASSWORD: &str = "a fine day for leads";

/// The address within the latest mail of this kind to somebody.
async fn link(server: &Server, admin: &Api, kind: &str, to: &str) -> Result<String> {
    for _ in 0..100 {
        let page = admin.get(&format!("/mails?kind={kind}&recipient={to}&limit=1")).await?;
        if let Some(mail) = page["data"].get(0) {
            let mail = admin.get(&format!("/mails/{}", text(mail, "id")?)).await?;
            let body = text(&mail, "text")?;
            let line = body.lines().find(|line| line.contains('#') && !line.contains(' '));
            let line = line.with_context(|| format!("no link in {body}"))?;
            return Ok(line.strip_prefix(&server.url).unwrap_or(line).to_owned());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("no mail of {kind} to {to}")
}

/// R3, R87: invited by staff, the link of the mail leads to a page that asks for a password, and from there to the leads;
/// a second time it does not work.
#[tokio::test(flavor = "multi_thread")]
async fn r87_an_invitation_leads_to_the_first_lead() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let (admin, owner) = (
        Api::sign_in(&server.url, people::ADMIN).await?,
        Api::sign_in(&server.url, people::LONESTAR).await?,
    );
    let manager = Api::sign_in(&server.url, people::MANAGER).await?;
    let supplier = text(&owner.get("/me").await?["supplier"], "id")?;
    let address = "new.colleague@lonestartelecom.example";
    let member = json!({ "email": address, "name": "Nell Ortiz", "role": "member" });
    manager.post(&format!("/suppliers/{supplier}/members"), member).await?;
    let link = link(&server, &admin, "member_invited", address).await?;

    let console = Browser::open(&server.url, Screen::Desktop).await?;
    console.go("/console/mails?kind=member_invited").await?;
    console.sign_in_as(people::ADMIN).await?;
    console.reads(".list", address).await?;
    console.picture("mails").await?;
    console.click(".list tbody a").await?;
    console.see(".mail-text a").await?;
    console.picture("mail").await?;

    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&link).await?;
    browser.reads("h1", "Welcome, Nell Ortiz").await?;
    ensure!(
        !browser.path().await?.contains('#'),
        "the token stays in the address bar"
    );
    browser.picture("invitation-phone").await?;
    browser.fill("input[type=password]", PASSWORD).await?;
    browser.click("form .primary").await?;
    browser.see(".stats").await?;
    browser.go("/leads").await?;
    browser.click(".card .card-link").await?;
    browser.see("a[href^=\"tel:\"]").await?;

    let again = Browser::open(&server.url, Screen::Phone).await?;
    again.go(&link).await?;
    again.reads("h1", "This link was used already").await?;
    again.picture("invitation-used-phone").await?;
    again.finish(&[]).await?;
    console.finish(&[]).await?;
    browser.finish(&[]).await
}

/// R35: the same answer for everybody; the link of the mail sets another password, with which one signs in. R68: the page
/// to sign in has an address that can be kept, and whom to turn to stands on every page behind it.
#[tokio::test(flavor = "multi_thread")]
async fn r35_a_forgotten_password_is_chosen_anew() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/sign-in").await?;
    browser.click("a[href$=forgot-password]").await?;
    browser.reads("h1", "Forgot your password?").await?;
    browser.fill("input[type=email]", "nobody@nowhere.example").await?;
    browser.click("form .primary").await?;
    browser.reads(".notice", "Look into your mail").await?;
    browser.go("/forgot-password").await?;
    browser.fill("input[type=email]", people::PENNINE).await?;
    browser.picture("forgot-phone").await?;
    browser.click("form .primary").await?;
    browser.reads(".notice", "Look into your mail").await?;
    let link = link(&server, &admin, "password_reset", people::PENNINE).await?;
    browser.go(&link).await?;
    browser.reads("h1", "Choose a new password").await?;
    browser.fill("input[type=password]", PASSWORD).await?;
    browser.click("form .primary").await?;
    browser.reads("h1", "Your password is set").await?;
    browser.click("a.button.primary").await?;
    browser.fill("input[type=email]", people::PENNINE).await?;
    browser.fill("input[type=password]", PASSWORD).await?;
    browser.click("form .primary").await?;
    browser.see(".stats").await?;
    for path in [
        "/leads",
        "/returns",
        "/orders",
        "/invoices",
        "/business",
        "/help",
        "/support",
    ] {
        browser.go(path).await?;
        browser
            .reads(".contact-below .contact-card", "Your account manager")
            .await?;
    }
    browser.finish(&[]).await
}

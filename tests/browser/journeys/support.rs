//! A supplier asks, staff answer, and both read it (R34, R83).

use anyhow::Result;
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

/// R83: a question from the card of the account manager reaches the console; R34: with the number to call back, and the
/// answer is read in the portal.
#[tokio::test(flavor = "multi_thread")]
async fn r83_a_question_is_asked_and_answered() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let portal = Browser::open(&server.url, Screen::Phone).await?;
    portal.go("/help").await?;
    portal.sign_in_as(people::PENNINE).await?;
    portal.reads("h1", "Help").await?;
    portal.click("a.guide-link[href$=support]").await?;
    portal.reads("main", "A conservatory is no window").await?;
    portal.picture("support-list-phone").await?;
    portal.click(".page-actions .primary").await?;
    portal.choose("select[id$=topic]", "account").await?;
    portal.fill("input[id$=subject]", "A second office").await?;
    portal
        .fill("textarea[id$=text]", "We open in Leeds.\nWhat do we have to tell you?")
        .await?;
    portal.fill("input[id$=call_back_phone]", "0113 496 0123").await?;
    portal.picture("support-ask-phone").await?;
    portal.click("form .form-actions .primary").await?;
    portal.reads(".thread", "We open in Leeds.").await?;
    portal.reads(".page-actions .badge", "We will answer").await?;

    let console = Browser::open(&server.url, Screen::Desktop).await?;
    console.go("/console/support?status=open").await?;
    console.sign_in_as(people::MANAGER).await?;
    console.reads(".list", "A second office").await?;
    console.picture("support-queue").await?;
    console.click(".list tbody a").await?;
    console.reads(".facts", "+44 1134 960123").await?;
    console.reads(".thread", "We open in Leeds.").await?;
    console
        .fill("textarea[id$=text]", "Only the address. I have added it.")
        .await?;
    console.choose("select[id$=internal]", "phone").await?;
    console.picture("support-answer").await?;
    console.click(".thread-form .primary").await?;
    console.reads(".page-actions .badge", "Answered").await?;
    console.reads(".thread .own", "On the phone").await?;

    portal.go("/support").await?;
    portal.reads("main", "A second office").await?;
    portal.click("main .card-link").await?;
    portal.reads(".thread", "Only the address. I have added it.").await?;
    portal.picture("support-thread-phone").await?;
    portal.finish(&[]).await?;
    console.finish(&[]).await
}

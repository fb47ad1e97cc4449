//! A supplier returns a lead.

use anyhow::Result;
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R24, R26: on a phone, from the sign-in page to a request that waits for its decision.
#[tokio::test(flavor = "multi_thread")]
async fn r24_a_supplier_signs_in_opens_a_lead_and_returns_it() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    // A deep link leads through the sign-in page and back (R2).
    browser.go("/leads?returnable=true").await?;
    browser.see(".demo-person").await?;
    browser.picture("sign-in-phone").await?;
    browser.sign_in_as(people::LONESTAR).await?;

    browser.see(".card .card-link").await?;
    browser.picture("leads-phone").await?;
    browser.click(".card .card-link").await?;
    browser.see(".reach").await?;
    browser.picture("lead-phone").await?;

    browser.click(".return-left + .button").await?;
    browser.see(".radio").await?;
    browser.picture("return-form-phone").await?;
    // Nothing chosen: the field says so and nothing is sent.
    browser.click(".form-actions .primary").await?;
    browser.reads(".radios .field-error", "Choose the reason").await?;
    browser.click(".radio").await?;
    browser
        .see("textarea#return-note")
        .await?
        .send_keys("Called three times; the line is dead.")
        .await?;
    browser.click(".form-actions .primary").await?;

    browser.reads(".toast", "Sent for review").await?;
    browser.reads(".lead-side .panel", "You asked for a return").await?;
    browser.picture("lead-returned-phone").await?;
    browser.finish(&[]).await
}

/// R42, R73: the form was opened in time and sent too late; it says why and keeps what was typed. A lead
/// whose window is over does not offer the form at all.
#[tokio::test(flavor = "multi_thread")]
async fn r42_a_late_return_is_refused_with_the_reason() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let owner = Api::sign_in(&server.url, people::PENNINE).await?;
    let over = "/deliveries?returnable=false&limit=100";
    let closed = owner
        .first(over, |lead| lead["not_returnable_reason"] == "window_closed")
        .await?;
    let open = owner.first("/deliveries?returnable=true&limit=1", |_| true).await?;

    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/leads/{}/return", text(&closed, "id")?)).await?;
    browser.sign_in_as(people::PENNINE).await?;
    browser
        .reads(".drawer .notice", "72 hour rejection period of this lead is over")
        .await?;
    browser.picture("late-phone").await?;

    browser.go(&format!("/leads/{}/return", text(&open, "id")?)).await?;
    browser.click(".drawer .radio").await?;
    browser
        .see("textarea#return-note")
        .await?
        .send_keys("Nobody there.")
        .await?;
    admin
        .post(
            "/sandbox/clock/advance",
            json!({ "seconds": 4 * 86_400, "run_jobs": false }),
        )
        .await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".drawer .notice.bad", "72 hour").await?;
    browser
        .holds("document.querySelector('textarea#return-note').value === 'Nobody there.'")
        .await?;
    browser.picture("too-late-phone").await?;
    // The refusal is an answer of the API, which Chromium logs.
    browser.finish(&["status of 4"]).await
}

/// R28–R30: staff deny, the supplier reads why, appeals, and sees the second verdict.
#[tokio::test(flavor = "multi_thread")]
async fn a_supplier_follows_a_denial_and_appeals() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let reviewer = Api::sign_in(&server.url, "reviewer@tradepost.example").await?;
    let lead = owner.first("/deliveries?returnable=true&limit=1", |_| true).await?;
    let body = json!({ "delivery_id": lead["id"], "reason": "wrong_person", "note": "It is a bakery." });
    let request = text(&owner.post("/return-requests", body).await?, "id")?;
    reviewer
        .post(
            &format!("/return-requests/{request}/ask"),
            json!({ "text": "When did you call?" }),
        )
        .await?;

    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/returns/{request}")).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.reads(".notice.warn", "has a question").await?;
    browser.click(".form-actions .primary").await?;
    browser
        .reads(".field-error", "Write what the reviewer asks for")
        .await?;
    browser
        .see("textarea#answer-text")
        .await?
        .send_keys("On Monday at ten.")
        .await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".page-actions .badge", "In review").await?;
    browser.reads(".steps", "On Monday at ten.").await?;

    let denial = json!({ "explanation": "It was answered when we called.", "clause": "2" });
    reviewer
        .post(&format!("/return-requests/{request}/deny"), denial)
        .await?;
    browser.go(&format!("/returns/{request}")).await?;
    browser.reads(".notice.bad", "appeal until").await?;
    browser.reads(".steps", "clause 2 of the guidelines").await?;
    browser.picture("denied-phone").await?;
    browser.click(".lead-main .panel .button").await?;
    browser
        .see("textarea#appeal-note")
        .await?
        .send_keys("That is my brother.")
        .await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".page-actions .badge", "Appealed").await?;
    browser.reads(".steps", "That is my brother.").await?;
    browser.picture("appealed-phone").await?;
    browser.finish(&[]).await
}

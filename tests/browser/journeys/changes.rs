//! A supplier asks for other areas, the account manager agrees, and they change when the notice is over.

use anyhow::{Result, ensure};
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R5, R69: asked for in the portal, approved in the console, and in force 72 hours after it was asked for.
#[tokio::test(flavor = "multi_thread")]
async fn r69_areas_are_asked_for_approved_and_change_after_their_notice() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::PENNINE).await?;
    let supplier = text(&owner.get("/me").await?["supplier"], "id")?;
    let places = async |at: &str| {
        let path = format!("/suppliers/{supplier}/coverage?in_force_at={at}&limit=100");
        let rows = owner.get(&path).await?;
        let values = rows["data"].as_array().cloned().unwrap_or_default();
        anyhow::Ok(values.iter().any(|row| row["value"] == "KW"))
    };
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/business").await?;
    browser.sign_in_as(people::PENNINE).await?;
    browser.reads("h1", "Pennine Windows").await?;
    browser.click(".who-changes a[href$='ask=coverage']").await?;
    browser.reads("h1", "Your requests").await?;
    browser.reads(".panel-head", "Areas").await?;
    browser.choose("select[id$=kind]", "uk_area").await?;
    browser.fill("textarea[id$=values]", "kw").await?;
    browser
        .fill("textarea[id$=reason]", "We fit in the far north now.")
        .await?;
    browser.picture("changes-ask-phone").await?;
    browser.click("form .form-actions .primary").await?;
    browser.reads("main .badge", "Waits for an answer").await?;
    browser.reads("main", "KW is added").await?;
    browser.picture("changes-phone").await?;

    let request = owner
        .first("/change-requests?kind=coverage&status=open&limit=1", |_| true)
        .await?;
    let (id, at) = (text(&request, "id")?, text(&request, "effective_at")?);
    let console = Browser::open(&server.url, Screen::Desktop).await?;
    console.go("/console/change-requests?status=open").await?;
    console.sign_in_as(people::MANAGER).await?;
    console.reads(".list", "Pennine Windows").await?;
    console.picture("changes-queue").await?;
    console.go(&format!("/console/change-requests/{id}")).await?;
    console.reads(".facts.diff", "KW is added").await?;
    console.click(".verdicts .primary").await?;
    console.reads("dialog[open]", "Takes effect").await?;
    console.picture("changes-approve").await?;
    console.click("dialog[open] .form-actions .primary").await?;
    console.reads(".page-actions .badge", "Agreed, to come").await?;
    ensure!(places(&at).await?, "the rows are there for that instant");
    ensure!(
        !places(&text(&request, "requested_at")?).await?,
        "the old areas serve until then"
    );

    let finance = Api::sign_in(&server.url, people::FINANCE).await?;
    let advance = async |hours: i64| {
        let body = json!({ "seconds": hours * 3_600, "run_jobs": true });
        finance.post("/sandbox/clock/advance", body).await
    };
    advance(71).await?;
    browser.go("/changes").await?;
    browser.reads("main .badge", "Agreed, to come").await?;
    advance(2).await?;
    browser.go("/changes").await?;
    browser.reads("main .badge", "In force").await?;
    browser.go("/business").await?;
    browser.reads(".areas", "KW").await?;
    console.finish(&[]).await?;
    browser.finish(&[]).await
}

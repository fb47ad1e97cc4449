//! Pages from which everything else is reached: a supplier's home, and what staff see of their suppliers.

use anyhow::Result;
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

/// R108, R109: from the home page a local business reaches its account, its invoices with a way to pay, what it pays
/// with, its statement, and a lead, which it rejects with one click and takes back.
#[tokio::test(flavor = "multi_thread")]
async fn r108_everything_is_reached_from_the_home_page() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/").await?;
    browser.sign_in_as(people::RELIABLE).await?;
    for (path, heading) in [
        ("/business", "Reliable Garage Doors"),
        ("/payment-methods", "Ways to pay"),
        ("/statement", "Statement"),
        ("/invoices", "Invoices"),
    ] {
        browser.go("/").await?;
        browser.click(&format!(".account-links a[href='{path}']")).await?;
        browser.reads("h1", heading).await?;
    }
    // An invoice can be printed and, as long as it is open, paid.
    browser.click(".card .card-link").await?;
    browser.see(".lines").await?;
    browser.reads(".page-actions", "PDF").await?;
    browser.reads(".page-actions", "Print").await?;

    browser.go("/").await?;
    browser.click(".stats a[href*='returnable=true']").await?;
    browser.click(".card .card-link").await?;
    browser.click(".return-left + .button").await?;
    browser.click(".radio").await?;
    browser.click(".form-actions .primary").await?;
    browser.reads(".toast", "Rejected; it is not charged").await?;
    browser.reads(".lead", "Take the rejection back").await?;
    browser.finish(&[]).await
}

/// R108's other side: an account manager sees first which suppliers deserve a look, and goes to one of them.
#[tokio::test(flavor = "multi_thread")]
async fn the_book_leads_to_a_supplier() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console").await?;
    browser.sign_in_as(people::MANAGER).await?;
    browser.click("nav a[href='/console/my-suppliers']").await?;
    browser.reads("h1", "My suppliers").await?;
    browser.see(".rows .row-item .badge").await?;
    browser.click(".verdicts a[href$='whose=all']").await?;
    browser.reads("h1", "All suppliers today").await?;
    browser.click(".rows .row-item").await?;
    browser.see(".tabs").await?;
    browser.finish(&[]).await
}

//! Paying: a card is stored and exchanged, an invoice is paid, a failed payment is recovered, a PDF is kept.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, pdf_renderer, people};

/// Goes through the gateway's own page, on which the sandbox asks how the method behaves.
pub(crate) async fn at_the_provider(browser: &Browser, behaviour: &str) -> Result<()> {
    browser.reads("h1", "Sandbox gateway").await?;
    browser.click(&format!("option[value={behaviour}]")).await?;
    browser.click("button").await?;
    browser.settled().await
}

/// R15, R121: a supplier stores a card on the provider's page, exchanges it and removes the old one.
#[tokio::test(flavor = "multi_thread")]
async fn r15_a_supplier_updates_a_card() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/payment-methods").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.reads(".methods", "Visa ending in 4242").await?;
    browser.picture("methods").await?;
    browser.click(".panel-actions .button").await?;
    browser.see("dialog[open] .radio").await?;
    browser.picture("methods-add").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    at_the_provider(&browser, "ok").await?;
    browser.reads(".notice.good", "is stored").await?;
    ensure!(
        browser.path().await? == "/payment-methods",
        "the session is out of the address"
    );
    let stored = "document.querySelectorAll('.panel:first-of-type .methods .method-actions').length";
    browser.holds(&format!("{stored} === 2")).await?;
    // The one that was there is not charged any more; it is chosen again, and the new one removed.
    let second = ".methods .method-row:nth-child(2) .method-actions .button:first-child";
    browser.click(second).await?;
    browser.reads("dialog[open]", "from now on?").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".toast", "It is the default now").await?;
    browser
        .reads(".methods .method-row:nth-child(2)", "Charged by default")
        .await?;
    browser
        .click(".methods .method-row:nth-child(1) .method-actions .button:last-child")
        .await?;
    browser.click("dialog[open] .dialog-actions .danger").await?;
    browser.holds(&format!("{stored} === 1")).await?;
    browser.finish(&[]).await
}

/// R41: where the card of an order is not changed by the supplier, the page says whom to ask and what else to do.
#[tokio::test(flavor = "multi_thread")]
async fn r41_whom_to_ask_for_another_card() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/payment-methods").await?;
    browser.sign_in_as(people::PENNINE).await?;
    browser.reads(".who-changes", "to change the way you pay").await?;
    browser.holds("!document.querySelector('.method-actions')").await?;
    browser.picture("methods-ask").await?;
    browser.finish(&[]).await
}

/// R115, R8: an invoice is paid by hand from a bank account; the amount and the invoice are named before, the
/// money is on its way for two days, and then the invoice is paid.
#[tokio::test(flavor = "multi_thread")]
async fn r115_an_invoice_is_paid_by_hand() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let (admin, owner) = (
        Api::sign_in(&server.url, people::ADMIN).await?,
        Api::sign_in(&server.url, people::OAK_STREET).await?,
    );
    let invoice = owner.unpaid_invoice("open,overdue,partly_paid").await?;
    let (id, number) = (text(&invoice, "id")?, text(&invoice, "number")?);
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(&format!("/invoices/{id}")).await?;
    browser.sign_in_by_typing(people::OAK_STREET).await?;
    browser.click(".pay-now .button").await?;
    browser.reads("dialog[open]", "Pay with").await?;
    browser.picture("pay-with").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .dialog-actions .primary", "Pay $").await?;
    let asked = browser
        .ask("return [...document.querySelectorAll('dialog[open] h2')].at(-1).innerText")
        .await?;
    ensure!(asked.as_str().is_some_and(|asked| asked.contains(&number)), "{asked}");
    browser.picture("pay-confirm").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".paying .notice", "is on its way").await?;
    browser.holds("!document.querySelector('.pay-now')").await?;
    browser.picture("pay-pending").await?;
    admin
        .post("/sandbox/clock/advance", json!({ "seconds": 3 * 86_400 }))
        .await?;
    browser.go(&format!("/invoices/{id}")).await?;
    browser.reads(".page-actions .badge", "Paid").await?;
    browser.reads(".columns", "Bank account").await?;
    browser.finish(&[]).await
}

/// A payment that failed is on the first page; another card is stored on the way, and pays.
#[tokio::test(flavor = "multi_thread")]
async fn r115_a_failed_payment_is_recovered() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/").await?;
    browser.sign_in_by_typing(people::SUNRISE).await?;
    browser.reads(".notice.bad", "there was not enough money").await?;
    browser.picture("failed-home").await?;
    browser.click(".notice.bad a").await?;
    browser
        .reads(".paying .notice.bad", "there was not enough money")
        .await?;
    browser.picture("failed-invoice").await?;
    browser.click(".pay-now .button").await?;
    browser.click("dialog[open] .radio:last-of-type input").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser
        .reads("dialog[open] legend", "What would you like to add?")
        .await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    at_the_provider(&browser, "ok").await?;
    // Back on the invoice, with the new card chosen.
    browser.reads("dialog[open]", "Pay with").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.click("dialog[open] .dialog-actions .primary").await?;
    browser.reads(".page-actions .badge", "Paid").await?;
    browser.picture("failed-recovered").await?;
    browser.finish(&[]).await
}

/// R91: an invoice is kept as a PDF, which shows what the page shows.
#[tokio::test(flavor = "multi_thread")]
async fn r91_an_invoice_is_kept_as_a_pdf() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let invoice = owner.first("/invoices?limit=1", |_| true).await?;
    let (id, number) = (text(&invoice, "id")?, text(&invoice, "number")?);
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&format!("/invoices/{id}")).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.see(".lines td").await?;
    browser.click(".page-actions button.quiet:nth-of-type(1)").await?;
    browser.reads(".toast", &format!("Saved as {number}.pdf")).await?;
    let file = browser.downloaded(&format!("{number}.pdf")).await?;
    ensure!(std::fs::read(&file)?.starts_with(b"%PDF-"), "no PDF");
    if let Some(program) = pdf_renderer() {
        look_at(program, &file, &number)?;
    }
    browser.finish(&[]).await
}

/// Makes a picture of the first page, which has to have ink in all four quarters of its upper half.
fn look_at(program: &str, file: &Path, number: &str) -> Result<()> {
    let folder = std::env::var_os("TRADEPOST_SCREENSHOTS");
    let own = tempfile::tempdir()?;
    let folder = folder.map_or_else(|| own.path().to_owned(), std::path::PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let target = folder.join(format!("invoice-{number}"));
    let made = Command::new(program)
        .args(["-r", "70", "-gray", "-f", "1", "-l", "1"])
        .arg(file)
        .arg(&target)
        .status()?;
    ensure!(made.success(), "the page cannot be drawn");
    let drawn = std::fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let drawn = drawn.filter(|path| path.extension().is_some_and(|kind| kind == "pgm"));
    let page = std::fs::read(drawn.last().context("a picture")?)?;
    // `P5`, width and height, the whitest grey, then a byte a pixel.
    let mut head = page.split(|byte| byte.is_ascii_whitespace());
    let mut next = || {
        head.next()
            .and_then(|word| std::str::from_utf8(word).ok())
            .context("a head")
    };
    ensure!(next()? == "P5", "a grey picture");
    let (width, height): (usize, usize) = (next()?.parse()?, next()?.parse()?);
    let pixels = &page[page.len() - width * height..];
    let ink = |columns: std::ops::Range<usize>, rows: std::ops::Range<usize>| {
        let row = |y: usize| columns.clone().filter(move |x| pixels[y * width + x] < 128).count();
        rows.map(row).sum::<usize>()
    };
    let (middle, quarter, half) = (width / 2, height / 4, height / 2);
    for (columns, rows) in [
        (0..middle, 0..quarter),
        (middle..width, 0..quarter),
        (0..middle, quarter..half),
        (middle..width, quarter..half),
    ] {
        ensure!(
            ink(columns.clone(), rows.clone()) > 50,
            "no ink in {columns:?} × {rows:?}"
        );
    }
    Ok(())
}

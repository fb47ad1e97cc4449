//! Staff who do not touch the mouse.

use anyhow::{Result, ensure};
use thirtyfour::prelude::*;
use tradepost_browser_tests::server::PASSWORD;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse};

/// Presses keys wherever the focus is.
async fn press(browser: &Browser, keys: &str) -> Result<()> {
    for key in keys.chars() {
        browser.page.action_chain().send_keys(key).perform().await?;
    }
    Ok(())
}

/// Presses a key that writes nothing.
async fn tap(browser: &Browser, key: Key) -> Result<()> {
    browser.page.action_chain().send_keys(key).perform().await?;
    Ok(())
}

/// Counts what a mouse would do; a button that is pressed by a key makes a click without a pointer.
const WATCH: &str = "
    window.mouse = 0;
    for (const kind of ['mousedown', 'pointerdown', 'mousemove', 'touchstart'])
        window.addEventListener(kind, () => { window.mouse += 1; }, true);";

/// The queue, two returns decided, a jump by name: from the sign-in on without any mouse event.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_reviewed_by_keyboard_only() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let reviewer = Api::sign_in(&server.url, "reviewer@tradepost.example").await?;
    let waiting = "/return-requests?sort=due&status=in_review&limit=2";
    let queue = reviewer.get(waiting).await?;
    let first = queue["data"][0].clone();

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console").await?;
    browser.see("input[type=email]").await?;
    browser.ask(WATCH).await?;
    // The page begins with its heading; the fields come next.
    let email = browser.see("input[type=email]").await?;
    browser
        .ask("document.querySelector('input[type=email]').focus()")
        .await?;
    ensure!(email.is_displayed().await?);
    press(&browser, "reviewer@tradepost.example").await?;
    tap(&browser, Key::Tab).await?;
    press(&browser, PASSWORD).await?;
    tap(&browser, Key::Enter).await?;
    browser.reads("h1", "Queues").await?;
    // Signing in loads the console, which is another program.
    browser.ask(WATCH).await?;

    // Every key that the help sheet lists is one that works here.
    press(&browser, "?").await?;
    browser.reads("dialog[open]", "Go to Returns").await?;
    browser.picture("shortcuts").await?;
    tap(&browser, Key::Escape).await?;
    browser.holds("!document.querySelector('dialog[open]')").await?;

    press(&browser, "gr").await?;
    browser.reads("h1", "Returns").await?;
    browser.see(".table .row-link").await?;
    press(&browser, "j").await?;
    browser
        .holds("document.activeElement && document.activeElement.id === 'row-0'")
        .await?;
    tap(&browser, Key::Enter).await?;
    browser.see(".review").await?;
    ensure!(
        browser
            .path()
            .await?
            .ends_with(first["id"].as_str().unwrap_or_default()),
        "the first of the queue opens: {}",
        browser.path().await?
    );
    browser.see(".verdicts .primary").await?;
    press(&browser, "a").await?;
    browser
        .holds("document.activeElement && document.activeElement.id === 'verdict-explanation'")
        .await?;
    press(&browser, "The number is somebody else's.").await?;
    // Clause, findings, Cancel, and then the button that says the amount.
    for _ in 0..4 {
        tap(&browser, Key::Tab).await?;
    }
    browser
        .holds("document.activeElement && document.activeElement.matches('button.primary') && /Approve/.test(document.activeElement.innerText)")
        .await?;
    tap(&browser, Key::Enter).await?;
    browser.reads(".toast", "Approved").await?;
    // The next one that waits is on the page; it is denied.
    browser
        .holds(&format!(
            "!location.pathname.endsWith('{}') && document.querySelector('.review')",
            first["id"].as_str().unwrap_or_default()
        ))
        .await?;
    browser.see(".verdicts .primary").await?;
    press(&browser, "d").await?;
    browser
        .holds("document.activeElement && document.activeElement.id === 'verdict-explanation'")
        .await?;
    press(&browser, "It was answered when we called.").await?;
    for _ in 0..4 {
        tap(&browser, Key::Tab).await?;
    }
    tap(&browser, Key::Enter).await?;
    browser
        .holds("[...document.querySelectorAll('.toast')].some((one) => /Denied/.test(one.innerText))")
        .await?;

    // Anything by its name.
    browser
        .page
        .action_chain()
        .key_down(Key::Control)
        .send_keys('k')
        .key_up(Key::Control)
        .perform()
        .await?;
    browser.see(".palette-input").await?;
    press(&browser, "lone").await?;
    browser.reads(".palette-list", "Lone").await?;
    tap(&browser, Key::Enter).await?;
    browser.reads("h1", "Lone").await?;

    ensure!(browser.ask("return window.mouse").await? == 0, "a mouse was used");
    let decided = reviewer
        .get(&format!(
            "/return-requests/{}",
            first["id"].as_str().unwrap_or_default()
        ))
        .await?;
    ensure!(decided["status"] == "approved", "{decided}");
    browser.finish(&[]).await
}

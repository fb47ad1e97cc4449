//! Axe on every page, on both screens, light and dark: nothing may be found.

use anyhow::{Result, ensure};
use tradepost_browser_tests::{Api, Browser, Screen, Server, axe, can_browse, people, tour};

/// A page on the screen, and what axe says of it.
async fn look(browser: &Browser, path: &str, found: &mut Vec<String>) -> Result<()> {
    browser.go(path).await?;
    browser.settled().await?;
    let wide = browser
        .ask("return document.documentElement.scrollWidth > screen.width || window.innerWidth > screen.width")
        .await?;
    if wide == true {
        found.push(format!("{path} is wider than the screen"));
    }
    // A page that another program has would be sound, and not the one that was meant.
    let title = browser.ask("return document.title").await?;
    let is_missing = title.as_str().is_none_or(|title| title.starts_with("Not found"));
    if is_missing != path.ends_with("/no-such-page") {
        found.push(format!("{path} is another page than meant: {title}"));
    }
    look_here(browser, path, found).await
}

async fn look_here(browser: &Browser, name: &str, found: &mut Vec<String>) -> Result<()> {
    found.extend(
        axe::violations(browser)
            .await?
            .into_iter()
            .map(|one| format!("{name}: {one}")),
    );
    Ok(())
}

async fn dark(browser: &Browser) -> Result<()> {
    browser
        .ask("localStorage.setItem('tradepost.theme', 'dark')")
        .await
        .map(drop)
}

async fn portal(screen: Screen, is_dark: bool) -> Result<()> {
    if !can_browse() || !axe::is_there() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let paths = tour::portal(&owner).await?;
    let lead = owner.returnable_lead().await?;
    let browser = Browser::open(&server.url, screen).await?;
    let mut found = Vec::new();
    browser.go("/sign-in").await?;
    if is_dark {
        dark(&browser).await?;
    }
    browser.go("/sign-in").await?;
    browser.see(".demo-person").await?;
    look_here(&browser, "/sign-in", &mut found).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    for path in &paths {
        look(&browser, path, &mut found).await?;
    }
    browser.go(&format!("/leads/{lead}/return")).await?;
    browser.see(".drawer .radio").await?;
    look_here(&browser, "the return form", &mut found).await?;
    ensure!(found.is_empty(), "axe finds {found:#?}");
    browser.finish(&[]).await
}

/// Opening an account, ordering and paying.
async fn shop(screen: Screen, is_dark: bool) -> Result<()> {
    if !can_browse() || !axe::is_there() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::HORIZON).await?;
    let paths = tour::shop(&owner).await?;
    let browser = Browser::open(&server.url, screen).await?;
    let mut found = Vec::new();
    browser.go(tour::SIGN_UP).await?;
    if is_dark {
        dark(&browser).await?;
        browser.go(tour::SIGN_UP).await?;
    }
    browser.see(".radio").await?;
    look_here(&browser, "signing up", &mut found).await?;
    browser
        .picture(if is_dark { "sign-up-phone" } else { "sign-up" })
        .await?;
    browser.go("/sign-in").await?;
    browser.sign_in_as(people::HORIZON).await?;
    for (n, path) in paths.iter().enumerate() {
        look(&browser, path, &mut found).await?;
        let on = if is_dark { "phone" } else { "desktop" };
        browser.picture(&format!("shop-{n}-{on}")).await?;
    }
    ensure!(found.is_empty(), "axe finds {found:#?}");
    browser.finish(&[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_is_accessible_on_a_desktop() -> Result<()> {
    shop(Screen::Desktop, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_is_accessible_on_a_phone_in_the_dark() -> Result<()> {
    shop(Screen::Phone, true).await
}

/// What is different for who pays in advance.
async fn prepaid(screen: Screen, is_dark: bool) -> Result<()> {
    if !can_browse() || !axe::is_there() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, screen).await?;
    let mut found = Vec::new();
    browser.go("/wallet").await?;
    if is_dark {
        dark(&browser).await?;
        browser.go("/wallet").await?;
    }
    browser.sign_in_by_typing(people::BEANLINE).await?;
    for (n, path) in tour::PREPAID.iter().enumerate() {
        look(&browser, path, &mut found).await?;
        let on = if is_dark { "phone" } else { "desktop" };
        browser.picture(&format!("prepaid-{n}-{on}")).await?;
    }
    browser.go("/wallet").await?;
    for (button, shown) in [(".verdicts .button", "top-up"), (".panel-actions .button", "recharge")] {
        browser.click(button).await?;
        browser.see("dialog[open] .radio").await?;
        look_here(&browser, shown, &mut found).await?;
        browser.picture(&format!("prepaid-{shown}")).await?;
        browser.click("dialog[open] .form-actions .button:first-child").await?;
    }
    ensure!(found.is_empty(), "axe finds {found:#?}");
    browser.finish(&[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_in_advance_is_accessible_on_a_desktop() -> Result<()> {
    prepaid(Screen::Desktop, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_in_advance_is_accessible_on_a_phone_in_the_dark() -> Result<()> {
    prepaid(Screen::Phone, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_is_accessible_on_a_desktop() -> Result<()> {
    portal(Screen::Desktop, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_is_accessible_on_a_phone_in_the_dark() -> Result<()> {
    portal(Screen::Phone, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_accessible() -> Result<()> {
    console(Screen::Desktop, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_accessible_on_a_phone_in_the_dark() -> Result<()> {
    console(Screen::Phone, true).await
}

async fn console(screen: Screen, is_dark: bool) -> Result<()> {
    if !can_browse() || !axe::is_there() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let paths = tour::console(&admin).await?;
    let browser = Browser::open(&server.url, screen).await?;
    let mut found = Vec::new();
    browser.go("/console").await?;
    if is_dark {
        dark(&browser).await?;
        browser.go("/console").await?;
    }
    browser.sign_in_as(people::ADMIN).await?;
    for path in &paths {
        look(&browser, path, &mut found).await?;
    }
    browser.go("/console/gallery").await?;
    browser.see(".gallery h1").await?;
    look_here(&browser, "/console/gallery", &mut found).await?;
    ensure!(found.is_empty(), "axe finds {found:#?}");
    browser.finish(&[]).await
}

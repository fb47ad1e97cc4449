//! Takes the pictures of the README: `cargo xtask pictures`. The main screens of both apps, on a phone and
//! on a desktop, light and dark, of the demo market; the same screens of the same people each time.
//!
//! The first argument is the folder; without one it is `web/pictures`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, people};

/// One picture: its name, what it is looked at on, whether it is dark, and the path.
struct Shot {
    name: &'static str,
    screen: Screen,
    dark: bool,
    path: String,
    /// What has to be there before it is taken.
    ready: &'static str,
}

fn shot(name: &'static str, screen: Screen, dark: bool, path: impl Into<String>, ready: &'static str) -> Shot {
    Shot {
        name,
        screen,
        dark,
        path: path.into(),
        ready,
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| root.join("web/pictures"), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let id = async |api: &Api, path: &str| text(&api.first(path, |_| true).await?, "id");
    let lead = id(&owner, "/deliveries?returnable=true&limit=1").await?;
    let denied = id(&owner, "/return-requests?status=denied&limit=1").await?;
    let invoice = id(&owner, "/invoices?limit=1").await?;
    let case = id(&admin, "/return-requests?status=in_review,appealed&sort=due&limit=1").await?;
    let (phone, desktop) = (Screen::Phone, Screen::Desktop);
    let portal = [
        shot("home-phone", phone, false, "/", ".rows .due"),
        shot("lead-phone", phone, false, format!("/leads/{lead}"), ".reach"),
        shot(
            "return-phone-dark",
            phone,
            true,
            format!("/leads/{lead}/return"),
            ".drawer .radio",
        ),
        shot(
            "decision-phone-dark",
            phone,
            true,
            format!("/returns/{denied}"),
            ".steps",
        ),
        shot("leads-desktop-dark", desktop, true, "/leads", ".table td"),
        shot(
            "invoice-desktop",
            desktop,
            false,
            format!("/invoices/{invoice}"),
            ".lines td",
        ),
    ];
    let console = [
        shot(
            "return-review",
            desktop,
            false,
            format!("/console/returns/{case}"),
            ".review .panel",
        ),
        shot("queues-desktop-dark", desktop, true, "/console", ".stat-value"),
        shot("reports-desktop", desktop, false, "/console/reports", ".chart rect"),
    ];
    take(&server, people::LONESTAR, &portal, &folder).await?;
    take(&server, people::ADMIN, &console, &folder).await
}

async fn take(server: &Server, who: &str, shots: &[Shot], folder: &Path) -> Result<()> {
    for screen in [Screen::Phone, Screen::Desktop] {
        let mut shots = shots.iter().filter(|shot| shot.screen == screen).peekable();
        let Some(first) = shots.peek() else { continue };
        let browser = Browser::open(&server.url, screen).await?;
        browser.go(&first.path).await?;
        browser.sign_in_as(who).await?;
        for shot in shots {
            let theme = if shot.dark { "dark" } else { "light" };
            browser
                .ask(&format!("localStorage.setItem('tradepost.theme', '{theme}')"))
                .await?;
            browser.go(&shot.path).await?;
            browser.settled().await?;
            browser.see(shot.ready).await.with_context(|| shot.name.to_owned())?;
            browser.holds("document.fonts.status === 'loaded'").await?;
            let file = folder.join(format!("{}.png", shot.name));
            browser.page.screenshot(&file).await?;
            let kilobytes = std::fs::metadata(&file)?.len().div_ceil(1024);
            println!("{:<24} {kilobytes:>4} KB", shot.name);
        }
        browser.finish(&[]).await?;
    }
    Ok(())
}

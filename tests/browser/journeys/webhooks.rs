//! A webhook is made in the console, tried, fails, and is sent again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use tradepost_browser_tests::{Browser, Screen, Server, can_browse, people};

/// Somebody who is sent webhooks.
pub(super) struct Receiver {
    pub(super) url: String,
    pub(super) status: Arc<AtomicU16>,
    pub(super) taken: Arc<AtomicUsize>,
}

impl Receiver {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/hooks", listener.local_addr()?);
        let (status, taken) = (Arc::new(AtomicU16::new(200)), Arc::new(AtomicUsize::new(0)));
        let (says, counts) = (Arc::clone(&status), Arc::clone(&taken));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Ok(read) = stream.try_clone() else { continue };
                let mut reader = BufReader::new(read);
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).is_ok_and(|read| read > 0) && !line.trim().is_empty() {
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap_or(0);
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let status = says.load(Ordering::SeqCst);
                counts.fetch_add(usize::from(status == 200), Ordering::SeqCst);
                let said = "Thank you.";
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}",
                    said.len()
                );
            }
        });
        Ok(Self { url, status, taken })
    }
}

/// Made, its secret shown once, tried; refused, seen in the log with the answer, and sent again by hand.
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_tried_and_sent_again() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let receiver = Receiver::start()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/webhooks").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.click(".page-actions .primary").await?;
    browser.fill("#webhook-name", "Our CRM").await?;
    browser.fill("#webhook-url", "https://169.254.169.254/").await?;
    browser.click(".drawer .form-actions .primary").await?;
    browser.reads("#webhook-url-error", "not public").await?;
    browser.fill("#webhook-url", &receiver.url).await?;
    browser.click(".drawer .form-actions .primary").await?;
    browser.reads(".secret code", "whsec_").await?;
    browser.picture("webhook-secret").await?;
    browser.click(".drawer .form-actions .primary").await?;
    browser.click(".list a[href^='/console/webhooks/whe_']").await?;
    browser.reads("h1", "Our CRM").await?;
    let page = browser.path().await?;
    let source = browser.ask("return document.documentElement.innerHTML").await?;
    ensure!(
        !source.as_str().context("a page")?.contains("whsec_"),
        "the secret is shown once"
    );

    browser.click(".page-actions .primary").await?;
    browser.reads(".rows-flat", "webhook.test").await?;
    browser.reads(".rows-flat .badge", "Delivered").await?;
    ensure!(receiver.taken.load(Ordering::SeqCst) == 1, "it arrived once");
    receiver.status.store(500, Ordering::SeqCst);
    browser.click(".page-actions .primary").await?;
    browser.reads(".rows-flat", "answered 500").await?;
    browser.click(".rows-flat li:first-child button").await?;
    browser.reads("dialog[open]", "Answered 500").await?;
    browser.reads("dialog[open]", "Thank you.").await?;
    browser.picture("webhook-delivery").await?;
    receiver.status.store(200, Ordering::SeqCst);
    browser.click("dialog[open] .form-actions .button").await?;
    browser
        .holds("!document.querySelector('.rows-flat')?.innerText.includes('answered 500')")
        .await?;
    ensure!(receiver.taken.load(Ordering::SeqCst) == 2, "it arrived after all");
    browser.go(&page).await?;
    browser.reads(".rows-flat .badge", "Delivered").await?;
    browser.picture("webhook").await?;
    browser.finish(&["status of 422"]).await
}

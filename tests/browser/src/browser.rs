//! One Chromium with its driver.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{RequestData, SessionId};

/// Where files are kept, below the profile.
const DOWNLOADS: &str = "downloads";

/// What the page is looked at on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 390 × 844.
    Phone,
    /// 1440 × 900.
    Desktop,
}

impl Screen {
    const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1440, 900),
        }
    }
}

/// A browser; closed by [`Browser::finish`], and its driver with this value in any case.
#[derive(Debug)]
pub struct Browser {
    driver_process: Child,
    profile: TempDir,
    /// The page.
    pub page: WebDriver,
    url: String,
}

impl Browser {
    /// Opens a browser for the server at `url`.
    pub async fn open(url: &str, screen: Screen) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver_process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("chromedriver")?;
        let profile = crate::server::scratch()?;
        let (width, height) = screen.size();
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let touch = screen == Screen::Phone;
        let metrics = json!({ "width": width, "height": height, "pixelRatio": 1, "touch": touch });
        let mut options = json!({ "args": arguments, "mobileEmulation": { "deviceMetrics": metrics } });
        let mut capabilities = DesiredCapabilities::chrome();
        let folder = profile.path().join(DOWNLOADS);
        options["prefs"] = json!({ "download": { "default_directory": folder, "prompt_for_download": false } });
        capabilities.set("goog:chromeOptions", options)?;
        capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let page = loop {
            match WebDriver::new(&address, capabilities.clone()).await {
                Ok(page) => break page,
                Err(error) if tries == 50 => bail!("the driver does not answer: {error}"),
                Err(_) => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        };
        Ok(Self {
            driver_process,
            profile,
            page,
            url: url.to_owned(),
        })
    }

    /// The file that the page offered to keep under this name; waits until it is whole.
    pub async fn downloaded(&self, name: &str) -> Result<PathBuf> {
        let file = self.profile.path().join(DOWNLOADS).join(name);
        for _ in 0..150 {
            if file.is_file() {
                return Ok(file);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("{name} was not kept; {}", self.scene().await)
    }

    /// Types into a field.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        let field = self.see(css).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Sets what is chosen rather than typed: an entry of a list, or a day of the calendar as `2026-11-22`.
    pub async fn choose(&self, css: &str, value: &str) -> Result<()> {
        self.see(css).await?;
        self.ask(&format!(
            "const field = document.querySelector('{css}'); field.value = '{value}';
             for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }}))"
        ))
        .await
        .map(drop)
    }

    /// Types who one is and the password, and sends them; whatever comes then is the journey's to look at.
    pub async fn type_password(&self, email: &str) -> Result<()> {
        self.fill("input[type=email]", email).await?;
        self.fill("input[type=password]", crate::server::PASSWORD).await?;
        self.click(".door-card form .button").await
    }

    /// Signs in by typing, as somebody whom the sandbox does not offer.
    pub async fn sign_in_by_typing(&self, email: &str) -> Result<()> {
        self.type_password(email).await?;
        self.holds("document.querySelector('.portal, .console')").await
    }

    /// Loads a path of the server.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.page.goto(format!("{}{path}", self.url)).await?;
        Ok(())
    }

    /// The element, when it is there and can be seen; waits for it.
    pub async fn see(&self, css: &str) -> Result<WebElement> {
        let query = self
            .page
            .query(By::Css(css))
            .wait(Duration::from_secs(15), Duration::from_millis(50));
        match query.and_displayed().first().await {
            Ok(element) => Ok(element),
            Err(_) => bail!("`{css}` is not on the page; {}", self.scene().await),
        }
    }

    /// What a failure has to tell: where one is, and what the page says.
    async fn scene(&self) -> String {
        let _ = self.picture("failed").await;
        let path = self.path().await.unwrap_or_default();
        let said = self.ask("return document.body.innerText.slice(0, 1500)").await;
        let said = said.unwrap_or_default();
        format!("at {path}: {}", said.as_str().unwrap_or_default())
    }

    /// Clicks what can be seen. What is made anew between the look and the click is looked for again.
    pub async fn click(&self, css: &str) -> Result<()> {
        for _ in 0..20 {
            let element = self.see(css).await?;
            if element.click().await.is_ok() {
                return Ok(());
            }
            // It may lie under the bar at the thumb.
            let _ = element.scroll_into_view().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("`{css}` cannot be clicked; {}", self.scene().await)
    }

    /// Waits until the element says something that contains `text`.
    pub async fn reads(&self, css: &str, text: &str) -> Result<()> {
        for _ in 0..150 {
            let said = match self.page.find(By::Css(css)).await {
                Ok(element) => element.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if said.contains(text) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("`{css}` never says `{text}`; {}", self.scene().await)
    }

    /// The path and query of the address bar.
    pub async fn path(&self) -> Result<String> {
        let url = self.page.current_url().await?;
        Ok(url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// What a script answers.
    pub async fn ask(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.page.execute(script, Vec::new()).await?.json().clone())
    }

    /// Waits until a script answers true.
    pub async fn holds(&self, script: &str) -> Result<()> {
        for _ in 0..150 {
            if self.ask(&format!("return Boolean({script})")).await? == true {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("`{script}` never holds; {}", self.scene().await)
    }

    /// Waits until a page for signed-in people is there and nothing of it loads any more.
    pub async fn settled(&self) -> Result<()> {
        self.holds("document.querySelector('.portal h1, .console h1') && !document.querySelector('.skeleton, .boot')")
            .await
    }

    /// Signs in as one of the people whom the sandbox offers, and waits until that is done: a page that is
    /// left before has forgotten it.
    pub async fn sign_in_as(&self, email: &str) -> Result<()> {
        self.click(&format!("[data-email=\"{email}\"]")).await?;
        self.holds("document.querySelector('.portal, .console, .door-actions')")
            .await
    }

    /// Keeps a picture where `TRADEPOST_SCREENSHOTS` says.
    pub async fn picture(&self, name: &str) -> Result<()> {
        if let Some(folder) = std::env::var_os("TRADEPOST_SCREENSHOTS") {
            let folder = PathBuf::from(folder);
            std::fs::create_dir_all(&folder)?;
            self.page.screenshot(&folder.join(format!("{name}.png"))).await?;
        }
        Ok(())
    }

    /// Ends the journey: nothing may have gone wrong in the console. Answers that the journey asked for
    /// (a refusal, an ended session) are named in `expected`.
    pub async fn finish(self, expected: &[&str]) -> Result<()> {
        let log = self.console().await?;
        let wrong: Vec<&String> = log
            .iter()
            .filter(|line| !expected.iter().any(|part| line.contains(part)))
            .collect();
        self.page.clone().quit().await?;
        if wrong.is_empty() {
            Ok(())
        } else {
            bail!("the console has errors: {wrong:#?}")
        }
    }

    async fn console(&self) -> Result<Vec<String>> {
        let log = self.page.handle().cmd(GetLog).await?;
        let entries = log.value_json()?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let bad = entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        Ok(bad
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its browser, too: a driver that is killed leaves it behind, busy with the page of a failed journey.
        let group = format!("-{}", self.driver_process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driver_process.kill();
        let _ = self.driver_process.wait();
    }
}

/// Chromium's log; a command of its driver that WebDriver does not name.
#[derive(Debug)]
struct GetLog;

impl FormatRequestData for GetLog {
    fn format_request(&self, session_id: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("session/{session_id}/se/log"))
            .add_body(json!({ "type": "browser" }))
    }
}

//! Axe, which knows what people with disabilities stumble over. `cargo xtask test` fetches it.

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::browser::Browser;

const RUN: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  (found) => done(found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} (${(node.any[0]?.message ?? "").slice(0, 160)})`).join(" | ")}`)),
  (error) => done([String(error)]),
);
"#;

/// Where it lies: `target/axe/axe.min.js`.
fn path() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).context("tests live in target/<profile>/deps")?;
    Ok(target.join("axe").join("axe.min.js"))
}

/// Whether it was fetched.
pub fn is_there() -> bool {
    let there = path().is_ok_and(|path| path.is_file());
    if !there {
        assert!(
            std::env::var_os("TRADEPOST_REQUIRE_BROWSER").is_none(),
            "axe is missing: `cargo xtask test` fetches it"
        );
        eprintln!("SKIPPED: axe is missing; `cargo xtask test` fetches it");
    }
    there
}

fn source() -> Result<&'static str> {
    static SOURCE: OnceLock<String> = OnceLock::new();
    if let Some(source) = SOURCE.get() {
        return Ok(source);
    }
    let read = std::fs::read_to_string(path()?)?;
    Ok(SOURCE.get_or_init(|| read))
}

/// Everything that is wrong with the page as it is now.
pub async fn violations(browser: &Browser) -> Result<Vec<String>> {
    browser.page.execute(source()?, Vec::new()).await?;
    let found = browser.page.execute_async(RUN, Vec::new()).await?;
    let found = found.json().as_array().cloned();
    let found = found.context("axe answers a list")?;
    ensure!(found.iter().all(Value::is_string), "axe answers {found:?}");
    Ok(found.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

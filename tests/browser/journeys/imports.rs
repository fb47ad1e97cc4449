//! Leads from a file.

use std::io::Write;

use anyhow::{Context, Result, ensure};
use tradepost_browser_tests::{Browser, Screen, Server, can_browse};

/// What somebody exported from elsewhere: two of five rows say when the person asked in words of their own.
const FILE: &str = "\
Contact;Mail;Tel;ZIP;State;Asked
Rosa Mendez;rosa.mendez@mendez.example;+1 512 555 0111;78701;TX;2026-11-02
Bea Late;bea@late.example;+1 512 555 0112;78701;TX;yesterday
Theo Brandt;theo@brandt.example;+1 512 555 0113;78701;TX;2026-11-03
Odd Date;odd@date.example;+1 512 555 0114;78701;TX;31/31/2026
Ines Falk;ines@falk.example;+1 512 555 0115;78701;TX;2026-11-04
";

/// A file with faults: its columns are read, a dry run names every bad cell by row and column, and the
/// import takes what is good, says what became of each row, and hands the results out as a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_faults_is_tried_and_then_imported() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile()?;
    file.write_all(FILE.as_bytes())?;
    let path = file.path().to_str().context("a path of letters")?.to_owned();

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/imports").await?;
    browser.sign_in_as("manager@tradepost.example").await?;
    browser.click(".verdicts .primary").await?;
    browser
        .see("dialog[open] input[type=file]")
        .await?
        .send_keys(&path)
        .await?;
    browser
        .ask(
            "const select = document.querySelector('dialog[open] select');
             const option = [...select.options].find((one) => one.text.startsWith('Meridian'));
             select.value = option.value; select.dispatchEvent(new Event('change', { bubbles: true }));",
        )
        .await?;
    browser.click("dialog[open] .form-actions .primary").await?;

    // The mapping, with what the server suggests.
    browser.reads(".page-subtitle", "5 rows").await?;
    browser.see(".mapping").await?;
    let meaning = |column: u32| format!("document.querySelectorAll('.mapping select')[{column}].value");
    browser.holds(&format!("{} === 'person.email'", meaning(1))).await?;
    browser.holds(&format!("{} === 'person.phone'", meaning(2))).await?;
    browser
        .ask(
            "const choose = (at, value) => { const select = document.querySelectorAll('.mapping select')[at];
               select.value = value; select.dispatchEvent(new Event('change', { bubbles: true })); };
             choose(0, 'person.name'); choose(3, 'place.postcode'); choose(4, 'place.region'); choose(5, 'enquired_at');",
        )
        .await?;
    browser.picture("import-mapping").await?;
    browser.click(".panel .form-actions .button").await?;

    browser.reads(".panel-head h2", "The dry run").await?;
    let wrong = "Array.from(document.querySelectorAll('.panel .table:not(.mapping) tbody tr')).map((row) => row.innerText).join('\\n')";
    browser
        .holds(&format!("({wrong}.match(/Asked/g) || []).length === 2"))
        .await?;
    let rows = browser.ask(&format!("return {wrong}")).await?;
    let rows = rows.as_str().unwrap_or_default().to_owned();
    // As a spreadsheet counts: the header is row 1.
    let at: Vec<&str> = rows.lines().filter_map(|line| line.split_whitespace().next()).collect();
    ensure!(at == ["3", "5"], "the bad cells are in rows 3 and 5: {rows}");
    browser.picture("import-tried").await?;

    browser.click(".panel .form-actions .primary").await?;
    browser.reads("dialog[open]", "Import 5 rows").await?;
    browser.click("dialog[open] .danger").await?;
    browser.reads(".page-actions .badge", "Done").await?;
    browser.reads(".stats", "Invalid").await?;
    browser.reads(".list .table", "Invalid").await?;
    browser.picture("import-done").await?;
    // The results as a file: caught where the browser would keep it.
    browser
        .ask(
            "window.kept = null; const make = URL.createObjectURL;
             URL.createObjectURL = (blob) => { blob.text().then((text) => { window.kept = text; }); return make.call(URL, blob); };",
        )
        .await?;
    browser.click(".verdicts .button").await?;
    browser
        .holds("window.kept && window.kept.split('\\n').length >= 6 && /invalid/.test(window.kept)")
        .await?;
    browser.finish(&[]).await
}

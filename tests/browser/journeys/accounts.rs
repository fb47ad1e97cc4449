//! One's own account: a second factor, and staff who look at a portal.

use anyhow::{Context, Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// The code that an authenticator shows some half minutes from now, worked out by the page's own browser from the key that
/// one would type: it has HMAC with SHA-1, as every authenticator does.
async fn code(browser: &Browser, secret: &str, ahead: i32) -> Result<String> {
    let script = format!(
        "const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
         let bits = '';
         for (const one of '{secret}'.replace(/ /g, '')) bits += letters.indexOf(one).toString(2).padStart(5, '0');
         const bytes = new Uint8Array(bits.match(/.{{8}}/g).map((byte) => parseInt(byte, 2)));
         const step = BigInt(Math.floor(Date.now() / 30000) + {ahead});
         const counter = new DataView(new ArrayBuffer(8));
         counter.setBigUint64(0, step);
         return crypto.subtle.importKey('raw', bytes, {{ name: 'HMAC', hash: 'SHA-1' }}, false, ['sign'])
             .then((key) => crypto.subtle.sign('HMAC', key, counter.buffer))
             .then((mac) => {{
                 const view = new DataView(mac);
                 const at = view.getUint8(19) & 15;
                 return String((view.getUint32(at) & 0x7fffffff) % 1000000).padStart(6, '0');
             }});"
    );
    let answer = browser.ask(&script).await?;
    answer
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no code: {answer}"))
}

/// A supplier sets a second factor up on a phone, keeps the recovery codes, and signs in again with a code.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_set_up_and_signs_in() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/security").await?;
    browser.sign_in_as(people::PENNINE).await?;
    browser.reads("h1", "Security").await?;
    browser.see(".device").await?;
    browser.picture("security-phone").await?;
    browser
        .click(".columns .panel:first-of-type .form-actions .primary")
        .await?;
    browser.see("svg.qr path").await?;
    browser.picture("second-factor-phone").await?;
    browser.click(".secret summary").await?;
    let secret = browser.see(".secret-key").await?.text().await?;
    browser.fill("#first-code-code", "000000").await?;
    browser.click(".steps form .primary").await?;
    browser.reads(".field-error", "This is not the code").await?;
    let first = code(&browser, &secret, 0).await?;
    browser.fill("#first-code-code", &first).await?;
    browser.click(".steps form .primary").await?;
    browser.see(".recovery-codes li:nth-child(10)").await?;
    browser.picture("recovery-codes-phone").await?;
    browser.click(".recovery .primary").await?;
    browser.reads(".factor-state", "On").await?;

    let again = Browser::open(&server.url, Screen::Phone).await?;
    again.go("/").await?;
    again.type_password(people::PENNINE).await?;
    again.reads("h1", "Your code").await?;
    again.picture("second-step-phone").await?;
    again.fill("#code-code", &first).await?;
    again.click("form .primary").await?;
    again.reads(".field-error", "used already").await?;
    let next = code(&browser, &secret, 1).await?;
    again.fill("#code-code", &next).await?;
    again.click("form .primary").await?;
    again.see(".stats").await?;
    again.finish(&["422"]).await?;
    browser.finish(&["422"]).await
}

/// Staff see a supplier's portal as its owner does, with a banner above every page, and end it.
#[tokio::test(flavor = "multi_thread")]
async fn staff_look_at_a_portal_and_stop() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let account = text(&owner.get("/me").await?["supplier"], "id")?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&format!("/console/suppliers/{account}")).await?;
    browser.sign_in_as(people::MANAGER).await?;
    browser.click(".verdicts .button").await?;
    browser
        .fill("dialog[open] textarea", "They cannot find the return form")
        .await?;
    browser.click("dialog[open] .primary").await?;
    browser.reads(".looking", "You see the portal as the owner of").await?;
    browser.see(".stats").await?;
    browser.picture("looking").await?;
    for path in ["/leads", "/team", "/business"] {
        browser.go(path).await?;
        browser.reads(".looking", "You cannot change anything").await?;
    }
    browser.go("/team").await?;
    browser.see(".person-row").await?;
    browser
        .holds("document.querySelectorAll('.person-actions').length === 0")
        .await?;
    browser.click(".looking .button").await?;
    browser.see(".verdicts").await?;
    ensure!(browser.path().await? == format!("/console/suppliers/{account}"));
    browser.go("/").await?;
    browser.reads("h1", "This is the portal for suppliers").await?;
    browser.finish(&[]).await
}

/// The team's page: invite somebody for some of the businesses, and see the invitation wait.
#[tokio::test(flavor = "multi_thread")]
async fn r65_an_owner_invites_into_the_team() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/team").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    browser.see(".person-row").await?;
    browser.click(".page-actions .primary").await?;
    browser.fill("#place-name", "Nell Ortiz").await?;
    browser.fill("#place-email", "nell@lonestartelecom.example").await?;
    browser.picture("team-invite-phone").await?;
    browser.click("dialog[open] .primary").await?;
    browser.reads(".people", "Nell Ortiz").await?;
    browser.reads(".people", "Invited").await?;
    browser.picture("team-phone").await?;
    browser.go("/mail-preferences").await?;
    browser.see(".mail-class").await?;
    browser.picture("mail-preferences-phone").await?;
    browser.finish(&[]).await
}

//! What staff do all day: orders and leads.

use anyhow::{Result, ensure};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

const MANAGER: &str = "manager@tradepost.example";

/// A button of the page's head, by what it says.
async fn act(browser: &Browser, label: &str) -> Result<()> {
    let mark = format!(
        "const button = [...document.querySelectorAll('.verdicts button')].find((one) => one.innerText.startsWith('{label}'));
         if (button) button.id = 'act-{label}'; return Boolean(button)"
    );
    for _ in 0..100 {
        if browser.ask(&mark).await? == true {
            return browser.click(&format!("[id='act-{label}']")).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser.see(&format!("[id='act-{label}']")).await.map(drop)
}

/// R17, R19, R39: an order is changed, paused within its budget, resumed and cancelled; what needs a reason asks for it.
#[tokio::test(flavor = "multi_thread")]
async fn r19_an_order_is_changed_paused_and_cancelled() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let order = owner.first("/orders?status=open&limit=1", |_| true).await?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&format!("/console/orders/{}", text(&order, "id")?)).await?;
    browser.sign_in_as(MANAGER).await?;
    browser.reads("h1", &text(&order, "product_name")?).await?;
    browser.reads(".page-subtitle", &text(&order, "supplier_name")?).await?;

    act(&browser, "Change").await?;
    let cap = browser.see("input#order-cap_day").await?;
    cap.clear().await?;
    cap.send_keys("7").await?;
    let hours = "[id='order-schedule-monday']";
    browser
        .ask("document.querySelector('dialog[open] details').open = true")
        .await?;
    let monday = browser.see(hours).await?;
    monday.clear().await?;
    monday.send_keys("always").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .wrong .field-error", "09:00-17:30").await?;
    let monday = browser.see(hours).await?;
    monday.clear().await?;
    monday.send_keys("08:00-18:30").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast", "Changed").await?;
    browser.reads(".columns", "7 a day").await?;
    browser.reads(".columns", "08:00 to 18:30").await?;

    act(&browser, "Pause").await?;
    browser
        .reads("dialog[open] h2", &text(&order, "supplier_name")?)
        .await?;
    // R17: the two weeks of six months are shown, and no longer pause is taken.
    browser.reads("dialog[open] .facts", "14 of 14 in any 6 months").await?;
    browser.fill("input#pause-requested_by", "Mo Okafor").await?;
    browser.choose("select#pause-channel", "phone").await?;
    browser.choose("input#pause-returns_on", "2099-01-01").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser
        .reads("dialog[open] .wrong .field-error", "14 days are left")
        .await?;
    browser.choose("input#pause-returns_on", "").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".page-actions .badge", "Paused").await?;
    browser.reads(".rows-flat", "Mo Okafor, phone").await?;
    act(&browser, "Resume").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".page-actions .badge", "Open").await?;

    act(&browser, "Cancel").await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads("dialog[open] .field-error", "Say why").await?;
    browser
        .see("textarea#reason-reason")
        .await?
        .send_keys("They close.")
        .await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads(".page-actions .badge", "Cancelled").await?;
    browser
        .holds("![...document.querySelectorAll('.verdicts button')].some((one) => /Pause|Resume|Cancel/.test(one.innerText))")
        .await?;
    browser.finish(&["status of 422"]).await
}

/// R81: a lead in quarantine is released with how the person was verified; another is withdrawn with a reason.
#[tokio::test(flavor = "multi_thread")]
async fn r81_a_quarantined_lead_is_released_and_another_withdrawn() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    // One that only its number kept from the market.
    let programme = admin
        .first("/programmes?limit=100", |one| one["preset"] == "b2b-monthly")
        .await?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let order = owner.first("/orders?status=open&limit=1", |_| true).await?;
    let mut enquiry = serde_json::json!({
        "programme": programme["id"], "product": order["product_id"],
        "person": { "name": "Quinn Quarantine", "company": "Quinn Ltd", "phone": "12", "email": "quinn@example.com" },
        "place": { "country": "US", "region": "TX", "postcode": "78701" },
    });
    let held = admin.post("/leads", enquiry.clone()).await?["lead"].clone();
    ensure!(held["status"] == "quarantined", "{held}");
    enquiry["person"] = serde_json::json!({ "name": "Wanda Withdrawn", "company": "Wanda Ltd",
        "phone": "+1 512 555 0199", "email": "wanda@example.com" });
    // Few work there, so that it is not sold out.
    enquiry["place"] = serde_json::json!({ "country": "US", "region": "AK", "postcode": "99501" });
    let open = admin.post("/leads", enquiry).await?["lead"].clone();
    ensure!(open["allowed_actions"][0] == "withdraw", "{open}");

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/leads?status=quarantined").await?;
    browser.sign_in_as(MANAGER).await?;
    browser.reads(".table", "Quinn Quarantine").await?;
    browser.go(&format!("/console/leads/{}", text(&held, "id")?)).await?;
    browser.reads("h1", "Quinn Quarantine").await?;
    act(&browser, "Release").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads("dialog[open] .field-error", "Say why").await?;
    browser
        .see("textarea#release-reason")
        .await?
        .send_keys("We phoned; the number was mistyped.")
        .await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast", "Released").await?;
    browser
        .holds("!/Quarantined/.test(document.querySelector('.page-actions .badge').innerText)")
        .await?;
    browser.picture("lead-released").await?;

    browser.go(&format!("/console/leads/{}", text(&open, "id")?)).await?;
    browser.reads("h1", "Wanda Withdrawn").await?;
    act(&browser, "Withdraw").await?;
    browser
        .see("textarea#reason-reason")
        .await?
        .send_keys("She asked us to.")
        .await?;
    browser.click("dialog[open] .form-actions .danger").await?;
    browser.reads(".page-actions .badge", "Withdrawn").await?;
    browser.finish(&[]).await
}

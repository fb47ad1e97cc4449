//! Text stays text: what people write in any field is shown, and nothing of it runs.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

const PAYLOADS: [&str; 5] = [
    "<img src=x onerror=\"window.ran=1\">",
    "<script>window.ran=1</script>",
    "\"><svg onload=window.ran=1>",
    "javascript:window.ran=1//",
    "{{constructor.constructor('window.ran=1')()}}",
];

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_any_field_is_shown_and_never_run() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let all = PAYLOADS.join(" ");

    let me = owner.get("/me").await?;
    let supplier = text(&me["supplier"], "id")?;
    let change = json!({ "name": format!("Okafor {}", PAYLOADS[0]), "legal_name": all, "address": all });
    admin.patch(&format!("/suppliers/{supplier}"), change).await?;
    let business = admin
        .first(&format!("/suppliers/{supplier}/businesses"), |_| true)
        .await?;
    let change = json!({ "name": PAYLOADS[0], "trade": PAYLOADS[2] });
    admin
        .patch(&format!("/businesses/{}", text(&business, "id")?), change)
        .await?;
    let product = admin
        .first("/lead-products?limit=100", |one| {
            one["programme_id"] == me["supplier"]["programme_id"]
        })
        .await?;
    admin
        .patch(
            &format!("/lead-products/{}", text(&product, "id")?),
            json!({ "name": PAYLOADS[1] }),
        )
        .await?;
    let leads = owner.get("/deliveries?returnable=true&limit=2").await?;
    let lead = &leads["data"][0];
    let work = json!({ "note": all, "outcome": "contacted" });
    owner.patch(&format!("/deliveries/{}", text(lead, "id")?), work).await?;
    let body = json!({ "delivery_id": lead["id"], "reason": "wrong_person", "note": all });
    let request = text(&owner.post("/return-requests", body).await?, "id")?;
    // What comes from outside: the person who asks.
    let person = json!({ "name": PAYLOADS[0], "company": PAYLOADS[1], "address": PAYLOADS[2], "notes": all,
        "phone": "+1 512 555 0177", "email": "eve@example.com" });
    let enquiry = json!({ "programme": me["supplier"]["programme_id"], "product": lead["product_id"], "person": person,
        "place": { "region": "TX", "postcode": "78701", "city": PAYLOADS[2] }, "source": PAYLOADS[0],
        "answers": { "How many?": all } });
    let _lead: Value = admin.post("/leads", enquiry).await.context("a lead full of markup")?;

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    let lead_path = format!("/leads/{}", text(lead, "id")?);
    let return_path = format!("/returns/{request}");
    let search = format!(
        "/leads?cursor=&outcome={}",
        "%3Cimg%20src%3Dx%20onerror%3Dwindow.ran%3D1%3E"
    );
    for path in [
        "/",
        "/leads",
        &lead_path,
        &search,
        "/returns",
        &return_path,
        "/orders",
        "/invoices",
        "/business",
        "/help",
    ] {
        nothing_ran(&browser, path).await?;
    }
    browser.go(&return_path).await?;
    browser.reads(".steps", "<script>window.ran=1</script>").await?;
    browser.go("/sign-in?to=javascript:window.ran=1").await?;
    browser.see("h1").await?;
    browser.ask("window.localStorage.clear()").await?;
    browser.page.delete_all_cookies().await?;

    browser.go("/console").await?;
    browser.sign_in_as(people::ADMIN).await?;
    for path in [
        "/console",
        "/console/returns",
        "/console/suppliers",
        "/console/leads",
        "/console/products",
    ] {
        nothing_ran(&browser, path).await?;
    }
    browser.finish(&["status of 4"]).await
}

async fn nothing_ran(browser: &Browser, path: &str) -> Result<()> {
    browser.go(path).await?;
    browser.settled().await?;
    ensure!(
        browser.ask("return window.ran === undefined").await? == true,
        "{path} ran a payload"
    );
    let made = browser
        .ask("return document.querySelectorAll('img[src=x], svg[onload], [onerror]').length")
        .await?;
    ensure!(made == 0, "{path} made {made} elements of text");
    Ok(())
}

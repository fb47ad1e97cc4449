//! Money: what a run would bill and what it bills, and what an approved return takes off an invoice.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

const FINANCE: &str = "finance@tradepost.example";

/// The run of Meridian's period that is under way: monthly, and it invoices lines whose window is open.
async fn next_run(admin: &Api) -> Result<Value> {
    let programme = admin
        .first("/programmes?limit=100", |one| one["preset"] == "b2b-monthly")
        .await?;
    let path = format!(
        "/billing-runs?status=scheduled&limit=1&programme_id={}",
        text(&programme, "id")?
    );
    admin.first(&path, |_| true).await
}

/// Waits until the API answers what is wanted.
async fn until(api: &Api, path: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    for _ in 0..100 {
        let answer = api.get(path).await?;
        if wanted(&answer) {
            return Ok(answer);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("{path} never answers what is wanted")
}

/// R6: finance reads what the run would invoice, the month ends, and the run invoices exactly that.
#[tokio::test(flavor = "multi_thread")]
async fn r6_a_run_bills_what_its_preview_said() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let run = next_run(&admin).await?;
    let path = format!("/console/billing-runs/{}", text(&run, "id")?);

    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go(&path).await?;
    browser.sign_in_as(FINANCE).await?;
    browser.reads(".stat-label", "To invoice").await?;
    let figures = "Array.from(document.querySelectorAll('.stat-value')).map((one) => one.innerText)";
    let previewed = browser.ask(&format!("return {figures}")).await?;
    browser.picture("billing-preview").await?;
    // Its day has not come, so it is not offered to start it.
    browser.reads(".notice", "starts by itself").await?;
    browser
        .holds("!document.querySelector('main .form-actions .primary')")
        .await?;

    // The month ends in the sandbox. Whatever is due on the way is done.
    admin
        .post("/sandbox/clock/advance", json!({ "to": run["due_at"] }))
        .await?;
    let id = text(&run, "id")?;
    let done = until(&admin, &format!("/billing-runs/{id}"), |run| run["status"] == "done").await?;
    browser.go(&path).await?;
    browser.reads(".page-actions .badge", "Done").await?;
    let ran = browser.ask(&format!("return {figures}")).await?;
    ensure!(previewed[0] == ran[0], "previewed {previewed}, invoiced {ran}");
    browser.reads(".stats", &format!("{} lines", done["lines"])).await?;
    ensure!(
        previewed[1] == done["lines"].to_string().as_str(),
        "previewed {previewed}, then {done}"
    );
    // The invoices of the run are on its page.
    browser.see(".list .table .row-link").await?;
    browser.picture("billing-done").await?;
    browser.finish(&[]).await
}

/// R30, R84: a lead is returned after it was invoiced; the reviewer reads beforehand that a credit note will
/// come of it, and the supplier finds it on the invoice.
#[tokio::test(flavor = "multi_thread")]
async fn r84_an_approved_return_of_an_invoiced_lead_is_credited() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let run = next_run(&admin).await?;
    // A day before the month's end a lead comes in, so that its window is open when it is invoiced.
    let end = text(&run, "period_end_at")?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    let eve = browser
        .ask(&format!("return new Date(Date.parse('{end}') - 864e5).toISOString()"))
        .await?;
    admin
        .post("/sandbox/clock/advance", json!({ "to": eve, "run_jobs": false }))
        .await?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let order = owner.first("/orders?status=open&limit=10", |_| true).await?;
    let mut delivery = None;
    for number in 0..12 {
        let enquiry = json!({
            "programme": run["programme_id"], "product": order["product_id"],
            "person": { "name": format!("Last Minute {number}"), "company": "Minute Ltd",
                "phone": format!("+1 512 555 02{number:02}"), "email": format!("minute{number}@example.com") },
            "place": { "country": "US", "region": "TX", "postcode": "78701" },
        });
        let receipt = admin.post("/leads", enquiry).await?;
        let sold = receipt["sold_to"].as_array().context("whom it was sold to")?;
        if let Some(sale) = sold.iter().find(|sale| sale["supplier_id"] == order["supplier_id"]) {
            delivery = Some(text(sale, "delivery_id")?);
            break;
        }
    }
    let delivery = delivery.context("one of twelve leads goes to the supplier")?;
    admin
        .post("/sandbox/clock/advance", json!({ "to": run["due_at"] }))
        .await?;
    // Sessions outlive business time; tokens count wall time.
    let path = format!("/deliveries/{delivery}");
    let invoiced = until(&owner, &path, |one| one["billing_state"] == "invoiced").await?;
    let invoice = until(&owner, &format!("/invoices/{}", text(&invoiced, "invoice_id")?), |_| {
        true
    })
    .await?;
    let ask = json!({ "delivery_id": delivery, "reason": "wrong_person", "note": "It is a bakery." });
    let request = text(&owner.post("/return-requests", ask).await?, "id")?;

    browser.go(&format!("/console/returns/{request}")).await?;
    browser.sign_in_as("reviewer@tradepost.example").await?;
    browser.reads(".review", "A credit note").await?;
    browser.reads(".review", &text(&invoice, "number")?).await?;
    browser.picture("return-review").await?;
    browser.click(".verdicts .primary").await?;
    browser.reads("dialog[open] .dialog-lead", "a credit note over").await?;
    browser.picture("return-approve").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".toast", "Approved: credit note").await?;

    browser.ask("window.localStorage.clear()").await?;
    browser.page.delete_all_cookies().await?;
    browser.go(&format!("/invoices/{}", text(&invoice, "id")?)).await?;
    browser.sign_in_as(people::LONESTAR).await?;
    // Where the card was charged before, the credit is kept for the next invoice and takes nothing off this one.
    let stands = owner.get(&format!("/invoices/{}", text(&invoice, "id")?)).await?;
    let reduced = stands["credited"]["amount"] != 0;
    ensure!(
        reduced || stands["status"] == "paid",
        "neither credited nor paid: {stands}"
    );
    let reads = if reduced { "Credited" } else { "Paid" };
    browser.reads(".totals", reads).await?;
    browser.reads(".columns", "Returned lead").await?;
    let notes = owner
        .get(&format!("/credit-notes?invoice_id={}", text(&invoice, "id")?))
        .await?;
    ensure!(
        notes["data"][0]["delivery_id"] == delivery.as_str() && notes["data"][0]["net"] == invoiced["price"],
        "{notes}"
    );
    browser.finish(&[]).await
}

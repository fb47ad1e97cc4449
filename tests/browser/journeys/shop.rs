//! The shop: a new buyer signs up and checks out, and staff make codes and take money by phone.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use thirtyfour::By;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people, tour};

async fn fill(browser: &Browser, id: &str, text: &str) -> Result<()> {
    let field = browser.see(&format!("[id='{id}']")).await?;
    field.clear().await?;
    field.send_keys(text).await?;
    Ok(())
}

async fn choose(browser: &Browser, id: &str, value: &str) -> Result<()> {
    browser.see(&format!("[id='{id}']")).await?;
    let chosen = browser
        .ask(&format!(
            "const select = document.querySelector('[id=\"{id}\"]'); select.value = '{value}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }})); return select.value === '{value}';"
        ))
        .await?;
    ensure!(chosen == true, "{id} offers no {value}");
    Ok(())
}

const PAY: &str = "form:has(.radios) > .button.primary";
const CONFIRM: &str = "dialog[open] .dialog-actions .primary";

/// Goes to the gateway's page for a card that behaves like this, and comes back to the checkout.
async fn type_in_a_card(browser: &Browser, behaviour: &str) -> Result<()> {
    browser.click("label:has(input[value='new:card'])").await?;
    browser.reads(PAY, "Go to the payment page").await?;
    browser.click(PAY).await?;
    browser.reads("h1", "Sandbox gateway").await?;
    choose(browser, "behaviour", behaviour).await?;
    browser.click("button").await?;
    browser.reads(".notice.good", "is stored").await?;
    browser.reads(PAY, "Pay $").await
}

/// R36, R39, R40, R51, R54, R56, K14: a new buyer signs up, chooses leads with a ceiling and the loyalty
/// programme, uses a coupon, is declined, pays with another card, and follows the order.
#[tokio::test(flavor = "multi_thread")]
async fn r51_a_new_buyer_signs_up_and_checks_out() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go(tour::SIGN_UP).await?;
    browser.reads("h1", "Prosper Lead Store").await?;
    browser.click(".radio:nth-of-type(3)").await?;
    browser.click(".door-card form .button.primary").await?;
    browser.reads(".wrong .field-error", "Your name").await?;
    fill(&browser, "sign-up-name", "Ann Reyes").await?;
    fill(&browser, "sign-up-company", "Reyes Marketing").await?;
    fill(&browser, "sign-up-address", "12 Main Street, Austin, TX 78750").await?;
    fill(&browser, "sign-up-email", "ann@reyes.example").await?;
    fill(&browser, "sign-up-password", "short").await?;
    browser.see("[id='sign-up-terms_accepted']").await?.click().await?;
    browser.click(".door-card form .button.primary").await?;
    // What the API refuses stands at its field, as a sentence.
    browser.reads(".wrong .field-error", "at least 12 characters.").await?;
    fill(&browser, "sign-up-password", "tulip-hatter-99-lake").await?;
    browser.picture("sign-up-filled").await?;
    browser.click(".door-card form .button.primary").await?;

    // The order: signed in at once, with what was looked at on the way.
    browser.reads("h1", "Order leads").await?;
    fill(&browser, "buy-quantity", "40").await?;
    browser.reads(".estimate", "before tax").await?;
    fill(&browser, "buy-daily_percent", "10").await?;
    choose(&browser, "buy-loyalty", "monthly").await?;
    browser.picture("buy").await?;
    browser.click(".shop-form > .button.primary").await?;
    browser.reads("h1", "44 leads").await?;
    browser.reads(".shop-totals", "extra leads").await?;
    let checkout = browser.path().await?;

    // R36: exactly as it is written.
    fill(&browser, "coupon-coupon", "welcome-10").await?;
    browser.click(".coupon .button").await?;
    browser.reads(".coupon .field-error", "Invalid Coupon").await?;
    fill(&browser, "coupon-coupon", "WELCOME-10").await?;
    browser.click(".coupon .button").await?;
    browser.reads(".coupon-used", "WELCOME-10").await?;
    browser.reads(".shop-totals", "Coupon WELCOME-10").await?;
    browser.picture("checkout-open").await?;

    // Whoever leaves finds it again.
    browser.go("/orders").await?;
    browser.click(".rows .row-item").await?;
    browser.reads("h1", "44 leads").await?;
    ensure!(
        browser.path().await? == checkout,
        "another checkout: {}",
        browser.path().await?
    );

    type_in_a_card(&browser, "declined").await?;
    browser.picture("checkout-card-stored").await?;
    browser.click(PAY).await?;
    browser.reads("dialog[open]", "BRIGHT MEDIA SOLUTIONS").await?;
    browser.click(CONFIRM).await?;
    browser.reads(".notice.bad", "did not go through").await?;
    browser.picture("checkout-declined").await?;
    type_in_a_card(&browser, "ok").await?;
    browser.click(PAY).await?;
    browser.click(CONFIRM).await?;
    browser.reads(".notice.good", "Your order is placed").await?;
    browser.reads("main", "On the card statement").await?;
    browser.picture("checkout-confirmed").await?;
    browser.click(".panel-actions .button.primary").await?;
    browser.reads("main", "Placed again").await?;
    browser.reads(".progress", "0 of 44").await?;
    browser.reads("main", "days at the soonest").await?;

    // R39: leads come, and the order says how many are left.
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let order = browser.path().await?.rsplit('/').next().context("an order")?.to_owned();
    let order = admin.get(&format!("/orders/{order}")).await?;
    let product = admin
        .get(&format!("/lead-products/{}", text(&order, "product_id")?))
        .await?;
    let mut bought = false;
    for number in 0..40 {
        let enquiry = json!({
            "programme": "prosper-store", "product": product["code"],
            "person": { "name": format!("New Prospect {number}"), "phone": format!("+1 512 555 03{number:02}"),
                "email": format!("prospect{number}@example.com") },
            "place": { "country": "US", "region": "TX", "postcode": "78701" },
        });
        let receipt = admin.post("/leads", enquiry).await?;
        let sold = receipt["sold_to"].as_array().context("whom it was sold to")?;
        bought = sold.iter().any(|sale| sale["supplier_id"] == order["supplier_id"]);
        if bought {
            break;
        }
    }
    ensure!(bought, "none of forty leads goes to the new buyer");
    let here = browser.path().await?;
    browser.go(&here).await?;
    browser.reads(".progress", "1 of 44").await?;
    browser.picture("order-progress").await?;
    browser.finish(&["status of 422"]).await
}

/// Begins an order with a code and leaves it, which uses the code up by this seller's rules (R37).
async fn attempt(url: &str, email: &str, code: &str) -> Result<()> {
    let owner = Api::sign_in(url, email).await?;
    let before = owner.first("/checkouts?limit=1", |_| true).await?;
    let body = json!({ "business_id": before["business_id"], "product_id": before["product_id"], "quantity": 20,
        "coupon": code });
    let id = text(&owner.post("/checkouts", body).await?, "id")?;
    owner.post(&format!("/checkouts/{id}/abandon"), json!({})).await?;
    Ok(())
}

/// R37, R38: staff make a code, a customer who could not use it gets one of their own; and money that came by
/// phone completes an order.
#[tokio::test(flavor = "multi_thread")]
async fn r38_staff_make_codes_and_take_money_by_phone() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let browser = Browser::open(&server.url, Screen::Desktop).await?;
    browser.go("/console/coupons").await?;
    browser.sign_in_as(people::ADMIN).await?;
    browser.reads(".list .table", "WELCOME-10").await?;
    browser.picture("coupons").await?;
    browser.click(".verdicts .primary").await?;
    let store = browser
        .ask("return [...document.querySelectorAll('[id=\"coupon-programme_id\"] option')].find((one) => /Prosper/.test(one.text)).value")
        .await?;
    choose(&browser, "coupon-programme_id", store.as_str().context("a programme")?).await?;
    fill(&browser, "coupon-code", "Autumn-15").await?;
    fill(&browser, "coupon-discount", "15").await?;
    fill(&browser, "coupon-max_uses", "3").await?;
    browser.picture("coupon-form").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".list .table", "Autumn-15").await?;
    let row = browser.page.find(By::LinkText("Autumn-15")).await?;
    row.click().await?;
    browser.reads("h1", "Autumn-15").await?;
    browser.reads(".stats", "0 of 3").await?;
    attempt(&server.url, "owner@vantagehomebusiness.example", "Autumn-15").await?;
    browser.page.refresh().await?;
    browser.reads(".stats", "1 of 3").await?;
    browser.click(".verdicts .button:last-child").await?;
    let customer = browser.see("[id='alternative-supplier_id']").await?;
    customer.send_keys("Vantage").await?;
    browser.reads("dialog[open] .options .option", "Vantage").await?;
    customer.send_keys(thirtyfour::Key::Enter).await?;
    fill(
        &browser,
        "alternative-reason",
        "The order was not completed; they wrote on Monday.",
    )
    .await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.reads(".facts", "Vantage Home Business").await?;
    browser.reads(".facts", "In place of").await?;
    browser.picture("coupon-alternative").await?;

    // Money is written down by finance.
    browser.ask("window.localStorage.clear()").await?;
    browser.page.delete_all_cookies().await?;
    browser.go("/console/checkouts?status=awaiting_payment").await?;
    browser.sign_in_as(people::FINANCE).await?;
    browser.reads(".list .table", "Horizon Wellness Team").await?;
    browser.picture("checkouts").await?;
    browser.click(".list .table .row-link").await?;
    browser.reads("main", "the bank declined it").await?;
    browser.picture("checkout-console").await?;
    browser.click(".verdicts .primary").await?;
    fill(&browser, "checkout-payment-reference", "Card by phone 4711").await?;
    browser.click("dialog[open] .form-actions .primary").await?;
    browser.click(CONFIRM).await?;
    browser.reads(".page-actions .badge", "Completed").await?;
    browser.reads("main", "Open the order").await?;
    browser.finish(&[]).await
}

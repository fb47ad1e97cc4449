//! Text stays text: hostile texts go into every field that the API's document has, and then every page that
//! shows any of them is opened on a phone. Nothing runs, nothing asks, nothing breaks out of the screen.
//!
//! The fields come from `openapi.json`: one that is neither written into nor listed in [`EXEMPT`] fails.

mod write;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use tradepost_browser_tests::texts::hostile;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// Fields without a hostile text, by the end of `operation pointer`, and why.
const EXEMPT: &[(&str, &str)] = &[
    ("/auth/login /email", "compared with those that are known, never kept"),
    ("/email", "refused unless it is an address for mail"),
    ("/support_email", "refused unless it is an address for mail"),
    ("/phone", "refused unless it is a number that can be called"),
    ("/support_phone", "refused unless it is a number that can be called"),
    ("/call_back_phone", "refused unless it is a number that can be called"),
    ("/tracking_number", "refused unless it is a number that can be called"),
    ("/forward_to/*", "refused unless it is a number that can be called"),
    ("/assigned_number", "refused unless it is a number that is assigned"),
    ("/time_zone", "refused unless it is a zone of the IANA"),
    ("/billing_zone", "refused unless it is a zone of the IANA"),
    ("/suppliers /country", "refused unless it is a country's code"),
    ("/suppliers/{id} /country", "refused unless it is a country's code"),
    ("/place/country", "refused unless it is a country"),
    ("/place/postcode", "refused unless it is a postcode"),
    ("/place/region", "refused unless it is a region"),
    ("/coverage /values/*", "refused unless it is an area"),
    ("/change/tier", "the code of a plan"),
    (
        "/change/change/*/name",
        "shown where the name of an added contact is, which is written into",
    ),
    ("/change/country", "refused unless it is a country's code"),
    ("/add/*/values/*", "refused unless it is an area"),
    ("/website", "refused unless it is an address of the web"),
    ("/consent/ip", "refused unless it is an address of the internet"),
    ("/leads /programme", "the key of a programme"),
    ("/leads /product", "the key of a product"),
    ("/return-requests /reason", "a reason's code"),
    ("/deliveries/{id}/reject /reason", "a reason's code"),
    ("/checkouts /coupon", "compared with the codes there are, never kept"),
    (
        "/checkouts/{id} /coupon",
        "compared with the codes there are, never kept",
    ),
    ("/checkouts /coverage/values/*", "refused unless it is an area"),
    ("/checkouts/{id} /coverage/values/*", "refused unless it is an area"),
    ("/checkouts /loyalty/interval", "an interval's code"),
    ("/checkouts/{id} /loyalty/interval", "an interval's code"),
    (
        "/payment-method-sessions /return_to",
        "refused unless it is a page of this site",
    ),
    ("/notice-acceptances /key", "the key of a notice"),
    (
        "/notice-acceptances /version",
        "refused unless it is the version of a notice",
    ),
    (
        "/suppliers/{id}/authorisation/revoke /reason",
        "it would end the account that the other texts are written into; it is shown like every reason",
    ),
    (
        "/rate-reviews/{id}/end-account /reason",
        "the demo has one case, which ends with another reason that is written into; it is shown like that one",
    ),
    (
        "/replacements/{id}/convert /reason",
        "the demo owes no lead; it is kept in the audit trail like every reason",
    ),
    (
        "/refunds/{id}/approve /note",
        "kept as the note of a refusal, which is written into",
    ),
    (
        "/delivery-targets /address",
        "refused unless it is an address that may be called",
    ),
    (
        "/delivery-targets/{id} /address",
        "refused unless it is an address that may be called",
    ),
    (
        "/webhook-endpoints /url",
        "refused unless it is an address that may be called",
    ),
    (
        "/webhook-endpoints/{id} /url",
        "refused unless it is an address that may be called",
    ),
    ("/sign-ups /programme", "the key of a programme"),
    ("/mapping/fields/*/field", "the name of a lead's field"),
    (
        "/billing-runs/{id}/resume /reason",
        "no request makes a run stop, so none can be resumed here",
    ),
    (
        "/month-closes/{id}/reopen /reason",
        "a closed month would stop what other journeys post; it is shown like every reason",
    ),
    (
        "/credit-notes/{id}/refunds /reference",
        "no request here leaves a credit that could be refunded",
    ),
    (
        "/credit-notes/{id}/refunds /reason",
        "no request here leaves a credit that could be refunded",
    ),
    ("PolicySet /calendar/holidays/*", "a date"),
    (
        "PolicySet /returns/guidelines_url",
        "refused unless it is an address of the web",
    ),
    (
        "PolicySet /calls/dispositions/*/label",
        "shown where calls are recorded, and the seller of the spoilt account calls nobody",
    ),
    (
        "PolicySet /calls/script/title",
        "shown beside the call queue, and the seller of the spoilt account calls nobody",
    ),
    (
        "PolicySet /calls/script/text",
        "shown beside the call queue, and the seller of the spoilt account calls nobody",
    ),
    ("/call-attempts /disposition", "a disposition's code"),
    ("/plan-subscriptions /tier", "a plan's code"),
    (
        "PolicySet /plan/tiers/*/label",
        "shown where plans are chosen, and the seller of the spoilt account offers none",
    ),
    ("PolicySet /help/*/url", "refused unless it is an address of the web"),
];

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_in_every_field_are_shown_and_never_run() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let admin = Api::sign_in(&server.url, people::ADMIN).await?;
    let manager = Api::sign_in(&server.url, people::MANAGER).await?;
    let finance = Api::sign_in(&server.url, people::FINANCE).await?;
    let second = Api::sign_in(&server.url, people::SECOND_FINANCE).await?;
    let owner = Api::sign_in(&server.url, people::LONESTAR).await?;
    let finance = [&finance, &second];
    let written = write::everywhere(&admin, &manager, finance, &owner).await?;
    let forgotten = written.forgotten;
    ensure!(forgotten.is_empty(), "texts that nobody tried: {forgotten:#?}");

    let mut wrong = Vec::new();
    let browser = Browser::open(&server.url, Screen::Phone).await?;
    browser.go("/").await?;
    browser.sign_in_as(people::LONESTAR).await?;
    for path in &written.portal {
        look(&browser, path, &mut wrong).await?;
    }
    browser.go(&written.lead_return).await?;
    browser.see(".drawer .radio").await?;
    look_here(&browser, "the return form", &mut wrong).await?;
    // The texts are there, word for word.
    browser.go(&written.asked).await?;
    browser.reads(".steps", "<script>ran=1</script>").await?;
    // What stands in the address is no markup either.
    let odd = "/leads?cursor=&outcome=%3Cimg%20src%3Dx%20onerror%3Dran%3D1%3E";
    look(&browser, odd, &mut wrong).await?;
    browser.go("/sign-in?to=javascript:window.ran=1").await?;
    browser.see("h1").await?;
    look_here(&browser, "the way back", &mut wrong).await?;
    browser.ask("window.localStorage.clear()").await?;
    browser.page.delete_all_cookies().await?;

    browser.go("/console").await?;
    browser.sign_in_as(people::ADMIN).await?;
    for path in &written.console {
        look(&browser, path, &mut wrong).await?;
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    browser.finish(&["status of 4"]).await
}

async fn look(browser: &Browser, path: &str, wrong: &mut Vec<String>) -> Result<()> {
    browser.go(path).await?;
    browser.settled().await?;
    look_here(browser, path, wrong).await
}

/// Elements that only a text could have brought, what ran, and what is wider than the screen.
const FOUND: &str = r#"
const made = "img, iframe, style, svg[onload], [onerror], [onfocus], [autofocus][onfocus], script:not([src]), a[href^='javascript:' i]";
const found = [...document.body.querySelectorAll(made)].map((one) => "made " + one.outerHTML.slice(0, 120));
if (window.ran !== undefined) found.push("ran a text");
const width = document.documentElement.clientWidth;
const wide = document.documentElement.scrollWidth;
if (wide > 390 || window.innerWidth > 390) {
  const scrolls = (one) => one && one !== document.body && (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > 391 && !scrolls(one.parentElement));
  found.push(`is ${wide} wide: ` + out.slice(0, 3).map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`).join(" | "));
}
return found;
"#;

async fn look_here(browser: &Browser, name: &str, wrong: &mut Vec<String>) -> Result<()> {
    let found = browser.ask(FOUND).await?;
    let found = found.as_array().cloned().unwrap_or_default();
    let found: BTreeSet<String> = found.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    if !found.is_empty() {
        browser.picture(&format!("markup{}", name.replace('/', "-"))).await?;
    }
    wrong.extend(found.into_iter().map(|one| format!("{name} {one}")));
    Ok(())
}

#[test]
fn an_exemption_says_why() {
    assert!(EXEMPT.iter().all(|(field, why)| !field.is_empty() && why.len() > 5));
    assert!(hostile(60).len() > 20);
}

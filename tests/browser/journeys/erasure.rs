//! A person asks to be erased: staff find and erase them, the supplier sees the lead as erased and says that it did the same.

use anyhow::Result;
use tradepost_browser_tests::api::text;
use tradepost_browser_tests::{Api, Browser, Screen, Server, can_browse, people};

/// R81, R82: found, previewed, erased after a question that names the person; the supplier reads of it and acknowledges,
/// and the request is done.
#[tokio::test(flavor = "multi_thread")]
async fn r81_a_person_is_erased_and_the_supplier_does_the_same() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let console = Browser::open(&server.url, Screen::Desktop).await?;
    console.go("/console/subject-requests?status=open&kind=erasure").await?;
    console.sign_in_as(people::ADMIN).await?;
    console.reads("h1", "People's requests").await?;
    console.picture("subject-requests").await?;
    console.click(".list tbody a").await?;
    console.reads("main", "What would be erased").await?;
    console.reads("main", "Suppliers' deliveries").await?;
    console.picture("subject-found").await?;
    console.click("main .form-actions .danger").await?;
    console.reads("dialog[open]", "It cannot be undone").await?;
    console.picture("subject-question").await?;
    console.click("dialog[open] .danger").await?;
    console.reads(".page-actions .badge", "Waits for suppliers").await?;
    console.reads("main", "Suppliers that were told").await?;
    console.picture("subject-erased").await?;

    let portal = Browser::open(&server.url, Screen::Phone).await?;
    portal.go("/erasures").await?;
    portal.sign_in_as(people::LONESTAR).await?;
    portal.reads("h1", "People to erase").await?;
    portal.picture("erasures-phone").await?;
    portal.click("main .row-flat a").await?;
    portal.reads("main", "This person asked to be erased").await?;
    portal.reads("h1", "Erased").await?;
    portal.picture("erased-lead-phone").await?;
    portal.go("/erasures").await?;
    portal.click("main .row-side .primary").await?;
    portal.reads("main", "Done").await?;
    portal.picture("erasures-done-phone").await?;

    console.go("/console/erasures?status=acknowledged").await?;
    console.reads(".list", "Lonestar Telecom").await?;
    console.picture("erasures-console").await?;
    portal.finish(&[]).await?;
    console.finish(&[]).await
}

/// R81: what is held is not ticked and cannot be; the page of what is kept says what goes when; after the hold it is ticked.
#[tokio::test(flavor = "multi_thread")]
async fn r81_a_held_lead_is_not_erased() -> Result<()> {
    if !can_browse() {
        return Ok(());
    }
    let server = Server::with_demo()?;
    let api = Api::sign_in(&server.url, people::ADMIN).await?;
    let open = "/subject-requests?status=open";
    let request = api.first(open, |request| request["kind"] == "erasure").await?;
    let request = text(&request, "id")?;
    let found = api.get(&format!("/subject-requests/{request}/findings")).await?;
    let lead = text(&found["leads"][0], "lead_id")?;
    let tick = format!("document.querySelector('.row-flat:has(a[href$=\"{lead}\"]) input[type=checkbox]')");

    let console = Browser::open(&server.url, Screen::Desktop).await?;
    console.go(&format!("/console/subject-requests/{request}")).await?;
    console.sign_in_as(people::ADMIN).await?;
    console.holds(&format!("{tick}?.checked && !{tick}.disabled")).await?;

    console.go(&format!("/console/leads/{lead}")).await?;
    console.reads("main", "Not held").await?;
    console.click(".panel .form-actions > button").await?;
    console
        .fill(
            "dialog[open] textarea",
            "Claim 204: kept until the ombudsman has answered.",
        )
        .await?;
    console.click("dialog[open] button[type=submit]").await?;
    console.reads(".row-flat.wrapping", "Claim 204").await?;
    console.picture("lead-held").await?;

    console.go(&format!("/console/subject-requests/{request}")).await?;
    console.reads("main", "held, so that it cannot be erased").await?;
    console.holds(&format!("{tick}?.disabled && !{tick}.checked")).await?;
    console.picture("subject-held").await?;

    console.go("/console/retention").await?;
    console.reads("main", "What the policy says").await?;
    console.reads("main", "People behind sold leads").await?;
    console.picture("kept-data").await?;

    console.go(&format!("/console/leads/{lead}")).await?;
    console.click(".row-flat.wrapping .row-side button").await?;
    console.reads(".row-flat.wrapping", "Lifted by").await?;
    console.go(&format!("/console/subject-requests/{request}")).await?;
    console.holds(&format!("{tick}?.checked && !{tick}.disabled")).await?;
    console.finish(&[]).await
}

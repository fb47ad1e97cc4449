//! Mails: one to each address of each message, what stands in them, and what becomes of them (R2, R16, R126, F19).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::post_office::PostOffice;
use tradepost_tests::{Buyer, Client, Market, TestApp, spawn, spawn_with};

async fn mails(client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("/mails?limit=100&{query}")).await
}

async fn mail(client: &Client, row: &Value) -> Value {
    let id = row["id"].as_str().expect("a mail has an id");
    client.get(format!("/mails/{id}")).send().await.ok()
}

async fn lead_address(market: &Market<'_>, buyer: &Buyer, email: &str) -> Value {
    let manager = market.app.staff("account_manager").await;
    let body = json!({ "purpose": "leads", "name": "Desk", "email": email });
    let path = format!("/suppliers/{}/contacts", buyer.id);
    manager.post(path).json(&body).send().await.created()
}

/// A server that sends to this post office and gives up on an answer soon.
async fn spawn_sending(on: Database, post: &PostOffice) -> TestApp {
    let url = post.url();
    spawn_with(on, move |settings| {
        settings.smtp_url = Some(url);
        settings.smtp_timeout_seconds = 1;
    })
    .await
}

/// R2, R16, R126: each active address gets the lead with the link to its return form, in text and HTML, once; an
/// address that was removed gets none. In a sandbox they stand in the mailbox.
#[rstest]
#[tokio::test]
async fn r126_a_lead_is_mailed_to_every_address_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    for email in [
        "one@okafor.example",
        "two@okafor.example",
        "gone@okafor.example",
        "One@okafor.example",
    ] {
        let made = lead_address(&market, &buyer, email).await;
        if email.starts_with("gone") {
            let manager = app.staff("account_manager").await;
            let path = format!("/contacts/{}", made["id"].as_str().expect("an id"));
            manager.patch(path).json(&json!({ "active": false })).send().await.ok();
        }
    }
    let delivery = market.sell_to(&buyer).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let support = app.staff("support").await;
    let leads = mails(&support, &format!("kind=lead&supplier_id={}", buyer.id)).await;
    let mut to: Vec<&str> = leads.iter().filter_map(|row| row["recipient"].as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["one@okafor.example", "two@okafor.example"], "{leads:?}");
    assert!(leads.iter().all(|row| row["status"] == "kept"), "{leads:?}");

    let shown = mail(&support, &leads[0]).await;
    let label = support.get(format!("/deliveries/{delivery}")).send().await.ok()["return_link_label"]
        .as_str()
        .expect("a label")
        .to_owned();
    let link = format!("{}/leads/{delivery}/return?channel=email_link", app.address);
    for part in ["text", "html"] {
        let body = shown[part].as_str().expect("a body");
        let link = if part == "html" {
            link.replace('/', "&#x2f;")
        } else {
            link.clone()
        };
        let unescaped = body.replace("&#x2f;", "/");
        assert!(
            unescaped.contains(&link.replace("&#x2f;", "/")),
            "{part} lacks {link}: {body}"
        );
        assert!(body.contains(&label), "{part} lacks {label}: {body}");
        assert!(
            body.contains("support@example.com") && body.contains("Accounts"),
            "R1, R122: {body}"
        );
    }
    assert_eq!(shown["from"], "Example Leads <support@example.com>");
    app.audit_is_green().await;
}

/// R126: what a whole business says to its suppliers and staff can be read: every mail of a market that was lived in has
/// a subject and both bodies, and none names a thing that is not there.
#[rstest]
#[tokio::test]
async fn r126_every_mail_that_was_written_can_be_read(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    lead_address(&market, &buyer, "one@okafor.example").await;
    let manager = app.staff("account_manager").await;
    for (purpose, email) in [
        ("billing", "bills@okafor.example"),
        ("general", "office@okafor.example"),
    ] {
        let body = json!({ "purpose": purpose, "name": "Desk", "email": email });
        let path = format!("/suppliers/{}/contacts", buyer.id);
        manager.post(path).json(&body).send().await.created();
    }
    let owner = market.owner(&buyer).await;
    let delivery = market.sell_to(&buyer).await;
    let options = owner
        .get(format!("/deliveries/{delivery}/return-options"))
        .send()
        .await
        .ok();
    let reason = options["reasons"][0]["code"].as_str().unwrap_or_default().to_owned();
    let body = json!({ "delivery_id": delivery, "reason": reason, "note": "The number belongs to somebody else." });
    owner.post("/return-requests").json(&body).send().await;
    let body = json!({ "supplier_id": buyer.id, "requested_by": "Mo", "channel": "phone", "returns_on": null });
    manager.post("/pauses").json(&body).send().await;
    app.advance(45).await;
    app.run_jobs().await;
    let support = app.staff("support").await;
    let all = mails(&support, "").await;
    let mut kinds: Vec<&str> = all.iter().filter_map(|row| row["kind"].as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(
        kinds.len() >= 3,
        "this market says too little to show anything: {kinds:?}"
    );
    for row in &all {
        let shown = mail(&support, row).await;
        let (subject, text, html) = (&shown["subject"], &shown["text"], &shown["html"]);
        for body in [subject, text, html] {
            let body = body.as_str().expect("a text");
            assert!(
                !body.trim().is_empty() && !body.contains("{{") && !body.contains("{%"),
                "{shown}"
            );
        }
        let plain = text.as_str().unwrap_or_default();
        for slip in [" none", "null", "undefined", "()", "http:///", ": \n"] {
            assert!(!plain.contains(slip), "{slip:?} in {plain}");
        }
    }
    app.audit_is_green().await;
}

/// F19: a mail server that is busy is tried again, one that refuses an address is believed, and both are seen.
#[rstest]
#[tokio::test]
async fn f19_mails_are_sent_tried_again_and_bounce(#[values(Sqlite, Postgres)] on: Database) {
    let post = PostOffice::open();
    let app = spawn_sending(on, &post).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    lead_address(&market, &buyer, "one@okafor.example").await;
    lead_address(&market, &buyer, "nobody@okafor.example").await;
    market.sell_to(&buyer).await;
    let received = post
        .await_mails(|mails| mails.iter().any(|mail| mail.to == "one@okafor.example"))
        .await;
    let support = app.staff("support").await;
    let path = format!("kind=lead&supplier_id={}", buyer.id);
    let rows = settled(&support, &path, |rows| {
        rows.iter()
            .all(|row| row["status"] == "sent" || row["status"] == "bounced")
    })
    .await;
    let of = |to: &str| rows.iter().find(|row| row["recipient"] == to).expect("a mail").clone();
    let sent = of("one@okafor.example");
    assert_eq!((&sent["status"], &sent["attempts"]), (&json!("sent"), &json!(1)));
    let bounced = of("nobody@okafor.example");
    assert_eq!(bounced["status"], "bounced");
    assert!(
        bounced["problem"]
            .as_str()
            .is_some_and(|said| said.contains("Mailbox unavailable")),
        "{bounced}"
    );
    let shown = mail(&support, &sent).await;
    let came = received
        .iter()
        .find(|mail| mail.to == "one@okafor.example")
        .expect("it came");
    assert_eq!(came.header("Message-ID"), shown["message_id"].as_str());
    assert!(
        came.data.contains("text/plain") && came.data.contains("text/html"),
        "{}",
        came.data
    );

    // Sent again on purpose it has another id, so that the reader's program shows it.
    let path = format!("/mails/{}/resend", sent["id"].as_str().expect("an id"));
    support.post(&path).json(&json!({})).send().await.assert_status(202);
    let twice = post
        .await_mails(|mails| mails.iter().filter(|mail| mail.to == "one@okafor.example").count() == 2)
        .await;
    let ids: std::collections::BTreeSet<_> = twice
        .iter()
        .filter(|mail| mail.to == "one@okafor.example")
        .map(|mail| mail.header("Message-ID").map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 2, "{ids:?}");

    // One that is busy is tried again later; nobody is bothered twice.
    post.be_busy(1);
    market.sell_to(&buyer).await;
    let waiting = settled(&support, "status=queued&kind=lead", |rows| {
        rows.iter()
            .any(|row| row["attempts"] == 1 && row["problem"].is_string())
    })
    .await;
    assert!(
        waiting.iter().all(|row| row["next_attempt_at"].is_string()),
        "{waiting:?}"
    );
    app.audit_is_green().await;
}

/// The list, once it is as expected.
async fn settled(client: &Client, query: &str, done: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let started = std::time::Instant::now();
    loop {
        let rows = mails(client, query).await;
        if !rows.is_empty() && done(&rows) {
            return rows;
        }
        assert!(started.elapsed().as_secs() < 30, "it never came to that: {rows:?}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// R126: outside of a sandbox mails wait for a mail server, and what lets somebody in cannot be read by staff.
#[rstest]
#[tokio::test]
async fn staff_cannot_read_what_lets_somebody_in(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| settings.sandbox = false).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "email": "ann@okafor.example", "name": "Ann", "role": "owner" });
    let path = format!("/suppliers/{}/members", buyer.id);
    manager.post(path).json(&body).send().await.created();
    let rows = settled(&manager, "kind=member_invited", |_| true).await;
    assert_eq!(rows[0]["status"], "queued");
    let shown = mail(&manager, &rows[0]).await;
    assert!(
        shown["text"]
            .as_str()
            .is_some_and(|text| text.contains("/accept-invitation#hidden")),
        "{shown}"
    );
    assert!(!shown.to_string().contains("#link_"), "{shown}");
}

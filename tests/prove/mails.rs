//! The sender of mails is killed again and again: none is lost, and a double carries the same id (F19).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::post_office::PostOffice;
use tradepost_tests::{PASSWORD, expect_sound_books, spawn_process_with, staff_email};

/// F19: every mail of every lead arrives, however often the server dies over it; whoever counts ids counts each once.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_a_killed_sender_loses_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let post = PostOffice::open();
    let variables = vec![
        ("SMTP_URL".to_owned(), post.url()),
        ("TRADEPOST_SMTP_TIMEOUT_SECONDS".to_owned(), "1".to_owned()),
    ];
    let mut app = spawn_process_with(on, variables).await;
    let (mut key, leads, supplier) = {
        let market = app.market("lead-store").await;
        let buyer = market.buyer("Okafor", json!({})).await;
        let manager = app.staff("account_manager").await;
        for desk in 0..4 {
            let body = json!({ "purpose": "leads", "name": "Desk", "email": format!("desk{desk}@okafor.example") });
            let path = format!("/suppliers/{}/contacts", buyer.id);
            manager.post(path).json(&body).send().await.created();
        }
        let crm =
            json!({ "supplier_id": buyer.id, "name": "CRM", "kind": "adf_mail", "address": "crm@okafor.example" });
        manager.post("/delivery-targets").json(&crm).send().await.created();
        (market.key.clone(), market.leads(), buyer.id)
    };
    let cycles = super::size(500, 6);
    let mut sold = 0;
    for cycle in 0..cycles {
        for _ in 0..2 {
            let receipt = key.post("/leads").json(&leads.fresh()).send().await.ok();
            sold += receipt["sold_to"].as_array().map_or(0, Vec::len);
        }
        // It dies at another point each time: before, between and after the mails.
        tokio::time::sleep(Duration::from_millis(u64::try_from(cycle * 53 % 700).unwrap_or(0))).await;
        app.kill();
        app.restart().await;
        key = app.moved(&key);
    }
    assert!(sold >= cycles, "too few leads were sold to show anything: {sold}");
    let path = format!("/mails?kind=lead&supplier_id={supplier}");
    let expected = sold * 4;
    // However many there are, some more have to arrive every while. Who asks signs in anew: at full size a session's first
    // token is over before the last mail is sent.
    let (mut most, mut moved) = (0, Instant::now());
    let rows: Vec<Value> = loop {
        let support = app.sign_in(&staff_email("support"), PASSWORD).await;
        let waiting = format!("{path}&status=queued,sending&limit=1");
        let page = support.get(&waiting).send().await.ok();
        if page["data"].as_array().is_some_and(Vec::is_empty) {
            let rows = support.all(&format!("{path}&limit=100")).await;
            let sent = rows.iter().filter(|row| row["status"] == "sent").count();
            // The last ones may not even be written.
            if sent == expected {
                break rows;
            }
        }
        let arrived = post.received().len();
        if arrived > most {
            (most, moved) = (arrived, Instant::now());
        }
        assert!(
            moved.elapsed().as_secs() < 60,
            "{arrived} mails came, of {expected} and more"
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    // The CRM got each lead as ADF, too, and its log says so.
    let manager = app.sign_in(&staff_email("account_manager"), PASSWORD).await;
    let targets = manager.all(&format!("/delivery-targets?supplier_id={supplier}")).await;
    let forwards = format!(
        "/delivery-targets/{}/forwards",
        targets[0]["id"].as_str().expect("an id")
    );
    (most, moved) = (0, Instant::now());
    loop {
        let sent = manager
            .all(&format!("{forwards}?status=delivered&limit=100"))
            .await
            .len();
        if sent == sold {
            break;
        }
        if sent > most {
            (most, moved) = (sent, Instant::now());
        }
        assert!(moved.elapsed().as_secs() < 60, "{sent} of {sold} leads are in the CRM");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let mut ids = BTreeMap::<String, usize>::new();
    let received = post.received();
    let (mut adf, mut leads_in_crm) = (BTreeSet::new(), BTreeSet::new());
    for mail in received.iter().filter(|mail| mail.to.starts_with("crm")) {
        adf.insert(mail.header("Message-ID").expect("a mail has an id").to_owned());
        leads_in_crm.insert(mail.header("Subject").expect("a subject").to_owned());
    }
    assert_eq!(
        (adf.len(), leads_in_crm.len()),
        (sold, sold),
        "each lead is in the CRM under one id"
    );
    for mail in received.iter().filter(|mail| mail.to.starts_with("desk")) {
        let id = mail.header("Message-ID").expect("a mail has an id");
        *ids.entry(id.to_owned()).or_default() += 1;
    }
    let known: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let of_lead = |id: &str| known.contains(id.trim_start_matches('<').split('.').next().unwrap_or_default());
    ids.retain(|id, _| of_lead(id));
    assert_eq!(ids.len(), expected, "each mail came under one id of its own");
    let doubles: usize = ids.values().map(|times| times - 1).sum();
    app.kill();
    expect_sound_books(app.database.url());
    super::report(
        "kill -9 of the sender of mails",
        on,
        &format!("{cycles} kills, {expected} mails, {sold} as ADF to a CRM"),
        &format!("0 lost, {doubles} came twice, each under the same id"),
    );
}

//! What whoever posts a lead is answered: the lead as it is kept, and the same again when the request is repeated.

use super::{buyers, status};
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, merged, spawn};

/// The receipt is written from memory: it must say what a reader of the lead finds.
async fn read_back(by: &Client, receipt: &Value) {
    let id = receipt["lead"]["id"].as_str().expect("a lead");
    let found = by.get(format!("/leads/{id}")).send().await.ok();
    for (name, value) in receipt["lead"].as_object().expect("an object") {
        assert_eq!(value, &found[name], "{name} of {receipt}");
    }
    assert_eq!(receipt["sold_to"], found["sales"], "{receipt}");
}

#[rstest]
#[tokio::test]
async fn a_receipt_says_what_a_reader_finds(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let market = app.market("lead-store").await;
    let nobody = market.submit(market.lead()).await;
    assert_eq!(status(&nobody), "available");
    market.buyer("Okafor", json!({})).await;
    let partly = market.submit(market.lead()).await;
    assert_eq!(status(&partly), "partly_sold");
    market.buyer("Haddad", json!({})).await;
    market.buyer("Moreau", json!({})).await;
    let whole = json!({ "source": "a partner", "answers": { "rooms": "4" }, "external_id": "whole-1" });
    let sold = market.submit(merged(market.lead(), whole)).await;
    assert_eq!((status(&sold), buyers(&sold).len()), ("sold_out", 3));
    let person = &sold["lead"]["person"];
    let same = json!({ "person": { "email": person["email"], "phone": person["phone"] }, "external_id": "whole-2" });
    let duplicate = market.submit(merged(market.lead(), same)).await;
    assert_eq!(duplicate["lead"]["duplicate_of"], sold["lead"]["id"], "{duplicate}");
    let bad_phone = json!({ "person": { "phone": "12345" } });
    let odd = market.submit(merged(market.lead(), bad_phone)).await;
    for receipt in [nobody, partly, sold, duplicate, odd] {
        read_back(&admin, &receipt).await;
    }
}

/// A repeated request is answered word for word as the first was, with everybody who did not get the lead and why,
/// though that is kept only once.
#[rstest]
#[tokio::test]
async fn a_repeated_request_is_answered_word_for_word(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    for name in ["Okafor", "Haddad", "Moreau", "Achterberg", "Lindqvist"] {
        market.buyer(name, json!({})).await;
    }
    let lead = market.lead();
    let post = async || {
        let request = market
            .key
            .post("/leads")
            .header("Idempotency-Key", "the same")
            .json(&lead);
        request.send().await
    };
    let (first, second) = (post().await, post().await);
    assert_eq!(first.json()["not_sold_to"].as_array().map(Vec::len), Some(2), "{first}");
    assert_eq!(second.status, 201);
    assert_eq!(first.text(), second.text());
}

/// A lead that nobody was offered when it came has nobody in its receipt, also when it was offered before the request is
/// repeated.
#[rstest]
#[tokio::test]
async fn who_was_asked_later_is_in_no_repeated_answer(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    for name in ["Okafor", "Haddad", "Moreau", "Achterberg", "Lindqvist"] {
        market.buyer(name, json!({})).await;
    }
    let bad_phone = merged(market.lead(), json!({ "person": { "phone": "12345" } }));
    let post = async || {
        let request = market
            .key
            .post("/leads")
            .header("Idempotency-Key", "another")
            .json(&bad_phone);
        request.send().await
    };
    let first = post().await;
    assert_eq!(status(&first.json()), "quarantined", "{first}");
    let id = first.json()["lead"]["id"].as_str().expect("a lead").to_owned();
    let release = app.staff("admin").await.post(format!("/leads/{id}/release"));
    let released = release.json(&json!({ "reason": "phoned" })).send().await.ok();
    assert!(!buyers(&released).is_empty(), "{released}");
    assert_eq!(first.text(), post().await.text());
}

//! The same person again, however it is spelt.

use super::{buyers, join, status};
use rstest::rstest;
use serde_json::json;
use std::collections::HashSet;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

/// A thousand shuffled enquiries of two hundred people, spelt as people spell: nobody is sold twice.
#[rstest]
#[tokio::test]
async fn duplicates_with_format_noise_are_sold_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    market.buyer("Only", json!({})).await;
    let spelt = |person: usize, way: usize| {
        let (a, b) = (200 + person / 100, 1000 + person % 100);
        let phone = match way % 5 {
            0 => format!("(512) {a}-{b}"),
            1 => format!("+1 512 {a} {b}"),
            2 => format!("512.{a}.{b}"),
            3 => format!(" 1-512-{a}-{b} "),
            _ => format!("tel:+1512{a}{b}"),
        };
        let email = match way % 3 {
            0 => format!("person.{person}@example.com"),
            1 => format!(" Person.{person}@EXAMPLE.com"),
            _ => format!("PERSON.{person}@example.com "),
        };
        // Every other enquiry shows one of the two only, and another for the other.
        match way {
            3 => (phone, format!("other.{person}.{way}@example.com")),
            4 => (format!("(737) {a}-{b}"), email),
            _ => (phone, email),
        }
    };
    let mut order: Vec<usize> = (0..1000).collect();
    // A fixed shuffle, so that a red run can be run again.
    let mut seed = 7_u64;
    for i in (1..order.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (seed >> 33) as usize % (i + 1));
    }
    let mut sold: HashSet<usize> = HashSet::new();
    for chunk in order.chunks(16) {
        let calls = chunk.iter().map(|n| {
            let (person, way) = (n / 5, n % 5);
            let (phone, email) = spelt(person, way);
            let lead = merged(market.lead(), json!({ "person": { "phone": phone, "email": email } }));
            let market = &market;
            async move { (person, way, market.submit(lead).await) }
        });
        for (person, way, receipt) in join(calls.collect()).await {
            let both = way < 3;
            match status(&receipt) {
                "partly_sold" => assert!(
                    sold.insert(person * 10 + usize::from(!both) * way),
                    "{person} was sold twice"
                ),
                "duplicate" => assert!(receipt["lead"]["duplicate_of"].is_string() && buyers(&receipt).is_empty()),
                other => panic!("{other}: {receipt}"),
            }
        }
    }
    // One who showed phone and e-mail is one person; the two odd ways are tied to it once it has come.
    for person in 0..200 {
        assert!(sold.iter().filter(|key| **key / 10 == person).count() <= 2, "{person}");
        assert!(sold.iter().any(|key| *key / 10 == person), "{person} was never sold");
    }
}

#[rstest]
#[tokio::test]
async fn after_the_window_the_same_person_is_a_new_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let policy = json!({ "intake": { "duplicate_window_days": 30 } });
    let market = app.market_with("b2b-monthly", policy).await;
    let person = market.lead()["person"].clone();
    let enquiry = || {
        merged(
            market.lead(),
            json!({ "person": person, "consent": null, "verification": null }),
        )
    };
    assert_eq!(status(&market.submit(enquiry()).await), "available");
    app.advance(29).await;
    let second = market.submit(enquiry()).await;
    assert_eq!(
        (status(&second), second["lead"]["status_reason"].as_str()),
        ("duplicate", Some("duplicate"))
    );
    app.advance_seconds(86_400).await;
    assert_eq!(status(&market.submit(enquiry()).await), "available");
    // Another product of another category is another matter.
    market.new_product("roofing", 3, json!({})).await;
    let other = merged(enquiry(), json!({ "product": "roofing" }));
    assert_eq!(status(&market.submit(other).await), "available");
}

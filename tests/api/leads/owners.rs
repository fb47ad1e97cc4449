//! Leads that belong to one supplier from the start: their own, and those of their numbers.

use super::{buyers, status};
use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn};

/// R99: a customer's own leads are taken into service and offered to nobody.
#[rstest]
#[tokio::test]
async fn r99_own_leads_are_never_offered_to_another(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("isa-calling").await;
    let (own, other) = (
        market.buyer("Own", json!({})).await,
        market.buyer("Other", json!({})).await,
    );
    let refused = market.try_submit(market.lead()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].as_str()),
        (422, Some("policy_refuses")),
        "{refused}"
    );
    let key = app.key(&["leads:write"], Some(market.id()), Some(&own.id)).await;
    let receipt = key.post("/leads").json(&market.lead()).send().await.ok();
    assert_eq!(
        (status(&receipt), receipt["lead"]["owner_supplier_id"].as_str()),
        ("in_service", Some(own.id.as_str()))
    );
    assert_eq!(
        (receipt["sold_to"].clone(), receipt["not_sold_to"].clone()),
        (json!([]), json!([]))
    );
    assert_eq!(receipt["lead"]["max_buyers"], 0);
    let id = receipt["lead"]["id"].as_str().unwrap();
    let trace = app
        .staff("support")
        .await
        .get(format!("/leads/{id}/trace"))
        .send()
        .await
        .ok();
    assert_eq!(trace["attempts"], json!([]), "nobody was ever a candidate");
    // The owner types one in; the other customer's same person is no duplicate of it.
    let typed = market
        .owner(&own)
        .await
        .post("/leads")
        .json(&market.lead())
        .send()
        .await
        .ok();
    assert_eq!(
        (status(&typed), typed["lead"]["channel"].as_str()),
        ("in_service", Some("console"))
    );
    let theirs = app.key(&["leads:write"], Some(market.id()), Some(&other.id)).await;
    let person = json!({ "person": receipt["lead"]["person"], "external_id": "theirs" });
    let same = merged(
        market.lead(),
        json!({ "person": { "email": person["person"]["email"], "phone": person["person"]["phone"] }, "external_id": "theirs" }),
    );
    assert_eq!(
        status(&theirs.post("/leads").json(&same).send().await.ok()),
        "in_service"
    );
}

/// R103, R104: a call to an assigned number is the lead of the business that has the number, and the answer
/// says where to pass the call on. R101: it is that business's alone, and a second contact is a new lead.
#[rstest]
#[tokio::test]
async fn r103_a_call_to_an_assigned_number_is_that_businesss_lead(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("local-exclusive").await;
    let number = "+15124740142";
    let forward = json!(["+15124740001", "+15124740002"]);
    let business = json!({ "tracking_number": number, "forward_to": forward });
    let called = market.supplier_with("Called", json!({}), business).await;
    market.order(&called, json!({})).await;
    market.buyer("Rival", json!({ "priority": 100 })).await;

    let call = |channel: &str| {
        merged(
            market.lead(),
            json!({ "assigned_number": "(512) 474-0142", "channel": channel, "source": "craigslist" }),
        )
    };
    for channel in ["call", "text", "email", "landing_page"] {
        let receipt = market.submit(call(channel)).await;
        assert_eq!(
            (status(&receipt), buyers(&receipt)),
            ("sold_out", vec![called.id.as_str()]),
            "{receipt}"
        );
        assert_eq!(
            (receipt["forward_to"].clone(), receipt["lead"]["channel"].as_str()),
            (forward.clone(), Some(channel))
        );
        assert_eq!(
            receipt["lead"]["owner_business_id"].as_str(),
            Some(called.business_id.as_str())
        );
        assert_eq!(receipt["lead"]["max_buyers"], 1);
    }
    // R101: the same person once more is a lead of its own.
    let again = call("call");
    market.submit(again.clone()).await;
    let second = merged(again, json!({ "external_id": "second-contact" }));
    assert_eq!(status(&market.submit(second).await), "sold_out");
    market
        .try_submit(market.lead())
        .await
        .assert_problem(422, "invalid", "/assigned_number");
    let wrong = merged(market.lead(), json!({ "assigned_number": "+15124740199" }));
    market
        .try_submit(wrong)
        .await
        .assert_problem(422, "invalid", "/assigned_number");
}

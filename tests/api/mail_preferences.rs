//! Which mails a person gets (R65, R126).

use super::auth::authenticator::email_of;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Client, TestApp, spawn};

async fn off(person: &Client, classes: &[&str]) -> Value {
    let body = json!({ "off": classes });
    person.patch("/me/mail-preferences").json(&body).send().await.ok()
}

async fn count(app: &TestApp, kind: &str, to: &str) -> usize {
    app.run_jobs().await;
    let support = app.staff("support").await;
    support
        .all(&format!("/mails?limit=100&kind={kind}&recipient={to}"))
        .await
        .len()
}

/// R126: whoever does without a class gets none of its mails, and the next one exactly once after they want them again;
/// other addresses and other classes go on, and what is legal or about signing in cannot be turned off.
#[rstest]
#[tokio::test]
async fn r126_an_opt_out_is_honoured(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let owner = market.owner(&buyer).await;
    let email = email_of(&owner).await;
    let manager = app.staff("account_manager").await;
    // The owner's own address and a desk nobody signs in with get the leads.
    for address in [email.as_str(), "desk@okafor.example"] {
        let body = json!({ "purpose": "leads", "name": "Desk", "email": address });
        let path = format!("/suppliers/{}/contacts", buyer.id);
        manager.post(path).json(&body).send().await.created();
    }
    market.sell_to(&buyer).await;
    assert_eq!(
        (
            count(&app, "lead", &email).await,
            count(&app, "lead", "desk@okafor.example").await
        ),
        (1, 1)
    );

    let shown = off(&owner, &["leads", "billing", "leads"]).await;
    let of = |class: &str| {
        let all = shown["classes"].as_array().expect("classes");
        all.iter().find(|one| one["class"] == class).expect("the class").clone()
    };
    assert_eq!(
        (&of("leads")["on"], &of("returns")["on"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        (&of("security")["mandatory"], &of("leads")["mandatory"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(owner.get("/me/mail-preferences").send().await.ok(), shown);
    market.sell_to(&buyer).await;
    assert_eq!(
        (
            count(&app, "lead", &email).await,
            count(&app, "lead", "desk@okafor.example").await
        ),
        (1, 2)
    );

    for class in ["legal", "security"] {
        let body = json!({ "off": ["leads", class] });
        let refused = owner.patch("/me/mail-preferences").json(&body).send().await;
        assert_eq!(
            refused.assert_problem(422, "invalid", "/off/1").field_code("/off/1"),
            "mandatory"
        );
    }
    let body = json!({ "email": email });
    app.anonymous().post("/auth/forgot-password").json(&body).send().await;
    assert_eq!(
        count(&app, "password_reset", &email).await,
        1,
        "signing in is told whatever is off"
    );

    off(&owner, &[]).await;
    market.sell_to(&buyer).await;
    for _ in 0..3 {
        assert_eq!(
            count(&app, "lead", &email).await,
            2,
            "what was missed does not come later, and nothing twice"
        );
    }
    // Somebody of another account with the same wish changes nothing here.
    let other = market.supplier("Lima").await;
    off(&market.owner(&other).await, &["leads"]).await;
    market.sell_to(&buyer).await;
    assert_eq!(count(&app, "lead", &email).await, 3);
    let staff = app.staff("support").await;
    let shown = staff.get("/me/mail-preferences").send().await.ok();
    let classes: Vec<&str> = shown["classes"]
        .as_array()
        .expect("classes")
        .iter()
        .filter_map(|one| one["class"].as_str())
        .collect();
    assert_eq!(classes, ["returns", "billing", "requests", "support", "security"]);
    app.audit_is_green().await;
}

//! What must not be kept or written down anywhere: passwords, tokens and keys in no log and no row, card numbers in no text.

use rstest::rstest;
use serde_json::json;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{merged, spawn_process_logging};

const PASSWORD: &str = "correct-horse-Planted-7731";
const CARD: &str = "4111 1111 1111 1111";

/// R121: with everything logged that can be, a real server that was given passwords, tokens, API keys, webhook secrets, and
/// card numbers in every kind of free text writes none of them to its log, and keeps none of them in any row: passwords and
/// keys as hashes, webhook secrets sealed, card numbers masked to their last four digits.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r121_secrets_are_in_no_log_and_in_no_row(#[values(Sqlite, Postgres)] on: Database) {
    let mut app = spawn_process_logging(on, "info,tradepost=trace").await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.buyer("Okafor", json!({})).await;
    let (owner, admin) = (market.owner(&buyer).await, app.staff("admin").await);
    let mut secrets = vec![
        PASSWORD.to_owned(),
        owner.bearer().to_owned(),
        market.key.bearer().to_owned(),
    ];
    // Passwords: of a new person, at a sign-in that fails and one that does not.
    let person =
        json!({ "email": "planted@example.com", "name": "Planted", "roles": ["support"], "password": PASSWORD });
    admin.post("/users").json(&person).send().await.created();
    let signed_in = app.sign_in("planted@example.com", PASSWORD).await;
    secrets.push(signed_in.bearer().to_owned());
    let wrong = json!({ "email": "planted@example.com", "password": format!("{PASSWORD}-wrong") });
    app.anonymous()
        .post("/auth/login")
        .json(&wrong)
        .send()
        .await
        .assert_status(401);
    let key = app.key(&["leads:read"], None, None).await;
    secrets.push(key.bearer().to_owned());
    key.get("/leads").send().await.ok();
    // A token that nobody gave out.
    let made_up = "tp_planted_0123456789abcdefghijklmnop";
    secrets.push(made_up.to_owned());
    app.anonymous()
        .with_bearer(made_up)
        .get("/leads")
        .send()
        .await
        .assert_status(401);
    let hook = json!({ "name": "Desk", "url": "http://127.0.0.1:9/hook", "kinds": [] });
    let hook = owner.post("/webhook-endpoints").json(&hook).send().await.created();
    secrets.push(hook["secret"].as_str().expect("it is shown once").to_owned());
    // Cards, where people type: a lead and its answers, a note, a return and its answers, a ticket, a reason, a request.
    let text = format!("Charge {CARD}, exp 12/29");
    let lead = merged(
        market.lead(),
        json!({ "person": { "notes": text }, "answers": { "how to pay": text } }),
    );
    let receipt = market.submit(lead).await;
    let (lead, delivery) = (
        receipt["lead"]["id"].clone(),
        receipt["sold_to"][0]["delivery_id"].clone(),
    );
    let delivery = delivery.as_str().expect("sold").to_owned();
    assert!(
        receipt["lead"]["person"]["notes"]
            .as_str()
            .expect("notes")
            .ends_with("[card number ending 1111], exp 12/29")
    );
    owner
        .patch(format!("/deliveries/{delivery}"))
        .json(&json!({ "note": text }))
        .send()
        .await
        .ok();
    let wanted = json!({ "delivery_id": delivery, "reason": "wrong_person", "note": text });
    let returned = owner.post("/return-requests").json(&wanted).send().await.created();
    let reviewer = app.staff("returns_reviewer").await;
    let path = format!("/return-requests/{}/deny", returned["id"].as_str().expect("an id"));
    reviewer
        .post(path)
        .json(&json!({ "explanation": text, "evidence": text }))
        .send()
        .await
        .ok();
    let ticket = json!({ "supplier_id": buyer.id, "topic": "leads", "subject": text, "text": text });
    owner.post("/support-tickets").json(&ticket).send().await.created();
    let path = format!("/leads/{}/withdraw", lead.as_str().expect("a lead"));
    admin.post(path).json(&json!({ "reason": text })).send().await.ok();
    let request =
        json!({ "programme_id": market.id(), "kind": "access", "phone": "(512) 200-1001", "identity_note": text });
    admin.post("/subject-requests").json(&request).send().await.created();
    app.run_jobs().await;

    secrets.push(CARD.to_owned());
    secrets.push(CARD.replace(' ', ""));
    let words: Vec<&str> = secrets.iter().map(String::as_str).collect();
    app.kill();
    let log = app.log();
    assert!(
        log.lines().count() > 25 && log.contains("answered"),
        "the log says next to nothing:\n{log}"
    );
    for word in &words {
        assert!(!log.contains(word), "{word} is in the log");
    }
    assert!(
        !log.contains("dana.") && !log.contains("Reyes"),
        "somebody is in the log"
    );
    assert_eq!(app.rows_with(&words), Vec::<String>::new());
}

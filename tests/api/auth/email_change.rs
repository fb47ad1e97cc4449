//! Another e-mail to sign in with (R65): confirmed by whoever reads it, told to who read the old one, and silent about who
//! else signs in here.

use super::authenticator::{email_of, long_ago};
use super::login;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Client, PASSWORD, TestApp, spawn, staff_email};

async fn mails(app: &TestApp, kind: &str, to: &str) -> Vec<Value> {
    app.run_jobs().await;
    let support = app.staff("support").await;
    support
        .all(&format!("/mails?limit=100&kind={kind}&recipient={to}"))
        .await
}

async fn token(app: &TestApp, to: &str) -> String {
    let rows = mails(app, "email_change", to).await;
    let id = rows.first().unwrap_or_else(|| panic!("no link to {to}"))["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let support = app.staff("support").await;
    let mail = support.get(format!("/mails/{id}")).send().await.ok();
    let text = mail["text"].as_str().expect("a text");
    assert!(text.contains("/confirm-email#"), "{text}");
    let (_, rest) = text.split_once('#').expect("a link");
    rest.split_whitespace().next().expect("a token").to_owned()
}

async fn ask(person: &Client, email: &str) -> Answer {
    person.post("/me/email").json(&json!({ "email": email })).send().await
}

async fn confirm(app: &TestApp, token: &str) -> Answer {
    let body = json!({ "token": token });
    app.anonymous()
        .post("/auth/email-changes/confirm")
        .json(&body)
        .send()
        .await
}

/// R65: the link goes to the new address and a notice to the old one; following it changes the e-mail once, ends the
/// sessions elsewhere and the other links, and no trail holds an address.
#[rstest]
#[tokio::test]
async fn r65_an_email_is_changed_by_whoever_reads_it(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (here, elsewhere) = (market.owner(&buyer).await, market.owner(&buyer).await);
    let old = email_of(&here).await;
    long_ago(&app, &here).await;
    ask(&here, "ann@new.example")
        .await
        .assert_problem(403, "step_up_required", "");
    let proof = json!({ "password": PASSWORD });
    here.post("/auth/step-up").json(&proof).send().await.ok();
    ask(&here, "no address").await.assert_problem(422, "invalid", "/email");
    ask(&here, &old).await.assert_problem(422, "invalid", "/email");

    ask(&here, "first@new.example").await.assert_status(202);
    let first = token(&app, "first@new.example").await;
    ask(&here, "Ann@New.example").await.assert_status(202);
    let second = token(&app, "Ann@New.example").await;
    assert_eq!(
        mails(&app, "security_changed", &old).await.len(),
        2,
        "the old address hears of each"
    );
    let replaced = confirm(&app, &first).await;
    assert_eq!(
        replaced.assert_problem(422, "invalid", "/token").field_code("/token"),
        "replaced"
    );
    assert_eq!(
        email_of(&here).await,
        old,
        "nothing changes before the link is followed"
    );
    // Also a link to choose a password anew is out, and the link of an address sets no password.
    let body = json!({ "token": second, "password": "a heron on the weir at noon" });
    let door = app.anonymous().post("/auth/reset-password").json(&body).send().await;
    assert_eq!(
        door.assert_problem(422, "invalid", "/token").field_code("/token"),
        "unknown"
    );
    let body = json!({ "email": old });
    app.anonymous().post("/auth/forgot-password").json(&body).send().await;
    assert_eq!(mails(&app, "password_reset", &old).await.len(), 1);

    let inspected = app
        .anonymous()
        .post("/auth/access-links/inspect")
        .json(&json!({ "token": second }));
    assert_eq!(inspected.send().await.ok()["email"], "Ann@New.example");
    confirm(&app, &second).await.assert_status(204);
    assert_eq!(email_of(&here).await, "Ann@New.example", "who asked stays signed in");
    elsewhere.get("/me").send().await.assert_status(401);
    login(&app, &old, PASSWORD).send().await.assert_status(401);
    login(&app, "ann@new.example", PASSWORD).send().await.ok();
    let twice = confirm(&app, &second).await;
    assert_eq!(
        twice.assert_problem(422, "invalid", "/token").field_code("/token"),
        "used"
    );
    assert_eq!(
        mails(&app, "security_changed", &old).await.len(),
        3,
        "and of the change itself"
    );
    let auditor = app.staff("auditor").await;
    let trail = auditor.all("/audit-entries?limit=100").await;
    let written = format!("{trail:?} {:?}", app.events("access.changed").await);
    assert!(
        written.contains("user.email_changed") && !written.to_lowercase().contains("new.example"),
        "{written}"
    );
    app.audit_is_green().await;
}

/// R35, R65: nobody learns by it who signs in here: the same answer after the same time, and only the link does not come.
#[rstest]
#[tokio::test]
async fn r65_a_taken_address_is_answered_alike(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    app.market("b2b-monthly").await;
    let person = app.staff("support").await;
    let taken = staff_email("finance");
    let mut answers = Vec::new();
    for address in [taken.as_str(), "free@new.example"] {
        let started = std::time::Instant::now();
        let answer = ask(&person, address).await;
        answers.push((answer.assert_status(202).json(), started.elapsed()));
    }
    assert_eq!(answers[0].0, answers[1].0);
    assert!(answers.iter().all(|(_, took)| took.as_millis() >= 290), "{answers:?}");
    assert!(mails(&app, "email_change", &taken).await.is_empty());
    // Somebody takes the address before the link is followed.
    let link = token(&app, "free@new.example").await;
    super::new_staff(&app, "free@new.example", &["caller"]).await;
    let late = confirm(&app, &link).await;
    assert_eq!(
        late.assert_problem(422, "invalid", "/token").field_code("/token"),
        "taken"
    );
    login(&app, &staff_email("support"), PASSWORD).send().await.ok();
    for nonsense in ["", "link_00000000000c5.x"] {
        let answer = confirm(&app, nonsense).await;
        assert_eq!(
            answer.assert_problem(422, "invalid", "/token").field_code("/token"),
            "unknown"
        );
    }
    // Asking again and again has to wait, so that nobody writes to strangers through us.
    let mut refused = false;
    for round in 0..8 {
        refused |= ask(&person, &format!("free{round}@new.example")).await.status == 429;
    }
    assert!(refused);
}

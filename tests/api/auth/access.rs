//! Links that let somebody in: invitations, resent access, forgotten passwords (R3, R4, R35, R85–R87).

use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Market, PASSWORD, TestApp, spawn, staff_email};

const NEW: &str = "a heron on the weir at noon";

async fn mails(app: &TestApp, query: &str) -> Vec<Value> {
    app.run_jobs().await;
    let support = app.staff("support").await;
    support.all(&format!("/mails?limit=100&{query}")).await
}

/// The token in the latest mail of this kind to this address; from the sandbox's mailbox.
async fn token(app: &TestApp, kind: &str, to: &str) -> String {
    let rows = mails(app, &format!("kind={kind}&recipient={to}")).await;
    let id = rows.first().unwrap_or_else(|| panic!("no {kind} to {to}"))["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let support = app.staff("support").await;
    let mail = support.get(format!("/mails/{id}")).send().await.ok();
    let text = mail["text"].as_str().expect("a text");
    let (_, rest) = text.split_once('#').unwrap_or_else(|| panic!("no link in {text}"));
    rest.split_whitespace().next().expect("a token").to_owned()
}

async fn member(market: &Market<'_>, buyer: &Buyer, email: &str, role: &str) -> Value {
    let manager = market.app.staff("account_manager").await;
    let body = json!({ "email": email, "name": "Ann Okafor", "role": role });
    let path = format!("/suppliers/{}/members", buyer.id);
    manager.post(path).json(&body).send().await.created()
}

async fn choose(app: &TestApp, door: &str, token: &str, password: &str) -> Answer {
    let path = match door {
        "accept" => "/auth/invitations/accept",
        _ => "/auth/reset-password",
    };
    let body = json!({ "token": token, "password": password });
    app.anonymous().post(path).json(&body).send().await
}

async fn state(app: &TestApp, token: &str) -> Value {
    let body = json!({ "token": token });
    app.anonymous()
        .post("/auth/access-links/inspect")
        .json(&body)
        .send()
        .await
        .ok()
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    app.anonymous().post("/auth/login").json(&body).send().await
}

/// R3, R87: the activation invites owners and members once; the link is used once, makes a session, and a password that
/// is too weak does not use it up.
#[rstest]
#[tokio::test]
async fn r3_an_account_is_invited_when_it_is_activated(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let manager = app.staff("account_manager").await;
    let body = json!({ "programme_id": market.id(), "name": "Okafor", "address": "12 Main Street" });
    let made = manager.post("/suppliers").json(&body).send().await.created();
    let buyer = Buyer {
        id: made["id"].as_str().expect("an id").to_owned(),
        business_id: String::new(),
        order_id: None,
    };
    member(&market, &buyer, "ann@okafor.example", "owner").await;
    member(&market, &buyer, "bob@okafor.example", "member").await;
    let early = mails(&app, &format!("supplier_id={}", buyer.id)).await;
    assert!(early.is_empty(), "nobody is invited before the activation: {early:?}");
    let path = format!("/suppliers/{}", buyer.id);
    for action in ["activate", "suspend", "activate"] {
        let body = json!({ "reason": "as agreed" });
        manager.post(format!("{path}/{action}")).json(&body).send().await.ok();
    }
    let sent = mails(
        &app,
        &format!("kind=activation,member_invited&supplier_id={}", buyer.id),
    )
    .await;
    assert_eq!(sent.len(), 2, "one for each of them: {sent:?}");

    let bobs = token(&app, "member_invited", "bob@okafor.example").await;
    let anns = token(&app, "activation", "ann@okafor.example").await;
    let shown = state(&app, &anns).await;
    assert_eq!(
        (&shown["state"], &shown["purpose"]),
        (&json!("good"), &json!("invitation"))
    );
    assert_eq!(shown["email"], "ann@okafor.example");
    choose(&app, "accept", &anns, "short")
        .await
        .assert_problem(422, "invalid", "/password");
    let wrong_door = choose(&app, "reset", &anns, NEW).await;
    assert_eq!(
        wrong_door.assert_problem(422, "invalid", "/token").field_code("/token"),
        "unknown"
    );
    let answer = choose(&app, "accept", &anns, NEW).await;
    let signed_in = answer.ok();
    assert!(
        answer
            .header("Set-Cookie")
            .is_some_and(|cookie| cookie.contains("HttpOnly"))
    );
    let ann = app
        .anonymous()
        .with_bearer(signed_in["access_token"].as_str().expect("a token"));
    assert_eq!(ann.get("/me").send().await.ok()["supplier"]["id"], json!(buyer.id));
    let again = choose(&app, "accept", &anns, "another long password").await;
    assert_eq!(
        again.assert_problem(422, "invalid", "/token").field_code("/token"),
        "used"
    );
    assert_eq!(state(&app, &anns).await["state"], "used");
    assert_eq!(
        state(&app, &bobs).await["state"],
        "good",
        "everybody has a link of their own"
    );
    login(&app, "ann@okafor.example", NEW).await.ok();
    // Who joins later is invited at once.
    member(&market, &buyer, "cem@okafor.example", "member").await;
    choose(
        &app,
        "accept",
        &token(&app, "member_invited", "cem@okafor.example").await,
        NEW,
    )
    .await
    .ok();
    app.audit_is_green().await;
}

/// R4: the account manager sends another link; the one before works no more, and the trail says who did it.
#[rstest]
#[tokio::test]
async fn r4_resent_access_ends_the_old_link(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let ann = member(&market, &buyer, "ann@okafor.example", "owner").await;
    let first = token(&app, "member_invited", "ann@okafor.example").await;
    let manager = app.staff("account_manager").await;
    let user = ann["user_id"].as_str().expect("a user");
    let path = format!("/users/{user}/resend-access");
    manager.post(&path).json(&json!({})).send().await.assert_status(202);
    let second = token(&app, "access_resent", "ann@okafor.example").await;
    assert_ne!(first, second);
    assert_eq!(state(&app, &first).await["state"], "replaced");
    let old = choose(&app, "accept", &first, NEW).await;
    assert_eq!(
        old.assert_problem(422, "invalid", "/token").field_code("/token"),
        "replaced"
    );
    choose(&app, "accept", &second, NEW).await.ok();
    let auditor = app.staff("auditor").await;
    let trail = auditor.all(&format!("/audit-entries?object={user}")).await;
    let actions: Vec<&str> = trail.iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert!(
        actions.contains(&"user.access_resent") && actions.contains(&"user.invitation_accepted"),
        "{actions:?}"
    );
    for token in [&first, &second] {
        let secret = token.split('.').nth(1).expect("a secret part");
        assert!(!format!("{trail:?}").contains(secret), "a token is in the trail");
    }
    // Whoever has a password is sent a link to choose another one.
    manager.post(&path).json(&json!({})).send().await.assert_status(202);
    let third = token(&app, "access_resent", "ann@okafor.example").await;
    assert_eq!(state(&app, &third).await["purpose"], "reset");
    // An account manager does not send links to staff, and a supplier to nobody.
    let admin = app.staff("admin").await;
    let staff = admin.all("/users?audience=staff&limit=100").await;
    let path = format!("/users/{}/resend-access", staff[0]["id"].as_str().expect("an id"));
    manager.post(&path).json(&json!({})).send().await.assert_status(403);
    let owner = market.owner(&buyer).await;
    owner.post(&path).json(&json!({})).send().await.assert_status(403);
}

/// R35: the same answer for a known and an unknown e-mail; the link sets the password once, ends every session, and the
/// old password is none any more.
#[rstest]
#[tokio::test]
async fn r35_a_forgotten_password_is_chosen_anew(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let email = owner.get("/me").send().await.ok()["email"]
        .as_str()
        .expect("an e-mail")
        .to_owned();
    let mut answers = Vec::new();
    for address in [email.as_str(), "stranger@nowhere.example"] {
        let started = std::time::Instant::now();
        let body = json!({ "email": address });
        let answer = app.anonymous().post("/auth/forgot-password").json(&body).send().await;
        answers.push((answer.assert_status(202).json(), started.elapsed()));
    }
    assert_eq!(answers[0].0, answers[1].0, "the answer tells who signs in here");
    assert!(
        answers.iter().all(|(_, took)| took.as_millis() >= 290),
        "the time tells it: {answers:?}"
    );
    assert!(
        mails(&app, "kind=password_reset&recipient=stranger@nowhere.example")
            .await
            .is_empty()
    );
    let link = token(&app, "password_reset", &email).await;
    let answer = choose(&app, "reset", &link, NEW).await;
    answer.assert_status(204);
    assert!(answer.header("Set-Cookie").is_none(), "a reset signs nobody in");
    owner.get("/me").send().await.assert_status(401);
    login(&app, &email, PASSWORD).await.assert_status(401);
    login(&app, &email, NEW).await.ok();
    let twice = choose(&app, "reset", &link, "yet another password").await;
    assert_eq!(
        twice.assert_problem(422, "invalid", "/token").field_code("/token"),
        "used"
    );
    assert_eq!(
        mails(&app, &format!("kind=password_changed&recipient={email}"))
            .await
            .len(),
        1
    );
    for nonsense in ["", "link_00000000000c5.x", "%00", "x".repeat(5_000).as_str()] {
        let answer = choose(&app, "reset", nonsense, NEW).await;
        assert_eq!(
            answer.assert_problem(422, "invalid", "/token").field_code("/token"),
            "unknown"
        );
    }
    app.audit_is_green().await;
}

/// R35: staff reset theirs too, and asking again and again has to wait, known or not.
#[rstest]
#[tokio::test]
async fn r35_asking_too_often_has_to_wait(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    app.market("b2b-monthly").await;
    let email = staff_email("finance");
    app.staff("finance").await;
    for address in [email.as_str(), "stranger@nowhere.example"] {
        let mut refused = None;
        for asked in 1..=8 {
            let body = json!({ "email": address });
            let answer = app.anonymous().post("/auth/forgot-password").json(&body).send().await;
            if answer.status.as_u16() == 429 {
                refused = Some(asked);
                break;
            }
            answer.assert_status(202);
        }
        assert_eq!(refused, Some(6), "{address}");
    }
    let sent = mails(&app, &format!("kind=password_reset&recipient={email}")).await;
    assert_eq!(sent.len(), 5);
    choose(&app, "reset", &token(&app, "password_reset", &email).await, NEW)
        .await
        .assert_status(204);
}

/// R35, F19: of many who use one link at once, one gets in.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_used_once_however_many_race(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    member(&market, &buyer, "ann@okafor.example", "owner").await;
    let link = token(&app, "member_invited", "ann@okafor.example").await;
    let racers: Vec<_> = (0..8)
        .map(|racer| {
            let (client, link) = (app.anonymous(), link.clone());
            tokio::spawn(async move {
                let body = json!({ "token": link, "password": format!("{NEW} number {racer}") });
                let answer = client.post("/auth/invitations/accept").json(&body).send().await;
                (racer, answer.status.as_u16())
            })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        let (racer, status) = racer.await.expect("a racer ends");
        match status {
            200 => winners.push(racer),
            422 | 429 => {}
            other => panic!("racer {racer} got {other}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    login(&app, "ann@okafor.example", &format!("{NEW} number {}", winners[0]))
        .await
        .ok();
}

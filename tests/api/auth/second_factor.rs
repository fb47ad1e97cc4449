//! Signing in with a second factor (ASVS 2.7, 2.8): enrolment, codes and recovery codes that work once, guesses that are
//! slowed, and staff who have to.

use super::authenticator::{Authenticator, challenge, code_of, email_of, reply, sql, with_code};
use super::{login, new_staff, signed_in};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tradepost::auth::operations::{Access, OPERATIONS};
use tradepost::settings::SecondFactorRule;
use tradepost_contract::people::StaffRole;
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, TestApp, spawn, spawn_with, staff_email};

async fn mails(app: &TestApp, to: &str) -> Vec<Value> {
    app.run_jobs().await;
    let support = app.staff("support").await;
    let path = format!("/mails?limit=100&kind=security_changed&recipient={to}");
    support.all(&path).await
}

/// A secret is shown once, counts after its first code, ends the other sessions and is told by mail; from then on the
/// password alone opens nothing.
#[rstest]
#[tokio::test]
async fn a_second_factor_is_set_up_and_asked_for(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let (owner, elsewhere) = (market.owner(&buyer).await, market.owner(&buyer).await);
    let email = email_of(&owner).await;
    let state = || async { owner.get("/me/second-factor").send().await.ok()["state"].clone() };
    assert_eq!(state().await, "off");
    let shown = owner.post("/me/second-factor").send().await.created();
    let rows = shown["qr"].as_array().expect("rows").clone();
    assert!(rows.len() >= 25 && rows.iter().all(|row| row.as_str().map(str::len) == Some(rows.len())));
    let uri = shown["uri"].as_str().expect("an address");
    let escaped = email.replace('@', "%40");
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(&escaped), "{uri}");
    assert!(uri.contains(shown["secret"].as_str().expect("a secret")));
    assert_eq!(state().await, "pending");
    login(&app, &email, PASSWORD).send().await.ok();
    let wrong = json!({ "code": "000000x" });
    let refused = owner.post("/me/second-factor/confirm").json(&wrong).send().await;
    assert_eq!(
        refused.assert_problem(422, "invalid", "/code").field_code("/code"),
        "wrong_code"
    );

    let mut device = Authenticator::enrol(&owner).await;
    assert_eq!(device.recovery.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(state().await, "on");
    let again = owner.post("/me/second-factor").send().await;
    again.assert_problem(409, "state_conflict", "");
    elsewhere.get("/me").send().await.assert_status(401);
    assert_eq!(owner.get("/me").send().await.ok()["second_factor"], "on");

    let code = device.next().await;
    let there = with_code(&app, &email, &code).await;
    there.client(&app).get("/suppliers").send().await.ok();
    assert_eq!(mails(&app, &email).await.len(), 1, "told once");
    let auditor = app.staff("auditor").await;
    let trail = auditor.all("/audit-entries?limit=100").await;
    let written = format!("{trail:?} {:?}", app.events("access.changed").await);
    assert!(written.contains("user.second_factor_on"));
    assert!(!written.contains(shown["secret"].as_str().expect("a secret")) && !written.contains(&device.recovery[0]));

    // Taking it away needs a code, ends the other sessions, and the password is enough again.
    let wrong = json!({ "code": device.wrong() });
    let refused = owner.post("/me/second-factor/disable").json(&wrong).send().await;
    refused.assert_problem(422, "invalid", "/code");
    let body = json!({ "code": device.recovery[3] });
    let done = owner.post("/me/second-factor/disable").json(&body).send().await;
    done.assert_status(204);
    there.client(&app).get("/me").send().await.assert_status(401);
    login(&app, &email, PASSWORD).send().await.ok();
    app.audit_is_green().await;
}

/// ASVS 2.8.4, 2.7.3: a code, a recovery code and a challenge each work once, for the person they are of, for a while.
#[rstest]
#[tokio::test]
async fn codes_and_challenges_work_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let (first, second) = (market.supplier("Okafor").await, market.supplier("Lima").await);
    let (ann, bob) = (market.owner(&first).await, market.owner(&second).await);
    let (anns, bobs) = (email_of(&ann).await, email_of(&bob).await);
    let mut device = Authenticator::enrol(&ann).await;
    let mut other = Authenticator::enrol(&bob).await;

    let used = device.same();
    let asked = challenge(&app, &anns).await;
    let replayed = reply(&app, &asked, &used).send().await;
    assert_eq!(
        replayed.assert_problem(422, "invalid", "/code").field_code("/code"),
        "used_code",
        "the code of the enrolment does not let in"
    );
    let code = device.next().await;
    reply(&app, &asked, &code).send().await.ok();
    let twice = reply(&app, &asked, &device.recovery[9]).send().await;
    twice.assert_problem(401, "challenge_over", "");
    let next = challenge(&app, &anns).await;
    let replayed = reply(&app, &next, &code).send().await;
    assert_eq!(
        replayed.assert_problem(422, "invalid", "/code").field_code("/code"),
        "used_code"
    );
    // Somebody else's code answers no challenge of mine, and neither does one that nobody was given.
    let bob_code = other.next().await;
    let foreign = reply(&app, &next, &bob_code).send().await;
    assert_eq!(
        foreign.assert_problem(422, "invalid", "/code").field_code("/code"),
        "wrong_code"
    );
    reply(&app, "no-challenge", &bob_code)
        .send()
        .await
        .assert_problem(401, "challenge_over", "");
    with_code(&app, &bobs, &bob_code).await;

    let recovery = device.recovery[0].to_uppercase();
    reply(&app, &next, &recovery).send().await.ok();
    let asked = challenge(&app, &anns).await;
    let twice = reply(&app, &asked, &recovery).send().await;
    assert_eq!(
        twice.assert_problem(422, "invalid", "/code").field_code("/code"),
        "wrong_code",
        "a recovery code works once"
    );
    assert_eq!(mails(&app, &anns).await.len(), 2, "the use of a recovery code is told");
    sql(
        &app,
        "UPDATE sign_in_challenges SET expires_at = expires_at - 301000000",
    )
    .await;
    let late = reply(&app, &asked, &device.recovery[1]).send().await;
    late.assert_problem(401, "challenge_over", "");

    // A change of the password ends a challenge that waits.
    let asked = challenge(&app, &anns).await;
    let body = json!({ "current_password": PASSWORD, "new_password": "another fine long password" });
    let person = with_code(&app, &anns, &device.recovery[2]).await.client(&app);
    person.post("/me/password").json(&body).send().await.ok();
    let late = reply(&app, &asked, &device.recovery[3]).send().await;
    late.assert_problem(401, "challenge_over", "");

    // New recovery codes are in the place of the old ones.
    let left = |person: tradepost_tests::Client| async move {
        person.get("/me/second-factor").send().await.ok()["recovery_codes_left"].clone()
    };
    let again = app.anonymous().post("/auth/login");
    let again = again.json(&json!({ "email": anns, "password": "another fine long password" }));
    let asked = again.send().await.assert_status(202).json();
    let asked = asked["challenge"].as_str().expect("a challenge").to_owned();
    let person = super::SignedIn::of(&reply(&app, &asked, &device.recovery[4]).send().await).client(&app);
    assert_eq!(
        left(person.clone()).await,
        7,
        "0, 2 and 4 are used; 3 came with a challenge that was over"
    );
    let body = json!({ "code": device.recovery[5] });
    let made = person
        .post("/me/second-factor/recovery-codes")
        .json(&body)
        .send()
        .await
        .ok();
    assert_eq!(left(person.clone()).await, 10);
    let old = json!({ "code": device.recovery[6] });
    let refused = person.post("/me/second-factor/recovery-codes").json(&old).send().await;
    refused.assert_problem(422, "invalid", "/code");
    let new = json!({ "code": made["codes"][0] });
    person
        .post("/me/second-factor/recovery-codes")
        .json(&new)
        .send()
        .await
        .ok();
    app.audit_is_green().await;
}

/// ASVS 2.2.1: guessing is slowed for the account from one address and from many, and nobody is locked out for good.
#[rstest]
#[tokio::test]
async fn guessing_codes_is_slowed(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| settings.proxy_hops = 1).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let email = email_of(&owner).await;
    let mut device = Authenticator::enrol(&owner).await;
    let asked = challenge(&app, &email).await;
    for _ in 0..5 {
        let refused = reply(&app, &asked, &device.wrong()).send().await;
        refused.assert_problem(422, "invalid", "/code");
    }
    let code = device.next().await;
    // The wait is a second, which a busy machine may take for the answer.
    sql(
        &app,
        "UPDATE sign_in_throttles SET blocked_until = blocked_until + 60000000 WHERE failures >= 5",
    )
    .await;
    let slowed = reply(&app, &asked, &code).send().await;
    slowed.assert_problem(429, "too_many_requests", "");
    assert!(slowed.header("Retry-After").is_some());
    // The wait is over, and the challenge has had its five tries: the password is asked for again.
    let wait_over = "UPDATE sign_in_throttles SET blocked_until = 0";
    sql(&app, wait_over).await;
    let over = reply(&app, &asked, &code).send().await;
    over.assert_problem(401, "challenge_over", "");
    sql(&app, wait_over).await;
    with_code(&app, &email, &code).await;

    // From ever other addresses: thirty are free, and then each has to wait all the same.
    let mut refused = None;
    let mut asked = String::new();
    for guess in 0..40 {
        if guess % 5 == 0 {
            asked = challenge(&app, &email).await;
        }
        let address = format!("198.51.100.{guess}");
        let answer = reply(&app, &asked, &device.wrong())
            .header("X-Forwarded-For", &address)
            .send()
            .await;
        if answer.status == 429 {
            refused = Some(guess);
            break;
        }
        answer.assert_problem(422, "invalid", "/code");
    }
    assert!(refused.is_some_and(|guess| (20..=31).contains(&guess)), "{refused:?}");
    sql(&app, wait_over).await;
    with_code(&app, &email, &device.recovery[0]).await;
}

/// F19: of many who come with one code and one challenge, one gets in.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_lets_one_in_however_many_race(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let email = email_of(&owner).await;
    let mut device = Authenticator::enrol(&owner).await;
    let code = device.next().await;
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(challenge(&app, &email).await);
    }
    let racers: Vec<_> = challenges
        .into_iter()
        .map(|challenge| {
            let call = reply(&app, &challenge, &code);
            tokio::spawn(async move { call.send().await.status.as_u16() })
        })
        .collect();
    let mut let_in = 0;
    for racer in racers {
        match racer.await.expect("a racer ends") {
            200 => let_in += 1,
            422 | 429 => {}
            other => panic!("a racer got {other}"),
        }
    }
    assert_eq!(let_in, 1);
}

/// Staff have to: without one their session opens nothing but setting it up, and it cannot be taken away. Suppliers are
/// offered it, and the people of the demo are not asked in a sandbox.
#[rstest]
#[tokio::test]
async fn staff_set_one_up_before_anything_else(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| settings.staff_second_factor = SecondFactorRule::Required).await;
    let admin = app.staff("admin").await;
    let me = admin.get("/me").send().await.ok();
    assert_eq!(me["second_factor"], "required");
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        let Access::Needs(permission) = operation.access else {
            continue;
        };
        if operation.before_enrolment || !permission.held_by_staff(StaffRole::Admin) {
            continue;
        }
        let method = operation.method.parse().expect("a method");
        let path = operation.path.replace("{id}", "nothing_0000000000000");
        let answer = admin
            .call(method, &path)
            .json(&json!({ "no_such_field": 1 }))
            .send()
            .await;
        if answer.status != 403 || code_of(&answer) != "second_factor_required" {
            wrong.push(format!("{} {} → {}", operation.method, operation.path, answer.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    admin.get("/sessions").send().await.ok();
    let device = Authenticator::enrol(&admin).await;
    admin.get("/users").send().await.ok();
    let body = json!({ "code": device.recovery[0] });
    let kept = admin.post("/me/second-factor/disable").json(&body).send().await;
    kept.assert_problem(409, "state_conflict", "");

    // Somebody new is let in to set it up, and who was made by the demo is not asked, in a sandbox.
    new_staff(&app, "new@staff.example", &["support"]).await;
    let new = signed_in_as(&app, "new@staff.example").await;
    new.get("/suppliers")
        .send()
        .await
        .assert_problem(403, "second_factor_required", "");
    sql(&app, "UPDATE users SET demo = TRUE WHERE email = 'new@staff.example'").await;
    let demo = signed_in_as(&app, "new@staff.example").await;
    demo.get("/suppliers").send().await.ok();
    assert_eq!(demo.get("/me").send().await.ok()["second_factor"], "off");
}

async fn signed_in_as(app: &TestApp, email: &str) -> tradepost_tests::Client {
    app.sign_in(email, PASSWORD).await
}

/// Outside of a sandbox the mark of the demo counts for nothing.
#[rstest]
#[tokio::test]
async fn the_mark_of_the_demo_counts_in_a_sandbox_only(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn_with(on, |settings| {
        settings.staff_second_factor = SecondFactorRule::Required;
        settings.sandbox = false;
    })
    .await;
    sql(&app, "UPDATE users SET demo = TRUE").await;
    let support = app.staff("support").await;
    support
        .get("/suppliers")
        .send()
        .await
        .assert_problem(403, "second_factor_required", "");
}

/// An administrator takes the second factor of somebody away who has lost it, and not their own; they are signed out, told
/// by mail, and sign in with the password again.
#[rstest]
#[tokio::test]
async fn an_administrator_resets_a_lost_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    app.market("b2b-monthly").await;
    let admin = app.staff("admin").await;
    let person = signed_in(&app, "caller").await;
    let client = person.client(&app);
    Authenticator::enrol(&client).await;
    let me = client.get("/me").send().await.ok();
    let path = format!("/users/{}/reset-second-factor", me["id"].as_str().expect("an id"));
    let user = admin
        .get(format!("/users/{}", me["id"].as_str().expect("an id")))
        .send()
        .await
        .ok();
    assert_eq!(user["has_second_factor"], true);
    let support = app.staff("support").await;
    support.post(&path).send().await.assert_problem(403, "forbidden", "");
    let done = admin.post(&path).send().await.ok();
    assert_eq!(done["has_second_factor"], false);
    client.get("/me").send().await.assert_status(401);
    login(&app, &staff_email("caller"), PASSWORD).send().await.ok();
    admin.post(&path).send().await.assert_problem(409, "state_conflict", "");
    let own = admin.get("/me").send().await.ok();
    let own = format!("/users/{}/reset-second-factor", own["id"].as_str().expect("an id"));
    admin.post(&own).send().await.assert_problem(409, "state_conflict", "");
    let told = mails(&app, &staff_email("caller")).await;
    assert_eq!(told.len(), 2, "when it was set up, and when it was reset: {told:?}");
    let auditor = app.staff("auditor").await;
    let trail = format!("{:?}", auditor.all("/audit-entries?limit=100").await);
    assert!(trail.contains("user.second_factor_reset"));
}

/// A sign-up or an invitation with the password of somebody who signs in with codes gives no session.
#[rstest]
#[tokio::test]
async fn no_other_door_goes_around_the_code(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let email = email_of(&owner).await;
    Authenticator::enrol(&owner).await;
    let body = json!({
        "programme": market.programme["slug"], "name": "Ann Okafor", "company": "Okafor", "email": email, "password": PASSWORD,
        "address": "12 Main Street, Austin", "phone": "+1 512 555 0147", "terms_accepted": true,
    });
    let answer = app.anonymous().post("/sign-ups").json(&body).send().await;
    assert!(answer.header("Set-Cookie").is_none(), "{answer}");
    assert_eq!(answer.assert_status(202).json()["next"], "sign_in");
}

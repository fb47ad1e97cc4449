//! The people of an account, as its owner manages them (R65, R106).

use super::auth::authenticator::email_of;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Buyer, Client, PASSWORD, TestApp, spawn};

fn id(member: &Value) -> String {
    member["user_id"].as_str().expect("a user").to_owned()
}

async fn invite(owner: &Client, buyer: &Buyer, body: Value) -> Answer {
    let path = format!("/suppliers/{}/members", buyer.id);
    owner.post(path).json(&body).send().await
}

async fn token(app: &TestApp, kind: &str, to: &str) -> String {
    app.run_jobs().await;
    let support = app.staff("support").await;
    let rows = support.all(&format!("/mails?kind={kind}&recipient={to}")).await;
    let mail = rows.first().unwrap_or_else(|| panic!("no {kind} to {to}"))["id"].clone();
    let mail = support
        .get(format!("/mails/{}", mail.as_str().expect("an id")))
        .send()
        .await
        .ok();
    let text = mail["text"].as_str().expect("a text");
    let (_, rest) = text.split_once('#').expect("a link");
    rest.split_whitespace().next().expect("a token").to_owned()
}

async fn accept(app: &TestApp, token: &str) -> Answer {
    let body = json!({ "token": token, "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitations/accept")
        .json(&body)
        .send()
        .await
}

/// R65, R106: an owner invites, says for which of several businesses, changes that, sends the invitation again, removes,
/// and takes back; what somebody may follows at once.
#[rstest]
#[tokio::test]
async fn r65_an_owner_manages_the_team(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let buyer = market.supplier("Okafor").await;
    let owner = market.owner(&buyer).await;
    let manager = app.staff("account_manager").await;
    let path = format!("/suppliers/{}/businesses", buyer.id);
    let mut more = Vec::new();
    for name in ["North", "South"] {
        let body = json!({ "name": name });
        let made = manager.post(&path).json(&body).send().await.created();
        more.push(made["id"].as_str().expect("an id").to_owned());
    }
    let with_password = json!({ "email": "x@okafor.example", "name": "X", "role": "member", "password": PASSWORD });
    let refused = invite(&owner, &buyer, with_password).await;
    refused.assert_problem(422, "invalid", "/password");
    let body = json!({ "email": "ann@okafor.example", "name": "Ann", "role": "member", "businesses": more });
    let ann = invite(&owner, &buyer, body).await.created();
    assert_eq!(
        (&ann["has_password"], ann["businesses"].as_array().map(Vec::len)),
        (&json!(false), Some(2))
    );
    let first = token(&app, "member_invited", "ann@okafor.example").await;
    let resend = format!("/members/{}/resend-invitation", id(&ann));
    owner.post(&resend).send().await.assert_status(202);
    let second = token(&app, "access_resent", "ann@okafor.example").await;
    accept(&app, &first).await.assert_problem(422, "invalid", "/token");
    accept(&app, &second).await.ok();
    owner
        .post(&resend)
        .send()
        .await
        .assert_problem(409, "state_conflict", "");
    let person = app.sign_in("ann@okafor.example", PASSWORD).await;
    let seen = person.all(&format!("/suppliers/{}/businesses", buyer.id)).await;
    assert_eq!(seen.len(), 2, "only those that were given: {seen:?}");

    // One of them less: the open token ends, and the next sees one.
    let change = format!("/members/{}", id(&ann));
    let version = ann["version"].as_i64().expect("a version");
    let body = json!({ "businesses": [more[0]] });
    let changed = owner.patch(&change).json(&body).if_match(version).send().await.ok();
    owner
        .patch(&change)
        .json(&body)
        .if_match(version)
        .send()
        .await
        .assert_problem(412, "stale", "");
    person.get("/me").send().await.assert_status(401);
    let person = app.sign_in("ann@okafor.example", PASSWORD).await;
    assert_eq!(
        person.all(&format!("/suppliers/{}/businesses", buyer.id)).await.len(),
        1
    );
    person
        .patch(&change)
        .json(&json!({ "role": "owner" }))
        .send()
        .await
        .assert_problem(403, "forbidden", "");
    let body = json!({ "role": "billing", "businesses": [more[0]] });
    owner
        .patch(&change)
        .json(&body)
        .send()
        .await
        .assert_problem(422, "invalid", "/businesses");
    let promoted = owner
        .patch(&change)
        .json(&json!({ "role": "billing" }))
        .send()
        .await
        .ok();
    assert_eq!(
        (&promoted["role"], &promoted["businesses"]),
        (&json!("billing"), &Value::Null)
    );
    assert!(promoted["version"].as_i64() > changed["version"].as_i64());

    let person = app.sign_in("ann@okafor.example", PASSWORD).await;
    owner
        .post(format!("/members/{}/remove", id(&ann)))
        .send()
        .await
        .assert_status(204);
    person.get("/me").send().await.assert_status(401);
    let body = json!({ "email": "ann@okafor.example", "password": PASSWORD });
    app.anonymous()
        .post("/auth/login")
        .json(&body)
        .send()
        .await
        .assert_status(401);
    let team = owner.all(&format!("/suppliers/{}/members", buyer.id)).await;
    assert!(
        team.iter().all(|member| member["email"] != "ann@okafor.example"),
        "{team:?}"
    );
    owner
        .post(format!("/members/{}/remove", id(&ann)))
        .send()
        .await
        .assert_status(404);
    owner
        .patch(&change)
        .json(&json!({ "role": "owner" }))
        .send()
        .await
        .assert_status(404);

    // Taken back, she chooses a password again.
    let body = json!({ "email": "Ann@Okafor.example", "name": "Ann", "role": "member" });
    let again = invite(&owner, &buyer, body).await.created();
    assert_eq!((id(&again), &again["has_password"]), (id(&ann), &json!(false)));
    accept(&app, &token(&app, "access_resent", "ann@okafor.example").await)
        .await
        .ok();
    let auditor = app.staff("auditor").await;
    let trail = auditor.all(&format!("/audit-entries?object={}", id(&ann))).await;
    let actions: Vec<&str> = trail.iter().filter_map(|entry| entry["action"].as_str()).collect();
    for action in ["user.created", "member.updated", "member.removed"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    app.audit_is_green().await;
}

/// R65, R127: the last owner stays, nobody touches another account's people, and members and billing people nobody.
#[rstest]
#[tokio::test]
async fn r65_the_last_owner_stays_and_others_are_out_of_reach(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("lead-store").await;
    let (buyer, other) = (market.supplier("Okafor").await, market.supplier("Lima").await);
    let owner = market.owner(&buyer).await;
    let stranger = market.owner(&other).await;
    let member = market.member(&buyer, "member").await;
    let own = owner.get("/me").send().await.ok()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for client in [&owner, &app.staff("account_manager").await] {
        let removed = client.post(format!("/members/{own}/remove")).send().await;
        removed.assert_problem(409, "state_conflict", "");
        let body = json!({ "role": "member" });
        let changed = client.patch(format!("/members/{own}")).json(&body).send().await;
        changed.assert_problem(409, "state_conflict", "");
    }
    for path in ["remove", "resend-invitation"] {
        let path = format!("/members/{own}/{path}");
        stranger.post(&path).send().await.assert_status(404);
        member.post(&path).send().await.assert_problem(403, "forbidden", "");
    }
    stranger
        .patch(format!("/members/{own}"))
        .json(&json!({ "role": "member" }))
        .send()
        .await
        .assert_status(404);
    let business =
        json!({ "email": "z@lima.example", "name": "Z", "role": "member", "businesses": [other.business_id] });
    invite(&owner, &buyer, business)
        .await
        .assert_problem(422, "invalid", "/businesses");
    invite(
        &stranger,
        &buyer,
        json!({ "email": "z@lima.example", "name": "Z", "role": "member" }),
    )
    .await
    .assert_status(404);

    // With another owner the first one may go; of two who remove each other at once, one stays.
    let second = json!({ "email": "two@okafor.example", "name": "Two", "role": "owner", "password": PASSWORD });
    let manager = app.staff("account_manager").await;
    let second = invite(&manager, &buyer, second).await.created();
    let two = app.sign_in("two@okafor.example", PASSWORD).await;
    let (first, other) = tokio::join!(
        owner.post(format!("/members/{}/remove", id(&second))).send(),
        two.post(format!("/members/{own}/remove")).send(),
    );
    let gone = [first, other].iter().filter(|answer| answer.status == 204).count();
    assert_eq!(gone, 1);
    let team = manager.all(&format!("/suppliers/{}/members", buyer.id)).await;
    assert_eq!(team.iter().filter(|member| member["role"] == "owner").count(), 1);
    assert!(!email_of(&member).await.is_empty());
    app.audit_is_green().await;
}

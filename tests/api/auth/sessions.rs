//! What ends a session: signing out, another password, a closed door.

use super::{SignedIn, login, new_staff, refresh, signed_in, with_cookie};
use reqwest::header::SET_COOKIE;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, spawn, staff_email};

#[rstest]
#[tokio::test]
async fn signing_out_ends_the_session_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let person = signed_in(&app, "support").await;
    person.client(&app).get("/me").send().await.ok();
    let answer = with_cookie(&app, "/auth/logout", &person.cookie).send().await;
    answer.assert_status(204);
    assert!(
        answer.headers[SET_COOKIE]
            .to_str()
            .expect("ASCII")
            .contains("Max-Age=0")
    );
    person
        .client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    refresh(&app, &person.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    with_cookie(&app, "/auth/logout", &person.cookie)
        .send()
        .await
        .assert_status(204);
}

#[rstest]
#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (here, there) = (signed_in(&app, "support").await, signed_in(&app, "support").await);
    let other = signed_in(&app, "caller").await;
    let sessions = here.client(&app).all("/sessions").await;
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).collect();
    assert_eq!((sessions.len(), current.len()), (2, 1));
    assert_eq!(current[0]["id"], here.body["session_id"]);
    assert_eq!(current[0]["ip"], "127.0.0.1");

    let path = |session: &SignedIn| format!("/sessions/{}", session.body["session_id"].as_str().expect("an id"));
    other
        .client(&app)
        .delete(path(&there))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    there.client(&app).get("/me").send().await.ok();
    here.client(&app).delete(path(&there)).send().await.assert_status(204);
    there
        .client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    refresh(&app, &there.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    here.client(&app)
        .delete(path(&there))
        .send()
        .await
        .assert_problem(404, "not_found", "");
    here.client(&app).get("/me").send().await.ok();
}

#[rstest]
#[tokio::test]
async fn another_password_ends_the_other_sessions(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let (here, there) = (signed_in(&app, "caller").await, signed_in(&app, "caller").await);
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let new = "seven geese by the mill";

    let client = here.client(&app);
    let post = |body: Value| client.post("/me/password").json(&body).send();
    post(change("not the password", new))
        .await
        .assert_problem(422, "invalid", "/current_password");
    post(change(PASSWORD, "short"))
        .await
        .assert_problem(422, "invalid", "/new_password");
    post(change(PASSWORD, "password1234"))
        .await
        .assert_problem(422, "invalid", "/new_password");
    let changed = post(change(PASSWORD, new)).await.ok();

    there
        .client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    refresh(&app, &there.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    here.client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    app.anonymous()
        .with_bearer(changed["access_token"].as_str().expect("a token"))
        .get("/me")
        .send()
        .await
        .ok();
    SignedIn::of(&refresh(&app, &here.cookie).await);
    login(&app, &staff_email("caller"), PASSWORD)
        .send()
        .await
        .assert_problem(401, "invalid_credentials", "");
    login(&app, &staff_email("caller"), new).send().await.ok();
}

/// Other roles count at once, though the access token was made before.
#[rstest]
#[tokio::test]
async fn r123_other_roles_and_a_closed_door_count_at_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let made = new_staff(&app, "ann@staff.example", &["finance"]).await;
    let path = format!("/users/{}", made["id"].as_str().expect("an id"));
    let ann = SignedIn::of(&login(&app, "ann@staff.example", PASSWORD).send().await);
    ann.client(&app)
        .get("/users")
        .send()
        .await
        .assert_problem(403, "forbidden", "");

    admin
        .patch(&path)
        .json(&json!({ "roles": ["auditor"] }))
        .send()
        .await
        .ok();
    ann.client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let ann = SignedIn::of(&refresh(&app, &ann.cookie).await);
    ann.client(&app).get("/users").send().await.ok();

    admin
        .patch(&path)
        .json(&json!({ "status": "disabled" }))
        .send()
        .await
        .ok();
    ann.client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    refresh(&app, &ann.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    login(&app, "ann@staff.example", PASSWORD)
        .send()
        .await
        .assert_problem(401, "invalid_credentials", "");
}

//! Signing in, refreshing and signing out on a running server, on both databases.

use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{Answer, Call, Client, PASSWORD, TestApp, spawn, staff_email};

/// A person signed in: the answer's body and the refresh cookie's value.
struct SignedIn {
    body: Value,
    cookie: String,
}

impl SignedIn {
    fn of(answer: &Answer) -> Self {
        let body = answer.ok();
        let header = answer.headers[SET_COOKIE]
            .to_str()
            .expect("a cookie is ASCII")
            .to_owned();
        let cookie = header
            .split(';')
            .next()
            .and_then(|pair| pair.strip_prefix("rt="))
            .expect("the cookie is `rt`");
        Self {
            body,
            cookie: cookie.to_owned(),
        }
    }

    fn client(&self, app: &TestApp) -> Client {
        app.anonymous()
            .with_bearer(self.body["access_token"].as_str().expect("an access token"))
    }
}

fn login(app: &TestApp, email: &str, password: &str) -> Call {
    app.anonymous()
        .post("/auth/login")
        .json(&json!({ "email": email, "password": password }))
}

async fn signed_in(app: &TestApp, role: &str) -> SignedIn {
    SignedIn::of(&login(app, &staff_email(role), PASSWORD).send().await)
}

fn with_cookie(app: &TestApp, path: &str, cookie: &str) -> Call {
    app.anonymous()
        .post(path)
        .bytes("application/json", "")
        .header("X-Requested-With", "tradepost")
        .header("Cookie", &format!("rt={cookie}"))
}

async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    with_cookie(app, "/auth/refresh", cookie).send().await
}

/// Makes a member of staff with the tests' password.
async fn new_staff(app: &TestApp, email: &str, roles: &[&str]) -> Value {
    let body = json!({ "email": email, "name": "New Person", "roles": roles, "password": PASSWORD });
    app.staff("admin")
        .await
        .post("/users")
        .json(&body)
        .send()
        .await
        .created()
}

#[rstest]
#[tokio::test]
async fn a_person_signs_in_and_sees_who_they_are(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let answer = login(&app, &staff_email("finance"), PASSWORD).send().await;
    let cookie = answer.headers[SET_COOKIE].to_str().expect("ASCII").to_owned();
    assert!(
        cookie.contains("HttpOnly; SameSite=Strict; Path=/; Max-Age="),
        "{cookie}"
    );
    assert!(
        !cookie.contains("Secure"),
        "http on a loopback address takes no Secure cookie: {cookie}"
    );
    assert!(
        !answer.text().contains(&SignedIn::of(&answer).cookie),
        "the refresh token is in the cookie only"
    );

    let me = SignedIn::of(&answer).client(&app).get("/me").send().await.ok();
    assert_eq!(
        (me["audience"].as_str(), &me["roles"]),
        (Some("staff"), &json!(["finance"]))
    );
    let may = |permission: &str| {
        me["permissions"]
            .as_array()
            .is_some_and(|all| all.contains(&json!(permission)))
    };
    assert!(may("billing.run") && !may("users.write"));
    assert_eq!((&me["supplier"], &me["contact"]), (&Value::Null, &Value::Null));
}

#[rstest]
#[tokio::test]
async fn the_case_of_the_email_does_not_matter_and_that_of_the_password_does(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    login(&app, " Finance@STAFF.example ", PASSWORD).send().await.ok();
    login(&app, &staff_email("finance"), &PASSWORD.to_uppercase())
        .send()
        .await
        .assert_problem(401, "invalid_credentials", "");
}

/// R35: nobody learns from a sign-in which e-mails have accounts.
#[rstest]
#[tokio::test]
async fn r35_every_refusal_looks_alike(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let admin = app.staff("admin").await;
    let disabled = new_staff(&app, "gone@staff.example", &["support"]).await;
    let path = format!("/users/{}", disabled["id"].as_str().expect("an id"));
    admin
        .patch(&path)
        .json(&json!({ "status": "disabled" }))
        .send()
        .await
        .ok();
    let body = json!({ "email": "new@staff.example", "name": "No Password", "roles": ["support"] });
    admin.post("/users").json(&body).send().await.created();

    let mut seen = Vec::new();
    for (email, password) in [
        ("nobody@staff.example", PASSWORD),
        (&staff_email("support"), "not the password"),
        ("gone@staff.example", PASSWORD),
        ("new@staff.example", PASSWORD),
        ("", ""),
    ] {
        let answer = login(&app, email, password).send().await;
        answer.assert_problem(401, "invalid_credentials", "");
        let mut body = answer.json();
        body["request_id"] = Value::Null;
        assert!(answer.headers.get(SET_COOKIE).is_none());
        seen.push(body);
    }
    assert!(seen.iter().all(|body| *body == seen[0]), "{seen:#?}");
}

#[rstest]
#[case::none(None)]
#[case::empty(Some(""))]
#[case::other_scheme(Some("Basic YWRtaW46YWRtaW4="))]
#[case::no_token(Some("Bearer "))]
#[case::nonsense(Some("Bearer abc.def.ghi"))]
#[case::algorithm_none(Some("Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."))]
#[case::a_key_that_is_none(Some("Bearer tp_test_abcdefgh_0000000000000000000000000000000000000000000_000000"))]
#[case::two_words(Some("Bearer a b"))]
#[tokio::test]
async fn without_credentials_nobody_gets_in(#[case] header: Option<&str>) {
    let app = spawn(Sqlite).await;
    let call = app.anonymous().get("/me");
    let answer = match header {
        Some(value) => call.header("Authorization", value).send().await,
        None => call.send().await,
    };
    answer.assert_problem(401, "unauthenticated", "");
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}

/// Who is nobody learns nothing of a body's shape either: the gate stands before it.
#[tokio::test]
async fn credentials_come_before_the_body() {
    let app = spawn(Sqlite).await;
    app.anonymous()
        .post("/users")
        .bytes("application/json", "{")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let support = app.staff("support").await;
    support
        .post("/users")
        .bytes("application/json", "{")
        .send()
        .await
        .assert_problem(403, "forbidden", "");
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_is_good_once(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let first = signed_in(&app, "support").await;
    let second = SignedIn::of(&refresh(&app, &first.cookie).await);
    assert_ne!(first.cookie, second.cookie);
    assert_eq!(first.body["session_id"], second.body["session_id"]);
    second.client(&app).get("/me").send().await.ok();
    let third = SignedIn::of(&refresh(&app, &second.cookie).await);

    // The first one is two turns old now: somebody has a copy, so the whole session ends.
    refresh(&app, &first.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    refresh(&app, &third.cookie)
        .await
        .assert_problem(401, "session_ended", "");
    third
        .client(&app)
        .get("/me")
        .send()
        .await
        .assert_problem(401, "unauthenticated", "");
    let sessions = signed_in(&app, "support").await.client(&app).all("/sessions").await;
    assert_eq!(sessions.len(), 1, "only the new one is open");
    let trail = app
        .staff("auditor")
        .await
        .all("/audit-entries?action=session.ended")
        .await;
    assert_eq!(trail.len(), 1, "{trail:?}");
}

/// A lost answer, or two tabs: the token of a moment ago gets the same successor.
#[rstest]
#[tokio::test]
async fn the_previous_token_gets_the_same_successor_for_ten_seconds(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let first = signed_in(&app, "support").await;
    let second = SignedIn::of(&refresh(&app, &first.cookie).await);
    let again = SignedIn::of(&refresh(&app, &first.cookie).await);
    assert_eq!(second.cookie, again.cookie);
    again.client(&app).get("/me").send().await.ok();
    SignedIn::of(&refresh(&app, &second.cookie).await);
}

/// Many tabs refresh at once: all of them go on, with one successor.
#[rstest]
#[tokio::test]
async fn racing_refreshes_have_one_successor(#[values(Sqlite, Postgres)] on: Database) {
    let app = std::sync::Arc::new(spawn(on).await);
    let first = signed_in(&app, "support").await;
    let racers: Vec<_> = (0..12)
        .map(|_| {
            let (app, cookie) = (app.clone(), first.cookie.clone());
            tokio::spawn(async move { SignedIn::of(&refresh(&app, &cookie).await).cookie })
        })
        .collect();
    let mut successors = std::collections::HashSet::new();
    for racer in racers {
        successors.insert(racer.await.expect("the racer ends well"));
    }
    assert_eq!(successors.len(), 1, "{successors:?}");
}

#[rstest]
#[case::nothing(None)]
#[case::empty(Some(""))]
#[case::nonsense(Some("abc"))]
#[case::right_form_never_ours(Some("sess_0000000000001.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))]
#[tokio::test]
async fn a_token_that_is_none_refreshes_nothing(#[case] cookie: Option<&str>) {
    let app = spawn(Sqlite).await;
    let call = app
        .anonymous()
        .post("/auth/refresh")
        .bytes("application/json", "")
        .header("X-Requested-With", "tradepost");
    let call = match cookie {
        Some(cookie) => call.header("Cookie", &format!("rt={cookie}")),
        None => call,
    };
    call.send().await.assert_problem(401, "session_ended", "");
}

/// A made-up token of somebody's session must not end it.
#[rstest]
#[tokio::test]
async fn a_forged_token_ends_nobodys_session(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let victim = signed_in(&app, "support").await;
    let session = victim.body["session_id"].as_str().expect("an id");
    for rotation in [0, 1, 7] {
        let forged = format!("{session}.{rotation}.{}", "A".repeat(43));
        refresh(&app, &forged).await.assert_problem(401, "session_ended", "");
        with_cookie(&app, "/auth/logout", &forged)
            .send()
            .await
            .assert_status(204);
    }
    victim.client(&app).get("/me").send().await.ok();
    SignedIn::of(&refresh(&app, &victim.cookie).await);
}

#[rstest]
#[case::a_form("application/x-www-form-urlencoded", Some("tradepost"), None, None, 415)]
#[case::plain_text("text/plain", Some("tradepost"), None, None, 415)]
#[case::no_header("application/json", None, None, None, 403)]
#[case::other_header("application/json", Some("fetch"), None, None, 403)]
#[case::other_origin("application/json", Some("tradepost"), Some("https://evil.example"), None, 403)]
#[case::null_origin("application/json", Some("tradepost"), Some("null"), None, 403)]
#[case::other_port("application/json", Some("tradepost"), Some("http://127.0.0.1:1"), None, 403)]
#[case::cross_site("application/json", Some("tradepost"), None, Some("cross-site"), 403)]
#[case::same_site("application/json", Some("tradepost"), None, Some("same-site"), 403)]
#[tokio::test]
async fn other_sites_cannot_use_the_cookie(
    #[case] content_type: &str,
    #[case] requested_with: Option<&str>,
    #[case] origin: Option<&str>,
    #[case] fetch_site: Option<&str>,
    #[case] status: u16,
    #[values("/auth/refresh", "/auth/logout")] path: &str,
) {
    let app = spawn(Sqlite).await;
    let person = signed_in(&app, "support").await;
    let mut call = app
        .anonymous()
        .post(path)
        .bytes(content_type, "")
        .header("Cookie", &format!("rt={}", person.cookie));
    for (name, value) in [
        ("X-Requested-With", requested_with),
        ("Origin", origin),
        ("Sec-Fetch-Site", fetch_site),
    ] {
        if let Some(value) = value {
            call = call.header(name, value);
        }
    }
    assert_eq!(call.send().await.status.as_u16(), status);
    SignedIn::of(&refresh(&app, &person.cookie).await);
}

#[tokio::test]
async fn our_own_pages_can_use_the_cookie() {
    let app = spawn(Sqlite).await;
    let person = signed_in(&app, "support").await;
    let call = with_cookie(&app, "/auth/refresh", &person.cookie)
        .header("Origin", &app.address)
        .header("Sec-Fetch-Site", "same-origin");
    SignedIn::of(&call.send().await);
}

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

#[rstest]
#[tokio::test]
async fn wrong_passwords_slow_the_next_try_down(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    for email in [staff_email("support"), "nobody@staff.example".to_owned()] {
        for _ in 0..5 {
            login(&app, &email, "wrong password")
                .send()
                .await
                .assert_problem(401, "invalid_credentials", "");
        }
        let slowed = login(&app, &email, PASSWORD).send().await;
        slowed.assert_problem(429, "too_many_requests", "");
        let wait: u64 = slowed.headers["retry-after"]
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .expect("seconds");
        assert!((1..=2).contains(&wait), "{wait}");
    }
    // Another account from the same address is not held up, and nobody is locked out for good.
    signed_in(&app, "finance").await;
    let came_back = loop {
        let answer = login(&app, &staff_email("support"), PASSWORD).send().await;
        if answer.status != StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    came_back.ok();
    for _ in 0..4 {
        login(&app, &staff_email("support"), "wrong password")
            .send()
            .await
            .assert_problem(401, "invalid_credentials", "");
    }
    login(&app, &staff_email("support"), PASSWORD).send().await.ok();
}

/// Tries that come at once are counted before the passwords are looked at.
#[rstest]
#[tokio::test]
async fn many_tries_at_once_do_not_slip_through(#[values(Sqlite, Postgres)] on: Database) {
    let app = std::sync::Arc::new(spawn(on).await);
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                login(&app, &staff_email("support"), "wrong password")
                    .send()
                    .await
                    .status
            })
        })
        .collect();
    let mut looked_at = 0;
    for one in tries {
        looked_at += usize::from(one.await.expect("it ends well") == StatusCode::UNAUTHORIZED);
    }
    assert!(looked_at <= 6, "{looked_at} passwords were tried");
}

#[rstest]
#[case::unknown_field(r#"{"email": "a@example.com", "password": "x", "admin": true}"#, 400)]
#[case::no_password(r#"{"email": "a@example.com"}"#, 400)]
#[case::number(r#"{"email": 1, "password": 2}"#, 400)]
#[case::list("[]", 400)]
#[case::broken("{", 400)]
#[case::huge_password(&format!(r#"{{"email": "a@example.com", "password": "{}"}}"#, "x".repeat(60_000)), 401)]
#[case::zero_bytes(r#"{"email": "a\u0000@example.com", "password": "x\u0000"}"#, 400)]
#[tokio::test]
async fn a_sign_in_of_another_shape_is_refused(#[case] body: &str, #[case] status: u16) {
    for on in [Sqlite, Postgres] {
        let app = spawn(on).await;
        let answer = app
            .anonymous()
            .post("/auth/login")
            .bytes("application/json", body.to_owned())
            .send()
            .await;
        assert_eq!(answer.status.as_u16(), status, "{answer}");
    }
}

/// R1, R122: a supplier sees whom to turn to: the account manager, or the department while there is none.
#[rstest]
#[tokio::test]
async fn r1_a_supplier_sees_who_helps(#[values(Sqlite, Postgres)] on: Database) {
    let app = spawn(on).await;
    let market = app.market("b2b-monthly").await;
    let buyer = market.supplier("Acme").await;
    let owner = market.owner(&buyer).await;
    let me = owner.get("/me").send().await.ok();
    assert_eq!(
        (&me["contact"]["kind"], &me["contact"]["email"]),
        (&json!("department"), &json!("accounts@example.com"))
    );
    assert_eq!(
        (&me["supplier"]["id"], &me["supplier"]["role"]),
        (&json!(buyer.id), &json!("owner"))
    );

    let staff = app.staff("admin").await.all("/users?role=account_manager").await;
    let patch = json!({ "account_manager_id": staff[0]["id"] });
    let manager = app.staff("account_manager").await;
    manager
        .patch(format!("/suppliers/{}", buyer.id))
        .json(&patch)
        .send()
        .await
        .ok();
    let me = owner.get("/me").send().await.ok();
    assert_eq!(
        (&me["contact"]["kind"], &me["contact"]["name"]),
        (&json!("account_manager"), &staff[0]["name"])
    );
}

/// R51, K18: only the programme that says so minds the case of the e-mail.
#[rstest]
#[case::strict("lead-store", 401)]
#[case::lenient("b2b-monthly", 200)]
#[tokio::test]
async fn r51_the_case_of_the_email_counts_where_the_policy_says_so(#[case] preset: &str, #[case] status: u16) {
    for on in [Sqlite, Postgres] {
        let app = spawn(on).await;
        let market = app.market(preset).await;
        let buyer = market.supplier("Acme").await;
        let body = json!({ "email": "Ann@Acme.example", "name": "Ann", "role": "owner", "password": PASSWORD });
        let manager = app.staff("account_manager").await;
        manager
            .post(format!("/suppliers/{}/members", buyer.id))
            .json(&body)
            .send()
            .await
            .assert_status(201);
        login(&app, "Ann@Acme.example", PASSWORD)
            .send()
            .await
            .assert_status(200);
        login(&app, "ann@acme.example", PASSWORD)
            .send()
            .await
            .assert_status(status);
    }
}

//! Who gets in, what they see, and what refuses the others.

use super::{SignedIn, login, new_staff, signed_in};
use reqwest::StatusCode;
use reqwest::header::SET_COOKIE;
use rstest::rstest;
use serde_json::{Value, json};
use tradepost_tests::Database::{self, Postgres, Sqlite};
use tradepost_tests::{PASSWORD, spawn, staff_email};

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

//! Signing in, refreshing and signing out on a running server, on both databases.

mod access;
pub(crate) mod authenticator;
mod email_change;
mod refresh;
mod second_factor;
mod sessions;
mod sign_in;
mod step_up;

use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};
use tradepost_tests::{Answer, Call, Client, PASSWORD, TestApp, staff_email};

/// A person signed in: the answer's body and the refresh cookie's value.
pub(crate) struct SignedIn {
    pub(crate) body: Value,
    cookie: String,
}

impl SignedIn {
    pub(crate) fn of(answer: &Answer) -> Self {
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

    pub(crate) fn client(&self, app: &TestApp) -> Client {
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

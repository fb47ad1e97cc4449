//! What somebody holds who signs in with codes, and what the tests do to the clock of it.

use super::{SignedIn, login};
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tradepost::second_factors::authenticator as totp;
use tradepost_tests::{Answer, Call, Client, PASSWORD, TestApp};

/// An authenticator app with one account in it.
pub(crate) struct Authenticator {
    secret: Vec<u8>,
    last: i64,
    pub(crate) recovery: Vec<String>,
}

impl Authenticator {
    /// A code that the server has not seen, and that still counts when the half minute is just over. Two can be had at
    /// once, then the next half minute is waited for.
    pub(crate) async fn next(&mut self) -> String {
        loop {
            let now = totp::step_of(tradepost::clock::wall_now());
            let step = now.max(self.last + 1);
            if step <= now + 1 {
                self.last = step;
                return totp::code(&self.secret, step);
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    }

    /// The code that was given out last.
    pub(crate) fn same(&self) -> String {
        totp::code(&self.secret, self.last)
    }

    /// A code that is wrong at every step that counts.
    pub(crate) fn wrong(&self) -> String {
        let now = totp::step_of(tradepost::clock::wall_now());
        let good: Vec<String> = (now - 3..=now + 3).map(|step| totp::code(&self.secret, step)).collect();
        let mut codes = (0..1_000_000).map(|number| format!("{number:06}"));
        codes.find(|code| !good.contains(code)).expect("most codes are wrong")
    }

    pub(crate) async fn enrol(person: &Client) -> Self {
        let shown = person.post("/me/second-factor").send().await.created();
        let secret = shown["secret"].as_str().expect("a secret").to_owned();
        let mut made = Self {
            secret: totp::from_base32(&secret).expect("base32"),
            last: 0,
            recovery: Vec::new(),
        };
        let code = made.next().await;
        let answer = person
            .post("/me/second-factor/confirm")
            .json(&json!({ "code": code }))
            .send()
            .await;
        let codes = answer.ok();
        made.recovery = codes["codes"]
            .as_array()
            .expect("codes")
            .iter()
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect();
        made
    }
}

/// The challenge that a right password gives.
pub(crate) async fn challenge(app: &TestApp, email: &str) -> String {
    let answer = login(app, email, PASSWORD).send().await;
    let body = answer.assert_status(202).json();
    assert!(answer.header("Set-Cookie").is_none(), "no session before the code");
    body["challenge"].as_str().expect("a challenge").to_owned()
}

pub(crate) fn reply(app: &TestApp, challenge: &str, code: &str) -> Call {
    app.anonymous()
        .post("/auth/sign-in-challenges/answer")
        .json(&json!({ "challenge": challenge, "code": code }))
}

/// Signs in with password and code.
pub(crate) async fn with_code(app: &TestApp, email: &str, code: &str) -> SignedIn {
    let challenge = challenge(app, email).await;
    SignedIn::of(&reply(app, &challenge, code).send().await)
}

pub(crate) async fn email_of(client: &Client) -> String {
    let me = client.get("/me").send().await.ok();
    me["email"].as_str().expect("an e-mail").to_owned()
}

/// Changes rows past the API, as time would, and lets the server look again.
pub(crate) async fn sql(app: &TestApp, statement: &str) {
    let statement = statement.to_owned();
    let inside = app.inside();
    let done = inside.db.write(move |tx| Ok(tx.batch_execute(&statement)?)).await;
    done.expect("the statement runs");
}

/// The session of a client proved who it is so long ago that it does not count.
pub(crate) async fn long_ago(app: &TestApp, client: &Client) {
    let me: Value = client.get("/me").send().await.ok();
    sql(app, "UPDATE sessions SET proved_at = proved_at - 901000000").await;
    let session = me["session_id"].as_str().expect("a session");
    app.inside().gate.forget_session(session.parse().expect("an id"));
}

pub(crate) fn code_of(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

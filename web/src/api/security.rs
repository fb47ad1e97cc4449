//! How one signs in: the password, the second factor, the e-mail, and where one is signed in.

use tradepost_contract::auth::{ChangePassword, SecretText, SignedIn};
use tradepost_contract::email_changes::{ChangeEmail, ConfirmEmail, EmailChangeAnswer};
use tradepost_contract::second_factors::{RecoveryCodes, SecondFactor, SecondFactorCode, SecondFactorEnrolment};
use tradepost_contract::sessions::Session;
use tradepost_contract::users::User;
use tradepost_contract::{Page, SessionId, UserId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `POST /me/password`
pub async fn change_my_password(body: &ChangePassword) -> Result<SignedIn> {
    Call::post("/me/password").json(body).send().await
}

/// `POST /me/email`
pub async fn change_my_email(body: &ChangeEmail) -> Result<EmailChangeAnswer> {
    Call::post("/me/email").json(body).send().await
}

/// `POST /auth/email-changes/confirm`
pub async fn confirm_email(token: &str) -> Result<()> {
    let body = ConfirmEmail {
        token: SecretText::new(token),
    };
    Call::post("/auth/email-changes/confirm")
        .anonymous()
        .json(&body)
        .send_only()
        .await
}

/// `GET /sessions`
pub async fn list_sessions(query: ListQuery) -> Result<Page<Session>> {
    Call::get(query.behind("/sessions")).send().await
}

/// `DELETE /sessions/{id}`
pub async fn end_session(id: SessionId) -> Result<()> {
    Call::delete(format!("/sessions/{id}")).send_only().await
}

/// `GET /me/second-factor`
pub async fn get_second_factor() -> Result<SecondFactor> {
    Call::get("/me/second-factor").send().await
}

/// `POST /me/second-factor`
pub async fn enrol_second_factor() -> Result<SecondFactorEnrolment> {
    Call::post("/me/second-factor")
        .json(&serde_json::Map::new())
        .send()
        .await
}

fn with_code(path: &str, code: String) -> Call {
    let code = SecretText::new(code);
    Call::post(path).json(&SecondFactorCode { code })
}

/// `POST /me/second-factor/confirm`
pub async fn confirm_second_factor(code: String) -> Result<RecoveryCodes> {
    with_code("/me/second-factor/confirm", code).send().await
}

/// `POST /me/second-factor/recovery-codes`
pub async fn make_recovery_codes(code: String) -> Result<RecoveryCodes> {
    with_code("/me/second-factor/recovery-codes", code).send().await
}

/// `POST /me/second-factor/disable`
pub async fn disable_second_factor(code: String) -> Result<()> {
    with_code("/me/second-factor/disable", code).send_only().await
}

/// `POST /users/{id}/reset-second-factor`
pub async fn reset_second_factor(user: UserId, key: &str) -> Result<User> {
    Call::post(format!("/users/{user}/reset-second-factor"))
        .once(key)
        .json(&serde_json::Map::new())
        .send()
        .await
}

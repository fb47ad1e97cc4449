//! What was written to whom.

use tradepost_contract::mail_preferences::{MailPreferences, UpdateMailPreferences};
use tradepost_contract::mails::{Mail, MailDetail};
use tradepost_contract::{MailId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /mails`
pub async fn list_mails(query: ListQuery) -> Result<Page<Mail>> {
    Call::get(query.behind("/mails")).send().await
}

/// `GET /mails/{id}`
pub async fn get_mail(id: MailId) -> Result<MailDetail> {
    Call::get(format!("/mails/{id}")).send().await
}

/// `POST /mails/{id}/resend`
pub async fn resend_mail(id: MailId, key: &str) -> Result<Mail> {
    Call::post(format!("/mails/{id}/resend"))
        .once(key)
        .json(&serde_json::json!({}))
        .send()
        .await
}

/// `GET /me/mail-preferences`
pub async fn get_mail_preferences() -> Result<MailPreferences> {
    Call::get("/me/mail-preferences").send().await
}

/// `PATCH /me/mail-preferences`
pub async fn update_mail_preferences(body: &UpdateMailPreferences, key: &str) -> Result<MailPreferences> {
    Call::patch("/me/mail-preferences").once(key).json(body).send().await
}

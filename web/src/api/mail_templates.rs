//! What mails say.

use tradepost_contract::ProgrammeId;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mail_templates::{MailPreview, MailTemplate, MailTemplates, WriteMailTemplate};

use super::Result;
use super::http::Call;

fn path(programme: ProgrammeId, kind: NotificationKind) -> String {
    format!("/programmes/{programme}/mail-templates/{kind}")
}

/// `GET /programmes/{id}/mail-templates`
pub async fn list_mail_templates(programme: ProgrammeId) -> Result<MailTemplates> {
    Call::get(format!("/programmes/{programme}/mail-templates"))
        .send()
        .await
}

/// `GET /programmes/{id}/mail-templates/{kind}`
pub async fn get_mail_template(programme: ProgrammeId, kind: NotificationKind) -> Result<MailTemplate> {
    Call::get(path(programme, kind)).send().await
}

/// `PATCH /programmes/{id}/mail-templates/{kind}`
pub async fn write_mail_template(
    programme: ProgrammeId,
    kind: NotificationKind,
    version: i64,
    body: &WriteMailTemplate,
    key: &str,
) -> Result<MailTemplate> {
    Call::patch(path(programme, kind))
        .json(body)
        .if_version(version)
        .once(key)
        .send()
        .await
}

/// `DELETE /programmes/{id}/mail-templates/{kind}`
pub async fn reset_mail_template(programme: ProgrammeId, kind: NotificationKind, version: i64) -> Result<()> {
    Call::delete(path(programme, kind))
        .if_version(version)
        .send_only()
        .await
}

/// `POST /programmes/{id}/mail-templates/{kind}/preview`
pub async fn preview_mail_template(
    programme: ProgrammeId,
    kind: NotificationKind,
    body: &WriteMailTemplate,
) -> Result<MailPreview> {
    let path = format!("{}/preview", path(programme, kind));
    Call::post(path).json(body).send().await
}

/// `POST /programmes/{id}/mail-templates/{kind}/test-mails`
pub async fn test_mail_template(
    programme: ProgrammeId,
    kind: NotificationKind,
    body: &WriteMailTemplate,
    key: &str,
) -> Result<MailPreview> {
    let path = format!("{}/test-mails", path(programme, kind));
    Call::post(path).json(body).once(key).send().await
}

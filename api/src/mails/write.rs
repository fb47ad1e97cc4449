//! The job that makes the mails of messages.

use super::store::{self, Unmailed};
use crate::access_links;
use crate::app::App;
use crate::auth::secrets::Secrets;
use crate::db::Tx;
use crate::delivery_targets;
use crate::error::ApiResult;
use crate::mail_preferences;
use tradepost_contract::access_links::AccessPurpose;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mail_preferences::MailClass;
use tradepost_contract::mails::{MailAction, MailStatus};
use tradepost_contract::{UserId, UserLinkId};

/// So many messages a slice: each costs two or three statements, and others wait for the writer.
const SLICE: i64 = 32;

/// The job.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let open = app.db.read_blocking(|conn| store::unmailed(conn, SLICE))?;
    if open.is_empty() {
        return Ok(0);
    }
    let born = if app.mailer.is_none() && app.settings.sandbox {
        MailStatus::Kept
    } else {
        MailStatus::Queued
    };
    let count = open.len();
    let secrets = app.secrets.clone();
    app.db.write_blocking(move |tx| {
        for message in &open {
            if store::take(tx, message.id)? {
                write(tx, &secrets, message, born)?;
            }
        }
        Ok(())
    })?;
    Ok(count)
}

fn write(tx: &mut Tx<'_>, secrets: &Secrets, message: &Unmailed, born: MailStatus) -> ApiResult<()> {
    let recipients: Vec<String> = serde_json::from_str(&message.recipients)?;
    let mut written: Vec<String> = Vec::new();
    for recipient in recipients {
        // Two contacts may have one address, in different cases too.
        let same = recipient.to_lowercase();
        if written.contains(&same) {
            continue;
        }
        // Whoever does without this class of mails gets none; the message itself stays.
        if mail_preferences::does_without(tx, &same, MailClass::of(message.kind))? {
            continue;
        }
        let link = link(tx, secrets, message, &recipient)?;
        store::insert(tx, message, &recipient, link, born)?;
        if message.kind == NotificationKind::LeadForwarded && born == MailStatus::Kept {
            let facts = serde_json::from_str(&message.facts)?;
            let said = "It is in the sandbox's mailbox.";
            delivery_targets::mailed(tx, &facts, MailAction::Accept, Some(said))?;
        }
        written.push(same);
    }
    Ok(())
}

/// The link that lets the reader in, where the message is to bring one. It is made here and not where the message was
/// recorded, so that it is as young as the mail.
fn link(tx: &mut Tx<'_>, secrets: &Secrets, of: &Unmailed, recipient: &str) -> ApiResult<Option<UserLinkId>> {
    use NotificationKind as N;
    if of.kind == N::EmailChange {
        let facts: serde_json::Value = serde_json::from_str(&of.facts)?;
        let user: Option<UserId> = facts["user_id"].as_str().and_then(|id| id.parse().ok());
        let session = facts["session_id"].as_str().and_then(|id| id.parse().ok());
        return match user {
            Some(user) => access_links::make_email(tx, secrets, user, recipient, session),
            None => Ok(None),
        };
    }
    let user: Option<UserId> = match of.kind {
        N::Activation | N::Invitation => match of.supplier_id {
            Some(supplier) => store::owner_without_password(tx, supplier, recipient)?,
            None => None,
        },
        N::MemberInvited | N::AccessResent | N::PasswordReset => {
            let facts: serde_json::Value = serde_json::from_str(&of.facts)?;
            facts["user_id"].as_str().and_then(|id| id.parse().ok())
        }
        _ => None,
    };
    let Some(user) = user else {
        return Ok(None);
    };
    let purpose = match of.kind {
        N::PasswordReset => Some(AccessPurpose::Reset),
        N::Activation | N::Invitation | N::MemberInvited => Some(AccessPurpose::Invitation),
        // Whoever has a password already chooses another one.
        _ => None,
    };
    access_links::make(tx, secrets, user, purpose)
}

//! Mails: what was written to whom, and what became of it (R126).

use crate::events::NotificationKind;
use crate::transition::InvalidTransition;
use crate::{MailId, NotificationId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// What became of a mail.
    pub enum MailStatus {
        /// It waits to be sent, or to be tried again.
        Queued = "queued",
        /// A server is at it.
        Sending = "sending",
        /// The reader's mail server has taken it.
        Sent = "sent",
        /// Nothing is sent from here: it stands in the mailbox only.
        Kept = "kept",
        /// The reader's mail server refuses the address or the mail, for good.
        Bounced = "bounced",
        /// No mail server could be reached for days.
        Dead = "dead",
        /// What it was to say is over, such as a link that was used or has ended.
        Dropped = "dropped",
    }
}

text_enum! {
    /// What can happen to a mail.
    pub enum MailAction {
        /// A server takes it to send it.
        Claim = "claim",
        /// The reader's mail server took it.
        Accept = "accept",
        /// It did not work this time.
        Defer = "defer",
        /// The reader's mail server refuses it for good.
        Refuse = "refuse",
        /// It was tried for long enough.
        GiveUp = "give_up",
        /// What it was to say is over.
        Drop = "drop",
        /// Staff send it again.
        Resend = "resend",
    }
}

impl MailStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: MailAction) -> Result<Self, InvalidTransition> {
        use MailAction as A;
        match (self, action) {
            // Claiming what is being sent takes over from a server that died over it.
            (Self::Queued | Self::Sending, A::Claim) => Ok(Self::Sending),
            (Self::Sending, A::Accept) => Ok(Self::Sent),
            (Self::Sending, A::Defer) => Ok(Self::Queued),
            (Self::Sending, A::Refuse) => Ok(Self::Bounced),
            (Self::Sending, A::GiveUp) => Ok(Self::Dead),
            (Self::Sending, A::Drop) => Ok(Self::Dropped),
            (Self::Sent | Self::Bounced | Self::Dead, A::Resend) => Ok(Self::Queued),
            (Self::Queued, A::Accept | A::Defer | A::Refuse | A::GiveUp | A::Drop | A::Resend)
            | (Self::Sending, A::Resend)
            | (
                Self::Sent | Self::Bounced | Self::Dead,
                A::Claim | A::Accept | A::Defer | A::Refuse | A::GiveUp | A::Drop,
            )
            | (
                Self::Kept | Self::Dropped,
                A::Claim | A::Accept | A::Defer | A::Refuse | A::GiveUp | A::Drop | A::Resend,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// A mail, as lists show it. Its text is written from the facts whenever somebody reads it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// The message that it carries.
    pub notification_id: NotificationId,
    /// What it says.
    pub kind: NotificationKind,
    /// In whose name it goes out.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// About which supplier; null where it is for staff.
    pub supplier_id: Option<SupplierId>,
    /// What that is called.
    pub supplier_name: Option<String>,
    /// The address.
    #[schema(example = "ann@example.com")]
    pub recipient: String,
    /// What became of it.
    pub status: MailStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it is queued.
    pub next_attempt_at: Option<Timestamp>,
    /// What the mail server said last, where it was not taken.
    pub problem: Option<String>,
    /// When the reader's mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it was written, in business time.
    pub created_at: Timestamp,
    /// Whether staff may send it again.
    pub resendable: bool,
}

/// A mail with its text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MailDetail {
    /// The mail.
    #[serde(flatten)]
    pub mail: Mail,
    /// Its subject.
    pub subject: String,
    /// Its sender, as the reader sees it.
    #[schema(example = "Example Leads <support@example.com>")]
    pub from: String,
    /// Whom an answer goes to, where that is somebody else.
    pub reply_to: Option<String>,
    /// The id by which a reader's program knows it, each time it is sent.
    #[schema(example = "<mail_00000000000c5.1@example.com>")]
    pub message_id: String,
    /// Its text.
    pub text: String,
    /// The same in HTML. Links that let somebody in stand here in a sandbox only.
    pub html: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use MailAction as A;
        use MailStatus as S;
        let allowed = [
            (S::Queued, A::Claim, S::Sending),
            (S::Sending, A::Claim, S::Sending),
            (S::Sending, A::Accept, S::Sent),
            (S::Sending, A::Defer, S::Queued),
            (S::Sending, A::Refuse, S::Bounced),
            (S::Sending, A::GiveUp, S::Dead),
            (S::Sending, A::Drop, S::Dropped),
            (S::Sent, A::Resend, S::Queued),
            (S::Bounced, A::Resend, S::Queued),
            (S::Dead, A::Resend, S::Queued),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(status, done, _)| status == from && done == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
    }
}

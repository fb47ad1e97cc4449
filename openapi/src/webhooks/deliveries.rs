//! What is sent to an endpoint, and what became of it.

use crate::deliveries::DeliveryDetail;
use crate::events::EventKind;
use crate::transition::InvalidTransition;
use crate::{EventId, ProgrammeId, SupplierId, Timestamp, WebhookDeliveryId, WebhookEndpointId};

text_enum! {
    /// Where the sending of one event to one endpoint stands.
    pub enum WebhookDeliveryStatus {
        /// It is sent, or sent again, when its time comes.
        Pending = "pending",
        /// The other end took it.
        Delivered = "delivered",
        /// The other end did not take it for three days, or is gone.
        Dead = "dead",
        /// Somebody chose to go on without it.
        Skipped = "skipped",
    }
}

text_enum! {
    /// What can happen to the sending of an event.
    pub enum WebhookDeliveryAction {
        /// The other end took it.
        Deliver = "deliver",
        /// It was tried for the last time.
        GiveUp = "give_up",
        /// Go on without it.
        Skip = "skip",
        /// Send it again.
        Replay = "replay",
    }
}

impl WebhookDeliveryStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten. What waits and is asked
    /// for again is sent at once.
    pub const fn after(self, action: WebhookDeliveryAction) -> Result<Self, InvalidTransition> {
        use WebhookDeliveryAction as A;
        match (self, action) {
            (Self::Pending, A::Deliver) => Ok(Self::Delivered),
            (Self::Pending, A::GiveUp) => Ok(Self::Dead),
            (Self::Pending, A::Skip) => Ok(Self::Skipped),
            (Self::Pending | Self::Delivered | Self::Dead | Self::Skipped, A::Replay) => Ok(Self::Pending),
            (Self::Delivered | Self::Dead | Self::Skipped, A::Deliver | A::GiveUp | A::Skip) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }
}

text_enum! {
    /// Why an attempt failed.
    pub enum WebhookFault {
        /// The address is not one that may be called: not https on port 443, or not public.
        AddressRefused = "address_refused",
        /// The name of the host leads nowhere.
        NameUnknown = "name_unknown",
        /// No connection came about, or it broke, or its certificate is not good.
        NoConnection = "no_connection",
        /// There was no answer within ten seconds.
        TimedOut = "timed_out",
        /// The answer was not 2xx. Redirects are not followed.
        BadStatus = "bad_status",
        /// The answer was longer than 64 KiB.
        TooLong = "too_long",
        /// The secret of the endpoint cannot be read: the secret of the installation was changed. Rotate it.
        SecretLost = "secret_lost",
        /// The lead waits until the supplier has accepted the notice that goes with it (R82).
        HeldBack = "held_back",
        /// The reader's mail server will not take it.
        MailRefused = "mail_refused",
        /// The reader's mail server has not taken it for three days.
        MailNotTaken = "mail_not_taken",
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookDelivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub endpoint_id: WebhookEndpointId,
    /// What: also the header `webhook-id`.
    pub event_id: EventId,
    /// The kind of event.
    pub kind: EventKind,
    /// The id of what it happened to. Events of one thing are sent one after another.
    #[schema(example = "del_00000000000c5")]
    pub subject: String,
    /// Where it stands.
    pub status: WebhookDeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, on the wall, unless an earlier event of the same thing still waits.
    pub next_attempt_at: Option<Timestamp>,
    /// What the last attempt was answered with.
    pub last_status_code: Option<i32>,
    /// Why the last attempt failed.
    pub last_fault: Option<WebhookFault>,
    /// Since when it is to be sent, on the wall.
    pub created_at: Timestamp,
    /// When it was delivered, given up or skipped, on the wall.
    pub finished_at: Option<Timestamp>,
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookAttempt {
    /// When, on the wall.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The status of the answer.
    pub status_code: Option<i32>,
    /// Why it failed.
    pub fault: Option<WebhookFault>,
    /// How the answer begins: up to 1,000 characters.
    pub answer: Option<String>,
}

/// One event on its way to one endpoint, with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookDeliveryLog {
    /// What is sent where.
    pub delivery: WebhookDelivery,
    /// Each attempt, the latest first; the latest hundred.
    pub attempts: Vec<WebhookAttempt>,
    /// The body, without what the endpoint includes besides.
    pub message: WebhookMessage,
}

/// Sends past events again: one, or all of a while. They keep their `webhook-id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayWebhooks {
    /// This event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// Or all that were recorded from this instant of the wall clock on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// The body of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookMessage {
    /// What happened.
    pub r#type: EventKind,
    /// When, in business time.
    pub timestamp: Timestamp,
    /// To what.
    pub data: WebhookData,
}

/// What a webhook says of an event: as `GET /events` does, ids, states and amounts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookData {
    /// The id of what it happened to.
    #[schema(example = "del_00000000000c5")]
    pub subject: String,
    /// In which programme, where it belongs to one.
    pub programme_id: Option<ProgrammeId>,
    /// To which supplier, where it concerns one.
    pub supplier_id: Option<SupplierId>,
    /// The facts, by the kind of event.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// The delivery as it stands now, for endpoints that include it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Box<DeliveryDetail>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of status and action, so that none changes unseen.
    #[test]
    fn a_delivery_goes_where_the_table_says() {
        use WebhookDeliveryAction as A;
        use WebhookDeliveryStatus as S;
        let leads = |from: S, action: A| match (from, action) {
            (S::Pending, A::Deliver) => Some(S::Delivered),
            (S::Pending, A::GiveUp) => Some(S::Dead),
            (S::Pending, A::Skip) => Some(S::Skipped),
            (_, A::Replay) => Some(S::Pending),
            _ => None,
        };
        for from in S::ALL {
            for action in A::ALL {
                assert_eq!(from.after(*action).ok(), leads(*from, *action), "{from} {action}");
            }
        }
    }
}

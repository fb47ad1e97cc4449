//! Webhooks: what happens is sent to addresses of integrators, by Standard Webhooks 1.0.

mod audience;
mod deliveries;

pub use audience::is_for_suppliers;
pub use deliveries::{
    ReplayWebhooks, WebhookAttempt, WebhookData, WebhookDelivery, WebhookDeliveryAction, WebhookDeliveryLog,
    WebhookDeliveryStatus, WebhookFault, WebhookMessage,
};

use crate::auth::SecretText;
use crate::events::EventKind;
use crate::transition::InvalidTransition;
use crate::{ProgrammeId, SupplierId, Timestamp, WebhookEndpointId};

text_enum! {
    /// Whether events are sent to an endpoint.
    pub enum WebhookEndpointStatus {
        /// They are.
        Active = "active",
        /// Somebody stopped it for a while; what happens meanwhile is sent afterwards.
        Paused = "paused",
        /// The other end said that it is gone, or failed for too long.
        Disabled = "disabled",
        /// It is not there any more.
        Deleted = "deleted",
    }
}

text_enum! {
    /// What can happen to an endpoint.
    pub enum WebhookEndpointAction {
        /// Send nothing for a while.
        Pause = "pause",
        /// Send again.
        Enable = "enable",
        /// The other end is gone, or has failed for too long.
        Disable = "disable",
        /// Take it away.
        Delete = "delete",
    }
}

impl WebhookEndpointStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: WebhookEndpointAction) -> Result<Self, InvalidTransition> {
        use WebhookEndpointAction as A;
        match (self, action) {
            (Self::Active, A::Pause) => Ok(Self::Paused),
            (Self::Paused | Self::Disabled, A::Enable) => Ok(Self::Active),
            (Self::Active | Self::Paused, A::Disable) => Ok(Self::Disabled),
            (Self::Active | Self::Paused | Self::Disabled, A::Delete) => Ok(Self::Deleted),
            (Self::Active, A::Enable)
            | (Self::Paused, A::Pause)
            | (Self::Disabled, A::Pause | A::Disable)
            | (Self::Deleted, A::Pause | A::Enable | A::Disable | A::Delete) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// Why nothing is sent to an endpoint any more.
    pub enum WebhookDisabledBecause {
        /// It answered 410.
        Gone = "gone",
        /// Nothing has arrived there for days.
        Failing = "failing",
    }
}

text_enum! {
    /// What an endpoint is sent besides ids, states and amounts.
    pub enum WebhookInclude {
        /// With the events of a delivery, the delivery as `GET /deliveries/{id}` shows it to the supplier: the
        /// person's name, phone and e-mail among it.
        Delivery = "delivery",
    }
}

/// An address that events are sent to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Whose it is: the supplier's whose owners see it, and whose events alone are sent. None where it is the
    /// seller's.
    pub supplier_id: Option<SupplierId>,
    /// What that supplier is called.
    pub supplier_name: Option<String>,
    /// Only events of this programme.
    pub programme_id: Option<ProgrammeId>,
    /// Of the seller's: only events of this supplier.
    pub only_supplier_id: Option<SupplierId>,
    /// What it is for.
    #[schema(example = "Our CRM")]
    pub name: String,
    /// Where events are sent.
    #[schema(example = "https://hooks.example.com/tradepost")]
    pub url: String,
    /// The kinds of events that are sent; all of them where there are none here.
    pub kinds: Vec<EventKind>,
    /// What is sent besides ids, states and amounts.
    pub includes: Vec<WebhookInclude>,
    /// Whether events are sent.
    pub status: WebhookEndpointStatus,
    /// Why not, where it was disabled.
    pub disabled_because: Option<WebhookDisabledBecause>,
    /// Since when nothing has arrived there, on the wall.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the last rotation signs too, on the wall.
    pub previous_secret_until: Option<Timestamp>,
    /// How many events wait to be sent, or to be sent again.
    pub waiting: i64,
    /// Whether past events are being sent again.
    pub replaying: bool,
    /// When it was made, on the wall.
    pub created_at: Timestamp,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A new endpoint.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookEndpoint {
    /// Make it this supplier's: its owners see it, and only its events are sent. A supplier's own people and keys may
    /// leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
    /// Only events of this programme. A supplier's endpoint has its programme anyhow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme_id: Option<ProgrammeId>,
    /// Of the seller's own endpoint: only events of this supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_supplier_id: Option<SupplierId>,
    /// What it is for.
    #[schema(example = "Our CRM", min_length = 1, max_length = 100)]
    pub name: String,
    /// Where events are sent: https, on port 443, of a name that leads to public addresses only. In a sandbox also
    /// http, other ports and loopback addresses.
    #[schema(example = "https://hooks.example.com/tradepost", max_length = 2048)]
    pub url: String,
    /// The kinds of events that are sent; all that the owner may see where it is left out or empty.
    #[serde(default)]
    pub kinds: Vec<EventKind>,
    /// What is sent besides ids, states and amounts; for a supplier's endpoint only.
    #[serde(default)]
    pub includes: Vec<WebhookInclude>,
}

/// An endpoint with its secret, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct WebhookEndpointWithSecret {
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// What its messages are signed with: `whsec_…`. It is shown once; null when an idempotent request is answered
    /// again.
    pub secret: Option<SecretText>,
}

/// What changes of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWebhookEndpoint {
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Where events are sent, those too that wait already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub url: Option<String>,
    /// The kinds of events that are sent from now on, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<EventKind>>,
    /// What is sent besides ids, states and amounts, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub includes: Option<Vec<WebhookInclude>>,
}

/// Sends again to an endpoint that was paused or disabled.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableWebhookEndpoint {
    /// Begin with what happens from now on. Otherwise all that happened meanwhile is sent first.
    #[serde(default)]
    pub skip_missed: bool,
}

/// The longest that two secrets sign, in hours.
pub const LONGEST_OVERLAP_HOURS: i64 = 168;

/// For so many hours the old secret counts beside the new one, unless whoever rotates it says otherwise.
pub const USUAL_OVERLAP_HOURS: i64 = 24;

/// A new secret for an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateWebhookSecret {
    /// For so many hours the old secret signs too, 0 to 168; 24 when left out. With 0 it ends at once, as it should
    /// where it has leaked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of status and action, so that none changes unseen.
    #[test]
    fn an_endpoint_goes_where_the_table_says() {
        use WebhookEndpointAction as A;
        use WebhookEndpointStatus as S;
        let leads = |from: S, action: A| match (from, action) {
            (S::Active, A::Pause) => Some(S::Paused),
            (S::Paused, A::Enable) | (S::Disabled, A::Enable) => Some(S::Active),
            (S::Active, A::Disable) | (S::Paused, A::Disable) => Some(S::Disabled),
            (S::Active, A::Delete) | (S::Paused, A::Delete) | (S::Disabled, A::Delete) => Some(S::Deleted),
            _ => None,
        };
        for from in S::ALL {
            for action in A::ALL {
                assert_eq!(from.after(*action).ok(), leads(*from, *action), "{from} {action}");
            }
        }
    }
}

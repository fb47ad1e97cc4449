//! Lead sources: senders that post enquiries in a format of their own, such as an advertising platform's form.

use crate::auth::SecretText;
use crate::lead_imports::ImportMapping;
use crate::leads::{CreateLead, LeadStatus};
use crate::{
    FieldError, InvalidTransition, LeadId, LeadProductId, LeadSourceId, LeadSourcePostId, ProblemCode, ProgrammeId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// The format a sender speaks, and how it proves who it is.
    pub enum LeadSourceKind {
        /// The webhook of Google Ads lead forms: JSON with `user_column_data`, and the secret as `google_key`.
        GoogleAds = "google_ads",
        /// Meta lead ads: a verified subscription, signed by the app's secret, with the answers as `field_data`.
        Meta = "meta",
        /// JSON or a form of any shape; the mapping says what means what.
        Mapped = "mapped",
        /// ADF 1.0, the XML of car dealers.
        Adf = "adf",
    }
}

text_enum! {
    /// Whether a source takes anything.
    pub enum LeadSourceStatus {
        /// It does.
        Active = "active",
        /// It answers 403.
        Disabled = "disabled",
    }
}

text_enum! {
    /// What can be done with a source.
    pub enum LeadSourceAction {
        /// Take enquiries again.
        Enable = "enable",
        /// Take none.
        Disable = "disable",
    }
}

impl LeadSourceStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: LeadSourceAction) -> Result<Self, InvalidTransition> {
        match (self, action) {
            (Self::Disabled, LeadSourceAction::Enable) => Ok(Self::Active),
            (Self::Active, LeadSourceAction::Disable) => Ok(Self::Disabled),
            (Self::Active, LeadSourceAction::Enable) | (Self::Disabled, LeadSourceAction::Disable) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }
}

text_enum! {
    /// What became of an enquiry that a source was sent.
    pub enum LeadSourceOutcome {
        /// A new lead.
        Accepted = "accepted",
        /// The lead was there before; nothing changed.
        Unchanged = "unchanged",
        /// No lead: it cannot be read as one, or the policy refuses it.
        Refused = "refused",
        /// A test of the sender's, or news that are not about a lead.
        Ignored = "ignored",
    }
}

/// A sender of enquiries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSource {
    /// Its id; leads that came through it have it as `submitted_by`.
    pub id: LeadSourceId,
    /// The programme its leads are for.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What they are sold as.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// The format it speaks.
    pub kind: LeadSourceKind,
    /// What it is called.
    #[schema(example = "Google Ads, roofing form")]
    pub name: String,
    /// The advertising source of its leads, unless the mapping fills one (R107).
    #[schema(example = "google ads")]
    pub source: Option<String>,
    /// Kept with each lead as the answer `campaign`, unless the sender names one (R107).
    pub campaign: Option<String>,
    /// What becomes of what it sends: columns are dotted paths such as `contact.email`, or JSON pointers.
    pub mapping: ImportMapping,
    /// Whether the sender has to show the secret. Where it need not, the address is all that protects it.
    pub requires_secret: bool,
    /// Meta: whether the app's secret, which signs, has been given.
    pub has_app_secret: bool,
    /// Whether it takes anything.
    pub status: LeadSourceStatus,
    /// Where the sender posts to. Nobody guesses it, and nobody else should know it.
    pub intake_url: String,
    /// Until when the secret before the last rotation counts too, on the wall.
    pub previous_secret_until: Option<Timestamp>,
    /// Requests a minute that it may send.
    pub requests_per_minute: i64,
    /// When it was last sent something, to a minute, on the wall.
    pub last_received_at: Option<Timestamp>,
    /// When somebody last came with a wrong secret or signature, to a minute, on the wall.
    pub last_denied_at: Option<Timestamp>,
    /// When it was made, on the wall.
    pub created_at: Timestamp,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A new source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLeadSource {
    /// The format it speaks; it stays.
    pub kind: LeadSourceKind,
    /// The programme its leads are for; it stays.
    pub programme_id: ProgrammeId,
    /// What they are sold as.
    pub product_id: LeadProductId,
    /// What it is called.
    #[schema(example = "Google Ads, roofing form", min_length = 1, max_length = 100)]
    pub name: String,
    /// The advertising source of its leads (R107); the kind's own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub source: Option<String>,
    /// Kept with each lead as the answer `campaign`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub campaign: Option<String>,
    /// What becomes of what it sends; the kind's usual one where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<ImportMapping>,
    /// Whether the sender has to show the secret, as it should. Only `mapped` and `adf` may do without, for senders
    /// that can set no header.
    #[serde(default = "yes")]
    pub requires_secret: bool,
    /// Meta: the secret of the app that sends, as Meta shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub app_secret: Option<SecretText>,
    /// Requests a minute that it may send; 600 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 60000)]
    pub requests_per_minute: Option<i64>,
}

const fn yes() -> bool {
    true
}

/// What changes of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLeadSource {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// What its leads are sold as from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<LeadProductId>,
    /// The advertising source of its leads; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub source: Option<String>,
    /// The campaign; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub campaign: Option<String>,
    /// What becomes of what it sends, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<ImportMapping>,
    /// Whether the sender has to show the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_secret: Option<bool>,
    /// Meta: the secret of the app that sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub app_secret: Option<SecretText>,
    /// Requests a minute that it may send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 60000)]
    pub requests_per_minute: Option<i64>,
}

/// A source with its secret, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSourceWithSecret {
    /// The source.
    pub lead_source: LeadSource,
    /// `google_ads`: the key to type in beside the webhook's address. `meta`: the verify token. Otherwise what the
    /// sender shows as `Authorization: Bearer …` or in `X-Lead-Source-Key`. Null when an idempotent request is answered
    /// again.
    pub secret: Option<SecretText>,
}

/// A new secret for a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateLeadSourceSecret {
    /// For so many hours the old secret counts too, 0 to 168; 24 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 168, example = 24)]
    pub overlap_hours: Option<i64>,
}

/// A sample to be read as a source would read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "{\"contact\": {\"email\": \"dana@reyesdental.example\"}}"}))]
pub struct TryLeadSource {
    /// The body as the sender would post it.
    #[schema(max_length = 60000)]
    pub body: String,
    /// How it would be sent; `application/json` where it begins like JSON, else a form, and always XML for `adf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "application/x-www-form-urlencoded")]
    pub content_type: Option<String>,
    /// Another mapping to try; the source's own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<ImportMapping>,
}

/// One thing that a sender said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SentField {
    /// Where it stands: the column that a mapping names.
    #[schema(example = "contact.email")]
    pub path: String,
    /// What stands there.
    pub text: String,
}

/// What a sample would become. Nothing is kept of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSourceTrial {
    /// One entry for each enquiry in the sample.
    pub enquiries: Vec<TriedEnquiry>,
    /// The mapping that the names of the fields suggest, for a source of the kind `mapped`.
    pub suggested_mapping: ImportMapping,
}

/// What one enquiry of a sample would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TriedEnquiry {
    /// What was found in it.
    pub fields: Vec<SentField>,
    /// What would become of it.
    pub outcome: LeadSourceOutcome,
    /// Why it would be ignored or refused.
    pub detail: Option<String>,
    /// The enquiry, as `POST /leads` would be sent it.
    pub lead: Option<CreateLead>,
    /// Where the checks would put the lead. Earlier leads are not looked at.
    pub status: Option<LeadStatus>,
    /// What is wrong with it; pointers are those of `CreateLead`.
    pub errors: Vec<FieldError>,
}

/// What became of one enquiry that a source was sent. Kept for 30 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSourcePost {
    /// Its id.
    pub id: LeadSourcePostId,
    /// The source.
    pub lead_source_id: LeadSourceId,
    /// When it came, on the wall.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: LeadSourceOutcome,
    /// Its lead.
    pub lead_id: Option<LeadId>,
    /// The sender's own id of the enquiry.
    pub external_id: Option<String>,
    /// The kind of problem, where it was refused.
    pub problem: Option<ProblemCode>,
    /// Why it was refused or ignored.
    pub detail: Option<String>,
    /// What is wrong with it; pointers are those of `CreateLead`.
    pub errors: Vec<FieldError>,
    /// How often it was read again.
    pub reruns: i64,
    /// Whether it can be read again: it was refused, and what was sent is still kept.
    pub may_rerun: bool,
}

/// An enquiry that a source was sent, with what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSourcePostDetail {
    /// What became of it.
    pub post: LeadSourcePost,
    /// What was sent: kept, sealed, only while it is refused, so that it can be read again after the mapping is mended.
    pub fields: Vec<SentField>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of status and action, so that none changes unseen.
    #[test]
    fn a_source_is_on_or_off() {
        use LeadSourceAction as A;
        use LeadSourceStatus as S;
        for from in S::ALL {
            for action in A::ALL {
                let leads = match (*from, *action) {
                    (S::Active, A::Disable) => Some(S::Disabled),
                    (S::Disabled, A::Enable) => Some(S::Active),
                    _ => None,
                };
                assert_eq!(from.after(*action).ok(), leads, "{from} {action}");
            }
        }
    }
}

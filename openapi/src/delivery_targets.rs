//! Delivery targets: where a supplier's leads are delivered besides the portal, in the form that its CRM takes.

use crate::auth::SecretText;
use crate::webhooks::{
    WebhookAttempt, WebhookDeliveryStatus, WebhookDisabledBecause, WebhookEndpointStatus, WebhookFault,
};
use crate::{BusinessId, DeliveryId, DeliveryTargetId, OrderId, SupplierId, Timestamp, WebhookDeliveryId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many targets a supplier may have.
pub const MOST_DELIVERY_TARGETS: i64 = 10;

text_enum! {
    /// In which form a lead is delivered, and how it gets there.
    pub enum DeliveryTargetKind {
        /// A mail whose text is ADF 1.0, as the CRMs of dealers and home improvers take it.
        AdfMail = "adf_mail",
        /// ADF 1.0 by POST.
        AdfPost = "adf_post",
        /// A web form by POST, with the names of the receiver's fields.
        FormPost = "form_post",
        /// JSON by POST, with the names of the receiver's fields.
        JsonPost = "json_post",
    }
}

impl DeliveryTargetKind {
    /// Whether it is a mail. The others are sent to a web address.
    pub const fn is_mail(self) -> bool {
        matches!(self, Self::AdfMail)
    }

    /// Whether its fields have names of the receiver's. ADF has its own.
    pub const fn is_mapped(self) -> bool {
        matches!(self, Self::FormPost | Self::JsonPost)
    }
}

text_enum! {
    /// How we show the receiver who we are.
    pub enum DeliveryTargetAuth {
        /// Not at all: the address is the secret.
        None = "none",
        /// HTTP Basic, with a user name and a password.
        Basic = "basic",
        /// A header of the receiver's choice.
        Header = "header",
    }
}

text_enum! {
    /// What of a lead a field is filled with.
    pub enum LeadField {
        /// The id of the delivery: the same whenever it is sent again.
        DeliveryId = "delivery_id",
        /// The id of the lead.
        LeadId = "lead_id",
        /// The full name.
        Name = "name",
        /// Its first word.
        FirstName = "first_name",
        /// The rest of it.
        LastName = "last_name",
        /// The company.
        Company = "company",
        /// The e-mail address.
        Email = "email",
        /// The phone number, such as `+15125550142`; as it was given where it is none.
        Phone = "phone",
        /// The street address.
        Address = "address",
        /// The town.
        City = "city",
        /// State or region.
        Region = "region",
        /// ZIP code or postcode.
        Postcode = "postcode",
        /// The country, as a code of two letters.
        Country = "country",
        /// What the person said.
        Notes = "notes",
        /// What it was sold as.
        Product = "product",
        /// The business that bought it.
        Business = "business",
        /// The programme it was bought in.
        Programme = "programme",
        /// What it costs, such as `45.00`.
        Price = "price",
        /// The currency of the price.
        Currency = "currency",
        /// When it was sold.
        DeliveredAt = "delivered_at",
        /// When the person asked.
        EnquiredAt = "enquired_at",
        /// The advertisement that brought the lead (R107).
        Source = "source",
        /// What the person agreed to (R81).
        ConsentText = "consent_text",
        /// When they did.
        ConsentAt = "consent_at",
    }
}

/// A field of the receiver's, and what stands in it: one of `field`, `answer` and `constant`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryTargetField {
    /// What the receiver calls it. In JSON a dot makes an object: `contact.email`.
    #[schema(example = "lead_email", min_length = 1, max_length = 100)]
    pub name: String,
    /// A field of the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<LeadField>,
    /// The answer to this question of the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub answer: Option<String>,
    /// Always this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub constant: Option<String>,
}

/// Where leads of a supplier are delivered besides the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryTarget {
    /// Its id.
    pub id: DeliveryTargetId,
    /// Whose leads.
    pub supplier_id: SupplierId,
    /// What that supplier is called.
    pub supplier_name: String,
    /// In which form.
    pub kind: DeliveryTargetKind,
    /// What it is called.
    #[schema(example = "Our CRM")]
    pub name: String,
    /// Where to: a web address, or an e-mail address.
    #[schema(example = "leads@crm.example.com")]
    pub address: String,
    /// Only leads of this business.
    pub business_id: Option<BusinessId>,
    /// What that is called.
    pub business_name: Option<String>,
    /// Only leads of this order.
    pub order_id: Option<OrderId>,
    /// The receiver's fields. Where there are none, everything is sent under our own names.
    pub fields: Vec<DeliveryTargetField>,
    /// How we show who we are.
    pub auth: DeliveryTargetAuth,
    /// The user name, or the name of the header. What goes with it is never shown.
    pub auth_name: Option<String>,
    /// Whether leads are sent there: as with a webhook, what is sold during a pause is sent afterwards.
    pub status: WebhookEndpointStatus,
    /// Why not, where it was disabled.
    pub disabled_because: Option<WebhookDisabledBecause>,
    /// Since when nothing has arrived there, on the wall.
    pub failing_since: Option<Timestamp>,
    /// How many leads wait to be sent, or to be sent again.
    pub waiting: i64,
    /// When it was made, on the wall.
    pub created_at: Timestamp,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A new target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDeliveryTarget {
    /// Whose leads. A supplier's own people and keys may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
    /// In which form; it stays.
    pub kind: DeliveryTargetKind,
    /// What it is called.
    #[schema(example = "Our CRM", min_length = 1, max_length = 100)]
    pub name: String,
    /// Where to: for `adf_mail` an e-mail address, else a web address as a webhook's.
    #[schema(example = "leads@crm.example.com", max_length = 2048)]
    pub address: String,
    /// Only leads of this business; it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<BusinessId>,
    /// Only leads of this order; it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// The receiver's fields, for `form_post` and `json_post`, at most 100. Left out or empty: everything under our own
    /// names.
    #[serde(default)]
    pub fields: Vec<DeliveryTargetField>,
    /// How we show who we are; `none` when left out. A mail has no other.
    #[serde(default = "no_auth")]
    pub auth: DeliveryTargetAuth,
    /// The user name of `basic`, or the name of the header of `header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "X-Api-Key")]
    pub auth_name: Option<String>,
    /// The password, or the text of the header. It is kept sealed and never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub auth_secret: Option<SecretText>,
}

const fn no_auth() -> DeliveryTargetAuth {
    DeliveryTargetAuth::None
}

/// What changes of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDeliveryTarget {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Where to, what waits already too. Whoever has a secret has to be given it again with another web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2048)]
    pub address: Option<String>,
    /// The receiver's fields, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<DeliveryTargetField>>,
    /// How we show who we are, with its name and secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<DeliveryTargetAuth>,
    /// The user name, or the name of the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub auth_name: Option<String>,
    /// Another password or text of the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub auth_secret: Option<SecretText>,
}

/// A try of a target with a made-up lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryDeliveryTarget {
    /// Also send it; otherwise it is only shown.
    #[serde(default)]
    pub send: bool,
}

/// What would be sent, and what came back. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryTargetTrial {
    /// Where to.
    pub address: String,
    /// The headers that say something, or the subject of the mail. Secrets are left out.
    pub headers: Vec<DeliveryTargetHeader>,
    /// The body, of a made-up lead.
    pub body: String,
    /// What came back, where it was sent. A mail is on its way then, and nothing comes back.
    pub answer: Option<WebhookAttempt>,
}

/// A line above a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryTargetHeader {
    /// Its name.
    #[schema(example = "content-type")]
    pub name: String,
    /// What it says.
    pub text: String,
}

/// One lead on its way to one target. It holds nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadForward {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub target_id: DeliveryTargetId,
    /// Which lead: also the header `x-delivery-id`.
    pub delivery_id: DeliveryId,
    /// Where it stands. `skipped`: the person was erased before it was sent, or somebody chose to go on without it.
    pub status: WebhookDeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, on the wall. A mail is tried by the mail server's queue meanwhile.
    pub next_attempt_at: Option<Timestamp>,
    /// What the last attempt was answered with.
    pub last_status_code: Option<i32>,
    /// Why it was not taken last time, or waits.
    pub last_fault: Option<WebhookFault>,
    /// Since when it is to be sent, on the wall.
    pub created_at: Timestamp,
    /// When it was delivered, given up or skipped, on the wall.
    pub finished_at: Option<Timestamp>,
}

/// One lead on its way to one target, with its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadForwardLog {
    /// What is sent where.
    pub forward: LeadForward,
    /// Each attempt, the latest first; the latest hundred.
    pub attempts: Vec<WebhookAttempt>,
}

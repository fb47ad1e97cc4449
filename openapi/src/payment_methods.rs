//! Stored ways to pay: tokens of the gateway with what a person needs to recognise them. Card and account
//! numbers are typed into the gateway's own page and never reach Tradepost (R121).

use crate::policy::PaymentMethodKind;
use crate::{CheckoutId, LocalDate, PaymentMethodId, PaymentMethodSessionId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Whether a stored method can be charged.
    pub enum StoredMethodStatus {
        /// It can.
        Active = "active",
        /// It was removed.
        Removed = "removed",
    }
}

/// A stored way to pay.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StoredMethod {
    /// Its id.
    pub id: PaymentMethodId,
    /// Whose it is.
    pub supplier_id: SupplierId,
    /// What it is.
    pub kind: PaymentMethodKind,
    /// The card's brand, or the bank's name.
    #[schema(example = "visa")]
    pub brand: String,
    /// The last four digits, where there are any.
    #[schema(example = "4242")]
    pub last4: Option<String>,
    /// The last day it can be charged, where it expires.
    pub expires_on: Option<LocalDate>,
    /// Whether it can be charged.
    pub status: StoredMethodStatus,
    /// Whether it is charged unless somebody says otherwise.
    pub is_default: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
}

text_enum! {
    /// Where the adding of a method stands.
    pub enum MethodSessionStatus {
        /// The person is on the gateway's page, or has left it.
        Open = "open",
        /// The method is stored.
        Complete = "complete",
        /// The page is no longer valid.
        Expired = "expired",
    }
}

/// Starts the adding of a method: the answer names the gateway's page to go to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMethodSession {
    /// For which supplier: staff say it, a supplier's people need not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
    /// What is to be added: one of the programme's `payment_methods` that a gateway charges.
    pub kind: PaymentMethodKind,
    /// The checkout that it is added for: the gateway's page leads back to it. For a checkout that is not
    /// over, a new method may be added in every programme (R41 is about orders that were placed).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_id: Option<CheckoutId>,
    /// The page of the web app to which the person comes back: a path that begins with one slash, at most
    /// 200 characters. Without it, the page of the ways to pay. The session's id is added as `session`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/invoices/inv_0f8k2m3q9x7ab", max_length = 200)]
    pub return_to: Option<String>,
}

/// The adding of a method. A finished one becomes the default method.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MethodSession {
    /// Its id.
    pub id: PaymentMethodSessionId,
    /// For which supplier.
    pub supplier_id: SupplierId,
    /// What is added.
    pub kind: PaymentMethodKind,
    /// Where it stands.
    pub status: MethodSessionStatus,
    /// The gateway's page, while it is open.
    pub url: Option<String>,
    /// The method, once it is stored.
    pub payment_method_id: Option<PaymentMethodId>,
    /// When it was started.
    pub created_at: Timestamp,
}

/// How a supplier's invoices are collected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Authorisation {
    /// Whose.
    pub supplier_id: SupplierId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Invoices are charged to the default method as soon as they are final, where the policy leaves that
    /// to the supplier (R115).
    pub auto_bill: bool,
    /// When the authorisation to collect was taken back (R13); none while it stands.
    pub revoked_at: Option<Timestamp>,
    /// The stored method that is charged unless somebody says otherwise.
    pub default_method_id: Option<PaymentMethodId>,
    /// Whether the caller may add and remove methods and choose the default one (K16).
    pub may_change_methods: bool,
}

/// Changes how a supplier's invoices are collected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAuthorisation {
    /// Charge invoices as soon as they are final (R115).
    pub auto_bill: bool,
}

/// Takes the authorisation to collect back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeAuthorisation {
    /// Why, 1 to 500 characters.
    #[schema(example = "We are closing this line of business.")]
    pub reason: String,
}

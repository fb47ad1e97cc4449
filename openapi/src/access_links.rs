//! Links that let somebody in: invitations, and setting a forgotten password anew (R3, R4, R35, R85–R87).

use crate::auth::SecretText;

text_enum! {
    /// What a link lets somebody do.
    pub enum AccessPurpose {
        /// Choose a first password (R3, R85, R87).
        Invitation = "invitation",
        /// Choose another password (R35).
        Reset = "reset",
        /// Confirm another e-mail to sign in with.
        Email = "email",
    }
}

text_enum! {
    /// Whether a link still works.
    pub enum AccessLinkState {
        /// It works, once.
        Good = "good",
        /// It was used.
        Used = "used",
        /// Its time is over.
        Expired = "expired",
        /// Another one was sent in its place (R4).
        Replaced = "replaced",
        /// It is none of ours.
        Unknown = "unknown",
    }
}

/// The secret part of a link: what stands behind `#` in its address.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectAccessLink {
    /// The token of the link.
    #[schema(
        example = "link_00000000000c5.kq2P8Zy5rO4dWc0m6g1bXhJt7nVfLsAeUiYwQpRz3EM",
        max_length = 120
    )]
    pub token: SecretText,
}

/// What a link is, to whoever holds it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct AccessLink {
    /// Whether it works.
    pub state: AccessLinkState,
    /// What for; null where it is none of ours.
    pub purpose: Option<AccessPurpose>,
    /// The e-mail that one signs in with, while the link works.
    pub email: Option<String>,
    /// One's name, while the link works.
    pub name: Option<String>,
}

/// A password, chosen by whoever holds a link.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPassword {
    /// The token of the link.
    #[schema(
        example = "link_00000000000c5.kq2P8Zy5rO4dWc0m6g1bXhJt7nVfLsAeUiYwQpRz3EM",
        max_length = 120
    )]
    pub token: SecretText,
    /// The password from now on: 12 to 128 characters of any kind, and not one of the commonest.
    #[schema(example = "tulip-hatter-99")]
    pub password: SecretText,
}

/// Somebody who has forgotten the password.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// The e-mail that one signs in with.
    #[schema(example = "ann@example.com", max_length = 254)]
    pub email: String,
}

/// The answer to everybody, whether or not somebody signs in with the e-mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ForgotPasswordAnswer {
    /// What happens next.
    #[schema(example = "If somebody signs in with this e-mail, a link is on its way to it.")]
    pub message: String,
}

//! Another e-mail to sign in with: asked for by its owner, confirmed by whoever reads it.

use crate::auth::SecretText;

/// The e-mail to sign in with from now on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    /// The e-mail. It counts once the link that is sent to it was followed.
    #[schema(example = "ann.okafor@example.com", max_length = 254)]
    pub email: String,
}

/// The answer, whether or not somebody else signs in with the e-mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct EmailChangeAnswer {
    /// What happens next.
    #[schema(example = "Look into the mailbox of the new address: the link there confirms it.")]
    pub message: String,
}

/// The secret part of the link that was mailed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    /// The token of the link.
    #[schema(
        example = "link_00000000000c5.kq2P8Zy5rO4dWc0m6g1bXhJt7nVfLsAeUiYwQpRz3EM",
        max_length = 120
    )]
    pub token: SecretText,
}

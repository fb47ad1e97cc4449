//! Signing up: a new buyer registers at the checkout (R51).

use crate::auth::{SecretText, SignedIn};

/// A new buyer: the account, its first business and its owner in one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The programme, by its short name in addresses.
    #[schema(example = "example-leads")]
    pub programme: String,
    /// The person's name.
    #[schema(example = "Ann Reyes", min_length = 1, max_length = 200)]
    pub name: String,
    /// The e-mail to sign in with. It is compared without its case, unless the policy says so (K18).
    #[schema(example = "ann@example.com", max_length = 254)]
    pub email: String,
    /// The password to sign in with, exactly.
    #[schema(example = "tulip-hatter-99-lake")]
    pub password: SecretText,
    /// The company's name, which is also that of its first business.
    #[schema(example = "Reyes Marketing", min_length = 1, max_length = 200)]
    pub company: String,
    /// Its postal address, as it stands on invoices.
    #[schema(example = "12 Main Street, Austin, TX 78750", min_length = 1, max_length = 500)]
    pub address: String,
    /// ISO 3166 code of its country; the programme's where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// Where it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+1 512 555 0147")]
    pub phone: Option<String>,
    /// Whether the seller's terms are accepted; nobody signs up without.
    #[schema(example = true)]
    pub terms_accepted: bool,
}

text_enum! {
    /// What comes after signing up.
    pub enum SignUpNext {
        /// The person is signed in.
        CheckOut = "check_out",
        /// Sign in first: the e-mail or its password belongs to an account that is there already.
        SignIn = "sign_in",
    }
}

/// What came of signing up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SignedUp {
    /// What comes next.
    pub next: SignUpNext,
    /// The session, where one began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SignedIn>,
}

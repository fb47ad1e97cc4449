//! Signing in: what goes in, what comes back, and who one is.

use crate::impersonations::MyImpersonation;
use crate::people::{StaffRole, SupplierRole};
use crate::permissions::Permission;
use crate::users::Audience;
use crate::{BusinessId, ProgrammeId, SessionId, SupplierId, UserId};
use std::fmt;

/// A text that no log may show: a password, a token, the secret of a key.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password)]
pub struct SecretText(String);

impl SecretText {
    /// Hides the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// E-mail and password.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail one signs in with. Its case does not matter, unless the supplier's programme says so (K18).
    #[schema(example = "ann@example.com", max_length = 254)]
    pub email: String,
    /// The password, exactly.
    #[schema(example = "tulip-hatter-99")]
    pub password: SecretText,
}

/// An access token; the refresh token travels in a cookie that scripts cannot read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// Send it as `Authorization: Bearer …`. Keep it in memory, never in storage.
    pub access_token: SecretText,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds until it ends; `POST /auth/refresh` gives the next one.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// The session, as `GET /sessions` lists it.
    pub session_id: SessionId,
    /// The seller's own people see the console, a supplier's people the portal.
    pub audience: Audience,
}

text_enum! {
    /// Whether one signs in with a second factor.
    pub enum MySecondFactor {
        /// With the password alone.
        Off = "off",
        /// With a code as well.
        On = "on",
        /// With the password alone, and until there is a second factor nothing else can be done.
        Required = "required",
    }
}

/// Who one is and what one may do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Me {
    /// One's user.
    pub id: UserId,
    /// One's name.
    pub name: String,
    /// The e-mail, as it was typed when the user was made.
    pub email: String,
    /// One's own phone.
    pub phone: Option<String>,
    /// The seller's own people see the console, a supplier's people the portal.
    pub audience: Audience,
    /// What a member of staff is; empty for a supplier's people.
    pub roles: Vec<StaffRole>,
    /// The account one belongs to; null for staff.
    pub supplier: Option<MyAccount>,
    /// Everything one may do, so that an app shows only what works.
    pub permissions: Vec<Permission>,
    /// Who helps: the account manager, or the department while there is none (R1, R122). Null for staff.
    pub contact: Option<HelpContact>,
    /// The session one is using.
    pub session_id: Option<SessionId>,
    /// Whether one signs in with a second factor.
    pub second_factor: MySecondFactor,
    /// Set while a member of staff looks at a supplier's portal: they see what its owner sees, and change nothing.
    pub impersonation: Option<MyImpersonation>,
}

/// The account that a supplier's person belongs to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct MyAccount {
    /// The supplier.
    pub id: SupplierId,
    /// The supplier's name.
    pub name: String,
    /// The programme it buys in.
    pub programme_id: ProgrammeId,
    /// What one is in it.
    pub role: SupplierRole,
    /// The businesses one works for; null means all of them.
    pub businesses: Option<Vec<BusinessId>>,
    /// Whether its leads are paid out of a wallet (R9).
    pub prepaid: bool,
}

text_enum! {
    /// Who a help contact is.
    pub enum HelpContactKind {
        /// The person who looks after the account.
        AccountManager = "account_manager",
        /// The programme's department.
        Department = "department",
    }
}

/// Whom a supplier turns to (R1, R122).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct HelpContact {
    /// A person or a department.
    pub kind: HelpContactKind,
    /// Their name.
    pub name: String,
    /// Where to write.
    pub email: Option<String>,
    /// Where to call.
    pub phone: Option<String>,
}

/// One's old and new password.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    pub current_password: SecretText,
    /// The password from now on: 12 to 128 characters of any kind, and not one of the commonest.
    pub new_password: SecretText,
}

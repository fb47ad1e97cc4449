//! People who sign in.

use crate::auth::SecretText;
use crate::people::{StaffRole, SupplierRole};
use crate::{SupplierId, Timestamp, UserId};

text_enum! {
    /// Which of the two kinds of people somebody is.
    pub enum Audience {
        /// The seller's own people; they see the console.
        Staff = "staff",
        /// A supplier's people; they see the portal.
        Supplier = "supplier",
    }
}

text_enum! {
    /// Whether somebody may sign in.
    pub enum UserStatus {
        /// They may.
        Active = "active",
        /// They may not; their sessions have ended.
        Disabled = "disabled",
    }
}

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// Staff or a supplier's person; it never changes.
    pub audience: Audience,
    /// The e-mail, as it was typed.
    #[schema(example = "ann@example.com")]
    pub email: String,
    /// The name.
    #[schema(example = "Ann Okafor")]
    pub name: String,
    /// The phone; suppliers see it where this is their account manager (R1).
    pub phone: Option<String>,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// What a member of staff is; empty for a supplier's people.
    pub roles: Vec<StaffRole>,
    /// The account a supplier's person belongs to.
    pub supplier_id: Option<SupplierId>,
    /// That account's name.
    pub supplier_name: Option<String>,
    /// What a supplier's person is in that account.
    pub supplier_role: Option<SupplierRole>,
    /// Whether a password was set.
    pub has_password: bool,
    /// Whether they sign in with a second factor.
    pub has_second_factor: bool,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When the user was made.
    pub created_at: Timestamp,
    /// When the user was changed last.
    pub updated_at: Timestamp,
}

/// A new member of staff. A supplier's people are made with `POST /suppliers/{id}/members`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// The e-mail to sign in with; nobody else has it.
    #[schema(example = "ann@example.com", max_length = 254)]
    pub email: String,
    /// The name.
    #[schema(example = "Ann Okafor", max_length = 200)]
    pub name: String,
    /// The phone that suppliers may call.
    #[serde(default)]
    #[schema(example = "+12025550147", max_length = 40)]
    pub phone: Option<String>,
    /// What they are; at least one.
    #[schema(min_items = 1)]
    pub roles: Vec<StaffRole>,
    /// A first password, to be handed over and changed: 12 to 128 characters, and none of the commonest.
    #[serde(default)]
    pub password: Option<SecretText>,
}

/// A change of a user, as a merge patch: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The phone; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Option<Option<String>>,
    /// What a member of staff is from now on; ends their open access tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<StaffRole>>,
    /// Whether they may sign in; `disabled` ends their sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
}

/// Tells `null`, which takes a value away, from a field that is left out.
fn given<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_takes_a_phone_away_and_silence_keeps_it() {
        let patch = |text| serde_json::from_str::<UpdateUser>(text).map(|patch| patch.phone);
        assert_eq!(patch("{}").ok(), Some(None));
        assert_eq!(patch(r#"{"phone": null}"#).ok(), Some(Some(None)));
        assert_eq!(patch(r#"{"phone": "+1"}"#).ok(), Some(Some(Some("+1".to_owned()))));
        assert!(
            patch(r#"{"email": "x@example.com"}"#).is_err(),
            "unknown fields are refused"
        );
    }
}

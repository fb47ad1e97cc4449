//! The second factor: codes of an authenticator (RFC 6238), recovery codes, and signing in with them.

use crate::Timestamp;
use crate::auth::SecretText;
use crate::transition::InvalidTransition;

text_enum! {
    /// Whether a person signs in with a second factor.
    pub enum SecondFactorState {
        /// With the password alone.
        Off = "off",
        /// A secret was shown, and no code of it has been seen yet.
        Pending = "pending",
        /// With a code as well.
        On = "on",
    }
}

text_enum! {
    /// What can happen to a second factor.
    pub enum SecondFactorAction {
        /// A secret is shown, in the place of one that was never confirmed.
        Enrol = "enrol",
        /// The first code of it is right.
        Confirm = "confirm",
        /// Its owner takes it away.
        Disable = "disable",
        /// Staff take it away, because its owner has lost it.
        Reset = "reset",
    }
}

impl SecondFactorState {
    /// The state `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: SecondFactorAction) -> Result<Self, InvalidTransition> {
        use SecondFactorAction as A;
        match (self, action) {
            (Self::Off | Self::Pending, A::Enrol) => Ok(Self::Pending),
            (Self::Pending, A::Confirm) => Ok(Self::On),
            (Self::On, A::Disable) | (Self::Pending | Self::On, A::Reset) => Ok(Self::Off),
            (Self::Off, A::Confirm | A::Disable | A::Reset)
            | (Self::Pending, A::Disable)
            | (Self::On, A::Enrol | A::Confirm) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// How one signs in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SecondFactor {
    /// Whether a code is asked for.
    pub state: SecondFactorState,
    /// This installation asks one of its staff for it, so that it cannot be taken away.
    pub required: bool,
    /// How many recovery codes were not used yet.
    pub recovery_codes_left: i64,
    /// Since when.
    pub confirmed_at: Option<Timestamp>,
}

/// What an authenticator has to be told. It is shown once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SecondFactorEnrolment {
    /// The secret in base32, to be typed.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: SecretText,
    /// The same with all that belongs to it, as an `otpauth:` address.
    pub uri: SecretText,
    /// That address as a QR code: its rows from the top, `1` for a dark field and `0` for a light one.
    pub qr: Vec<SecretText>,
}

/// A code of the authenticator, or a recovery code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorCode {
    /// Six digits, or ten letters and digits of a recovery code. Blanks and hyphens do not matter.
    #[schema(example = "287082", max_length = 40)]
    pub code: SecretText,
}

/// Codes for when the authenticator is lost: each lets one in once. They are shown once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// Ten of them.
    pub codes: Vec<SecretText>,
}

/// The password was right, and a code is asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SignInChallenge {
    /// To be sent back with the code, to `POST /auth/sign-in-challenges/answer`. It works once.
    pub challenge: SecretText,
    /// Seconds until it ends.
    #[schema(example = 300)]
    pub expires_in: i64,
}

/// The answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerChallenge {
    /// The challenge.
    #[schema(max_length = 120)]
    pub challenge: SecretText,
    /// A code of the authenticator, or a recovery code.
    #[schema(example = "287082", max_length = 40)]
    pub code: SecretText,
}

/// What proves that the person at the screen is who signed in: the password, or a code where one signs in with codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// The password, of who signs in with it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretText>,
    /// A code of the authenticator, or a recovery code, of who signs in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub code: Option<SecretText>,
}

/// It was proved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SteppedUp {
    /// So long it counts.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::{SecondFactorAction as A, SecondFactorState as S};

    #[test]
    fn every_pair_is_as_agreed() {
        let allowed = [
            (S::Off, A::Enrol, S::Pending),
            (S::Pending, A::Enrol, S::Pending),
            (S::Pending, A::Confirm, S::On),
            (S::On, A::Disable, S::Off),
            (S::Pending, A::Reset, S::Off),
            (S::On, A::Reset, S::Off),
        ];
        for state in S::ALL {
            for action in A::ALL {
                let expected = allowed.iter().find(|(from, by, _)| from == state && by == action);
                assert_eq!(
                    state.after(*action).ok(),
                    expected.map(|(_, _, to)| *to),
                    "{state} {action}"
                );
            }
        }
    }
}

//! Suppliers: who buys leads, how their account stands, and who looks after them.

use crate::auth::{HelpContact, SecretText};
use crate::orders::OrderHold;
use crate::patch::given;
use crate::people::SupplierRole;
use crate::policy::PolicySet;
use crate::transition::InvalidTransition;
use crate::users::UserStatus;
use crate::wallets::WalletStatus;
use crate::{BusinessId, LeadProductId, PolicyVersionId, ProgrammeId, SupplierId, Timestamp, UserId};

text_enum! {
    /// How a supplier's account stands.
    pub enum SupplierStatus {
        /// Being set up: it gets no leads yet.
        Onboarding = "onboarding",
        /// It gets leads.
        Active = "active",
        /// It gets no leads until further notice, for example because it owes money.
        Suspended = "suspended",
        /// It is leaving: leads keep coming until the notice is over (R72).
        InNotice = "in_notice",
        /// Its payment authorisation was revoked; it gets no leads (R13).
        Deactivated = "deactivated",
        /// It has left.
        Closed = "closed",
        /// The seller ended it, by a person's decision (R112).
        Terminated = "terminated",
    }
}

text_enum! {
    /// What can happen to a supplier's account.
    pub enum SupplierAction {
        /// Let it get leads.
        Activate = "activate",
        /// Stop its leads until further notice.
        Suspend = "suspend",
        /// Its notice begins.
        GiveNotice = "give_notice",
        /// The notice is taken back.
        WithdrawNotice = "withdraw_notice",
        /// Its payment authorisation was revoked.
        Deactivate = "deactivate",
        /// It has left.
        Close = "close",
        /// The seller ends it.
        Terminate = "terminate",
    }
}

impl SupplierStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: SupplierAction) -> Result<Self, InvalidTransition> {
        use SupplierAction as A;
        match (self, action) {
            (Self::Onboarding | Self::Suspended, A::Activate) => Ok(Self::Active),
            (Self::Active, A::Suspend) => Ok(Self::Suspended),
            (Self::Active | Self::Suspended, A::GiveNotice) => Ok(Self::InNotice),
            (Self::InNotice, A::WithdrawNotice) => Ok(Self::Active),
            (Self::Active | Self::Suspended | Self::InNotice, A::Deactivate) => Ok(Self::Deactivated),
            (Self::Onboarding | Self::Active | Self::Suspended | Self::InNotice | Self::Deactivated, A::Close) => {
                Ok(Self::Closed)
            }
            (Self::Active | Self::Suspended | Self::InNotice, A::Terminate) => Ok(Self::Terminated),
            (Self::Active | Self::InNotice | Self::Deactivated | Self::Closed | Self::Terminated, A::Activate)
            | (
                Self::Onboarding
                | Self::Suspended
                | Self::InNotice
                | Self::Deactivated
                | Self::Closed
                | Self::Terminated,
                A::Suspend,
            )
            | (
                Self::Onboarding | Self::InNotice | Self::Deactivated | Self::Closed | Self::Terminated,
                A::GiveNotice,
            )
            | (
                Self::Onboarding | Self::Active | Self::Suspended | Self::Deactivated | Self::Closed | Self::Terminated,
                A::WithdrawNotice,
            )
            | (Self::Onboarding | Self::Deactivated | Self::Closed | Self::Terminated, A::Deactivate)
            | (Self::Closed | Self::Terminated, A::Close)
            | (Self::Onboarding | Self::Deactivated | Self::Closed | Self::Terminated, A::Terminate) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }

    /// What the account's standing does to its orders: the word that is kept on each of them.
    pub const fn hold(self) -> OrderHold {
        match self {
            Self::Onboarding => OrderHold::Onboarding,
            // A supplier in notice is served until the notice is over (R72), unless it was suspended when it gave notice.
            Self::Active | Self::InNotice => OrderHold::None,
            Self::Suspended => OrderHold::Suspended,
            Self::Deactivated | Self::Closed | Self::Terminated => OrderHold::Closed,
        }
    }

    /// Whether the account is over for good.
    pub const fn is_over(self) -> bool {
        match self {
            Self::Closed | Self::Terminated => true,
            Self::Onboarding | Self::Active | Self::Suspended | Self::InNotice | Self::Deactivated => false,
        }
    }

    /// What staff may do with the account now.
    pub fn allowed_actions(self) -> Vec<SupplierAction> {
        // Notice, deactivation and termination come through flows of their own.
        [SupplierAction::Activate, SupplierAction::Suspend, SupplierAction::Close]
            .into_iter()
            .filter(|action| self.after(*action).is_ok())
            .collect()
    }
}

/// Who buys leads.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Supplier {
    /// The supplier.
    pub id: SupplierId,
    /// The programme it buys in.
    pub programme_id: ProgrammeId,
    /// The caller's own id for it, unique within the programme.
    pub external_id: Option<String>,
    /// Its name.
    #[schema(example = "Okafor Roofing")]
    pub name: String,
    /// The name that stands on invoices.
    #[schema(example = "Okafor Roofing LLC")]
    pub legal_name: String,
    /// Its country, by ISO 3166 code.
    #[schema(example = "US")]
    pub country: String,
    /// Its address, as it stands on invoices.
    #[schema(example = "12 Main Street, Austin, TX 78750")]
    pub address: String,
    /// Its tax or VAT number.
    pub tax_id: Option<String>,
    /// Its IANA time zone, for showing times; rules go by the programme's.
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// How the account stands.
    pub status: SupplierStatus,
    /// Why it stands so. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// What staff may do with the account now; empty for anybody else.
    pub allowed_actions: Vec<SupplierAction>,
    /// Its account manager, where one is named.
    pub account_manager_id: Option<UserId>,
    /// Who looks after it: the account manager, or the department while there is none (R1, R122).
    pub contact: HelpContact,
    /// What of the policy is different for this account: a JSON merge patch. Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<serde_json::Value>,
    /// How its wallet stands, out of which its leads are paid; none where it never had one (R9).
    pub wallet: Option<WalletStatus>,
    /// When it was first activated.
    pub activated_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A new supplier. It starts in `onboarding` and gets no leads until it is activated.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSupplier {
    /// The programme it buys in; it never changes.
    pub programme_id: ProgrammeId,
    /// The caller's own id for it, unique within the programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub external_id: Option<String>,
    /// Its name.
    #[schema(example = "Okafor Roofing", min_length = 1, max_length = 200)]
    pub name: String,
    /// The name that stands on invoices; the name where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub legal_name: Option<String>,
    /// Its country, by ISO 3166 code; the programme's where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US")]
    pub country: Option<String>,
    /// Its address, as it stands on invoices.
    #[schema(example = "12 Main Street, Austin, TX 78750", min_length = 1, max_length = 500)]
    pub address: String,
    /// Its tax or VAT number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub tax_id: Option<String>,
    /// Its IANA time zone; the programme's where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "America/Chicago")]
    pub time_zone: Option<String>,
    /// Its account manager: an active member of staff (R1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_manager_id: Option<UserId>,
    /// What of the policy is different for this account: a JSON merge patch (R11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<serde_json::Value>,
}

/// A change of a supplier, as a merge patch: what is left out stays.
///
/// Its own people may change the profile where the policy lets them (`self_service.profile`);
/// otherwise the answer is 403 `change_through_staff` and names who makes the change (R5). The
/// external id, the account manager and the policy are the seller's to change.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSupplier {
    /// Its name.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The name that stands on invoices.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_name: Option<String>,
    /// Its country, by ISO 3166 code.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Its address.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub address: Option<String>,
    /// Its tax or VAT number; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub tax_id: Option<Option<String>>,
    /// Its IANA time zone.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The caller's own id for it; null takes it away. Staff only.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub external_id: Option<Option<String>>,
    /// Its account manager; null leaves it to the department. Staff only.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UserId>)]
    pub account_manager_id: Option<Option<UserId>>,
    /// What of the policy is different for this account: replaces the whole merge patch. Staff only.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy_override: Option<serde_json::Value>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A change of an account's standing.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStanding {
    /// Why, for the audit trail; asked of whoever leaves, and may be skipped (R20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// The policy in force for a supplier.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupplierPolicy {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// The product whose terms are part of it, where one was asked for.
    pub product_id: Option<LeadProductId>,
    /// The version of the programme's policy that it rests on.
    pub policy_version_id: PolicyVersionId,
    /// The whole policy, as resolved through all layers: agreement, account, product, programme.
    pub policy: PolicySet,
}

/// One of a supplier's people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// The account they belong to.
    pub supplier_id: SupplierId,
    /// The e-mail they sign in with.
    #[schema(example = "mo@example.com")]
    pub email: String,
    /// Their name.
    #[schema(example = "Mo Okafor")]
    pub name: String,
    /// Their phone.
    pub phone: Option<String>,
    /// What they are in the account.
    pub role: SupplierRole,
    /// The businesses they work for (R106); null means all of the account, also those added later.
    pub businesses: Option<Vec<BusinessId>>,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// Whether they have chosen a password: until then their invitation waits.
    pub has_password: bool,
    /// Counts the changes of their place; the `ETag`.
    pub version: i64,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// When they joined.
    pub created_at: Timestamp,
}

/// A new person of a supplier. Without a password they cannot sign in yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMember {
    /// The e-mail to sign in with; nobody else has it.
    #[schema(example = "mo@example.com", max_length = 254)]
    pub email: String,
    /// The name.
    #[schema(example = "Mo Okafor", min_length = 1, max_length = 200)]
    pub name: String,
    /// The phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// What they are in the account.
    pub role: SupplierRole,
    /// The businesses that a `member` works for; all of the account, also those added later, where it is
    /// left out (R106).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub businesses: Option<Vec<BusinessId>>,
    /// A first password, to be handed over and changed: 12 to 128 characters, and none of the commonest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretText>,
}

/// A change of what somebody is in an account, as a merge patch: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    /// What they are in the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<SupplierRole>,
    /// The businesses that a `member` works for; null for all of the account, also those added later (R106).
    #[serde(
        default,
        deserialize_with = "crate::patch::given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Vec<BusinessId>>)]
    pub businesses: Option<Option<Vec<BusinessId>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use SupplierAction as A;
        use SupplierStatus as S;
        let allowed = [
            (S::Onboarding, A::Activate, S::Active),
            (S::Suspended, A::Activate, S::Active),
            (S::Active, A::Suspend, S::Suspended),
            (S::Active, A::GiveNotice, S::InNotice),
            (S::Suspended, A::GiveNotice, S::InNotice),
            (S::InNotice, A::WithdrawNotice, S::Active),
            (S::Active, A::Deactivate, S::Deactivated),
            (S::Suspended, A::Deactivate, S::Deactivated),
            (S::InNotice, A::Deactivate, S::Deactivated),
            (S::Onboarding, A::Close, S::Closed),
            (S::Active, A::Close, S::Closed),
            (S::Suspended, A::Close, S::Closed),
            (S::InNotice, A::Close, S::Closed),
            (S::Deactivated, A::Close, S::Closed),
            (S::Active, A::Terminate, S::Terminated),
            (S::Suspended, A::Terminate, S::Terminated),
            (S::InNotice, A::Terminate, S::Terminated),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(f, a, _)| f == from && a == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
    }

    #[test]
    fn only_active_accounts_and_those_in_notice_are_served() {
        let served: Vec<_> = SupplierStatus::ALL
            .iter()
            .filter(|status| status.hold() == OrderHold::None)
            .collect();
        assert_eq!(served, [&SupplierStatus::Active, &SupplierStatus::InNotice]);
    }
}

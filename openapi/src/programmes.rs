//! Programmes: a brand, the company behind it, and the versions of its policy.

use crate::policy::PolicySet;
use crate::{Currency, LegalEntityId, PolicyVersionId, ProgrammeId, Timestamp, UserId};
use serde_json::Value;

/// A company that issues invoices. Its invoice numbers are gapless.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LegalEntity {
    /// Its id.
    pub id: LegalEntityId,
    /// The registered name.
    #[schema(example = "Example Leads Inc.")]
    pub name: String,
    /// ISO 3166 code of the country.
    #[schema(example = "US")]
    pub country: String,
    /// VAT or tax number, as it stands on invoices.
    pub tax_id: Option<String>,
    /// The registered address, as it stands on invoices.
    pub address: String,
    /// The IANA zone in which its invoices are dated.
    #[schema(example = "America/Chicago")]
    pub billing_zone: String,
    /// What its invoice numbers start with; nobody else's do.
    #[schema(example = "EXL")]
    pub invoice_prefix: String,
    /// How to pay it by bank transfer, as it stands on invoices.
    pub payment_instructions: Option<String>,
    /// Its books are closed before this instant.
    pub closed_before: Option<Timestamp>,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// A new legal entity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLegalEntity {
    /// The registered name.
    #[schema(example = "Example Leads Inc.", min_length = 1, max_length = 200)]
    pub name: String,
    /// ISO 3166 code of the country.
    #[schema(example = "US", pattern = "^[A-Z]{2}$")]
    pub country: String,
    /// VAT or tax number, as it stands on invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub tax_id: Option<String>,
    /// The registered address, as it stands on invoices.
    #[schema(example = "12 Main Street, Austin, TX 78750", min_length = 1, max_length = 500)]
    pub address: String,
    /// The IANA zone in which its invoices are dated.
    #[schema(example = "America/Chicago")]
    pub billing_zone: String,
    /// What its invoice numbers start with: 1 to 10 capital letters and digits.
    #[schema(example = "EXL", pattern = "^[A-Z0-9]{1,10}$")]
    pub invoice_prefix: String,
    /// How to pay it by bank transfer, as it stands on invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Example Bank, routing 021000021, account 123456789", max_length = 500)]
    pub payment_instructions: Option<String>,
}

text_enum! {
    /// A seller's set of rules to start from. They are named by how they sell.
    pub enum Preset {
        /// Business leads, several buyers, billed by the calendar month, returns within ten days.
        B2bMonthly = "b2b-monthly",
        /// A shop for leads, paid when ordered, bad leads replaced, with a loyalty programme.
        LeadStore = "lead-store",
        /// Verified enquiries for trades, invoiced every Monday, rejections within 72 hours.
        TradeWeekly = "trade-weekly",
        /// A service that calls the customer's own leads, sold as a monthly plan.
        IsaCalling = "isa-calling",
        /// Exclusive local leads by an own number, in packages, rejected with one click until invoiced.
        LocalExclusive = "local-exclusive",
    }
}

/// A preset and its whole policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyPreset {
    /// Its name.
    pub preset: Preset,
    /// Its policy.
    pub policy: PolicySet,
}

/// The presets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyPresets {
    /// All of them.
    pub data: Vec<PolicyPreset>,
}

text_enum! {
    /// Where a programme stands.
    pub enum ProgrammeStatus {
        /// It sells.
        Active = "active",
        /// It takes no new leads, suppliers or orders.
        Closed = "closed",
    }
}

/// How a programme presents itself. Not policy: two brands may share every rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The merchant's name on card statements, where it is not the brand's own (R40).
    #[schema(example = "EXAMPLE MEDIA SOLUTIONS", max_length = 60)]
    pub descriptor: String,
    /// Where suppliers write to (R122).
    #[schema(example = "support@example.com", max_length = 254)]
    pub support_email: String,
    /// Where suppliers call (R122).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+1 512 555 0147", max_length = 40)]
    pub support_phone: Option<String>,
    /// Who helps a supplier without an account manager of its own (R1).
    pub department: DepartmentContact,
}

/// Who helps a supplier without an account manager of its own (R1).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentContact {
    /// What the department is called.
    #[schema(example = "Account Management", max_length = 120)]
    pub name: String,
    /// Its address.
    #[schema(example = "accounts@example.com", max_length = 254)]
    pub email: String,
    /// Its number.
    #[schema(example = "+1 888 555 0134", max_length = 40)]
    pub phone: String,
}

/// A brand with its rules.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Programme {
    /// Its id.
    pub id: ProgrammeId,
    /// Its short name in addresses.
    #[schema(example = "example-leads")]
    pub slug: String,
    /// Its name.
    #[schema(example = "Example Leads")]
    pub name: String,
    /// The preset its policy started from.
    pub preset: Preset,
    /// Who issues its invoices.
    pub legal_entity_id: LegalEntityId,
    /// How it presents itself.
    pub brand: Brand,
    /// The IANA zone of its days, weeks and months (R125).
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// What it is paid in.
    pub currency: Currency,
    /// The country whose phone numbers and postcodes it reads by default.
    #[schema(example = "US")]
    pub country: String,
    /// Where it stands.
    pub status: ProgrammeStatus,
    /// The policy version in force.
    pub policy_version_id: PolicyVersionId,
    /// Grows with every change; the ETag.
    pub version: i64,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A new programme. Its first policy version is the preset, amended by `policy`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProgramme {
    /// Its short name in addresses: small letters, digits and hyphens.
    #[schema(example = "example-leads", pattern = "^[a-z0-9][a-z0-9-]{0,59}$")]
    pub slug: String,
    /// Its name.
    #[schema(example = "Example Leads", min_length = 1, max_length = 120)]
    pub name: String,
    /// The preset to start from.
    pub preset: Preset,
    /// Who issues its invoices.
    pub legal_entity_id: LegalEntityId,
    /// How it presents itself.
    pub brand: Brand,
    /// The IANA zone of its days, weeks and months.
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// What it is paid in.
    pub currency: Currency,
    /// The country whose phone numbers and postcodes it reads by default.
    #[schema(example = "US", pattern = "^[A-Z]{2}$")]
    pub country: String,
    /// A JSON merge patch (RFC 7396) of the preset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub policy: Option<Value>,
}

/// A change of a programme, as a merge patch: what is left out stays. The time zone and the currency
/// stay for good, because windows, periods and balances rest on them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProgramme {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// How it presents itself, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Whether it sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ProgrammeStatus>,
}

/// The policy a programme has in force, before products, accounts and agreements amend it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProgrammePolicy {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// The version in force.
    pub policy_version_id: PolicyVersionId,
    /// Its number.
    pub number: i64,
    /// The whole policy.
    pub policy: PolicySet,
}

text_enum! {
    /// Where a policy version stands.
    pub enum PolicyVersionStatus {
        /// Being edited.
        Draft = "draft",
        /// Published once, and never changed again.
        Published = "published",
        /// Given up.
        Discarded = "discarded",
    }
}

text_enum! {
    /// What may be done with a policy version.
    pub enum PolicyVersionAction {
        /// Amend it.
        Edit = "edit",
        /// Put it in force.
        Publish = "publish",
        /// Give it up.
        Discard = "discard",
    }
}

impl PolicyVersionStatus {
    /// The status `action` leads to. Every pair is listed, so that a new word cannot be forgotten.
    pub const fn after(self, action: PolicyVersionAction) -> Result<Self, crate::InvalidTransition> {
        use PolicyVersionAction as A;
        match (self, action) {
            (Self::Draft, A::Edit) => Ok(Self::Draft),
            (Self::Draft, A::Publish) => Ok(Self::Published),
            (Self::Draft, A::Discard) => Ok(Self::Discarded),
            (Self::Published | Self::Discarded, A::Edit | A::Publish | A::Discard) => Err(crate::InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// One version of a programme's policy, without the policy itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyVersionSummary {
    /// Its id.
    pub id: PolicyVersionId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// 1 for the first published version; a draft has none yet.
    pub number: Option<i64>,
    /// Where it stands.
    pub status: PolicyVersionStatus,
    /// The version it was made from.
    pub base_version_id: Option<PolicyVersionId>,
    /// Why it was made.
    pub note: String,
    /// Who made it; none for what a command or the demo made.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who published it.
    pub published_by: Option<UserId>,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Grows with every change; the ETag.
    pub version: i64,
}

/// One version of a programme's policy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyVersion {
    /// Where it comes from and where it stands.
    #[serde(flatten)]
    pub summary: PolicyVersionSummary,
    /// The whole policy.
    pub policy: PolicySet,
}

/// A new draft, made from the version in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePolicyDraft {
    /// Why it is made.
    #[schema(example = "Two more days to return", max_length = 500)]
    pub note: String,
    /// A JSON merge patch (RFC 7396) of the version in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"returns": {"window": {"amount": 12}}}))]
    pub policy: Option<Value>,
}

/// A change of a draft, as a merge patch: what is left out stays, and null removes.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePolicyDraft {
    /// Why it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// What changes of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"returns": {"reasons": {"duplicate_lead": null}}}))]
    pub policy: Option<Value>,
}

/// What a draft would change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyComparison {
    /// The draft.
    pub draft_id: PolicyVersionId,
    /// The version in force, which it is compared with.
    pub base_version_id: PolicyVersionId,
    /// Another version was published since the draft was made, so it cannot be published.
    pub outdated: bool,
    /// Every setting that differs.
    pub changes: Vec<PolicyChange>,
    /// How many open and paused orders would sell by the new rules from then on. Deliveries of
    /// before keep theirs, and so do their windows.
    pub orders_affected: i64,
    /// Products, suppliers and orders whose own terms do not fit the draft; while there are any, it
    /// cannot be published.
    pub conflicts: Vec<PolicyConflict>,
}

/// One setting that differs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyChange {
    /// A JSON pointer into the policy.
    #[schema(example = "/returns/window/amount")]
    pub pointer: String,
    /// What it is now; null where it is not there.
    #[schema(value_type = Value)]
    pub before: Value,
    /// What it would be; null where it would not be there.
    #[schema(value_type = Value)]
    pub after: Value,
}

/// A product, supplier or order whose own terms do not fit a draft.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PolicyConflict {
    /// The id of the product or supplier, or of one order of all that share the terms.
    #[schema(example = "prod_0000000000001")]
    pub subject: String,
    /// A JSON pointer into the policy.
    pub pointer: String,
    /// What does not fit.
    pub message: String,
}

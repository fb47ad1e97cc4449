//! Which leads are taken in, and how a lead finds its buyers.

use super::in_range;
use crate::FieldError;
use std::collections::BTreeMap;

/// Which leads are taken in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntakePolicy {
    /// The fields a lead must have. Of all fields marked `one_of`, at least one must be there.
    pub required_fields: BTreeMap<LeadField, FieldNeed>,
    /// The countries leads are taken from, by ISO 3166 code; `false` switches a listed one off. An
    /// empty map takes every country.
    pub countries: BTreeMap<String, bool>,
    /// What a second enquiry of the same person within the window is.
    pub duplicate: DuplicateAction,
    /// How long an enquiry makes later ones duplicates, in days; 0 means never.
    pub duplicate_window_days: u32,
    /// Whether the same phone number makes a duplicate.
    pub duplicate_by_phone: bool,
    /// Whether the same e-mail address makes a duplicate.
    pub duplicate_by_email: bool,
    /// The enquirer's consent to be passed on (R81).
    pub consent: ConsentPolicy,
    /// Proof that the enquirer is real (R81).
    pub verification: VerificationPolicy,
    /// What becomes of a lead that fails a check. A check that is not listed accepts.
    pub checks: BTreeMap<IntakeCheck, CheckVerdict>,
}

impl IntakePolicy {
    /// What becomes of a lead that fails this check.
    pub fn verdict(&self, check: IntakeCheck) -> CheckVerdict {
        self.checks.get(&check).copied().unwrap_or(CheckVerdict::Accept)
    }

    /// Whether leads from this country are taken.
    pub fn takes_country(&self, country: &str) -> bool {
        self.countries.is_empty() || self.countries.get(country).copied().unwrap_or(false)
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        in_range(
            faults,
            "/intake/duplicate_window_days",
            self.duplicate_window_days,
            0..=3650,
        );
        for country in self.countries.keys() {
            if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
                let pointer = format!("/intake/countries/{}", country.replace('~', "~0").replace('/', "~1"));
                faults.push(FieldError::new(
                    pointer,
                    "unknown_country",
                    "expected an ISO 3166 code of two capital letters",
                ));
            }
        }
        if let Some(days) = self.consent.max_age_days {
            in_range(faults, "/intake/consent/max_age_days", days, 1..=3650);
        }
        if self.verification.required && !self.verification.methods.values().any(|accepted| *accepted) {
            faults.push(FieldError::new(
                "/intake/verification/methods",
                "required",
                "verification is required, so at least one method must be accepted",
            ));
        }
    }
}

text_enum! {
    /// A field of a lead that a policy may require.
    pub enum LeadField {
        /// The enquirer's name.
        Name = "name",
        /// The enquirer's company.
        Company = "company",
        /// E-mail address.
        Email = "email",
        /// Phone number.
        Phone = "phone",
        /// Street address.
        Address = "address",
        /// Town or city.
        City = "city",
        /// ZIP code or postcode.
        Postcode = "postcode",
        /// State or region.
        Region = "region",
        /// Country.
        Country = "country",
        /// What the enquirer wants, in words.
        Notes = "notes",
        /// The advertising source (R107).
        Source = "source",
    }
}

text_enum! {
    /// How much a field is needed.
    pub enum FieldNeed {
        /// Without it the lead is refused.
        Required = "required",
        /// One of the fields marked so must be there.
        OneOf = "one_of",
    }
}

text_enum! {
    /// What a second enquiry of the same person within the window is.
    pub enum DuplicateAction {
        /// Kept as a duplicate and not sold.
        Reject = "reject",
        /// Quarantined for a member of staff to decide.
        Flag = "flag",
        /// A lead like any other (R101).
        NewLead = "new_lead",
    }
}

/// The enquirer's consent to be passed on (R81).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentPolicy {
    /// No sale without a consent record.
    pub required: bool,
    /// Older consent does not count; absent means it never grows old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
    /// Where the consent names recipients, the lead is sold to nobody else. Whom the person contacted itself needs no naming.
    #[serde(default)]
    pub named_recipients_only: bool,
}

/// Proof that the enquirer is real (R81).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationPolicy {
    /// No sale without a verification record.
    pub required: bool,
    /// Which methods count.
    pub methods: BTreeMap<VerificationMethod, bool>,
}

text_enum! {
    /// How somebody made sure that the enquirer is real.
    pub enum VerificationMethod {
        /// A recorded call.
        PhoneCall = "phone_call",
        /// A code sent to the phone.
        SmsCode = "sms_code",
        /// A link sent to the address.
        EmailLink = "email_link",
    }
}

text_enum! {
    /// A check of a lead at intake.
    pub enum IntakeCheck {
        /// The phone number cannot exist.
        PhoneInvalid = "phone_invalid",
        /// The e-mail address cannot exist.
        EmailInvalid = "email_invalid",
        /// The postcode or ZIP code is unknown in its country.
        PostcodeInvalid = "postcode_invalid",
        /// The country is none of `countries`.
        CountryNotServed = "country_not_served",
        /// Consent is required and missing or too old.
        ConsentMissing = "consent_missing",
        /// Verification is required and missing.
        VerificationMissing = "verification_missing",
        /// The person was erased, or objected, and comes again. What is rejected for it is not kept.
        PersonErased = "person_erased",
    }
}

text_enum! {
    /// What becomes of a lead that fails a check.
    pub enum CheckVerdict {
        /// It goes on all the same.
        Accept = "accept",
        /// A member of staff decides.
        Quarantine = "quarantine",
        /// It is kept as rejected and never sold.
        Reject = "reject",
    }
}

/// How a lead finds its buyers (K19).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DistributionPolicy {
    /// Who may get a lead at all.
    pub mode: SellingMode,
    /// The most buyers any product of the programme may have (R66, R67, R101); 0 where leads are
    /// never sold.
    pub max_buyers: u32,
    /// What two buyers of one lead must not share (R67).
    pub distinct_by: DistinctBy,
    /// Which of the eligible orders come first.
    pub ranking: Ranking,
    /// An unsold lead expires after so many days; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_days: Option<u32>,
    /// Whether a buyer of real-time leads picks the daily ceiling as a percentage of the order's
    /// quantity (R54).
    pub daily_percentage: bool,
}

impl DistributionPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        match self.mode {
            SellingMode::Market => in_range(faults, "/distribution/max_buyers", self.max_buyers, 1..=20),
            SellingMode::AssignedNumber => in_range(faults, "/distribution/max_buyers", self.max_buyers, 1..=1),
            SellingMode::OwnLeads => in_range(faults, "/distribution/max_buyers", self.max_buyers, 0..=0),
        }
        if let Some(days) = self.expires_after_days {
            in_range(faults, "/distribution/expires_after_days", days, 1..=3650);
        }
    }
}

text_enum! {
    /// Who may get a lead at all.
    pub enum SellingMode {
        /// Every matching open order competes.
        Market = "market",
        /// Only the business whose number, address or page was contacted (R103).
        AssignedNumber = "assigned_number",
        /// The supplier's own leads: worked for it and never offered to another (R99).
        OwnLeads = "own_leads",
    }
}

text_enum! {
    /// What two buyers of one lead must not share.
    pub enum DistinctBy {
        /// Two businesses of one supplier do not both get it.
        Supplier = "supplier",
        /// Nor do two businesses of one association (R67).
        BusinessAssociation = "business_association",
    }
}

text_enum! {
    /// Which of the eligible orders come first.
    pub enum Ranking {
        /// Highest priority, then highest price, then whose turn it is.
        PriorityThenPrice = "priority_then_price",
        /// Highest priority, then shares in proportion to the orders' weights.
        WeightedShare = "weighted_share",
        /// Highest priority, then whoever has waited longest.
        RoundRobin = "round_robin",
    }
}

//! An enquiry as somebody sends it.

use super::VerificationMethod;
use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

text_enum! {
    /// How an enquiry reached the seller.
    pub enum LeadChannel {
        /// Through this API, by an integrator.
        Api = "api",
        /// In an imported file.
        Csv = "csv",
        /// A phone call to a business's assigned number (R103).
        Call = "call",
        /// A text message to a business's assigned number (R103).
        Text = "text",
        /// An e-mail for a business with an assigned number (R103).
        Email = "email",
        /// The form on a business's landing page (R103).
        LandingPage = "landing_page",
        /// Typed in by staff or by a supplier.
        Console = "console",
    }
}

/// An enquiry to take in. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "programme": "b2b-monthly", "product": "phone-systems", "external_source": "landing", "external_id": "form-8841",
    "source": "google ads", "enquired_at": "2026-03-01T09:30:00Z",
    "person": {"name": "Dana Reyes", "company": "Reyes Dental", "email": "dana@reyesdental.example", "phone": "(512) 555-0142"},
    "place": {"country": "US", "postcode": "78701"}, "answers": {"seats": "25"}
}))]
pub struct CreateLead {
    /// The programme: its id or its slug.
    #[schema(max_length = 64)]
    pub programme: String,
    /// The lead product: its id or its code within the programme.
    #[schema(max_length = 64)]
    pub product: String,
    /// Who the external id belongs to, such as the name of a form or a partner. Left out, it is the caller itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub external_source: Option<String>,
    /// The sender's own id of the enquiry, unique within `external_source`. The same id again answers 200 with
    /// the lead that is there, and changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub external_id: Option<String>,
    /// How the enquiry came. Left out, it is `api` for keys and `console` for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<LeadChannel>,
    /// The advertisement or directory that brought it (R107).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120)]
    pub source: Option<String>,
    /// Who asked.
    #[serde(default)]
    pub person: CreateLeadPerson,
    /// Where the work is wanted.
    #[serde(default)]
    pub place: CreateLeadPlace,
    /// What else the form asked: up to 64 names with texts of up to 2,000 characters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    /// What the person agreed to (R81).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<LeadConsent>,
    /// How the person was verified (R81).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<LeadVerification>,
    /// The business's assigned number that was called, texted or shown, for enquiries that reached one business (R103).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub assigned_number: Option<String>,
    /// When the person asked. Left out, it is now. Not in the future, not before the year 2000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enquired_at: Option<Timestamp>,
}

/// The person behind an enquiry, as given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLeadPerson {
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// Company, where a business asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub company: Option<String>,
    /// E-mail address; the domain is kept in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Phone number in any common spelling; without a country code it is one of the programme's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// Street address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 400)]
    pub address: Option<String>,
    /// What the person said in free words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub notes: Option<String>,
}

/// Where the work is wanted, as given. A US ZIP brings its city and state along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLeadPlace {
    /// ISO 3166 code or the English name of the country. Left out, it is the programme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub country: Option<String>,
    /// State (US, as two letters or by name) or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub region: Option<String>,
    /// ZIP code or postcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20)]
    pub postcode: Option<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub city: Option<String>,
}

/// What a person agreed to, so that it can be shown later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadConsent {
    /// The words that were agreed to.
    #[schema(max_length = 4000)]
    pub text: String,
    /// The version of the words.
    #[schema(max_length = 60)]
    pub text_version: String,
    /// When the person agreed.
    pub given_at: Timestamp,
    /// From which address, where it was given online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 45)]
    pub ip: Option<String>,
    /// The page where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "https://www.example.com/quotes")]
    pub page_url: Option<String>,
    /// The recipients that were named to the person, by the names of suppliers or businesses, or by their ids; empty where
    /// none were. The policy may sell to nobody else.
    #[serde(default)]
    pub recipients: Vec<String>,
}

/// That somebody made sure of the person and the wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadVerification {
    /// How.
    pub method: VerificationMethod,
    /// When.
    pub verified_at: Timestamp,
    /// By whom, or by which system.
    #[schema(max_length = 120)]
    pub verified_by: String,
    /// Where the recording of the call lies (R81).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 400)]
    pub recording_ref: Option<String>,
}

//! A lead as it is kept, whom it was sold to, and what staff send to decide about it.

use super::{LeadAction, LeadChannel, LeadConsent, LeadStatus, LeadVerification, TraceEntry};
use crate::{
    BusinessId, DeliveryId, LeadId, LeadImportId, LeadProductId, Money, OrderId, ProgrammeId, SupplierId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The person behind a lead, normalised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadPerson {
    /// Full name.
    pub name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// E-mail address with the domain in lower case.
    pub email: Option<String>,
    /// E.164, such as `+15125550142`; null where what was given is no valid number.
    pub phone: Option<String>,
    /// The phone number as it came.
    pub phone_as_given: Option<String>,
    /// Street address.
    pub address: Option<String>,
    /// What the person said.
    pub notes: Option<String>,
}

impl LeadPerson {
    /// What to call them: the name, else the company, else how they are reached. Nothing once they are erased.
    pub fn known_as(&self) -> Option<&str> {
        [&self.name, &self.company, &self.email, &self.phone]
            .into_iter()
            .find_map(|known| known.as_deref())
    }
}

/// Where the work is wanted, normalised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadPlace {
    /// ISO 3166 code of two letters.
    pub country: Option<String>,
    /// State or region; two letters in the US.
    pub region: Option<String>,
    /// ZIP code (five digits) or postcode (with its space).
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// An enquiry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// The programme it came in for.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What it is sold as.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// Where it stands.
    pub status: LeadStatus,
    /// Why it stands there, as a stable word such as `phone_invalid` or `no_consent`, or the reason staff gave.
    pub status_reason: Option<String>,
    /// Buyers so far.
    pub sold: i32,
    /// Buyers at most; 0 for a customer's own lead (R99).
    pub max_buyers: i32,
    /// How it came.
    pub channel: LeadChannel,
    /// The advertisement or directory that brought it (R107).
    pub source: Option<String>,
    /// Who the external id belongs to.
    pub external_source: String,
    /// The sender's own id.
    pub external_id: Option<String>,
    /// Who submitted it.
    pub submitted_by: String,
    /// The import it came with.
    pub import_id: Option<LeadImportId>,
    /// The supplier whose own lead it is (R99), or whose business was contacted (R103).
    pub owner_supplier_id: Option<SupplierId>,
    /// That supplier's name.
    pub owner_supplier_name: Option<String>,
    /// The business that was contacted (R103).
    pub owner_business_id: Option<BusinessId>,
    /// The lead it repeats.
    pub duplicate_of: Option<LeadId>,
    /// Who asked.
    pub person: LeadPerson,
    /// Where.
    pub place: LeadPlace,
    /// What else the form asked.
    pub answers: BTreeMap<String, String>,
    /// When the person asked.
    pub enquired_at: Timestamp,
    /// When it came in.
    pub created_at: Timestamp,
    /// When the person was erased.
    pub erased_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
    /// What staff may do with it now.
    pub allowed_actions: Vec<LeadAction>,
}

/// An enquiry with everything about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadDetail {
    /// The lead.
    #[serde(flatten)]
    pub lead: Lead,
    /// What the person agreed to last.
    pub consent: Option<LeadConsent>,
    /// What the person agreed to before, the latest first: a later consent replaces none.
    pub earlier_consents: Vec<LeadConsent>,
    /// How the person was verified.
    pub verification: Option<LeadVerification>,
    /// Whom it was sold to.
    pub sales: Vec<LeadSale>,
}

/// One buyer of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadSale {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The order that took it.
    pub order_id: OrderId,
    /// The buyer.
    pub supplier_id: SupplierId,
    /// The buyer's name.
    pub supplier_name: String,
    /// The buyer's business.
    pub business_id: BusinessId,
    /// Which of the lead's places, from 1.
    pub slot: i32,
    /// What it costs; zero where it fills a replacement that was owed (R44).
    pub price: Money,
    /// Whether it fills a replacement that was owed.
    pub replacement: bool,
}

/// What became of an enquiry that was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadReceipt {
    /// The lead.
    pub lead: Lead,
    /// True where this external id had come before: the lead is the one that was there, and nothing changed.
    pub existing: bool,
    /// Whom it was sold to, at what price.
    pub sold_to: Vec<LeadSale>,
    /// Who did not get it, and why.
    pub not_sold_to: Vec<TraceEntry>,
    /// Where a call or message to an assigned number is to be passed on, in this order (R103).
    pub forward_to: Vec<String>,
}

/// Staff let a quarantined lead through. Where the programme sells no lead without consent or verification, the
/// lead must have them by now: whoever phoned the person brings them along (R81).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseLead {
    /// The reason, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What the person agreed to; it takes the place of what was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<LeadConsent>,
    /// How the person was verified; it takes the place of what was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<LeadVerification>,
}

/// Why staff refuse a lead or take it off the market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideLead {
    /// The reason, for the audit trail.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

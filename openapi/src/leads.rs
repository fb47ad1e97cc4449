//! Leads on the wire: an enquiry as it comes in, as it is kept, and why it went to whom.

pub use crate::policy::VerificationMethod;
use crate::{
    BusinessId, DeliveryId, InvalidTransition, LeadId, LeadImportId, LeadProductId, Money, OrderId, ProgrammeId,
    SupplierId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

text_enum! {
    /// Where a lead stands.
    pub enum LeadStatus {
        /// Checked and sold to nobody yet; further orders may still take it.
        Available = "available",
        /// Sold, with places left.
        PartlySold = "partly_sold",
        /// Sold to as many buyers as its product allows.
        SoldOut = "sold_out",
        /// Held back until a member of staff decides; `status_reason` says why.
        Quarantined = "quarantined",
        /// Refused; it is never sold.
        Rejected = "rejected",
        /// The same person asked for the same thing within the duplicate window; it is never sold.
        Duplicate = "duplicate",
        /// The person took the consent back; nobody else gets it.
        Withdrawn = "withdrawn",
        /// Too old to be sold.
        Expired = "expired",
        /// The customer's own lead, worked for that customer and offered to nobody else (R99).
        InService = "in_service",
        /// The person's particulars are gone; ids and sums remain.
        Erased = "erased",
    }
}

text_enum! {
    /// What can be done with a lead.
    pub enum LeadAction {
        /// Sell one place, with places left afterwards.
        SellPlace = "sell_place",
        /// Sell the last place.
        SellLastPlace = "sell_last_place",
        /// Staff let a quarantined lead through to the market.
        Release = "release",
        /// Staff let a customer's own lead out of quarantine: it is worked, not sold (R99).
        ReleaseToService = "release_to_service",
        /// Staff refuse a lead that has not been sold.
        Reject = "reject",
        /// The person took the consent back.
        Withdraw = "withdraw",
        /// Its time on the market is over.
        Expire = "expire",
        /// Remove the person's particulars.
        Erase = "erase",
    }
}

impl LeadStatus {
    /// The status `action` leads to. Every pair is listed, so that a new variant cannot be forgotten.
    pub const fn after(self, action: LeadAction) -> Result<Self, InvalidTransition> {
        use LeadAction as A;
        use LeadStatus as S;
        match (self, action) {
            (S::Available | S::PartlySold, A::SellPlace) => Ok(S::PartlySold),
            (S::Available | S::PartlySold, A::SellLastPlace) => Ok(S::SoldOut),
            (S::Quarantined, A::Release) => Ok(S::Available),
            (S::Quarantined, A::ReleaseToService) => Ok(S::InService),
            (S::Quarantined | S::Available, A::Reject) => Ok(S::Rejected),
            (S::Available | S::PartlySold | S::SoldOut | S::Quarantined | S::InService | S::Expired, A::Withdraw) => {
                Ok(S::Withdrawn)
            }
            (S::Available | S::PartlySold, A::Expire) => Ok(S::Expired),
            (S::Withdrawn | S::Rejected | S::Duplicate | S::Expired | S::SoldOut, A::Erase) => Ok(S::Erased),
            (
                S::SoldOut
                | S::Quarantined
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::SellPlace | A::SellLastPlace | A::Expire,
            )
            | (
                S::Available
                | S::PartlySold
                | S::SoldOut
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::Release | A::ReleaseToService,
            )
            | (
                S::PartlySold
                | S::SoldOut
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::Reject,
            )
            | (S::Rejected | S::Duplicate | S::Withdrawn | S::Erased, A::Withdraw)
            | (S::Available | S::PartlySold | S::Quarantined | S::InService | S::Erased, A::Erase) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }

    /// What a member of staff may do with a lead in this status.
    pub fn staff_actions(self) -> Vec<LeadAction> {
        [LeadAction::Release, LeadAction::Reject, LeadAction::Withdraw]
            .into_iter()
            .filter(|action| self.after(*action).is_ok())
            .collect()
    }
}

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
    /// The recipients that were named to the person; empty where none were.
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
    /// What it is sold as.
    pub product_id: LeadProductId,
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
    /// What the person agreed to.
    pub consent: Option<LeadConsent>,
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

text_enum! {
    /// Whether a candidate got the lead.
    pub enum TraceVerdict {
        /// It did.
        Sold = "sold",
        /// It did not; the reason says why.
        Refused = "refused",
    }
}

text_enum! {
    /// Why an order did not get a lead.
    pub enum RefusalReason {
        /// The order has not begun.
        OrderNotStarted = "order_not_started",
        /// The order's end has passed.
        OrderEnded = "order_ended",
        /// The order is paused.
        OrderPaused = "order_paused",
        /// The ordered quantity is delivered.
        OrderFilled = "order_filled",
        /// The order is cancelled.
        OrderCancelled = "order_cancelled",
        /// The supplier is not active yet.
        SupplierOnboarding = "supplier_onboarding",
        /// The supplier is suspended.
        SupplierSuspended = "supplier_suspended",
        /// The supplier's notice has run out or freezes deliveries.
        SupplierInNotice = "supplier_in_notice",
        /// The supplier's account is closed.
        SupplierClosed = "supplier_closed",
        /// The business is closed.
        BusinessClosed = "business_closed",
        /// The place is outside the order's coverage.
        OutsideCoverage = "outside_coverage",
        /// The order takes no leads at this day and hour.
        OutsideSchedule = "outside_schedule",
        /// The cap of the day is reached.
        CapDay = "cap_day",
        /// The cap of the week is reached.
        CapWeek = "cap_week",
        /// The cap of the month is reached.
        CapMonth = "cap_month",
        /// The account cannot pay for it.
        NoFunds = "no_funds",
        /// The supplier took this lead with another order.
        SameSupplier = "same_supplier",
        /// A business of the same association took this lead (R67).
        SameAssociation = "same_association",
        /// The supplier bought the same person's enquiry before.
        OwnDuplicate = "own_duplicate",
        /// The lead reached another business's own number (R101).
        OtherBusiness = "other_business",
        /// The lead's places went to orders that ranked higher.
        Outranked = "outranked",
        /// The lead or the order changed at the same moment.
        LostRace = "lost_race",
    }
}

impl RefusalReason {
    /// The reason in words that give nothing away about other suppliers.
    pub const fn explanation_for_supplier(self) -> &'static str {
        match self {
            Self::OrderNotStarted => "Your order had not begun.",
            Self::OrderEnded => "Your order had ended.",
            Self::OrderPaused => "Your order was paused.",
            Self::OrderFilled => "Your order was filled.",
            Self::OrderCancelled => "Your order was cancelled.",
            Self::SupplierOnboarding => "Your account was not active yet.",
            Self::SupplierSuspended => "Your account was suspended.",
            Self::SupplierInNotice => "Your account was in its notice period.",
            Self::SupplierClosed => "Your account was closed.",
            Self::BusinessClosed => "Your business was closed.",
            Self::OutsideCoverage => "The place was outside your coverage.",
            Self::OutsideSchedule => "The lead came outside the days and hours of your order.",
            Self::CapDay => "Your order had reached its cap for the day.",
            Self::CapWeek => "Your order had reached its cap for the week.",
            Self::CapMonth => "Your order had reached its cap for the month.",
            Self::NoFunds => "Your account could not pay for the lead.",
            Self::SameSupplier => "You took the lead with another of your orders.",
            Self::SameAssociation => "A lead goes to one business of an association only, and this one had gone.",
            Self::OwnDuplicate => "You had bought this enquiry before.",
            Self::OtherBusiness => "The person had not contacted your business.",
            Self::Outranked => "The lead's places were taken by orders that ranked higher.",
            Self::LostRace => "The lead was taken at the same moment.",
        }
    }
}

/// One candidate of one attempt to sell a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraceEntry {
    /// The candidate order.
    pub order_id: OrderId,
    /// Whose order it is.
    pub supplier_id: SupplierId,
    /// The supplier's name at that time.
    pub supplier_name: String,
    /// The business the order is for.
    pub business_id: BusinessId,
    /// Its place among those that could take the lead, from 1; null where it could not.
    pub rank: Option<i32>,
    /// Whether it got the lead.
    pub verdict: TraceVerdict,
    /// Why not.
    pub reason: Option<RefusalReason>,
    /// The verdict in words, with the figures that decided, for staff.
    pub explanation: String,
    /// The delivery, where it got the lead.
    pub delivery_id: Option<DeliveryId>,
    /// The price, where it got the lead.
    pub price: Option<Money>,
}

/// One attempt to sell a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraceAttempt {
    /// Its number, from 1.
    pub attempt: i32,
    /// When.
    pub traced_at: Timestamp,
    /// The candidates: those that got it by their place, then the others.
    pub candidates: Vec<TraceEntry>,
    /// How many further candidates there were that are not listed one by one.
    pub more_candidates: i32,
}

/// Why a lead went to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadTrace {
    /// The lead.
    pub lead_id: LeadId,
    /// Every attempt, oldest first.
    pub attempts: Vec<TraceAttempt>,
}

/// A lead that an order did not get, as its supplier may see it: nothing about the person, nothing about others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissedLead {
    /// The order.
    pub order_id: OrderId,
    /// The lead, to quote to support.
    pub lead_id: LeadId,
    /// When it was on offer.
    pub traced_at: Timestamp,
    /// Why the order did not get it.
    pub reason: RefusalReason,
    /// The reason in words.
    pub explanation: String,
}

impl TraceAttempt {
    /// What the supplier of `order` may read about this attempt, where it was refused.
    pub fn missed_by(&self, lead_id: LeadId, order: OrderId) -> Option<MissedLead> {
        let entry = self
            .candidates
            .iter()
            .find(|entry| entry.order_id == order && entry.verdict == TraceVerdict::Refused)?;
        let reason = entry.reason?;
        let explanation = reason.explanation_for_supplier().to_owned();
        Some(MissedLead {
            order_id: order,
            lead_id,
            traced_at: self.traced_at,
            reason,
            explanation,
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_that_is_over_stays_over() {
        for status in [
            LeadStatus::Rejected,
            LeadStatus::Duplicate,
            LeadStatus::Withdrawn,
            LeadStatus::Erased,
            LeadStatus::Expired,
        ] {
            for action in [
                LeadAction::SellPlace,
                LeadAction::SellLastPlace,
                LeadAction::Release,
                LeadAction::Reject,
                LeadAction::Expire,
            ] {
                assert!(status.after(action).is_err(), "{status} {action}");
            }
        }
    }

    /// R99: a customer's own lead is never sold.
    #[test]
    fn r99_an_own_lead_has_no_way_to_the_market() {
        for action in LeadAction::ALL {
            let next = LeadStatus::InService.after(*action);
            assert!(matches!(next, Err(_) | Ok(LeadStatus::Withdrawn)), "{action}");
        }
    }

    #[test]
    fn what_a_supplier_reads_names_nobody() {
        let sale = |order: i64, verdict, reason| TraceEntry {
            order_id: crate::Id::from_i64(order),
            supplier_id: crate::Id::from_i64(order + 100),
            supplier_name: format!("Supplier {order}"),
            business_id: crate::Id::from_i64(order + 200),
            rank: None,
            verdict,
            reason,
            explanation: "Supplier 1 ranked higher".to_owned(),
            delivery_id: None,
            price: None,
        };
        let attempt = TraceAttempt {
            attempt: 1,
            traced_at: Timestamp::from_seconds(0),
            candidates: vec![
                sale(1, TraceVerdict::Sold, None),
                sale(2, TraceVerdict::Refused, Some(RefusalReason::Outranked)),
            ],
            more_candidates: 0,
        };
        let lead = crate::Id::from_i64(9);
        assert_eq!(attempt.missed_by(lead, crate::Id::from_i64(1)), None);
        let missed = attempt
            .missed_by(lead, crate::Id::from_i64(2))
            .map(|missed| missed.explanation);
        assert_eq!(
            missed.as_deref(),
            Some(RefusalReason::Outranked.explanation_for_supplier())
        );
    }
}

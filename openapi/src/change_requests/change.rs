//! The kinds of changes that can be asked for.

use crate::checkouts::OrderCoverage;
use crate::orders::OrderSchedule;
use crate::patch::given;
use crate::policy::SelfServiceField;
use crate::{BusinessId, ContactPointId, CoverageId, LeadProductId, OrderId};

text_enum! {
    /// The kinds of changes.
    pub enum ChangeKind {
        /// Where leads come from (R69).
        Coverage = "coverage",
        /// Another category is bought in (R33).
        Category = "category",
        /// How many leads come (R77).
        Volume = "volume",
        /// When leads come.
        Schedule = "schedule",
        /// The addresses that receive leads (R16).
        LeadContacts = "lead_contacts",
        /// Who receives invoices (R14).
        BillingContact = "billing_contact",
        /// Another plan (R90).
        Plan = "plan",
        /// Name, address and other details of the company (R5).
        Profile = "profile",
        /// A business of the account, or another one.
        Business = "business",
        /// Something that staff do by hand.
        Other = "other",
    }
}

/// A change, by its kind. In patches, what is left out stays, and null takes a value away.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Areas that are added and ended at the same instant (R69).
    Coverage {
        /// Only for this order; for all orders of the supplier where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order_id: Option<OrderId>,
        /// Areas to add, at most ten lists of one kind each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 10)]
        add: Vec<OrderCoverage>,
        /// Areas that end.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 500)]
        end: Vec<CoverageId>,
    },
    /// Another category: an order of another product at the seller's price (R33).
    Category {
        /// The business it buys for.
        business_id: BusinessId,
        /// What it buys.
        product_id: LeadProductId,
        /// How many leads in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1)]
        quantity: Option<i64>,
        /// The most leads a day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1)]
        cap_day: Option<i64>,
        /// The most leads a week.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1)]
        cap_week: Option<i64>,
        /// The most leads a month.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 1)]
        cap_month: Option<i64>,
    },
    /// More leads of an order, or fewer (R77).
    Volume {
        /// Which order.
        order_id: OrderId,
        /// How many leads in all; null means no end.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<i64>, minimum = 1)]
        quantity: Option<Option<i64>>,
        /// The most leads a day; null means no limit.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<i64>, minimum = 1)]
        cap_day: Option<Option<i64>>,
        /// The most leads a week; null means no limit.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<i64>, minimum = 1)]
        cap_week: Option<Option<i64>>,
        /// The most leads a month; null means no limit.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<i64>, minimum = 1)]
        cap_month: Option<Option<i64>>,
    },
    /// Other days and hours of an order.
    Schedule {
        /// Which order.
        order_id: OrderId,
        /// When it takes leads, as a whole.
        schedule: OrderSchedule,
    },
    /// Other addresses for leads: each active one gets the lead mail (R16).
    LeadContacts {
        /// Addresses to add.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        add: Vec<NewAddress>,
        /// Addresses to change.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        change: Vec<AddressChange>,
        /// Addresses to remove.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        remove: Vec<ContactPointId>,
    },
    /// Another contact for invoices (R14).
    BillingContact {
        /// Addresses to add.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        add: Vec<NewAddress>,
        /// Addresses to change.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        change: Vec<AddressChange>,
        /// Addresses to remove.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 20)]
        remove: Vec<ContactPointId>,
    },
    /// Another plan, from the next period on, at the terms of the day it was asked for (R90).
    Plan {
        /// The plan's code.
        #[schema(example = "leads_250")]
        tier: String,
    },
    /// Other details of the company (R5).
    Profile {
        /// Its name.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 200)]
        name: Option<String>,
        /// The name that stands on invoices.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 200)]
        legal_name: Option<String>,
        /// Its country, by ISO 3166 code.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        country: Option<String>,
        /// Its address.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 500)]
        address: Option<String>,
        /// Its tax or VAT number; null takes it away.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, max_length = 60)]
        tax_id: Option<Option<String>>,
        /// Its IANA time zone.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
    },
    /// Other details of a business, or another business, which needs a name.
    Business {
        /// Which one; another one where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        business_id: Option<BusinessId>,
        /// What it trades as.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 200)]
        name: Option<String>,
        /// Its trade; null takes it away.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, max_length = 100)]
        trade: Option<Option<String>>,
        /// Its own phone; null takes it away.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, max_length = 40)]
        phone: Option<Option<String>>,
        /// Its website; null takes it away.
        #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, max_length = 300)]
        website: Option<Option<String>>,
    },
    /// Something in words: staff do it by hand and approve the request when it is done.
    Other {
        /// What it is about.
        about: SelfServiceField,
        /// What is wanted.
        #[schema(min_length = 1, max_length = 2000)]
        text: String,
    },
}

/// An address to add. It has an e-mail, a phone, or both.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddress {
    /// Only for this business; for all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<BusinessId>,
    /// Whom it reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// The e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "leads@okafor.example", max_length = 254)]
    pub email: Option<String>,
    /// The phone; a number without a country code is read as one of the programme's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
}

/// An address to change: what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressChange {
    /// Which one.
    pub contact_id: ContactPointId,
    /// Whom it reaches; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Option<Option<String>>,
    /// The e-mail; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub email: Option<Option<String>>,
    /// The phone; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Option<Option<String>>,
}

impl Change {
    /// Its kind.
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Self::Coverage { .. } => ChangeKind::Coverage,
            Self::Category { .. } => ChangeKind::Category,
            Self::Volume { .. } => ChangeKind::Volume,
            Self::Schedule { .. } => ChangeKind::Schedule,
            Self::LeadContacts { .. } => ChangeKind::LeadContacts,
            Self::BillingContact { .. } => ChangeKind::BillingContact,
            Self::Plan { .. } => ChangeKind::Plan,
            Self::Profile { .. } => ChangeKind::Profile,
            Self::Business { .. } => ChangeKind::Business,
            Self::Other { .. } => ChangeKind::Other,
        }
    }

    /// What of the account it changes: the policy says who may ask for that.
    pub const fn field(&self) -> SelfServiceField {
        match self {
            Self::Coverage { .. } => SelfServiceField::Coverage,
            Self::Category { .. } => SelfServiceField::Category,
            Self::Volume { .. } => SelfServiceField::Volume,
            Self::Schedule { .. } => SelfServiceField::Schedule,
            Self::LeadContacts { .. } => SelfServiceField::LeadContacts,
            Self::BillingContact { .. } => SelfServiceField::BillingContact,
            Self::Plan { .. } => SelfServiceField::Plan,
            Self::Profile { .. } => SelfServiceField::Profile,
            Self::Business { .. } => SelfServiceField::Businesses,
            Self::Other { about, .. } => *about,
        }
    }

    /// The order it changes, where it changes one.
    pub const fn order_id(&self) -> Option<OrderId> {
        match self {
            Self::Coverage { order_id, .. } => *order_id,
            Self::Volume { order_id, .. } | Self::Schedule { order_id, .. } => Some(*order_id),
            Self::Category { .. }
            | Self::LeadContacts { .. }
            | Self::BillingContact { .. }
            | Self::Plan { .. }
            | Self::Profile { .. }
            | Self::Business { .. }
            | Self::Other { .. } => None,
        }
    }
}

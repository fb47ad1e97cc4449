//! The programme's own words.

use super::NoticeAccepter;
use std::collections::BTreeMap;

/// A help article or tutorial (R32, R50).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HelpArticle {
    /// Its title.
    pub title: String,
    /// What it says, or the start of it.
    pub text: String,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Complaints that this article answers, by code, with the words the supplier picks: they are no
    /// grounds for a return, and who names one gets the article instead (R32).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
}

/// A notice that goes with a delivery (R82).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// A new version must be accepted anew.
    pub version: String,
    /// What it says.
    pub text: String,
    /// The supplier accepts it once a version.
    pub must_accept: bool,
    /// Who of the supplier's people may accept it.
    #[serde(default)]
    pub accepted_by: NoticeAccepter,
    /// The particulars of people are shown to the supplier, mailed and sent only after that; otherwise it is asked and
    /// nothing is held back.
    #[serde(default)]
    pub before_contact: bool,
}

macro_rules! words {
    ($($(#[$meta:meta])* $variant:ident = $key:tt, $usual:literal;)+) => {
        text_enum! {
            /// A word that a programme may put its own way.
            pub enum WordingKey { $($(#[$meta])* $variant = $key),+ }
        }
        impl WordingKey {
            /// What it is called where the programme has no word of its own.
            pub const fn usual(self) -> &'static str {
                match self { $(Self::$variant => $usual),+ }
            }
        }
    };
}

words! {
    /// Who buys leads.
    Supplier = "supplier", "Supplier";
    /// Several of them.
    Suppliers = "suppliers", "Suppliers";
    /// An enquiry.
    Lead = "lead", "Lead";
    /// Several of them.
    Leads = "leads", "Leads";
    /// A claim that a lead was bad.
    ReturnRequest = "return_request", "Return request";
    /// Several of them.
    ReturnRequests = "return_requests", "Return requests";
    /// The link from the lead to its return form (R2, R49).
    ReturnLink = "return_link", "Return this lead";
    /// The box in which the lead is rated and returned (R49).
    RateBox = "rate_box", "Rate this lead";
    /// The button that submits a return (R26).
    ReturnAction = "return_action", "Request return";
    /// The subject of the mail that approves (R44).
    ReturnApproved = "return_approved", "Return approved";
    /// The subject of the mail that denies (R45).
    ReturnDenied = "return_denied", "Return denied";
    /// Who decides returns.
    ReturnsDepartment = "returns_department", "Returns department";
    /// Who looks after the supplier.
    AccountManager = "account_manager", "Account manager";
    /// Where the supplier works its leads.
    LeadList = "lead_list", "Leads";
    /// Deliveries that are not invoiced yet (R109).
    UnbilledLeads = "unbilled_leads", "Unbilled leads";
    /// The recurring order with its perk (R64).
    Loyalty = "loyalty", "Loyalty programme";
    /// What a coupon that does not work is called (R36).
    InvalidCoupon = "invalid_coupon", "Invalid coupon";
}

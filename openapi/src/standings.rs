//! How suppliers and programmes stand today: the account manager's book, and the health of each programme.

use crate::suppliers::SupplierStatus;
use crate::{Money, ProgrammeId, SupplierId, Timestamp, UserId};
use rust_decimal::Decimal;

text_enum! {
    /// Why a supplier deserves a look. The words stand in the order of their weight.
    pub enum Attention {
        /// A case about what it sends back waits for a person (R112).
        RateCase = "rate_case",
        /// It is suspended.
        Suspended = "suspended",
        /// It leaves.
        InNotice = "in_notice",
        /// An invoice is overdue.
        Overdue = "overdue",
        /// It is active, wants leads, and got none for a week.
        NoLeads = "no_leads",
        /// It got less than half of what it got the week before.
        Falling = "falling",
        /// It sends more back than its policy bears and was warned (R112).
        RateWarned = "rate_warned",
        /// A reviewer waits for its answer.
        QuestionOpen = "question_open",
        /// All of its orders are paused.
        Paused = "paused",
        /// It is set up and not active yet.
        Onboarding = "onboarding",
    }
}

/// The suppliers that somebody looks after, those that deserve a look first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupplierBook {
    /// The instant that "today" is, in business time. A week is the seven times 24 hours before it.
    pub as_of: Timestamp,
    /// One line a supplier that is not over, at most 500.
    pub suppliers: Vec<SupplierStanding>,
}

/// One supplier's line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct SupplierStanding {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// Its programme.
    pub programme_id: ProgrammeId,
    /// Who looks after it.
    pub account_manager_id: Option<UserId>,
    /// Where it stands.
    pub status: SupplierStatus,
    /// Why it deserves a look, the weightiest first; empty where all is well.
    pub attention: Vec<Attention>,
    /// Leads delivered in the last week.
    pub leads_this_week: i64,
    /// Leads delivered in the week before.
    pub leads_week_before: i64,
    /// Orders that take leads.
    pub open_orders: i64,
    /// Orders that are paused.
    pub paused_orders: i64,
    /// What it rejected or returned with success as a share of what was delivered in 30 days, to four digits; null
    /// without deliveries.
    #[schema(value_type = Option<String>, example = "0.0833")]
    pub return_rate: Option<Decimal>,
    /// Return requests of it that a reviewer has to decide.
    pub returns_waiting: i64,
    /// What is open on its final invoices.
    pub owed: Money,
    /// What of it is overdue.
    pub overdue: Money,
}

/// How each programme does.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProgrammeHealthReport {
    /// The instant that "today" is, in business time. A week is the seven times 24 hours before it.
    pub as_of: Timestamp,
    /// One line a programme, by name.
    pub programmes: Vec<ProgrammeHealth>,
}

/// One programme's line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProgrammeHealth {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// What it is called.
    pub programme_name: String,
    /// Leads that came in in the last week.
    pub leads_this_week: i64,
    /// Leads that came in in the week before.
    pub leads_week_before: i64,
    /// Of the last week's leads, those that were sold at least once, or that their own customer brought.
    pub placed: i64,
    /// The same as a share, to four digits; null without leads.
    #[schema(value_type = Option<String>, example = "0.9123")]
    pub placed_share: Option<Decimal>,
    /// Of the last week's leads, those that nobody has bought so far and that are still for sale.
    pub unsold: i64,
    /// Leads that somebody must look at before they are sold.
    pub quarantined: i64,
    /// Deliveries of the last week.
    pub deliveries: i64,
    /// What was rejected or returned with success of the deliveries of 30 days, to four digits; null without any.
    #[schema(value_type = Option<String>, example = "0.0833")]
    pub return_rate: Option<Decimal>,
    /// Return requests that a reviewer has to decide.
    pub returns_waiting: i64,
    /// Of these, those that are later than promised.
    pub returns_late: i64,
    /// Replacements that are owed.
    pub replacements_owed: i64,
    /// Suppliers that are active.
    pub active_suppliers: i64,
    /// Suppliers that are suspended or leave.
    pub troubled_suppliers: i64,
    /// What is open on its final invoices.
    pub owed: Money,
    /// What of it is overdue.
    pub overdue: Money,
}

//! Calls, support, control of returns, retention, and the business calendar.

use super::{Rate, Weekday};
use crate::LocalDate;
use std::collections::BTreeMap;

/// Work on leads by phone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallPolicy {
    /// How a call may end, by code (R98).
    pub dispositions: BTreeMap<String, Disposition>,
    /// Inbound calls of at least so many seconds are billed (R111); absent means every call is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_min_seconds: Option<u32>,
    /// A number that was taken from a business is given to no other one for so many days, because its callers still
    /// mean the first (R104); absent means it may be given at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_quarantine_days: Option<u32>,
    /// Where the call script stands (R100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script_url: Option<String>,
}

/// How a call may end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    /// What the caller reads.
    pub label: String,
    /// The lead leaves the queue.
    pub closes: bool,
    /// The person must not be called again.
    #[serde(default)]
    pub do_not_call: bool,
}

/// How soon questions are answered (R34).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupportPolicy {
    /// A reply is due within so many hours of business days, a business day having 24; absent means
    /// no promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_within_business_hours: Option<u32>,
    /// A supplier may ask to be called back.
    pub call_back: bool,
    /// A message goes to the account manager first (R83).
    pub to_account_manager: bool,
}

/// Control of suppliers who return too much (K22, R112). It opens a case and never ends an account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum RateReviewPolicy {
    /// None.
    Off {},
    /// A look at regular times.
    Periodic {
        /// How often, in days.
        every_days: u32,
        /// How far back it looks, in days.
        window_days: u32,
        /// Suppliers with fewer deliveries are left alone.
        min_deliveries: u32,
        /// The share of returned deliveries that opens a case.
        threshold: Rate,
    },
}

/// How long personal data is kept. Absent means for as long as the account lives.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionPolicy {
    /// Days until the enquirer's details of a lead are erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_details_days: Option<u32>,
    /// Days until recordings are erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordings_days: Option<u32>,
}

/// Business days and holidays (R125); the time zone is the programme's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarPolicy {
    /// The weekdays on which business is done.
    pub business_days: BTreeMap<Weekday, bool>,
    /// Days without business, by date, with their names.
    pub holidays: BTreeMap<LocalDate, String>,
}

impl CalendarPolicy {
    /// Whether business is done on this date.
    pub fn is_business_day(&self, date: LocalDate) -> bool {
        let weekday = Weekday::from(date.date().weekday());
        self.business_days.get(&weekday).copied().unwrap_or(false) && !self.holidays.contains_key(&date)
    }
}

//! Calls, support, control of returns, and the business calendar.

use super::{Rate, Weekday, in_range};
use crate::{FieldError, LocalDate};
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
    /// What is said on the phone (R100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<CallScript>,
}

impl CallPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        for (code, disposition) in &self.dispositions {
            let pointer = format!("/calls/dispositions/{code}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if code.is_empty() || code.len() > 60 || !code.chars().all(plain) {
                let message = "a code has 1 to 60 small letters, digits and underscores";
                faults.push(FieldError::new(&pointer, "invalid", message));
            }
            let label = disposition.label.trim().chars().count();
            if !(1..=100).contains(&label) {
                let message = "a label has 1 to 100 characters";
                faults.push(FieldError::new(format!("{pointer}/label"), "length", message));
            }
            if disposition.closes && (disposition.asks_callback || disposition.retry_after_minutes.is_some()) {
                let message = "what ends the calls to a person is not followed by another call";
                faults.push(FieldError::new(format!("{pointer}/closes"), "conflict", message));
            }
            if disposition.do_not_call && !disposition.closes {
                let message = "who is not to be called leaves the queue: set `closes`";
                faults.push(FieldError::new(format!("{pointer}/do_not_call"), "conflict", message));
            }
            if let Some(minutes) = disposition.retry_after_minutes {
                let pointer = format!("{pointer}/retry_after_minutes");
                in_range(faults, &pointer, minutes, 1..=43_200);
            }
        }
        if let Some(script) = &self.script {
            for (name, text, most) in [("title", &script.title, 200), ("text", &script.text, 20_000)] {
                let length = text.trim().chars().count();
                if length == 0 || length > most {
                    let message = format!("it has 1 to {most} characters");
                    faults.push(FieldError::new(format!("/calls/script/{name}"), "length", message));
                }
            }
        }
    }
}

/// What is said on the phone (R100). Who calls reads it beside the queue, and the customer in the portal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallScript {
    /// Its title.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it says: paragraphs with a blank line between them, headings that begin with `## `, and points of a list
    /// that begin with `- `.
    #[schema(max_length = 20_000)]
    pub text: String,
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
    /// The caller says when the person wants to be called back.
    #[serde(default)]
    pub asks_callback: bool,
    /// So many minutes later the lead is called again; absent means as soon as its turn comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_minutes: Option<u32>,
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

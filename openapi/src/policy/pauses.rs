//! Pausing, changing and leaving.

use super::in_range;
use crate::FieldError;
use std::collections::BTreeMap;

/// Who may pause, for how long and how often (K8, K9).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PausePolicy {
    /// Who pauses. Staff may wherever the supplier may.
    pub actor: PauseActor,
    /// A pause starts so many hours after it was asked for, at the earliest (R70).
    pub notice_hours: u32,
    /// The longest single pause; absent means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_days: Option<u32>,
    /// What the longest pause is counted from (R70).
    pub max_days_from: PauseCount,
    /// The most days of pause in a rolling span (R17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<PauseBudget>,
    /// A pause must say when it ends (R70).
    pub return_date_required: bool,
    /// Service starts again by itself at the end (R59, R71).
    pub auto_resume: bool,
    /// The supplier is told so many days before leads come again (R126); 0 means not.
    pub remind_days: u32,
    /// What a pause does to the loyalty perk (R59, R60).
    pub perk_effect: PerkEffect,
}

impl PausePolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        in_range(faults, "/pause/notice_hours", self.notice_hours, 0..=8784);
        in_range(faults, "/pause/remind_days", self.remind_days, 0..=60);
        if let Some(days) = self.max_days {
            in_range(faults, "/pause/max_days", days, 1..=366);
        }
        if let Some(budget) = &self.budget {
            in_range(faults, "/pause/budget/days", budget.days, 1..=366);
            in_range(faults, "/pause/budget/per_months", budget.per_months, 1..=60);
        }
    }
}

text_enum! {
    /// Who pauses.
    pub enum PauseActor {
        /// Nobody: there are no pauses.
        Nobody = "nobody",
        /// The seller's staff, at the supplier's request (R19).
        Staff = "staff",
        /// The supplier himself (R52).
        Supplier = "supplier",
    }
}

text_enum! {
    /// What the longest pause is counted from.
    pub enum PauseCount {
        /// The day it was asked for.
        Request = "request",
        /// The day it starts.
        Start = "start",
    }
}

/// The most days of pause in a rolling span (R17).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseBudget {
    /// So many days …
    pub days: u32,
    /// … in any so many months.
    pub per_months: u32,
}

/// What a pause does to the loyalty perk.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PerkEffect {
    /// Nothing.
    None {},
    /// After more than this many pauses, renewals fall back to the base perk for good (R60).
    RevertToBase {
        /// How many pauses keep the perk.
        allowed: u32,
    },
}

/// How soon a requested change takes effect (K10).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePolicy {
    /// The notice of changes of coverage, volume and schedule, and of another category. Other changes take effect when
    /// staff have agreed to them, and a plan with its next period.
    pub notice: ChangeNotice,
}

/// The notice of a change (K10).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeNotice {
    /// At once.
    None {},
    /// As the agreement says; at once where it says nothing.
    ByAgreement {},
    /// So many hours after the request (R69).
    Hours {
        /// How many.
        amount: u32,
    },
    /// When staff have agreed to it.
    OnRequest {},
}

impl ChangeNotice {
    /// The hours between a request and its earliest effect.
    pub const fn hours(&self) -> u32 {
        match self {
            Self::Hours { amount } => *amount,
            Self::None {} | Self::ByAgreement {} | Self::OnRequest {} => 0,
        }
    }
}

/// How a supplier leaves (K11).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelPolicy {
    /// Only a written notice counts (R21).
    pub written: bool,
    /// The notice by the agreement's term; a term that is not listed needs none.
    pub notice_by_term: BTreeMap<AgreementTerm, CancelNotice>,
    /// Nothing may be changed while the notice runs (R72).
    pub freeze: bool,
    /// When a cancellation takes effect.
    pub effective: CancelEffective,
    /// Another time the supplier may choose instead (R94).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<CancelEffective>,
    /// The supplier is asked why, and may skip it (R20).
    pub ask_reason: bool,
    /// What becomes of leads that were paid for and not delivered.
    pub undelivered: Undelivered,
    /// The supplier is told so many days before the account ends (R126); 0 means not.
    pub remind_days: u32,
}

text_enum! {
    /// How long an agreement runs before it renews.
    pub enum AgreementTerm {
        /// Until cancelled.
        Rolling = "rolling",
        /// 30 days.
        Days30 = "days_30",
        /// 90 days.
        Days90 = "days_90",
        /// Six months.
        Months6 = "months_6",
        /// A year.
        Year1 = "year_1",
    }
}

/// The notice of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CancelNotice {
    /// Received within so many days of the renewal date; otherwise the agreement renews (R21).
    RenewalWindow {
        /// How many days.
        days: u32,
        /// On which side of the renewal date.
        side: RenewalSide,
    },
    /// Worked for so many days (R72).
    Worked {
        /// How many days.
        days: u32,
    },
}

text_enum! {
    /// On which side of the renewal date a notice counts (R21).
    pub enum RenewalSide {
        /// Up to the renewal date.
        Before = "before",
        /// From the renewal date on.
        After = "after",
        /// Both.
        Either = "either",
    }
}

text_enum! {
    /// When a cancellation takes effect (K11).
    pub enum CancelEffective {
        /// At once.
        AtOnce = "at_once",
        /// When the notice has been worked.
        EndOfNotice = "end_of_notice",
        /// On the agreement's renewal date.
        AtRenewal = "at_renewal",
        /// At the end of the paid period.
        PeriodEnd = "period_end",
        /// At once, but only when the package is complete (R120).
        AfterPackage = "after_package",
    }
}

text_enum! {
    /// What becomes of leads that were paid for and not delivered.
    pub enum Undelivered {
        /// There are none, because nothing is paid before delivery; what was paid all the same lapses.
        None = "none",
        /// The money goes back.
        Refund = "refund",
        /// It stays as a credit.
        Credit = "credit",
        /// They are still delivered.
        Finish = "finish",
    }
}

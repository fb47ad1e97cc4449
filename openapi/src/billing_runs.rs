//! Billing runs: one pass over one billing period of a programme, which makes its invoices.

use crate::transition::InvalidTransition;
use crate::{BillingRunId, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Where a billing run stands.
    pub enum BillingRunStatus {
        /// The period is known; its day has not come, or nobody has started it.
        Scheduled = "scheduled",
        /// Invoices are being made.
        Running = "running",
        /// Every supplier with something to bill has its invoice.
        Done = "done",
        /// Stopped by a safety bound; `problem` says why, and finance decides (F8).
        Parked = "parked",
    }
}

text_enum! {
    /// What can happen to a billing run.
    pub enum BillingRunAction {
        /// The period is due, or finance starts it.
        Start = "start",
        /// A safety bound was hit.
        Park = "park",
        /// Finance lets a parked run go on.
        Resume = "resume",
        /// No supplier is left.
        Finish = "finish",
    }
}

impl BillingRunStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: BillingRunAction) -> Result<Self, InvalidTransition> {
        use BillingRunAction as A;
        match (self, action) {
            (Self::Scheduled, A::Start) | (Self::Parked, A::Resume) => Ok(Self::Running),
            (Self::Running, A::Park) => Ok(Self::Parked),
            (Self::Running, A::Finish) => Ok(Self::Done),
            (Self::Scheduled, A::Park | A::Resume | A::Finish)
            | (Self::Running, A::Start | A::Resume)
            | (Self::Parked, A::Start | A::Park | A::Finish)
            | (Self::Done, A::Start | A::Park | A::Resume | A::Finish) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

/// One billing period of a programme and the pass that invoices it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct BillingRun {
    /// The run's id.
    pub id: BillingRunId,
    /// The programme it bills.
    pub programme_id: ProgrammeId,
    /// Where it stands.
    pub status: BillingRunStatus,
    /// The first day of the period, in the programme's time zone.
    pub starts_on: LocalDate,
    /// The day after the period's last.
    pub ends_before: LocalDate,
    /// The first instant of the period.
    pub period_start_at: Timestamp,
    /// The first instant after the period: what is delivered now belongs to the next (R6).
    pub period_end_at: Timestamp,
    /// When it runs by itself: the end of the period plus the policy's lag (R78, R114).
    pub due_at: Timestamp,
    /// How many suppliers have something to bill.
    pub suppliers_total: i64,
    /// How many of them have their invoice.
    pub suppliers_done: i64,
    /// How many invoices were made.
    pub invoices: i64,
    /// How many lines they have together.
    pub lines: i64,
    /// What they come to, tax included.
    pub total: Money,
    /// Why it is parked.
    pub problem: Option<String>,
    /// Who or what started it.
    pub started_by: Option<String>,
    /// When it started, in business time.
    pub started_at: Option<Timestamp>,
    /// When it was done, in business time.
    pub finished_at: Option<Timestamp>,
    /// Its version, also in `ETag`.
    pub version: i64,
    /// When the period was laid out.
    pub created_at: Timestamp,
}

/// Starts a billing run. It goes on in the background; poll the run for its progress.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBillingRun {
    /// The programme to bill.
    pub programme_id: ProgrammeId,
    /// The first day of the period; without it, the earliest period that is due and not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<LocalDate>,
}

/// Lets a parked run go on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeBillingRun {
    /// Whether totals above the safety bound are right and may be invoiced in this run.
    #[serde(default)]
    pub accept_unusual_totals: bool,
    /// Why, for the audit trail.
    #[schema(example = "Storm season: three times the usual leads")]
    pub reason: String,
}

/// What a run would invoice if it ran now. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct BillingRunPreview {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// The first day of the period.
    pub starts_on: LocalDate,
    /// The day after the period's last.
    pub ends_before: LocalDate,
    /// When the run is due.
    pub due_at: Timestamp,
    /// How many lines the invoices would have together.
    pub lines: i64,
    /// What they would come to, tax included.
    pub total: Money,
    /// One row per supplier with something to bill or to defer.
    pub suppliers: Vec<BillingPreviewRow>,
}

/// What one supplier would be invoiced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct BillingPreviewRow {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// How many lines its invoice would have.
    pub lines: i64,
    /// How many deliveries of the period would wait for the next run, because their return window
    /// or a return request is still open and the policy defers such lines (R84).
    pub deferred: i64,
    /// Before tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    /// Whether the total is above the safety bound, so that the run would be parked (F8).
    pub unusual: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use BillingRunAction as A;
        use BillingRunStatus as S;
        let allowed = [
            (S::Scheduled, A::Start, S::Running),
            (S::Running, A::Park, S::Parked),
            (S::Running, A::Finish, S::Done),
            (S::Parked, A::Resume, S::Running),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed
                    .iter()
                    .find(|(f, a, _)| f == from && a == action)
                    .map(|(_, _, to)| *to);
                assert_eq!(from.after(*action).ok(), expected, "{from} {action}");
            }
        }
    }
}

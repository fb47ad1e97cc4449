//! Reports: sums over what happened, for staff.

use crate::cancellations::CancelReason;
use crate::pauses::RequestChannel;
use crate::{LegalEntityId, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};
use rust_decimal::Decimal;

/// How much of what suppliers bought came back. Deliveries count in the period they were made in,
/// with what became of them since.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateReport {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after the period.
    pub to: Timestamp,
    /// All suppliers together.
    pub total: ReturnRateNumbers,
    /// One line a supplier, the highest rate first; at most 500.
    pub suppliers: Vec<ReturnRateLine>,
    /// The same deliveries by the reason that was given.
    pub reasons: Vec<ReturnReasonLine>,
}

/// One supplier's line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateLine {
    /// The supplier.
    pub supplier_id: SupplierId,
    /// Its name.
    pub supplier_name: String,
    /// Its programme.
    pub programme_id: ProgrammeId,
    /// The numbers.
    #[serde(flatten)]
    pub numbers: ReturnRateNumbers,
}

/// What became of a number of deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnRateNumbers {
    /// Leads delivered.
    pub deliveries: i64,
    /// Return requests for them, not counting withdrawn ones.
    pub requested: i64,
    /// Granted.
    pub approved: i64,
    /// Refused, finally or open to appeal.
    pub denied: i64,
    /// Not decided yet.
    pub open: i64,
    /// Rejected with one click (R109).
    pub rejected: i64,
    /// Granted and rejected ones as a share of the deliveries, to four digits; null without deliveries (R112).
    #[schema(value_type = Option<String>, example = "0.0833")]
    pub rate: Option<Decimal>,
    /// The lower end of the range that the true rate is in with a confidence of 95 % (Wilson): few leads say
    /// little.
    #[schema(value_type = Option<String>, example = "0.0148")]
    pub rate_low: Option<Decimal>,
    /// Its upper end.
    #[schema(value_type = Option<String>, example = "0.3538")]
    pub rate_high: Option<Decimal>,
}

/// Return requests of one reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ReturnReasonLine {
    /// The code of the reason.
    pub reason: String,
    /// Return requests with it, not counting withdrawn ones.
    pub requested: i64,
    /// Granted.
    pub approved: i64,
    /// Refused, finally or open to appeal.
    pub denied: i64,
}

/// How leads came in and what became of them, by advertising source (R107).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadSourceReport {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after the period.
    pub to: Timestamp,
    /// One line a source, the most leads first; at most 500.
    pub sources: Vec<LeadSourceLine>,
}

/// One advertising source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadSourceLine {
    /// The source as the leads name it; null for those that name none.
    pub source: Option<String>,
    /// Leads that came in.
    pub leads: i64,
    /// Of these, sold at least once.
    pub sold: i64,
    /// Of these, refused or duplicates.
    pub refused: i64,
    /// Times they were sold.
    pub deliveries: i64,
    /// Of these deliveries, returned or rejected.
    pub returned: i64,
}

/// Who leaves, and why (R20). Cancellations count in the period in which they were asked for, with what became of them
/// since.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnReport {
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after the period.
    pub to: Timestamp,
    /// All programmes together.
    pub total: ChurnNumbers,
    /// One line a programme in which somebody cancelled, by name.
    pub programmes: Vec<ChurnProgramme>,
    /// One line a reason, the most frequent first; those who gave none have a line, too.
    pub reasons: Vec<ChurnReason>,
    /// One line for each way in which they asked, the most frequent first.
    pub channels: Vec<ChurnChannel>,
    /// How long those who have left were with us, the shortest first; every bucket has its line.
    pub tenures: Vec<ChurnTenure>,
}

/// What became of cancellations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnNumbers {
    /// Cancellations asked for.
    pub asked: i64,
    /// In notice.
    pub scheduled: i64,
    /// The account has ended.
    pub effective: i64,
    /// Taken back.
    pub withdrawn: i64,
    /// The notice came outside of its window, and the agreement renewed (R21).
    pub renewed: i64,
    /// The account ended otherwise.
    pub overtaken: i64,
    /// Were asked why and would rather not say (R20).
    pub skipped: i64,
    /// How many days those who have left were with us in the middle, rounded down; null where none has.
    pub average_days: Option<i64>,
}

/// One programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnProgramme {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// What it is called.
    pub programme_name: String,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: ChurnNumbers,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnReason {
    /// The reason; null for those who gave none.
    pub reason: Option<CancelReason>,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: ChurnNumbers,
}

/// One way to ask.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnChannel {
    /// How they asked; null in the portal.
    pub channel: Option<RequestChannel>,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: ChurnNumbers,
}

text_enum! {
    /// How long an account was with us, from its first activation to its end.
    pub enum Tenure {
        /// It was never active.
        NeverActive = "never_active",
        /// Fewer than 30 days.
        Days30 = "under_30_days",
        /// 30 to 89 days.
        Days90 = "days_30_89",
        /// 90 to 364 days.
        Year = "days_90_364",
        /// A year and more.
        Longer = "year_and_more",
    }
}

impl Tenure {
    /// The bucket of so many whole days; none where the account was never active.
    pub const fn of_days(days: Option<i64>) -> Self {
        match days {
            None => Self::NeverActive,
            Some(..=29) => Self::Days30,
            Some(30..=89) => Self::Days90,
            Some(90..=364) => Self::Year,
            Some(365..) => Self::Longer,
        }
    }
}

/// One bucket of tenure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ChurnTenure {
    /// How long.
    pub tenure: Tenure,
    /// How many of those who have left.
    pub accounts: i64,
}

/// Leads a day, by programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadsByDayReport {
    /// One entry a programme, by name.
    pub programmes: Vec<ProgrammeDays>,
}

/// The days of one programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProgrammeDays {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// What it is called.
    pub programme_name: String,
    /// The zone in which its days begin and end.
    #[schema(example = "America/Chicago")]
    pub time_zone: String,
    /// Every day of the period, the oldest first.
    pub days: Vec<LeadDay>,
}

/// One day of a programme, from midnight to midnight of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LeadDay {
    /// The day.
    pub day: LocalDate,
    /// Leads that came in.
    pub received: i64,
    /// Leads that were delivered; one that was sold to three buyers counts three times.
    pub sold: i64,
    /// Of the leads delivered on this day, those whose return was granted since, or that were rejected.
    pub returned: i64,
}

/// What was invoiced, less what was credited, by week.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RevenueReport {
    /// One line a week and currency, the oldest first; weeks in which nothing was invoiced have their line, too.
    pub weeks: Vec<RevenueWeek>,
}

/// One week in one currency, before tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RevenueWeek {
    /// The week's Monday, in the time zone of the programme.
    pub starts_on: LocalDate,
    /// Invoices issued in it.
    pub invoices: i64,
    /// What they come to.
    pub invoiced: Money,
    /// What credit notes issued in it gave back.
    pub credited: Money,
    /// The difference.
    pub revenue: Money,
}

text_enum! {
    /// How long an invoice is overdue.
    pub enum Overdue {
        /// Its due date has not passed.
        NotDue = "not_due",
        /// 1 to 30 days.
        Days30 = "days_1_30",
        /// 31 to 60 days.
        Days60 = "days_31_60",
        /// 61 to 90 days.
        Days90 = "days_61_90",
        /// More than 90 days.
        Older = "older",
    }
}

impl Overdue {
    /// The bucket of an invoice that is so many days past its due date.
    pub const fn of_days(days: i64) -> Self {
        match days {
            ..=0 => Self::NotDue,
            1..=30 => Self::Days30,
            31..=60 => Self::Days60,
            61..=90 => Self::Days90,
            91.. => Self::Older,
        }
    }
}

/// What suppliers owe, by how long it is overdue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct OpenInvoicesReport {
    /// When it was looked at, in business time; the days are those of each programme's own calendar.
    pub at: Timestamp,
    /// Every bucket of every currency in which something is owed, by currency, the freshest first.
    pub lines: Vec<OpenInvoicesLine>,
}

/// One bucket of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct OpenInvoicesLine {
    /// How long these are overdue.
    pub overdue: Overdue,
    /// How many there are. What was given up on is not among them.
    pub invoices: i64,
    /// What is still to be paid, with tax.
    pub open: Money,
}

/// What was invoiced, credited, received and refunded by month, and what was owed at its end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CashReport {
    /// One line a legal entity, currency and month, the oldest month first.
    pub lines: Vec<CashLine>,
}

/// One month of one legal entity in one currency, taxes included, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CashLine {
    /// The legal entity.
    pub legal_entity_id: LegalEntityId,
    /// What it is called.
    pub legal_entity_name: String,
    /// The month's first day; months are those of the legal entity's time zone.
    pub month: LocalDate,
    /// What was invoiced.
    pub invoiced: Money,
    /// What credit notes gave back.
    pub credited: Money,
    /// What was received.
    pub received: Money,
    /// What was paid out.
    pub refunded: Money,
    /// What anything else added to what is owed.
    pub other: Money,
    /// What suppliers owed at the end of the month; below zero it is their credit.
    pub owed: Money,
    /// Whether the books of the month are closed.
    pub closed: bool,
}

#[cfg(test)]
mod tests {
    use super::{Overdue, Tenure};

    #[test]
    fn a_tenure_is_counted_in_whole_days() {
        let of = |days: &[i64]| days.iter().map(|day| Tenure::of_days(Some(*day))).collect::<Vec<_>>();
        assert_eq!(of(&[-1, 0, 29]), [Tenure::Days30; 3]);
        assert_eq!(of(&[30, 89]), [Tenure::Days90; 2]);
        assert_eq!(of(&[90, 364]), [Tenure::Year; 2]);
        assert_eq!(of(&[365, 4_000]), [Tenure::Longer; 2]);
        assert_eq!(Tenure::of_days(None), Tenure::NeverActive);
    }

    #[test]
    fn a_bucket_begins_the_day_after_the_one_before() {
        let of = |days: &[i64]| days.iter().map(|day| Overdue::of_days(*day)).collect::<Vec<_>>();
        assert_eq!(of(&[-3, 0]), [Overdue::NotDue; 2]);
        assert_eq!(of(&[1, 30]), [Overdue::Days30; 2]);
        assert_eq!(of(&[31, 60]), [Overdue::Days60; 2]);
        assert_eq!(of(&[61, 90]), [Overdue::Days90; 2]);
        assert_eq!(of(&[91, 4_000]), [Overdue::Older; 2]);
    }
}

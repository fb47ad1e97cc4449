//! Plans: leads bought in advance by the month, with overage above the minimum (R95–R97).

use crate::auth::HelpContact;
use crate::contacts::ContactPoint;
use crate::payments::{PaymentFailure, PaymentStatus};
use crate::policy::{CancelEffective, Undelivered};
use crate::transition::InvalidTransition;
use crate::{
    ChangeRequestId, InvoiceId, LocalDate, Money, PaymentId, PlanSubscriptionId, ProgrammeId, SupplierId, Timestamp,
};

text_enum! {
    /// Where a plan of a supplier stands.
    pub enum PlanStatus {
        /// It begins when its first period is paid (R85).
        PendingPayment = "pending_payment",
        /// It runs and renews itself.
        Active = "active",
        /// It runs to the end of its period (R94).
        CancelScheduled = "cancel_scheduled",
        /// It is over.
        Ended = "ended",
    }
}

text_enum! {
    /// What can happen to a plan.
    pub enum PlanAction {
        /// Its first period was paid.
        Begin = "begin",
        /// It is to end with its period.
        ScheduleCancel = "schedule_cancel",
        /// It ends.
        End = "end",
    }
}

impl PlanStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: PlanAction) -> Result<Self, InvalidTransition> {
        use PlanAction as A;
        match (self, action) {
            (Self::PendingPayment, A::Begin) => Ok(Self::Active),
            (Self::Active, A::ScheduleCancel) => Ok(Self::CancelScheduled),
            (Self::PendingPayment | Self::Active | Self::CancelScheduled, A::End) => Ok(Self::Ended),
            (Self::PendingPayment, A::ScheduleCancel)
            | (Self::Active, A::Begin)
            | (Self::CancelScheduled, A::Begin | A::ScheduleCancel)
            | (Self::Ended, A::Begin | A::ScheduleCancel | A::End) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// When a plan ends that is cancelled.
    pub enum PlanEnd {
        /// Now: nothing more is charged but what was used above the minimum, and what was not used goes as the
        /// policy says (R93).
        Now = "now",
        /// With the period that is running (R94).
        PeriodEnd = "period_end",
    }
}

impl PlanEnd {
    /// The end that a policy's word means for a plan; none where it means nothing for plans. What is still delivered
    /// after a cancellation keeps a plan until its period is over.
    pub const fn of(effective: CancelEffective, undelivered: Undelivered) -> Option<Self> {
        match (effective, undelivered) {
            (CancelEffective::AtOnce, Undelivered::Finish) => Some(Self::PeriodEnd),
            (CancelEffective::AtOnce, _) => Some(Self::Now),
            (CancelEffective::PeriodEnd | CancelEffective::AtRenewal, _) => Some(Self::PeriodEnd),
            (CancelEffective::EndOfNotice | CancelEffective::AfterPackage, _) => None,
        }
    }
}

/// A plan that is offered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanTierOffer {
    /// Its code.
    #[schema(example = "leads_100")]
    pub tier: String,
    /// Its name.
    pub label: String,
    /// The leads paid for in advance each period.
    pub min_units: i64,
    /// The price of each lead, overage too.
    pub unit_price: Money,
    /// What is paid in advance for a period, before tax.
    pub period_price: Money,
}

/// The plans that a supplier may choose from, the smallest first: the bigger, the lower the price of a lead (R95).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanOffers {
    /// The plans; none where the policy offers none.
    pub plans: Vec<PlanTierOffer>,
}

/// One period of a plan, with what was used of it (R97).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanPeriod {
    /// Its key: M1, M2 and so on.
    #[schema(example = "M2")]
    pub key: String,
    /// Its first day, in the programme's time zone.
    pub starts_on: LocalDate,
    /// The day after its last.
    pub ends_before: LocalDate,
    /// The plan's name in this period; a change takes effect with a period (R90).
    pub label: String,
    /// The leads paid for in advance.
    pub min_units: i64,
    /// The price of each lead in this period.
    pub unit_price: Money,
    /// Leads used so far, or in all.
    pub used: i64,
    /// Leads above the minimum that are charged, as things stand.
    pub overage: i64,
    /// What they come to, before tax.
    pub overage_price: Money,
    /// Whether it is over.
    pub closed: bool,
    /// The invoice that charged it in advance.
    pub invoice_id: InvoiceId,
}

/// How the latest payment of a plan's first period stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanPayment {
    /// The payment.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
    /// Why it failed.
    pub failure: Option<PaymentFailure>,
}

/// What a plan is from a later period on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanNext {
    /// The request that was agreed to.
    pub change_request_id: ChangeRequestId,
    /// The plan's code.
    pub tier: String,
    /// The plan's name.
    pub label: String,
    /// The leads paid for in advance each period.
    pub min_units: i64,
    /// The price of each lead.
    pub unit_price: Money,
    /// The day of the renewal from which on that holds.
    pub effective_on: LocalDate,
}

/// A supplier's plan.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanSubscription {
    /// Its id.
    pub id: PlanSubscriptionId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// The plan's code.
    pub tier: String,
    /// The plan's name, as it was when it was chosen.
    pub label: String,
    /// The leads paid for in advance each period.
    pub min_units: i64,
    /// The price of each lead, as it was when the plan was chosen.
    pub unit_price: Money,
    /// Where it stands.
    pub status: PlanStatus,
    /// The day it began; none before its first period is paid (R88).
    pub started_on: Option<LocalDate>,
    /// The day it renews, or ends; none where it does neither (R88).
    pub renews_on: Option<LocalDate>,
    /// The period that is running, or the last one, with what is used of it.
    pub period: Option<PlanPeriod>,
    /// What it is from a later period on, where a change was agreed to (R90).
    pub next: Option<PlanNext>,
    /// How the payment of its first period stands.
    pub payment: Option<PlanPayment>,
    /// Whom the supplier talks to about it (R88).
    pub help: HelpContact,
    /// Whom the seller talks to: the account's active addresses for billing (R88).
    pub contacts: Vec<ContactPoint>,
    /// When it was chosen.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Rises with every change.
    pub version: i64,
}

/// Chooses a plan. Its first period is charged at once, and it begins when that is paid (R85).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlanSubscription {
    /// For whom.
    pub supplier_id: SupplierId,
    /// The plan's code.
    #[schema(example = "leads_100")]
    pub tier: String,
}

/// Cancels a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelPlanSubscription {
    /// When it ends; without it, as the policy says (R94). What was never paid ends at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlanEnd>,
    /// Why, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_begins_once_and_ends_for_good() {
        assert_eq!(
            PlanStatus::PendingPayment.after(PlanAction::Begin),
            Ok(PlanStatus::Active)
        );
        assert_eq!(
            PlanStatus::Active.after(PlanAction::ScheduleCancel),
            Ok(PlanStatus::CancelScheduled)
        );
        for action in PlanAction::ALL {
            assert!(PlanStatus::Ended.after(*action).is_err(), "{action}");
        }
    }
}

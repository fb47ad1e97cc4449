//! Cancellations of a whole account: when it ends, why then, and what that costs (R13, R20, R21, R72, R89, R94, R120).

use crate::pauses::RequestChannel;
use crate::policy::{AgreementTerm, CancelEffective, RenewalSide, Undelivered};
use crate::transition::InvalidTransition;
use crate::{AgreementId, CancellationId, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Where a cancellation stands.
    pub enum CancellationStatus {
        /// The account is in notice and ends at the time that is shown.
        Scheduled = "scheduled",
        /// The account has ended.
        Effective = "effective",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// The notice came outside of its window: the agreement renews (R21).
        Renewed = "renewed",
        /// The account ended otherwise before: it was closed, or its payment authorisation was revoked.
        Overtaken = "overtaken",
    }
}

text_enum! {
    /// What can happen to a cancellation.
    pub enum CancellationAction {
        /// Its time has come.
        TakeEffect = "take_effect",
        /// It is taken back.
        Withdraw = "withdraw",
        /// The account ends otherwise.
        Overtake = "overtake",
    }
}

impl CancellationStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: CancellationAction) -> Result<Self, InvalidTransition> {
        use CancellationAction as A;
        match (self, action) {
            (Self::Scheduled, A::TakeEffect) => Ok(Self::Effective),
            (Self::Scheduled, A::Withdraw) => Ok(Self::Withdrawn),
            (Self::Scheduled, A::Overtake) => Ok(Self::Overtaken),
            (
                Self::Effective | Self::Withdrawn | Self::Renewed | Self::Overtaken,
                A::TakeEffect | A::Withdraw | A::Overtake,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// Who cancelled.
    pub enum CancelledBy {
        /// The supplier itself, in the portal (R89).
        Supplier = "supplier",
        /// Staff, who wrote down what the supplier asked for.
        Staff = "staff",
    }
}

text_enum! {
    /// Why a supplier leaves (R20).
    pub enum CancelReason {
        /// Leads cost too much.
        Price = "price",
        /// The leads are not good enough.
        LeadQuality = "lead_quality",
        /// There are too few of them.
        TooFewLeads = "too_few_leads",
        /// There is no time to work them.
        NoCapacity = "no_capacity",
        /// Another provider.
        OtherProvider = "other_provider",
        /// The service around the leads.
        Service = "service",
        /// The business is sold or given up.
        ClosingBusiness = "closing_business",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// The rule that decides when an account ends.
    pub enum CancelRule {
        /// At once, because the policy says so or the agreement needs no notice.
        AtOnce = "at_once",
        /// When the notice of the agreement's term has been worked (R72).
        NoticeWorked = "notice_worked",
        /// On the day on which the agreement would have renewed (R21).
        NotRenewed = "not_renewed",
        /// At once, because the notice undoes a renewal that has just been (R21, side `after`).
        RenewalUndone = "renewal_undone",
        /// On the day after the agreement's last one; it does not renew.
        AgreementOver = "agreement_over",
        /// At the end of the period that is paid (R94).
        PeriodEnd = "period_end",
        /// At once, as all packages are complete (R120).
        PackagesComplete = "packages_complete",
        /// With the last of the leads that are paid and still to come.
        LeadsDelivered = "leads_delivered",
    }
}

text_enum! {
    /// Something that ends with an account.
    pub enum CancelLossKind {
        /// The extra leads of loyalty subscriptions (R57, R58).
        LoyaltyPerk = "loyalty_perk",
        /// Leads of the plan's period that were not used (R95).
        PlanLeads = "plan_leads",
        /// Leads of packages that are still to come.
        PackageLeads = "package_leads",
        /// Leads of paid orders that are still to come.
        OrderLeads = "order_leads",
        /// What is in the wallet (R9).
        WalletBalance = "wallet_balance",
    }
}

/// Something that ends with the account, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CancelLoss {
    /// What ends.
    pub kind: CancelLossKind,
    /// How many leads or subscriptions there are.
    pub count: Option<i64>,
    /// What there is of money.
    pub amount: Option<Money>,
    /// What becomes of it: `none` is that it lapses.
    pub becomes: Undelivered,
}

/// When a notice must be received to keep an agreement from renewing (R21).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NoticeWindow {
    /// The renewal that is meant.
    pub renews_on: LocalDate,
    /// The first day on which a notice counts.
    pub from: LocalDate,
    /// The last one.
    pub until: LocalDate,
    /// On which side of the renewal it lies, by the policy.
    pub side: RenewalSide,
}

/// The cancellation of an account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Cancellation {
    /// Its id.
    pub id: CancellationId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose account.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// Where it stands.
    pub status: CancellationStatus,
    /// What the caller may do with it now.
    pub allowed_actions: Vec<CancellationAction>,
    /// Who cancelled.
    pub cancelled_by: CancelledBy,
    /// Who asked staff for it.
    pub requested_by: Option<String>,
    /// How they asked; none where the supplier cancelled in the portal.
    pub channel: Option<RequestChannel>,
    /// Why they leave (R20).
    pub reason: Option<CancelReason>,
    /// The same in their words.
    pub comment: Option<String>,
    /// Whether they were asked why and would rather not say (R20).
    pub reason_skipped: bool,
    /// What came of a talk about staying (R20). Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_note: Option<String>,
    /// The agreement that was in force.
    pub agreement_id: Option<AgreementId>,
    /// Its term; `rolling` where there was none.
    pub term: AgreementTerm,
    /// The day on which the notice was received, on the programme's calendar (R21).
    pub received_on: LocalDate,
    /// When it was to take effect, by the policy or as chosen (R94).
    pub effective: CancelEffective,
    /// Which rule decided.
    pub rule: Option<CancelRule>,
    /// The window that the notice was in, or the next one where it was in none (R21).
    pub window: Option<NoticeWindow>,
    /// The last day with leads; none where the account ended at once, or ends with its last lead.
    pub last_day: Option<LocalDate>,
    /// When the account ends, or did; none where it ends with its last lead, or not at all.
    pub effective_at: Option<Timestamp>,
    /// What the written notice is called, where there is one; `GET /cancellations/{id}/document` gives it as a file.
    pub document_name: Option<String>,
    /// When it was written down.
    pub requested_at: Timestamp,
    /// When it took effect, was taken back or overtaken.
    pub ended_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A written notice (R21).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeDocument {
    /// What it is called, such as the name of its file.
    #[schema(example = "notice-2026-11-02.txt", min_length = 1, max_length = 200)]
    pub name: String,
    /// Its text.
    #[schema(min_length = 1, max_length = 50_000)]
    pub text: String,
}

/// Cancels an account.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCancellation {
    /// Whose account.
    pub supplier_id: SupplierId,
    /// When it is to take effect, where the policy offers a choice (R94); its first offer where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<CancelEffective>,
    /// The day on which staff received the notice, on the programme's calendar; today where it is left out (R21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_on: Option<LocalDate>,
    /// Who asked for it. Staff say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mo Okafor", max_length = 200)]
    pub requested_by: Option<String>,
    /// How they asked. Staff say so; a written notice came by e-mail or letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<RequestChannel>,
    /// The notice, where the policy wants it in writing (R21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<NoticeDocument>,
    /// Why they leave (R20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CancelReason>,
    /// The same in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub comment: Option<String>,
    /// They were asked why and would rather not say. One of this and `reason` is needed where the policy asks (R20).
    #[serde(default)]
    pub skip_reason: bool,
    /// What came of a talk about staying (R20). Staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub retention_note: Option<String>,
}

/// What staff add to a cancellation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCancellation {
    /// What came of a talk about staying (R20).
    #[schema(min_length = 1, max_length = 500)]
    pub retention_note: String,
}

/// Takes a cancellation back.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawCancellation {
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Why an account cannot be cancelled now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CancelRefusal {
    /// Why, in a sentence.
    pub detail: String,
    /// How many leads of packages are still to come (R120).
    pub remaining: Option<i64>,
}

/// What cancelling an account would mean, by the same rules that a cancellation follows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CancellationPreview {
    /// Whose account.
    pub supplier_id: SupplierId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whether the caller may cancel; where not, staff do, as the policy wants a written notice (R21).
    pub may_cancel: bool,
    /// Only a written notice counts, which staff write down (R21).
    pub written: bool,
    /// Nothing may be changed while the notice runs (R72).
    pub freezes: bool,
    /// The supplier is asked why, and may skip it (R20).
    pub asks_reason: bool,
    /// When a cancellation may take effect (R94); the first is the usual one.
    pub choices: Vec<CancelEffective>,
    /// The one that this is about.
    pub effective: CancelEffective,
    /// The agreement in force; none for an account that is rolling.
    pub agreement_id: Option<AgreementId>,
    /// What it is called.
    pub agreement_title: Option<String>,
    /// Its term.
    pub term: AgreementTerm,
    /// Its first day.
    pub agreement_starts_on: Option<LocalDate>,
    /// Its next renewal; none where it does not renew.
    pub renews_on: Option<LocalDate>,
    /// The day on which the notice is taken as received.
    pub received_on: LocalDate,
    /// How long the notice is worked (R72).
    pub notice_days: Option<u32>,
    /// The window that such a notice is in, or the next one where it is in none (R21).
    pub window: Option<NoticeWindow>,
    /// Where the cancellation would stand: `effective` at once, `scheduled`, or `renewed` where the notice is outside
    /// of its window; none where it is refused.
    pub outcome: Option<CancellationStatus>,
    /// Which rule decides.
    pub rule: Option<CancelRule>,
    /// The last day with leads.
    pub last_day: Option<LocalDate>,
    /// When the account ends.
    pub effective_at: Option<Timestamp>,
    /// Why it is refused.
    pub refused: Option<CancelRefusal>,
    /// What was delivered or used and is not invoiced yet, with tax.
    pub accrued: Money,
    /// What is open of invoices.
    pub open: Money,
    /// What pays for them: credit of the account, and the wallet as far as it was drawn on.
    pub credit: Money,
    /// What would be due if the account ended now. Leads that come until it ends are added.
    pub due: Money,
    /// Whether that is charged to the stored way to pay as soon as the account ends (R13); else it is collected as other
    /// invoices are.
    pub charged_at_once: bool,
    /// What ends with the account.
    pub losses: Vec<CancelLoss>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use CancellationAction as A;
        use CancellationStatus as S;
        let allowed = [
            (S::Scheduled, A::TakeEffect, S::Effective),
            (S::Scheduled, A::Withdraw, S::Withdrawn),
            (S::Scheduled, A::Overtake, S::Overtaken),
        ];
        for from in S::ALL {
            for action in A::ALL {
                let expected = allowed.iter().find(|(f, a, _)| f == from && a == action);
                assert_eq!(
                    from.after(*action).ok(),
                    expected.map(|(_, _, to)| *to),
                    "{from} {action}"
                );
            }
        }
    }
}

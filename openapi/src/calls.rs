//! Calls: a customer's own leads are phoned for it, and it watches what comes of that (R93, R97–R100).

use crate::events::EventKind;
use crate::leads::{LeadPerson, LeadPlace};
use crate::plans::PlanStatus;
use crate::policy::{CallScript, Disposition};
use crate::transition::InvalidTransition;
use crate::{
    CallAttemptId, LeadId, LeadProductId, LocalDate, PlanSubscriptionId, PolicyVersionId, ProgrammeId, SupplierId,
    Timestamp,
};
use std::collections::BTreeMap;

text_enum! {
    /// Where a lead stands in the call queue.
    pub enum CallState {
        /// It is to be called, now or later.
        Waiting = "waiting",
        /// A caller has it, for a while.
        Claimed = "claimed",
        /// A call ended it.
        Closed = "closed",
        /// It is not called any more; `removed_because` says why.
        Removed = "removed",
    }
}

text_enum! {
    /// What can happen to a lead in the call queue.
    pub enum CallAction {
        /// A caller takes it.
        Claim = "claim",
        /// The caller gives it back without a call.
        Release = "release",
        /// A call came to nothing yet.
        CallAgain = "call_again",
        /// A call ended it.
        Close = "close",
        /// It is not to be called any more.
        Remove = "remove",
    }
}

impl CallState {
    /// The state `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    ///
    /// A lead that was claimed is claimed again by whoever takes it when the claim has run out. What a call came to
    /// that was under way when its lead was removed is noted, and brings nothing back. A closed lead is called again
    /// only where the last call is corrected.
    pub const fn after(self, action: CallAction) -> Result<Self, InvalidTransition> {
        use CallAction as A;
        match (self, action) {
            (Self::Waiting | Self::Claimed, A::Claim) => Ok(Self::Claimed),
            (Self::Claimed, A::Release) => Ok(Self::Waiting),
            (Self::Waiting | Self::Claimed | Self::Closed, A::CallAgain) => Ok(Self::Waiting),
            (Self::Waiting | Self::Claimed | Self::Closed, A::Close) => Ok(Self::Closed),
            (Self::Removed, A::CallAgain | A::Close) => Ok(Self::Removed),
            (Self::Waiting | Self::Claimed, A::Remove) => Ok(Self::Removed),
            (Self::Waiting, A::Release)
            | (Self::Closed, A::Claim | A::Release | A::Remove)
            | (Self::Removed, A::Claim | A::Release | A::Remove) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// Whether it is still to be called.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Claimed)
    }
}

text_enum! {
    /// Why a lead is not called any more.
    pub enum RemovedBecause {
        /// The plan that it counts against has ended (R93).
        PlanEnded = "plan_ended",
        /// The customer's account is over.
        AccountOver = "account_over",
        /// The person took the consent back.
        LeadWithdrawn = "lead_withdrawn",
        /// The person asked this customer not to be called.
        DoNotCall = "do_not_call",
    }
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CallAttempt {
    /// Its id.
    pub id: CallAttemptId,
    /// Whom it was about.
    pub lead_id: LeadId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// For which customer.
    pub supplier_id: SupplierId,
    /// The name of whoever called.
    pub called_by_name: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it lasted.
    pub duration_seconds: i64,
    /// How it ended: a code of the policy's dispositions.
    #[schema(example = "voicemail")]
    pub disposition: String,
    /// What that was called then.
    #[schema(example = "Voicemail")]
    pub disposition_label: String,
    /// Whether it ended the calls to this lead.
    pub closes: bool,
    /// Whether the person is not to be called again.
    pub do_not_call: bool,
    /// When the person wants to be called back.
    pub callback_at: Option<Timestamp>,
    /// What was said; the customer reads it.
    pub note: Option<String>,
    /// The attempt that this one corrects: that one does not count any more.
    pub corrects: Option<CallAttemptId>,
    /// When it was recorded.
    pub created_at: Timestamp,
}

/// A lead that is called for its customer, with what came of it so far (R98).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CallLead {
    /// The lead.
    pub lead_id: LeadId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose lead it is.
    pub supplier_id: SupplierId,
    /// What that customer is called now.
    pub supplier_name: String,
    /// What the lead came in as.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// Who is called; empty once they are erased.
    pub person: LeadPerson,
    /// Where they are.
    pub place: LeadPlace,
    /// What else the form asked.
    pub answers: BTreeMap<String, String>,
    /// Where the lead came from.
    pub source: Option<String>,
    /// When it entered the queue.
    pub queued_at: Timestamp,
    /// The plan that it counts against.
    pub plan_subscription_id: PlanSubscriptionId,
    /// The period of the plan that it counts against: M1, M2 and so on (R97).
    #[schema(example = "M2")]
    pub period_key: String,
    /// Where it stands.
    pub state: CallState,
    /// Why it is not called any more.
    pub removed_because: Option<RemovedBecause>,
    /// From when on it is to be called; none once it is not any more.
    pub due_at: Option<Timestamp>,
    /// Whether the person asked to be called then.
    pub is_callback: bool,
    /// Who has it; staff only.
    pub claimed_by_name: Option<String>,
    /// Until when, on the wall; staff only.
    pub claimed_until: Option<Timestamp>,
    /// Whether the caller has it.
    pub claimed_by_me: bool,
    /// How many calls were recorded.
    pub attempts: i64,
    /// How the last call ended.
    pub disposition: Option<String>,
    /// What that was called then.
    pub disposition_label: Option<String>,
    /// When the last call was.
    pub last_called_at: Option<Timestamp>,
    /// The last calls, the latest first; `/call-attempts?lead_id=` has all of them where there are more than 20.
    pub history: Vec<CallAttempt>,
    /// When anything last happened to it.
    pub touched_at: Timestamp,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// Records a call. What turns out to be wrong is corrected by another attempt that names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCallAttempt {
    /// Whom the call was about.
    pub lead_id: LeadId,
    /// When it began; so long ago as it lasted, where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// How long it lasted, up to four hours.
    #[schema(minimum = 0, maximum = 14_400, example = 95)]
    pub duration_seconds: i64,
    /// How it ended: a code of the policy's dispositions (R98).
    #[schema(example = "voicemail", max_length = 60)]
    pub disposition: String,
    /// When the person wants to be called back, where the disposition asks for that and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_at: Option<Timestamp>,
    /// What was said. The customer reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// The last attempt of this lead, where this one corrects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<CallAttemptId>,
}

/// Takes the next lead that is to be called.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimNextCall {
    /// Only of this programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programme_id: Option<ProgrammeId>,
    /// Only of this customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_id: Option<SupplierId>,
}

/// The lead that a caller took.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct NextCall {
    /// The lead; none where nobody is to be called now.
    pub lead: Option<CallLead>,
    /// How many others are to be called now.
    pub due: i64,
    /// When the next one is to be called, where nobody is now.
    pub next_due_at: Option<Timestamp>,
}

text_enum! {
    /// How the call report is sorted.
    pub enum CallReportSort {
        /// What happened last comes first.
        Activity = "activity",
        /// The newest leads first.
        Newest = "newest",
        /// The oldest leads first.
        Oldest = "oldest",
    }
}

/// How many leads stand so after their last call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct DispositionCount {
    /// How the last call ended.
    pub disposition: String,
    /// What that is called.
    pub label: String,
    /// How many leads.
    pub leads: i64,
}

/// What is used of a customer's plan now (R97).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PlanUsage {
    /// The plan.
    pub plan_subscription_id: PlanSubscriptionId,
    /// Its name.
    pub label: String,
    /// Where it stands.
    pub status: PlanStatus,
    /// The period that is running: M1, M2 and so on.
    #[schema(example = "M2")]
    pub key: String,
    /// The first day of the period.
    pub starts_on: LocalDate,
    /// The day after its last.
    pub ends_before: LocalDate,
    /// The leads paid for in advance.
    pub min_units: i64,
    /// The leads used so far.
    pub used: i64,
    /// Those above the minimum that are charged, as things stand.
    pub overage: i64,
}

/// A customer's call report in figures (R97, R98).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CallSummary {
    /// Whose.
    pub supplier_id: SupplierId,
    /// What is used of the plan; none where none runs.
    pub usage: Option<PlanUsage>,
    /// Leads that are to be called, or are being called.
    pub open: i64,
    /// Leads that a call ended.
    pub closed: i64,
    /// Leads that are not called any more for another reason.
    pub removed: i64,
    /// Leads that nobody has been called about yet, of those that are open.
    pub not_called_yet: i64,
    /// How the last calls ended, in the order of the codes.
    pub dispositions: Vec<DispositionCount>,
}

/// What is said on the phone for a customer, and how a call may end (R100).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CallScriptInForce {
    /// For whom.
    pub supplier_id: SupplierId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// The version of the programme's policy that it stands in.
    pub policy_version_id: PolicyVersionId,
    /// The script; none where the programme has none.
    pub script: Option<CallScript>,
    /// How a call may end, by code.
    pub dispositions: BTreeMap<String, Disposition>,
}

/// The data of one message of `/call-report/stream`, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum CallMessage {
    /// Of `call`.
    Update(Box<CallUpdate>),
    /// Of `ready`.
    Ready(CallReady),
}

/// The stream is open; where the log ends stands in the id of the message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallReady {}

/// What happened to the calls of a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CallUpdate {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub happened_at: Timestamp,
    /// The lead as it stands now; none where it happened to all leads of a plan or account.
    pub lead: Option<CallLead>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_state_and_action_is_decided() {
        use CallAction as A;
        use CallState as S;
        let allowed = [
            (S::Waiting, A::Claim, S::Claimed),
            (S::Claimed, A::Claim, S::Claimed),
            (S::Claimed, A::Release, S::Waiting),
            (S::Waiting, A::CallAgain, S::Waiting),
            (S::Claimed, A::CallAgain, S::Waiting),
            (S::Closed, A::CallAgain, S::Waiting),
            (S::Waiting, A::Close, S::Closed),
            (S::Claimed, A::Close, S::Closed),
            (S::Closed, A::Close, S::Closed),
            (S::Removed, A::CallAgain, S::Removed),
            (S::Removed, A::Close, S::Removed),
            (S::Waiting, A::Remove, S::Removed),
            (S::Claimed, A::Remove, S::Removed),
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

    /// R93: what was removed is never called again, whatever happens to it.
    #[test]
    fn r93_what_left_the_queue_never_comes_back() {
        for action in CallAction::ALL {
            let next = CallState::Removed.after(*action);
            assert!(matches!(next, Err(_) | Ok(CallState::Removed)), "{action}");
        }
    }
}

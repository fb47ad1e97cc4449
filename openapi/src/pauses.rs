//! Pauses: a while in which an order, or the whole account, takes no leads (R17, R19, R52, R59, R70, R71).

use crate::orders::PausedBy;
use crate::policy::{PauseActor, PauseBudget};
use crate::transition::InvalidTransition;
use crate::{LocalDate, OrderId, PauseId, ProgrammeId, SupplierId, Timestamp};

text_enum! {
    /// Where a pause stands.
    pub enum PauseStatus {
        /// It begins later.
        Scheduled = "scheduled",
        /// No leads come.
        Active = "active",
        /// Leads come again.
        Ended = "ended",
        /// It never began.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can happen to a pause.
    pub enum PauseAction {
        /// Its time has come.
        Begin = "begin",
        /// Leads come again.
        End = "end",
        /// It is not wanted any more.
        Cancel = "cancel",
    }
}

impl PauseStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: PauseAction) -> Result<Self, InvalidTransition> {
        use PauseAction as A;
        match (self, action) {
            (Self::Scheduled, A::Begin) => Ok(Self::Active),
            (Self::Active, A::End) => Ok(Self::Ended),
            (Self::Scheduled, A::Cancel) => Ok(Self::Cancelled),
            (Self::Scheduled, A::End)
            | (Self::Active, A::Begin | A::Cancel)
            | (Self::Ended | Self::Cancelled, A::Begin | A::End | A::Cancel) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }
}

text_enum! {
    /// How somebody asked for something that staff write down for them (R19).
    pub enum RequestChannel {
        /// On the telephone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// In a letter.
        Letter = "letter",
        /// Face to face.
        InPerson = "in_person",
    }
}

/// A while in which no leads come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Pause {
    /// Its id.
    pub id: PauseId,
    /// In which programme.
    pub programme_id: ProgrammeId,
    /// Whose.
    pub supplier_id: SupplierId,
    /// What that supplier is called now.
    pub supplier_name: String,
    /// The order that pauses; the whole account where there is none.
    pub order_id: Option<OrderId>,
    /// Where it stands.
    pub status: PauseStatus,
    /// Who paused.
    pub paused_by: PausedBy,
    /// Who asked staff for it (R19).
    pub requested_by: Option<String>,
    /// How they asked (R19).
    pub channel: Option<RequestChannel>,
    /// Why.
    pub reason: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// From when on no leads come.
    pub starts_at: Timestamp,
    /// The day whose beginning ends it, on the programme's calendar (R70); none where it has no end yet.
    pub returns_on: Option<LocalDate>,
    /// Whether leads come again by themselves on that day (R59, R71).
    pub returns_by_itself: bool,
    /// When it began.
    pub began_at: Option<Timestamp>,
    /// When it ended, or was cancelled.
    pub ended_at: Option<Timestamp>,
    /// Counts the changes; the `ETag`.
    pub version: i64,
}

/// A pause that is asked for. Without a beginning it begins as soon as the notice of the policy allows, and without a
/// return date it lasts as long as the policy allows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePause {
    /// Whose leads pause.
    pub supplier_id: SupplierId,
    /// The order that pauses; the whole account where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// From when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// The day on which leads come again (R70).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns_on: Option<LocalDate>,
    /// Who asked for it, where staff write it down (R19); staff say this and `channel`, or a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mo Okafor", max_length = 200)]
    pub requested_by: Option<String>,
    /// How they asked (R19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<RequestChannel>,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Another return date of a pause. The same limits hold as for a new one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePause {
    /// The day on which leads come again.
    pub returns_on: LocalDate,
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// Ends a pause before its time, or cancels one that has not begun.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndPause {
    /// Why, for the audit trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// What a pause could be, as things stand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PauseAllowance {
    /// Who pauses, by the policy. Staff may wherever the supplier may.
    pub actor: PauseActor,
    /// Whether the caller may.
    pub may_pause: bool,
    /// The earliest beginning, by the notice (R70).
    pub earliest_start_at: Timestamp,
    /// Whether a return date must be said (R70).
    pub return_date_required: bool,
    /// The latest return of a pause that begins then; none where there is no limit.
    pub latest_return_on: Option<LocalDate>,
    /// Whether leads come again by themselves (R59, R71).
    pub returns_by_itself: bool,
    /// The most days of pause in a rolling span (R17).
    pub budget: Option<PauseBudget>,
    /// The days that are left of it, for a pause that begins then (R17).
    pub days_left: Option<i64>,
    /// How many pauses keep the extra leads of the order's loyalty subscription (R59, R60); none where a pause costs
    /// nothing.
    pub pauses_that_keep_perk: Option<u32>,
    /// How many pauses its orders had so far; none for an order that belongs to no loyalty subscription.
    pub pauses_so_far: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_status_and_action_is_decided() {
        use PauseAction as A;
        use PauseStatus as S;
        let allowed = [
            (S::Scheduled, A::Begin, S::Active),
            (S::Active, A::End, S::Ended),
            (S::Scheduled, A::Cancel, S::Cancelled),
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

//! What a programme's policy takes away by time, and what it took away lately.

use crate::leads::LeadStatus;
use crate::policy::RetentionPolicy;
use crate::{LocalDate, ProgrammeId, Timestamp};

text_enum! {
    /// What is taken away when its time is over.
    pub enum RetentionKind {
        /// The persons of leads that somebody bought or that are worked for a customer.
        SoldLeads = "sold_leads",
        /// The persons of leads that nobody bought.
        UnsoldLeads = "unsold_leads",
        /// The persons of quarantined, rejected and duplicate leads.
        RefusedLeads = "refused_leads",
        /// Where recordings of verified persons lie.
        Recordings = "recordings",
        /// Imported files.
        ImportFiles = "import_files",
        /// What lead sources sent and was refused.
        RefusedPosts = "refused_posts",
    }
}

impl RetentionKind {
    /// Which kind a lead is of; none where there is nobody left to forget.
    pub const fn of_lead(status: LeadStatus, was_sold: bool) -> Option<Self> {
        match status {
            LeadStatus::Erased => None,
            LeadStatus::InService => Some(Self::SoldLeads),
            LeadStatus::Quarantined | LeadStatus::Rejected | LeadStatus::Duplicate if !was_sold => {
                Some(Self::RefusedLeads)
            }
            LeadStatus::Available
            | LeadStatus::PartlySold
            | LeadStatus::SoldOut
            | LeadStatus::Withdrawn
            | LeadStatus::Expired
            | LeadStatus::Quarantined
            | LeadStatus::Rejected
            | LeadStatus::Duplicate => Some(if was_sold { Self::SoldLeads } else { Self::UnsoldLeads }),
        }
    }

    /// After how many days the policy takes it away; none where it is kept for ever.
    pub fn days(self, policy: &RetentionPolicy) -> Option<u32> {
        match self {
            Self::SoldLeads => policy.sold_leads_days,
            Self::UnsoldLeads => policy.unsold_leads_days,
            Self::RefusedLeads => policy.refused_leads_days,
            Self::Recordings => policy.recordings_days,
            Self::ImportFiles => policy.import_files_days,
            Self::RefusedPosts => Some(policy.refused_posts()),
        }
    }
}

text_enum! {
    /// Why a lead is kept although its time is over.
    pub enum RetentionBlock {
        /// It is held.
        Held = "held",
        /// Its person asked for something that is not done yet.
        SubjectRequest = "subject_request",
        /// A return of it is not decided, or its denial may still be appealed.
        OpenReturn = "open_return",
        /// It may still be returned.
        ReturnWindow = "return_window",
        /// A sale of it is not invoiced.
        Unbilled = "unbilled",
        /// An invoice with it is not paid.
        OpenInvoice = "open_invoice",
        /// It is being worked by phone.
        Called = "called",
        /// The file that it came with is being read.
        ImportRunning = "import_running",
    }
}

/// How one kind of personal data is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RetentionRule {
    /// What.
    pub kind: RetentionKind,
    /// For how many days, in the programme's own policy; absent where it is for ever. Products may have their own.
    pub days: Option<u32>,
    /// How many are there.
    pub kept: i64,
    /// How many of them are over their time within 30 days, or are over it and wait.
    pub due_within_30_days: i64,
}

/// How many leads are kept although their time is over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RetentionWaiting {
    /// Why.
    pub because: RetentionBlock,
    /// How many.
    pub leads: i64,
}

/// What was taken away on one day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RetentionRemoval {
    /// The programme's day.
    pub on: LocalDate,
    /// What.
    pub kind: RetentionKind,
    /// How many.
    pub removed: i64,
}

/// What a programme's policy takes away by time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct RetentionReport {
    /// The programme.
    pub programme_id: ProgrammeId,
    /// What it is called.
    pub programme_name: String,
    /// Each kind, with its time.
    pub rules: Vec<RetentionRule>,
    /// What waited when it was last looked at, by the reason.
    pub waiting: Vec<RetentionWaiting>,
    /// When all leads were last looked at; absent where that has not happened yet.
    pub looked_at: Option<Timestamp>,
    /// What was taken away in the last 90 days, the latest day first.
    pub removed: Vec<RetentionRemoval>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use RetentionKind as K;

    #[test]
    fn every_lead_is_of_one_kind() {
        for status in LeadStatus::ALL {
            let kinds = (K::of_lead(*status, false), K::of_lead(*status, true));
            let expected = match status.as_str() {
                "erased" => (None, None),
                "in_service" => (Some(K::SoldLeads), Some(K::SoldLeads)),
                "quarantined" | "rejected" | "duplicate" => (Some(K::RefusedLeads), Some(K::SoldLeads)),
                _ => (Some(K::UnsoldLeads), Some(K::SoldLeads)),
            };
            assert_eq!(kinds, expected, "{status}");
        }
    }
}

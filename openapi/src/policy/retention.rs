//! How long what says who somebody is, is kept.

use super::in_range;
use crate::FieldError;

/// How long personal data is kept when nobody asks for anything. A time that is not given is for ever. What is over its
/// time is taken away at night, as an erasure does it, except that nobody who bought a lead is told; what is still needed
/// (an open window, return, invoice, request or hold) waits until it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionPolicy {
    /// Days after its last sale, or its last call where it is worked for a customer, until a lead is anonymised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_leads_days: Option<u32>,
    /// Days after it came in until a lead that nobody bought is anonymised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsold_leads_days: Option<u32>,
    /// Days after it came in until a quarantined, rejected or duplicate lead is anonymised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_leads_days: Option<u32>,
    /// Days after a person was verified until it is forgotten where the recording lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordings_days: Option<u32>,
    /// Days after its upload until an imported file is emptied; the results of its rows stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_files_days: Option<u32>,
    /// Days until what a lead source sent and was refused is forgotten; 14 where none are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_posts_days: Option<u32>,
}

/// What a lead source sent and was refused is no lead that anybody would find, so that it is never kept for ever.
const REFUSED_POSTS_DAYS: u32 = 14;

impl RetentionPolicy {
    /// How many days what was refused is kept.
    pub fn refused_posts(&self) -> u32 {
        self.refused_posts_days.unwrap_or(REFUSED_POSTS_DAYS)
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        // Ten years; before a month is over, sold leads are still returned and billed.
        let times = [
            ("sold_leads_days", self.sold_leads_days, 30..=3650),
            ("unsold_leads_days", self.unsold_leads_days, 1..=3650),
            ("refused_leads_days", self.refused_leads_days, 1..=3650),
            ("recordings_days", self.recordings_days, 1..=3650),
            ("import_files_days", self.import_files_days, 1..=3650),
            ("refused_posts_days", self.refused_posts_days, 1..=30),
        ];
        for (field, days, range) in times {
            if let Some(days) = days {
                in_range(faults, &format!("/retention/{field}"), days, range);
            }
        }
    }
}

//! What persons behind leads, and suppliers that were told of them, have how much time for.

use super::in_range;
use crate::FieldError;

text_enum! {
    /// Who of a supplier's people accepts a notice.
    #[derive(Default)]
    pub enum NoticeAccepter {
        /// An owner.
        #[default]
        Owner = "owner",
        /// Anybody in the account.
        Anybody = "anybody",
    }
}

/// Requests of the persons behind leads. What becomes of an erased person who asks again is the check `person_erased`
/// of `intake`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyPolicy {
    /// A request is answered within so many calendar days.
    pub answer_within_days: u32,
    /// A supplier that was told of an erasure erases the person within so many calendar days, too.
    pub acknowledge_within_days: u32,
    /// It is reminded so many days before that time is over; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_before_days: Option<u32>,
    /// What is kept can be fetched as a file for so many days after that was allowed.
    pub export_days: u32,
}

impl PrivacyPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        in_range(faults, "/privacy/answer_within_days", self.answer_within_days, 1..=90);
        in_range(
            faults,
            "/privacy/acknowledge_within_days",
            self.acknowledge_within_days,
            1..=90,
        );
        in_range(faults, "/privacy/export_days", self.export_days, 1..=30);
        if let Some(days) = self.remind_before_days {
            let most = self.acknowledge_within_days.saturating_sub(1).max(1);
            in_range(faults, "/privacy/remind_before_days", days, 1..=most);
        }
    }
}

//! The invariants of what lead sources were sent.

use super::{Check, shown};
use tradepost_contract::LeadSourcePostId;

pub(super) const LEAD_SOURCES: &[Check] = &[Check {
    invariant: "R107 what a source was sent became a lead of its programme",
    show: shown::<LeadSourcePostId>,
    sql: "SELECT p.id AS row_id, 'is ' || p.outcome || ' and has no lead of the source''s programme' AS detail \
          FROM lead_source_posts p JOIN lead_sources s ON s.id = p.lead_source_id \
          LEFT JOIN leads l ON l.id = p.lead_id AND l.programme_id = s.programme_id \
          WHERE p.outcome IN ('accepted', 'unchanged') AND l.id IS NULL",
}];

//! The invariants of rate reviews: nobody is judged without a warning, and no account ended by a program.

use super::{Check, shown};
use tradepost_contract::{RateReviewId, SupplierId};

pub(super) const RATES: &[Check] = &[
    Check {
        invariant: "R112 a case follows a warning",
        show: shown::<RateReviewId>,
        sql: "SELECT r.id AS row_id, 'opened a case without a warning before' AS detail FROM rate_reviews r \
              WHERE r.case_status IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rate_reviews w \
              WHERE w.supplier_id = r.supplier_id AND w.finding = 'warned' AND w.counted_to < r.counted_to)",
    },
    Check {
        invariant: "R112 a person ends an account and no program",
        show: shown::<SupplierId>,
        sql: "SELECT r.supplier_id AS row_id, 'was ended by ' || r.decided_by || ' and is ' || s.status AS detail FROM rate_reviews r \
              JOIN suppliers s ON s.id = r.supplier_id WHERE r.case_status = 'ended' AND (r.decided_by NOT LIKE 'user_%' OR s.status <> 'terminated')",
    },
];

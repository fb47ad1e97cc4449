//! I5, the other half: once a period is closed, everything billable in it has its line.

use super::Violation;
use crate::billing_runs::rules::{Fate, fate};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::policy::Policies;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use tradepost_contract::{DeliveryId, ResolvedPolicyId};

pub(super) const INVARIANT: &str = "I5 a closed period leaves nothing unbilled";

#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = BigInt)]
    delivery_id: DeliveryId,
    #[diesel(sql_type = BigInt)]
    policy_id: ResolvedPolicyId,
}

/// Looks for deliveries that the last run of their programme should have taken. One that changed
/// after that run had started (a denied return, an undone rejection) waits for the next, and so
/// does one whose window was open then; what no run bills is known by its policy.
pub(super) fn check(conn: &mut Conn, violations: &mut Vec<Violation>) -> ApiResult<()> {
    let left: Vec<Left> = sql_query(
        "SELECT d.id AS delivery_id, d.resolved_policy_id AS policy_id FROM deliveries d \
         JOIN billing_runs r ON r.programme_id = d.programme_id AND r.status = 'done' \
         AND r.period_end_at = (SELECT MAX(x.period_end_at) FROM billing_runs x WHERE x.programme_id = d.programme_id AND x.status = 'done') \
         WHERE d.billing_state IN ('unbilled', 'return_pending') AND d.billing_state = 'unbilled' AND d.delivered_at < r.period_end_at \
         AND d.updated_at < r.started_at AND (d.return_deadline_at IS NULL OR d.return_deadline_at <= r.started_at)",
    )
    .load(conn)?;
    let policies = Policies::default();
    for Left { delivery_id, policy_id } in left {
        let policy = policies.get(conn, policy_id)?;
        if fate(&policy.billing, false) == Fate::Billed {
            violations.push(Violation {
                invariant: INVARIANT,
                row: delivery_id.to_string(),
                detail: "was left out of the run of its period".to_owned(),
            });
        }
    }
    Ok(())
}

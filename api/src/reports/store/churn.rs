//! Cancellations by what is said and became of them.

use super::About;
use crate::db::Conn;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use tradepost_contract::cancellations::{CancelReason, CancellationStatus};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::{ProgrammeId, Timestamp};

/// Cancellations that share all that the report tells apart.
#[derive(Debug, Clone, QueryableByName)]
pub(in crate::reports) struct Group {
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) programme_id: ProgrammeId,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) programme_name: String,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) status: CancellationStatus,
    #[diesel(sql_type = Nullable<Text>)]
    pub(in crate::reports) reason: Option<CancelReason>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(in crate::reports) channel: Option<RequestChannel>,
    #[diesel(sql_type = Bool)]
    pub(in crate::reports) reason_skipped: bool,
    /// Whole days from the first activation to the end, of accounts that have ended.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(in crate::reports) days: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) cancellations: i64,
}

/// The cancellations that were asked for in a period. An account has few, so that days make no longer list than accounts.
pub(in crate::reports) fn churn(conn: &mut Conn, about: About) -> ApiResult<Vec<Group>> {
    let (programme, supplier) = (about.programme, about.supplier);
    Ok(sql_query(
        "SELECT c.programme_id, p.name AS programme_name, c.status, c.reason, c.channel, c.reason_skipped, \
         CASE WHEN c.status = 'effective' THEN (c.ended_at - s.activated_at) / 86400000000 END AS days, \
         CAST(COUNT(*) AS BIGINT) AS cancellations \
         FROM cancellations c JOIN programmes p ON p.id = c.programme_id JOIN suppliers s ON s.id = c.supplier_id \
         WHERE c.requested_at >= $1 AND c.requested_at < $2 AND (c.programme_id = $3 OR $4 IS NULL) \
         AND (c.supplier_id = $5 OR $6 IS NULL) GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
    )
    .bind::<BigInt, Timestamp>(about.from)
    .bind::<BigInt, Timestamp>(about.to)
    .bind::<Nullable<BigInt>, _>(programme)
    .bind::<Nullable<BigInt>, _>(programme)
    .bind::<Nullable<BigInt>, _>(supplier)
    .bind::<Nullable<BigInt>, _>(supplier)
    .load(conn)?)
}

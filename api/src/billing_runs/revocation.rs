//! The final invoice of a supplier whose authorisation to collect was revoked (R13): everything unbilled, at
//! once, under the period that is running. The run of that period later passes the supplier over, because
//! it has its invoice of that run; nothing more is delivered to it, and what a denied return leaves is
//! taken by the run after.

use super::slice::{self, Step};
use super::{ops, store};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy::Policies;
use time::Duration;
use tradepost_contract::{ProgrammeId, SupplierId};

/// Invoices what a supplier was delivered until now. The caller holds its orders, so that nothing is delivered any more.
/// Programmes without billing runs have nothing to
/// invoice here: their leads are paid with orders, plans or wallets.
pub(crate) fn final_invoice(
    tx: &mut Tx<'_>,
    policies: &Policies,
    programme: ProgrammeId,
    supplier: SupplierId,
) -> ApiResult<()> {
    while ops::lay_out_periods(tx, programme)? == ops::PERIODS_AT_ONCE {}
    let now = tx.business_now();
    let seller = store::seller(tx, programme)?.ok_or_else(ApiError::not_found)?;
    let Some(period) = store::period_at(tx, programme, now)? else {
        return Ok(());
    };
    let last = store::last_delivered_at(tx, supplier)?.unwrap_or(now);
    let run = store::RunRow {
        // What was delivered in this very instant is in, and on PostgreSQL also what a sale that committed first has dated
        // a moment later than this began.
        period_end_at: last.max(now).plus(Duration::microseconds(1)),
        ends_before: seller.zone.date_of(now).plus_days(1),
        started_at: Some(now),
        // It is the last invoice, and the supplier waits for it: nobody is asked whether it is unusual.
        accept_unusual: true,
        ..period
    };
    let mut after = None;
    while let Step::More(until) = slice::bill(tx, policies, &run, &seller, supplier, after)? {
        after = Some(until);
    }
    Ok(())
}

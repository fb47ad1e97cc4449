//! The job that renews plans.

use super::{periods, store};
use crate::app::App;
use crate::calendar::Zone;
use crate::error::{ApiError, ApiResult};
use crate::programmes;

const SLICE: i64 = 20;

/// The job, in each programme's own calendar.
pub(super) fn renew(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut renewed = 0;
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let due = app.db.read_blocking(|conn| store::due(conn, programme, today, SLICE))?;
        for plan in due {
            // One account in trouble does not hold up the others.
            match app.db.write_blocking(move |tx| periods::renew(tx, plan)) {
                Ok(did) => renewed += usize::from(did),
                Err(error) => tracing::error!(%plan, %error, "a plan cannot be renewed"),
            }
        }
    }
    Ok(renewed)
}

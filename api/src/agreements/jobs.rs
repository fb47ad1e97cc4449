//! Agreements that start or end: the orders are stamped again on the day.

use super::{ops, store};
use crate::app::App;
use crate::auth::Scope;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::jobs::Job;
use crate::policy::{self, Orders};
use crate::suppliers::store as accounts;
use tradepost_contract::{AgreementId, ProblemCode};

/// How many agreements a slice looks at.
const SLICE: i64 = 50;

pub(crate) const JOB: Job = Job {
    name: "agreements",
    run,
};

fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let due = app.db.read_blocking(|conn| store::due(conn, now, SLICE))?;
    for id in &due {
        let id = *id;
        match app.db.write_blocking(move |tx| follow(tx, id, true)) {
            Ok(()) => {}
            // A later policy of the programme does not take this agreement's terms. The orders keep
            // their stamp, and staff find the fault in the log; the job goes on with the others.
            Err(error) if error.code() == ProblemCode::Invalid => {
                tracing::error!(agreement = %id, %error, "the terms of an agreement no longer fit its programme");
                app.db.write_blocking(move |tx| follow(tx, id, false))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(due.len())
}

fn follow(tx: &mut Tx<'_>, id: AgreementId, restamp: bool) -> ApiResult<()> {
    let scope = Scope::system();
    let row = store::find(tx, &scope, id)?;
    let account = accounts::hold(tx, &scope, row.supplier_id)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let now = tx.business_now();
    let next = ops::next_change(&zone, row.starts_on, row.ends_on, now);
    if store::take(tx, id, now, next)? && restamp {
        policy::restamp(tx, account.programme_id, Orders::OfSupplier(account.id), "")?;
    }
    Ok(())
}

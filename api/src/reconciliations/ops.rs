//! The daily comparison.

use super::rules::compare;
use super::store;
use crate::app::App;
use crate::calendar::Zone;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::gateway::{Charge, Gateway};
use crate::payments::{charging, store as payments};
use serde_json::json;
use time::Duration;
use tradepost_contract::LocalDate;
use tradepost_contract::events::EventKind;

/// The two clocks may put a charge on different sides of midnight by so much.
const CLOCKS_DIFFER: Duration = Duration::hours(1);

/// The job: compares the earliest day that is over and was not compared.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    let Some(gateway) = &app.gateway else {
        return Ok(0);
    };
    let utc = Zone::utc();
    let today = utc.date_of(app.clock.business_now());
    let next = app.db.read_blocking(|conn| match store::last_day(conn)? {
        Some(day) => Ok(Some(day.plus_days(1))),
        None => Ok(store::first_attempt_at(conn)?.map(|at| utc.date_of(at))),
    })?;
    match next.filter(|day| *day < today) {
        Some(day) => reconcile(app, gateway, day),
        None => Ok(0),
    }
}

fn reconcile(app: &App, gateway: &Gateway, day: LocalDate) -> ApiResult<usize> {
    let utc = Zone::utc();
    let (from, to) = (utc.start_of(day), utc.start_of(day.plus_days(1)));
    let around = (
        from.plus(-CLOCKS_DIFFER).to_offset(),
        to.plus(CLOCKS_DIFFER).to_offset(),
    );
    let asked = gateway.client.charges_between(around.0, around.1);
    let of_the_day = gateway.client.charges_between(from.to_offset(), to.to_offset());
    let (theirs, of_the_day) = match (asked, of_the_day) {
        (Ok(theirs), Ok(of_the_day)) => (theirs, of_the_day),
        (Err(fault), _) | (_, Err(fault)) => {
            tracing::warn!(%day, %fault, "the gateway cannot be asked for its charges");
            return Ok(0);
        }
    };
    let count = i64::try_from(of_the_day.len()).unwrap_or(i64::MAX);
    let (ours, alone) = app.db.read_blocking(|conn| {
        let ours = payments::attempts_between(conn, from, to)?;
        let mut alone: Vec<Charge> = Vec::new();
        for charge in of_the_day {
            let known = match charge.attempt {
                Some(attempt) => payments::attempt(conn, attempt)?.is_some(),
                None => payments::attempt_called(conn, &charge.reference)?.is_some(),
            };
            if !known {
                alone.push(charge);
            }
        }
        Ok((ours, alone))
    })?;
    let differences = compare(&ours, &theirs, &alone);
    app.db.write_blocking(move |tx| {
        let Some(id) = store::insert(tx, day, count, &differences)? else {
            return Ok(1);
        };
        for (attempt, charge) in differences.iter().filter_map(|difference| difference.news.as_ref()) {
            charging::hear_charge(tx, *attempt, charge)?;
        }
        if !differences.is_empty() {
            let facts = json!({ "day": day, "differences": differences.len() });
            events::push(tx, EventKind::ReconciliationDiffered, Subject::of(id), &facts)?;
        }
        Ok(1)
    })
}

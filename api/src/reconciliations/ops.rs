//! The daily comparison.

use super::rules::{News, compare, compare_refunds};
use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::gateway::{Charge, Gateway, RefundState};
use crate::payments::{charging, store as payments};
use crate::refunds;
use crate::suppliers::fields;
use serde_json::json;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::reconciliations::{ReconciliationDifference, ResolveDifference};
use tradepost_contract::{LocalDate, ReconciliationDifferenceId};

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
    let given = gateway.client.refunds_between(around.0, around.1);
    let given_on_day = gateway.client.refunds_between(from.to_offset(), to.to_offset());
    let (theirs, of_the_day, given, given_on_day) = match (asked, of_the_day, given, given_on_day) {
        (Ok(theirs), Ok(of_the_day), Ok(given), Ok(given_on_day)) => (theirs, of_the_day, given, given_on_day),
        (Err(fault), ..) | (_, Err(fault), ..) | (.., Err(fault), _) | (.., Err(fault)) => {
            tracing::warn!(%day, %fault, "the gateway cannot be asked for its charges and refunds");
            return Ok(0);
        }
    };
    let count = i64::try_from(of_the_day.len()).unwrap_or(i64::MAX);
    let (ours, alone, sent, given_alone) = app.db.read_blocking(|conn| {
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
        let sent = refunds::sent_between(conn, from, to)?;
        let mut given_alone: Vec<RefundState> = Vec::new();
        for state in given_on_day {
            let known = match state.refund {
                Some(refund) => refunds::is_known(conn, refund)?,
                None => false,
            };
            if !known {
                given_alone.push(state);
            }
        }
        Ok((ours, alone, sent, given_alone))
    })?;
    let mut differences = compare(&ours, &theirs, &alone);
    differences.extend(compare_refunds(&sent, &given, &given_alone));
    app.db.write_blocking(move |tx| {
        let Some(id) = store::insert(tx, day, count, &differences)? else {
            return Ok(1);
        };
        for news in differences.iter().filter_map(|difference| difference.news.as_ref()) {
            match news {
                News::Charge(attempt, charge) => charging::hear_charge(tx, *attempt, charge)?,
                News::Refund(refund, state) => refunds::hear(tx, *refund, state)?,
            };
        }
        if !differences.is_empty() {
            let facts = json!({ "day": day, "differences": differences.len() });
            events::push(tx, EventKind::ReconciliationDiffered, Subject::of(id), &facts)?;
        }
        Ok(1)
    })
}

/// Writes down what a difference was. Once: what was taken over, or explained already, needs no explanation.
pub(super) fn resolve(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ReconciliationDifferenceId,
    asked: &ResolveDifference,
) -> ApiResult<ReconciliationDifference> {
    let note = fields::required_reason("/note", &asked.note)?;
    let before = store::difference(tx, id)?;
    let actor = caller.actor();
    if !store::resolve(tx, id, &actor.name, &note)? {
        return Err(ApiError::conflict("The difference is settled already."));
    }
    let facts = json!({
        "reconciliation_difference_id": id, "kind": before.kind, "payment_id": before.payment_id,
        "reference": before.reference,
    });
    events::push(tx, EventKind::ReconciliationResolved, Subject::of(id), &facts)?;
    audit::record(
        tx,
        &actor,
        audit::Change {
            action: "reconciliation.resolved",
            object: id.to_string(),
            before: Some(json!({ "kind": before.kind, "detail": before.detail })),
            reason: Some(&note),
            ..audit::Change::default()
        },
    )?;
    store::difference(tx, id)
}

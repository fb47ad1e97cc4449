//! Laying out periods, starting runs, carrying them through, parking and resuming them.

use super::rules::{TooEarly, may_start, period_from};
use super::slice::{self, Progress};
use super::store::{self, RunChange, RunRow, Seller};
use crate::app::App;
use crate::audit;
use crate::auth::{Actor, Caller};
use crate::calendar::period_of;
use crate::db::{Database, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use serde_json::json;
use tradepost_contract::billing_runs::{
    BillingRun, BillingRunAction, BillingRunStatus, CreateBillingRun, ResumeBillingRun,
};
use tradepost_contract::events::EventKind;
use tradepost_contract::{BillingRunId, FieldError, ProblemCode, ProgrammeId, SupplierId, Timestamp};

/// A programme with so many periods behind it lays out the rest in a later round of the job.
pub(super) const PERIODS_AT_ONCE: usize = 200;

/// Lays out a programme's periods up to the one that `now` lies in; answers how many were new.
pub(super) fn lay_out_periods(tx: &mut Tx<'_>, programme: ProgrammeId) -> ApiResult<usize> {
    let Some(seller) = store::seller(tx, programme)? else {
        return Err(ApiError::not_found());
    };
    let now = tx.business_now();
    let Some(policy) = store::programme_policy(tx, programme)? else {
        return Ok(0);
    };
    let cycle = policy.billing.cycle;
    let mut laid_out = 0;
    let mut last_end = match store::last_period_end(tx, programme)? {
        Some(end) => end,
        None => {
            let first = store::first_delivery_at(tx, programme)?;
            let earliest = [Some(seller.created_at), Some(now), first]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(now);
            let Some(period) = period_of(&cycle, &seller.zone, earliest) else {
                return Ok(0);
            };
            period.start_at
        }
    };
    while last_end <= now && laid_out < PERIODS_AT_ONCE {
        let Some(period) = period_from(&cycle, &seller.zone, last_end) else {
            break;
        };
        store::insert_period(tx, &seller, &period)?;
        last_end = period.end_at;
        laid_out += 1;
    }
    Ok(laid_out)
}

/// Finds the run that somebody means: of a given day, or the earliest that is not done.
pub(super) fn meant(tx: &mut crate::db::Conn, asked: &CreateBillingRun) -> ApiResult<RunRow> {
    match asked.starts_on {
        Some(day) => store::period_on(tx, asked.programme_id, day)?.ok_or_else(|| {
            ApiError::invalid(vec![FieldError::new(
                "/starts_on",
                "no_period",
                "no billing period starts on this day",
            )])
        }),
        None => store::first_undone(tx, asked.programme_id)?.ok_or_else(no_periods),
    }
}

/// The answer for a programme whose deliveries are not billed by periodic runs.
pub(super) fn no_periods() -> ApiError {
    ApiError::new(ProblemCode::PolicyRefuses)
        .detail("The programme's policy has no billing cycle: its leads are charged with their orders or plans.")
}

/// Starts a run for finance.
pub(super) fn create(tx: &mut Tx<'_>, caller: &Caller, asked: &CreateBillingRun) -> ApiResult<BillingRun> {
    if store::seller(tx, asked.programme_id)?.is_none() {
        return Err(ApiError::unknown_id("/programme_id"));
    }
    while lay_out_periods(tx, asked.programme_id)? == PERIODS_AT_ONCE {}
    let run = meant(tx, asked)?;
    let first = store::first_undone(tx, asked.programme_id)?;
    if first.is_some_and(|first| first.period_start_at < run.period_start_at) {
        return Err(ApiError::conflict(
            "An earlier period of the programme is not done yet.",
        ));
    }
    may_start(run.period_end_at, run.due_at, tx.business_now()).map_err(|early| match early {
        TooEarly::PeriodRunning => ApiError::conflict(format!("The period ends at {}.", run.period_end_at)),
        TooEarly::LagRunning => ApiError::new(ProblemCode::PolicyRefuses)
            .detail(format!("The policy invoices this period from {} on.", run.due_at)),
    })?;
    run.status
        .after(BillingRunAction::Start)
        .map_err(|state| ApiError::conflict(state.to_string()))?;
    let run = start(tx, run.id, &caller.actor())?.ok_or_else(|| ApiError::conflict("The run was just started."))?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "billing_run.started",
            object: run.id.to_string(),
            before: Some(json!({ "status": BillingRunStatus::Scheduled })),
            after: Some(json!({ "status": run.status })),
            ..audit::Change::default()
        },
    )?;
    Ok(run.into())
}

/// Starts a scheduled run; `None` when somebody else has.
fn start(tx: &mut Tx<'_>, id: BillingRunId, by: &Actor) -> ApiResult<Option<RunRow>> {
    let Some(run) = store::lock(tx, id, BillingRunStatus::Scheduled)? else {
        return Ok(None);
    };
    let status = run.status.after(BillingRunAction::Start).map_err(ApiError::internal)?;
    let suppliers = store::remaining_suppliers(tx, &run)?.len();
    let change = RunChange {
        status: Some(status),
        suppliers_total: Some(i64::try_from(suppliers).unwrap_or(i64::MAX)),
        started_by: Some(Some(by.name.clone())),
        started_at: Some(Some(tx.business_now())),
        ..RunChange::default()
    };
    store::change(tx, id, &change)?;
    store::find(tx, id).map(Some)
}

/// Lets a parked run go on.
pub(super) fn resume(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: BillingRunId,
    if_match: Option<i64>,
    asked: &ResumeBillingRun,
) -> ApiResult<BillingRun> {
    let reason = asked.reason.trim();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(ApiError::invalid(vec![FieldError::new(
            "/reason",
            "length",
            "expected 1 to 500 characters",
        )]));
    }
    let before = store::find(tx, id)?;
    if if_match.is_some_and(|version| version != before.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    let status = before
        .status
        .after(BillingRunAction::Resume)
        .map_err(|state| ApiError::conflict(state.to_string()))?;
    if store::lock(tx, id, BillingRunStatus::Parked)?.is_none() {
        return Err(ApiError::conflict("The run is no longer parked."));
    }
    let change = RunChange {
        status: Some(status),
        problem: Some(None),
        accept_unusual: Some(asked.accept_unusual_totals),
        ..RunChange::default()
    };
    store::change(tx, id, &change)?;
    audit::record(
        tx,
        &caller.actor(),
        audit::Change {
            action: "billing_run.resumed",
            object: id.to_string(),
            before: Some(json!({ "status": before.status, "problem": before.problem })),
            after: Some(json!({ "status": status, "accept_unusual_totals": asked.accept_unusual_totals })),
            reason: Some(reason),
            ..audit::Change::default()
        },
    )?;
    Ok(store::find(tx, id)?.into())
}

/// How many transactions a stretch of the job makes before it looks whether it should stop.
const SLICES_A_STRETCH: usize = 200;

/// The job: lays out periods, starts the earliest run that is due, or carries on the one under way.
/// Answers zero when no programme has anything to do. A programme in trouble does not hold up the
/// others.
pub(super) fn work(app: &App) -> ApiResult<usize> {
    let mut trouble = None;
    for programme in app.db.read_blocking(store::active_programmes)? {
        match work_on(app, programme) {
            Ok(0) => {}
            Ok(done) => return Ok(done),
            Err(error) => {
                tracing::error!(%programme, %error, "a programme cannot be billed");
                trouble = Some(error);
            }
        }
    }
    trouble.map_or(Ok(0), Err)
}

fn work_on(app: &App, programme: ProgrammeId) -> ApiResult<usize> {
    let now = app.clock.business_now();
    if needs_periods(&app.db, programme, now)? {
        let laid_out = app.db.write_blocking(move |tx| lay_out_periods(tx, programme))?;
        if laid_out > 0 {
            return Ok(laid_out);
        }
    }
    // A parked run holds the later periods back: they would take over its deliveries.
    let Some(run) = app.db.read_blocking(|conn| store::first_undone(conn, programme))? else {
        return Ok(0);
    };
    match run.status {
        BillingRunStatus::Scheduled if may_start(run.period_end_at, run.due_at, now).is_ok() => {
            let started = app
                .db
                .write_blocking(move |tx| start(tx, run.id, &Actor::system("billing")))?;
            Ok(usize::from(started.is_some()))
        }
        BillingRunStatus::Running => carry_on(app, run.id),
        BillingRunStatus::Scheduled | BillingRunStatus::Parked | BillingRunStatus::Done => Ok(0),
    }
}

fn needs_periods(db: &Database, programme: ProgrammeId, now: Timestamp) -> ApiResult<bool> {
    let last = db.read_blocking(|conn| store::last_period_end(conn, programme))?;
    Ok(last.is_none_or(|end| end <= now))
}

/// Carries a running run on, slice by slice, and ends it when no supplier is left. Any number of
/// runners may do so at once.
fn carry_on(app: &App, id: BillingRunId) -> ApiResult<usize> {
    let db = &app.db;
    let run = db.read_blocking(|conn| store::find(conn, id))?;
    let Some(seller) = db.read_blocking(|conn| store::seller(conn, run.programme_id))? else {
        return Ok(0);
    };
    let queue: std::sync::Arc<[SupplierId]> = db.read_blocking(|conn| store::remaining_suppliers(conn, &run))?.into();
    let mut progress = Progress::default();
    let mut slices = 0;
    while progress.taken < queue.len() && slices < SLICES_A_STRETCH {
        let (seller, queue, before, policies) = (seller.clone(), queue.clone(), progress.clone(), app.policies.clone());
        let outcome = db.write_blocking(move |tx| slice::run(tx, &policies, id, &seller, &queue, &before));
        progress = match outcome {
            Ok(next) => next,
            // A bound was hit: nothing of the slice was written, and somebody has to look.
            Err(error) if error.code() == ProblemCode::StateConflict => {
                let problem = error.to_string();
                return db.write_blocking(move |tx| park(tx, id, &problem));
            }
            Err(error) => return Err(error),
        };
        slices += 1;
        if progress.stopped {
            return Ok(slices);
        }
    }
    if progress.taken < queue.len() {
        return Ok(slices);
    }
    let unusual = progress.unusual;
    let ended = if unusual.is_empty() {
        db.write_blocking(move |tx| finish(tx, id, &seller))?
    } else {
        let ids: Vec<_> = unusual.iter().map(|(id, _)| *id).collect();
        let names = db.read_blocking(|conn| store::supplier_names(conn, &ids))?;
        let listed: Vec<_> = unusual
            .iter()
            .map(|(id, total)| {
                let name = names.iter().find(|(known, _)| known == id).map_or("", |(_, name)| name);
                format!("{name} ({id}) {total}")
            })
            .collect();
        let problem = format!(
            "More than three times the usual total, not invoiced: {}",
            listed.join("; ")
        );
        db.write_blocking(move |tx| park(tx, id, &problem))?
    };
    Ok(slices + ended)
}

fn park(tx: &mut Tx<'_>, id: BillingRunId, problem: &str) -> ApiResult<usize> {
    let Some(run) = store::lock(tx, id, BillingRunStatus::Running)? else {
        return Ok(1);
    };
    let status = run.status.after(BillingRunAction::Park).map_err(ApiError::internal)?;
    let change = RunChange {
        status: Some(status),
        problem: Some(Some(problem.to_owned())),
        ..RunChange::default()
    };
    store::change(tx, id, &change)?;
    let subject = Subject::of(id).programme(run.programme_id);
    events::push(
        tx,
        EventKind::BillingRunParked,
        subject,
        &json!({ "billing_run_id": id, "problem": problem }),
    )?;
    tracing::warn!(run = %id, problem, "a billing run was parked");
    Ok(1)
}

fn finish(tx: &mut Tx<'_>, id: BillingRunId, seller: &Seller) -> ApiResult<usize> {
    let Some(run) = store::lock(tx, id, BillingRunStatus::Running)? else {
        return Ok(1);
    };
    let status = run.status.after(BillingRunAction::Finish).map_err(ApiError::internal)?;
    let change = RunChange {
        status: Some(status),
        suppliers_done: Some(run.suppliers_total),
        finished_at: Some(Some(tx.business_now())),
        ..RunChange::default()
    };
    store::change(tx, id, &change)?;
    let facts = json!({
        "billing_run_id": id, "starts_on": run.starts_on, "ends_before": run.ends_before,
        "invoices": run.invoices, "lines": run.lines, "total": { "amount": run.total_minor, "currency": seller.currency },
    });
    let subject = Subject::of(id).programme(run.programme_id);
    events::push(tx, EventKind::BillingRunFinished, subject, &facts)?;
    Ok(1)
}

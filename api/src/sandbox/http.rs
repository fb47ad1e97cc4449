//! Handlers of the sandbox.

use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::jobs;
use actix_web::web::Data;
use actix_web::{get, post};
use serde_json::json;
use std::sync::Arc;
use tradepost_contract::ProblemCode;
use tradepost_contract::sandbox::{AdvanceClock, DemoPeople, JobsRun, SandboxClock};

/// The longest single step: a year.
const LONGEST_STEP_SECONDS: i64 = 366 * 86_400;

fn reading(app: &App) -> SandboxClock {
    SandboxClock {
        business_now: app.clock.business_now(),
        wall_now: app.clock.wall_now(),
        ahead_seconds: app.clock.offset_micros() / 1_000_000,
    }
}

fn only_in_a_sandbox(app: &App) -> ApiResult<()> {
    if app.settings.sandbox {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

/// Lists who can sign in to the demo market
///
/// For the sign-in page, which offers them. Only in a sandbox, and only where `demo` made the market:
/// outside of one it is a 404, and without a demo market the list is empty.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = DemoPeople), Problems))]
#[get("/sandbox/people")]
pub(super) async fn list_demo_people(app: Data<App>) -> ApiResult<Reply> {
    only_in_a_sandbox(&app)?;
    let people = tokio::task::spawn_blocking(move || crate::demo::people_to_offer(&app.settings))
        .await
        .map_err(ApiError::internal)?;
    Reply::ok(&people)
}

/// Reads both clocks
#[utoipa::path(tag = "sandbox", responses((status = 200, body = SandboxClock), Problems))]
#[get("/sandbox/clock")]
pub(super) async fn get_sandbox_clock(_caller: Caller, app: Data<App>) -> ApiResult<Reply> {
    only_in_a_sandbox(&app)?;
    Reply::ok(&reading(&app))
}

/// Moves business time forward
///
/// Sessions and tokens are untouched. What has become due is run before the answer, unless
/// `run_jobs` is false.
#[utoipa::path(tag = "sandbox", request_body = AdvanceClock, responses((status = 200, body = JobsRun), Problems))]
#[post("/sandbox/clock/advance")]
pub(super) async fn advance_sandbox_clock(
    caller: Caller,
    command: Command<AdvanceClock>,
    app: Data<App>,
) -> ApiResult<Reply> {
    only_in_a_sandbox(&app)?;
    let seconds = step(&command.body, &app)?;
    let run_jobs = command.body.run_jobs.unwrap_or(true);
    let clock = app.clock.clone();
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            let before = tx.business_now();
            let offset = store::advance(tx, seconds * 1_000_000)?;
            let change = audit::Change {
                action: "sandbox.clock_advanced",
                object: "sandbox".to_owned(),
                before: Some(json!({ "business_now": before })),
                after: Some(json!({ "seconds": seconds })),
                ..audit::Change::default()
            };
            audit::record(tx, &caller.actor(), change)?;
            Reply::ok(&json!({ "offset": offset }))
        })
        .await?;
    let moved: serde_json::Value = serde_json::from_slice(&reply.body)?;
    clock.move_to_offset(moved["offset"].as_i64().unwrap_or_default());
    let done = if run_jobs {
        run_due(app.clone().into_inner()).await?
    } else {
        0
    };
    Reply::ok(&JobsRun {
        done,
        clock: reading(&app),
    })
}

/// Runs what is due
#[utoipa::path(tag = "sandbox", responses((status = 200, body = JobsRun), Problems))]
#[post("/sandbox/jobs/run")]
pub(super) async fn run_sandbox_jobs(_caller: Caller, _command: Command<NoBody>, app: Data<App>) -> ApiResult<Reply> {
    only_in_a_sandbox(&app)?;
    let done = run_due(app.clone().into_inner()).await?;
    Reply::ok(&JobsRun {
        done,
        clock: reading(&app),
    })
}

fn step(body: &AdvanceClock, app: &App) -> ApiResult<i64> {
    let seconds = match (body.seconds, body.to) {
        (Some(seconds), None) => seconds,
        (None, Some(to)) => {
            let ahead = to.since(app.clock.business_now());
            // The clock moves by whole seconds, and never stops short of the instant asked for.
            ahead.whole_seconds() + i64::from(ahead.subsec_microseconds() > 0)
        }
        _ => {
            let message = "Give either `seconds` or `to`.";
            return Err(ApiError::new(ProblemCode::Invalid).field("/seconds", "exactly_one", message));
        }
    };
    if (1..=LONGEST_STEP_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    let pointer = if body.seconds.is_some() { "/seconds" } else { "/to" };
    let message = "Business time moves forward, by a second at least and a year at most.";
    Err(ApiError::new(ProblemCode::Invalid).field(pointer, "out_of_range", message))
}

async fn run_due(app: Arc<App>) -> ApiResult<u64> {
    let done = tokio::task::spawn_blocking(move || jobs::run_all_due(&app))
        .await
        .map_err(ApiError::internal)??;
    Ok(done as u64)
}

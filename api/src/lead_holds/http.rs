//! Handlers of `/lead-holds`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::lead_holds::{CreateLeadHold, LeadHold, LiftLeadHold};
use tradepost_contract::{LeadHoldId, LeadId, Page, ProgrammeId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLeadHolds {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this lead.
    lead_id: Option<LeadId>,
    /// Only those that hold, where it is `true`; only those that were lifted, where it is `false`.
    active: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List holds on leads
///
/// Newest first.
#[utoipa::path(tag = "lead-holds", params(ListLeadHolds), responses((status = 200, body = Page<LeadHold>), Problems))]
#[get("/lead-holds")]
pub(super) async fn list_lead_holds(caller: Caller, query: Query<ListLeadHolds>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        lead: query.lead_id,
        active: query.active,
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &filter, &window)?;
            page.try_map_rows(|rows| Ok(rows.into_iter().map(|row| ops::shown(row, &caller)).collect::<Vec<_>>()))
        })
        .await?;
    Reply::ok(&page)
}

/// Show a hold
#[utoipa::path(tag = "lead-holds", params(("id" = LeadHoldId, Path)), responses((status = 200, body = LeadHold), Problems))]
#[get("/lead-holds/{id}")]
pub(super) async fn get_lead_hold(caller: Caller, id: Id<LeadHoldId>, app: Data<App>) -> ApiResult<Reply> {
    let hold = app.db.read(move |conn| store::get(conn, id.0)).await?;
    Reply::ok(&ops::shown(hold, &caller))
}

/// Hold a lead
///
/// Its person is not erased until the hold is lifted, neither on request nor by time.
#[utoipa::path(tag = "lead-holds", request_body = CreateLeadHold, responses((status = 201, body = LeadHold), Problems))]
#[post("/lead-holds")]
pub(super) async fn create_lead_hold(
    caller: Caller,
    command: Command<CreateLeadHold>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let hold = ops::create(tx, caller, body)?;
            Reply::created(format!("/api/v1/lead-holds/{}", hold.id), &hold)
        })
        .await
}

/// Lift a hold
///
/// What was due to go goes the night after. A second time changes nothing.
#[utoipa::path(tag = "lead-holds", params(("id" = LeadHoldId, Path)), request_body = LiftLeadHold, responses((status = 200, body = LeadHold), Problems))]
#[post("/lead-holds/{id}/lift")]
pub(super) async fn lift_lead_hold(
    caller: Caller,
    id: Id<LeadHoldId>,
    command: Command<LiftLeadHold>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, _| {
            Reply::ok(&ops::lift(tx, caller, id.0)?)
        })
        .await
}

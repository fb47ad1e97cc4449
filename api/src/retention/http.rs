//! The handler of `/programmes/{id}/retention`.

use super::report;
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::Id;
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::ProgrammeId;
use tradepost_contract::retention::RetentionReport;

/// Show what a programme's policy takes away by time
///
/// Each kind of personal data with its time, how much of it there is, and how much goes within 30 days; what waits and why;
/// and what went in the last 90 days.
#[utoipa::path(tag = "retention", params(("id" = ProgrammeId, Path)), responses((status = 200, body = RetentionReport), Problems))]
#[get("/programmes/{id}/retention")]
pub(super) async fn get_programme_retention(caller: Caller, id: Id<ProgrammeId>, app: Data<App>) -> ApiResult<Reply> {
    if !caller.scope().allows_programme(id.0) {
        return Err(ApiError::not_found());
    }
    let (now, wall) = (app.clock.business_now(), app.clock.wall_now());
    let report = app.db.read(move |conn| report::of(conn, id.0, now, wall)).await?;
    Reply::ok(&report)
}

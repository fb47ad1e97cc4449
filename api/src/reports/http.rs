//! Handlers of `/reports`.

use super::rules;
use super::store::{self, About};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Query, invalid_parameter};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::reports::{LeadSourceReport, ReturnRateReport};
use tradepost_contract::{ProgrammeId, SupplierId, Timestamp};

/// Which deliveries.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReturnRates {
    /// Delivered at or after this instant; 30 days before the end by default.
    from: Option<Timestamp>,
    /// Delivered before this instant; now by default.
    to: Option<Timestamp>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// One supplier.
    supplier_id: Option<SupplierId>,
}

/// Reports how much of what suppliers bought came back
///
/// By supplier, the highest rate first, and by reason. At most 366 days.
#[utoipa::path(
    tag = "reports",
    params(ReturnRates),
    responses((status = 200, body = ReturnRateReport), Problems)
)]
#[get("/reports/return-rates")]
pub(super) async fn report_return_rates(caller: Caller, query: Query<ReturnRates>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (from, to) = rules::period(query.from, query.to, app.clock.business_now())
        .map_err(|message| invalid_parameter("from", message))?;
    let about = About {
        from,
        to,
        programme: query.programme_id,
        supplier: query.supplier_id,
    };
    let about = about.within(&caller.scope());
    Reply::ok(&app.db.read(move |conn| store::return_rates(conn, about)).await?)
}

/// Which leads.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LeadSources {
    /// Came in at or after this instant; 30 days before the end by default.
    from: Option<Timestamp>,
    /// Came in before this instant; now by default.
    to: Option<Timestamp>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports where leads came from and what became of them
///
/// By advertising source, the one with the most leads first (R107). At most 366 days.
#[utoipa::path(
    tag = "reports",
    params(LeadSources),
    responses((status = 200, body = LeadSourceReport), Problems)
)]
#[get("/reports/lead-sources")]
pub(super) async fn report_lead_sources(caller: Caller, query: Query<LeadSources>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (from, to) = rules::period(query.from, query.to, app.clock.business_now())
        .map_err(|message| invalid_parameter("from", message))?;
    let about = About {
        from,
        to,
        programme: query.programme_id,
        supplier: None,
    };
    let about = about.within(&caller.scope());
    Reply::ok(&app.db.read(move |conn| store::lead_sources(conn, about)).await?)
}

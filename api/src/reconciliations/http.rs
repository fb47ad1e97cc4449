//! Handlers of `/reconciliations`.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Paging, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::reconciliations::{Reconciliation, ReconciliationDifference, ResolveDifference};
use tradepost_contract::{Page, PaymentId, ReconciliationDifferenceId, ReconciliationId};
use utoipa::IntoParams;

/// List the days that were compared with the gateway
///
/// The latest first, with how many differences there were.
#[utoipa::path(tag = "payments", params(Paging), responses((status = 200, body = Page<Reconciliation>), Problems))]
#[get("/reconciliations")]
pub(super) async fn list_reconciliations(_caller: Caller, query: Query<Paging>, app: Data<App>) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let page = app.db.read(move |conn| store::list(conn, window)).await?;
    Reply::ok(&page)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListDifferences {
    /// Only of this comparison.
    reconciliation_id: Option<ReconciliationId>,
    /// Only of this payment.
    payment_id: Option<PaymentId>,
    /// With `true` only those that somebody still has to look into, with `false` only the others.
    open: Option<bool>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List differences between the gateway and the books
///
/// The latest first, with whether the books agree now, or what somebody found out.
#[utoipa::path(tag = "payments", params(ListDifferences), responses((status = 200, body = Page<ReconciliationDifference>), Problems))]
#[get("/reconciliation-differences")]
pub(super) async fn list_reconciliation_differences(
    _caller: Caller,
    query: Query<ListDifferences>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(asked) = query;
    let window = Window::new(asked.limit, asked.cursor.as_deref())?;
    let filter = store::Filter {
        reconciliation: asked.reconciliation_id,
        payment: asked.payment_id,
        open: asked.open,
    };
    let page = app
        .db
        .read(move |conn| store::differences(conn, filter, window))
        .await?;
    Reply::ok(&page)
}

/// Say what a difference was
///
/// While a difference of a month is open, the month cannot be closed. What was taken over by itself needs no
/// explanation: 409.
#[utoipa::path(tag = "payments", params(("id" = ReconciliationDifferenceId, Path)), request_body = ResolveDifference, responses((status = 200, body = ReconciliationDifference), Problems))]
#[post("/reconciliation-differences/{id}/resolve")]
pub(super) async fn resolve_reconciliation_difference(
    caller: Caller,
    id: Id<ReconciliationDifferenceId>,
    command: Command<ResolveDifference>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            Reply::ok(&ops::resolve(tx, caller, id.0, body)?)
        })
        .await
}

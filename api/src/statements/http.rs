//! Reading and printing statements.

use super::paper;
use super::store::{self, Days};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::statements::Statement;
use tradepost_contract::{LocalDate, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementDays {
    /// The first day, in the programme's time zone; the first of the last day's month by default.
    from: Option<LocalDate>,
    /// The last day; today by default.
    to: Option<LocalDate>,
}

impl StatementDays {
    fn at(&self, app: &App) -> Days {
        Days {
            from: self.from,
            to: self.to,
            now: app.clock.business_now(),
        }
    }
}

/// Read a statement
///
/// What a supplier owed before the first day, what moved that, and what it owed at the end of the last (R92):
/// closing = opening + invoiced − paid − credited + refunded + other. At most 10,000 movements.
#[utoipa::path(tag = "invoices", params(("id" = SupplierId, Path), StatementDays), responses((status = 200, body = Statement), Problems))]
#[get("/suppliers/{id}/statement")]
pub(super) async fn get_statement(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<StatementDays>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, days) = (caller.scope(), query.0.at(&app));
    let read = move |conn: &mut crate::db::Conn| store::read(conn, &scope, id.0, days);
    Reply::ok(&app.db.read(read).await?)
}

/// Export a statement
///
/// As a file for a spreadsheet.
#[utoipa::path(tag = "invoices", params(("id" = SupplierId, Path), StatementDays), responses((status = 200, body = String, content_type = "text/csv"), Problems))]
#[get("/suppliers/{id}/statement.csv")]
pub(super) async fn export_statement(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<StatementDays>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, days) = (caller.scope(), query.0.at(&app));
    let read = move |conn: &mut crate::db::Conn| store::read(conn, &scope, id.0, days);
    let statement = app.db.read(read).await?;
    let name = format!("statement-{}-{}.csv", statement.from, statement.to);
    Ok(Reply::csv(&name, paper::csv(&statement)?))
}

/// Print a statement
///
/// As a PDF.
#[utoipa::path(tag = "invoices", params(("id" = SupplierId, Path), StatementDays), responses((status = 200, body = [u8], content_type = "application/pdf"), Problems))]
#[get("/suppliers/{id}/statement.pdf")]
pub(super) async fn get_statement_pdf(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<StatementDays>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (scope, days) = (caller.scope(), query.0.at(&app));
    let (name, paper) = app
        .db
        .read(move |conn| {
            let statement = store::read(conn, &scope, id.0, days)?;
            let (seller, buyer) = store::parties(conn, &statement)?;
            let name = format!("statement-{}-{}.pdf", statement.from, statement.to);
            Ok((name, paper::paper(&statement, &seller, &buyer, days.now)?))
        })
        .await?;
    Reply::pdf(&name, paper).await
}

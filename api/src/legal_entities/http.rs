//! Handlers of legal entities.

use super::{ops, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::Page;
use tradepost_contract::programmes::{CreateLegalEntity, LegalEntity};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLegalEntities {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the companies that issue invoices, newest first
#[utoipa::path(tag = "programmes", params(ListLegalEntities), responses((status = 200, body = Page<LegalEntity>), Problems))]
#[get("/legal-entities")]
pub(super) async fn list_legal_entities(
    _caller: Caller,
    query: Query<ListLegalEntities>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let page = app.db.read(move |conn| store::list(conn, &window)).await?;
    Reply::ok(&page)
}

/// Sets up a company that issues invoices
#[utoipa::path(
    tag = "programmes",
    request_body = CreateLegalEntity,
    responses((status = 201, body = LegalEntity), Problems)
)]
#[post("/legal-entities")]
pub(super) async fn create_legal_entity(
    caller: Caller,
    command: Command<CreateLegalEntity>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let run = command.run(&app, caller, |tx, caller, body| {
        let entity = ops::create(tx, caller, body)?;
        Reply::created(format!("/api/v1/legal-entities/{}", entity.id), &entity)
    });
    run.await
}

//! The handler of the search.

use super::store;
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Query, invalid_parameter};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::permissions::Permission;
use tradepost_contract::search::SearchResults;

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchFor {
    /// An id, a name, a phone number, an e-mail address or an invoice number: 2 to 100 characters.
    q: String,
}

/// Finds anything by id, name, phone, e-mail or invoice number
#[utoipa::path(tag = "search", params(SearchFor), responses((status = 200, body = SearchResults), Problems))]
#[get("/search")]
pub(super) async fn search(caller: Caller, query: Query<SearchFor>, app: Data<App>) -> ApiResult<Reply> {
    let text = query.0.q.trim().to_owned();
    if !(2..=100).contains(&text.chars().count()) {
        return Err(invalid_parameter("q", "expected 2 to 100 characters"));
    }
    let sees = store::Sees {
        leads: caller.may(Permission::LeadsRead),
        invoices: caller.may(Permission::InvoicesRead),
        users: caller.may(Permission::UsersRead),
    };
    let data = app.db.read(move |conn| store::search(conn, &text, &sees)).await?;
    Reply::ok(&SearchResults { data })
}

//! Handlers of `/business-associations`.

use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Problems, is_unique_violation};
use crate::lists::{Query, Window};
use crate::suppliers::fields;
use actix_web::web::Data;
use actix_web::{get, post};
use serde_json::json;
use tradepost_contract::businesses::{BusinessAssociation, CreateBusinessAssociation};
use tradepost_contract::{Id, Page, ProblemCode};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAssociations {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those with this text in their name.
    q: Option<String>,
}

/// Lists business associations
///
/// Newest first. They are the operator's, for all programmes; who belongs to one is not shown.
#[utoipa::path(
    tag = "businesses",
    params(ListAssociations),
    responses((status = 200, body = Page<BusinessAssociation>), Problems)
)]
#[get("/business-associations")]
pub(super) async fn list_business_associations(
    _caller: Caller,
    query: Query<ListAssociations>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let text = query.0.q.filter(|text| !text.trim().is_empty());
    let page = app
        .db
        .read(move |conn| {
            let rows = store::list_associations(conn, text.as_deref().map(key), &window)?;
            Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Sets up a business association
///
/// 409 `duplicate` where the name is taken; case and blanks do not count.
#[utoipa::path(
    tag = "businesses",
    request_body = CreateBusinessAssociation,
    responses((status = 201, body = BusinessAssociation), Problems)
)]
#[post("/business-associations")]
pub(super) async fn create_business_association(
    caller: Caller,
    command: Command<CreateBusinessAssociation>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, |tx, caller, body| {
            let association = create(tx, caller, body)?;
            Reply::created(
                format!("/api/v1/business-associations/{}", association.id),
                &association,
            )
        })
        .await
}

/// Sets up an association.
fn create(tx: &mut Tx<'_>, caller: &Caller, new: &CreateBusinessAssociation) -> ApiResult<BusinessAssociation> {
    let mut faults = fields::Faults::default();
    let name = faults.keep(fields::line("/name", &new.name, 200));
    faults.finish()?;
    let association = BusinessAssociation {
        id: tx.new_id(),
        name,
        created_at: tx.business_now(),
    };
    store::insert_association(tx, &association, &key(&association.name)).map_err(|cause| {
        if is_unique_violation(&cause) {
            let message = "an association has this name already";
            return ApiError::new(ProblemCode::Duplicate).field("/name", "duplicate", message);
        }
        cause.into()
    })?;
    let change = audit::Change {
        action: "business_association.created",
        object: association.id.to_string(),
        after: Some(json!({ "name": association.name })),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    Ok(association)
}

/// What two names have in common that are the same name.
fn key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    #[test]
    fn case_and_blanks_do_not_make_another_name() {
        assert_eq!(super::key(" Sunrise  WELLNESS"), super::key("sunrise wellness "));
    }
}

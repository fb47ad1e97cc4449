//! Handlers of `/suppliers/{id}/contacts` and `/contacts`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::suppliers::store as accounts;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::contacts::{ContactPoint, ContactPurpose, CreateContact, UpdateContact};
use tradepost_contract::{BusinessId, ContactPointId, Id as _, Page, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListContacts {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only for this purpose.
    purpose: Option<ContactPurpose>,
    /// Only those in use, or no longer.
    active: Option<bool>,
    /// Only those of this business alone.
    business_id: Option<BusinessId>,
}

/// Lists the contact points of a supplier
///
/// Newest first, those no longer in use too.
#[utoipa::path(
    tag = "contacts",
    params(("id" = SupplierId, Path, description = "The supplier"), ListContacts),
    responses((status = 200, body = Page<ContactPoint>), Problems)
)]
#[get("/suppliers/{id}/contacts")]
pub(super) async fn list_contacts(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<ListContacts>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        purpose: query.purpose,
        active: query.active,
        business: query.business_id,
    };
    let page = app
        .db
        .read(move |conn| {
            let scope = caller.scope();
            let account = accounts::account(conn, &scope, path.0)?;
            let rows = store::list(conn, &scope, account.id, &filter, &window)?;
            Ok(window.finish(rows, |row| (row.created_at, row.id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Adds a contact point to a supplier
///
/// Each active address for leads gets every lead (R16).
#[utoipa::path(
    tag = "contacts",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateContact,
    responses((status = 201, body = ContactPoint), Problems)
)]
#[post("/suppliers/{id}/contacts")]
pub(super) async fn create_contact(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateContact>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let supplier = path.0;
    command
        .run(&app, caller, move |tx, caller, body| {
            let contact = ops::create(tx, caller, supplier, body)?;
            let location = format!("/api/v1/contacts/{}", contact.id);
            Ok(Reply::created(location, &contact)?.etag(contact.version))
        })
        .await
}

/// Changes a contact point
///
/// `active: false` removes it: it gets nothing more (R16). The audit trail keeps the old value (R14).
#[utoipa::path(
    tag = "contacts",
    params(("id" = ContactPointId, Path, description = "The contact point")),
    request_body = UpdateContact,
    responses((status = 200, body = ContactPoint), Problems)
)]
#[patch("/contacts/{id}")]
pub(super) async fn update_contact(
    caller: Caller,
    path: Id<ContactPointId>,
    command: Command<UpdateContact>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    command
        .run(&app, caller, move |tx, caller, patch| {
            let contact = ops::update(tx, caller, id, seen, patch)?;
            Ok(Reply::ok(&contact)?.etag(contact.version))
        })
        .await
}

//! Handlers of `/suppliers/{id}/members`: the people of an account. `users/` makes them.

use super::member_store;
use super::{care, standing, store};
use crate::access_links;
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::users::ops::{self as users, NewMember};
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::suppliers::{CreateMember, Member};
use tradepost_contract::users::Audience;
use tradepost_contract::{Id as _, Page, SupplierId};

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListMembers {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the people of a supplier
///
/// Those who joined last come first.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier"), ListMembers),
    responses((status = 200, body = Page<Member>), Problems)
)]
#[get("/suppliers/{id}/members")]
pub(super) async fn list_members(
    caller: Caller,
    path: Id<SupplierId>,
    query: Query<ListMembers>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let page = app
        .db
        .read(move |conn| {
            let account = store::account(conn, &caller.scope(), path.0)?;
            let rows = member_store::list(conn, account.id, &window)?;
            Ok(window.finish(rows, |member| (member.created_at, member.user_id.as_i64())))
        })
        .await?;
    Reply::ok(&page)
}

/// Adds a person to a supplier
///
/// With a first `password` they can sign in at once; else they are invited by mail as soon as the account is let in (R3,
/// R85). A `member` may be held to some businesses (R106).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = SupplierId, Path, description = "The supplier")),
    request_body = CreateMember,
    responses((status = 201, body = Member), Problems)
)]
#[post("/suppliers/{id}/members")]
pub(super) async fn create_member(
    caller: Caller,
    path: Id<SupplierId>,
    command: Command<CreateMember>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let body = &command.body;
    let password = body.password.as_ref().map(|password| password.reveal().to_owned());
    let new = NewMember::parse(
        &body.email,
        &body.name,
        body.phone.as_deref(),
        body.role,
        body.businesses.clone(),
        password.as_deref(),
    )
    .map_err(ApiError::invalid)?;
    // Hashing takes long, so it is done before the transaction begins.
    let hash = match password {
        Some(password) => Some(app.gate.passwords.hash(password, Audience::Supplier).await?),
        None => None,
    };
    command
        .run(&app, caller, move |tx, caller, _| {
            let account = store::hold(tx, &caller.scope(), id)?;
            care::may_be_changed(tx, &account)?;
            let user = users::create_member(tx, &caller.actor(), id, &new, hash.as_deref())?;
            if hash.is_none() && standing::is_let_in(tx, &account)? {
                access_links::invite(tx, user.id)?;
            }
            let member = member_store::get(tx, id, user.id)?;
            let location = format!("/api/v1/suppliers/{id}/members");
            Reply::created(location, &member)
        })
        .await
}

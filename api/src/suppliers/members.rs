//! Handlers of `/suppliers/{id}/members`: the people of an account. `users/` makes them.

use super::member_store;
use super::{care, standing, store};
use crate::access_links;
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};
use crate::users::ops::{self as users, NewMember};
use crate::users::{store as people, team};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::suppliers::{CreateMember, Member, UpdateMember};
use tradepost_contract::users::Audience;
use tradepost_contract::{Id as _, Page, ProblemCode, SupplierId, UserId};

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
/// They are invited by mail as soon as the account is let in (R3, R85); staff may give them a first `password` instead. A
/// `member` may be held to some businesses (R106). Somebody who was removed from this account is taken back.
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
    if body.password.is_some() && !caller.is_staff() {
        let message = "whom you invite chooses a password of their own";
        return Err(ApiError::new(ProblemCode::Invalid).field("/password", "not_for_you", message));
    }
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
            if let Some(user) = team::take_back(tx, &caller.actor(), id, &new)? {
                if standing::is_let_in(tx, &account)? {
                    access_links::resend(tx, &caller.actor(), user)?;
                }
                return Reply::created(
                    format!("/api/v1/suppliers/{id}/members"),
                    &member_store::get(tx, id, user)?,
                );
            }
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

/// Changes what a person is in their account
///
/// The role, and for a `member` the businesses. Their open access tokens end. The last active owner stays one (409).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = UserId, Path, description = "The person")),
    request_body = UpdateMember,
    responses((status = 200, body = Member), Problems)
)]
#[patch("/members/{id}")]
pub(super) async fn update_member(
    caller: Caller,
    path: Id<UserId>,
    command: Command<UpdateMember>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let reply = command
        .run(&app, caller, move |tx, caller, patch| {
            let member = people::member(tx, &caller.scope(), id)?.ok_or_else(ApiError::not_found)?;
            let account = store::hold(tx, &caller.scope(), member.supplier_id)?;
            care::may_be_changed(tx, &account)?;
            team::update(tx, &caller.actor(), &member, seen, patch)?;
            let member = member_store::get(tx, member.supplier_id, id)?;
            Ok(Reply::ok(&member)?.etag(member.version))
        })
        .await?;
    app.gate.forget_user(id);
    Ok(reply)
}

/// Removes a person from their account
///
/// They are signed out at once and cannot sign in any more; their name stays in the trail. The last active owner stays
/// (409).
#[utoipa::path(
    tag = "suppliers",
    params(("id" = UserId, Path, description = "The person")),
    request_body = NoBody,
    responses((status = 204, description = "Removed"), Problems)
)]
#[post("/members/{id}/remove")]
pub(super) async fn remove_member(
    caller: Caller,
    path: Id<UserId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            let member = people::member(tx, &caller.scope(), id)?.ok_or_else(ApiError::not_found)?;
            team::remove(tx, &caller.actor(), &member)?;
            Ok(Reply::no_content())
        })
        .await?;
    app.gate.forget_user(id);
    Ok(reply)
}

/// Sends a person another invitation
///
/// To who has not chosen a password yet (409 else). The link of the invitation before works no more.
#[utoipa::path(
    tag = "suppliers",
    params(("id" = UserId, Path, description = "The person")),
    request_body = NoBody,
    responses((status = 202, body = Member), Problems)
)]
#[post("/members/{id}/resend-invitation")]
pub(super) async fn resend_invitation(
    caller: Caller,
    path: Id<UserId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    command
        .run(&app, caller, move |tx, caller, _| {
            let member = people::member(tx, &caller.scope(), id)?.ok_or_else(ApiError::not_found)?;
            access_links::resend_invitation(tx, &caller.actor(), id)?;
            Reply::accepted(&member_store::get(tx, member.supplier_id, id)?)
        })
        .await
}

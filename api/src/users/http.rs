//! Handlers of `/users`.

use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::people::StaffRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::users::{Audience, CreateUser, UpdateUser, User, UserStatus};
use tradepost_contract::{NameSort, Page, SupplierId, UserId};
use utoipa::IntoParams;

use super::ops::{self, NewStaff};
use super::store::{self, Filter};
use crate::access_links;
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, name_sort_window};

/// Which users.
#[derive(Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UserList {
    /// How many, 1 to 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `newest` first unless said otherwise.
    #[param(inline)]
    sort: Option<NameSort>,
    /// Only staff, or only suppliers' people.
    audience: Option<Audience>,
    /// Only those who may, or may not, sign in.
    status: Option<UserStatus>,
    /// Only staff with this role.
    role: Option<StaffRole>,
    /// Only this supplier's people.
    supplier_id: Option<SupplierId>,
}

/// Lists people
#[utoipa::path(tag = "users", params(UserList), responses((status = 200, body = Page<User>), Problems))]
#[get("/users")]
pub(super) async fn list_users(_caller: Caller, query: Query<UserList>, app: Data<App>) -> ApiResult<Reply> {
    let UserList {
        limit,
        cursor,
        sort,
        audience,
        status,
        role,
        supplier_id,
    } = query.0;
    let sort = sort.unwrap_or(NameSort::Newest);
    let window = name_sort_window(limit, cursor.as_deref(), sort)?;
    let filter = Filter {
        audience,
        status,
        role,
        supplier_id,
    };
    let page = app
        .db
        .read(move |conn| store::list(conn, &filter, sort, &window))
        .await?;
    Reply::ok(&page)
}

/// Makes a member of staff
///
/// With a first `password` they can sign in at once; else they are invited by mail.
#[utoipa::path(tag = "users", request_body = CreateUser, responses((status = 201, body = User), Problems))]
#[post("/users")]
pub(super) async fn create_user(caller: Caller, command: Command<CreateUser>, app: Data<App>) -> ApiResult<Reply> {
    let new = NewStaff::parse(&command.body).map_err(ApiError::invalid)?;
    // Hashing takes long, so it is done before the transaction begins.
    let hash = match &command.body.password {
        Some(password) => Some(
            app.gate
                .passwords
                .hash(password.reveal().to_owned(), Audience::Staff)
                .await?,
        ),
        None => None,
    };
    command
        .run(&app, caller, move |tx, caller, _| {
            let user = ops::create_staff(tx, &caller.actor(), &new, hash.as_deref())?;
            Ok(Reply::created(format!("/api/v1/users/{}", user.id), &user)?.etag(user.version))
        })
        .await
}

/// Shows a person
#[utoipa::path(
    tag = "users",
    params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, body = User), Problems)
)]
#[get("/users/{id}")]
pub(super) async fn get_user(_caller: Caller, path: Id<UserId>, app: Data<App>) -> ApiResult<Reply> {
    let user = app
        .db
        .read(move |conn| store::get(conn, path.0))
        .await?
        .ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(&user)?.etag(user.version))
}

/// Changes a person's name, phone, roles or status
///
/// Other roles or another status end the open access tokens at once, `disabled` also the sessions. The
/// last active admin stays one (409).
#[utoipa::path(
    tag = "users",
    params(("id" = UserId, Path, description = "The user")),
    request_body = UpdateUser,
    responses((status = 200, body = User), Problems)
)]
#[patch("/users/{id}")]
pub(super) async fn update_user(
    caller: Caller,
    path: Id<UserId>,
    command: Command<UpdateUser>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (id, seen) = (path.0, command.if_match);
    let reply = command
        .run(&app, caller, move |tx, caller, patch| {
            let user = ops::update(tx, &caller.actor(), id, seen, patch)?;
            Ok(Reply::ok(&user)?.etag(user.version))
        })
        .await?;
    app.gate.forget_user(id);
    Ok(reply)
}

/// Sends a person another link to get in
///
/// To choose a first password, or another one. Links that they got before work no more (R4). A supplier's people can be
/// sent one by whoever looks after them, staff by who manages people.
#[utoipa::path(
    tag = "users",
    params(("id" = UserId, Path, description = "The user")),
    request_body = NoBody,
    responses((status = 202, body = User), Problems)
)]
#[post("/users/{id}/resend-access")]
pub(super) async fn resend_access(
    caller: Caller,
    path: Id<UserId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    command
        .run(&app, caller, move |tx, caller, _| {
            let user = store::get(tx, id)?.ok_or_else(ApiError::not_found)?;
            if user.audience == Audience::Staff {
                caller.need(Permission::UsersWrite)?;
            }
            access_links::resend(tx, &caller.actor(), id)?;
            Reply::accepted(&user)
        })
        .await
}

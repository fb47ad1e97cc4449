//! Handlers of `/sessions`.

use actix_web::web::Data;
use actix_web::{delete, get};
use serde_json::json;
use tradepost_contract::sessions::Session;
use tradepost_contract::{Page, SessionId};
use utoipa::IntoParams;

use super::store;
use crate::app::App;
use crate::audit;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Query, Window};

/// Which page of one's sessions.
#[derive(Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionList {
    /// How many, 1 to 100.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists where one is signed in
///
/// One's own open sessions, newest first.
#[utoipa::path(tag = "sessions", params(SessionList), responses((status = 200, body = Page<Session>), Problems))]
#[get("/sessions")]
pub(super) async fn list_sessions(caller: Caller, query: Query<SessionList>, app: Data<App>) -> ApiResult<Reply> {
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let (user, current) = (caller.user_id()?, caller.session_id());
    let now = app.clock.wall_now();
    let page = app
        .db
        .read(move |conn| store::list(conn, user, current, now, &window))
        .await?;
    Reply::ok(&page)
}

/// Ends one of one's sessions
///
/// Its tokens stop working at once.
#[utoipa::path(
    tag = "sessions",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "Ended"), Problems)
)]
#[delete("/sessions/{id}")]
pub(super) async fn end_session(
    caller: Caller,
    path: Id<SessionId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let id = path.0;
    let user = caller.user_id()?;
    let reply = command
        .run(&app, caller, move |tx, caller, _| {
            if !store::revoke_own(tx, id, user)? {
                return Err(ApiError::not_found());
            }
            let change = audit::Change {
                action: "session.ended",
                object: id.to_string(),
                after: Some(json!({ "by": "user" })),
                ..audit::Change::default()
            };
            audit::record(tx, &caller.actor(), change)?;
            Ok(Reply::no_content())
        })
        .await?;
    app.gate.forget_session(id);
    Ok(reply)
}

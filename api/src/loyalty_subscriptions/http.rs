//! Handlers of `/loyalty-subscriptions`.

use super::ops::{self, Asked};
use super::store::{self, Filter};
use super::view;
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Paging, Query, Window};
use crate::payments;
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::loyalty_subscriptions::{
    ChangeLoyalty, LoyaltyAction, LoyaltyCycle, LoyaltyStatus, LoyaltySubscription,
};
use tradepost_contract::{LoyaltySubscriptionId, Page, ProgrammeId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListLoyalty {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "active,on_hold")]
    status: Option<Many<LoyaltyStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List loyalty subscriptions
///
/// Newest first, with what may be done with each (R64). A supplier's people see their own account's.
#[utoipa::path(tag = "loyalty subscriptions", params(ListLoyalty), responses((status = 200, body = Page<LoyaltySubscription>), Problems))]
#[get("/loyalty-subscriptions")]
pub(super) async fn list_loyalty_subscriptions(
    caller: Caller,
    query: Query<ListLoyalty>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        statuses: query.status.map(|many| many.0),
    };
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &caller.scope(), filter, &window)?;
            page.try_map_rows(|rows| view::shown(conn, &caller, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Show a loyalty subscription
///
/// When it renews, with how many extra leads, and how many pauses it had (R57–R62).
#[utoipa::path(tag = "loyalty subscriptions", params(("id" = LoyaltySubscriptionId, Path)), responses((status = 200, body = LoyaltySubscription), Problems))]
#[get("/loyalty-subscriptions/{id}")]
pub(super) async fn get_loyalty_subscription(
    caller: Caller,
    id: Id<LoyaltySubscriptionId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let one = app.db.read(move |conn| view::get(conn, &caller, id.0)).await?;
    Ok(Reply::ok(&one)?.etag(one.version))
}

/// List the orders of a loyalty subscription
///
/// The latest first; 0 is the first order.
#[utoipa::path(tag = "loyalty subscriptions", params(("id" = LoyaltySubscriptionId, Path), Paging), responses((status = 200, body = Page<LoyaltyCycle>), Problems))]
#[get("/loyalty-subscriptions/{id}/cycles")]
pub(super) async fn list_loyalty_cycles(
    caller: Caller,
    id: Id<LoyaltySubscriptionId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            store::get(conn, &scope, id.0)?;
            store::cycles(conn, id.0, &window)?.try_map_rows(|rows| view::cycles(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Hold a loyalty subscription
///
/// Its day passes without an order and without a charge, until it is activated (R63). What is paid still comes.
#[utoipa::path(tag = "loyalty subscriptions", params(("id" = LoyaltySubscriptionId, Path)), request_body = ChangeLoyalty, responses((status = 200, body = LoyaltySubscription), Problems))]
#[post("/loyalty-subscriptions/{id}/hold")]
pub(super) async fn hold_loyalty_subscription(
    caller: Caller,
    id: Id<LoyaltySubscriptionId>,
    command: Command<ChangeLoyalty>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, id.0, command, app, LoyaltyAction::Hold).await
}

/// Activate a loyalty subscription
///
/// Before its day it goes on as planned; after it, the order is placed and charged at once, and the interval counts
/// from today (R63).
#[utoipa::path(tag = "loyalty subscriptions", params(("id" = LoyaltySubscriptionId, Path)), request_body = ChangeLoyalty, responses((status = 200, body = LoyaltySubscription), Problems))]
#[post("/loyalty-subscriptions/{id}/activate")]
pub(super) async fn activate_loyalty_subscription(
    caller: Caller,
    id: Id<LoyaltySubscriptionId>,
    command: Command<ChangeLoyalty>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, id.0, command, app, LoyaltyAction::Activate).await
}

/// Cancel a loyalty subscription
///
/// At any time; leads that are paid still come (R64).
#[utoipa::path(tag = "loyalty subscriptions", params(("id" = LoyaltySubscriptionId, Path)), request_body = ChangeLoyalty, responses((status = 200, body = LoyaltySubscription), Problems))]
#[post("/loyalty-subscriptions/{id}/cancel")]
pub(super) async fn cancel_loyalty_subscription(
    caller: Caller,
    id: Id<LoyaltySubscriptionId>,
    command: Command<ChangeLoyalty>,
    app: Data<App>,
) -> ApiResult<Reply> {
    change(caller, id.0, command, app, LoyaltyAction::Cancel).await
}

async fn change(
    caller: Caller,
    id: LoyaltySubscriptionId,
    command: Command<ChangeLoyalty>,
    app: Data<App>,
    action: LoyaltyAction,
) -> ApiResult<Reply> {
    let seen = command.if_match;
    let policies = app.policies.clone();
    let asking = caller.clone();
    let made = command
        .run(&app, caller, move |tx, caller, body| {
            let one = ops::change(tx, &policies, caller, id, Asked { action, seen, body })?;
            Ok(Reply::ok(&one)?.etag(one.version))
        })
        .await?;
    let one: LoyaltySubscription = serde_json::from_slice(&made.body)?;
    let Some(checkout) = one.awaiting_checkout_id.filter(|_| action == LoyaltyAction::Activate) else {
        return Ok(made);
    };
    // Whoever activates after the day sees at once whether the order is paid.
    let live = app
        .db
        .read(move |conn| payments::store::live_of_checkout(conn, checkout))
        .await?;
    if let Some(payment) = live {
        payments::work::settle(&app, payment).await?;
    }
    let one = app.db.read(move |conn| view::get(conn, &asking, id)).await?;
    Ok(Reply::ok(&one)?.etag(one.version))
}

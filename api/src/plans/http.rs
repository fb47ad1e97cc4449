//! Handlers of `/plan-subscriptions`, and of the plans that a supplier may choose from.

use super::store::{self, Filter};
use super::{ops, rules, view};
use crate::app::App;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Paging, Query, Window};
use crate::payments::{http as payments, work};
use crate::policy;
use crate::suppliers::store as suppliers;
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::payments::Payment;
use tradepost_contract::plans::{
    CancelPlanSubscription, CreatePlanSubscription, PlanOffers, PlanPeriod, PlanStatus, PlanSubscription,
};
use tradepost_contract::{Page, PlanSubscriptionId, ProgrammeId, SupplierId};
use utoipa::IntoParams;

/// List the plans a supplier may choose from
///
/// Those of the account's policy of today, the smallest first; the bigger the plan, the lower the price of a lead
/// (R95).
#[utoipa::path(tag = "plans", params(("id" = SupplierId, Path)), responses((status = 200, body = PlanOffers), Problems))]
#[get("/suppliers/{id}/plan-offers")]
pub(super) async fn list_plan_offers(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let plans = app
        .db
        .read(move |conn| {
            let account = suppliers::account(conn, &scope, id.0)?;
            let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
            let (programme, today) = (account.programme_id, zone.date_of(now));
            let (_, resolved) = policy::of_supplier(conn, programme, account.id, None, today)?;
            Ok(rules::offers(&resolved.policy.plan, account.programme.currency)?)
        })
        .await?;
    Reply::ok(&PlanOffers { plans })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListPlans {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that stand so; several with commas between them.
    #[param(value_type = Option<String>, example = "active,cancel_scheduled")]
    status: Option<Many<PlanStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the plans of suppliers
///
/// Newest first. A supplier's people see their own account's.
#[utoipa::path(tag = "plans", params(ListPlans), responses((status = 200, body = Page<PlanSubscription>), Problems))]
#[get("/plan-subscriptions")]
pub(super) async fn list_plan_subscriptions(
    caller: Caller,
    query: Query<ListPlans>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        programme: query.programme_id,
        supplier: query.supplier_id,
        statuses: query.status.map(|Many(statuses)| statuses),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, &window)?;
            page.try_map_rows(|rows| view::shown(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Choose a plan
///
/// Charges the first period to the default method; the plan begins when that money is here (R85). Once an account
/// has had a plan, others go through staff where the policy says so (R90).
#[utoipa::path(tag = "plans", request_body = CreatePlanSubscription, responses((status = 201, body = PlanSubscription), Problems))]
#[post("/plan-subscriptions")]
pub(super) async fn create_plan_subscription(
    caller: Caller,
    command: Command<CreatePlanSubscription>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let scope = caller.scope();
    let made = command
        .run(&app, caller, move |tx, caller, body| {
            let plan = ops::create(tx, caller, body)?;
            Reply::created(format!("/api/v1/plan-subscriptions/{}", plan.id), &plan)
        })
        .await?;
    let made: PlanSubscription = serde_json::from_slice(&made.body)?;
    let id = made.id;
    if let Some(payment) = made.payment {
        work::settle(&app, payment.id).await?;
    }
    let plan = app.db.read(move |conn| view::get(conn, &scope, id)).await?;
    Ok(Reply::created(format!("/api/v1/plan-subscriptions/{id}"), &plan)?.etag(plan.version))
}

/// Show a plan
///
/// When it began and renews, what is used of it, and whom to talk to (R88, R97).
#[utoipa::path(tag = "plans", params(("id" = PlanSubscriptionId, Path)), responses((status = 200, body = PlanSubscription), Problems))]
#[get("/plan-subscriptions/{id}")]
pub(super) async fn get_plan_subscription(
    caller: Caller,
    id: Id<PlanSubscriptionId>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let scope = caller.scope();
    let plan = app.db.read(move |conn| view::get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&plan)?.etag(plan.version))
}

/// List the periods of a plan
///
/// M1, M2 and so on, the latest first, with what was used and charged above the minimum (R97).
#[utoipa::path(tag = "plans", params(("id" = PlanSubscriptionId, Path), Paging), responses((status = 200, body = Page<PlanPeriod>), Problems))]
#[get("/plan-subscriptions/{id}/periods")]
pub(super) async fn list_plan_periods(
    caller: Caller,
    id: Id<PlanSubscriptionId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| {
            let row = store::get(conn, &scope, id.0)?;
            let running = store::used(conn, id.0, row.period)?;
            store::periods(conn, id.0, &window)?.try_map_rows(|periods| {
                let shown = periods.into_iter().map(|period| view::period(&row, period, running));
                shown.collect()
            })
        })
        .await?;
    Reply::ok(&page)
}

/// Pay the first period of a plan again
///
/// After a payment that failed: charges it to the default method of now.
#[utoipa::path(tag = "plans", params(("id" = PlanSubscriptionId, Path)), responses((status = 201, body = Payment), Problems))]
#[post("/plan-subscriptions/{id}/pay")]
pub(super) async fn pay_plan_subscription(
    caller: Caller,
    id: Id<PlanSubscriptionId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let scope = caller.scope();
    let made = command
        .run(&app, caller, move |tx, caller, _| {
            let payment = ops::pay(tx, caller, id.0)?;
            Reply::created(format!("/api/v1/payments/{}", payment.id), &payment)
        })
        .await?;
    payments::settled(&app, scope, &made).await
}

/// Cancel a plan
///
/// Now, or with the period that is running (R93, R94). What was used above the minimum is charged when it ends.
#[utoipa::path(tag = "plans", params(("id" = PlanSubscriptionId, Path)), request_body = CancelPlanSubscription, responses((status = 200, body = PlanSubscription), Problems))]
#[post("/plan-subscriptions/{id}/cancel")]
pub(super) async fn cancel_plan_subscription(
    caller: Caller,
    id: Id<PlanSubscriptionId>,
    command: Command<CancelPlanSubscription>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let plan = ops::cancel(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&plan)?.etag(plan.version))
        })
        .await
}

//! Handlers of `/rate-reviews`.

use super::ops;
use super::store::{self, Filter};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use tradepost_contract::rate_reviews::{DecideRateCase, RateCaseAction, RateCaseStatus, RateFinding, RateReview};
use tradepost_contract::{Page, ProgrammeId, RateReviewId, SupplierId};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListRateReviews {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only those that found this, such as `warned,case`.
    #[param(value_type = Option<String>)]
    finding: Option<Many<RateFinding>>,
    /// Only those whose case stands so, such as `open`.
    #[param(value_type = Option<String>)]
    case_status: Option<Many<RateCaseStatus>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List rate reviews
///
/// Newest first: how much each supplier sent back, what the others made of the same leads, and what was found (R112).
#[utoipa::path(tag = "rate-reviews", params(ListRateReviews), responses((status = 200, body = Page<RateReview>), Problems))]
#[get("/rate-reviews")]
pub(super) async fn list_rate_reviews(
    caller: Caller,
    query: Query<ListRateReviews>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = Filter {
        id: None,
        programme: query.programme_id,
        supplier: query.supplier_id,
        findings: query.finding.map(|many| many.0),
        cases: query.case_status.map(|many| many.0),
    };
    let scope = caller.scope();
    let page = app
        .db
        .read(move |conn| store::list(conn, &scope, filter, &window))
        .await?;
    Reply::ok(&page)
}

/// Show a rate review
#[utoipa::path(tag = "rate-reviews", params(("id" = RateReviewId, Path)), responses((status = 200, body = RateReview), Problems))]
#[get("/rate-reviews/{id}")]
pub(super) async fn get_rate_review(caller: Caller, id: Id<RateReviewId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let review = app.db.read(move |conn| store::get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&review)?.etag(review.version))
}

/// Decide that a supplier stays
///
/// The case is closed, and what comes counts from now on (R112).
#[utoipa::path(tag = "rate-reviews", params(("id" = RateReviewId, Path)), request_body = DecideRateCase, responses((status = 200, body = RateReview), Problems))]
#[post("/rate-reviews/{id}/keep")]
pub(super) async fn keep_after_rate_review(
    caller: Caller,
    id: Id<RateReviewId>,
    command: Command<DecideRateCase>,
    app: Data<App>,
) -> ApiResult<Reply> {
    decided(caller, id.0, RateCaseAction::Keep, command, app).await
}

/// Decide that an account ends
///
/// It is terminated at once. Only a person does this, with a reason (R112).
#[utoipa::path(tag = "rate-reviews", params(("id" = RateReviewId, Path)), request_body = DecideRateCase, responses((status = 200, body = RateReview), Problems))]
#[post("/rate-reviews/{id}/end-account")]
pub(super) async fn end_after_rate_review(
    caller: Caller,
    id: Id<RateReviewId>,
    command: Command<DecideRateCase>,
    app: Data<App>,
) -> ApiResult<Reply> {
    decided(caller, id.0, RateCaseAction::End, command, app).await
}

async fn decided(
    caller: Caller,
    id: RateReviewId,
    action: RateCaseAction,
    command: Command<DecideRateCase>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (seen, policies) = (command.if_match, app.policies.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let review = ops::decide(tx, caller, &policies, id, seen, action, body)?;
            Ok(Reply::ok(&review)?.etag(review.version))
        })
        .await
}

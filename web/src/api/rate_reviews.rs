//! Regular looks at how much suppliers send back.

use tradepost_contract::rate_reviews::{DecideRateCase, RateReview};
use tradepost_contract::{Page, RateReviewId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /rate-reviews`
pub async fn list_rate_reviews(query: ListQuery) -> Result<Page<RateReview>> {
    Call::get(query.behind("/rate-reviews")).send().await
}

/// `GET /rate-reviews/{id}`
pub async fn get_rate_review(id: RateReviewId) -> Result<RateReview> {
    Call::get(format!("/rate-reviews/{id}")).send().await
}

/// `POST /rate-reviews/{id}/keep` or `/end-account`
pub async fn decide_rate_case(
    id: RateReviewId,
    version: i64,
    ends: bool,
    body: &DecideRateCase,
    key: &str,
) -> Result<RateReview> {
    let action = if ends { "end-account" } else { "keep" };
    Call::post(format!("/rate-reviews/{id}/{action}"))
        .once(key)
        .if_version(version)
        .json(body)
        .send()
        .await
}

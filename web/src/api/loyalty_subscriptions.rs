//! Loyalty subscriptions: orders that are placed again.

use tradepost_contract::loyalty_subscriptions::{ChangeLoyalty, LoyaltyAction, LoyaltyCycle, LoyaltySubscription};
use tradepost_contract::{LoyaltySubscriptionId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /loyalty-subscriptions`
pub async fn list_loyalty_subscriptions(query: ListQuery) -> Result<Page<LoyaltySubscription>> {
    Call::get(query.behind("/loyalty-subscriptions")).send().await
}

/// `GET /loyalty-subscriptions/{id}/cycles`
pub async fn list_loyalty_cycles(id: LoyaltySubscriptionId, query: ListQuery) -> Result<Page<LoyaltyCycle>> {
    Call::get(query.behind(&format!("/loyalty-subscriptions/{id}/cycles")))
        .send()
        .await
}

/// `POST /loyalty-subscriptions/{id}/hold`, `/activate` or `/cancel`
pub async fn change_loyalty(
    id: LoyaltySubscriptionId,
    version: i64,
    action: LoyaltyAction,
    body: &ChangeLoyalty,
    key: &str,
) -> Result<LoyaltySubscription> {
    Call::post(format!("/loyalty-subscriptions/{id}/{action}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

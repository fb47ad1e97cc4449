//! Plans: leads bought in advance by the month.

use tradepost_contract::payments::Payment;
use tradepost_contract::plans::{
    CancelPlanSubscription, CreatePlanSubscription, PlanOffers, PlanPeriod, PlanSubscription,
};
use tradepost_contract::{Page, PlanSubscriptionId, SupplierId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /suppliers/{id}/plan-offers`
pub async fn list_plan_offers(id: SupplierId) -> Result<PlanOffers> {
    Call::get(format!("/suppliers/{id}/plan-offers")).send().await
}

/// `GET /plan-subscriptions`
pub async fn list_plan_subscriptions(query: ListQuery) -> Result<Page<PlanSubscription>> {
    Call::get(query.behind("/plan-subscriptions")).send().await
}

/// `GET /plan-subscriptions/{id}/periods`
pub async fn list_plan_periods(id: PlanSubscriptionId, query: ListQuery) -> Result<Page<PlanPeriod>> {
    Call::get(query.behind(&format!("/plan-subscriptions/{id}/periods")))
        .send()
        .await
}

/// `POST /plan-subscriptions`
pub async fn create_plan_subscription(body: &CreatePlanSubscription, key: &str) -> Result<PlanSubscription> {
    Call::post("/plan-subscriptions").once(key).json(body).send().await
}

/// `POST /plan-subscriptions/{id}/pay`
pub async fn pay_plan_subscription(id: PlanSubscriptionId, key: &str) -> Result<Payment> {
    Call::post(format!("/plan-subscriptions/{id}/pay"))
        .once(key)
        .json(&serde_json::Map::new())
        .send()
        .await
}

/// `POST /plan-subscriptions/{id}/cancel`
pub async fn cancel_plan_subscription(
    id: PlanSubscriptionId,
    version: i64,
    body: &CancelPlanSubscription,
    key: &str,
) -> Result<PlanSubscription> {
    Call::post(format!("/plan-subscriptions/{id}/cancel"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

//! What the gateway says of a day, compared with the books.

use tradepost_contract::reconciliations::{Reconciliation, ReconciliationDifference, ResolveDifference};
use tradepost_contract::{Page, ReconciliationDifferenceId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /reconciliations`
pub async fn list_reconciliations(query: ListQuery) -> Result<Page<Reconciliation>> {
    Call::get(query.behind("/reconciliations")).send().await
}

/// `GET /reconciliation-differences`
pub async fn list_differences(query: ListQuery) -> Result<Page<ReconciliationDifference>> {
    Call::get(query.behind("/reconciliation-differences")).send().await
}

/// `POST /reconciliation-differences/{id}/resolve`
pub async fn resolve_difference(
    id: ReconciliationDifferenceId,
    body: &ResolveDifference,
    key: &str,
) -> Result<ReconciliationDifference> {
    Call::post(format!("/reconciliation-differences/{id}/resolve"))
        .once(key)
        .json(body)
        .send()
        .await
}

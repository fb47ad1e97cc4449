//! Reports.

use tradepost_contract::reports::{LeadSourceReport, ReturnRateReport};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /reports/return-rates`
pub async fn report_return_rates(query: ListQuery) -> Result<ReturnRateReport> {
    Call::get(query.behind("/reports/return-rates")).send().await
}

/// `GET /reports/lead-sources`
pub async fn report_lead_sources(query: ListQuery) -> Result<LeadSourceReport> {
    Call::get(query.behind("/reports/lead-sources")).send().await
}

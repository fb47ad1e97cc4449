//! Reports.

use tradepost_contract::reports::{
    ChurnReport, LeadSourceReport, LeadsByDayReport, OpenInvoicesReport, ReturnRateReport, RevenueReport,
};

use tradepost_contract::UserId;
use tradepost_contract::standings::{ProgrammeHealthReport, SupplierBook};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /reports/return-rates`
pub async fn report_return_rates(query: ListQuery) -> Result<ReturnRateReport> {
    Call::get(query.behind("/reports/return-rates")).send().await
}

/// `GET /reports/churn`
pub async fn report_churn(query: ListQuery) -> Result<ChurnReport> {
    Call::get(query.behind("/reports/churn")).send().await
}

/// `GET /reports/lead-sources`
pub async fn report_lead_sources(query: ListQuery) -> Result<LeadSourceReport> {
    Call::get(query.behind("/reports/lead-sources")).send().await
}

/// `GET /reports/leads-by-day`
pub async fn report_leads_by_day(query: ListQuery) -> Result<LeadsByDayReport> {
    Call::get(query.behind("/reports/leads-by-day")).send().await
}

/// `GET /reports/revenue`
pub async fn report_revenue(query: ListQuery) -> Result<RevenueReport> {
    Call::get(query.behind("/reports/revenue")).send().await
}

/// `GET /reports/open-invoices`
pub async fn report_open_invoices(query: ListQuery) -> Result<OpenInvoicesReport> {
    Call::get(query.behind("/reports/open-invoices")).send().await
}

/// `GET /reports/supplier-book`, of one account manager or of all
pub async fn report_supplier_book(manager: Option<UserId>) -> Result<SupplierBook> {
    let path = match manager {
        Some(id) => format!("/reports/supplier-book?account_manager_id={id}"),
        None => "/reports/supplier-book".to_owned(),
    };
    Call::get(path).send().await
}

/// `GET /reports/programme-health`
pub async fn report_programme_health() -> Result<ProgrammeHealthReport> {
    Call::get("/reports/programme-health").send().await
}

//! The books: months that are closed, and cash by month.

use tradepost_contract::month_closes::{CloseMonth, MonthClose, ReopenMonth};
use tradepost_contract::reports::CashReport;
use tradepost_contract::{MonthCloseId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /reports/cash`
pub async fn report_cash(months: u32) -> Result<CashReport> {
    Call::get(format!("/reports/cash?months={months}")).send().await
}

/// `GET /month-closes`
pub async fn list_month_closes(query: ListQuery) -> Result<Page<MonthClose>> {
    Call::get(query.behind("/month-closes")).send().await
}

/// `POST /month-closes`
pub async fn close_month(body: &CloseMonth, key: &str) -> Result<MonthClose> {
    Call::post("/month-closes").once(key).json(body).send().await
}

/// `POST /month-closes/{id}/reopen`
pub async fn reopen_month(id: MonthCloseId, body: &ReopenMonth, key: &str) -> Result<MonthClose> {
    Call::post(format!("/month-closes/{id}/reopen"))
        .once(key)
        .json(body)
        .send()
        .await
}

//! What happened, and who changed what.

use tradepost_contract::Page;
use tradepost_contract::events::{AuditEntry, Event};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /events`
pub async fn list_events(query: ListQuery) -> Result<Page<Event>> {
    Call::get(query.behind("/events")).send().await
}

/// `GET /audit-entries`
pub async fn list_audit_entries(query: ListQuery) -> Result<Page<AuditEntry>> {
    Call::get(query.behind("/audit-entries")).send().await
}

//! What suppliers ask and staff answer.

use tradepost_contract::support_tickets::{
    AssignSupportTicket, CloseSupportTicket, CreateSupportTicket, SupportPromise, SupportThread, SupportTicket,
    WriteSupportMessage,
};
use tradepost_contract::{Page, SupplierId, SupportTicketId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /support-tickets`
pub async fn list_support_tickets(query: ListQuery) -> Result<Page<SupportTicket>> {
    Call::get(query.behind("/support-tickets")).send().await
}

/// `GET /support-tickets/{id}`
pub async fn get_support_ticket(id: SupportTicketId) -> Result<SupportThread> {
    Call::get(format!("/support-tickets/{id}")).send().await
}

/// `GET /suppliers/{id}/support-promise`
pub async fn get_support_promise(id: SupplierId) -> Result<SupportPromise> {
    Call::get(format!("/suppliers/{id}/support-promise")).send().await
}

/// `POST /support-tickets`
pub async fn create_support_ticket(body: &CreateSupportTicket, key: &str) -> Result<SupportThread> {
    Call::post("/support-tickets").once(key).json(body).send().await
}

/// `POST /support-tickets/{id}/messages`; whoever writes need not have read what came in meanwhile.
pub async fn write_support_message(
    id: SupportTicketId,
    body: &WriteSupportMessage,
    key: &str,
) -> Result<SupportThread> {
    Call::post(format!("/support-tickets/{id}/messages"))
        .once(key)
        .json(body)
        .send()
        .await
}

/// `PATCH /support-tickets/{id}`
pub async fn assign_support_ticket(
    id: SupportTicketId,
    version: i64,
    body: &AssignSupportTicket,
    key: &str,
) -> Result<SupportThread> {
    Call::patch(format!("/support-tickets/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

/// `POST /support-tickets/{id}/close`
pub async fn close_support_ticket(id: SupportTicketId, version: i64, key: &str) -> Result<SupportThread> {
    Call::post(format!("/support-tickets/{id}/close"))
        .if_version(version)
        .once(key)
        .json(&CloseSupportTicket {})
        .send()
        .await
}

//! The call queue, calls, and the call report.

use serde::Deserialize;
use tradepost_contract::calls::{
    CallAttempt, CallLead, CallScriptInForce, CallSummary, ClaimNextCall, CreateCallAttempt, NextCall,
};
use tradepost_contract::leads::{CreateLead, LeadStatus};
use tradepost_contract::{LeadId, Page, SupplierId};
use web_sys::ReadableStream;

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /call-queue`
pub async fn list_call_queue(query: ListQuery) -> Result<Page<CallLead>> {
    Call::get(query.behind("/call-queue")).send().await
}

/// `POST /call-queue/next`
pub async fn claim_next_call(body: &ClaimNextCall, key: &str) -> Result<NextCall> {
    Call::post("/call-queue/next").once(key).json(body).send().await
}

/// `POST /call-queue/{id}/claim`
pub async fn claim_queued_lead(id: LeadId, key: &str) -> Result<CallLead> {
    Call::post(format!("/call-queue/{id}/claim")).once(key).send().await
}

/// `POST /call-queue/{id}/release`
pub async fn release_queued_lead(id: LeadId, key: &str) -> Result<CallLead> {
    Call::post(format!("/call-queue/{id}/release")).once(key).send().await
}

/// `POST /call-attempts`
pub async fn create_call_attempt(body: &CreateCallAttempt, key: &str) -> Result<CallAttempt> {
    Call::post("/call-attempts").once(key).json(body).send().await
}

/// `GET /call-report`
pub async fn get_call_report(query: ListQuery) -> Result<Page<CallLead>> {
    Call::get(query.behind("/call-report")).send().await
}

/// `GET /call-report/{id}`
pub async fn get_called_lead(id: LeadId) -> Result<CallLead> {
    Call::get(format!("/call-report/{id}")).send().await
}

/// `GET /call-report/summary`
pub async fn get_call_summary(supplier: SupplierId) -> Result<CallSummary> {
    Call::get(format!("/call-report/summary?supplier_id={supplier}"))
        .send()
        .await
}

/// `GET /suppliers/{id}/call-script`
pub async fn get_call_script(supplier: SupplierId) -> Result<CallScriptInForce> {
    Call::get(format!("/suppliers/{supplier}/call-script")).send().await
}

/// `GET /call-report/stream`, from after the message with this id.
pub async fn stream_call_report(supplier: SupplierId, after: Option<&str>) -> Result<ReadableStream> {
    let call = Call::get(format!("/call-report/stream?supplier_id={supplier}"));
    let call = match after {
        Some(id) => call.header("Last-Event-ID", id),
        None => call,
    };
    call.stream().await
}

/// What a customer hears of a lead that it handed in: the receipt of `POST /leads` as far as it concerns it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HandedIn {
    /// The lead.
    pub lead: HandedInLead,
    /// Whether this very enquiry was there before.
    pub existing: bool,
}

/// A lead that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HandedInLead {
    /// Where it stands.
    pub status: LeadStatus,
}

/// `POST /leads`, of a customer's own lead (R99).
pub async fn create_own_lead(body: &CreateLead, key: &str) -> Result<HandedIn> {
    Call::post("/leads").once(key).json(body).send().await
}

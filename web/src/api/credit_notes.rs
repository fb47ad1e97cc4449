//! Credit notes.

use tradepost_contract::credit_notes::CreditNote;
use tradepost_contract::{CreditNoteId, Page};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /credit-notes`
pub async fn list_credit_notes(query: ListQuery) -> Result<Page<CreditNote>> {
    Call::get(query.behind("/credit-notes")).send().await
}

/// `GET /credit-notes/{id}`
pub async fn get_credit_note(id: CreditNoteId) -> Result<CreditNote> {
    Call::get(format!("/credit-notes/{id}")).send().await
}

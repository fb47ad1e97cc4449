//! Credit notes: corrections of final invoices, one for each remedied return (R30).
//!
//! A credit note gives back what its line has left to credit, with the tax in proportion. It first
//! reduces what is still open on its invoice. The rest is credit of the account (`credits.rs`): the
//! next invoice uses it up, and what is left is refunded by hand. Numbers are gapless within a legal entity.
//! `UNIQUE(return_request_id)` and the guard on the line's `credited_minor` are the last walls
//! against giving something back twice (I7). A line of price 0 gets a credit note of 0, so that
//! every return is remedied in the open.
//!
//! Tests: `rules.rs` (tables), `tests/api/invoices.rs`.

mod credit_store;
pub(crate) mod credits;
mod http;
pub(crate) mod ops;
mod paper;
pub(crate) mod rules;
mod store;

pub(crate) use credit_store::left as credit_left;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_credit_notes)
        .service(http::get_credit_note)
        .service(http::get_credit_note_pdf)
        .service(http::list_credit_refunds)
        .service(http::record_credit_refund)
        .service(http::list_invoice_credits);
}

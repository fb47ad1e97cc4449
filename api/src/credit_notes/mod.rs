//! Credit notes: corrections of final invoices, one for each remedied return (R30).
//!
//! A credit note gives back what its line has left to credit, with the tax in proportion. It first
//! reduces what is still open on its invoice; the rest is a credit balance of the supplier, which
//! shows as the negative balance of its receivable. Numbers are gapless within a legal entity.
//! `UNIQUE(return_request_id)` and the guard on the line's `credited_minor` are the last walls
//! against giving something back twice (I7). A line of price 0 gets a credit note of 0, so that
//! every return is remedied in the open.
//!
//! Tests: `rules.rs` (tables), `tests/api/invoices.rs`.

mod http;
pub(crate) mod ops;
pub(crate) mod rules;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(http::list_credit_notes).service(http::get_credit_note);
}

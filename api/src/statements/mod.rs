//! Statements: what a supplier's account was on one day, what moved it since, and what it was on another (R92).
//!
//! A statement is read from the journal, so that it cannot differ from it: the postings of the
//! supplier's receivable, with the documents that caused them. Days are the programme's. The closing
//! balance of one range is the opening balance of the next, however a time is cut.
//!
//! Tests: `rules.rs` (any cut of a range adds up), `tests/api/statements.rs`.

mod http;
mod paper;
mod rules;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_statement)
        .service(http::export_statement)
        .service(http::get_statement_pdf);
}

//! Invoices.

mod collecting;
pub mod list;
pub mod page;

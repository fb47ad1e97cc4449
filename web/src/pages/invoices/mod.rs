//! Invoices.

pub mod list;
pub mod page;

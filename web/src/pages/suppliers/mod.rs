//! Suppliers: who buys leads.

mod coverage;
mod edit;
pub mod list;
pub mod page;
mod parts;

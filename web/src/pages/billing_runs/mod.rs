//! Billing runs.

pub mod list;
pub mod page;
mod preview;

//! Payments: all of them, those that failed, and one with its tries.

pub mod failed;
pub mod list;
pub mod page;

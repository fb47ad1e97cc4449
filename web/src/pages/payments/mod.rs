//! Payments: all of them, those that failed, one with its tries, and recording one.

pub mod failed;
pub mod list;
pub mod page;
pub mod record;

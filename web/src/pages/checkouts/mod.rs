//! Checkouts: orders on their way to being paid, and what staff do about them.

pub mod list;
pub mod page;

//! What suppliers ask to have changed: the queue, and one request with its decision.

pub mod list;
pub mod page;

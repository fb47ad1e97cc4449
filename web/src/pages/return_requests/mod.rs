//! Return requests.

pub mod queue;

//! Return requests: the queue and the review.

pub mod queue;
pub mod review;
pub mod verdict;

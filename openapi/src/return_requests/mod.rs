//! Return requests: a supplier's claim that a delivery was bad, and what became of it.

mod actions;
mod options;
mod request;
mod review;
mod status;

pub use crate::policy::ReasonClass;
pub use actions::*;
pub use options::*;
pub use request::*;
pub use review::*;
pub use status::*;

//! Work on leads by phone: the desk of whoever calls, and what staff and customers see of calls alike.

pub mod desk;
mod dial;
mod ending;
pub mod history;
pub mod script;

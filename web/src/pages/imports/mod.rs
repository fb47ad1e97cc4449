//! Files of leads.

pub mod list;
pub(crate) mod mapping;
pub mod page;
mod upload;

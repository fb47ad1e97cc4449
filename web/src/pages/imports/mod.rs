//! Files of leads.

pub mod list;
mod mapping;
pub mod page;
mod upload;

//! Leads as staff see them.

pub mod list;
pub mod page;
mod release;
mod return_for;
mod trace;

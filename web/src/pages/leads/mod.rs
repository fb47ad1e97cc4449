//! Leads as staff see them.

mod hold;
pub mod list;
pub mod page;
mod release;
mod return_for;
mod trace;

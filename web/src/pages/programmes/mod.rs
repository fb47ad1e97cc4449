//! Programmes and their policies.

mod compare;
pub mod draft;
mod editor;
pub mod list;
pub mod page;

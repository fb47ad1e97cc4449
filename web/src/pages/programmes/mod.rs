//! Programmes and their policies.

mod compare;
pub mod draft;
mod editor;
mod form;
pub mod list;
pub mod page;

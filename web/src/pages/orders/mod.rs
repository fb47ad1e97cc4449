//! Standing orders.

pub mod form;
pub mod list;
pub mod page;

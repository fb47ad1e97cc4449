//! Products: what is sold.

mod form;
pub mod list;
pub mod page;

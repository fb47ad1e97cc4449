//! People who sign in.

mod form;
pub mod list;
pub mod page;

//! Suppliers.

pub mod list;

//! Refunds: all of them, and those of one payment.

pub mod list;
pub mod parts;

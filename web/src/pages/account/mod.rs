//! What both sides read of a supplier's account: the statement, and the invoice that comes next.

pub mod next_invoice;
pub mod statement;

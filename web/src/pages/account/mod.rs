//! What both sides read of a supplier's account: the statement, the invoice that comes next, how it pays, its
//! wallet, its plan.

pub mod businesses;
pub mod cancel_words;
pub mod cancelling;
pub mod change_forms;
pub mod changes;
pub mod contacts;
pub mod coverage;
pub mod details;
pub mod loyalty;
pub mod methods;
pub mod new_method;
pub mod next_invoice;
pub mod packages;
pub mod pauses;
pub mod pay_with;
pub mod plan;
pub mod statement;
pub mod support;
pub mod wallet;

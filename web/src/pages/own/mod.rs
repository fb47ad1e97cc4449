//! What a supplier sees of their own account, beside the leads: returns, invoices, orders, the business,
//! and how the programme works.

pub mod business;
pub mod calls;
pub mod cancel;
pub mod changes;
pub mod checkout;
pub mod erasures;
pub mod guidelines;
pub mod help;
pub mod integrations;
pub mod invoice;
pub mod invoices;
pub mod loyalty;
pub mod order;
mod order_change;
pub mod orders;
pub mod packages;
mod paying;
pub mod payment_methods;
pub mod payments;
pub mod plan;
pub mod return_page;
pub mod returns;
pub mod statement;
mod story;
pub mod support;
pub mod team;
mod tutorials;
pub mod wallet;

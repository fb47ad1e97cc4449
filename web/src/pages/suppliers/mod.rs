//! Suppliers: who buys leads.

mod agreements;
mod cancelling;
mod changes;
mod create;
pub mod list;
mod loyalty;
mod members;
mod notices;
mod packages;
pub mod page;
mod parts;
mod payment;
mod plan;
pub mod statement;
mod wallet;

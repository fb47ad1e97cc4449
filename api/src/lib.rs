//! Tradepost: the back office of a business that sells leads. `README.md` beside this crate is the
//! architecture page; `routes.rs` shows the whole API on one screen.

pub mod api_keys;
pub mod app;
pub mod audit;
pub mod auditor;
pub mod auth;
mod billing_runs;
pub mod calendar;
pub mod clock;
pub mod command;
mod credit_notes;
pub mod db;
pub mod demo;
pub mod error;
pub mod events;
mod geography;
mod health;
pub mod idempotency;
pub mod ids;
mod invoices;
pub mod jobs;
mod lead_imports;
mod leads;
mod ledger;
pub mod lists;
pub mod logging;
pub mod notifications;
mod payments;
pub mod policy;
pub mod request;
pub mod routes;
pub mod sandbox;
mod search;
pub mod sessions;
pub mod settings;
pub mod users;

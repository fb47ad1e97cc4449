//! Tradepost: the back office of a business that sells leads. `README.md` beside this crate is the
//! architecture page; `routes.rs` shows the whole API on one screen.

pub mod api_keys;
pub mod app;
pub mod audit;
pub mod auth;
pub mod calendar;
pub mod clock;
pub mod command;
pub mod db;
pub mod error;
pub mod events;
mod geography;
mod health;
pub mod idempotency;
pub mod ids;
pub mod jobs;
mod lead_imports;
mod leads;
pub mod lists;
pub mod logging;
pub mod market;
pub mod notifications;
pub mod policy;
pub mod request;
pub mod routes;
pub mod sandbox;
mod search;
mod selling;
pub mod settings;

//! The contract: every type that crosses the wire, shared by the server, the web app and the tests.
//!
//! It holds no I/O. With the feature `server` the ids, instants and enums also know how to be
//! database columns; without it the crate compiles to WASM with neither diesel nor actix, and the
//! gate proves that.

#[macro_use]
mod text_enum;

pub mod access_links;
pub mod agreements;
pub mod api_keys;
pub mod auth;
pub mod billing_runs;
pub mod businesses;
pub mod calls;
pub mod cancellations;
pub mod change_requests;
pub mod checkouts;
pub mod contacts;
pub mod coupons;
pub mod coverage;
pub mod credit_notes;
pub mod deliveries;
pub mod delivery_targets;
pub mod email_changes;
pub mod erasure_notices;
pub mod events;
pub mod ids;
pub mod impersonations;
pub mod invoices;
pub mod lead_holds;
pub mod lead_imports;
pub mod lead_products;
pub mod lead_sources;
pub mod leads;
pub mod loyalty_subscriptions;
pub mod mail_preferences;
pub mod mail_templates;
pub mod mails;
pub mod money;
pub mod month_closes;
pub mod next_invoices;
pub mod notice_acceptances;
pub mod orders;
pub mod packages;
pub mod page;
mod patch;
pub mod pauses;
pub mod payment_methods;
pub mod payments;
pub mod people;
pub mod permissions;
pub mod plans;
pub mod policy;
pub mod problem;
pub mod programmes;
pub mod rate_reviews;
pub mod reconciliations;
pub mod refunds;
pub mod replacements;
pub mod reports;
pub mod retention;
pub mod return_requests;
pub mod sandbox;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod sign_ups;
pub mod standings;
pub mod statements;
pub mod storefronts;
pub mod subject_requests;
pub mod suppliers;
pub mod support_tickets;
pub mod time;
pub mod transition;
pub mod users;
pub mod wallets;
pub mod web_programs;
pub mod webhooks;

pub use ids::*;
pub use money::{Currency, Money, MoneyError};
pub use page::{NameSort, Page, TimeSort};
pub use problem::{FieldError, Problem, ProblemCode};
pub use time::{LocalDate, Timestamp};
pub use transition::InvalidTransition;

//! The API as functions: one file a resource, one function an operation, the contract's types in and out.
//!
//! A function takes what the operation takes and gives a [`Result`]; tokens, retries after a refresh and
//! the wording of failures are [`http`]'s business. Lists take the [`crate::kit::list::ListQuery`] whose
//! names are the API's own parameters.

pub mod access;
pub mod api_keys;
pub mod auth;
pub mod billing_runs;
pub mod books;
pub mod calls;
pub mod cancellations;
pub mod change_requests;
pub mod checkouts;
pub mod coupons;
pub mod credit_notes;
pub mod deliveries;
pub mod delivery_targets;
pub mod erasure_notices;
pub mod events;
mod failure;
pub mod files;
pub mod http;
pub mod impersonations;
pub mod imports;
pub mod invoices;
mod json;
pub mod lead_sources;
pub mod leads;
pub mod loyalty_subscriptions;
pub mod mail_templates;
pub mod mails;
pub mod notice_acceptances;
pub mod orders;
pub mod packages;
pub mod pauses;
pub mod payment_methods;
pub mod payments;
pub mod plans;
pub mod policies;
pub mod products;
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
pub mod security;
pub mod sign_ups;
pub mod statements;
pub mod storefronts;
pub mod subject_requests;
pub mod suppliers;
pub mod support_tickets;
pub mod terms;
pub mod users;
pub mod wallets;
pub mod webhooks;

pub use failure::Failure;

/// What an operation gave, or why it did not.
pub type Result<T> = std::result::Result<T, Failure>;

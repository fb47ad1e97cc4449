//! The API, resource by resource, through real servers on both databases.

mod auditor;
mod auth;
mod billing_runs;
mod health;
mod invoices;
mod permissions;
mod policy;
mod programmes;
mod sample_leads;
mod schema;
mod selling;
mod users;

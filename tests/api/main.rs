//! The API, resource by resource, through real servers on both databases.

mod auditor;
mod auth;
mod billing_runs;
mod health;
mod lead_products;
mod isolation;
mod permissions;
mod policy;
mod programmes;
mod lead_imports;
mod leads;
mod sample_leads;
mod invoices;
mod schema;
mod users;

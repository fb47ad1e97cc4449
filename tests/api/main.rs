//! The API, resource by resource, through real servers on both databases.

mod agreements;
mod auditor;
mod auth;
mod billing_runs;
mod businesses;
mod costs;
mod coverage;
mod deliveries;
mod document;
mod health;
mod invoices;
mod isolation;
mod lead_imports;
mod lead_products;
mod leads;
mod orders;
mod permissions;
mod policy;
mod programmes;
mod reports;
mod return_requests;
mod sample_leads;
mod schema;
mod selling;
mod suppliers;
mod users;

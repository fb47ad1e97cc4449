//! The API, resource by resource, through real servers on both databases.

mod auth;
mod health;
mod lead_products;
mod isolation;
mod permissions;
mod policy;
mod programmes;
mod lead_imports;
mod leads;
mod sample_leads;
mod schema;
mod users;

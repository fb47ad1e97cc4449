//! The API, resource by resource, through real servers on both databases.

mod auth;
mod health;
mod lead_imports;
mod leads;
mod sample_leads;
mod schema;
mod users;

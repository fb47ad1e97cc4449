//! The pages, a folder a resource.

pub mod account;
pub mod api_keys;
pub mod audit;
pub mod billing_runs;
pub mod books;
pub mod credit_notes;
pub mod deliveries;
pub mod elsewhere;
pub mod events;
pub mod gallery;
pub mod home;
pub mod imports;
pub mod invoices;
pub mod leads;
pub mod not_found;
pub mod orders;
pub mod own;
pub mod products;
pub mod programmes;
pub mod queues;
pub mod reports;
pub mod return_requests;
pub mod sandbox;
pub mod sign_in;
pub mod suppliers;
pub mod users;

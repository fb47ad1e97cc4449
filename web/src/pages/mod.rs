//! The pages, a folder a resource.

pub mod billing_runs;
pub mod credit_notes;
pub mod deliveries;
pub mod elsewhere;
pub mod events;
pub mod gallery;
pub mod home;
pub mod invoices;
pub mod leads;
pub mod orders;
pub mod planned;
pub mod products;
pub mod programmes;
pub mod queues;
pub mod return_requests;
pub mod sign_in;
pub mod suppliers;

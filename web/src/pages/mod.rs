//! The pages, a folder a resource.

pub mod deliveries;
pub mod elsewhere;
pub mod gallery;
pub mod home;
pub mod own;
pub mod planned;
pub mod queues;
pub mod return_requests;
pub mod sign_in;
pub mod suppliers;

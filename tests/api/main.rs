//! The API, resource by resource, through real servers on both databases.

mod auth;
mod health;
mod isolation;
mod permissions;
mod schema;
mod users;

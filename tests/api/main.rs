//! The API, resource by resource, through real servers on both databases.

mod auth;
mod health;
mod permissions;
mod schema;
mod users;

//! API keys: how programs sign in. A key has scopes instead of roles, may be bound to a programme or a
//! supplier, ends within a year, and is shown once: the database keeps a hash of its secret.
//!
//! A rotation gives it another secret behind the same public part; for a while both open it, so that a program changes
//! over without a gap. It sends so many requests a minute (`crate::limits`), and what it asked for is logged (`log.rs`).
//!
//! Tests: `tests/api/users.rs`, `tests/api/api_keys.rs`.

mod http;
pub(crate) mod log;
pub mod ops;
mod store;
pub mod token;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_api_keys)
        .service(http::create_api_key)
        .service(http::get_api_key)
        .service(http::update_api_key)
        .service(http::rotate_api_key)
        .service(http::list_api_key_requests)
        .service(http::revoke_api_key);
}

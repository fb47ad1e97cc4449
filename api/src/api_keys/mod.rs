//! API keys: how programs sign in. A key has scopes instead of roles, may be bound to a programme or a
//! supplier, ends within a year, and is shown once: the database keeps a hash of its secret. Two keys may
//! live side by side, so that a program changes from one to the next without a gap.

mod http;
pub mod ops;
mod store;
pub mod token;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(http::list_api_keys)
        .service(http::create_api_key)
        .service(http::get_api_key)
        .service(http::revoke_api_key);
}

//! Search for staff: by id, name, phone, e-mail or invoice number.
//!
//! An id or an invoice number finds exactly that; an e-mail or phone finds the people and leads
//! that have it; anything else is the beginning of a name. Who may not see leads finds none.

mod http;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(http::search);
}

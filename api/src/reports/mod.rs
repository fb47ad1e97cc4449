//! Reports: sums over what happened, for staff. They read and never write.
//!
//! A report looks at a period of business time, 30 days back unless said otherwise and a year at
//! most; what happened in it is counted with what became of it since.

mod http;
mod rules;
mod store;

pub(crate) use rules::share;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(http::report_return_rates)
        .service(http::report_lead_sources);
}

//! Reports: sums over what happened, for staff. They read and never write.
//!
//! A report looks at a period of business time, 30 days back unless said otherwise and a year at
//! most; what happened in it is counted with what became of it since.
//!
//! Days and weeks are those of a programme's own time zone. The database counts by the quarter of an hour,
//! in which every zone's days begin and end, and `rules.rs` says which day a quarter belongs to.
//!
//! Tests: `rules.rs`, `tests/api/reports.rs`.

mod cash;
mod churn;
mod http;
mod rules;
mod series;
mod standings;
mod store;

pub(crate) use rules::{likely_range, share};

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::report_return_rates)
        .service(http::report_leads_by_day)
        .service(http::report_revenue)
        .service(http::report_open_invoices)
        .service(http::report_churn)
        .service(http::report_lead_sources)
        .service(http::report_cash)
        .service(http::report_supplier_book)
        .service(http::report_programme_health);
}

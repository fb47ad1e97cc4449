//! Payments as finance records them: money that arrived elsewhere, against one invoice.
//!
//! A payment is more than nothing and at most what the invoice has open; the invoice then is partly
//! paid or paid, and the journal moves the amount from the supplier's receivable to cash. Records are
//! append-only, and one reference is taken once for an invoice. Collecting by gateway comes later.
//!
//! Tests: `invoices/rules.rs` (what a payment does), `tests/api/invoices.rs`.

mod http;
pub(crate) mod ops;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(http::list_invoice_payments)
        .service(http::record_payment);
}

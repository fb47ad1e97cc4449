//! Legal entities: the companies that issue invoices.
//!
//! Invoice and credit note numbers are gapless within one, and start with its own prefix. The zone is
//! the one its invoices are dated in. An entity is set up once and not changed: what stood on an
//! invoice must stay provable, and a company that moves or merges is set up anew.
//!
//! Tests: `tests/api/programmes.rs`.

mod http;
mod ops;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_legal_entities)
        .service(http::create_legal_entity);
}

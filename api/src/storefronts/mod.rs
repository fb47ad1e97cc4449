//! Storefronts: what a checkout page shows before anybody has signed in (R39, R40, R51).
//!
//! Open to everybody, for programmes whose policy lets buyers register by themselves and for no others: the
//! brand, the products on sale with their prices and words on delivery, and what the loyalty programme
//! offers. Nothing of suppliers, leads, quantities or internal terms is in it. A supplier's own people see theirs
//! by the supplier's terms, wherever there is a checkout.
//!
//! Tests: `tests/api/sign_ups.rs`.

mod http;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::get_storefront)
        .service(http::get_supplier_storefront);
}

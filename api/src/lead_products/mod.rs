//! Lead products: what is sold, to how many, how fast and at what price.
//!
//! **What it is.** A product belongs to a programme and a category. It is exclusive (one buyer, R66)
//! or shared (up to `max_buyers`, at most what the programme's policy allows, R67), arrives in real
//! time or in batches (R54, R55), and has a list price that new orders start from; orders keep theirs
//! (R61). A product may amend its programme's policy, such as a longer window for premium leads (R74).
//!
//! **States.** `active ⇄ retired`. A retired product takes no new leads or orders, and its open orders
//! get nothing more.
//!
//! **Rules.** The price is in the programme's currency. The amendment must resolve to a whole policy
//! with the programme's own; when it changes, the product's orders are stamped again, while
//! deliveries keep their stamp. A lead keeps the buyer limit it came in with.
//!
//! Tests: `rules.rs`, `tests/api/lead_products.rs`.

mod http;
mod ops;
mod rules;
mod store;

use crate::routes::Routes;

pub(crate) fn routes(config: &mut Routes<'_>) {
    config
        .service(http::list_lead_products)
        .service(http::create_lead_product)
        .service(http::get_lead_product)
        .service(http::update_lead_product);
}

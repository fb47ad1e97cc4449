//! The supplier portal's shop.

use tradepost_web::{routes, shop};

fn main() {
    tradepost_web::start(routes::is_shop, shop::app);
}

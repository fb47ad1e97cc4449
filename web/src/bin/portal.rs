//! The supplier portal.

use tradepost_web::{portal, routes};

fn main() {
    tradepost_web::start(routes::is_portal, portal::app);
}

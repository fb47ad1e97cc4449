//! The supplier portal.

use tradepost_web::{portal, routes};

fn main() {
    tradepost_web::start(
        |path| !routes::is_console(path) && !routes::is_servers(path),
        portal::app,
    );
}

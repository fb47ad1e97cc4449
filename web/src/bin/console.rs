//! The staff console.

use tradepost_web::{console, routes};

fn main() {
    tradepost_web::start(routes::is_console, console::app);
}

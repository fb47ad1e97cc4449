//! The staff console.

use tradepost_contract::web_programs::WebProgram;

fn main() {
    tradepost_web::start(WebProgram::Console, tradepost_web::console::app);
}

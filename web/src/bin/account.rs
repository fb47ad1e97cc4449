//! The supplier portal's account pages.

use tradepost_contract::web_programs::WebProgram;

fn main() {
    tradepost_web::start(WebProgram::Account, tradepost_web::account::app);
}

//! The supplier portal's shop.

use tradepost_contract::web_programs::WebProgram;

fn main() {
    tradepost_web::start(WebProgram::Shop, tradepost_web::shop::app);
}

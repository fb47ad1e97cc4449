//! The supplier portal.

use tradepost_contract::web_programs::WebProgram;

fn main() {
    tradepost_web::start(WebProgram::Portal, tradepost_web::portal::app);
}

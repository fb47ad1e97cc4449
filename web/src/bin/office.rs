//! The staff console's office.

use tradepost_contract::web_programs::WebProgram;

fn main() {
    tradepost_web::start(WebProgram::Office, tradepost_web::office::app);
}

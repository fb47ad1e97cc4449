//! New buyers.

use tradepost_contract::sign_ups::{SignUp, SignedUp};

use super::Result;
use super::http::Call;

/// `POST /sign-ups`
pub async fn create_sign_up(body: &SignUp) -> Result<SignedUp> {
    Call::post("/sign-ups").anonymous().json(body).send().await
}

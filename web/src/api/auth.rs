//! Signing in and out, and who one is.

use tradepost_contract::auth::{Login, Me, SignedIn};

use super::Result;
use super::http::Call;

/// `POST /auth/login`
pub async fn login(login: &Login) -> Result<SignedIn> {
    Call::post("/auth/login").anonymous().json(login).send().await
}

/// `POST /auth/refresh`: the cookie goes along by itself.
pub async fn refresh_session() -> Result<SignedIn> {
    Call::post("/auth/refresh")
        .anonymous()
        .json(&serde_json::json!({}))
        .send()
        .await
}

/// `POST /auth/logout`
pub async fn logout() -> Result<()> {
    Call::post("/auth/logout")
        .anonymous()
        .json(&serde_json::json!({}))
        .send_only()
        .await
}

/// `GET /me`
pub async fn get_me() -> Result<Me> {
    Call::get("/me").send().await
}

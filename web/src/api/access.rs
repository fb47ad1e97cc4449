//! Links that let somebody in.

use tradepost_contract::access_links::{
    AccessLink, ForgotPassword, ForgotPasswordAnswer, InspectAccessLink, SetPassword,
};
use tradepost_contract::auth::{SecretText, SignedIn};

use super::Result;
use super::http::Call;

/// `POST /auth/access-links/inspect`
pub async fn inspect_access_link(token: &str) -> Result<AccessLink> {
    let body = InspectAccessLink {
        token: SecretText::new(token),
    };
    Call::post("/auth/access-links/inspect")
        .anonymous()
        .json(&body)
        .send()
        .await
}

/// `POST /auth/invitations/accept`
pub async fn accept_invitation(body: &SetPassword) -> Result<SignedIn> {
    Call::post("/auth/invitations/accept")
        .anonymous()
        .json(body)
        .send()
        .await
}

/// `POST /auth/forgot-password`
pub async fn forgot_password(body: &ForgotPassword) -> Result<ForgotPasswordAnswer> {
    Call::post("/auth/forgot-password").anonymous().json(body).send().await
}

/// `POST /auth/reset-password`
pub async fn reset_password(body: &SetPassword) -> Result<()> {
    Call::post("/auth/reset-password")
        .anonymous()
        .json(body)
        .send_only()
        .await
}

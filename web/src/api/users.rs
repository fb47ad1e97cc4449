//! People who sign in.

use tradepost_contract::users::{CreateUser, UpdateUser, User};
use tradepost_contract::{Page, UserId};

use super::Result;
use super::http::Call;
use crate::kit::list::ListQuery;

/// `GET /users`
pub async fn list_users(query: ListQuery) -> Result<Page<User>> {
    Call::get(query.behind("/users")).send().await
}

/// `GET /users/{id}`
pub async fn get_user(id: UserId) -> Result<User> {
    Call::get(format!("/users/{id}")).send().await
}

/// `POST /users`
pub async fn create_user(body: &CreateUser, key: &str) -> Result<User> {
    Call::post("/users").once(key).json(body).send().await
}

/// `POST /users/{id}/resend-access`
pub async fn resend_access(id: UserId, key: &str) -> Result<User> {
    Call::post(format!("/users/{id}/resend-access"))
        .once(key)
        .json(&serde_json::json!({}))
        .send()
        .await
}

/// `PATCH /users/{id}`
pub async fn update_user(id: UserId, version: i64, body: &UpdateUser, key: &str) -> Result<User> {
    Call::patch(format!("/users/{id}"))
        .if_version(version)
        .once(key)
        .json(body)
        .send()
        .await
}

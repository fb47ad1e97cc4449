//! Looking at the portal as a supplier's owner does.

use tradepost_contract::impersonations::{CreateImpersonation, Impersonation, ImpersonationToken};
use tradepost_contract::{ImpersonationId, SupplierId};

use super::Result;
use super::http::Call;

/// `POST /suppliers/{id}/impersonations`
pub async fn create_impersonation(supplier: SupplierId, reason: String, key: &str) -> Result<Impersonation> {
    Call::post(format!("/suppliers/{supplier}/impersonations"))
        .once(key)
        .json(&CreateImpersonation { reason })
        .send()
        .await
}

/// `POST /impersonations/{id}/token`, with the token of the member of staff: it is asked for while there is no other.
pub async fn get_impersonation_token(id: ImpersonationId, staff: &str) -> Result<ImpersonationToken> {
    as_staff(format!("/impersonations/{id}/token"), staff).send().await
}

/// `POST /impersonations/{id}/end`, with the token of the member of staff.
pub async fn end_impersonation(id: ImpersonationId, staff: &str) -> Result<()> {
    as_staff(format!("/impersonations/{id}/end"), staff).send_only().await
}

fn as_staff(path: String, token: &str) -> Call {
    Call::post(path)
        .anonymous()
        .header("Authorization", &format!("Bearer {token}"))
        .json(&serde_json::Map::new())
}

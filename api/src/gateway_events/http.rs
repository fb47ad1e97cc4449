//! The handler of `/gateway-events`.

use super::ops;
use crate::app::App;
use crate::command::Reply;
use crate::error::{ApiError, ApiResult, Problems};
use crate::gateway::signature;
use crate::gateway::wire::EventObject;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, post};
use tradepost_contract::ProblemCode;

/// Receive an event of the payment gateway
///
/// For the gateway alone: the raw body is signed with the secret of its events, in the header
/// `Stripe-Signature`, not more than five minutes ago. An event that was received before is answered
/// alike and changes nothing.
#[utoipa::path(tag = "payments", request_body(content = Object, content_type = "application/json"), responses((status = 204, description = "Received, now or before"), Problems))]
#[post("/gateway-events")]
pub(super) async fn receive_gateway_event(request: HttpRequest, body: Bytes, app: Data<App>) -> ApiResult<Reply> {
    let gateway = app.gateway.as_ref().ok_or_else(ApiError::not_found)?;
    let header = request
        .headers()
        .get(signature::HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    signature::verify(&gateway.event_secrets, header, app.clock.wall_now(), &body)
        .map_err(|why| ApiError::new(ProblemCode::Unauthenticated).detail(format!("Not believed: {why}.")))?;
    let event: EventObject = crate::command::parse(&body)?;
    let name = gateway.name;
    app.db.write(move |tx| ops::receive(tx, name, &event, &body)).await?;
    Ok(Reply::no_content())
}

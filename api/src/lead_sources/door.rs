//! Handlers of `/lead-intake`: what senders call, and how each kind is believed and answered.

use super::formats::{self, google};
use super::store::{self, Row, Sealed};
use super::{intake, rules};
use crate::app::App;
use crate::auth::secrets::sha256_hex;
use crate::command::Reply;
use crate::error::{ApiError, ApiResult, Problems};
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, get, post};
use futures_util::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::collections::HashMap;
use tradepost_contract::lead_sources::{LeadSourceKind, LeadSourceOutcome, LeadSourcePost, LeadSourceStatus};
use tradepost_contract::{Id as _, ProblemCode};

/// The largest body of a sender.
const LARGEST_BODY: usize = 64 * 1024;

/// The source that an address belongs to: 404 for nobody's, 403 while it is disabled.
async fn source_at(app: &App, token: &str) -> ApiResult<Row> {
    let hash = sha256_hex(token.as_bytes());
    let row = app.db.read(move |conn| store::by_token(conn, &hash)).await?;
    let row = row.ok_or_else(ApiError::not_found)?;
    if row.status != LeadSourceStatus::Active {
        return Err(disabled());
    }
    crate::limits::take(app, row.id.as_i64(), row.requests_per_minute)?;
    Ok(row)
}

fn disabled() -> ApiError {
    ApiError::new(ProblemCode::Forbidden).detail("This lead source takes nothing.")
}

/// Says that somebody came with a wrong secret, at most once a minute, and refuses.
async fn deny(app: &App, row: &Row, why: &str) -> ApiResult<ApiError> {
    let (id, now) = (row.id, app.clock.wall_now());
    if store::is_old(row.last_denied_at, now) {
        app.db.write(move |tx| store::note_denied(tx, id, now)).await?;
    }
    Ok(ApiError::new(ProblemCode::Unauthenticated).detail(why))
}

/// Proves to Meta that the subscription is wanted
///
/// For Meta alone, when the webhook is set up: `hub.mode` is `subscribe`, `hub.verify_token` the source's secret, and
/// `hub.challenge` is given back as it came.
#[utoipa::path(tag = "lead-sources", params(("token" = String, Path, description = "The end of the source's `intake_url`")), responses((status = 200, content_type = "text/plain", body = String, description = "The challenge"), Problems))]
#[get("/lead-intake/{token}")]
pub(super) async fn verify_lead_source(request: HttpRequest, token: Path<String>, app: Data<App>) -> ApiResult<Reply> {
    let row = source_at(&app, &token).await?;
    if row.kind != LeadSourceKind::Meta {
        return Err(ApiError::not_found());
    }
    let asked: HashMap<String, String> = form_urlencoded::parse(request.query_string().as_bytes())
        .into_owned()
        .collect();
    let said = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let known = row.secrets(&app.secrets, app.clock.wall_now());
    let right = known
        .iter()
        .any(|secret| rules::same(secret, said("hub.verify_token").as_bytes()));
    let challenge = said("hub.challenge");
    if said("hub.mode") != "subscribe" || !right {
        return Err(deny(&app, &row, "The verify token is not that of this source.").await?);
    }
    if challenge.is_empty() || challenge.len() > 200 || !challenge.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ApiError::new(ProblemCode::InvalidParameter).detail("There is no challenge to give back."));
    }
    Ok(Reply::plain(challenge.as_bytes().to_vec()))
}

/// Takes what a lead source sends
///
/// For senders that speak a format of their own. `google_ads`: `google_key` in the body, answered `{}`, or a `message`.
/// `meta`: signed in `X-Hub-Signature-256`, always answered 200 once it is believed. `mapped` and `adf`: the secret as
/// `Authorization: Bearer …` or in `X-Lead-Source-Key`, answered with what became of each enquiry, 422 where all of them
/// were refused.
#[utoipa::path(tag = "lead-sources", params(("token" = String, Path, description = "The end of the source's `intake_url`")),
    request_body(content = String, description = "As the sender writes it: JSON, a form or XML", content_type = "*/*"),
    responses((status = 200, body = [LeadSourcePost], description = "What became of it, in the sender's own way"), Problems))]
#[post("/lead-intake/{token}")]
pub(super) async fn receive_from_lead_source(
    request: HttpRequest,
    token: Path<String>,
    payload: Payload,
    app: Data<App>,
) -> ApiResult<Reply> {
    let row = source_at(&app, &token).await?;
    let body = collect(payload).await?;
    if let Err(why) = believe(&app, &row, &request, &body) {
        let refusal = deny(&app, &row, why).await?;
        return in_the_senders_way(row.kind, refusal);
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = formats::read(row.kind, content_type, &body);
    let (market, secrets) = (app.market.clone(), app.secrets.clone());
    let received = app
        .db
        .write(move |tx| intake::receive(tx, &market, &secrets, row.id, &sent))
        .await?;
    match received {
        None => Err(disabled()),
        Some(posts) => answer(row.kind, posts),
    }
}

async fn collect(mut payload: Payload) -> ApiResult<Bytes> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|cause| ApiError::new(ProblemCode::MalformedBody).detail(cause.to_string()))?;
        if bytes.len() + chunk.len() > LARGEST_BODY {
            return Err(ApiError::new(ProblemCode::BodyTooLarge).detail("At most 64 KB are read here."));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

/// Whether the sender is who it has to be; else why not.
fn believe(app: &App, row: &Row, request: &HttpRequest, body: &[u8]) -> Result<(), &'static str> {
    let known = || row.secrets(&app.secrets, app.clock.wall_now());
    let fits = |given: &[u8]| known().iter().any(|secret| rules::same(secret, given));
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match row.kind {
        LeadSourceKind::GoogleAds => {
            let body = formats::json(body).unwrap_or_default();
            let right = google::key(&body).is_some_and(|key| fits(key.as_bytes()));
            if right {
                Ok(())
            } else {
                Err("The google_key is not that of this source.")
            }
        }
        LeadSourceKind::Meta => {
            let secret = row
                .app_secret
                .as_ref()
                .and_then(|sealed| app.secrets.open(&store::place(row.id, Sealed::AppSecret), sealed));
            let secret = secret.ok_or("The app's secret has not been given yet.")?;
            let signature = text("x-hub-signature-256").and_then(|text| text.strip_prefix("sha256="));
            let given = signature.and_then(bytes_of_hex).ok_or("The signature is missing.")?;
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret) else {
                unreachable!("HMAC takes keys of any length")
            };
            mac.update(body);
            mac.verify_slice(&given).map_err(|_| "The signature does not fit.")
        }
        LeadSourceKind::Mapped | LeadSourceKind::Adf if !row.requires_secret => Ok(()),
        LeadSourceKind::Mapped | LeadSourceKind::Adf => {
            let bearer = text("authorization").and_then(|text| {
                let (scheme, rest) = text.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
            });
            let right = text("x-lead-source-key")
                .or(bearer)
                .is_some_and(|given| fits(given.as_bytes()));
            if right {
                Ok(())
            } else {
                Err("The key is not that of this source.")
            }
        }
    }
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
        .collect()
}

/// A refusal as the sender understands it: Google reads a message, everybody else a problem.
fn in_the_senders_way(kind: LeadSourceKind, refusal: ApiError) -> ApiResult<Reply> {
    match kind {
        LeadSourceKind::GoogleAds => {
            let status = refusal.code().status();
            Ok(Reply::ok(&json!({ "message": refusal.words() }))?.with_status(status))
        }
        LeadSourceKind::Meta | LeadSourceKind::Mapped | LeadSourceKind::Adf => Err(refusal),
    }
}

/// What is said of what became of it.
fn answer(kind: LeadSourceKind, posts: Vec<LeadSourcePost>) -> ApiResult<Reply> {
    // Meta asks once whether it arrived, and stops sending to who says no; the log says what was wrong.
    if kind == LeadSourceKind::Meta {
        return Reply::ok(&json!({}));
    }
    let refused = |post: &LeadSourcePost| post.outcome == LeadSourceOutcome::Refused;
    let Some(first) = posts.first().filter(|_| posts.iter().all(refused)) else {
        return match kind {
            LeadSourceKind::GoogleAds => Reply::ok(&json!({})),
            _ => Reply::ok(&posts),
        };
    };
    let code = first.problem.unwrap_or(ProblemCode::Invalid);
    let mut refusal = ApiError::new(code);
    if let Some(detail) = &first.detail {
        refusal = refusal.detail(detail.clone());
    }
    for error in &first.errors {
        refusal = refusal.field(error.pointer.clone(), &error.code, error.message.clone());
    }
    in_the_senders_way(kind, refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_strictly() {
        assert_eq!(bytes_of_hex(&"0f".repeat(32)), Some(vec![15; 32]));
        for bad in ["", "0f", &"0g".repeat(32), &"ä".repeat(32), &"0f".repeat(33)] {
            assert_eq!(bytes_of_hex(bad), None, "{bad}");
        }
    }
}

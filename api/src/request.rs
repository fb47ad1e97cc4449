//! What every request goes through: an id, a time limit, security headers, and problems for the
//! errors that actix itself makes (unknown paths, wrong methods).

use crate::api_keys::log::Entry;
use crate::app::App;
use crate::auth::operations;
use crate::error::ApiError;
use crate::limits::Allowance;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use std::cell::RefCell;
use std::time::Duration;
use tradepost_contract::{ApiKeyId, ProblemCode};

/// The header that names a request in answers, logs and audit records.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that takes longer has a client that dawdles or a server in trouble.
const TIME_LIMIT: Duration = Duration::from_secs(8);
/// Files take longer to arrive.
const UPLOAD_TIME_LIMIT: Duration = Duration::from_secs(120);

tokio::task_local! {
    static CURRENT: Current;
}

/// What is known of the request that is being answered.
struct Current {
    id: String,
    notes: RefCell<Notes>,
}

/// What the answer and the log are to say, as it is found out on the way.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The key that asks, and the operation that it asks for.
    pub(crate) key: Option<(ApiKeyId, &'static str)>,
    /// What the program that asks may still send.
    pub(crate) allowance: Option<Allowance>,
}

/// Writes something down for the answer. Outside of a request there is none.
pub(crate) fn note(write: impl FnOnce(&mut Notes)) {
    let _ = CURRENT.try_with(|current| {
        if let Ok(mut notes) = current.notes.try_borrow_mut() {
            write(&mut notes);
        }
    });
}

/// The id of the request being answered, or a dash outside of one.
pub fn current_id() -> String {
    CURRENT
        .try_with(|current| current.id.clone())
        .unwrap_or_else(|_| "-".to_owned())
}

/// The pattern of the route that a request's path leads to. Finding it means trying the patterns one
/// after the other, so it is found once.
#[derive(Debug, Clone)]
pub(crate) struct Matched(pub(crate) Option<String>);

/// Says of a request that its answer has no body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedForHead;

/// Gives the request an id, runs it within its time limit, and finishes the answer's headers.
///
/// HEAD is answered as GET is: routes know GET only, and the connection leaves the body out.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, Error> {
    let id = given_id(request.headers()).unwrap_or_else(|| format!("req_{:016x}", rand::random::<u64>()));
    // The sandbox replays weeks before it answers.
    let slow = request.path().ends_with("/lead-imports") || request.path().contains("/sandbox/");
    let limit = if slow { UPLOAD_TIME_LIMIT } else { TIME_LIMIT };
    let api = request.path().starts_with("/api/");
    // The gateway's simulator answers in the gateway's own format, and lead sources are answered in theirs.
    let intake = request.path().starts_with(crate::lead_sources::INTAKE);
    let ours = !intake && !request.path().starts_with(crate::gateway::simulator::BELOW);
    let (method, path) = (request.method().clone(), request.match_pattern());
    request.extensions_mut().insert(Matched(path.clone()));
    let started = crate::clock::stopwatch();
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(AskedForHead);
    }
    let current = Current {
        id: id.clone(),
        notes: RefCell::default(),
    };
    let app = request.app_data::<Data<App>>().cloned();
    CURRENT
        .scope(current, async move {
            let acceptable = !api || intake || accepts_our_answers(request.headers());
            // Routing needs the request for itself, so no clone of it is held to answer refusals with:
            // those go out as an error that carries the finished response.
            let routed = if acceptable {
                tokio::time::timeout(limit, next.call(request)).await
            } else {
                Ok(Err(ApiError::new(ProblemCode::NotAcceptable).into()))
            };
            let outcome = match routed {
                Ok(Ok(response)) if ours => Ok(problem_if_bare(response)),
                Ok(Ok(response)) => Ok(response.map_into_left_body()),
                Ok(Err(error)) => Err(problem_of(&error)),
                Err(_) => Err(ApiError::new(ProblemCode::RequestTimeout).error_response()),
            };
            let finish = |headers: &mut HeaderMap, status: StatusCode| {
                finish_headers(headers, &id, api);
                let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                let status = status.as_u16();
                let mut notes = Notes::default();
                note(|written| notes = std::mem::take(written));
                if let Some(allowance) = notes.allowance {
                    tell_allowance(headers, allowance);
                }
                if let (Some((key, operation)), Some(app)) = (notes.key, &app) {
                    app.key_log.push(Entry {
                        key,
                        at: app.clock.wall_now(),
                        operation,
                        status,
                        micros: i64::try_from(micros).unwrap_or(i64::MAX),
                        request_id: id.clone(),
                        replayed: headers.contains_key("idempotency-replayed"),
                    });
                }
                if let Some(app) = &app {
                    app.metrics
                        .answered(method.as_str(), path.as_deref(), status, started.elapsed());
                }
                tracing::info!(request_id = %id, %method, path = path.as_deref().unwrap_or("-"), status, micros, "answered");
            };
            match outcome {
                Ok(mut response) => {
                    let status = response.status();
                    finish(response.headers_mut(), status);
                    if app.as_ref().is_some_and(|app| app.is_draining()) {
                        // Whoever calls again meets the next server instead of one that ends.
                        let head = response.response_mut().head_mut();
                        head.set_connection_type(ConnectionType::Close);
                    }
                    Ok(response)
                }
                Err(mut response) => {
                    let status = response.status();
                    finish(response.headers_mut(), status);
                    Err(InternalError::from_response("refused before a handler", response).into())
                }
            }
        })
        .await
}

/// A caller's own id is kept when it is short and plain, so that both logs can be read side by side.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (plain && (8..=64).contains(&text.len())).then(|| text.to_owned())
}

fn accepts_our_answers(headers: &HeaderMap) -> bool {
    let mut ranges = headers.get_all(header::ACCEPT).peekable();
    ranges.peek().is_none()
        || ranges
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|range| {
                let kind = range.split(';').next().unwrap_or_default().trim();
                matches!(
                    kind,
                    "" | "*/*" | "application/*" | "application/json" | "application/problem+json"
                ) || matches!(kind, "text/*" | "text/csv" | "text/event-stream")
            })
}

/// Errors that never became a response: extractors of ours give problems, others are named by status.
fn problem_of(error: &Error) -> HttpResponse {
    match error.as_error::<ApiError>() {
        Some(own) => own.error_response(),
        None => ApiError::new(code_for(error.as_response_error().status_code())).error_response(),
    }
}

/// Answers what no route matched: 405 where the path has other methods, else 404. actix itself cannot
/// tell them apart, because each method of a path is a route of its own.
pub async fn nothing_here(request: HttpRequest) -> HttpResponse {
    let mut methods = request
        .path()
        .strip_prefix(crate::routes::API)
        .map(operations::methods_at)
        .unwrap_or_default();
    if methods.is_empty() {
        return ApiError::not_found().error_response();
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    let mut answer = ApiError::new(ProblemCode::MethodNotAllowed).error_response();
    if let Ok(allow) = HeaderValue::from_str(&methods.join(", ")) {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// actix answers unknown paths, wrong methods and too large bodies without a body of ours.
fn problem_if_bare<B: MessageBody>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    if status.as_u16() < 400 || is_problem {
        return response.map_into_left_body();
    }
    let (request, bare) = response.into_parts();
    let mut answer = ApiError::new(code_for(status)).error_response();
    if let Some(allow) = bare.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    ServiceResponse::new(request, answer).map_into_right_body()
}

fn code_for(status: StatusCode) -> ProblemCode {
    match status.as_u16() {
        401 => ProblemCode::Unauthenticated,
        403 => ProblemCode::Forbidden,
        404 => ProblemCode::NotFound,
        405 => ProblemCode::MethodNotAllowed,
        406 => ProblemCode::NotAcceptable,
        408 => ProblemCode::RequestTimeout,
        413 => ProblemCode::BodyTooLarge,
        415 => ProblemCode::UnsupportedMediaType,
        429 => ProblemCode::TooManyRequests,
        400..=499 => ProblemCode::MalformedBody,
        503 => ProblemCode::Unavailable,
        _ => ProblemCode::Internal,
    }
}

fn finish_headers(headers: &mut HeaderMap, id: &str, api: bool) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::CROSS_ORIGIN_OPENER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        header::CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    if api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// What is left of the minute's requests, in the headers that clients look for.
fn tell_allowance(headers: &mut HeaderMap, allowance: Allowance) {
    let told = [
        ("ratelimit-limit", allowance.limit.to_string()),
        ("ratelimit-remaining", allowance.remaining.to_string()),
        ("ratelimit-reset", allowance.reset.to_string()),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

//! What every write handler takes and gives back: a parsed body, the idempotency key, the version
//! the caller last saw; and a reply that can be saved and given again.

use crate::app::App;
use crate::auth::{Caller, Principal};
use crate::card_numbers;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::idempotency;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, dev};
use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use tradepost_contract::{FieldError, ProblemCode};

/// Bodies are JSON of a few fields; files have their own way in.
const BODY_LIMIT: usize = 64 * 1024;

/// A write as it was asked for. An empty body reads as `{}`.
#[derive(Debug)]
pub struct Command<T> {
    /// The parsed body.
    pub body: T,
    /// The version in `If-Match`, if the caller sent one.
    pub if_match: Option<i64>,
    idempotency_key: Option<String>,
    request_hash: String,
}

/// The body of an action that takes none.
#[derive(Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoBody {}

impl<T: Send + Sync + 'static> Command<T> {
    /// Runs `f` in a transaction, once per idempotency key: a repeated request gets the saved answer.
    pub async fn run<F>(self, app: &App, caller: Caller, f: F) -> ApiResult<Reply>
    where
        F: Fn(&mut Tx<'_>, &Caller, &T) -> ApiResult<Reply> + Send + 'static,
    {
        self.run_completing(app, caller, |_, saved| Ok(saved), f).await
    }

    /// The same where the answer is saved without what other rows hold anyway (`Reply::replayed_as`): `complete` puts
    /// that back into a saved answer before it is given again.
    pub async fn run_completing<F>(
        self,
        app: &App,
        caller: Caller,
        complete: fn(&mut Tx<'_>, Reply) -> ApiResult<Reply>,
        f: F,
    ) -> ApiResult<Reply>
    where
        F: Fn(&mut Tx<'_>, &Caller, &T) -> ApiResult<Reply> + Send + 'static,
    {
        let Self {
            body,
            idempotency_key,
            request_hash,
            ..
        } = self;
        let must = caller
            .operation()
            .is_some_and(|operation| operation.key_must_be_idempotent);
        if must && idempotency_key.is_none() && matches!(caller.principal, Principal::Key(_)) {
            return Err(ApiError::new(ProblemCode::IdempotencyKeyRequired));
        }
        app.db
            .write(move |tx| match &idempotency_key {
                None => f(tx, &caller, &body),
                Some(key) => {
                    let principal = caller.principal.id_text();
                    let request = idempotency::Request {
                        principal: &principal,
                        key,
                        hash: &request_hash,
                    };
                    idempotency::once(tx, request, complete, |tx| f(tx, &caller, &body))
                }
            })
            .await
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Command<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        async move {
            let idempotency_key = idempotency_key(request.headers())?;
            let if_match = if_match(request.headers())?;
            let mut bytes = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk =
                    chunk.map_err(|cause| ApiError::new(ProblemCode::MalformedBody).detail(cause.to_string()))?;
                if bytes.len() + chunk.len() > BODY_LIMIT {
                    return Err(ApiError::new(ProblemCode::BodyTooLarge)
                        .detail(format!("At most {BODY_LIMIT} bytes are read here.")));
                }
                bytes.extend_from_slice(&chunk);
            }
            if !bytes.is_empty() {
                expect_json(request.headers())?;
                refuse_array(&bytes)?;
            }
            let body = parse(&without_card_numbers(&bytes))?;
            let request_hash = match &idempotency_key {
                None => String::new(),
                Some(_) => {
                    let app = request.app_data::<Data<App>>();
                    let secrets = &app.ok_or_else(|| ApiError::internal("the app is missing"))?.secrets;
                    idempotency::hash(secrets, request.method().as_str(), &request.uri().to_string(), &bytes)
                }
            };
            Ok(Self {
                body,
                if_match,
                idempotency_key,
                request_hash,
            })
        }
        .boxed_local()
    }
}

/// The body with card numbers in its free texts masked; `{}` where it is empty. What cannot be read stays, to be refused.
fn without_card_numbers(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_empty() {
        return Cow::Borrowed(b"{}");
    }
    if card_numbers::may_be_in(bytes)
        && !has_nul(bytes)
        && let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(bytes)
        && card_numbers::mask(&mut value)
        && let Ok(masked) = serde_json::to_vec(&value)
    {
        return Cow::Owned(masked);
    }
    Cow::Borrowed(bytes)
}

/// Reads JSON of the documented shape, or says where it is not.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let malformed = |pointer: String, cause: String| {
        let errors = FieldError::new(pointer, "malformed", cause.clone());
        ApiError::new(ProblemCode::MalformedBody)
            .detail(cause)
            .field(errors.pointer, &errors.code, errors.message)
    };
    if has_nul(bytes) {
        return Err(malformed(
            String::new(),
            "text with a NUL character is not taken".to_owned(),
        ));
    }
    let value = serde_path_to_error::deserialize(&mut json).map_err(|cause| {
        malformed(
            pointer_of(cause.path()),
            without_position(&cause.into_inner().to_string()),
        )
    })?;
    json.end()
        .map_err(|cause| malformed(String::new(), without_position(&cause.to_string())))?;
    Ok(value)
}

/// Whether a text of the body holds U+0000, which PostgreSQL keeps in no column.
fn has_nul(json: &[u8]) -> bool {
    const ESCAPED: &[u8] = br"\u0000";
    json.windows(ESCAPED.len()).enumerate().any(|(at, window)| {
        // An even number of backslashes before it makes it an escape; an odd one, a written backslash.
        window == ESCAPED && json[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

/// serde would also fill a struct from an array, by position; no body here is documented as one.
fn refuse_array(bytes: &[u8]) -> ApiResult<()> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => Err(ApiError::new(ProblemCode::MalformedBody)
            .detail("expected an object")
            .field("", "malformed", "expected an object")),
        _ => Ok(()),
    }
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// serde_json ends its messages with line and column, which say nothing to somebody who sent one line.
fn without_position(message: &str) -> String {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(text, _)| text)
        .to_owned()
}

fn expect_json(headers: &HeaderMap) -> ApiResult<()> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/json" | "application/merge-patch+json" => Ok(()),
        _ => Err(ApiError::new(ProblemCode::UnsupportedMediaType).detail("Send application/json.")),
    }
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > 200 {
        return Err(ApiError::new(ProblemCode::InvalidHeader)
            .detail("Idempotency-Key takes 1 to 200 printable ASCII characters."));
    }
    Ok(Some(key.to_owned()))
}

fn if_match(headers: &HeaderMap) -> ApiResult<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let version = value
        .to_str()
        .ok()
        .and_then(|text| text.strip_prefix("\"v")?.strip_suffix('"')?.parse().ok());
    version.map(Some).ok_or_else(|| {
        ApiError::new(ProblemCode::InvalidHeader)
            .detail("If-Match takes the ETag of an earlier answer, such as \"v3\".")
    })
}

/// An answer that can be saved with its idempotency key and given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What is saved for a replay instead, where the body holds a secret that is shown once, or what other rows hold.
    pub(crate) saved_body: Option<Vec<u8>>,
}

impl Reply {
    fn json<T: Serialize + ?Sized>(status: u16, body: &T) -> ApiResult<Self> {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        // Room for most answers; a page of a list grows a few times.
        let mut text = Vec::with_capacity(4 * 1024);
        serde_json::to_writer(&mut text, body)?;
        Ok(Self {
            status,
            headers,
            body: text,
            saved_body: None,
        })
    }

    /// 200 with a body.
    pub fn ok<T: Serialize + ?Sized>(body: &T) -> ApiResult<Self> {
        Self::json(200, body)
    }

    /// 201 with a body and where it is from now on.
    pub fn created<T: Serialize + ?Sized>(location: impl Into<String>, body: &T) -> ApiResult<Self> {
        Ok(Self::json(201, body)?.header("location", location))
    }

    /// 202: the work goes on in the background.
    pub fn accepted<T: Serialize + ?Sized>(body: &T) -> ApiResult<Self> {
        Self::json(202, body)
    }

    /// 204.
    pub const fn no_content() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
            saved_body: None,
        }
    }

    /// 200 with a CSV file to save.
    pub fn csv(file_name: &str, body: Vec<u8>) -> Self {
        Self::file("text/csv; charset=utf-8", file_name, body)
    }

    /// 200 with a text file to save.
    pub fn text(file_name: &str, body: Vec<u8>) -> Self {
        Self::file("text/plain; charset=utf-8", file_name, body)
    }

    /// 200 with a PDF to save. It is printed aside, because a long one takes a while.
    pub(crate) async fn pdf(file_name: &str, paper: crate::pdf::Paper) -> ApiResult<Self> {
        let printed = tokio::task::spawn_blocking(move || crate::pdf::print(&paper));
        let body = printed.await.map_err(ApiError::internal)??;
        Ok(Self::file("application/pdf", file_name, body))
    }

    /// 200 with a text that is read where it arrives.
    pub(crate) fn plain(body: Vec<u8>) -> Self {
        Self {
            body,
            ..Self::no_content()
        }
        .with_status(200)
        .header("content-type", "text/plain; charset=utf-8")
    }

    /// The same with another status, for those who are answered in a way of their own.
    pub(crate) const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn file(content_type: &str, file_name: &str, body: Vec<u8>) -> Self {
        let reply = Self {
            status: 200,
            headers: Vec::new(),
            body,
            saved_body: None,
        };
        reply
            .header("content-type", content_type)
            .header("content-disposition", format!("attachment; filename=\"{file_name}\""))
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Names the version, for a later `If-Match`.
    #[must_use]
    pub fn etag(self, version: i64) -> Self {
        self.header("etag", format!("\"v{version}\""))
    }

    /// What is saved instead of the body, because the body holds a secret, or what other rows hold anyway.
    pub fn replayed_as<T: Serialize>(mut self, body: &T) -> ApiResult<Self> {
        self.saved_body = Some(serde_json::to_vec(body)?);
        Ok(self)
    }
}

impl Responder for Reply {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in &self.headers {
            response.append_header((name.as_str(), value.as_str()));
        }
        response.body(self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the parser's errors are looked at")]
    struct Inner {
        amount: i64,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the parser's errors are looked at")]
    struct Outer {
        items: Vec<Inner>,
    }

    fn pointer(body: &str) -> String {
        parse::<Outer>(body.as_bytes()).unwrap_err().errors()[0].pointer.clone()
    }

    #[test]
    fn a_malformed_body_is_pointed_at() {
        assert_eq!(
            pointer(r#"{"items": [{"amount": 1}, {"amount": "x"}]}"#),
            "/items/1/amount"
        );
        assert_eq!(pointer(r#"{"items": [{"amount": 1, "other": 2}]}"#), "/items/0/other");
        assert_eq!(pointer("{\"items\": []} trailing"), "");
        assert_eq!(pointer("\u{feff}"), "");
    }

    #[test]
    fn nul_is_refused_and_a_written_backslash_is_not() {
        let text = |json: &str| parse::<serde_json::Value>(json.as_bytes()).is_ok();
        assert!(!text(r#"["\u0000"]"#) && !text(r#"{"a": {"\u0000": 1}}"#) && !text(r#"["\\\u0000"]"#));
        assert!(text(r#"["\\u0000"]"#) && text(r#"["\u0001"]"#));
    }

    #[test]
    fn deep_json_is_refused_and_does_not_overflow() {
        let deep = "[".repeat(30_000);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
    }
}

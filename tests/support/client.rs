//! A client of the API, and what can be asserted about its answers.
//!
//! Every failed assertion shows the request, the status and the body, so that a red test reads alone.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Somebody who calls the API: nobody in particular, a person signed in, or a program with a key.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    bearer: Option<String>,
    idempotent: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.base)
    }
}

impl Client {
    /// Nobody in particular. `address` is the server's, such as `http://127.0.0.1:40123`.
    pub fn anonymous(address: &str) -> Self {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .expect("a client without TLS needs nothing");
        Self {
            http,
            base: address.to_owned(),
            bearer: None,
            idempotent: false,
        }
    }

    /// The same connection pool with other credentials.
    #[must_use]
    pub fn with_bearer(&self, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same caller at another address.
    #[must_use]
    pub fn moved_to(&self, address: &str) -> Self {
        Self {
            bearer: self.bearer.clone(),
            idempotent: self.idempotent,
            ..Self::anonymous(address)
        }
    }

    /// Sends a fresh `Idempotency-Key` with every write, as API keys must where leads or money move.
    #[must_use]
    pub fn idempotent(self) -> Self {
        Self {
            idempotent: true,
            ..self
        }
    }

    /// The bearer token, for requests that are made by hand.
    pub fn bearer(&self) -> &str {
        self.bearer.as_deref().unwrap_or_default()
    }

    /// The server's address, for programs that are no clients of ours.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// GET a path below `/api/v1`.
    pub fn get(&self, path: impl AsRef<str>) -> Call {
        self.call(Method::GET, path.as_ref())
    }

    /// POST without a body; add one with [`Call::json`].
    pub fn post(&self, path: impl AsRef<str>) -> Call {
        self.call(Method::POST, path.as_ref())
    }

    /// PATCH; add the merge patch with [`Call::json`].
    pub fn patch(&self, path: impl AsRef<str>) -> Call {
        self.call(Method::PATCH, path.as_ref())
    }

    /// DELETE a path below `/api/v1`.
    pub fn delete(&self, path: impl AsRef<str>) -> Call {
        self.call(Method::DELETE, path.as_ref())
    }

    /// Any method on a path below `/api/v1` (or on `/docs` and the like, when it starts with `//`).
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = match path.strip_prefix("//") {
            Some(outside) => format!("{}/{outside}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let mut builder = self.http.request(method.clone(), &url);
        if let Some(token) = &self.bearer {
            builder = builder.bearer_auth(token);
        }
        if self.idempotent && (method == Method::POST || method == Method::PATCH) {
            builder = builder.header("Idempotency-Key", fresh_key());
        }
        Call {
            builder,
            shown: format!("{method} {path}"),
        }
    }

    /// Every row of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let after = cursor
                .map(|cursor| format!("{joint}cursor={cursor}"))
                .unwrap_or_default();
            let page = self.get(format!("{path}{after}")).send().await.ok();
            rows.extend(page["data"].as_array().expect("a page has `data`").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return rows,
            }
        }
    }
}

/// An idempotency key that no other request of the run has.
pub fn fresh_key() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A request that is being put together.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Call {
    builder: reqwest::RequestBuilder,
    shown: String,
}

impl Call {
    /// With this JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// With these bytes as the body, and this content type.
    pub fn bytes(mut self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.header("Content-Type", content_type).body(body);
        self
    }

    /// With this header, instead of one of that name that is there already.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name that a header can have");
        let value = HeaderValue::from_str(value).expect("a value that a header can have");
        self.builder = self.builder.headers(HeaderMap::from_iter([(name, value)]));
        self
    }

    /// With this `Idempotency-Key`.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// Only if the version is still this one.
    pub fn if_match(self, version: i64) -> Self {
        self.header("If-Match", &format!("\"v{version}\""))
    }

    /// Waits for many minutes, for work that the real data make long.
    pub fn patiently(mut self) -> Self {
        self.builder = self.builder.timeout(std::time::Duration::from_secs(1_800));
        self
    }

    /// Sends it; panics when there is no answer at all.
    pub async fn send(self) -> Answer {
        let shown = self.shown.clone();
        self.try_send()
            .await
            .unwrap_or_else(|error| panic!("{shown}: no answer: {error:?}"))
    }

    /// Sends it to a server that may be gone.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.builder.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            body: response.bytes().await?.to_vec(),
            asked: self.shown,
        })
    }
}

/// What the server said.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
    asked: String,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, whatever the status.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {self}"))
    }

    /// A header, when it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The version that the `ETag` names.
    #[track_caller]
    pub fn version(&self) -> i64 {
        let tag = self.header("ETag").unwrap_or_else(|| panic!("no ETag: {self}"));
        let version = tag.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
        version
            .and_then(|version| version.parse().ok())
            .unwrap_or_else(|| panic!("the ETag is no version: {self}"))
    }

    /// The body of an answer that went well (2xx).
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "expected success: {self}");
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of an answer that went well, as a type of the contract.
    #[track_caller]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "expected success: {self}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not the contract's type ({error}): {self}"))
    }

    /// The body of a 201 whose `Location` ends in the id of what was made.
    #[track_caller]
    pub fn created(&self) -> Value {
        self.assert_status(201);
        let made = self.json();
        let location = self.header("Location").unwrap_or_else(|| panic!("no Location: {self}"));
        if let Some(id) = made["id"].as_str() {
            assert!(location.ends_with(id), "Location {location} does not name {id}: {self}");
        }
        made
    }

    /// The status is this one.
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }

    /// A problem with this status and code, in the one shape that all errors have; with a pointer other
    /// than `""`, also an error at that field.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str, pointer: &str) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "{self}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{self}");
        assert_eq!(problem["status"], status, "{self}");
        let request_id = problem["request_id"].as_str().unwrap_or_default();
        assert!(
            !request_id.is_empty() && self.header("X-Request-Id") == Some(request_id),
            "request id: {self}"
        );
        if !pointer.is_empty() {
            let errors = problem["errors"].as_array().cloned().unwrap_or_default();
            assert!(
                errors.iter().any(|error| error["pointer"] == pointer),
                "no error at {pointer}: {self}"
            );
        }
        self
    }

    /// The code of the field error at this pointer, of a problem.
    #[track_caller]
    pub fn field_code(&self, pointer: &str) -> String {
        let problem = self.json();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let found = errors.iter().find(|error| error["pointer"] == pointer);
        found.unwrap_or_else(|| panic!("no error at {pointer}: {self}"))["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}\n{}", self.asked, self.status, self.text())
    }
}

//! One request to the API: the token goes along, a token that ended is renewed once, and whatever comes
//! back is either the documented type or a [`Failure`].

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tradepost_contract::{Problem, ProblemCode};

use super::{Failure, Result, json};
use crate::kit::step_up;
use crate::session;

const API: &str = "/api/v1";

/// What goes along.
#[derive(Debug)]
enum Body {
    Text(String),
    Bytes(Uint8Array),
}

/// What came back.
struct Content {
    status: u16,
    request_id: Option<String>,
    text: String,
}

/// One of two answers that an operation gives.
#[derive(Debug)]
pub enum Either<A, B> {
    /// The usual one.
    One(A),
    /// The one of 202: it goes on elsewhere.
    Other(B),
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    body: Option<Body>,
    headers: Vec<(&'static str, String)>,
    anonymous: bool,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            headers: Vec::new(),
            anonymous: false,
        }
    }

    /// Reads; the path is below `/api/v1`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Creates or acts.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// Changes a part.
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// Takes away.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// With this body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_string(body).ok().map(Body::Text);
        self.headers.push(("Content-Type", "application/json".to_owned()));
        self
    }

    /// With a file, byte for byte as it is.
    pub fn file(mut self, media_type: &str, bytes: &Uint8Array) -> Self {
        self.body = Some(Body::Bytes(bytes.clone()));
        self.headers.push(("Content-Type", media_type.to_owned()));
        self
    }

    /// Done once however often it is sent (`Idempotency-Key`).
    pub fn once(mut self, key: &str) -> Self {
        self.headers.push(("Idempotency-Key", key.to_owned()));
        self
    }

    /// Only while the record is what was read (`If-Match`).
    pub fn if_version(mut self, version: i64) -> Self {
        self.headers.push(("If-Match", format!("\"v{version}\"")));
        self
    }

    /// With this header.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Without a token, and a 401 is an answer like any other: for signing in.
    pub(super) fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self.headers.push(("X-Requested-With", "tradepost".to_owned()));
        self
    }

    /// Sends it and reads the answer.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T> {
        let answer = self.content().await?;
        json::read(&answer.text).ok_or(Failure::Unreadable {
            status: answer.status,
            request_id: answer.request_id,
        })
    }

    /// Reads the answer as two types at once: what has the fields of one beside its own is then no type of
    /// its own, which would be read through a buffer.
    pub async fn send_both<A: DeserializeOwned, B: DeserializeOwned>(self) -> Result<(A, B)> {
        let answer = self.content().await?;
        let both = json::read(&answer.text).zip(json::read(&answer.text));
        both.ok_or(Failure::Unreadable {
            status: answer.status,
            request_id: answer.request_id,
        })
    }

    /// Sends it and reads one of two answers, by the status.
    pub async fn send_either<A: DeserializeOwned, B: DeserializeOwned>(self) -> Result<Either<A, B>> {
        let answer = self.content().await?;
        let read = match answer.status {
            202 => json::read(&answer.text).map(Either::Other),
            _ => json::read(&answer.text).map(Either::One),
        };
        read.ok_or(Failure::Unreadable {
            status: answer.status,
            request_id: answer.request_id,
        })
    }

    /// Everything that does not depend on the type of the answer, in a box, so that it is compiled once.
    fn content(self) -> LocalBoxFuture<'static, Result<Content>> {
        async {
            let response = self.answer().await?;
            let (status, request_id) = (response.status(), request_id(&response));
            let text = response.text().await.map_err(|_| Failure::Offline)?;
            Ok(Content {
                status,
                request_id,
                text,
            })
        }
        .boxed_local()
    }

    /// Sends it; the answer has no body that matters.
    pub async fn send_only(self) -> Result<()> {
        self.content().await.map(drop)
    }

    /// Sends it and reads the answer as text: a CSV file.
    pub async fn text(self) -> Result<String> {
        Ok(self.content().await?.text)
    }

    /// Sends it and reads the answer as a file: its kind and its bytes.
    pub async fn bytes(self) -> Result<(String, Vec<u8>)> {
        let response = self.answer().await?;
        let kind = response.headers().get("content-type").unwrap_or_default();
        let bytes = response.binary().await.map_err(|_| Failure::Offline)?;
        Ok((kind, bytes))
    }

    /// Sends it; the answer goes on for as long as something happens, and is read as it comes.
    pub(super) async fn stream(self) -> Result<web_sys::ReadableStream> {
        let response = self.header("Accept", "text/event-stream").answer().await?;
        response.body().ok_or(Failure::Offline)
    }

    /// Sends it. Where the server wants to know again who is there, the one dialog for it asks, and it is sent once more;
    /// nothing was done and no idempotency key was used, so that is the same request.
    async fn answer(self) -> Result<Response> {
        if self.anonymous {
            return accept(self.attempt(None).await?).await;
        }
        let outcome = self.authorised().await;
        match &outcome {
            Err(Failure::Problem(problem)) if problem.code == ProblemCode::StepUpRequired => {
                if step_up::ask().await {
                    self.authorised().await
                } else {
                    outcome
                }
            }
            _ => outcome,
        }
    }

    async fn authorised(&self) -> Result<Response> {
        let token = session::token().await?;
        let response = self.attempt(Some(&token)).await?;
        if response.status() != 401 {
            return accept(response).await;
        }
        // The token may have been ended early, by a password change elsewhere or a restart.
        let token = session::renewed_token(&token).await?;
        let response = self.attempt(Some(&token)).await?;
        if response.status() == 401 {
            session::over();
            return Err(Failure::SignedOut);
        }
        accept(response).await
    }

    async fn attempt(&self, token: Option<&str>) -> Result<Response> {
        let mut request = RequestBuilder::new(&format!("{API}{}", self.path)).method(self.method.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(token) = token {
            request = request.header("Authorization", &format!("Bearer {token}"));
        }
        let sent = match &self.body {
            Some(body) => {
                let request = match body {
                    Body::Text(text) => request.body(text.as_str()),
                    Body::Bytes(bytes) => request.body(bytes),
                };
                match request {
                    Ok(request) => request.send().await,
                    Err(_) => return Err(Failure::Offline),
                }
            }
            None => request.send().await,
        };
        let answer = sent.map_err(|_| Failure::Offline);
        session::note_connection(!matches!(answer, Err(Failure::Offline)));
        answer
    }
}

fn request_id(response: &Response) -> Option<String> {
    response.headers().get("x-request-id")
}

async fn accept(response: Response) -> Result<Response> {
    if response.ok() {
        return Ok(response);
    }
    let (status, request_id) = (response.status(), request_id(&response));
    let text = response.text().await.unwrap_or_default();
    match json::read::<Problem>(&text) {
        Some(problem) => Err(Failure::Problem(Box::new(problem))),
        // A proxy in between answers in words of its own.
        None if status >= 502 => Err(Failure::Problem(Box::new(Problem {
            r#type: String::new(),
            title: ProblemCode::Unavailable.title().to_owned(),
            status,
            code: ProblemCode::Unavailable,
            detail: None,
            request_id: request_id.unwrap_or_default(),
            errors: Vec::new(),
        }))),
        None => Err(Failure::Unreadable { status, request_id }),
    }
}

//! The demo's way to the server: JSON over HTTP, as an integrator would do it.

use super::PASSWORD;
use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Somebody at the API: a person, a program, or nobody yet.
#[derive(Clone)]
pub(super) struct Api {
    http: reqwest::Client,
    base: String,
    who: Option<Arc<Who>>,
}

struct Who {
    token: Mutex<String>,
    /// Tokens of people last ten minutes, so a slow machine has to sign in again.
    email: Option<String>,
}

static KEYS: AtomicU64 = AtomicU64::new(1);

impl Api {
    pub(super) fn new(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(60))
            .build()?;
        Ok(Self {
            http,
            base: format!("{base}/api/v1"),
            who: None,
        })
    }

    /// The same way, as this person.
    pub(super) async fn sign_in(&self, email: &str) -> anyhow::Result<Self> {
        let token = self.fresh_token(email).await?;
        let who = Who {
            token: Mutex::new(token),
            email: Some(email.to_owned()),
        };
        Ok(Self {
            who: Some(Arc::new(who)),
            ..self.clone()
        })
    }

    /// The same way, with this key.
    pub(super) fn with_key(&self, key: &str) -> Self {
        let who = Who {
            token: Mutex::new(key.to_owned()),
            email: None,
        };
        Self {
            who: Some(Arc::new(who)),
            ..self.clone()
        }
    }

    async fn fresh_token(&self, email: &str) -> anyhow::Result<String> {
        let nobody = Self {
            who: None,
            ..self.clone()
        };
        let (status, body) = nobody
            .send(
                Method::POST,
                "/auth/login",
                Some(&json!({ "email": email, "password": PASSWORD })),
            )
            .await?;
        if status != StatusCode::OK {
            bail!("{email} cannot sign in: {body}");
        }
        text(&body, "access_token")
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(who) = &self.who {
            request = request.bearer_auth(token_of(who));
        }
        if method != Method::GET && self.who.is_some() {
            let key = KEYS.fetch_add(1, Ordering::Relaxed);
            request = request.header("idempotency-key", format!("demo-{key}"));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        let bytes = response.bytes().await?;
        let value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        };
        Ok((status, value))
    }

    /// Sends and gives the answer whatever it is, signing in again where the token has run out.
    pub(super) async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let first = self.send(method.clone(), path, body).await?;
        let Some(who) = self.who.as_ref().filter(|_| first.0 == StatusCode::UNAUTHORIZED) else {
            return Ok(first);
        };
        let Some(email) = &who.email else { return Ok(first) };
        let token = Box::pin(self.fresh_token(email)).await?;
        if let Ok(mut held) = who.token.lock() {
            *held = token;
        }
        self.send(method, path, body).await
    }

    /// Finishes a page of the gateway's simulator, on which a person chooses how the method behaves.
    pub(super) async fn finish_page(&self, url: &str, behaviour: &str) -> anyhow::Result<()> {
        // Where it leads afterwards is a page for browsers.
        self.send_form(url, None, &[("behaviour", behaviour)]).await?;
        Ok(())
    }

    /// Sends a form to a page outside of the API, as a browser or the gateway's own clients do.
    pub(super) async fn send_form(
        &self,
        path: &str,
        key: Option<&str>,
        fields: &[(&str, &str)],
    ) -> anyhow::Result<reqwest::Response> {
        let root = self.base.trim_end_matches("/api/v1");
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let url = if path.starts_with('/') {
            format!("{root}{path}")
        } else {
            path.to_owned()
        };
        let mut request = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        request.send().await.with_context(|| format!("POST {path}"))
    }

    /// A session of the sandbox's gateway, as that shows it to its own clients.
    pub(super) async fn gateway_session(&self, id: &str) -> anyhow::Result<Value> {
        use crate::gateway::{SANDBOX_KEY, simulator::BELOW};
        let root = self.base.trim_end_matches("/api/v1");
        let url = format!("{root}{BELOW}/v1/checkout/sessions/{id}");
        let answer = self.http.get(url).bearer_auth(SANDBOX_KEY).send().await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let (status, answer) = self.try_call(method.clone(), path, body).await?;
        if !status.is_success() {
            bail!(
                "{method} {path} answered {status}: {answer}; it was sent {}",
                body.unwrap_or(&Value::Null)
            );
        }
        Ok(answer)
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::PATCH, path, Some(body)).await
    }
}

fn token_of(who: &Who) -> String {
    who.token.lock().map(|token| token.clone()).unwrap_or_default()
}

/// A text field that the answer must have.
pub(super) fn text(value: &Value, field: &str) -> anyhow::Result<String> {
    value[field]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("an answer without `{field}`: {value}"))
}

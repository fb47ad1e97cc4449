//! The API, for what a journey needs to be there before it starts.

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::PASSWORD;

/// Somebody signed in at the API.
#[derive(Debug)]
pub struct Api {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    /// Signs one of the demo's people in.
    pub async fn sign_in(url: &str, email: &str) -> Result<Self> {
        let mut api = Self {
            client: reqwest::Client::new(),
            url: url.to_owned(),
            token: String::new(),
        };
        let login = json!({ "email": email, "password": PASSWORD });
        let answer = api.send(Method::POST, "/auth/login", Some(login)).await?;
        api.token = text(&answer, "access_token")?;
        Ok(api)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Value> {
        self.send(Method::GET, path, None).await
    }

    /// Creates or acts.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Changes a part of what is there now.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Value> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Takes away.
    pub async fn delete(&self, path: &str) -> Result<Value> {
        self.send(Method::DELETE, path, None).await
    }

    /// The first row of a list that fits.
    pub async fn first(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let page = self.get(path).await?;
        let rows = page["data"].as_array().context("a list")?;
        rows.iter()
            .find(|row| fits(row))
            .cloned()
            .with_context(|| format!("nothing fits in {path}"))
    }

    /// An invoice with one of these statuses, the oldest first, on which no money is on its way. One that is paid by
    /// hand is taken before one that is charged by itself, because a charge may begin at any moment.
    pub async fn unpaid_invoice(&self, statuses: &str) -> Result<Value> {
        let page = self
            .get(&format!("/invoices?status={statuses}&sort=oldest&limit=100"))
            .await?;
        let mut invoices = page["data"].as_array().context("a list")?.clone();
        invoices.sort_by_key(|invoice| !invoice["collect_on"].is_null());
        for invoice in invoices {
            let path = format!(
                "/payments?invoice_id={}&status=created,pending,unknown,scheduled_retry&limit=1",
                text(&invoice, "id")?
            );
            if self.get(&path).await?["data"] == json!([]) {
                return Ok(invoice);
            }
        }
        bail!("money is on its way for every invoice that is {statuses}")
    }

    /// A lead that this supplier can still return.
    pub async fn returnable_lead(&self) -> Result<String> {
        let lead = self.first("/deliveries?returnable=true&limit=1", |_| true).await?;
        text(&lead, "id")
    }

    /// Ends all sessions of this person but this one.
    pub async fn end_other_sessions(&self) -> Result<()> {
        let own = text(&self.get("/me").await?, "session_id")?;
        let sessions = self.get("/sessions?limit=100").await?;
        for session in sessions["data"].as_array().context("sessions")? {
            if session["id"] != own.as_str() {
                self.delete(&format!("/sessions/{}", text(session, "id")?)).await?;
            }
        }
        Ok(())
    }

    /// Uploads a file of leads.
    pub async fn upload(&self, path: &str, file: String) -> Result<Value> {
        let request = self.client.post(format!("{}/api/v1{path}", self.url));
        let request = request.bearer_auth(&self.token).header("Content-Type", "text/csv");
        let answer = request.body(file).send().await?;
        let status = answer.status();
        let said = answer.text().await?;
        ensure!(status.is_success(), "{path} answers {status}: {said}");
        Ok(serde_json::from_str(&said)?)
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        request = request.header("X-Requested-With", "tradepost");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let said = answer.text().await?;
        ensure!(status.is_success(), "{path} answers {status}: {said}");
        Ok(serde_json::from_str(&said).unwrap_or(Value::Null))
    }
}

/// A text of an answer.
pub fn text(value: &Value, name: &str) -> Result<String> {
    let found = value[name].as_str().map(str::to_owned);
    found.with_context(|| format!("`{name}` in {value}"))
}

//! A customer of a calling service: with a plan that runs, and leads that it hands in.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Client;
use crate::market::{Buyer, Market};

/// A customer whose plan runs.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The account.
    pub buyer: Buyer,
    /// Its owner.
    pub owner: Client,
    /// Its plan, as it was when it began.
    pub plan: Value,
}

impl Market<'_> {
    /// A customer who has paid for its first period.
    pub async fn customer(&self, name: &str) -> Customer {
        let buyer = self.supplier(name).await;
        let owner = self.owner(&buyer).await;
        self.store_method(&buyer, "card", "ok").await;
        let plan = self.begin_plan(&owner, &buyer).await;
        Customer { buyer, owner, plan }
    }

    /// Chooses the smallest plan and waits until it runs.
    pub async fn begin_plan(&self, chooser: &Client, buyer: &Buyer) -> Value {
        let body = json!({ "supplier_id": buyer.id, "tier": "leads_50" });
        let plan = chooser.post("/plan-subscriptions").json(&body).send().await.created();
        let path = format!("/plan-subscriptions/{}", plan["id"].as_str().expect("an id"));
        self.app
            .until("the plan runs", async || {
                chooser.get(&path).send().await.ok()["status"] == "active"
            })
            .await;
        chooser.get(&path).send().await.ok()
    }

    /// Hands in a fresh lead for a customer, and gives its id.
    pub async fn hand_in(&self, client: &Client) -> String {
        let receipt = client.post("/leads").json(&self.lead()).send().await.created();
        assert_eq!(receipt["lead"]["status"], "in_service", "{receipt}");
        receipt["lead"]["id"].as_str().expect("an id").to_owned()
    }
}

/// A report that somebody follows.
pub struct Following {
    response: reqwest::Response,
    text: String,
}

/// One message of it.
#[derive(Debug, Clone)]
pub struct Message {
    /// The id, to come back with.
    pub id: String,
    /// `ready` or `call`.
    pub event: String,
    /// The data.
    pub data: Value,
}

impl TestApp {
    /// Follows a call report from here on, or from after a message.
    pub async fn follow(&self, client: &Client, supplier: &str, after: Option<&str>) -> Following {
        let following = self.try_follow(client, supplier, after).await;
        following.expect("there is room for another stream")
    }

    /// The same where too many may be followed already: none then.
    pub async fn try_follow(&self, client: &Client, supplier: &str, after: Option<&str>) -> Option<Following> {
        let url = format!("{}/api/v1/call-report/stream?supplier_id={supplier}", self.address);
        let mut request = reqwest::Client::new()
            .get(url)
            .bearer_auth(client.bearer())
            .header("Accept", "text/event-stream");
        if let Some(id) = after {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.expect("an answer");
        if response.status() == 429 {
            return None;
        }
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().expect("a text").to_owned();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Some(Following {
            response,
            text: String::new(),
        })
    }
}

impl Following {
    /// The next message; none where the stream ends, or where nothing comes for so long.
    pub async fn next_within(&mut self, wait: Duration) -> Option<Message> {
        tokio::time::timeout(wait, async {
            loop {
                if let Some((message, rest)) = self.text.split_once("\n\n") {
                    let (message, rest) = (message.to_owned(), rest.to_owned());
                    self.text = rest;
                    if let Some(message) = read(&message) {
                        return Some(message);
                    }
                    continue;
                }
                let chunk = self.response.chunk().await.ok().flatten()?;
                self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
            }
        })
        .await
        .ok()
        .flatten()
    }

    /// The next message, which has to come within half a minute.
    pub async fn next(&mut self) -> Message {
        self.next_within(Duration::from_secs(30))
            .await
            .expect("a message, and not the end of the stream")
    }

    /// Whether the stream ends within so long.
    pub async fn ends_within(&mut self, wait: Duration) -> bool {
        tokio::time::timeout(wait, async { while let Ok(Some(_)) = self.response.chunk().await {} })
            .await
            .is_ok()
    }
}

/// A message, unless it is a comment.
fn read(text: &str) -> Option<Message> {
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .map(str::to_owned)
    };
    let data = serde_json::from_str(&field("data")?).expect("JSON");
    Some(Message {
        id: field("id").expect("every message has an id"),
        event: field("event").expect("every message has a name"),
        data,
    })
}

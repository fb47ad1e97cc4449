//! Ways to pay, stored as a person would: on the gateway's page, which in a sandbox is the simulator's.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, OffsetDateTime};

use crate::app::TestApp;
use crate::client::Client;
use crate::market::{Buyer, Market};

impl Market<'_> {
    /// Stores a way to pay for a supplier, which becomes its default one, and gives its id. `behaviour` is a
    /// magic value of the simulator.
    pub async fn store_method(&self, buyer: &Buyer, kind: &str, behaviour: &str) -> String {
        let staff = self.app.staff("account_manager").await;
        let body = json!({ "supplier_id": buyer.id, "kind": kind });
        let session = staff
            .post("/payment-method-sessions")
            .json(&body)
            .send()
            .await
            .created();
        self.app.type_in(&session, behaviour).await;
        let id = session["id"].as_str().expect("a session has an id");
        let done = staff.get(format!("/payment-method-sessions/{id}")).send().await.ok();
        assert_eq!(done["status"], "complete", "{done}");
        done["payment_method_id"]
            .as_str()
            .expect("a finished session has a method")
            .to_owned()
    }

    /// Offers the supplier's business a package of so many leads at 55.00.
    pub async fn offer_package(&self, buyer: &Buyer, kind: &str, leads: i64) -> Value {
        let body = json!({
            "business_id": buyer.business_id, "kind": kind, "leads": leads, "price": self.money(5_500),
        });
        let manager = self.app.staff("account_manager").await;
        manager.post("/packages").json(&body).send().await.created()
    }

    /// Pays what a package costs in advance with the stored way to pay, and waits until it runs.
    pub async fn begin_package(&self, payer: &Client, package: &Value) -> Value {
        let path = format!("/packages/{}", package["id"].as_str().expect("an id"));
        payer
            .post(format!("{path}/pay"))
            .json(&json!({}))
            .send()
            .await
            .assert_status(200);
        let shown = async || payer.get(&path).send().await.ok();
        self.app
            .until("the package runs", async || shown().await["status"] == "running")
            .await;
        shown().await
    }

    /// The invoices of a supplier, oldest first.
    pub async fn invoices(&self, buyer: &Buyer) -> Vec<Value> {
        let path = format!("/invoices?supplier_id={}", buyer.id);
        let mut all = self.app.staff("finance").await.all(&path).await;
        all.sort_by_key(|invoice| invoice["id"].to_string());
        all
    }

    /// The payments of a supplier, oldest first.
    pub async fn payments(&self, buyer: &Buyer) -> Vec<Value> {
        let path = format!("/payments?supplier_id={}", buyer.id);
        let mut all = self.app.staff("finance").await.all(&path).await;
        all.reverse();
        all
    }

    /// Runs what is due until the gateway has answered everything about the supplier: the server's own jobs may be
    /// asking it at this moment.
    pub async fn until_answered(&self, buyer: &Buyer) {
        let finance = self.app.staff("finance").await;
        self.app
            .until("the gateway has answered", async || {
                let asked = |one: &Value| matches!(one["status"].as_str(), Some("created" | "approved"));
                let refunds = finance.all(&format!("/refunds?supplier_id={}", buyer.id)).await;
                !self.payments(buyer).await.iter().chain(&refunds).any(asked)
            })
            .await;
    }

    /// Goes on until the supplier's leads of now are invoiced, and gives the invoice.
    pub async fn until_invoiced(&self, buyer: &Buyer) -> Value {
        let before = self.invoices(buyer).await.len();
        for _ in 0..45 {
            self.app.advance(1).await;
            if let Some(invoice) = self.invoices(buyer).await.get(before) {
                return invoice.clone();
            }
        }
        panic!("no invoice within 45 days");
    }
}

impl TestApp {
    /// A market by the preset whose suppliers pay by hand or choose to be charged (`local-exclusive`), its
    /// leads sold without the phone numbers that they come in on.
    pub async fn local_market(&self) -> Market<'_> {
        self.market_with("local-exclusive", json!({ "distribution": { "mode": "market" } }))
            .await
    }

    /// Lives through some days one by one, so that what follows from a day happens on the next.
    pub async fn live_through(&self, days: i64) {
        for _ in 0..days {
            self.advance(1).await;
        }
    }

    /// Finishes the gateway's page of a session with a magic value.
    pub async fn type_in(&self, session: &Value, behaviour: &str) {
        let url = session["url"].as_str().unwrap_or_else(|| panic!("no page: {session}"));
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let page = browser.get(url).send().await.expect("the page answers");
        assert_eq!(page.status().as_u16(), 200, "{url}");
        let answer = browser
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("behaviour={behaviour}"))
            .send()
            .await
            .expect("the page answers");
        assert_eq!(answer.status().as_u16(), 303, "{url}");
    }

    /// Moves business time to an instant and runs what has become due.
    pub async fn advance_to(&self, to: OffsetDateTime) {
        let to = to.format(&Rfc3339).expect("an instant");
        let finance = self.staff("finance").await;
        let body = json!({ "to": to, "run_jobs": true });
        finance.post("/sandbox/clock/advance").json(&body).send().await.ok();
    }

    /// The business date, in UTC.
    pub async fn today(&self) -> Date {
        let now = self.business_now().await;
        OffsetDateTime::parse(&now, &Rfc3339)
            .expect("the clock speaks RFC 3339")
            .date()
    }

    /// Moves business time to noon (UTC) of the first day of the next month.
    pub async fn advance_to_first(&self) -> Date {
        let today = self.today().await;
        let left = i64::from(today.month().length(today.year()) - today.day()) + 1;
        let first = today + Duration::days(left);
        self.advance_to(first.with_hms(12, 0, 0).expect("noon").assume_utc())
            .await;
        first
    }

    /// Runs what is due until a condition holds, for what goes by the wall.
    pub async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let started = std::time::Instant::now();
        while !holds().await {
            assert!(started.elapsed().as_secs() < 60, "never: {what}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            self.run_jobs().await;
        }
    }
}

/// Pays an invoice by hand with the default method and gives the payment.
pub async fn pay(client: &Client, invoice: &Value) -> Value {
    let id = invoice["id"].as_str().expect("an invoice has an id");
    let mut outcome = client
        .post(format!("/invoices/{id}/pay"))
        .json(&json!({}))
        .send()
        .await
        .created();
    outcome["payment"].take()
}

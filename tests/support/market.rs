//! A market for a test, set up through the public API as staff would do it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::client::{Answer, Client};

/// A programme made from a preset, with one product (`main`, shared by up to three buyers where the
/// preset shares leads) and a key that submits leads.
pub struct Market<'a> {
    /// The server it is on.
    pub app: &'a TestApp,
    /// The programme, as the API shows it.
    pub programme: Value,
    /// The product `main`, as the API shows it.
    pub product: Value,
    /// A program that may submit and read leads of this programme.
    pub key: Client,
    british: bool,
}

/// A supplier with one business that takes leads from anywhere.
#[derive(Debug, Clone)]
pub struct Buyer {
    /// The supplier's id.
    pub id: String,
    /// Its business.
    pub business_id: String,
    /// Its first order, where one was placed.
    pub order_id: Option<String>,
}

impl TestApp {
    /// A market by one of the presets: `b2b-monthly`, `lead-store`, `trade-weekly`, `isa-calling`,
    /// `local-exclusive`. The last one sells by packages; here it does so only where the patch of
    /// `market_with` has a `package`, be it an empty one.
    pub async fn market(&self, preset: &str) -> Market<'_> {
        self.market_with(preset, json!({})).await
    }

    /// The same, with a merge patch on the preset's policy.
    pub async fn market_with(&self, preset: &str, policy: Value) -> Market<'_> {
        let admin = self.staff("admin").await;
        let number = self.next_number();
        let british = preset == "trade-weekly";
        let no_packages = json!({ "mode": "not_offered", "intro_required": null, "when_complete": null });
        let policy = if preset == "local-exclusive" && policy.get("package").is_none() {
            merge(policy, json!({ "package": no_packages }))
        } else {
            policy
        };
        let (country, currency, zone) = if british {
            ("GB", "GBP", "Europe/London")
        } else {
            ("US", "USD", "America/Chicago")
        };
        let entity = json!({
            "name": "Example Leads", "country": country, "address": "12 Main Street", "billing_zone": zone,
            "invoice_prefix": format!("T{number}"),
        });
        let entity = admin.post("/legal-entities").json(&entity).send().await.created();
        let programme = json!({
            "slug": format!("programme-{number}"), "name": "Example Leads", "preset": preset, "policy": policy,
            "legal_entity_id": entity["id"], "time_zone": zone, "currency": currency, "country": country,
            "brand": {
                "descriptor": "EXAMPLE LEADS", "support_email": "support@example.com", "support_phone": "+1 512 555 0147",
                "department": { "name": "Accounts", "email": "accounts@example.com", "phone": "+1 512 555 0134" },
            },
        });
        let programme = admin.post("/programmes").json(&programme).send().await.created();
        let id = programme["id"].as_str().expect("a programme has an id");
        let key = self.key(&["leads:write", "leads:read"], Some(id), None).await;
        let mut market = Market {
            app: self,
            programme,
            product: Value::Null,
            key,
            british,
        };
        let exclusive = matches!(preset, "local-exclusive" | "isa-calling");
        market.product = market
            .new_product("main", if exclusive { 1 } else { 3 }, json!({}))
            .await;
        market
    }
}

impl Market<'_> {
    /// The programme's id.
    pub fn id(&self) -> &str {
        self.programme["id"].as_str().expect("a programme has an id")
    }

    /// An amount in the programme's currency.
    pub fn money(&self, minor: i64) -> Value {
        json!({ "amount": minor, "currency": self.programme["currency"] })
    }

    /// Another product, sold to so many buyers, with further fields of `CreateLeadProduct`.
    pub async fn new_product(&self, code: &str, max_buyers: u32, more: Value) -> Value {
        let exclusivity = if max_buyers == 1 { "exclusive" } else { "shared" };
        let body = json!({
            "programme_id": self.id(), "code": code, "name": code, "category": code, "exclusivity": exclusivity,
            "max_buyers": max_buyers, "timing": "real_time", "price": self.money(4_500),
        });
        self.app
            .staff("admin")
            .await
            .post("/lead-products")
            .json(&merged(body, more))
            .send()
            .await
            .created()
    }

    /// An active supplier with a business and coverage anywhere, and no order yet.
    pub async fn supplier(&self, name: &str) -> Buyer {
        self.supplier_with(name, json!({}), json!({})).await
    }

    /// The same, with further fields of `CreateSupplier` and of `CreateBusiness`.
    pub async fn supplier_with(&self, name: &str, supplier: Value, business: Value) -> Buyer {
        let manager = self.app.staff("account_manager").await;
        let body = json!({ "programme_id": self.id(), "name": name, "address": "12 Main Street" });
        let made = manager
            .post("/suppliers")
            .json(&merged(body, supplier))
            .send()
            .await
            .created();
        let id = made["id"].as_str().expect("a supplier has an id").to_owned();
        let body = merged(json!({ "name": format!("{name} Austin") }), business);
        let business = manager
            .post(format!("/suppliers/{id}/businesses"))
            .json(&body)
            .send()
            .await
            .created();
        manager
            .post(format!("/suppliers/{id}/coverage"))
            .json(&json!({ "kind": "anywhere" }))
            .send()
            .await
            .assert_status(201);
        manager
            .post(format!("/suppliers/{id}/activate"))
            .json(&json!({}))
            .send()
            .await
            .ok();
        let business_id = business["id"].as_str().expect("a business has an id").to_owned();
        Buyer {
            id,
            business_id,
            order_id: None,
        }
    }

    /// A supplier with an open order for `main`, with further fields of `CreateOrder`.
    pub async fn buyer(&self, name: &str, order: Value) -> Buyer {
        let mut buyer = self.supplier(name).await;
        let order = self.order(&buyer, order).await;
        buyer.order_id = order["id"].as_str().map(str::to_owned);
        buyer
    }

    /// An order of this supplier for `main`, with further fields of `CreateOrder`.
    pub async fn order(&self, buyer: &Buyer, more: Value) -> Value {
        let body = json!({ "business_id": buyer.business_id, "product_id": self.product["id"] });
        self.app
            .staff("account_manager")
            .await
            .post("/orders")
            .json(&merged(body, more))
            .send()
            .await
            .created()
    }

    /// The supplier's owner, signed in; made at the first call.
    pub async fn owner(&self, buyer: &Buyer) -> Client {
        self.member(buyer, "owner").await
    }

    /// One of the supplier's people (`owner`, `billing`, `member`), signed in; made at the first call.
    pub async fn member(&self, buyer: &Buyer, role: &str) -> Client {
        let email = format!("{role}.{}@buyer.example", buyer.id.replace('_', "-"));
        let body = json!({ "email": email, "name": role, "role": role, "password": PASSWORD });
        let manager = self.app.staff("account_manager").await;
        let answer = manager
            .post(format!("/suppliers/{}/members", buyer.id))
            .json(&body)
            .send()
            .await;
        assert!(matches!(answer.status.as_u16(), 201 | 409), "{answer}");
        self.app.sign_in(&email, PASSWORD).await
    }

    /// A lead for `main` that every preset accepts, from a person nobody has heard of.
    pub fn lead(&self) -> Value {
        self.leads().fresh()
    }

    /// What makes leads for `main`, for tasks that outlive the borrow of the market.
    pub fn leads(&self) -> Leads {
        Leads {
            programme: self.programme["slug"].clone(),
            british: self.british,
        }
    }

    /// Submits a lead with the key and gives the receipt.
    pub async fn submit(&self, lead: Value) -> Value {
        self.try_submit(lead).await.ok()
    }

    /// Submits a lead that may be refused.
    pub async fn try_submit(&self, lead: Value) -> Answer {
        self.key.post("/leads").json(&lead).send().await
    }

    /// Submits a fresh lead and gives the deliveries it became, in the order of their slots.
    pub async fn sell(&self) -> Vec<Value> {
        let receipt = self.submit(self.lead()).await;
        receipt["sold_to"].as_array().expect("a receipt has sold_to").clone()
    }

    /// Submits a fresh lead, which this supplier has to get, and gives the delivery's id.
    pub async fn sell_to(&self, buyer: &Buyer) -> String {
        let sales = self.sell().await;
        let sale = sales.iter().find(|sale| sale["supplier_id"] == *buyer.id);
        let sale = sale.unwrap_or_else(|| panic!("{} did not get the lead: {sales:?}", buyer.id));
        sale["delivery_id"].as_str().expect("a sale has a delivery").to_owned()
    }
}

/// Makes leads for the product `main` of a programme.
#[derive(Debug, Clone)]
pub struct Leads {
    programme: Value,
    british: bool,
}

impl Leads {
    /// A lead for `main` that every preset accepts, from a person nobody has heard of.
    pub fn fresh(&self) -> Value {
        let number = next();
        let (phone, postcode, country) = if self.british {
            (format!("07400 {number:06}"), "SW1A 1AA", "GB")
        } else {
            (
                format!("(512) 2{:02}-{:04}", number / 10_000, number % 10_000),
                "78701",
                "US",
            )
        };
        json!({
            "programme": self.programme, "product": "main", "external_source": "tests",
            "external_id": format!("enquiry-{number}"), "source": "google ads",
            "person": {
                "name": format!("Dana Reyes {number}"), "company": "Reyes Dental",
                "email": format!("dana.{number}@reyes.example"), "phone": phone, "address": "1 Elm Street",
            },
            "place": { "country": country, "postcode": postcode },
            "consent": {
                "text": "Up to three firms may call me.", "text_version": "1", "given_at": "2026-01-05T10:00:00Z",
                "recipients": [],
            },
            "verification": { "method": "phone_call", "verified_at": "2026-01-05T10:05:00Z", "verified_by": "Call centre" },
        })
    }
}

/// A patch with the fields of another put in, nulls too.
fn merge(mut patch: Value, more: Value) -> Value {
    if let (Value::Object(into), Value::Object(more)) = (&mut patch, more) {
        into.extend(more);
    }
    patch
}

/// A body with some fields put in or, with null, left out (RFC 7396).
pub fn merged(mut body: Value, patch: Value) -> Value {
    if let (Value::Object(into), Value::Object(patch)) = (&mut body, patch) {
        for (name, value) in patch {
            match value {
                Value::Null => drop(into.remove(&name)),
                Value::Object(_) => {
                    let old = into.remove(&name).filter(Value::is_object).unwrap_or_else(|| json!({}));
                    into.insert(name, merged(old, value));
                }
                other => drop(into.insert(name, other)),
            }
        }
    }
    body
}

/// A number that nothing else in this process has.
fn next() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

//! The client: Stripe's wire format over HTTP.

#[cfg(test)]
mod tests;

use super::wire::{Intent, List, MethodObject, OUR_NUMBER, RefundObject, Refusal, SessionObject, SetupObject};
use super::{
    Answer, Charge, ChargeRequest, Fault, Page, PageRequest, PageState, PaymentGateway, RefundRequest, RefundState,
    type_of,
};
use reqwest::blocking::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use std::time::Duration;
use time::OffsetDateTime;
use tradepost_contract::payments::{AttemptStatus, PaymentFailure};
use tradepost_contract::{PaymentAttemptId, RefundId, SupplierId};

/// The version of the format that [`super::wire`] reads.
const VERSION: &str = "2024-06-20";
/// How many objects a list is asked for at once.
const PAGE: &str = "100";

/// A server that speaks Stripe's format.
pub(super) struct Stripe {
    base: String,
    key: String,
    timeout: Duration,
    authorities: Vec<reqwest::Certificate>,
    /// Made at the first call, on a thread that may block.
    http: OnceLock<Client>,
}

impl Stripe {
    pub(super) fn new(base: &str, key: &str, timeout: Duration, authorities: Vec<reqwest::Certificate>) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            key: key.to_owned(),
            timeout,
            authorities,
            http: OnceLock::new(),
        }
    }

    fn http(&self) -> Answer<&Client> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .timeout(self.timeout)
            .redirect(reqwest::redirect::Policy::none());
        let client = if self.base.starts_with("https:") {
            client.tls_certs_merge(self.authorities.iter().cloned())
        } else {
            // A machine without certificates still has its sandbox.
            client.tls_certs_only([])
        };
        let client = client.build().map_err(|cause| Fault::Lost(cause.to_string()))?;
        Ok(self.http.get_or_init(|| client))
    }

    fn post(&self, path: &str, key: &str, fields: &[(&str, &str)]) -> Answer<RequestBuilder> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.http()?.post(format!("{}/v1{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        Ok(self.signed(request).header("idempotency-key", key).body(body))
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer<RequestBuilder> {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        Ok(self.signed(self.http()?.get(format!("{}/v1{path}?{query}", self.base))))
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.key).header("stripe-version", VERSION)
    }

    /// Every object of a list, page by page.
    fn all<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        id: impl Fn(&T) -> String,
    ) -> Answer<Vec<T>> {
        let mut found: Vec<T> = Vec::new();
        loop {
            let after = found.last().map(&id);
            let mut query: Vec<(&str, &str)> = query.to_vec();
            query.push(("limit", PAGE));
            if let Some(after) = &after {
                query.push(("starting_after", after.as_str()));
            }
            let page: List<T> = send(self.get(path, &query)?)?;
            let more = page.has_more && !page.data.is_empty();
            found.extend(page.data);
            if !more {
                return Ok(found);
            }
        }
    }
}

/// What came of a request: the object, or the refusal that came with 4xx.
enum Outcome<T> {
    Done(T),
    Refused(Refusal),
}

fn outcome<T: DeserializeOwned>(request: RequestBuilder) -> Answer<Outcome<T>> {
    let lost = |cause: String| Fault::Lost(cause);
    let response = request.send().map_err(|cause| lost(cause.without_url().to_string()))?;
    let status = response.status().as_u16();
    let body = response
        .bytes()
        .map_err(|cause| lost(cause.without_url().to_string()))?;
    match status {
        200..=299 => serde_json::from_slice(&body)
            .map(Outcome::Done)
            .map_err(|cause| lost(format!("an answer that is not understood: {cause}"))),
        // The key is wrong, somebody else is at it, or it is too much at once: nothing is known of the thing.
        401 | 403 | 409 | 429 => Err(lost(format!("status {status}"))),
        400..=499 => serde_json::from_slice(&body)
            .map(Outcome::Refused)
            .map_err(|cause| lost(format!("a refusal that is not understood: {cause}"))),
        _ => Err(lost(format!("status {status}"))),
    }
}

fn send<T: DeserializeOwned>(request: RequestBuilder) -> Answer<T> {
    match outcome(request)? {
        Outcome::Done(done) => Ok(done),
        Outcome::Refused(refusal) => Err(refusal.error.into_fault()),
    }
}

/// The longest name on a statement.
const LONGEST_DESCRIPTOR: usize = 22;

/// The merchant's name as the format takes it: short, without signs that banks do not print, and for cards
/// as what follows the merchant's own prefix.
fn on_statement(request: &ChargeRequest<'_>) -> (&'static str, String) {
    let field = match type_of(request.kind) {
        None | Some("card") => "statement_descriptor_suffix",
        Some(_) => "statement_descriptor",
    };
    let printed = request
        .descriptor
        .chars()
        .filter(|sign| !matches!(sign, '<' | '>' | '\\' | '\'' | '"' | '*'));
    (field, printed.take(LONGEST_DESCRIPTOR).collect())
}

impl PaymentGateway for Stripe {
    fn create_customer(&self, supplier: SupplierId) -> Answer<String> {
        #[derive(serde::Deserialize)]
        struct Customer {
            id: String,
        }
        let number = supplier.to_string();
        let fields = [("metadata[tradepost_id]", number.as_str())];
        let made: Customer = send(self.post("/customers", &format!("customer-{number}"), &fields)?)?;
        Ok(made.id)
    }

    fn open_page(&self, request: &PageRequest<'_>) -> Answer<Page> {
        let refused = |why: &str| Fault::Refused {
            code: "refused".to_owned(),
            message: why.to_owned(),
        };
        let kind = type_of(request.kind).ok_or_else(|| refused("no gateway charges this kind"))?;
        let number = request.session.to_string();
        let fields = [
            ("mode", "setup"),
            ("customer", request.customer),
            ("payment_method_types[]", kind),
            ("success_url", request.return_url),
            ("cancel_url", request.return_url),
            ("client_reference_id", number.as_str()),
        ];
        let made: SessionObject = send(self.post("/checkout/sessions", &number, &fields)?)?;
        let url = made
            .url
            .ok_or_else(|| Fault::Lost("a page without an address".to_owned()))?;
        Ok(Page {
            reference: made.id,
            url,
        })
    }

    fn page(&self, reference: &str) -> Answer<PageState> {
        let query = [("expand[]", "setup_intent.payment_method")];
        let found: SessionObject = send(self.get(&format!("/checkout/sessions/{reference}"), &query)?)?;
        let setup: Option<SetupObject> = found.setup_intent;
        match (found.status.as_deref(), setup) {
            (Some("expired"), _) => Ok(PageState::Expired),
            (
                Some("complete"),
                Some(SetupObject::Whole {
                    payment_method: Some(method),
                }),
            ) => Ok(PageState::Complete(MethodObject::into_token(*method))),
            (Some("complete"), _) => Err(Fault::Lost("a finished page without a method".to_owned())),
            _ => Ok(PageState::Open),
        }
    }

    fn forget_method(&self, token: &str) -> Answer<()> {
        let path = format!("/payment_methods/{token}/detach");
        match send::<serde_json::Value>(self.post(&path, &format!("detach-{token}"), &[])?) {
            // What the gateway does not know is forgotten already.
            Ok(_) | Err(Fault::Refused { .. }) => Ok(()),
            Err(lost) => Err(lost),
        }
    }

    fn charge(&self, request: &ChargeRequest<'_>) -> Answer<Charge> {
        let number = request.attempt.to_string();
        let amount = request.amount.minor.to_string();
        let currency = request.amount.currency.as_str().to_ascii_lowercase();
        let our_number = format!("metadata[{OUR_NUMBER}]");
        let (descriptor_field, descriptor) = on_statement(request);
        let fields = [
            ("amount", amount.as_str()),
            ("currency", currency.as_str()),
            ("customer", request.customer),
            ("payment_method", request.token),
            ("payment_method_types[]", type_of(request.kind).unwrap_or("card")),
            ("confirm", "true"),
            ("off_session", "true"),
            ("description", request.description),
            (descriptor_field, descriptor.as_str()),
            (our_number.as_str(), number.as_str()),
        ];
        match outcome::<Intent>(self.post("/payment_intents", &number, &fields)?)? {
            Outcome::Done(intent) => Ok(intent.into_charge()),
            Outcome::Refused(refusal) => {
                let failure = refusal.error.failure();
                match refusal.error.payment_intent {
                    // A decline is an answer about the charge, which the gateway keeps.
                    Some(intent) => Ok(Charge {
                        status: AttemptStatus::Failed,
                        failure: Some(failure),
                        attempt: Some(request.attempt),
                        ..intent.into_charge()
                    }),
                    None if failure == PaymentFailure::MethodGone => Ok(Charge {
                        reference: String::new(),
                        attempt: Some(request.attempt),
                        amount_minor: request.amount.minor,
                        status: AttemptStatus::Failed,
                        failure: Some(failure),
                    }),
                    None => Err(refusal.error.into_fault()),
                }
            }
        }
    }

    fn find_charge(&self, customer: &str, attempt: PaymentAttemptId) -> Answer<Option<Charge>> {
        let all: Vec<Intent> = self.all("/payment_intents", &[("customer", customer)], |intent: &Intent| {
            intent.id.clone()
        })?;
        let mut charges = all.into_iter().map(Intent::into_charge);
        Ok(charges.find(|charge| charge.attempt == Some(attempt)))
    }

    fn refund(&self, request: &RefundRequest<'_>) -> Answer<RefundState> {
        let number = request.refund.to_string();
        let amount = request.amount.minor.to_string();
        let our_number = format!("metadata[{OUR_NUMBER}]");
        let fields = [
            ("payment_intent", request.charge),
            ("amount", amount.as_str()),
            (our_number.as_str(), number.as_str()),
        ];
        let made: RefundObject = send(self.post("/refunds", &number, &fields)?)?;
        Ok(made.into_state())
    }

    fn find_refund(&self, charge: &str, refund: RefundId) -> Answer<Option<RefundState>> {
        let query = [("payment_intent", charge), ("limit", PAGE)];
        let found: List<RefundObject> = send(self.get("/refunds", &query)?)?;
        let mut states = found.data.into_iter().map(RefundObject::into_state);
        Ok(states.find(|state| state.refund == Some(refund)))
    }

    fn charges_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Answer<Vec<Charge>> {
        let (from, to) = (from.unix_timestamp().to_string(), to.unix_timestamp().to_string());
        let query = [("created[gte]", from.as_str()), ("created[lt]", to.as_str())];
        let all: Vec<Intent> = self.all("/payment_intents", &query, |intent: &Intent| intent.id.clone())?;
        Ok(all.into_iter().map(Intent::into_charge).collect())
    }

    fn refunds_between(&self, from: OffsetDateTime, to: OffsetDateTime) -> Answer<Vec<RefundState>> {
        let (from, to) = (from.unix_timestamp().to_string(), to.unix_timestamp().to_string());
        let query = [("created[gte]", from.as_str()), ("created[lt]", to.as_str())];
        let all: Vec<RefundObject> = self.all("/refunds", &query, |refund: &RefundObject| refund.id.clone())?;
        Ok(all.into_iter().map(RefundObject::into_state).collect())
    }
}

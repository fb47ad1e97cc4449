//! The client against servers that answer well, badly, late and not at all. The simulator's answers are
//! tried through the API; here stand those that it does not give.

mod localstripe;
mod tls;

use super::*;
use rstest::rstest;
use serde_json::json;
use tradepost_contract::policy::PaymentMethodKind;
use tradepost_contract::{Currency, Id, Money};
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Long enough for a busy machine, short enough for a test that waits for it.
const TIMEOUT: Duration = Duration::from_millis(800);

/// A client of a server that answers as it was told.
fn client(base: &str) -> Stripe {
    Stripe::new(base, "sk_test_1", TIMEOUT, Vec::new())
}

/// Calls on a thread that may block, as jobs do.
async fn call<T: Send + 'static>(base: String, run: impl FnOnce(&Stripe) -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(move || run(&client(&base)))
        .await
        .expect("the call ends")
}

fn charge_of(attempt: PaymentAttemptId, kind: PaymentMethodKind) -> impl FnOnce(&Stripe) -> Answer<Charge> {
    move |stripe| {
        stripe.charge(&ChargeRequest {
            attempt,
            customer: "cus_1",
            token: "pm_1",
            kind,
            amount: Money::new(4_500, Currency::USD),
            description: "Invoice MBL-000001",
            descriptor: "MERIDIAN LEADS",
        })
    }
}

fn intent(attempt: PaymentAttemptId, status: &str) -> serde_json::Value {
    json!({ "id": "pi_1", "amount": 4_500, "status": status, "metadata": { "tradepost_id": attempt.to_string() } })
}

/// R121: a charge names the stored method and our number as its idempotency key, twice the same when it is
/// sent twice, so that the gateway charges once.
#[tokio::test]
async fn r121_a_charge_carries_our_number_as_its_idempotency_key() {
    let server = MockServer::start().await;
    let attempt = PaymentAttemptId::from_i64(1);
    Mock::given(method("POST"))
        .and(path("/v1/payment_intents"))
        .and(header("idempotency-key", attempt.to_string().as_str()))
        .and(header("authorization", "Bearer sk_test_1"))
        .and(header("stripe-version", VERSION))
        .and(body_string_contains("amount=4500"))
        .and(body_string_contains("currency=usd"))
        .and(body_string_contains("payment_method=pm_1"))
        .and(body_string_contains("off_session=true"))
        .and(body_string_contains("statement_descriptor_suffix=MERIDIAN+LEADS"))
        .respond_with(ResponseTemplate::new(200).set_body_json(intent(attempt, "succeeded")))
        .expect(2)
        .mount(&server)
        .await;
    for _ in 0..2 {
        let charge = call(server.uri(), charge_of(attempt, PaymentMethodKind::Card)).await;
        let charge = charge.expect("an answer");
        assert_eq!(
            (charge.status, charge.attempt),
            (AttemptStatus::Succeeded, Some(attempt))
        );
    }
}

/// R116: bank debits are asked for as what they are, and stay open for days.
#[rstest]
#[case(PaymentMethodKind::Ach, "us_bank_account")]
#[case(PaymentMethodKind::BankAccount, "us_bank_account")]
#[case(PaymentMethodKind::DirectDebit, "bacs_debit")]
#[tokio::test]
async fn r116_a_bank_debit_is_pending_until_the_bank_has_spoken(#[case] kind: PaymentMethodKind, #[case] word: &str) {
    let server = MockServer::start().await;
    let attempt = PaymentAttemptId::from_i64(2);
    Mock::given(method("POST"))
        .and(body_string_contains(format!("payment_method_types%5B%5D={word}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(intent(attempt, "processing")))
        .expect(1)
        .mount(&server)
        .await;
    let charge = call(server.uri(), charge_of(attempt, kind)).await.expect("an answer");
    assert_eq!((charge.status, charge.failure), (AttemptStatus::Pending, None));
}

/// An answer that did not come, or that says nothing of the charge, leaves its outcome unknown.
#[rstest]
#[case::late(ResponseTemplate::new(200).set_delay(Duration::from_secs(3)))]
#[case::broken(ResponseTemplate::new(200).set_body_string("{\"id\": \"pi_1\", \"am"))]
#[case::empty(ResponseTemplate::new(200))]
#[case::other_page(ResponseTemplate::new(200).set_body_string("<html>Welcome to the hotel's network</html>"))]
#[case::server_error(ResponseTemplate::new(500))]
#[case::bad_gateway(ResponseTemplate::new(502).set_body_string("upstream"))]
#[case::moved(ResponseTemplate::new(302).insert_header("location", "/elsewhere"))]
#[case::wrong_key(ResponseTemplate::new(401).set_body_json(json!({ "error": { "message": "no such key" } })))]
#[case::same_key_at_work(ResponseTemplate::new(409).set_body_json(json!({ "error": { "code": "idempotency_key_in_use" } })))]
#[case::too_many(ResponseTemplate::new(429).set_body_json(json!({ "error": { "code": "rate_limit" } })))]
#[case::refusal_in_no_words(ResponseTemplate::new(400).set_body_string("no"))]
#[tokio::test]
async fn a_lost_answer_leaves_the_outcome_unknown(#[case] answer: ResponseTemplate) {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(answer)
        .expect(1)
        .mount(&server)
        .await;
    let attempt = PaymentAttemptId::from_i64(3);
    let answer = call(server.uri(), charge_of(attempt, PaymentMethodKind::Card)).await;
    assert!(matches!(answer, Err(Fault::Lost(_))), "{answer:?}");
}

/// Nobody listens: nothing is known, and the key stands in no message.
#[tokio::test]
async fn a_gateway_that_is_away_leaves_the_outcome_unknown() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr();
    let base = format!("http://{}", gone.expect("its address"));
    let answer = call(base, charge_of(PaymentAttemptId::from_i64(4), PaymentMethodKind::Card)).await;
    let Err(Fault::Lost(why)) = answer else {
        panic!("{answer:?}")
    };
    assert!(!why.contains("sk_test_1"), "{why}");
}

/// A refusal with the charge in it is a failed charge; one without it says that nothing was charged.
#[tokio::test]
async fn a_decline_is_an_answer_about_the_charge() {
    let server = MockServer::start().await;
    let attempt = PaymentAttemptId::from_i64(5);
    let error = json!({ "error": { "code": "card_declined", "decline_code": "insufficient_funds", "message": "no",
        "payment_intent": intent(attempt, "requires_payment_method") } });
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(402).set_body_json(error))
        .mount(&server)
        .await;
    let charge = call(server.uri(), charge_of(attempt, PaymentMethodKind::Card)).await;
    let charge = charge.expect("an answer");
    assert_eq!(
        (charge.status, charge.failure, charge.reference.as_str()),
        (AttemptStatus::Failed, Some(PaymentFailure::InsufficientFunds), "pi_1")
    );
}

/// What became of a lost charge is looked for on every page of the customer's charges.
#[tokio::test]
async fn a_charge_is_found_on_a_later_page() {
    let server = MockServer::start().await;
    let (other, wanted) = (PaymentAttemptId::from_i64(6), PaymentAttemptId::from_i64(7));
    let mut first = intent(other, "succeeded");
    first["id"] = "pi_0".into();
    Mock::given(query_param("starting_after", "pi_0"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({ "data": [intent(wanted, "succeeded")], "has_more": false })),
        )
        .with_priority(1)
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(query_param("customer", "cus_1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "data": [first], "has_more": true })))
        .expect(2)
        .mount(&server)
        .await;
    let found = call(server.uri(), move |stripe| stripe.find_charge("cus_1", wanted)).await;
    let found = found.expect("an answer").expect("the charge");
    assert_eq!((found.reference.as_str(), found.attempt), ("pi_1", Some(wanted)));
    let never = PaymentAttemptId::from_i64(8);
    let none = call(server.uri(), move |stripe| stripe.find_charge("cus_1", never)).await;
    assert_eq!(none, Ok(None));
}

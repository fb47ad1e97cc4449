//! The client against localstripe, which others wrote after Stripe's documents: so that our simulator and
//! our client do not agree with each other alone. It knows neither idempotency keys nor hosted pages; those
//! are tried on the simulator and above. `cargo xtask test` fetches it.

use super::*;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use tradepost_contract::refunds::RefundStatus;

struct Localstripe {
    child: Child,
    base: String,
}

impl Drop for Localstripe {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts one; none where it was not fetched, which is said.
fn start() -> Option<Localstripe> {
    let this = std::env::current_exe().expect("a path");
    let target = this.ancestors().nth(3).expect("tests live in target/<profile>/deps");
    let python = target.join("localstripe/venv/bin/python");
    if !python.is_file() {
        eprintln!("SKIPPED: localstripe is missing; `cargo xtask test` fetches it");
        return None;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/localstripe/serve.py");
    let child = Command::new(python)
        .arg(script)
        .arg(address.port().to_string())
        .current_dir(target.join("localstripe"))
        .stdout(Stdio::null())
        .spawn()
        .expect("python starts");
    let server = Localstripe {
        child,
        base: format!("http://{address}"),
    };
    let began = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "localstripe does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(server)
}

/// A stored card of a customer, typed in as on a page of the gateway's.
fn card(stripe: &Stripe, customer: &str, number: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Method {
        id: String,
    }
    let fields = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2031"),
        ("card[cvc]", "123"),
    ];
    let request = stripe.post("/payment_methods", "", &fields).expect("a request");
    let method: Method = send(request).expect("a card");
    let attach = format!("/payment_methods/{}/attach", method.id);
    let request = stripe.post(&attach, "", &[("customer", customer)]).expect("a request");
    let attached: Method = send(request).expect("the customer's card");
    attached.id
}

/// R7, R121: a customer, a charge, the same charge found again, refunds of parts of it, a decline, and a
/// method that is forgotten.
#[test]
fn r7_localstripe_charges_finds_refunds_and_declines() {
    let Some(server) = start() else { return };
    let stripe = Stripe::new(&server.base, "sk_test_1", Duration::from_secs(10), Vec::new());
    let customer = stripe.create_customer(SupplierId::from_i64(7)).expect("a customer");
    let token = card(&stripe, &customer, "4242424242424242");
    let charge = |attempt: i64, token: &str, minor: i64| {
        stripe.charge(&ChargeRequest {
            attempt: PaymentAttemptId::from_i64(attempt),
            customer: &customer,
            token,
            kind: PaymentMethodKind::Card,
            amount: Money::new(minor, Currency::USD),
            description: "Invoice MBL-000001",
            descriptor: "MERIDIAN LEADS",
        })
    };
    let paid = charge(1, &token, 4_500).expect("an answer");
    assert_eq!(
        (paid.status, paid.amount_minor, paid.attempt, paid.failure),
        (
            AttemptStatus::Succeeded,
            4_500,
            Some(PaymentAttemptId::from_i64(1)),
            None
        )
    );
    let found = stripe.find_charge(&customer, PaymentAttemptId::from_i64(1));
    assert_eq!(found, Ok(Some(paid.clone())));
    assert_eq!(stripe.find_charge(&customer, PaymentAttemptId::from_i64(9)), Ok(None));

    let refund = |number: i64, minor: i64| {
        stripe.refund(&RefundRequest {
            refund: RefundId::from_i64(number),
            charge: &paid.reference,
            amount: Money::new(minor, Currency::USD),
        })
    };
    let (one, two) = (refund(1, 1_000).expect("an answer"), refund(2, 500).expect("an answer"));
    assert_eq!(
        (one.status, two.status),
        (RefundStatus::Succeeded, RefundStatus::Succeeded)
    );
    let again = stripe.find_refund(&paid.reference, RefundId::from_i64(2));
    assert_eq!(again, Ok(Some(two)));
    assert_eq!(stripe.find_refund(&paid.reference, RefundId::from_i64(3)), Ok(None));

    // A card that is stored and then declines every charge.
    let bad = card(&stripe, &customer, "4000000000000341");
    let declined = charge(2, &bad, 300);
    assert!(
        matches!(&declined, Err(Fault::Refused { code, .. }) if code == "card_declined"),
        "{declined:?}"
    );
    let found = stripe
        .find_charge(&customer, PaymentAttemptId::from_i64(2))
        .expect("an answer");
    let found = found.expect("the gateway kept it");
    assert_eq!(
        (found.status, found.failure),
        (AttemptStatus::Failed, Some(PaymentFailure::Declined))
    );

    // Stripe would say `resource_missing` here; without a code it is a refusal all the same.
    let gone = charge(3, "pm_of_nobody", 300);
    assert!(matches!(&gone, Err(Fault::Refused { .. })), "{gone:?}");
    assert_eq!(stripe.forget_method(&token), Ok(()));

    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).expect("a time");
    let (never, some_day) = (OffsetDateTime::UNIX_EPOCH, at(4_000_000_000));
    let mut all: Vec<_> = stripe.charges_between(never, some_day).expect("an answer");
    all.sort_by_key(|one| one.attempt);
    let statuses: Vec<_> = all.iter().map(|one| (one.amount_minor, one.status)).collect();
    assert_eq!(
        statuses,
        [(4_500, AttemptStatus::Succeeded), (300, AttemptStatus::Failed)]
    );
    assert_eq!(stripe.charges_between(never, at(1_000_000_000)), Ok(Vec::new()));
}

//! The leads of the benchmark: each from another person, spread over fifty states.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::wire::Target;

/// A ZIP code in each state.
pub(crate) const STATES: [(&str, &str); 50] = [
    ("AL", "35203"),
    ("AK", "99501"),
    ("AZ", "85004"),
    ("AR", "72201"),
    ("CA", "90012"),
    ("CO", "80202"),
    ("CT", "06103"),
    ("DE", "19801"),
    ("FL", "33130"),
    ("GA", "30303"),
    ("HI", "96813"),
    ("ID", "83702"),
    ("IL", "60601"),
    ("IN", "46204"),
    ("IA", "50309"),
    ("KS", "66603"),
    ("KY", "40202"),
    ("LA", "70112"),
    ("ME", "04101"),
    ("MD", "21201"),
    ("MA", "02108"),
    ("MI", "48226"),
    ("MN", "55401"),
    ("MS", "39201"),
    ("MO", "63101"),
    ("MT", "59601"),
    ("NE", "68102"),
    ("NV", "89101"),
    ("NH", "03101"),
    ("NJ", "07102"),
    ("NM", "87102"),
    ("NY", "10001"),
    ("NC", "27601"),
    ("ND", "58102"),
    ("OH", "43215"),
    ("OK", "73102"),
    ("OR", "97204"),
    ("PA", "19103"),
    ("RI", "02903"),
    ("SC", "29201"),
    ("SD", "57104"),
    ("TN", "37203"),
    ("TX", "78701"),
    ("UT", "84101"),
    ("VT", "05401"),
    ("VA", "23219"),
    ("WA", "98101"),
    ("WV", "25301"),
    ("WI", "53202"),
    ("WY", "82001"),
];

/// Area codes that exist, so that the numbers pass for real ones.
const AREAS: [u64; 10] = [212, 213, 305, 312, 404, 415, 512, 617, 713, 206];

/// A request that posts a lead nobody has posted before.
pub(crate) fn post_lead(target: &Target) -> Vec<u8> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let (state, zip) = STATES[usize::try_from(number % 50).unwrap_or(0)];
    let area = AREAS[usize::try_from(number / 7_000_000 % 10).unwrap_or(0)];
    let (exchange, line) = (200 + number / 10_000 % 700, number % 10_000);
    let body = format!(
        r#"{{"programme":"bench","product":"main","external_source":"bench","external_id":"e{number}","source":"google ads","person":{{"name":"Dana Reyes {number}","email":"dana.{number}@reyes.example","phone":"({area}) {exchange}-{line:04}"}},"place":{{"country":"US","region":"{state}","postcode":"{zip}"}},"consent":{{"text":"Up to three firms may call me.","text_version":"1","given_at":"2026-01-05T10:00:00Z","recipients":[]}}}}"#
    );
    target.post("/api/v1/leads", &format!("bench-{number}"), &body)
}

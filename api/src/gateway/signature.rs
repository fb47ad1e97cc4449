//! The signature of the gateway's events: HMAC-SHA256 over the instant and the raw body, in Stripe's header
//! `t=…,v1=…` (S11). The instant is the wall's, because a replayed month is no reason to trust old events.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tradepost_contract::Timestamp;

/// The header that carries it.
pub(crate) const HEADER: &str = "stripe-signature";
/// An event signed earlier or later than this is refused.
const TOLERANCE_SECONDS: i64 = 300;

/// Why an event is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unbelievable {
    /// There is no signature in the header, or it cannot be read.
    #[error("the signature cannot be read")]
    Unreadable,
    /// It was signed too long ago or in the future.
    #[error("the signature is not of now")]
    NotNow,
    /// None of the live secrets made it.
    #[error("the signature is wrong")]
    Wrong,
}

fn digest(secret: &str, seconds: i64, body: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize().into_bytes().into())
}

/// The header for a body that is sent now.
pub(crate) fn sign(secret: &str, now: Timestamp, body: &[u8]) -> String {
    use std::fmt::Write;
    let seconds = now.as_seconds();
    let mut text = format!("t={seconds},v1=");
    for byte in digest(secret, seconds, body).unwrap_or_default() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether one of the live secrets signed this very body within the last minutes.
pub(crate) fn verify(secrets: &[String], header: &str, now: Timestamp, body: &[u8]) -> Result<(), Unbelievable> {
    let mut seconds = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => seconds = text.parse::<i64>().ok(),
            Some(("v1", text)) => signatures.extend(unhex(text)),
            _ => {}
        }
    }
    let seconds = seconds
        .filter(|_| !signatures.is_empty())
        .ok_or(Unbelievable::Unreadable)?;
    if now.as_seconds().saturating_sub(seconds).saturating_abs() > TOLERANCE_SECONDS {
        return Err(Unbelievable::NotNow);
    }
    for secret in secrets {
        let expected = digest(secret, seconds, body).ok_or(Unbelievable::Wrong)?;
        if signatures.iter().any(|given| bool::from(expected.ct_eq(given))) {
            return Ok(());
        }
    }
    Err(Unbelievable::Wrong)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || !bytes.is_ascii() {
        return None;
    }
    let mut found = [0; 32];
    for (at, pair) in bytes.chunks_exact(2).enumerate() {
        let pair = std::str::from_utf8(pair).ok()?;
        found[at] = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn secrets() -> Vec<String> {
        vec!["whsec_new".to_owned(), "whsec_old".to_owned()]
    }

    #[test]
    fn both_live_secrets_are_believed_and_no_other() {
        let body = br#"{"id":"evt_1"}"#;
        for (secret, expected) in [
            ("whsec_new", Ok(())),
            ("whsec_old", Ok(())),
            ("whsec_older", Err(Unbelievable::Wrong)),
        ] {
            let header = sign(secret, NOW, body);
            assert_eq!(verify(&secrets(), &header, NOW, body), expected, "{secret}");
        }
    }

    #[test]
    fn an_old_or_a_future_signature_is_not_believed() {
        let body = b"{}";
        let header = sign("whsec_new", NOW, body);
        for (later, expected) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(Unbelievable::NotNow)),
            (-301, Err(Unbelievable::NotNow)),
        ] {
            let now = Timestamp::from_seconds(NOW.as_seconds() + later);
            assert_eq!(verify(&secrets(), &header, now, body), expected, "{later}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_believed() {
        for header in ["", "t=1", "v1=00", "t=x,v1=00", "nonsense", "t=1800000000,v1=zz"] {
            assert_eq!(
                verify(&secrets(), header, NOW, b"{}"),
                Err(Unbelievable::Unreadable),
                "{header}"
            );
        }
    }

    proptest! {
        /// S11: no flipped bit of body or signature is believed.
        #[test]
        fn s11_a_flipped_bit_is_not_believed(at in 0_usize..400, bit in 0_u8..8) {
            let body = br#"{"id":"evt_1","type":"payment_intent.succeeded"}"#.to_vec();
            let header = sign("whsec_new", NOW, &body);
            let mut changed = body.clone();
            let place = at % changed.len();
            changed[place] ^= 1 << bit;
            prop_assert!(verify(&secrets(), &header, NOW, &changed).is_err());
            let mut forged = header.clone().into_bytes();
            let from = header.find("v1=").unwrap() + 3;
            let place = from + at % (forged.len() - from);
            forged[place] = if forged[place] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            prop_assert!(verify(&secrets(), &forged, NOW, &body).is_err());
        }
    }
}

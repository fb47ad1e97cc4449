//! Signatures by Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, in the header `webhook-signature` as
//! `v1,` and base64; after a rotation two of them with a blank between. The instant is the wall's, so that receivers
//! can refuse what is old.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that names the message: the same for every attempt.
pub(super) const ID: &str = "webhook-id";
/// The header with the seconds at which the attempt was made.
pub(super) const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
pub(super) const SIGNATURE: &str = "webhook-signature";

/// What stands in front of a secret.
const PREFIX: &str = "whsec_";
/// So many random bytes make a secret; the standard asks for 24 to 64.
const SECRET_BYTES: usize = 32;

/// A secret: what stands behind `whsec_`, decoded.
pub(super) fn new_secret() -> Vec<u8> {
    rand::random::<[u8; SECRET_BYTES]>().to_vec()
}

/// How a secret is shown.
pub(super) fn shown(secret: &[u8]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(secret))
}

/// The header of signatures by each of these secrets.
pub(super) fn sign<'a>(secrets: impl IntoIterator<Item = &'a [u8]>, id: &str, seconds: i64, body: &[u8]) -> String {
    let signatures: Vec<String> = secrets
        .into_iter()
        .map(|secret| format!("v1,{}", STANDARD.encode(digest(secret, id, seconds, body))))
        .collect();
    signatures.join(" ")
}

fn digest(secret: &[u8], id: &str, seconds: i64, body: &[u8]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    };
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(secret: &str) -> Vec<u8> {
        STANDARD
            .decode(secret.strip_prefix(PREFIX).expect("the prefix"))
            .expect("base64")
    }

    /// The vector that the libraries of Standard Webhooks test themselves with.
    #[test]
    fn the_published_vector() {
        let secret = bytes_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, seconds, body) = (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            sign([secret.as_slice()], id, seconds, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn two_secrets_give_two_signatures_and_everything_counts() {
        let (old, new) = (new_secret(), new_secret());
        assert_ne!(old, new);
        let both = sign([new.as_slice(), old.as_slice()], "evt_1", 7, b"{}");
        let parts: Vec<&str> = both.split(' ').collect();
        let single = |secret: &[u8], id: &str, seconds, body: &[u8]| sign([secret], id, seconds, body);
        assert_eq!(
            parts,
            [single(&new, "evt_1", 7, b"{}"), single(&old, "evt_1", 7, b"{}")]
        );
        for other in [
            single(&new, "evt_2", 7, b"{}"),
            single(&new, "evt_1", 8, b"{}"),
            single(&new, "evt_1", 7, b"{ }"),
        ] {
            assert_ne!(other, parts[0]);
        }
    }

    #[test]
    fn a_secret_is_shown_as_the_standard_has_it() {
        let secret = new_secret();
        let text = shown(&secret);
        assert_eq!(bytes_of(&text), secret);
        assert_eq!(text.len(), PREFIX.len() + 44);
    }
}

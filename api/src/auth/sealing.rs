//! Secrets that have to be read again, such as those that webhooks are signed with: sealed with AES-256-GCM under a key
//! of the installation's secret, so that a copy of the database gives none of them away.
//!
//! What is sealed is bound to its place by `place`, such as the id of the endpoint: moved to another row it does not
//! open. After a change of the installation's secret the previous one still opens, and [`Secrets::is_stale`] says what
//! is to be sealed anew.

use super::secrets::{Secrets, sha256_hex};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Names the key in front of what it sealed.
fn name_of(key: &[u8; 32]) -> String {
    sha256_hex(key)[..8].to_owned()
}

impl Secrets {
    /// Seals some bytes for a place.
    pub(crate) fn seal(&self, place: &str, bytes: &[u8]) -> std::io::Result<String> {
        let failed = |_| std::io::Error::other("sealing failed");
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.sealing_key).map_err(failed)?;
        let mut sealed = bytes.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .map_err(failed)?;
        let mut whole = nonce.as_ref().to_vec();
        whole.extend(sealed);
        Ok(format!(
            "{}.{}",
            name_of(&self.sealing_key),
            URL_SAFE_NO_PAD.encode(whole)
        ))
    }

    /// What was sealed for this place; none where neither the current nor the previous secret of the installation
    /// sealed it.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let (name, text) = sealed.split_once('.')?;
        let keys = [Some(&self.sealing_key), self.previous_sealing_key.as_ref()];
        let key = keys.into_iter().flatten().find(|key| name_of(key) == name)?;
        let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, rest) = whole.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let key = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
        let opened = key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut rest,
            )
            .ok()?;
        Some(opened.to_vec())
    }

    /// Whether something was sealed under the secret before the last change.
    pub(crate) fn is_stale(&self, sealed: &str) -> bool {
        sealed
            .split_once('.')
            .is_some_and(|(name, _)| name != name_of(&self.sealing_key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let secrets = Secrets::derive(&[7; 32], None).expect("derived");
        let sealed = secrets.seal("whe_1", b"a secret").expect("sealed");
        assert!(!sealed.contains("secret"));
        assert_ne!(
            sealed,
            secrets.seal("whe_1", b"a secret").expect("sealed"),
            "a fresh nonce"
        );
        assert_eq!(secrets.open("whe_1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert_eq!(secrets.open("whe_2", &sealed), None);
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let spoilt = String::from_utf8(bytes).expect("ASCII");
            // The last character of base64 holds bits that count for nothing; those are refused as well.
            assert_eq!(secrets.open("whe_1", &spoilt), None, "{at}");
        }
        for nonsense in ["", ".", "x.y", "00000000.AAAA"] {
            assert_eq!(secrets.open("whe_1", nonsense), None);
        }
    }

    #[test]
    fn the_previous_secret_still_opens_and_is_seen_to_be_stale() {
        let old = Secrets::derive(&[1; 32], None).expect("derived");
        let sealed = old.seal("whe_1", b"a secret").expect("sealed");
        let new = Secrets::derive(&[2; 32], Some(&[1; 32])).expect("derived");
        assert_eq!(new.open("whe_1", &sealed).as_deref(), Some(b"a secret".as_slice()));
        assert!(new.is_stale(&sealed) && !old.is_stale(&sealed));
        let newer = Secrets::derive(&[3; 32], None).expect("derived");
        assert_eq!(newer.open("whe_1", &sealed), None);
    }
}

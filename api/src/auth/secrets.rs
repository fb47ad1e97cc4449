//! The one secret of an installation, and the keys that are derived from it.
//!
//! 32 random bytes, from `TRADEPOST_SECRET` (base64) or from a file beside the SQLite database that only
//! its owner reads and that the first start writes. Each purpose has its own key, HMAC-SHA256 of the
//! secret and a label, so that a key that leaks says nothing about the others. The previous secret
//! still verifies access tokens and refresh tokens after a change; fingerprints of leads start afresh,
//! so duplicates of leads from before the change are no longer seen.

use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};
use tradepost_contract::{Id, UserId, UserLinkId};

/// The variable that holds the secret, in base64.
pub const SECRET_VARIABLE: &str = "TRADEPOST_SECRET";
/// The variable that holds the secret before the last change.
pub const PREVIOUS_SECRET_VARIABLE: &str = "TRADEPOST_PREVIOUS_SECRET";

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    };
    for part in parts {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256 in hexadecimal: how secrets are kept that are random enough to need no salt.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The SHA-256 of a file, in hexadecimal, read piece by piece.
pub(crate) fn sha256_file(path: &Path) -> io::Result<String> {
    use std::fmt::Write;
    use std::io::Read;
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
    }
    let mut text = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

/// A key pair that signs access tokens.
#[derive(Clone)]
pub struct SigningKey {
    /// Names the key in a token's header: the first bytes of the public key's hash.
    pub kid: String,
    pub(super) sign: EncodingKey,
    pub(super) verify: DecodingKey,
}

impl SigningKey {
    fn from_seed(seed: &[u8; 32]) -> io::Result<Self> {
        use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(io::Error::other)?;
        let public = pair.public_key().as_ref().to_vec();
        let document = pair.to_pkcs8v1().map_err(io::Error::other)?;
        Ok(Self {
            kid: sha256_hex(&public)[..16].to_owned(),
            sign: EncodingKey::from_ed_der(document.as_ref()),
            verify: DecodingKey::from_ed_der(&public),
        })
    }
}

/// All keys of an installation.
#[derive(Clone)]
pub struct Secrets {
    pub(super) signing: SigningKey,
    pub(super) previous_signing: Option<SigningKey>,
    pub(super) refresh_key: [u8; 32],
    pub(super) previous_refresh_key: Option<[u8; 32]>,
    pub(super) throttle_key: [u8; 32],
    fingerprint_key: [u8; 32],
    request_key: [u8; 32],
    gateway_event_key: [u8; 32],
    pub(super) sealing_key: [u8; 32],
    pub(super) previous_sealing_key: Option<[u8; 32]>,
    access_key: [u8; 32],
    previous_access_key: Option<[u8; 32]>,
    recovery_key: [u8; 32],
    previous_recovery_key: Option<[u8; 32]>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("kid", &self.signing.kid)
            .finish_non_exhaustive()
    }
}

impl Secrets {
    /// The keys that follow from the secret, and from the previous one if it is still to be honoured.
    pub fn derive(secret: &[u8; 32], previous: Option<&[u8; 32]>) -> io::Result<Self> {
        let key = |secret: &[u8; 32], label: &str| hmac(secret, &[b"tradepost", label.as_bytes()]);
        let previous_signing = match previous {
            Some(previous) => Some(SigningKey::from_seed(&key(previous, "access-token"))?),
            None => None,
        };
        Ok(Self {
            signing: SigningKey::from_seed(&key(secret, "access-token"))?,
            previous_signing,
            refresh_key: key(secret, "refresh-token"),
            previous_refresh_key: previous.map(|previous| key(previous, "refresh-token")),
            throttle_key: key(secret, "sign-in-throttle"),
            fingerprint_key: key(secret, "lead-fingerprint"),
            request_key: key(secret, "idempotent-request"),
            gateway_event_key: key(secret, "sandbox-gateway-event"),
            sealing_key: key(secret, "sealed-secret"),
            previous_sealing_key: previous.map(|previous| key(previous, "sealed-secret")),
            access_key: key(secret, "access-link"),
            previous_access_key: previous.map(|previous| key(previous, "access-link")),
            recovery_key: key(secret, "recovery-code"),
            previous_recovery_key: previous.map(|previous| key(previous, "recovery-code")),
        })
    }

    /// Reads the secrets from the environment, else from `file`, which is written on first start.
    ///
    /// Without a `file` (PostgreSQL, where several servers must share the secret) the variable is required.
    pub fn load(current: Option<&str>, previous: Option<&str>, file: Option<&Path>) -> io::Result<Self> {
        let secret = match (current, file) {
            (Some(text), _) => parse(text, SECRET_VARIABLE)?,
            (None, Some(file)) => from_file(file)?,
            (None, None) => {
                return Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    format!(
                        "set {SECRET_VARIABLE} to 32 random bytes in base64, such as from `openssl rand -base64 32`"
                    ),
                ));
            }
        };
        let previous = previous.map(|text| parse(text, PREVIOUS_SECRET_VARIABLE)).transpose()?;
        Self::derive(&secret, previous.as_ref())
    }

    /// A fresh secret that nobody else knows and that ends with the process.
    pub fn ephemeral() -> io::Result<Self> {
        Self::derive(&rand::random(), None)
    }

    /// The key under which normalised phones and e-mails of leads are hashed to find duplicates.
    pub fn fingerprint_key(&self) -> &[u8; 32] {
        &self.fingerprint_key
    }

    /// What the gateway's simulator of a sandbox signs its events with.
    pub fn sandbox_gateway_event_secret(&self) -> String {
        format!("whsec_{}", URL_SAFE_NO_PAD.encode(self.gateway_event_key))
    }

    /// The keyed hash that tells an idempotent request from another one under the same key.
    pub fn request_hash(&self, method: &str, uri: &str, body: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(hmac(&self.request_key, &[method.as_bytes(), uri.as_bytes(), body]))
    }

    /// The token of a link that lets somebody in: 256 bits that nobody can guess and that need not be kept.
    pub(crate) fn access_token(&self, link: UserLinkId) -> String {
        access_token(&self.access_key, link)
    }

    /// What that token may be: made by this secret, or by the one before.
    pub(crate) fn access_tokens(&self, link: UserLinkId) -> Vec<String> {
        let keys = std::iter::once(&self.access_key).chain(self.previous_access_key.as_ref());
        keys.map(|key| access_token(key, link)).collect()
    }

    /// What a person's recovery code may be kept as: hashed under this secret, or under the one before.
    pub(crate) fn recovery_hashes(&self, user: UserId, code: &str) -> Vec<String> {
        let keys = std::iter::once(&self.recovery_key).chain(self.previous_recovery_key.as_ref());
        let hashed = |key| hmac(key, &[&user.as_i64().to_be_bytes(), code.as_bytes()]);
        keys.map(|key| URL_SAFE_NO_PAD.encode(hashed(key))).collect()
    }

    /// The keyed hash of a normalised value, in base64.
    pub fn fingerprint(&self, kind: &str, value: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac(&self.fingerprint_key, &[kind.as_bytes(), value.as_bytes()]))
    }
}

fn access_token(key: &[u8; 32], link: UserLinkId) -> String {
    let mac = hmac(key, &[&link.as_i64().to_be_bytes()]);
    format!("{link}.{}", URL_SAFE_NO_PAD.encode(mac))
}

fn parse(text: &str, place: &str) -> io::Result<[u8; 32]> {
    let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{place}: {why}"));
    let bytes = STANDARD.decode(text.trim()).map_err(|_| invalid("expected base64"))?;
    bytes.try_into().map_err(|_| invalid("expected exactly 32 bytes"))
}

fn from_file(file: &Path) -> io::Result<[u8; 32]> {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            refuse_if_others_can_read(file)?;
            parse(&text, &file.display().to_string())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(file),
        Err(error) => Err(error),
    }
}

fn create(file: &Path) -> io::Result<[u8; 32]> {
    use std::io::Write;
    let secret: [u8; 32] = rand::random();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut opened = options.open(file)?;
    opened.write_all(STANDARD.encode(secret).as_bytes())?;
    opened.write_all(b"\n")?;
    opened.sync_all()?;
    Ok(secret)
}

#[cfg(unix)]
fn refuse_if_others_can_read(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let message = format!("{} can be read by others: chmod 600 it", file.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

#[cfg(not(unix))]
fn refuse_if_others_can_read(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_written_once_and_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        let first = Secrets::load(None, None, Some(&file)).expect("written");
        let second = Secrets::load(None, None, Some(&file)).expect("read");
        assert_eq!(first.signing.kid, second.signing.kid);
        assert_eq!(
            first.fingerprint("phone", "+12025550100"),
            second.fingerprint("phone", "+12025550100")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        Secrets::load(None, None, Some(&file)).expect("written");
        assert_eq!(
            std::fs::metadata(&file).expect("it is there").permissions().mode() & 0o777,
            0o600
        );
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(Secrets::load(None, None, Some(&file)).is_err());
    }

    #[test]
    fn a_secret_of_the_wrong_length_or_spelling_is_refused() {
        for text in [
            "",
            "short",
            "not base64 at all, is it?",
            &STANDARD.encode([1; 31]),
            &STANDARD.encode([1; 33]),
        ] {
            assert!(Secrets::load(Some(text), None, None).is_err(), "{text}");
        }
        assert!(Secrets::load(Some(&STANDARD.encode([1; 32])), None, None).is_ok());
        assert!(
            Secrets::load(None, None, None).is_err(),
            "PostgreSQL needs the variable"
        );
    }

    #[test]
    fn every_purpose_has_its_own_key_and_debug_shows_none() {
        let secrets = Secrets::derive(&[7; 32], None).expect("derived");
        let keys = [secrets.refresh_key, secrets.throttle_key, secrets.fingerprint_key];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
        assert_eq!(
            format!("{secrets:?}"),
            format!("Secrets {{ kid: {:?}, .. }}", secrets.signing.kid)
        );
        assert_ne!(secrets.fingerprint("phone", "x"), secrets.fingerprint("email", "x"));
        assert_ne!(hmac(&[0; 32], &[b"ab", b"c"]), hmac(&[0; 32], &[b"a", b"bc"]));
    }
}

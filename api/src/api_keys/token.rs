//! The written form of an API key: `tp_live_<8 id>_<43 secret>_<6 checksum>`, `tp_test_` in the sandbox.
//!
//! The id is public and finds the row; the secret has 256 bits, so that a plain SHA-256 keeps it; the
//! checksum lets a scanner of leaked secrets, and us, tell a key from a typing error without a database.

use subtle::ConstantTimeEq;

use crate::auth::secrets::sha256_hex;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;

/// Whether a key is for the real market or for the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real leads and money.
    Live,
    /// A sandbox server.
    Test,
}

impl Mode {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "tp_live_",
            Self::Test => "tp_test_",
        }
    }
}

/// A key as its holder has it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyToken {
    /// Live or test.
    pub mode: Mode,
    /// The public part.
    pub public_id: String,
    secret: String,
}

impl std::fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}_…", self.mode.prefix(), self.public_id)
    }
}

impl KeyToken {
    /// A new key.
    pub fn generate(mode: Mode) -> Self {
        let random = |length: usize| {
            (0..length)
                .map(|_| char::from(BASE62[rand::random_range(0..62usize)]))
                .collect()
        };
        Self {
            mode,
            public_id: random(ID_LENGTH),
            secret: random(SECRET_LENGTH),
        }
    }

    /// A new secret for a key that is known by its public part already.
    pub fn generate_for(mode: Mode, public_id: &str) -> Self {
        Self {
            public_id: public_id.to_owned(),
            ..Self::generate(mode)
        }
    }

    /// Reads a key; `None` for anything that is not one, a typing error included.
    pub fn parse(text: &str) -> Option<Self> {
        let (mode, rest) = [Mode::Live, Mode::Test]
            .into_iter()
            .find_map(|mode| text.strip_prefix(mode.prefix()).map(|rest| (mode, rest)))?;
        let mut parts = rest.split('_');
        let (id, secret, checksum) = (parts.next()?, parts.next()?, parts.next()?);
        let lengths = (id.len(), secret.len(), checksum.len()) == (ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH);
        let characters = [id, secret]
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if parts.next().is_some() || !lengths || !characters {
            return None;
        }
        let token = Self {
            mode,
            public_id: id.to_owned(),
            secret: secret.to_owned(),
        };
        (token.checksum() == checksum).then_some(token)
    }

    /// Whether a text is meant to be a key rather than an access token.
    pub fn looks_like(text: &str) -> bool {
        text.starts_with("tp_")
    }

    /// The whole key, for the one time it is shown.
    pub fn reveal(&self) -> String {
        format!("{}_{}", self.body(), self.checksum())
    }

    /// How the database keeps the secret.
    pub fn at_rest(&self) -> String {
        sha256_hex(self.secret.as_bytes())
    }

    /// Whether the secret is the one that is kept.
    pub fn fits(&self, kept: &str) -> bool {
        self.at_rest().as_bytes().ct_eq(kept.as_bytes()).into()
    }

    fn body(&self) -> String {
        format!("{}{}_{}", self.mode.prefix(), self.public_id, self.secret)
    }

    fn checksum(&self) -> String {
        let mut rest = u64::from(crc32fast::hash(self.body().as_bytes()));
        let mut text = [b'0'; CHECKSUM_LENGTH];
        for slot in text.iter_mut().rev() {
            *slot = BASE62[(rest % 62) as usize];
            rest /= 62;
        }
        text.iter().copied().map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_key_reads_back_and_fits_what_is_kept() {
        for mode in [Mode::Live, Mode::Test] {
            let token = KeyToken::generate(mode);
            let text = token.reveal();
            assert_eq!(text.len(), 8 + 8 + 1 + 43 + 1 + 6);
            assert_eq!(KeyToken::parse(&text), Some(token.clone()));
            assert!(token.fits(&token.at_rest()));
            assert!(!KeyToken::generate(mode).fits(&token.at_rest()));
            assert!(
                !format!("{token:?}").contains(&token.secret),
                "a log never shows the secret"
            );
        }
    }

    #[test]
    fn one_wrong_character_is_seen_without_a_database() {
        let text = KeyToken::generate(Mode::Live).reveal();
        for at in 8..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let spoilt = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(KeyToken::parse(&spoilt), None, "{at}");
        }
        assert_eq!(KeyToken::parse(&text.replace("tp_live_", "tp_test_")), None);
        assert_eq!(KeyToken::parse(&format!("{text} ")), None);
        assert_eq!(KeyToken::parse(&text[..text.len() - 1]), None);
    }

    #[rstest]
    #[case("")]
    #[case("tp_")]
    #[case("tp_live_")]
    #[case("tp_live___")]
    #[case("tp_live_abcdefgh_short_000000")]
    #[case("tp_prod_abcdefgh_0000000000000000000000000000000000000000000_000000")]
    #[case("tp_live_äbcdefg_0000000000000000000000000000000000000000000_000000")]
    fn what_is_no_key_is_refused(#[case] text: &str) {
        assert_eq!(KeyToken::parse(text), None);
    }
}

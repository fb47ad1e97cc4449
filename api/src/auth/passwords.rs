//! Passwords: what may be one, and how they are kept and checked.
//!
//! Kept as Argon2id in a PHC string; staff get the dearer parameters. A hash of older parameters is
//! made anew at the next sign-in. No rule about kinds of characters: 12 to 128 of any, and none of the
//! few thousand that everybody tries first. Hashing takes some 25 ms of a core and 19 or 46 MiB, so only
//! two run at once, a short queue waits, and whoever comes after is asked to come back (429).

use std::collections::HashSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use tradepost_contract::problem::{FieldError, ProblemCode};
use tradepost_contract::users::Audience;

use crate::error::{ApiError, ApiResult};

/// The shortest password, in characters.
pub const MIN_CHARACTERS: usize = 12;
/// The longest password, in characters.
pub const MAX_CHARACTERS: usize = 128;

const AT_ONCE: usize = 2;
const WAITING: usize = 32;

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// What is wrong with a password that somebody wants to set, if anything is.
pub fn refuse(pointer: &str, password: &str, email: &str) -> Option<FieldError> {
    let length = password.chars().count();
    if length < MIN_CHARACTERS {
        let message = format!("a password has at least {MIN_CHARACTERS} characters");
        return Some(FieldError::new(pointer, "too_short", message));
    }
    if length > MAX_CHARACTERS {
        let message = format!("a password has at most {MAX_CHARACTERS} characters");
        return Some(FieldError::new(pointer, "too_long", message));
    }
    let plain = password.to_lowercase();
    if COMMON.contains(plain.as_str()) || COMMON.contains(plain.trim()) || plain.trim() == email.trim().to_lowercase() {
        return Some(FieldError::new(
            pointer,
            "too_common",
            "this password is among the first that anybody tries",
        ));
    }
    None
}

fn hasher(audience: Audience) -> Argon2<'static> {
    let (memory_kib, passes) = match audience {
        Audience::Staff => (47_104, 1),
        Audience::Supplier => (19_456, 2),
    };
    let params = match Params::new(memory_kib, passes, 1, None) {
        Ok(params) => params,
        Err(_) => unreachable!("the parameters are constants within the allowed ranges"),
    };
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC string of a password. It takes long: call it on a blocking thread, never in a transaction.
pub fn hash(password: &str, audience: Audience) -> ApiResult<String> {
    let hashed: Result<PasswordHash, _> = hasher(audience).hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| {
        ApiError::new(ProblemCode::Internal).caused_by(std::io::Error::other(format!("password hashing: {error}")))
    })
}

/// Whether the password is the one that was hashed. An unreadable hash fits none.
pub fn matches(password: &str, stored: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else {
        return false;
    };
    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
}

/// Whether the hash was made with other parameters than the ones in use now.
pub fn is_outdated(stored: &str, audience: Audience) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else {
        return true;
    };
    let wanted = hasher(audience);
    let Ok(params) = Params::try_from(&parsed) else {
        return true;
    };
    parsed.algorithm.as_str() != "argon2id"
        || parsed.version != Some(u32::from(Version::V0x13))
        || (params.m_cost(), params.t_cost(), params.p_cost())
            != (
                wanted.params().m_cost(),
                wanted.params().t_cost(),
                wanted.params().p_cost(),
            )
}

/// What came of a sign-in's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The password is the right one.
    pub right: bool,
    /// A hash with today's parameters, to be stored, if the old one is outdated.
    pub rehashed: Option<String>,
}

/// Bounds how many hashes are worked on at once.
#[derive(Debug)]
pub struct PasswordDesk {
    running: Semaphore,
    present: AtomicUsize,
}

impl Default for PasswordDesk {
    fn default() -> Self {
        Self {
            running: Semaphore::new(AT_ONCE),
            present: AtomicUsize::new(0),
        }
    }
}

/// Counts one visitor of the desk for as long as it lives.
struct Visit<'a>(&'a AtomicUsize);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl PasswordDesk {
    /// Checks a password against what is stored for the user.
    ///
    /// Without a stored hash (no such user, no password yet) the same work is done against a hash that
    /// fits nothing, so that the time of the answer does not tell who has an account.
    pub async fn check(&self, password: String, stored: Option<String>, audience: Audience) -> ApiResult<Checked> {
        self.work(move || {
            let right = match &stored {
                Some(stored) => matches(&password, stored),
                None => {
                    matches(&password, &NOBODY);
                    false
                }
            };
            let outdated = right && stored.is_some_and(|stored| is_outdated(&stored, audience));
            let rehashed = if outdated {
                Some(hash(&password, audience)?)
            } else {
                None
            };
            Ok(Checked { right, rehashed })
        })
        .await
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: String, audience: Audience) -> ApiResult<String> {
        self.work(move || hash(&password, audience)).await
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> ApiResult<T> + Send + 'static) -> ApiResult<T> {
        let visit = Visit(&self.present);
        if self.present.fetch_add(1, Ordering::AcqRel) >= AT_ONCE + WAITING {
            drop(visit);
            return Err(ApiError::new(ProblemCode::TooManyRequests).detail("many people are signing in right now"));
        }
        let _permit = self
            .running
            .acquire()
            .await
            .map_err(|error| ApiError::new(ProblemCode::Internal).caused_by(error))?;
        tokio::task::spawn_blocking(job)
            .await
            .map_err(|error| ApiError::new(ProblemCode::Internal).caused_by(error))?
    }
}

/// A hash of something that nobody knows, with a supplier's parameters.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let unknown: [u8; 32] = rand::random();
    hash(&super::secrets::sha256_hex(&unknown), Audience::Supplier).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::eleven("hunter2hunt", Some("too_short"))]
    #[case::twelve("tulip-hatter", None)]
    #[case::twelve_beyond_ascii("žluťoučký kůň", None)]
    #[case::only_spaces_inside("we walk to the lake", None)]
    #[case::common("password1234", Some("too_common"))]
    #[case::common_in_capitals("PassWord1234", Some("too_common"))]
    #[case::common_with_spaces(" password1234 ", Some("too_common"))]
    #[case::keyboard("qwertyuiop12", Some("too_common"))]
    #[case::digits("123456789012", Some("too_common"))]
    #[case::the_email("Ann@Example.com", Some("too_common"))]
    fn what_may_be_a_password(#[case] password: &str, #[case] expected: Option<&str>) {
        let found = refuse("/password", password, "ann@example.com");
        assert_eq!(found.map(|error| error.code), expected.map(str::to_owned));
    }

    #[test]
    fn length_counts_characters() {
        assert!(refuse("/password", &"ž".repeat(128), "").is_none());
        assert_eq!(
            refuse("/password", &"ž".repeat(129), "").map(|e| e.code).as_deref(),
            Some("too_long")
        );
    }

    #[test]
    fn the_list_holds_only_what_could_be_set() {
        assert!(COMMON.len() >= 3000, "{}", COMMON.len());
        for word in COMMON.iter() {
            assert!(
                word.chars().count() >= MIN_CHARACTERS && **word == word.to_lowercase(),
                "{word}"
            );
        }
    }

    #[test]
    fn a_hash_fits_its_password_only_and_staff_pay_more() {
        let staff = hash("tulip-hatter", Audience::Staff).expect("hashed");
        assert!(staff.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{staff}");
        let supplier = hash("tulip-hatter", Audience::Supplier).expect("hashed");
        assert!(supplier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{supplier}");
        assert!(matches("tulip-hatter", &staff) && matches("tulip-hatter", &supplier));
        assert!(
            !matches("Tulip-hatter", &staff) && !matches("tulip-hatter ", &staff),
            "passwords are exact"
        );
        assert!(!matches("tulip-hatter", "") && !matches("tulip-hatter", "$argon2id$nonsense"));
        assert!(!is_outdated(&staff, Audience::Staff) && is_outdated(&supplier, Audience::Staff));
        assert!(is_outdated("md5:1234", Audience::Supplier));
    }

    #[tokio::test]
    async fn an_outdated_hash_is_made_anew_and_nobody_fits_nothing() {
        let desk = PasswordDesk::default();
        let old = hash("tulip-hatter", Audience::Supplier).expect("hashed");
        let checked = desk
            .check("tulip-hatter".into(), Some(old.clone()), Audience::Staff)
            .await
            .expect("checked");
        assert!(checked.right && checked.rehashed.is_some_and(|new| !is_outdated(&new, Audience::Staff)));
        let wrong = desk
            .check("wrong-hatter".into(), Some(old), Audience::Staff)
            .await
            .expect("checked");
        assert_eq!(
            wrong,
            Checked {
                right: false,
                rehashed: None
            }
        );
        let nobody = desk
            .check("tulip-hatter".into(), None, Audience::Staff)
            .await
            .expect("checked");
        assert_eq!(
            nobody,
            Checked {
                right: false,
                rehashed: None
            }
        );
    }

    #[tokio::test]
    async fn a_crowd_is_asked_to_come_back() {
        let desk = std::sync::Arc::new(PasswordDesk::default());
        let crowd: Vec<_> = (0..AT_ONCE + WAITING + 6)
            .map(|_| {
                let desk = desk.clone();
                tokio::spawn(async move {
                    desk.work(|| {
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        Ok(())
                    })
                    .await
                    .is_ok()
                })
            })
            .collect();
        let mut served = 0;
        for visitor in crowd {
            served += usize::from(visitor.await.expect("joined"));
        }
        assert_eq!(served, AT_ONCE + WAITING);
        assert_eq!(desk.present.load(Ordering::Acquire), 0);
    }
}

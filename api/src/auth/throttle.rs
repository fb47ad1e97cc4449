//! How wrong passwords slow the next try down: pure rules; `store.rs` keeps the counts.
//!
//! Five tries are free for an account from one address, thirty for an address; then each wrong one
//! doubles the wait, to a quarter of an hour, and never locks an account for good. A try is counted
//! before the password is looked at and taken back when it was right, so that many tries at once do not
//! slip through. Unknown accounts are counted alike.

use time::Duration;
use tradepost_contract::{Id, Timestamp, UserId};

use super::secrets::{Secrets, hmac};

/// What the tries are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// One account from one address.
    AccountAndAddress,
    /// One address, whatever the account: an office may share one, so it has more free tries.
    Address,
}

impl Counted {
    /// How many wrong tries cost nothing.
    pub const fn free(self) -> i64 {
        match self {
            Self::AccountAndAddress => 5,
            Self::Address => 30,
        }
    }
}

/// The longest wait.
pub const LONGEST: Duration = Duration::minutes(15);
/// Without a try for this long, the count starts afresh.
pub const FORGOTTEN_AFTER: Duration = Duration::hours(1);

/// How long to wait after that many wrong tries.
pub fn wait(counted: Counted, failures: i64) -> Duration {
    match failures.saturating_sub(counted.free()) {
        ..0 => Duration::ZERO,
        doublings @ 0..10 => Duration::seconds(1 << doublings).min(LONGEST),
        10.. => LONGEST,
    }
}

/// What is kept of the tries under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many were wrong, or are not known to be right yet.
    pub failures: i64,
    /// Until when the next one waits. Far past where nothing waits, so that two who come at once never wait for
    /// each other because one of them read the clock a little later.
    pub blocked_until: Timestamp,
    /// When the last one was counted.
    pub updated_at: Timestamp,
}

impl Tries {
    /// Nobody has tried yet.
    pub const fn none(now: Timestamp) -> Self {
        Self {
            failures: 0,
            blocked_until: Timestamp::from_micros(0),
            updated_at: now,
        }
    }

    /// The tries with one more, or until when that one has to wait.
    pub fn one_more(self, counted: Counted, now: Timestamp) -> Result<Self, Timestamp> {
        let kept = if now.since(self.updated_at) > FORGOTTEN_AFTER {
            Self::none(now)
        } else {
            self
        };
        if kept.blocked_until > now {
            return Err(kept.blocked_until);
        }
        let failures = kept.failures.saturating_add(1);
        let wait = wait(counted, failures);
        Ok(Self {
            failures,
            blocked_until: if wait.is_zero() {
                Self::none(now).blocked_until
            } else {
                now.plus(wait)
            },
            updated_at: now,
        })
    }
}

/// Whole seconds until `blocked_until`, for `Retry-After`; at least one.
pub fn retry_after(blocked_until: Timestamp, now: Timestamp) -> i64 {
    (blocked_until.since(now).whole_milliseconds().max(0) as i64 + 999)
        .div_euclid(1000)
        .max(1)
}

/// The keys a try is counted under. Hashed: the table holds neither e-mails nor addresses.
pub fn keys(secrets: &Secrets, email: &str, address: &str) -> [(Counted, String); 2] {
    let hashed = |parts: &[&[u8]]| super::secrets::sha256_hex(&hmac(&secrets.throttle_key, parts));
    [
        (
            Counted::AccountAndAddress,
            hashed(&[b"pair", email.as_bytes(), address.as_bytes()]),
        ),
        (Counted::Address, hashed(&[b"address", address.as_bytes()])),
    ]
}

/// The key that sign-ups from an address are counted under: thirty are free, for an office that shares it.
pub fn sign_up_key(secrets: &Secrets, address: &str) -> (Counted, String) {
    let hashed = super::secrets::sha256_hex(&hmac(&secrets.throttle_key, &[b"sign-up", address.as_bytes()]));
    (Counted::Address, hashed)
}

/// The key that links held up from an address are counted under.
pub fn link_key(secrets: &Secrets, address: &str) -> (Counted, String) {
    let hashed = super::secrets::sha256_hex(&hmac(&secrets.throttle_key, &[b"link", address.as_bytes()]));
    (Counted::Address, hashed)
}

/// The keys that a code of a second factor is counted under: for the account from one address, and for the account from
/// anywhere, so that many addresses together guess no faster.
pub fn code_keys(secrets: &Secrets, user: UserId, address: &str) -> [(Counted, String); 2] {
    let hashed = |parts: &[&[u8]]| super::secrets::sha256_hex(&hmac(&secrets.throttle_key, parts));
    let user = user.as_i64().to_be_bytes();
    [
        (
            Counted::AccountAndAddress,
            hashed(&[b"code", &user, address.as_bytes()]),
        ),
        (Counted::Address, hashed(&[b"code", &user])),
    ]
}

/// The part of an address that one customer has: an IPv6 customer has a whole /64 of them.
pub fn customer_of(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(v4) => v4.to_string(),
        std::net::IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 0)]
    #[case(4, 0)]
    #[case(5, 1)]
    #[case(6, 2)]
    #[case(7, 4)]
    #[case(10, 32)]
    #[case(14, 512)]
    #[case(15, 900)]
    #[case(16, 900)]
    #[case(70, 900)]
    #[case(i64::MAX, 900)]
    fn five_tries_are_free_and_then_the_wait_doubles(#[case] failures: i64, #[case] seconds: i64) {
        assert_eq!(wait(Counted::AccountAndAddress, failures), Duration::seconds(seconds));
    }

    #[test]
    fn an_address_has_more_free_tries() {
        assert_eq!(wait(Counted::Address, 29), Duration::ZERO);
        assert_eq!(wait(Counted::Address, 30), Duration::seconds(1));
        assert_eq!(wait(Counted::Address, 300), LONGEST);
    }

    #[test]
    fn a_try_is_counted_waits_or_begins_afresh() {
        let at = |seconds: i64| Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000);
        let pair = Counted::AccountAndAddress;
        let mut tries = Tries::none(at(0));
        for failures in 1..=4 {
            // Who read the clock a little earlier than the one before does not wait.
            tries = tries.one_more(pair, at(-failures)).expect("free");
            assert_eq!(tries.failures, failures);
        }
        tries = tries.one_more(pair, at(10)).expect("free");
        assert_eq!((tries.failures, tries.blocked_until), (5, at(11)));
        assert_eq!(tries.one_more(pair, at(10)), Err(at(11)));
        let sixth = tries.one_more(pair, at(11)).expect("it has waited");
        assert_eq!((sixth.failures, sixth.blocked_until), (6, at(13)));
        let hour = FORGOTTEN_AFTER.whole_seconds();
        assert_eq!(sixth.one_more(pair, at(11 + hour)).map(|tries| tries.failures), Ok(7));
        assert_eq!(sixth.one_more(pair, at(12 + hour)).map(|tries| tries.failures), Ok(1));
    }

    #[test]
    fn retry_after_is_whole_seconds_rounded_up() {
        let at = |micros| Timestamp::from_micros(micros);
        assert_eq!(retry_after(at(10_000_000), at(8_500_000)), 2);
        assert_eq!(retry_after(at(10_000_000), at(8_000_000)), 2);
        assert_eq!(retry_after(at(10_000_000), at(20_000_000)), 1);
    }

    #[test]
    fn keys_differ_by_account_and_address_and_hide_both() {
        let secrets = Secrets::derive(&[1; 32], None).expect("derived");
        let [(_, pair), (_, address)] = keys(&secrets, "ann@example.com", "192.0.2.1");
        let [(_, other_pair), (_, same_address)] = keys(&secrets, "bob@example.com", "192.0.2.1");
        assert_ne!(pair, other_pair);
        assert_eq!(address, same_address);
        assert!(!pair.contains("ann") && pair.len() == 64);
    }

    #[rstest]
    #[case("192.0.2.1", "192.0.2.1")]
    #[case("::ffff:192.0.2.1", "192.0.2.1")]
    #[case("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    fn an_ipv6_customer_is_one(#[case] address: &str, #[case] expected: &str) {
        assert_eq!(customer_of(address.parse().expect("an address")), expected);
    }
}

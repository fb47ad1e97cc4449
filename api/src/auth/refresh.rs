//! Refresh tokens: opaque, used once, and a reuse ends the session.
//!
//! A token is `<session>.<rotation>.<mac>`, the last part HMAC-SHA256 over the first two. The database
//! keeps only the SHA-256 of the current and the previous one. Using the current token rotates it; the
//! previous one, within ten seconds, gets the same successor (a lost answer, two tabs), which is possible
//! without keeping it because it can be computed again; any older genuine token means that somebody
//! else has a copy, and ends the session. A token that was never ours changes nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use time::Duration;
use tradepost_contract::ids::Id;
use tradepost_contract::users::Audience;
use tradepost_contract::{SessionId, Timestamp};

use super::secrets::{Secrets, hmac, sha256_hex};

/// Within this time the previous token is answered with the same successor.
pub const RETRY: Duration = Duration::seconds(10);
/// A session ends when it was not used for this long.
pub const IDLE: Duration = Duration::days(14);

/// A session ends this long after the sign-in, however much it is used.
pub const fn absolute(audience: Audience) -> Duration {
    match audience {
        Audience::Staff => Duration::hours(12),
        Audience::Supplier => Duration::days(30),
    }
}

/// When an unused session ends: never after the whole session does.
pub fn idle_end(now: Timestamp, session_ends: Timestamp) -> Timestamp {
    now.plus(IDLE).min(session_ends)
}

/// The token of a session after so many rotations.
pub fn token(secrets: &Secrets, session: SessionId, rotation: i64) -> String {
    written(&secrets.refresh_key, session, rotation)
}

fn written(key: &[u8; 32], session: SessionId, rotation: i64) -> String {
    let mac = hmac(key, &[&session.as_i64().to_be_bytes(), &rotation.to_be_bytes()]);
    format!("{session}.{rotation}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// How the database keeps a token.
pub fn at_rest(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// A token that somebody presents, taken apart. Whether it is genuine is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// The session it claims to be of.
    pub session: SessionId,
    /// What the database would keep of it.
    pub hash: String,
    /// It was made by us, now or before the last change of the secret.
    pub genuine: bool,
}

/// Takes a presented token apart; `None` for anything that cannot be one.
pub fn read(secrets: &Secrets, text: &str) -> Option<Presented> {
    let mut parts = text.split('.');
    let (session, rotation, _mac) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || text.len() > 120 {
        return None;
    }
    let session: SessionId = session.parse().ok()?;
    let rotation: i64 = rotation.parse().ok().filter(|number| *number >= 0)?;
    let genuine = [Some(&secrets.refresh_key), secrets.previous_refresh_key.as_ref()]
        .into_iter()
        .flatten()
        .any(|key| bool::from(written(key, session, rotation).as_bytes().ct_eq(text.as_bytes())));
    Some(Presented {
        session,
        hash: at_rest(text),
        genuine,
    })
}

/// What the database knows of a session, as far as a refresh asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// The hash of the token that is good now.
    pub refresh_hash: String,
    /// The hash of the one before.
    pub previous_hash: Option<String>,
    /// How often it was rotated.
    pub rotation: i64,
    /// When it was rotated last.
    pub rotated_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// It was ended.
    pub revoked: bool,
}

/// What is to be done about a presented token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the current one: rotate.
    Rotate,
    /// It was the current one a moment ago: hand out the successor once more.
    Repeat,
    /// It was used long ago: somebody has a copy, so the session ends.
    Stolen,
    /// The session is over, or the token is none of ours: refuse and change nothing.
    Refuse,
}

/// Decides about a presented token.
pub fn judge(family: &Family, presented: &Presented, now: Timestamp) -> Verdict {
    let over = family.revoked || now >= family.idle_expires_at || now >= family.expires_at;
    let same = |hash: &str| bool::from(hash.as_bytes().ct_eq(presented.hash.as_bytes()));
    let is_current = same(&family.refresh_hash);
    let is_previous = family.previous_hash.as_deref().is_some_and(same);
    match (over, is_current, is_previous) {
        (true, _, _) => Verdict::Refuse,
        (false, true, _) => Verdict::Rotate,
        (false, false, true) if now.since(family.rotated_at) <= RETRY => Verdict::Repeat,
        (false, false, true) => Verdict::Stolen,
        (false, false, false) if presented.genuine => Verdict::Stolen,
        (false, false, false) => Verdict::Refuse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const SESSION: i64 = 4711;

    fn secrets() -> Secrets {
        Secrets::derive(&[5; 32], None).expect("derived")
    }

    fn nth(rotation: i64) -> String {
        token(&secrets(), SessionId::from_i64(SESSION), rotation)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_790_000_000 + seconds)
    }

    /// A session that was rotated five times, last at second 0.
    fn family() -> Family {
        Family {
            refresh_hash: at_rest(&nth(5)),
            previous_hash: Some(at_rest(&nth(4))),
            rotation: 5,
            rotated_at: at(0),
            idle_expires_at: at(1000),
            expires_at: at(2000),
            revoked: false,
        }
    }

    #[rstest]
    #[case::current(5, 1, Verdict::Rotate)]
    #[case::current_much_later(5, 999, Verdict::Rotate)]
    #[case::previous_at_once(4, 0, Verdict::Repeat)]
    #[case::previous_in_time(4, 10, Verdict::Repeat)]
    #[case::previous_too_late(4, 11, Verdict::Stolen)]
    #[case::older_even_at_once(3, 0, Verdict::Stolen)]
    #[case::the_very_first(0, 5, Verdict::Stolen)]
    #[case::one_that_was_never_handed_out(6, 1, Verdict::Stolen)]
    #[case::idle_too_long(5, 1000, Verdict::Refuse)]
    #[case::old_one_of_an_idle_session(2, 1000, Verdict::Refuse)]
    fn what_a_token_leads_to(#[case] rotation: i64, #[case] second: i64, #[case] expected: Verdict) {
        let presented = read(&secrets(), &nth(rotation)).expect("a token");
        assert_eq!(judge(&family(), &presented, at(second)), expected);
    }

    #[test]
    fn an_ended_session_stays_ended() {
        let presented = read(&secrets(), &nth(5)).expect("a token");
        assert_eq!(
            judge(
                &Family {
                    revoked: true,
                    ..family()
                },
                &presented,
                at(1)
            ),
            Verdict::Refuse
        );
        let late = Family {
            idle_expires_at: at(9000),
            ..family()
        };
        assert_eq!(
            judge(&late, &presented, at(2000)),
            Verdict::Refuse,
            "the absolute end holds"
        );
    }

    /// Whoever makes tokens up cannot end other people's sessions with them.
    #[test]
    fn a_forged_token_ends_nothing() {
        let forged = format!("{}.3.{}", SessionId::from_i64(SESSION), URL_SAFE_NO_PAD.encode([0; 32]));
        let presented = read(&secrets(), &forged).expect("the right form");
        assert!(!presented.genuine);
        assert_eq!(judge(&family(), &presented, at(1)), Verdict::Refuse);
        let other = Secrets::derive(&[6; 32], None).expect("derived");
        let presented = read(&secrets(), &token(&other, SessionId::from_i64(SESSION), 5)).expect("the right form");
        assert_eq!(judge(&family(), &presented, at(1)), Verdict::Refuse);
    }

    #[test]
    fn the_previous_secret_still_counts() {
        let old = nth(5);
        let changed = Secrets::derive(&[6; 32], Some(&[5; 32])).expect("derived");
        let presented = read(&changed, &old).expect("a token");
        assert!(presented.genuine);
        assert_eq!(judge(&family(), &presented, at(1)), Verdict::Rotate);
    }

    #[rstest]
    #[case("")]
    #[case("..")]
    #[case("sess_0000000000001.0")]
    #[case("sess_0000000000001.-1.AAAA")]
    #[case("sess_0000000000001.x.AAAA")]
    #[case("user_0000000000001.0.AAAA")]
    #[case("sess_0000000000001.0.AAAA.AAAA")]
    #[case("sess_0000000000001.99999999999999999999.AAAA")]
    fn what_is_no_token_is_refused(#[case] text: &str) {
        assert_eq!(read(&secrets(), text), None);
    }

    #[test]
    fn a_long_text_is_refused_and_another_spelling_is_not_genuine() {
        assert_eq!(read(&secrets(), &format!("{}{}", nth(1), "A".repeat(200))), None);
        let spelled = nth(1).replacen(".1.", ".01.", 1);
        assert!(read(&secrets(), &spelled).is_none_or(|presented| !presented.genuine));
    }

    #[test]
    fn staff_sign_in_daily_and_idle_never_outlasts_the_whole() {
        assert_eq!(absolute(Audience::Staff), Duration::hours(12));
        assert_eq!(absolute(Audience::Supplier), Duration::days(30));
        assert_eq!(idle_end(at(0), at(100)), at(100));
        assert_eq!(idle_end(at(0), at(0).plus(Duration::days(30))), at(0).plus(IDLE));
    }
}

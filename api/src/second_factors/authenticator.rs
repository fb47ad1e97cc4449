//! Codes of an authenticator: HOTP (RFC 4226) over steps of thirty seconds (RFC 6238), with SHA-1 and six digits, which
//! is what every authenticator understands. Pure.

use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;
use tradepost_contract::Timestamp;

/// A code is good for one step.
pub const STEP_SECONDS: i64 = 30;
/// Clocks differ and people type: the step before and the one after count too.
const EITHER_WAY: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of an instant.
pub fn step_of(now: Timestamp) -> i64 {
    now.as_seconds().div_euclid(STEP_SECONDS)
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> String {
    format!("{:06}", truncated(secret, step) % 1_000_000)
}

/// The 31 bits that a code is made of (RFC 4226, 5.3).
fn truncated(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let bytes = mac.as_ref();
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) & 0x7fff_ffff
}

/// The step whose code somebody typed, among those that count now. All are compared, so that the time does not tell.
pub(super) fn step_typed(secret: &[u8], typed: &str, now: Timestamp) -> Option<i64> {
    let now = step_of(now);
    let mut found = None;
    for step in now - EITHER_WAY..=now + EITHER_WAY {
        if bool::from(code(secret, step).as_bytes().ct_eq(typed.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// Base32 (RFC 4648) without padding, as authenticators take secrets.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// What base32 without padding stands for; nothing where it is none.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let digit = ALPHABET
            .iter()
            .position(|known| *known == letter.to_ascii_uppercase())?;
        held = held << 5 | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// What a QR code tells an authenticator: who asks, for whom, and the secret.
pub(super) fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account, secret) = (escaped(issuer), escaped(account), base32(secret));
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

/// Everything but plain letters and digits as `%20`: authenticators take `+` for a plus.
fn escaped(text: &str) -> String {
    use std::fmt::Write;
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => written.push(char::from(byte)),
            other => {
                let _ = write!(written, "%{other:02X}");
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const RFC_SECRET: &[u8] = b"12345678901234567890";

    /// The vectors that RFC 6238 publishes for SHA-1 (appendix B); they have eight digits.
    #[rstest]
    #[case(59, 94_287_082)]
    #[case(1_111_111_109, 7_081_804)]
    #[case(1_111_111_111, 14_050_471)]
    #[case(1_234_567_890, 89_005_924)]
    #[case(2_000_000_000, 69_279_037)]
    #[case(20_000_000_000, 65_353_130)]
    fn the_published_vectors(#[case] seconds: i64, #[case] expected: u32) {
        let step = step_of(Timestamp::from_seconds(seconds));
        assert_eq!(truncated(RFC_SECRET, step) % 100_000_000, expected);
        assert_eq!(code(RFC_SECRET, step), format!("{:06}", expected % 1_000_000));
    }

    #[rstest]
    #[case::two_steps_ago(-2, false)]
    #[case::the_step_before(-1, true)]
    #[case::now(0, true)]
    #[case::the_step_after(1, true)]
    #[case::two_steps_ahead(2, false)]
    fn which_steps_count(#[case] away: i64, #[case] good: bool) {
        let now = Timestamp::from_seconds(1_790_000_010);
        let step = step_of(now) + away;
        let typed = step_typed(RFC_SECRET, &code(RFC_SECRET, step), now);
        assert_eq!(typed, good.then_some(step));
        assert_eq!(step_typed(RFC_SECRET, "", now), None);
    }

    /// The vectors of RFC 4648, without their padding.
    #[rstest]
    #[case("", "")]
    #[case("f", "MY")]
    #[case("fo", "MZXQ")]
    #[case("foo", "MZXW6")]
    #[case("foob", "MZXW6YQ")]
    #[case("fooba", "MZXW6YTB")]
    #[case("foobar", "MZXW6YTBOI")]
    fn base32_is_the_standards(#[case] bytes: &str, #[case] text: &str) {
        assert_eq!(base32(bytes.as_bytes()), text);
        assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        assert_eq!(from_base32(&text.to_lowercase()).as_deref(), Some(bytes.as_bytes()));
    }

    #[test]
    fn the_address_names_seller_and_person() {
        let uri = uri("Acme Leads", "ann+x@example.com", RFC_SECRET);
        assert_eq!(
            uri,
            "otpauth://totp/Acme%20Leads:ann%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20Leads&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(from_base32("0189"), None);
    }
}

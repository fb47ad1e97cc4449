//! Who has asked before, without keeping a list of people: keyed hashes of phone numbers and
//! addresses, each alive for the policy's window.
//!
//! A fingerprint is taken by inserting its row, or else by a guarded update of a row whose time is
//! over; whoever can do neither is a duplicate. Two enquiries at the same moment therefore have one
//! winner on both databases, without reading first. The rows of a lead are always taken in the same
//! order (phone, then e-mail), so that two leads never wait for each other.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tradepost_contract::leads::LeadPerson;
use tradepost_contract::policy::IntakePolicy;

/// What a fingerprint is of; the words of the column `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FingerprintKind {
    /// A phone number in E.164.
    Phone,
    /// An e-mail address in lower case.
    Email,
}

impl FingerprintKind {
    /// The word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }
}

/// The keyed hash of something that identifies a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// What it is of.
    pub(crate) kind: FingerprintKind,
    /// HMAC-SHA256 in hexadecimal digits.
    pub(crate) hash: String,
}

/// The fingerprints that the policy compares, phone first.
pub(crate) fn of(person: &LeadPerson, policy: &IntakePolicy, key: &[u8; 32]) -> Vec<Fingerprint> {
    let phone = person
        .phone
        .as_deref()
        .filter(|_| policy.duplicate_by_phone)
        .map(|phone| (FingerprintKind::Phone, phone.to_owned()));
    let email = person
        .email
        .as_deref()
        .filter(|_| policy.duplicate_by_email)
        .map(|email| (FingerprintKind::Email, email.to_lowercase()));
    phone
        .into_iter()
        .chain(email)
        .map(|(kind, value)| Fingerprint {
            kind,
            hash: keyed_hash(key, kind, &value),
        })
        .collect()
}

fn keyed_hash(key: &[u8; 32], kind: FingerprintKind, value: &str) -> String {
    // A key of the hash's own size is always accepted; an empty tag would only ever miss a duplicate.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(kind.as_str().as_bytes());
    mac.update(b":");
    mac.update(value.as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leads::contact;

    #[test]
    fn format_noise_does_not_make_another_person() {
        let policy: IntakePolicy = serde_json::from_value(serde_json::json!({
            "required_fields": {}, "countries": {}, "duplicate": "reject", "duplicate_window_days": 30,
            "duplicate_by_phone": true, "duplicate_by_email": true,
            "consent": {"required": false}, "verification": {"required": false, "methods": {}}, "checks": {}
        }))
        .unwrap();
        let person = |phone: &str, email: &str| LeadPerson {
            phone: contact::phone(phone, "US"),
            email: contact::email(email),
            ..LeadPerson::default()
        };
        let key = [7; 32];
        let first = of(&person("(512) 474-0142", "dana@example.com"), &policy, &key);
        assert_eq!(first.len(), 2);
        for (phone, email) in [
            ("+1 512 474 0142", "DANA@example.com"),
            ("1.512.474.0142", " dana@EXAMPLE.com "),
        ] {
            assert_eq!(of(&person(phone, email), &policy, &key), first);
        }
        assert_ne!(of(&person("(512) 474-0143", ""), &policy, &key)[0], first[0]);
        assert_ne!(
            of(&person("(512) 474-0142", ""), &policy, &[8; 32])[0],
            first[0],
            "another key, another hash"
        );
        let by_email = IntakePolicy {
            duplicate_by_phone: false,
            ..policy
        };
        assert_eq!(
            of(&person("(512) 474-0142", "dana@example.com"), &by_email, &key),
            first[1..]
        );
    }
}

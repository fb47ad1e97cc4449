//! Who has asked before, without keeping a list of people: keyed hashes of phone numbers and
//! addresses, each alive for the policy's window.
//!
//! A fingerprint is taken by inserting its row, or else by a guarded update of a row whose time is
//! over; whoever can do neither is a duplicate. Two enquiries at the same moment therefore have one
//! winner on both databases, without reading first. The rows of a lead are always taken in the same
//! order (phone, then e-mail), so that two leads never wait for each other.

use crate::auth::secrets::Secrets;
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
    /// HMAC-SHA256 under the installation's fingerprint key.
    pub(crate) hash: String,
}

/// The fingerprints that the policy compares, phone first.
pub(crate) fn of(person: &LeadPerson, policy: &IntakePolicy, secrets: &Secrets) -> Vec<Fingerprint> {
    let phone = person.phone.clone().filter(|_| policy.duplicate_by_phone);
    let email = person
        .email
        .as_deref()
        .filter(|_| policy.duplicate_by_email)
        .map(str::to_lowercase);
    let values = [(FingerprintKind::Phone, phone), (FingerprintKind::Email, email)];
    let print = |(kind, value): (FingerprintKind, Option<String>)| {
        value.map(|value| Fingerprint {
            kind,
            hash: secrets.fingerprint(kind.as_str(), &value),
        })
    };
    values.into_iter().filter_map(print).collect()
}

/// The fingerprints under which a person is kept out after an erasure or objection, whatever the policy compares.
pub(crate) fn to_keep_out(phone: Option<&str>, email: Option<&str>, secrets: &Secrets) -> Vec<Fingerprint> {
    let email = email.map(str::to_lowercase);
    let values = [
        (FingerprintKind::Phone, phone),
        (FingerprintKind::Email, email.as_deref()),
    ];
    let print = |(kind, value): (FingerprintKind, Option<&str>)| {
        value.map(|value| Fingerprint {
            kind,
            hash: secrets.fingerprint(kind.as_str(), value),
        })
    };
    values.into_iter().filter_map(print).collect()
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
        let key = Secrets::ephemeral().unwrap();
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
            of(&person("(512) 474-0142", ""), &policy, &Secrets::ephemeral().unwrap())[0],
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

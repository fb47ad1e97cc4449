//! What makes a programme's particulars acceptable. Pure.

use crate::calendar::Zone;
use tradepost_contract::FieldError;
use tradepost_contract::programmes::{Brand, CreateProgramme, UpdateProgramme};

/// The faults of a new programme, its policy aside.
pub(super) fn faults_of_new(body: &CreateProgramme) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !is_code(&body.slug) {
        let message = "1 to 60 small letters, digits and hyphens, beginning with a letter or digit";
        faults.push(FieldError::new("/slug", "format", message));
    }
    faults.extend(text_faults("/name", &body.name, 120));
    faults.extend(brand_faults("/brand", &body.brand));
    faults.extend(zone_fault("/time_zone", &body.time_zone));
    faults.extend(country_fault("/country", &body.country));
    if iso_currency::Currency::from_code(body.currency.as_str()).is_none() {
        faults.push(FieldError::new(
            "/currency",
            "unknown_currency",
            "expected an ISO 4217 currency",
        ));
    }
    faults
}

/// The faults of a change.
pub(super) fn faults_of_change(body: &UpdateProgramme) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if let Some(name) = &body.name {
        faults.extend(text_faults("/name", name, 120));
    }
    if let Some(brand) = &body.brand {
        faults.extend(brand_faults("/brand", brand));
    }
    faults
}

fn brand_faults(pointer: &str, brand: &Brand) -> Vec<FieldError> {
    let at = |field: &str| format!("{pointer}/{field}");
    let mut faults = text_faults(&at("descriptor"), &brand.descriptor, 60);
    faults.extend(email_faults(&at("support_email"), &brand.support_email));
    if let Some(phone) = &brand.support_phone {
        faults.extend(text_faults(&at("support_phone"), phone, 40));
    }
    faults.extend(text_faults(&at("department/name"), &brand.department.name, 120));
    faults.extend(email_faults(&at("department/email"), &brand.department.email));
    faults.extend(text_faults(&at("department/phone"), &brand.department.phone, 40));
    faults
}

fn email_faults(pointer: &str, email: &str) -> Vec<FieldError> {
    let mut faults = text_faults(pointer, email, 254);
    let well_formed = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(char::is_whitespace)
    });
    if faults.is_empty() && !well_formed {
        faults.push(FieldError::new(pointer, "format", "expected an e-mail address"));
    }
    faults
}

/// A line of text that is not blank, not too long, and holds no control characters.
pub(crate) fn text_faults(pointer: &str, text: &str, longest: usize) -> Vec<FieldError> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > longest {
        return vec![FieldError::new(
            pointer,
            "length",
            format!("expected 1 to {longest} characters"),
        )];
    }
    // PostgreSQL keeps no NUL, and a line break has no place in a name.
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        return vec![FieldError::new(
            pointer,
            "format",
            "control characters are not accepted",
        )];
    }
    Vec::new()
}

/// An IANA time zone.
pub(crate) fn zone_fault(pointer: &str, zone: &str) -> Option<FieldError> {
    let fault = Zone::parse(zone).err()?;
    Some(FieldError::new(pointer, "unknown_time_zone", fault.to_string()))
}

/// Two capital letters.
pub(crate) fn country_fault(pointer: &str, country: &str) -> Option<FieldError> {
    let known = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    (!known).then(|| {
        FieldError::new(
            pointer,
            "unknown_country",
            "expected an ISO 3166 code of two capital letters",
        )
    })
}

/// A short name in addresses.
pub(crate) fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=60).contains(&text.len())
        && text.bytes().all(|byte| plain(byte) || byte == b'-')
        && text.bytes().next().is_some_and(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_neither_blank_nor_endless_nor_binary() {
        for bad in ["", "  ", "a\0b", "a\tb", &"x".repeat(11)] {
            assert_eq!(text_faults("/name", bad, 10).len(), 1, "{bad:?}");
        }
        assert_eq!(
            text_faults("/name", "ééééééééé", 10),
            [],
            "letters are counted, not bytes"
        );
    }

    #[test]
    fn codes_are_plain() {
        assert!(is_code("b2b-leads") && is_code("7"));
        for bad in ["", "-a", "A", "a_b", "a b", "é", &"a".repeat(61)] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn addresses_have_a_name_and_a_host() {
        assert_eq!(email_faults("/e", "a@b.example"), []);
        for bad in ["a", "@b.example", "a@b", "a@b@c.example", "a b@c.example"] {
            assert_eq!(email_faults("/e", bad).len(), 1, "{bad}");
        }
    }
}

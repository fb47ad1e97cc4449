//! What a target may say. Pure.

use crate::suppliers::fields::Faults;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use tradepost_contract::delivery_targets::{DeliveryTargetAuth, DeliveryTargetField, DeliveryTargetKind};

/// More fields than this no form has.
const MOST_FIELDS: usize = 100;
const LONGEST_NAME: usize = 100;
const LONGEST_TEXT: usize = 500;

/// Headers that are ours, or the connection's.
const TAKEN: &[&str] = &[
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-delivery-id",
    "x-delivery-test",
];

/// Looks at the names of the receiver's fields.
pub(super) fn check_fields(faults: &mut Faults, kind: DeliveryTargetKind, fields: &[DeliveryTargetField]) {
    if !fields.is_empty() && !kind.is_mapped() {
        faults.push("/fields", "not_here", "ADF has names of its own");
        return;
    }
    if fields.len() > MOST_FIELDS {
        faults.push("/fields", "too_many", "has at most 100 fields");
        return;
    }
    let (mut whole, mut parts) = (BTreeSet::new(), BTreeSet::new());
    for (at, field) in fields.iter().enumerate() {
        let pointer = |name: &str| format!("/fields/{at}/{name}");
        let name = field.name.as_str();
        let odd = |text: &str| text.chars().any(char::is_control);
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME || odd(name) {
            faults.push(pointer("name"), "invalid", "has 1 to 100 characters");
        }
        if name.split('.').any(str::is_empty) {
            faults.push(pointer("name"), "invalid", "has a name on either side of a dot");
        }
        let given = [field.field.is_some(), field.answer.is_some(), field.constant.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            faults.push(pointer("field"), "one_of", "say one of field, answer and constant");
        }
        for (what, text, longest) in [
            ("answer", &field.answer, LONGEST_NAME),
            ("constant", &field.constant, LONGEST_TEXT),
        ] {
            if text
                .as_ref()
                .is_some_and(|text| text.chars().count() > longest || odd(text))
            {
                let message = format!("has at most {longest} characters on one line");
                faults.push(pointer(what), "invalid", message);
            }
        }
        let nested = kind == DeliveryTargetKind::JsonPost;
        let above: Vec<&str> = name.match_indices('.').map(|(dot, _)| &name[..dot]).collect();
        let clashes = nested && (parts.contains(name) || above.iter().any(|above| whole.contains(above)));
        if clashes || !whole.insert(name) {
            faults.push(pointer("name"), "named_twice", "another field has this name");
        }
        parts.extend(above);
    }
}

/// How we show who we are: what is written above the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) auth_name: Option<String>,
}

/// Looks at how we show who we are.
pub(super) fn check_auth(
    faults: &mut Faults,
    kind: DeliveryTargetKind,
    auth: DeliveryTargetAuth,
    name: Option<&str>,
    secret: Option<&str>,
) -> Shown {
    if auth == DeliveryTargetAuth::None {
        if name.is_some() {
            faults.push("/auth_name", "not_here", "goes with `basic` and `header` only");
        }
        if secret.is_some() {
            faults.push("/auth_secret", "not_here", "goes with `basic` and `header` only");
        }
        return Shown::default();
    }
    if kind.is_mail() {
        faults.push("/auth", "not_here", "a mail shows nothing but its sender");
        return Shown::default();
    }
    let name = name.unwrap_or_default().trim();
    let is_fine = match auth {
        DeliveryTargetAuth::Basic => !name.is_empty() && !name.contains(':') && !name.chars().any(char::is_control),
        _ => is_header(name) && !TAKEN.contains(&name.to_ascii_lowercase().as_str()),
    };
    if !is_fine || name.chars().count() > LONGEST_NAME {
        let message = match auth {
            DeliveryTargetAuth::Basic => "is a user name without a colon",
            _ => "is the name of a header that is not ours, such as X-Api-Key",
        };
        faults.push("/auth_name", "invalid", message);
    }
    let fits =
        |text: &str| (1..=LONGEST_TEXT).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !secret.is_some_and(fits) {
        let message = "has 1 to 500 letters, digits and signs of ASCII";
        faults.push(
            "/auth_secret",
            if secret.is_some() { "invalid" } else { "required" },
            message,
        );
    }
    Shown {
        auth_name: Some(name.to_owned()),
    }
}

fn is_header(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(part)
}

/// The header that shows who we are.
pub(super) fn proof(auth: DeliveryTargetAuth, name: Option<&str>, secret: &str) -> Option<(String, String)> {
    let name = name.unwrap_or_default();
    match auth {
        DeliveryTargetAuth::None => None,
        DeliveryTargetAuth::Basic => {
            let both = STANDARD.encode(format!("{name}:{secret}"));
            Some(("authorization".to_owned(), format!("Basic {both}")))
        }
        DeliveryTargetAuth::Header => Some((name.to_ascii_lowercase(), secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!([{ "name": "a", "field": "email" }, { "name": "b", "constant": "x" }]), true)]
    #[case(json!([{ "name": "a.b", "field": "email" }, { "name": "a.c", "answer": "x" }]), true)]
    #[case(json!([{ "name": "", "field": "email" }]), false)]
    #[case(json!([{ "name": "a..b", "field": "email" }]), false)]
    #[case(json!([{ "name": "a" }]), false)]
    #[case(json!([{ "name": "a", "field": "email", "constant": "x" }]), false)]
    #[case(json!([{ "name": "a", "field": "email" }, { "name": "a", "field": "phone" }]), false)]
    #[case(json!([{ "name": "a", "field": "email" }, { "name": "a.b", "field": "phone" }]), false)]
    #[case(json!([{ "name": "a.b", "field": "email" }, { "name": "a", "field": "phone" }]), false)]
    #[case(json!([{ "name": "a", "constant": "x\u{0}" }]), false)]
    fn which_names_fit_json(#[case] fields: Value, #[case] expected: bool) {
        let fields: Vec<DeliveryTargetField> = serde_json::from_value(fields).expect("fields");
        let mut faults = Faults::default();
        check_fields(&mut faults, DeliveryTargetKind::JsonPost, &fields);
        assert_eq!(faults.finish().is_ok(), expected, "{fields:?}");
        let mut faults = Faults::default();
        check_fields(&mut faults, DeliveryTargetKind::AdfPost, &fields);
        assert!(faults.finish().is_err(), "ADF has its own names");
    }

    #[rstest]
    #[case("none", None, None, true)]
    #[case("none", Some("X-Api-Key"), None, false)]
    #[case("none", None, Some("x"), false)]
    #[case("header", Some("X-Api-Key"), Some("k3y"), true)]
    #[case("header", Some("X-Api-Key"), None, false)]
    #[case("header", Some("X-Api-Key"), Some("k\r\nHost: y"), false)]
    #[case("header", Some("X Api"), Some("k"), false)]
    #[case("header", Some("Host"), Some("k"), false)]
    #[case("header", Some("Content-Type"), Some("k"), false)]
    #[case("header", Some("Authorization"), Some("Bearer k"), true)]
    #[case("basic", Some("shop"), Some("pass word"), true)]
    #[case("basic", Some("sh:op"), Some("pass"), false)]
    #[case("basic", None, Some("pass"), false)]
    fn how_we_show_who_we_are(
        #[case] auth: DeliveryTargetAuth,
        #[case] name: Option<&str>,
        #[case] secret: Option<&str>,
        #[case] expected: bool,
    ) {
        let mut faults = Faults::default();
        check_auth(&mut faults, DeliveryTargetKind::FormPost, auth, name, secret);
        assert_eq!(faults.finish().is_ok(), expected);
    }

    #[test]
    fn basic_is_base64_and_a_header_is_its_text() {
        let (name, text) = proof(DeliveryTargetAuth::Basic, Some("Aladdin"), "open sesame").expect("a header");
        assert_eq!(
            (name.as_str(), text.as_str()),
            ("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        );
        let shown = proof(DeliveryTargetAuth::Header, Some("X-Api-Key"), "k3y").expect("a header");
        assert_eq!(shown, ("x-api-key".to_owned(), "k3y".to_owned()));
        assert_eq!(proof(DeliveryTargetAuth::None, None, ""), None);
    }
}

//! Numbers of payment cards, which nobody should type into a note: they are masked before anything is kept (R121).
//!
//! A card number is recognised by its length, by how the large schemes begin theirs, and by its check digit. Lengths that
//! phone numbers and other programs' ids have are left alone unless all three fit, and only texts that people write freely
//! are looked at: an id that happens to look like a card stays what it is.

use serde_json::Value;

/// What people write freely, by the names that the API has for it.
const FREE: &[&str] = &[
    "note",
    "notes",
    "text",
    "reason",
    "explanation",
    "comment",
    "message",
    "subject",
    "evidence",
    "description",
    "identity_note",
    "retention_note",
    "resolution",
    "override_reason",
    "answer",
];

/// Names of documents of free texts.
const FREE_WITHIN: &[&str] = &["answers"];

const SHORTEST: usize = 14;
const LONGEST: usize = 19;

/// Whether a body may hold a card number at all: most do not, and are not looked at any further.
pub(crate) fn may_be_in(body: &[u8]) -> bool {
    let mut digits = 0;
    for byte in body {
        match byte {
            b'0'..=b'9' => digits += 1,
            b' ' | b'-' | b'.' => {}
            _ => digits = 0,
        }
        if digits >= SHORTEST {
            return true;
        }
    }
    false
}

/// Masks card numbers in the free texts of a document; whether there were any.
pub(crate) fn mask(value: &mut Value) -> bool {
    mask_below(value, false)
}

fn mask_below(value: &mut Value, free: bool) -> bool {
    match value {
        Value::String(text) if free => match masked(text) {
            Some(safe) => {
                *text = safe;
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |did, item| mask_below(item, free) | did),
        Value::Object(fields) => fields.iter_mut().fold(false, |did, (name, field)| {
            let within = FREE_WITHIN.contains(&name.as_str());
            mask_below(field, free || within || FREE.contains(&name.as_str())) | did
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The text with its card numbers masked; nothing where there are none.
pub(crate) fn masked(text: &str) -> Option<String> {
    let mut safe = String::new();
    let mut kept_to = 0;
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let (end, digits) = run_of_digits(&text[start..]);
        let end = start + end;
        if is_card(&digits) {
            safe.push_str(&text[kept_to..start]);
            safe.push_str("[card number ending ");
            safe.extend(digits[digits.len() - 4..].iter().map(|digit| char::from(b'0' + digit)));
            safe.push(']');
            kept_to = end;
        }
        from = end;
    }
    (kept_to > 0).then(|| {
        safe.push_str(&text[kept_to..]);
        safe
    })
}

/// Digits with single blanks, dashes or points between them: where they end, and which they are.
fn run_of_digits(text: &str) -> (usize, Vec<u8>) {
    let bytes = text.as_bytes();
    let (mut at, mut end, mut digits) = (0, 0, Vec::new());
    while at < bytes.len() {
        match bytes[at] {
            byte @ b'0'..=b'9' => {
                digits.push(byte - b'0');
                at += 1;
                end = at;
            }
            b' ' | b'-' | b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => at += 1,
            _ => break,
        }
    }
    (end, digits)
}

fn is_card(digits: &[u8]) -> bool {
    if !(SHORTEST..=LONGEST).contains(&digits.len()) {
        return false;
    }
    let begin = |count: usize| {
        digits[..count]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let (one, two, three, four) = (begin(1), begin(2), begin(3), begin(4));
    let of_a_scheme = match digits.len() {
        14 => matches!(two, 36 | 38 | 39) || (300..=305).contains(&three),
        15 => matches!(two, 34 | 37),
        16 => {
            one == 4
                || (51..=55).contains(&two)
                || (2221..=2720).contains(&four)
                || four == 6011
                || two == 65
                || two == 35
                || two == 62
        }
        18 | 19 => one == 4 || two == 62,
        _ => false,
    };
    of_a_scheme && checks_out(digits)
}

/// The check digit of ISO/IEC 7812 (Luhn).
fn checks_out(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit);
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::visa(
        "pay with 4111 1111 1111 1111 please",
        Some("pay with [card number ending 1111] please")
    )]
    #[case::dashes("5555-5555-5555-4444", Some("[card number ending 4444]"))]
    #[case::amex("378282246310005.", Some("[card number ending 0005]."))]
    #[case::two(
        "4111111111111111 or 6011111111111117",
        Some("[card number ending 1111] or [card number ending 1117]")
    )]
    #[case::wrong_check_digit("4111 1111 1111 1112", None)]
    #[case::phone("+44 20 7183 8750, 0044 20 7183 8750", None)]
    #[case::order("order 20261123000017", None)]
    #[case::letters("zoë 4111x1111", None)]
    #[case::nothing("", None)]
    fn card_numbers_are_told_from_others(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(masked(text).as_deref(), expected);
        if expected.is_some() {
            assert!(may_be_in(text.as_bytes()));
        }
    }

    #[test]
    fn only_free_texts_are_looked_at() {
        let card = "4111111111111111";
        let mut body = json!({ "external_id": card, "person": { "notes": card }, "answers": { "q": card }, "list": [{ "text": card }] });
        assert!(mask(&mut body));
        let safe = "[card number ending 1111]";
        assert_eq!(
            body,
            json!({ "external_id": card, "person": { "notes": safe }, "answers": { "q": safe }, "list": [{ "text": safe }] })
        );
        assert!(!mask(&mut body));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_none_is_masked_twice(text in "\\PC{0,60}") {
            if let Some(safe) = masked(&text) {
                prop_assert_eq!(masked(&safe), None);
            }
        }
    }
}

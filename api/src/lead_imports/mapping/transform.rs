//! What is done to a text on its way into a field.

use tradepost_contract::lead_imports::FieldTransform;

/// What stands in front of a cell of Meta's exports: of leads, phone numbers, postcodes, forms, ads, campaigns and ad
/// sets.
const PREFIXES: &[&str] = &["l:", "p:", "z:", "f:", "ag:", "c:", "as:"];

const YES: &[&str] = &["true", "yes", "y", "1", "on", "checked", "ja", "oui", "si", "sí", "sim"];
const NO: &[&str] = &["false", "no", "n", "0", "off", "unchecked", "nein", "non", "não"];

/// The text as it goes on; empty where nothing of it is left.
pub(super) fn apply(transform: FieldTransform, text: &str) -> String {
    match transform {
        FieldTransform::Boolean => boolean(text).map_or_else(|| text.to_owned(), str::to_owned),
        FieldTransform::FirstName => split_name(text).0,
        FieldTransform::LastName => split_name(text).1,
        FieldTransform::WithoutPrefix => without_prefix(text).unwrap_or(text).to_owned(),
    }
}

fn boolean(text: &str) -> Option<&'static str> {
    let word = text.trim().to_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    is(YES).then_some("yes").or_else(|| is(NO).then_some("no"))
}

/// First name and the rest. A name of one word is a first name.
fn split_name(text: &str) -> (String, String) {
    let joined = |words: &[&str]| words.join(" ");
    if let Some((last, first)) = text.split_once(',') {
        return (first.trim().to_owned(), last.trim().to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.split_first() {
        None => (String::new(), String::new()),
        Some((first, rest)) => ((*first).to_owned(), joined(rest)),
    }
}

/// What stands behind one of the prefixes, where there is one.
pub(super) fn without_prefix(text: &str) -> Option<&str> {
    let text = text.trim();
    PREFIXES
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(FieldTransform::Boolean, " On ", "yes")]
    #[case(FieldTransform::Boolean, "Nein", "no")]
    #[case(FieldTransform::Boolean, "perhaps", "perhaps")]
    #[case(FieldTransform::FirstName, "Dana van der Berg", "Dana")]
    #[case(FieldTransform::LastName, "Dana van der Berg", "van der Berg")]
    #[case(FieldTransform::FirstName, "Reyes, Dana", "Dana")]
    #[case(FieldTransform::LastName, "Reyes, Dana", "Reyes")]
    #[case(FieldTransform::FirstName, "Dana", "Dana")]
    #[case(FieldTransform::LastName, "Dana", "")]
    #[case(FieldTransform::WithoutPrefix, "l:4711", "4711")]
    #[case(FieldTransform::WithoutPrefix, "p:+15125550142", "+15125550142")]
    #[case(FieldTransform::WithoutPrefix, "ag:1", "1")]
    #[case(FieldTransform::WithoutPrefix, "as:1", "1")]
    #[case(FieldTransform::WithoutPrefix, "zip: 78701", "zip: 78701")]
    fn a_text_is_changed_on_its_way(#[case] transform: FieldTransform, #[case] text: &str, #[case] expect: &str) {
        assert_eq!(apply(transform, text), expect);
    }
}

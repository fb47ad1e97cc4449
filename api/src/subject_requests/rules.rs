//! What of a text is to go, and which bytes of a file: pure.

use crate::lead_imports::detect;
use serde_json::Value;
use std::collections::BTreeSet;
use tradepost_contract::lead_imports::FileDelimiter;
use tradepost_contract::leads::LeadPerson;

/// What stands where something of a person stood.
pub(super) const ERASED: &str = "[erased]";

/// So many digits of a phone number tell it from an order number; countries write what is before them differently.
const TELLING_DIGITS: usize = 9;

/// What tells that a text is about a person.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    words: BTreeSet<String>,
    digits: BTreeSet<String>,
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl Marks {
    /// Adds what is known of a person. The company is no person; a name of one word is too common to tell anything.
    pub(super) fn add(&mut self, person: &LeadPerson) {
        let words = [&person.name, &person.email, &person.address, &person.phone_as_given];
        for word in words.into_iter().flatten() {
            let word = word.trim().to_lowercase();
            if word.chars().count() >= 6 {
                self.words.insert(word);
            }
        }
        for number in [&person.phone, &person.phone_as_given].into_iter().flatten() {
            let digits = digits_of(number);
            if digits.len() >= TELLING_DIGITS {
                self.digits.insert(digits[digits.len() - TELLING_DIGITS..].to_owned());
            }
        }
    }

    /// The words to look for in a database, in lower case.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether a text names the person.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        if self.words.iter().any(|word| lower.contains(word.as_str())) {
            return true;
        }
        let digits = digits_of(text);
        self.digits.iter().any(|number| digits.contains(number.as_str()))
    }

    /// Replaces what names the person anywhere in a document, and all that people wrote freely.
    pub(super) fn take_out_of(&self, value: &mut Value) -> bool {
        const FREE: &[&str] = &["explanation", "note", "text", "question", "evidence"];
        match value {
            Value::String(text) if self.are_in(text) => {
                ERASED.clone_into(text);
                true
            }
            Value::Array(items) => items.iter_mut().fold(false, |did, item| self.take_out_of(item) | did),
            Value::Object(fields) => fields.iter_mut().fold(false, |did, (name, field)| {
                if FREE.contains(&name.as_str())
                    && field.as_str().is_some_and(|text| !text.is_empty() && text != ERASED)
                {
                    *field = Value::String(ERASED.to_owned());
                    return true;
                }
                self.take_out_of(field) | did
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
}

/// A name, as it is compared: its words in lower case.
fn words_of(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// A postcode, as it is compared.
pub(super) fn plain_postcode(postcode: &str) -> String {
    let plain = postcode.chars().filter(|c| c.is_alphanumeric());
    plain.flat_map(char::to_uppercase).collect()
}

/// Whether two names may be one person's: the same last word, and first words that begin with the same letter.
pub(super) fn may_be_the_same(one: &str, other: &str) -> bool {
    let (one, other) = (words_of(one), words_of(other));
    let initial = |words: &[String]| words.first().and_then(|word| word.chars().next());
    one.last().is_some() && one.last() == other.last() && initial(&one) == initial(&other)
}

/// What tells a person in rows of cells, such as a file's: a number, an address, or the whole name beside the postcode.
#[derive(Debug, Clone, Default)]
pub(super) struct Traces {
    numbers: BTreeSet<String>,
    emails: BTreeSet<String>,
    names: BTreeSet<(Vec<String>, String)>,
}

impl Traces {
    pub(super) fn add(&mut self, phone: Option<&str>, email: Option<&str>, name: Option<&str>, postcode: Option<&str>) {
        let digits = phone.map(digits_of).filter(|digits| digits.len() >= TELLING_DIGITS);
        self.numbers
            .extend(digits.map(|digits| digits[digits.len() - TELLING_DIGITS..].to_owned()));
        self.emails.extend(
            email
                .map(|address| address.trim().to_lowercase())
                .filter(|address| address.contains('@')),
        );
        if let (Some(name), Some(postcode)) = (name, postcode) {
            let (words, postcode) = (words_of(name), plain_postcode(postcode));
            if words.len() >= 2 && !postcode.is_empty() {
                self.names.insert((words, postcode));
            }
        }
    }

    /// Whether a row is about the person.
    pub(super) fn are_in<'a>(&self, cells: impl Iterator<Item = &'a str> + Clone) -> bool {
        let tells = |cell: &str| {
            let digits = digits_of(cell);
            if digits.len() >= TELLING_DIGITS && self.numbers.iter().any(|number| digits.contains(number.as_str())) {
                return true;
            }
            cell.contains('@') && {
                let lower = cell.to_lowercase();
                self.emails.iter().any(|address| lower.contains(address.as_str()))
            }
        };
        if cells.clone().any(tells) {
            return true;
        }
        self.names.iter().any(|(words, postcode)| {
            cells.clone().any(|cell| plain_postcode(cell) == *postcode) && {
                let there: BTreeSet<String> = cells.clone().flat_map(words_of).collect();
                words.iter().all(|word| there.contains(word))
            }
        })
    }
}

/// The rows of a file that are about a person, as the import numbers them; its head is none.
pub(super) fn rows_about(text: &[u8], delimiter: FileDelimiter, traces: &Traces) -> BTreeSet<i64> {
    let records = detect::reader(text, delimiter).into_records();
    let all = records.map_while(Result::ok).zip(1_i64..);
    all.filter(|(record, _)| !detect::is_blank(record))
        .skip(1)
        .filter(|(record, _)| traces.are_in(record.iter()))
        .map(|(_, row)| row)
        .collect()
}

/// A text that is kept for good, such as a reason in the audit trail: it does not name the person that it is about.
pub(crate) fn without_person(person: &LeadPerson, text: &str) -> String {
    let mut marks = Marks::default();
    marks.add(person);
    let says = if marks.are_in(text) { "[names the person]" } else { text };
    says.to_owned()
}

/// A file without some of its rows, which are numbered as the import numbers them, from 1. Each leaves one cell behind, so
/// that the others keep their numbers.
pub(super) fn without_rows(text: &[u8], delimiter: FileDelimiter, rows: &BTreeSet<i64>) -> Vec<u8> {
    let mut reader = detect::reader(text, delimiter);
    let mut starts: Vec<usize> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let at = record.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or(text.len());
        // A row ends with its carriage return for the reader, and with the line feed behind it for us.
        let feeds = at > 0 && text[at - 1] == b'\r' && text.get(at) == Some(&b'\n');
        starts.push(at + usize::from(feeds));
    }
    starts.push(text.len());
    let mut kept = Vec::with_capacity(text.len());
    kept.extend_from_slice(&text[..starts[0]]);
    for (place, range) in starts.windows(2).enumerate() {
        let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
        if rows.contains(&number) {
            kept.extend_from_slice(ERASED.as_bytes());
            kept.push(b'\n');
        } else {
            kept.extend_from_slice(&text[range[0]..range[1]]);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn marks() -> Marks {
        let mut marks = Marks::default();
        marks.add(&LeadPerson {
            name: Some("Dana Reyes".to_owned()),
            email: Some("Dana@Reyes.example".to_owned()),
            phone: Some("+15124740142".to_owned()),
            phone_as_given: Some("(512) 474-0142".to_owned()),
            address: Some("12 Elm Street".to_owned()),
            ..LeadPerson::default()
        });
        marks
    }

    #[rstest]
    #[case("I spoke to dana reyes today", true)]
    #[case("write to DANA@reyes.example", true)]
    #[case("512.474.0142 is wrong", true)]
    #[case("+1 512 474 0142", true)]
    #[case("at 12 elm street", true)]
    #[case("Dana is nice", false)]
    #[case("lead 4740142", false)]
    #[case("", false)]
    fn a_text_that_names_the_person_is_told(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(marks().are_in(text), expected);
    }

    #[test]
    fn nobody_is_in_every_text() {
        assert!(!Marks::default().are_in("anything 1234567890"));
    }

    #[test]
    fn documents_keep_their_facts() {
        let mut facts = json!({ "id": "ret_1", "explanation": "He moved", "list": ["Dana Reyes", "x"], "n": 3 });
        assert!(marks().take_out_of(&mut facts));
        assert_eq!(
            facts,
            json!({ "id": "ret_1", "explanation": ERASED, "list": [ERASED, "x"], "n": 3 })
        );
        assert!(!marks().take_out_of(&mut facts), "a second time finds nothing");
    }

    #[rstest]
    #[case("Dana Reyes", "dana reyes", true)]
    #[case("D. Reyes", "Dana Maria Reyes", true)]
    #[case("Dana Reyes", "Mo Reyes", false)]
    #[case("Dana Reyes", "Dana", false)]
    #[case("", "", false)]
    fn names_that_may_be_one_person(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!(may_be_the_same(one, other), expected);
    }

    #[rstest]
    #[case(&["x", "(512) 474-0142"], true)]
    #[case(&["DANA@reyes.example"], true)]
    #[case(&["Reyes", "Dana", "SW1A 1aa"], true)]
    #[case(&["Reyes", "Mo", "SW1A 1AA"], false)]
    #[case(&["Dana Reyes", "M1 1AE"], false)]
    #[case(&["474-0142", "dana@elsewhere.example"], false)]
    #[case(&["512", "474", "0142"], false)]
    fn rows_that_are_about_the_person(#[case] cells: &[&str], #[case] expected: bool) {
        let mut traces = Traces::default();
        traces.add(
            Some("+15124740142"),
            Some("dana@reyes.example"),
            Some("Dana Reyes"),
            Some("sw1a1aa"),
        );
        assert_eq!(traces.are_in(cells.iter().copied()), expected);
        assert!(!Traces::default().are_in(cells.iter().copied()), "nobody is in any row");
    }

    #[test]
    fn rows_of_a_file_are_found_by_their_numbers() {
        let mut traces = Traces::default();
        traces.add(Some("5124740142"), None, None, None);
        let text = b"name,phone\n\nMo,1\n\"Dana\nReyes\",512-474-0142\nMo,15124740142\n";
        let rows = rows_about(text, FileDelimiter::Comma, &traces);
        let kept = without_rows(text, FileDelimiter::Comma, &rows);
        assert_eq!(
            String::from_utf8(kept).expect("text"),
            "name,phone\n\nMo,1\n[erased]\n[erased]\n"
        );
    }

    #[rstest]
    #[case("name,phone\nDana,1\nMo,2\n", &[2], "name,phone\n[erased]\nMo,2\n")]
    #[case("name;note\r\n\"Dana\nReyes\";x\r\nMo;y", &[2], "name;note\r\n[erased]\nMo;y")]
    #[case("name\nDana\nMo\n", &[3], "name\nDana\n[erased]\n")]
    #[case("name\nDana\n", &[], "name\nDana\n")]
    fn rows_go_and_the_others_keep_their_numbers(#[case] text: &str, #[case] rows: &[i64], #[case] expected: &str) {
        let delimiter = match text.contains(';') {
            true => FileDelimiter::Semicolon,
            false => FileDelimiter::Comma,
        };
        let rows: BTreeSet<i64> = rows.iter().copied().collect();
        let kept = without_rows(text.as_bytes(), delimiter, &rows);
        assert_eq!(String::from_utf8(kept).expect("text"), expected);
    }
}

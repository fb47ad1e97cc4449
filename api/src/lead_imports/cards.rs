//! Card numbers in uploaded files: masked before the file is kept (R121), in every column but those that hold numbers of
//! other programs, where one in a hundred looks like a card by chance.

use super::detect;
use crate::card_numbers;
use tradepost_contract::lead_imports::FileDelimiter;

/// Words of a head whose cells are somebody's numbers rather than texts.
const NUMBERS: &[&str] = &[
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "ref",
    "reference",
    "key",
    "token",
    "number",
    "no",
    "nr",
    "code",
    "phone",
    "tel",
    "mobile",
    "gclid",
    "fbclid",
    "click",
    "imei",
    "account",
];
/// Words that say that a number is a card's after all.
const CARDS: &[&str] = &["card", "cards", "cc", "pan", "credit", "debit", "payment"];

fn holds_numbers(header: &str) -> bool {
    // `leadId` is two words, too.
    let mut apart = String::new();
    for letter in header.chars() {
        if letter.is_uppercase() && apart.ends_with(char::is_lowercase) {
            apart.push(' ');
        }
        apart.extend(letter.to_lowercase());
    }
    let has = |known: &[&str]| {
        apart
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| known.contains(&word))
    };
    has(NUMBERS) && !has(CARDS)
}

/// The text with its card numbers masked; none where there are none.
pub(super) fn masked(text: &[u8], delimiter: FileDelimiter) -> Option<Vec<u8>> {
    if !card_numbers::may_be_in(text) {
        return None;
    }
    let mut records: Vec<csv::StringRecord> = detect::reader(text, delimiter)
        .into_records()
        .map_while(Result::ok)
        .collect();
    let head = records.iter().find(|record| !detect::is_blank(record))?;
    let left_alone: Vec<bool> = head.iter().map(holds_numbers).collect();
    let mut changed = false;
    for record in &mut records {
        let safe = |(column, cell): (usize, &str)| {
            let skip = left_alone.get(column).copied().unwrap_or_default();
            (!skip).then(|| card_numbers::masked(cell)).flatten()
        };
        if record.iter().enumerate().any(|cell| safe(cell).is_some()) {
            changed = true;
            let cells = record.iter().enumerate();
            *record = cells
                .map(|(column, cell)| safe((column, cell)).unwrap_or_else(|| cell.to_owned()))
                .collect();
        }
    }
    if !changed {
        return None;
    }
    let mut writer = csv::WriterBuilder::new()
        .delimiter(detect::byte_of(delimiter))
        .flexible(true)
        .has_headers(false)
        .from_writer(Vec::with_capacity(text.len()));
    for record in &records {
        writer.write_record(record).ok()?;
    }
    writer.into_inner().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "name;note\nDana;pay 4111 1111 1111 1111 please\n",
        Some("name;note\nDana;pay [card number ending 1111] please\n")
    )]
    #[case(
        "Card number;x\n4111111111111111;1\n",
        Some("Card number;x\n[card number ending 1111];1\n")
    )]
    #[case("leadId;x\n4111111111111111;1\n", None)]
    #[case("Order no.;x\n4111111111111111;1\n", None)]
    #[case("note;x\n4111111111111112;1\n", None)]
    #[case("note;x\nno numbers;1\n", None)]
    fn card_numbers_are_masked_where_texts_are(#[case] text: &str, #[case] expected: Option<&str>) {
        let found = masked(text.as_bytes(), FileDelimiter::Semicolon);
        let found = found.map(|bytes| String::from_utf8(bytes).expect("text"));
        assert_eq!(found.as_deref(), expected);
    }
}

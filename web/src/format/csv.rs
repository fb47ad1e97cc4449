//! CSV files that spreadsheets open without running what is in them.

/// The file: a line of titles and the rows, by RFC 4180.
pub fn file(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    let mut write = |cells: &mut dyn Iterator<Item = String>| {
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    };
    write(&mut titles.iter().map(|title| cell(title)));
    for row in rows {
        write(&mut row.iter().map(|text| cell(text)));
    }
    text
}

/// One cell. What a spreadsheet would take for a formula gets an apostrophe; a plain negative number is
/// none.
fn cell(text: &str) -> String {
    let is_number = text
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    let escaped = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if escaped.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", escaped.replace('"', "\"\""))
    } else {
        escaped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_disarmed() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("+15125550142"), "'+15125550142");
        assert_eq!(cell("@sum"), "'@sum");
        assert_eq!(cell("-12.50"), "-12.50");
        assert_eq!(cell("-cmd"), "'-cmd");
    }

    #[test]
    fn a_file_has_its_titles_first() {
        assert_eq!(
            file(&["Id", "Name"], [vec!["1".into(), "Ann".into()]]),
            "Id,Name\r\n1,Ann\r\n"
        );
    }
}

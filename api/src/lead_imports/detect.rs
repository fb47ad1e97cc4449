//! What a file is: its encoding, what stands between its cells, its columns. Pure.
//!
//! People export from whatever they have, so nothing is asked that the file itself can tell. What is
//! no text at all (a picture, a workbook) is refused with words that help.

#[cfg(test)]
mod tests;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use tradepost_contract::lead_imports::{FileDelimiter, FileEncoding};

/// More columns than this is not a list of leads.
pub(crate) const MOST_COLUMNS: usize = 200;
/// Longer cells are cut in samples; the import itself has the limits of its fields.
const LONGEST_SAMPLE: usize = 80;
/// Rows that a sample shows.
const SAMPLE_ROWS: usize = 5;

/// Why a file cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileProblem {
    /// There is nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// It begins like a known format that is no text.
    #[error("The file is {0}, not a CSV file.{1}")]
    OtherFormat(&'static str, &'static str),
    /// It holds bytes that no text holds.
    #[error("The file is not text: it holds binary data.")]
    Binary,
    /// Nothing but a header, or not even that.
    #[error("The file has no rows below its header.")]
    NoRows,
    /// Too many columns.
    #[error("The file has more than {MOST_COLUMNS} columns.")]
    TooManyColumns,
    /// The rows cannot be read.
    #[error("Row {row} cannot be read: {cause}")]
    Unreadable {
        /// The row, counting the header as row 1.
        row: u64,
        /// What the reader says.
        cause: String,
    },
}

/// A file as read: its text in UTF-8 and what it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadFile {
    /// The text in UTF-8, without a byte order mark.
    pub(crate) text: Vec<u8>,
    /// How it was encoded.
    pub(crate) encoding: FileEncoding,
    /// What stands between the cells.
    pub(crate) delimiter: FileDelimiter,
}

/// Reads a file's bytes as text and finds its delimiter.
pub(crate) fn read(bytes: Vec<u8>) -> Result<ReadFile, FileProblem> {
    let (encoding, text) = decode(bytes)?;
    let delimiter = delimiter(&text);
    Ok(ReadFile {
        text,
        encoding,
        delimiter,
    })
}

/// The first bytes of formats that people upload by mistake.
const SIGNATURES: &[(&[u8], &str, &str)] = &[
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"RIFF", "a picture or sound file", ""),
    (b"BM", "a bitmap image", ""),
    (b"%PDF", "a PDF document", ""),
    (
        b"PK\x03\x04",
        "an Excel workbook or a ZIP archive",
        " Save it as CSV first.",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", " Save it as CSV first."),
    (b"\x1f\x8b", "a gzip archive", " Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", " Unpack it first."),
    (b"SQLite format 3\0", "a database", ""),
];

fn decode(bytes: Vec<u8>) -> Result<(FileEncoding, Vec<u8>), FileProblem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(FileProblem::Empty);
    }
    let known = SIGNATURES.iter().find(|(start, ..)| bytes.starts_with(start));
    // `BM` alone may also begin a header; a bitmap has control bytes right behind it.
    if let Some((start, what, hint)) = known
        && (start.len() > 2 || *start == b"\x1f\x8b" || bytes.iter().take(64).any(|byte| is_binary(*byte)))
    {
        return Err(FileProblem::OtherFormat(what, hint));
    }
    let decoded = |encoding, text: Cow<'_, str>| Ok((encoding, text.into_owned().into_bytes()));
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return checked(FileEncoding::Utf8, rest.to_vec());
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return decoded(FileEncoding::Utf16Le, UTF_16LE.decode_without_bom_handling(rest).0).and_then(text_only);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return decoded(FileEncoding::Utf16Be, UTF_16BE.decode_without_bom_handling(rest).0).and_then(text_only);
    }
    match zero_bytes(&bytes) {
        Zeros::None => {}
        Zeros::Odd => {
            return decoded(FileEncoding::Utf16Le, UTF_16LE.decode_without_bom_handling(&bytes).0).and_then(text_only);
        }
        Zeros::Even => {
            return decoded(FileEncoding::Utf16Be, UTF_16BE.decode_without_bom_handling(&bytes).0).and_then(text_only);
        }
        Zeros::Both => return Err(FileProblem::Binary),
    }
    if std::str::from_utf8(&bytes).is_ok() {
        return checked(FileEncoding::Utf8, bytes);
    }
    decoded(
        FileEncoding::Windows1252,
        WINDOWS_1252.decode_without_bom_handling(&bytes).0,
    )
    .and_then(text_only)
}

/// UTF-8 that says so by its mark but is not: the stray bytes become replacement characters.
fn checked(encoding: FileEncoding, bytes: Vec<u8>) -> Result<(FileEncoding, Vec<u8>), FileProblem> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text.into_bytes(),
        Err(broken) => String::from_utf8_lossy(broken.as_bytes()).into_owned().into_bytes(),
    };
    text_only((encoding, text))
}

/// Text has hardly any control bytes; a hundredth of them is binary data.
fn text_only((encoding, text): (FileEncoding, Vec<u8>)) -> Result<(FileEncoding, Vec<u8>), FileProblem> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(FileProblem::Empty);
    }
    let odd = text.iter().filter(|byte| is_binary(**byte)).count();
    if odd * 100 > text.len() || text.contains(&0) {
        Err(FileProblem::Binary)
    } else {
        Ok((encoding, text))
    }
}

const fn is_binary(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a)
}

enum Zeros {
    None,
    Odd,
    Even,
    Both,
}

/// Where the zero bytes lie: those of UTF-16 text lie on one side of each pair.
fn zero_bytes(bytes: &[u8]) -> Zeros {
    let head = &bytes[..bytes.len().min(4096)];
    let at = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    match (at(0), at(1)) {
        (0, 0) if !bytes.contains(&0) => Zeros::None,
        (even, odd) if odd * 4 > head.len() / 2 && even * 20 < odd => Zeros::Odd,
        (even, odd) if even * 4 > head.len() / 2 && odd * 20 < even => Zeros::Even,
        _ => Zeros::Both,
    }
}

/// The delimiter under which the first rows have the most equal cells.
fn delimiter(text: &[u8]) -> FileDelimiter {
    // A head that ends in the middle of a row costs one row of the vote.
    let head = &text[..text.len().min(64 * 1024)];
    let score = |delimiter: FileDelimiter| {
        let mut widths = Vec::new();
        for record in reader(head, delimiter).into_byte_records().take(50) {
            match record {
                // A quote inside a header is a quoted cell that the wrong delimiter has cut apart.
                Ok(record) if widths.is_empty() && record.iter().any(|cell| cell.contains(&b'"')) => return (0, 0),
                Ok(record) => widths.push(record.len()),
                Err(_) => break,
            }
        }
        let width = widths.first().copied().unwrap_or(0);
        let agreeing = widths.iter().filter(|other| **other == width).count();
        if width < 2 {
            (0, 0)
        } else {
            (agreeing * 100 / widths.len().max(1), width)
        }
    };
    // Commas win a draw, because they are what most files have.
    let mut best = (FileDelimiter::Comma, score(FileDelimiter::Comma));
    for candidate in [FileDelimiter::Semicolon, FileDelimiter::Tab] {
        let found = score(candidate);
        // A wider header counts for more than a few ragged rows: free text has commas, too.
        let better = found.1 > best.1.1 && found.0 * 2 >= best.1.0 || found.1 == best.1.1 && found.0 > best.1.0;
        if found.1 >= 2 && better {
            best = (candidate, found);
        }
    }
    best.0
}

/// What stands between cells.
pub(crate) const fn byte_of(delimiter: FileDelimiter) -> u8 {
    match delimiter {
        FileDelimiter::Comma => b',',
        FileDelimiter::Semicolon => b';',
        FileDelimiter::Tab => b'\t',
    }
}

/// A reader over UTF-8 text, header included, that takes rows of any width.
pub(crate) fn reader(text: &[u8], delimiter: FileDelimiter) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(byte_of(delimiter))
        .flexible(true)
        .has_headers(false)
        .from_reader(text)
}

/// The headers of a file, a sample of each column, and how many rows there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The headers, each of them once.
    pub(crate) headers: Vec<String>,
    /// The first cells of each column.
    pub(crate) samples: Vec<Vec<String>>,
    /// Rows without the header and without empty ones.
    pub(crate) rows: i64,
}

/// Reads the headers and counts the rows.
pub(crate) fn outline(file: &ReadFile) -> Result<Outline, FileProblem> {
    let mut records = reader(&file.text, file.delimiter).into_records();
    let headers = loop {
        match records.next() {
            None => return Err(FileProblem::Empty),
            Some(Err(cause)) => return Err(unreadable(1, &cause)),
            Some(Ok(record)) if is_blank(&record) => {}
            Some(Ok(record)) => break headers(record.iter())?,
        }
    };
    let mut samples = vec![Vec::new(); headers.len()];
    let mut rows = 0_i64;
    for record in records {
        let record = record.map_err(|cause| unreadable(rows.unsigned_abs() + 2, &cause))?;
        if is_blank(&record) {
            continue;
        }
        rows += 1;
        for (cell, sample) in record.iter().zip(&mut samples) {
            let cell = cell.trim();
            if !cell.is_empty() && sample.len() < SAMPLE_ROWS {
                sample.push(cell.chars().take(LONGEST_SAMPLE).collect());
            }
        }
    }
    if rows == 0 {
        Err(FileProblem::NoRows)
    } else {
        Ok(Outline { headers, samples, rows })
    }
}

fn unreadable(row: u64, cause: &csv::Error) -> FileProblem {
    FileProblem::Unreadable {
        row,
        cause: cause.to_string(),
    }
}

/// Whether a row has nothing in it; such rows are skipped everywhere.
pub(crate) fn is_blank(record: &csv::StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

/// Headers trimmed, named where they are empty, and numbered where they repeat. An empty last one is
/// what a comma at the end of the header leaves, and no column.
pub(crate) fn headers<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Vec<String>, FileProblem> {
    let mut names: Vec<String> = cells.map(super::mapping::clean_header).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    if names.len() > MOST_COLUMNS {
        return Err(FileProblem::TooManyColumns);
    }
    let mut headers: Vec<String> = Vec::with_capacity(names.len());
    for (at, name) in names.into_iter().enumerate() {
        let name = if name.is_empty() {
            format!("column {}", at + 1)
        } else {
            name
        };
        let mut unique = name.clone();
        let mut copy = 2;
        while headers.iter().any(|other| other.eq_ignore_ascii_case(&unique)) {
            unique = format!("{name} ({copy})");
            copy += 1;
        }
        headers.push(unique);
    }
    Ok(headers)
}

use super::*;
use proptest::prelude::*;

const TABLE: &str = "Name;Téléphone\nDana;020 7183 8750\nZoë;";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn encodings_and_delimiters_are_found() {
    let windows: Vec<u8> = TABLE.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let files = [
        (TABLE.as_bytes().to_vec(), FileEncoding::Utf8),
        ([b"\xef\xbb\xbf", TABLE.as_bytes()].concat(), FileEncoding::Utf8),
        (
            [b"\xff\xfe".to_vec(), utf16(TABLE, u16::to_le_bytes)].concat(),
            FileEncoding::Utf16Le,
        ),
        (
            [b"\xfe\xff".to_vec(), utf16(TABLE, u16::to_be_bytes)].concat(),
            FileEncoding::Utf16Be,
        ),
        (utf16(TABLE, u16::to_le_bytes), FileEncoding::Utf16Le),
        (utf16(TABLE, u16::to_be_bytes), FileEncoding::Utf16Be),
        (windows, FileEncoding::Windows1252),
    ];
    for (bytes, encoding) in files {
        let file = read(bytes).unwrap();
        assert_eq!(
            (file.encoding, file.delimiter, std::str::from_utf8(&file.text)),
            (encoding, FileDelimiter::Semicolon, Ok(TABLE))
        );
    }
}

#[test]
fn the_delimiter_is_the_one_that_makes_columns() {
    let table = [
        ("a,b,c\n1,2,3\n", FileDelimiter::Comma),
        ("a;b;c\n1,5;2,5;3\n", FileDelimiter::Semicolon),
        ("a\tb\n1, and more, and more\t2\n", FileDelimiter::Tab),
        ("name,\"what; where; when\"\nx,\"a;b;c;d\"\n", FileDelimiter::Comma),
        ("only one column\nrow\n", FileDelimiter::Comma),
        ("a;b;c;d\n\"Hello, you\";x;y;z\n", FileDelimiter::Semicolon),
    ];
    for (text, expect) in table {
        assert_eq!(
            read(text.as_bytes().to_vec()).map(|file| file.delimiter),
            Ok(expect),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_table_is_refused_with_words_that_help() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01".to_vec();
    let table: [(&[u8], &str); 8] = [
        (b"", "The file is empty."),
        (b" \r\n\t", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (&png, "The file is a PNG image, not a CSV file."),
        (
            b"PK\x03\x04\x14\0",
            "The file is an Excel workbook or a ZIP archive, not a CSV file. Save it as CSV first.",
        ),
        (b"%PDF-1.7", "The file is a PDF document, not a CSV file."),
        (
            b"\x01\x02\x03\x04\x05\x06",
            "The file is not text: it holds binary data.",
        ),
        (
            b"name,phone\0\0\0\x01\x02",
            "The file is not text: it holds binary data.",
        ),
    ];
    for (bytes, expect) in table {
        assert_eq!(read(bytes.to_vec()).unwrap_err().to_string(), expect);
    }
    assert!(read(b"BMI;age\n20;30\n".to_vec()).is_ok(), "a header may begin with BM");
    let header_only = read(b"name,phone\n\n".to_vec()).unwrap();
    assert_eq!(outline(&header_only), Err(FileProblem::NoRows));
}

#[test]
fn headers_are_cleaned_named_and_numbered() {
    let file = read(b"Name , ,Phone,name,\nDana,x,1,2\n\n,,,\nZoe,,3\n".to_vec()).unwrap();
    let outline = outline(&file).unwrap();
    assert_eq!(outline.headers, ["Name", "column 2", "Phone", "name (2)"]);
    assert_eq!(
        (outline.rows, outline.samples[0].clone()),
        (2, vec!["Dana".to_owned(), "Zoe".to_owned()])
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(file) = read(bytes) {
            let _ = outline(&file);
        }
    }

    #[test]
    fn no_text_panics(text in "[a-z,;\\t\"\\n\\r 0-9é]{0,200}") {
        if let Ok(file) = read(text.into_bytes()) {
            let _ = outline(&file);
        }
    }
}

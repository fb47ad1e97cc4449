//! Files of comma-separated values that a spreadsheet opens without running anything in them.

use crate::error::{ApiError, ApiResult};

/// A file being written.
pub(crate) struct CsvFile {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvFile {
    /// A file with its first line.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> ApiResult<Self> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(headings).map_err(ApiError::internal)?;
        Ok(Self { writer })
    }

    /// A part of a file that follows its first line.
    pub(crate) fn without_headings() -> Self {
        Self {
            writer: csv::Writer::from_writer(Vec::new()),
        }
    }

    /// Adds a line. Whatever a person may have typed goes through `harmless` first; ids, amounts and
    /// instants do not, because a quote before a negative number would make it a text.
    pub(crate) fn add<const N: usize>(&mut self, cells: [String; N]) -> ApiResult<()> {
        self.writer.write_record(cells).map_err(ApiError::internal)
    }

    /// The bytes to send.
    pub(crate) fn finish(self) -> ApiResult<Vec<u8>> {
        self.writer
            .into_inner()
            .map_err(|cause| ApiError::internal(cause.to_string()))
    }
}

/// A text cell that no spreadsheet takes for a formula, on any of its lines.
pub(crate) fn harmless(text: &str) -> String {
    let risky = |line: &str| {
        line.trim_start_matches([' ', '\u{a0}'])
            .starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
    };
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            if risky(line) {
                format!("'{line}")
            } else {
                line.to_owned()
            }
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_lose_their_power() {
        let table = [
            ("=1+1", "'=1+1"),
            ("  @SUM(A1)", "'  @SUM(A1)"),
            ("ok\n-2", "ok\n'-2"),
            ("\tx", "'\tx"),
            ("a=b", "a=b"),
            ("", ""),
        ];
        for (text, expect) in table {
            assert_eq!(harmless(text), expect);
        }
    }
}

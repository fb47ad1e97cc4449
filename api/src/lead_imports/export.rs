//! The results of an import as a file that a spreadsheet opens without running anything in it.

use crate::error::{ApiError, ApiResult};
use tradepost_contract::lead_imports::LeadImportRow;

/// A file being written.
pub(super) struct RowsFile {
    writer: csv::Writer<Vec<u8>>,
}

impl RowsFile {
    pub(super) fn new() -> ApiResult<Self> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(["row", "outcome", "lead_id", "errors"])
            .map_err(ApiError::internal)?;
        Ok(Self { writer })
    }

    pub(super) fn add(&mut self, rows: &[LeadImportRow]) -> ApiResult<()> {
        for row in rows {
            let faults: Vec<String> = row
                .errors
                .iter()
                .map(|error| format!("{}: {}", error.pointer, error.message))
                .collect();
            let lead = row.lead_id.map(|id| id.to_string()).unwrap_or_default();
            let cells = [
                row.row.to_string(),
                row.outcome.to_string(),
                lead,
                harmless(&faults.join("; ")),
            ];
            self.writer.write_record(cells).map_err(ApiError::internal)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> ApiResult<Vec<u8>> {
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
    use super::*;
    use tradepost_contract::FieldError;
    use tradepost_contract::lead_imports::ImportRowOutcome;

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

    #[test]
    fn a_file_of_results_reads_back() {
        let mut file = RowsFile::new().unwrap();
        let error = FieldError::new("=cmd", "invalid", "quote \" and comma,");
        file.add(&[LeadImportRow {
            row: 2,
            outcome: ImportRowOutcome::Invalid,
            lead_id: None,
            errors: vec![error],
        }])
        .unwrap();
        let bytes = file.finish().unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(
            record.iter().collect::<Vec<_>>(),
            ["2", "invalid", "", "'=cmd: quote \" and comma,"]
        );
    }
}

//! The results of an import as a file that a spreadsheet opens without running anything in it.

use crate::csv_export::{CsvFile, harmless};
use crate::error::ApiResult;
use tradepost_contract::lead_imports::LeadImportRow;

/// The file being written.
pub(super) struct RowsFile(CsvFile);

impl RowsFile {
    pub(super) fn new() -> ApiResult<Self> {
        CsvFile::new(["row", "outcome", "lead_id", "errors"]).map(Self)
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
            self.0.add(cells)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> ApiResult<Vec<u8>> {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::FieldError;
    use tradepost_contract::lead_imports::ImportRowOutcome;

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
            ["2", "invalid", "", "'=cmd: Quote \" and comma,."]
        );
    }
}

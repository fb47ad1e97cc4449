//! Files of leads on the wire: what was found in a file, how its columns are read, and what became of each row.

use crate::{FieldError, InvalidTransition, LeadId, LeadImportId, LeadProductId, ProgrammeId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

text_enum! {
    /// Where an import stands.
    pub enum LeadImportStatus {
        /// The file is here; its columns are waiting to be mapped.
        Uploaded = "uploaded",
        /// A dry run is under way.
        Checking = "checking",
        /// The dry run is done; nothing has been imported.
        Checked = "checked",
        /// Rows are being imported.
        Running = "running",
        /// Every row has its result.
        Done = "done",
        /// It stopped on a fault; `problem` says which. It can be started again and goes on where it stopped.
        Failed = "failed",
        /// It was cancelled; rows imported before stay.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What can be done with an import.
    pub enum LeadImportAction {
        /// Begin a dry run.
        Check = "check",
        /// The dry run is through.
        FinishCheck = "finish_check",
        /// Begin, or go on after a fault.
        Start = "start",
        /// Every row has its result.
        Finish = "finish",
        /// Stop on a fault.
        Fail = "fail",
        /// Stop for good.
        Cancel = "cancel",
    }
}

impl LeadImportStatus {
    /// The status `action` leads to.
    pub const fn after(self, action: LeadImportAction) -> Result<Self, InvalidTransition> {
        use LeadImportAction as A;
        use LeadImportStatus as S;
        match (self, action) {
            (S::Uploaded | S::Checked, A::Check) => Ok(S::Checking),
            (S::Checking, A::FinishCheck) => Ok(S::Checked),
            (S::Uploaded | S::Checked | S::Failed, A::Start) => Ok(S::Running),
            (S::Running, A::Finish) => Ok(S::Done),
            (S::Checking | S::Running, A::Fail) => Ok(S::Failed),
            (S::Uploaded | S::Checking | S::Checked | S::Running | S::Failed, A::Cancel) => Ok(S::Cancelled),
            (S::Checking | S::Running | S::Done | S::Failed | S::Cancelled, A::Check)
            | (S::Uploaded | S::Checked | S::Running | S::Done | S::Failed | S::Cancelled, A::FinishCheck)
            | (S::Checking | S::Running | S::Done | S::Cancelled, A::Start)
            | (S::Uploaded | S::Checking | S::Checked | S::Done | S::Failed | S::Cancelled, A::Finish)
            | (S::Uploaded | S::Checked | S::Done | S::Failed | S::Cancelled, A::Fail)
            | (S::Done | S::Cancelled, A::Cancel) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// What its owner may do with it now.
    pub fn allowed_actions(self) -> Vec<LeadImportAction> {
        [
            LeadImportAction::Check,
            LeadImportAction::Start,
            LeadImportAction::Cancel,
        ]
        .into_iter()
        .filter(|a| self.after(*a).is_ok())
        .collect()
    }
}

text_enum! {
    /// The encoding of a file.
    pub enum FileEncoding {
        /// UTF-8, with or without a byte order mark.
        Utf8 = "utf-8",
        /// UTF-16, little end first.
        Utf16Le = "utf-16le",
        /// UTF-16, big end first.
        Utf16Be = "utf-16be",
        /// Windows-1252, which Western European Excel writes.
        Windows1252 = "windows-1252",
    }
}

text_enum! {
    /// What stands between the cells.
    pub enum FileDelimiter {
        /// `,`
        Comma = "comma",
        /// `;`
        Semicolon = "semicolon",
        /// Tab.
        Tab = "tab",
    }
}

text_enum! {
    /// What becomes of one row.
    pub enum ImportRowOutcome {
        /// A lead, on the market.
        Accepted = "accepted",
        /// A lead that repeats an earlier one.
        Duplicate = "duplicate",
        /// A lead that staff must look at.
        Quarantined = "quarantined",
        /// A lead that the policy refuses.
        Rejected = "rejected",
        /// The lead of this row was there before; nothing changed.
        Unchanged = "unchanged",
        /// No lead: the row cannot be read as one.
        Invalid = "invalid",
    }
}

text_enum! {
    /// The order of day, month and year in dates that are not written year first.
    pub enum DateOrder {
        /// 2026-03-31.
        YearMonthDay = "ymd",
        /// 31/03/2026.
        DayMonthYear = "dmy",
        /// 03/31/2026.
        MonthDayYear = "mdy",
    }
}

text_enum! {
    /// What is done to a text on its way into a field.
    pub enum FieldTransform {
        /// Words such as `true`, `on`, `1` and `ja` become `yes`, and their opposites `no`.
        Boolean = "boolean",
        /// The first name of a full name; `Reyes, Dana` is read as well.
        FirstName = "first_name",
        /// All of a full name but the first name.
        LastName = "last_name",
        /// Without the letters that Meta's exports put in front, such as `l:`, `p:` and `z:`.
        WithoutPrefix = "without_prefix",
    }
}

/// How one field of a lead is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"field": "person.phone", "column": "Mobile No."}))]
pub struct FieldMapping {
    /// The field: a dotted path of `CreateLead` such as `person.phone`, `place.postcode`, `external_id`,
    /// `consent.given_at`, or `answers.<name>` for anything else.
    #[schema(max_length = 120)]
    pub field: String,
    /// The column it comes from, by its header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub column: Option<String>,
    /// A text with columns in braces, such as `{First Name} {Last Name}`. Empty where all its columns are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 400)]
    pub template: Option<String>,
    /// The same text in every row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub constant: Option<String>,
    /// Cells that mean nothing, compared without case, such as `Select` where a drop-down was left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty_when: Vec<String>,
    /// What to write instead of a cell, compared without case, such as `{"asia/pacific region": ""}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replace: BTreeMap<String, String>,
    /// What is done to the text before it is replaced and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<FieldTransform>,
}

/// How the columns of a file become leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportMapping {
    /// One entry a field; a field is filled once.
    pub fields: Vec<FieldMapping>,
    /// Cells that mean nothing in any column, compared without case.
    #[serde(default)]
    pub empty_when: Vec<String>,
    /// How dates that are not written year first are to be read.
    #[serde(default = "year_first")]
    pub dates: DateOrder,
    /// Keep every other column that is not empty as an answer under its header.
    #[serde(default)]
    pub keep_other_columns: bool,
}

const fn year_first() -> DateOrder {
    DateOrder::YearMonthDay
}

impl Default for ImportMapping {
    fn default() -> Self {
        Self {
            fields: Vec::new(),
            empty_when: Vec::new(),
            dates: DateOrder::YearMonthDay,
            keep_other_columns: false,
        }
    }
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportColumn {
    /// Its header, trimmed; `column 3` where there is none.
    pub header: String,
    /// The field it looks like.
    pub suggested_field: Option<String>,
    /// The first few cells.
    pub sample: Vec<String>,
}

/// How many rows had which result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportCounts {
    /// Leads on the market.
    pub accepted: i64,
    /// Leads that repeat an earlier one.
    pub duplicate: i64,
    /// Leads that staff must look at.
    pub quarantined: i64,
    /// Leads that the policy refuses.
    pub rejected: i64,
    /// Rows whose lead was there before.
    pub unchanged: i64,
    /// Rows that cannot be read as a lead.
    pub invalid: i64,
}

impl ImportCounts {
    /// Counts one row.
    pub const fn add(&mut self, outcome: ImportRowOutcome) {
        match outcome {
            ImportRowOutcome::Accepted => self.accepted += 1,
            ImportRowOutcome::Duplicate => self.duplicate += 1,
            ImportRowOutcome::Quarantined => self.quarantined += 1,
            ImportRowOutcome::Rejected => self.rejected += 1,
            ImportRowOutcome::Unchanged => self.unchanged += 1,
            ImportRowOutcome::Invalid => self.invalid += 1,
        }
    }

    /// All rows counted.
    pub const fn total(&self) -> i64 {
        self.accepted + self.duplicate + self.quarantined + self.rejected + self.unchanged + self.invalid
    }
}

/// What is wrong with one cell of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportCellError {
    /// The row, counting the header as row 1, as a spreadsheet shows it.
    pub row: i64,
    /// The column, by its header, where one is at fault.
    pub column: Option<String>,
    /// The field it fills.
    pub field: String,
    /// A stable code for the kind of fault.
    pub code: String,
    /// The fault in words.
    pub message: String,
}

/// What a dry run found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportCheck {
    /// What would become of the rows. Duplicates are those within the file; the import itself also finds those
    /// of earlier leads.
    pub counts: ImportCounts,
    /// The first hundred errors.
    pub errors: Vec<ImportCellError>,
    /// How many errors there are in all.
    pub error_count: i64,
}

/// A file of leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadImport {
    /// Its id.
    pub id: LeadImportId,
    /// The programme its leads are for.
    pub programme_id: ProgrammeId,
    /// What that is called.
    pub programme_name: String,
    /// What they are sold as.
    pub product_id: LeadProductId,
    /// What that is called.
    pub product_name: String,
    /// Where it stands.
    pub status: LeadImportStatus,
    /// The name the file came with.
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_hash: String,
    /// Whether the file is still kept: it goes when the policy's time for files is over, and what the results say of its
    /// cells goes with it.
    pub file_kept: bool,
    /// How the file is encoded.
    pub encoding: FileEncoding,
    /// What stands between its cells.
    pub delimiter: FileDelimiter,
    /// Its columns, with a sample and what they look like.
    pub columns: Vec<ImportColumn>,
    /// How columns become leads: a suggestion until a check or start brings its own.
    pub mapping: ImportMapping,
    /// Rows without the header.
    pub total_rows: i64,
    /// Rows that have their result.
    pub done_rows: i64,
    /// Results so far.
    pub counts: ImportCounts,
    /// What the last dry run found.
    pub check: Option<ImportCheck>,
    /// Why it stopped.
    pub problem: Option<String>,
    /// Who uploaded it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When the import began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
    /// What may be done with it now.
    pub allowed_actions: Vec<LeadImportAction>,
}

/// Check or start an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunLeadImport {
    /// How columns become leads. Left out, the mapping that the import shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<ImportMapping>,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadImportRow {
    /// The row, counting the header as row 1.
    pub row: i64,
    /// What became of it.
    pub outcome: ImportRowOutcome,
    /// Its lead.
    pub lead_id: Option<LeadId>,
    /// What is wrong with it; pointers are those of `CreateLead`.
    pub errors: Vec<FieldError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_failed_goes_on_and_one_that_is_done_does_not() {
        assert_eq!(
            LeadImportStatus::Failed.after(LeadImportAction::Start),
            Ok(LeadImportStatus::Running)
        );
        for action in LeadImportAction::ALL {
            assert!(LeadImportStatus::Done.after(*action).is_err());
            assert!(LeadImportStatus::Cancelled.after(*action).is_err());
        }
    }
}

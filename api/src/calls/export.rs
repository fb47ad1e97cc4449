//! The call report as a file that a spreadsheet opens without running anything in it.

use crate::csv_export::{CsvFile, harmless};
use crate::error::ApiResult;
use tradepost_contract::Timestamp;
use tradepost_contract::calls::CallLead;

/// The largest file.
pub(super) const MOST_ROWS: usize = 50_000;

const HEADINGS: [&str; 21] = [
    "lead_id",
    "queued_at",
    "period",
    "name",
    "company",
    "phone",
    "email",
    "city",
    "region",
    "postcode",
    "country",
    "source",
    "state",
    "removed_because",
    "calls",
    "last_called_at",
    "disposition",
    "last_result",
    "note",
    "due_at",
    "history",
];

/// The file being written.
pub(super) struct File(CsvFile);

impl File {
    pub(super) fn new() -> ApiResult<Self> {
        CsvFile::new(HEADINGS).map(Self)
    }

    pub(super) fn add(&mut self, lead: &CallLead) -> ApiResult<()> {
        let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
        let instant = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let last_note = lead.history.first().and_then(|last| last.note.clone());
        let calls: Vec<String> = lead
            .history
            .iter()
            .map(|call| format!("{} {}", call.created_at, call.disposition_label))
            .collect();
        let cells = [
            lead.lead_id.to_string(),
            lead.queued_at.to_string(),
            lead.period_key.clone(),
            text(&lead.person.name),
            text(&lead.person.company),
            text(&lead.person.phone),
            text(&lead.person.email),
            text(&lead.place.city),
            text(&lead.place.region),
            text(&lead.place.postcode),
            text(&lead.place.country),
            text(&lead.source),
            lead.state.to_string(),
            lead.removed_because.map(|why| why.to_string()).unwrap_or_default(),
            lead.attempts.to_string(),
            instant(lead.last_called_at),
            lead.disposition.clone().unwrap_or_default(),
            text(&lead.disposition_label),
            text(&last_note),
            instant(lead.due_at),
            harmless(&calls.join("; ")),
        ];
        self.0.add(cells)
    }

    pub(super) fn finish(self) -> ApiResult<Vec<u8>> {
        self.0.finish()
    }
}

//! From a row to an enquiry, or to everything in its cells that cannot be read.

use super::dates::instant;
use super::target::Target;
use super::{Origin, Piece, Plan, RowDefaults, Step};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tradepost_contract::leads::{
    CreateLead, CreateLeadPerson, CreateLeadPlace, LeadConsent, LeadVerification, VerificationMethod,
};
use tradepost_contract::problem::UnknownWord;
use tradepost_contract::{FieldError, Timestamp};

impl Plan {
    /// The enquiry of a row. Errors are about cells that cannot be read as what they fill; the other
    /// checks are those of every enquiry.
    pub(crate) fn enquiry(
        &self,
        row: &csv::StringRecord,
        defaults: &RowDefaults,
    ) -> Result<CreateLead, Vec<FieldError>> {
        let mut lead = empty_enquiry(defaults);
        let mut draft = Draft::default();
        let mut faults = Vec::new();
        for step in &self.steps {
            if let Some(text) = self.text_of(step, row)
                && let Err(fault) = self.fill(&mut lead, &mut draft, &step.target, text)
            {
                faults.push(fault);
            }
        }
        for (at, header) in &self.others {
            let cell = row.get(*at).unwrap_or_default().trim();
            if !cell.is_empty() && !self.is_empty_word(cell, &[]) {
                lead.answers.insert(header.clone(), cell.to_owned());
            }
        }
        draft.finish(&mut lead, &mut faults);
        // A row without an id of its own is known by its cells: the same row again is the same lead.
        if lead.external_id.is_none() {
            lead.external_id = Some(row_id(row, defaults));
        }
        if faults.is_empty() { Ok(lead) } else { Err(faults) }
    }

    fn is_empty_word(&self, cell: &str, also: &[String]) -> bool {
        let word = cell.to_lowercase();
        self.empty_when.contains(&word) || also.contains(&word)
    }

    fn text_of(&self, step: &Step, row: &csv::StringRecord) -> Option<String> {
        let cell = |at: usize| {
            row.get(at)
                .map(str::trim)
                .filter(|cell| !cell.is_empty() && !self.is_empty_word(cell, &step.empty_when))
        };
        let text = match &step.origin {
            Origin::Column(at) => cell(*at)?.to_owned(),
            Origin::Constant(text) => text.clone(),
            Origin::Template(pieces) => {
                let any = pieces
                    .iter()
                    .any(|piece| matches!(piece, Piece::Column(at) if cell(*at).is_some()));
                if !any {
                    return None;
                }
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => text.as_str(),
                        Piece::Column(at) => cell(*at).unwrap_or_default(),
                    })
                    .collect()
            }
        };
        let text = match step.transform {
            Some(transform) => super::transform::apply(transform, &text),
            None => text,
        };
        let text = step.replace.get(&text.trim().to_lowercase()).cloned().unwrap_or(text);
        (!text.trim().is_empty()).then_some(text)
    }

    fn fill(&self, lead: &mut CreateLead, draft: &mut Draft, target: &Target, text: String) -> Result<(), FieldError> {
        let instant = |pointer: &str| {
            instant(&text, self.dates).ok_or_else(|| {
                FieldError::new(
                    pointer,
                    "invalid_date",
                    "expected a date such as 2026-03-31 or 2026-03-31 14:05",
                )
            })
        };
        match target {
            Target::EnquiredAt => lead.enquired_at = Some(instant("/enquired_at")?),
            Target::ConsentGivenAt => draft.given_at = Some(instant("/consent/given_at")?),
            Target::VerifiedAt => draft.verified_at = Some(instant("/verification/verified_at")?),
            Target::VerificationMethod => {
                let method = text.trim().to_lowercase().replace([' ', '-'], "_").parse();
                draft.method = Some(method.map_err(|word: UnknownWord| {
                    FieldError::new("/verification/method", "unknown_word", word.to_string())
                })?);
            }
            Target::ExternalSource => lead.external_source = Some(text),
            Target::ExternalId => lead.external_id = Some(text),
            Target::Source => lead.source = Some(text),
            Target::Name => lead.person.name = Some(text),
            Target::Company => lead.person.company = Some(text),
            Target::Email => lead.person.email = Some(text),
            Target::Phone => lead.person.phone = Some(text),
            Target::Address => lead.person.address = Some(text),
            Target::Notes => lead.person.notes = Some(text),
            Target::Country => lead.place.country = Some(text),
            Target::Region => lead.place.region = Some(text),
            Target::Postcode => lead.place.postcode = Some(text),
            Target::City => lead.place.city = Some(text),
            Target::AssignedNumber => lead.assigned_number = Some(text),
            Target::ConsentText => draft.text = Some(text),
            Target::ConsentVersion => draft.text_version = Some(text),
            Target::ConsentIp => draft.ip = Some(text),
            Target::ConsentPage => draft.page_url = Some(text),
            Target::VerifiedBy => draft.verified_by = Some(text),
            Target::RecordingRef => draft.recording_ref = Some(text),
            Target::Answer(name) => {
                lead.answers.insert(name.clone(), text);
            }
        }
        Ok(())
    }
}

fn empty_enquiry(defaults: &RowDefaults) -> CreateLead {
    CreateLead {
        programme: defaults.programme.clone(),
        product: defaults.product.clone(),
        external_source: Some(defaults.external_source.clone()),
        external_id: None,
        channel: Some(defaults.channel),
        source: defaults.source.clone(),
        person: CreateLeadPerson::default(),
        place: CreateLeadPlace::default(),
        answers: BTreeMap::new(),
        consent: None,
        verification: None,
        assigned_number: None,
        enquired_at: None,
    }
}

fn row_id(row: &csv::StringRecord, defaults: &RowDefaults) -> String {
    let mut digest = Sha256::new();
    digest.update(defaults.product.as_bytes());
    // A comma at the end of a row is no difference.
    let cells: Vec<&str> = row.iter().map(str::trim).collect();
    let used = cells
        .iter()
        .rposition(|cell| !cell.is_empty())
        .map_or(0, |last| last + 1);
    for cell in &cells[..used] {
        digest.update(cell.as_bytes());
        digest.update([0x1f]);
    }
    let hex: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}-{hex}", defaults.row_id_prefix)
}

/// Consent and verification as they are gathered cell by cell.
#[derive(Default)]
struct Draft {
    text: Option<String>,
    text_version: Option<String>,
    given_at: Option<Timestamp>,
    ip: Option<String>,
    page_url: Option<String>,
    method: Option<VerificationMethod>,
    verified_at: Option<Timestamp>,
    verified_by: Option<String>,
    recording_ref: Option<String>,
}

impl Draft {
    /// A record begins with the cell that only it has: the words of a consent, the method of a verification.
    fn finish(self, lead: &mut CreateLead, faults: &mut Vec<FieldError>) {
        let required = |pointer: &str| FieldError::new(pointer, "required", "it must not be empty");
        if let Some(text) = self.text {
            match self.given_at {
                None => faults.push(required("/consent/given_at")),
                Some(given_at) => {
                    let text_version = self.text_version.unwrap_or_else(|| "import".to_owned());
                    lead.consent = Some(LeadConsent {
                        text,
                        text_version,
                        given_at,
                        ip: self.ip,
                        page_url: self.page_url,
                        recipients: Vec::new(),
                    });
                }
            }
        }
        if let Some(method) = self.method {
            match self.verified_at {
                None => faults.push(required("/verification/verified_at")),
                Some(verified_at) => {
                    let verified_by = self.verified_by.unwrap_or_else(|| "import".to_owned());
                    lead.verification = Some(LeadVerification {
                        method,
                        verified_at,
                        verified_by,
                        recording_ref: self.recording_ref,
                    });
                }
            }
        }
    }
}

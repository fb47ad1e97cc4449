//! What a column can fill.

/// A field of an enquiry that a column can fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    ExternalSource,
    ExternalId,
    Source,
    Name,
    Company,
    Email,
    Phone,
    Address,
    Notes,
    Country,
    Region,
    Postcode,
    City,
    AssignedNumber,
    EnquiredAt,
    ConsentText,
    ConsentVersion,
    ConsentGivenAt,
    ConsentIp,
    ConsentPage,
    VerificationMethod,
    VerifiedAt,
    VerifiedBy,
    RecordingRef,
    Answer(String),
}

/// The dotted path of each field, as mappings write it.
const PATHS: &[(&str, Target)] = &[
    ("external_source", Target::ExternalSource),
    ("external_id", Target::ExternalId),
    ("source", Target::Source),
    ("person.name", Target::Name),
    ("person.company", Target::Company),
    ("person.email", Target::Email),
    ("person.phone", Target::Phone),
    ("person.address", Target::Address),
    ("person.notes", Target::Notes),
    ("place.country", Target::Country),
    ("place.region", Target::Region),
    ("place.postcode", Target::Postcode),
    ("place.city", Target::City),
    ("assigned_number", Target::AssignedNumber),
    ("enquired_at", Target::EnquiredAt),
    ("consent.text", Target::ConsentText),
    ("consent.text_version", Target::ConsentVersion),
    ("consent.given_at", Target::ConsentGivenAt),
    ("consent.ip", Target::ConsentIp),
    ("consent.page_url", Target::ConsentPage),
    ("verification.method", Target::VerificationMethod),
    ("verification.verified_at", Target::VerifiedAt),
    ("verification.verified_by", Target::VerifiedBy),
    ("verification.recording_ref", Target::RecordingRef),
];

impl Target {
    pub(super) fn parse(path: &str) -> Option<Self> {
        if let Some(name) = path.strip_prefix("answers.") {
            let name = name.trim();
            return (!name.is_empty()).then(|| Self::Answer(name.to_owned()));
        }
        PATHS
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, target)| target.clone())
    }
}

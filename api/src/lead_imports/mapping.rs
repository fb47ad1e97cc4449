//! How a row becomes an enquiry: the mapping compiled against a file's headers, and the suggestion
//! that a file's headers make by themselves. Pure.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tradepost_contract::lead_imports::{DateOrder, FieldMapping, ImportMapping};
use tradepost_contract::leads::{
    CreateLead, CreateLeadPerson, CreateLeadPlace, LeadChannel, LeadConsent, LeadVerification,
};
use tradepost_contract::{FieldError, LocalDate, Timestamp};

/// A field of an enquiry that a column can fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
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
    ("verification.method", Target::VerificationMethod),
    ("verification.verified_at", Target::VerifiedAt),
    ("verification.verified_by", Target::VerifiedBy),
    ("verification.recording_ref", Target::RecordingRef),
];

impl Target {
    fn parse(path: &str) -> Option<Self> {
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

/// What headers usually mean, compared by letters and digits only.
const SUGGESTIONS: &[(&str, &[&str])] = &[
    (
        "external_id",
        &[
            "id",
            "leadid",
            "prospectid",
            "externalid",
            "leadnumber",
            "recordid",
            "enquiryid",
            "reference",
        ],
    ),
    (
        "source",
        &[
            "source",
            "leadsource",
            "utmsource",
            "campaign",
            "adsource",
            "advertisingsource",
            "medium",
        ],
    ),
    (
        "person.name",
        &[
            "name",
            "fullname",
            "contact",
            "contactname",
            "customer",
            "customername",
            "leadname",
        ],
    ),
    (
        "person.company",
        &[
            "company",
            "companyname",
            "business",
            "businessname",
            "organisation",
            "organization",
        ],
    ),
    (
        "person.email",
        &["email", "emailaddress", "mail", "emailid", "contactemail"],
    ),
    (
        "person.phone",
        &[
            "phone",
            "phonenumber",
            "telephone",
            "tel",
            "mobile",
            "mobileno",
            "mobilenumber",
            "cell",
            "contactnumber",
            "phoneno",
            "téléphone",
        ],
    ),
    (
        "person.address",
        &["address", "streetaddress", "street", "address1", "addressline1"],
    ),
    (
        "person.notes",
        &[
            "notes",
            "note",
            "comments",
            "comment",
            "message",
            "enquiry",
            "description",
            "remarks",
        ],
    ),
    ("place.country", &["country", "countrycode", "nation"]),
    ("place.region", &["state", "region", "province", "county"]),
    (
        "place.postcode",
        &["postcode", "zip", "zipcode", "postalcode", "pincode", "zippostalcode"],
    ),
    ("place.city", &["city", "town", "suburb"]),
    (
        "enquired_at",
        &[
            "date",
            "created",
            "createdat",
            "createddate",
            "enquiredat",
            "enquirydate",
            "submittedat",
            "timestamp",
            "leaddate",
        ],
    ),
    ("consent.text", &["consent", "consenttext", "optintext"]),
    ("consent.given_at", &["consentdate", "consentgivenat", "optindate"]),
    ("consent.ip", &["ip", "ipaddress"]),
];

/// A header without a byte order mark, quotes, line breaks and blanks at its ends.
pub(crate) fn clean_header(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"');
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The field that each header looks like; a field is suggested once.
pub(crate) fn suggested_fields(headers: &[String]) -> Vec<Option<&'static str>> {
    let mut taken: Vec<&str> = Vec::new();
    let plain: Vec<String> = headers.iter().map(|header| letters(header)).collect();
    let mut found = vec![None; headers.len()];
    // Within a field the words are in order of likelihood, so that `Lead Number` gives way to `Prospect ID`.
    for (field, words) in SUGGESTIONS {
        let at = words
            .iter()
            .find_map(|word| plain.iter().position(|header| header == word));
        if let Some(at) = at
            && found[at].is_none()
            && !taken.contains(field)
        {
            found[at] = Some(*field);
            taken.push(field);
        }
    }
    found
}

/// Words that stand in a cell where nobody chose anything.
const USUAL_BLANKS: &[&str] = &["select", "n/a", "null", "none", "-"];

/// The mapping that the headers suggest, for a person to look at. First and last names are joined.
pub(crate) fn suggested(headers: &[String], samples: &[Vec<String>]) -> ImportMapping {
    let mut fields: Vec<FieldMapping> = Vec::new();
    for (header, field) in headers.iter().zip(suggested_fields(headers)) {
        if let Some(field) = field {
            fields.push(from_column(field, header));
        }
    }
    let named = |words: &[&str]| headers.iter().find(|header| words.contains(&letters(header).as_str()));
    if !fields.iter().any(|mapping| mapping.field == "person.name")
        && let (Some(first), Some(last)) = (
            named(&["firstname", "forename", "givenname"]),
            named(&["lastname", "surname", "familyname"]),
        )
    {
        fields.push(FieldMapping {
            column: None,
            template: Some(format!("{{{first}}} {{{last}}}")),
            ..from_column("person.name", first)
        });
    }
    let seen = |word: &&&str| samples.iter().flatten().any(|cell| cell.eq_ignore_ascii_case(word));
    let empty_when = USUAL_BLANKS
        .iter()
        .filter(seen)
        .map(|word| (*word).to_owned())
        .collect();
    ImportMapping {
        fields,
        empty_when,
        ..ImportMapping::default()
    }
}

fn from_column(field: &str, column: &str) -> FieldMapping {
    FieldMapping {
        field: field.to_owned(),
        column: Some(column.to_owned()),
        template: None,
        constant: None,
        empty_when: Vec::new(),
        replace: BTreeMap::new(),
    }
}

/// Where a field's text comes from.
#[derive(Debug, Clone)]
enum Origin {
    Column(usize),
    Template(Vec<Piece>),
    Constant(String),
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Column(usize),
}

#[derive(Debug, Clone)]
struct Step {
    target: Target,
    origin: Origin,
    empty_when: Vec<String>,
    replace: BTreeMap<String, String>,
}

/// A mapping that fits a file: every column it names is there, every field is known and filled once.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    empty_when: Vec<String>,
    dates: DateOrder,
    others: Vec<(usize, String)>,
    headers: Vec<String>,
}

/// Where the leads of a file go; the same for all its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowDefaults {
    /// The programme's id.
    pub(crate) programme: String,
    /// The product's id.
    pub(crate) product: String,
    /// The advertising source of rows without one.
    pub(crate) source: Option<String>,
}

impl Plan {
    /// Compiles a mapping; pointers of the errors are those of `RunLeadImport`.
    pub(crate) fn compile(mapping: &ImportMapping, headers: &[String]) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        if mapping.fields.is_empty() {
            faults.push(FieldError::new(
                "/mapping/fields",
                "required",
                "map at least one column",
            ));
        }
        for (at, field) in mapping.fields.iter().enumerate() {
            let pointer = |name: &str| format!("/mapping/fields/{at}/{name}");
            let Some(target) = Target::parse(&field.field) else {
                faults.push(FieldError::new(
                    pointer("field"),
                    "unknown_field",
                    "expected a field of a lead such as person.phone, or answers.<name>",
                ));
                continue;
            };
            if steps.iter().any(|step| step.target == target) {
                faults.push(FieldError::new(
                    pointer("field"),
                    "repeated",
                    "the field is filled by an earlier entry",
                ));
                continue;
            }
            match origin(field, headers) {
                Ok(origin) => steps.push(Step {
                    target,
                    origin,
                    empty_when: field.empty_when.iter().map(|word| word.trim().to_lowercase()).collect(),
                    replace: field
                        .replace
                        .iter()
                        .map(|(from, to)| (from.trim().to_lowercase(), to.clone()))
                        .collect(),
                }),
                Err((name, code, message)) => faults.push(FieldError::new(pointer(name), code, message)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let used = |column: usize| steps.iter().any(|step| step.origin.reads(column));
        let others = match mapping.keep_other_columns {
            true => headers
                .iter()
                .enumerate()
                .filter(|(at, _)| !used(*at))
                .map(|(at, header)| (at, header.clone()))
                .collect(),
            false => Vec::new(),
        };
        let empty_when = mapping
            .empty_when
            .iter()
            .map(|word| word.trim().to_lowercase())
            .collect();
        Ok(Self {
            steps,
            empty_when,
            dates: mapping.dates,
            others,
            headers: headers.to_vec(),
        })
    }

    /// The column that fills the field at a pointer of `CreateLead`, for messages.
    pub(crate) fn column_of(&self, pointer: &str) -> Option<&str> {
        let path = pointer
            .trim_start_matches('/')
            .replace('/', ".")
            .replace("~1", "/")
            .replace("~0", "~");
        let target = Target::parse(&path)?;
        match &self.steps.iter().find(|step| step.target == target)?.origin {
            Origin::Column(at) => self.headers.get(*at).map(String::as_str),
            Origin::Template(_) | Origin::Constant(_) => None,
        }
    }

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
                draft.method = Some(method.map_err(|word: tradepost_contract::problem::UnknownWord| {
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
            Target::VerifiedBy => draft.verified_by = Some(text),
            Target::RecordingRef => draft.recording_ref = Some(text),
            Target::Answer(name) => {
                lead.answers.insert(name.clone(), text);
            }
        }
        Ok(())
    }
}

impl Origin {
    fn reads(&self, column: usize) -> bool {
        match self {
            Self::Column(at) => *at == column,
            Self::Template(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Column(at) if *at == column)),
            Self::Constant(_) => false,
        }
    }
}

type OriginFault = (&'static str, &'static str, String);

fn origin(field: &FieldMapping, headers: &[String]) -> Result<Origin, OriginFault> {
    let find = |name: &str| {
        let wanted = clean_header(name);
        headers
            .iter()
            .position(|header| *header == wanted)
            .or_else(|| headers.iter().position(|header| header.eq_ignore_ascii_case(&wanted)))
    };
    match (&field.column, &field.template, &field.constant) {
        (Some(column), None, None) => find(column)
            .map(Origin::Column)
            .ok_or_else(|| ("column", "unknown_column", format!("the file has no column `{column}`"))),
        (None, None, Some(text)) => Ok(Origin::Constant(text.clone())),
        (None, Some(template), None) => {
            let mut pieces = Vec::new();
            let mut rest = template.as_str();
            while let Some(open) = rest.find('{') {
                let Some(length) = rest[open..].find('}') else {
                    return Err(("template", "invalid_template", "a brace is not closed".to_owned()));
                };
                let name = &rest[open + 1..open + length];
                let Some(at) = find(name) else {
                    return Err(("template", "unknown_column", format!("the file has no column `{name}`")));
                };
                pieces.push(Piece::Text(rest[..open].to_owned()));
                pieces.push(Piece::Column(at));
                rest = &rest[open + length + 1..];
            }
            pieces.push(Piece::Text(rest.to_owned()));
            Ok(Origin::Template(pieces))
        }
        _ => Err((
            "column",
            "conflict",
            "give exactly one of column, template and constant".to_owned(),
        )),
    }
}

fn empty_enquiry(defaults: &RowDefaults) -> CreateLead {
    CreateLead {
        programme: defaults.programme.clone(),
        product: defaults.product.clone(),
        external_source: Some("import".to_owned()),
        external_id: None,
        channel: Some(LeadChannel::Csv),
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
    format!("row-{hex}")
}

/// Consent and verification as they are gathered cell by cell.
#[derive(Default)]
struct Draft {
    text: Option<String>,
    text_version: Option<String>,
    given_at: Option<Timestamp>,
    ip: Option<String>,
    method: Option<tradepost_contract::leads::VerificationMethod>,
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

/// An instant as spreadsheets write it. Without a zone it is read as UTC.
fn instant(text: &str, order: DateOrder) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let (date, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let date = local_date(date, order)?;
    let seconds = seconds_of_day(clock)?;
    let midnight = date.date().midnight().assume_utc();
    Some(Timestamp::from(midnight).plus(time::Duration::seconds(seconds)))
}

fn local_date(text: &str, order: DateOrder) -> Option<LocalDate> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (a, b, c) = (number(a)?, number(b)?, number(c)?);
    // A year of four digits in front is the year, whatever the order of the others.
    let (year, month, day) = match (parts[0].len() == 4, order) {
        (true, _) | (false, DateOrder::YearMonthDay) => (a, b, c),
        (false, DateOrder::DayMonthYear) => (c, b, a),
        (false, DateOrder::MonthDayYear) => (c, a, b),
    };
    let year = if year < 100 { year + 2000 } else { year };
    LocalDate::from_ymd(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

fn seconds_of_day(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let lower = text.to_ascii_lowercase();
    let (clock, shift) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(clock), _) => (clock.trim(), Some(12)),
        (_, Some(clock)) => (clock.trim(), Some(0)),
        _ => (lower.trim_end_matches('z'), None),
    };
    let mut parts = clock
        .splitn(3, ':')
        .map(|part| part.split('.').next().unwrap_or_default().parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let hour = match shift {
        None => hour,
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
    };
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    fits.then_some(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn defaults() -> RowDefaults {
        RowDefaults {
            programme: "prog".to_owned(),
            product: "prod".to_owned(),
            source: Some("list".to_owned()),
        }
    }

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn row(cells: &[&str]) -> csv::StringRecord {
        csv::StringRecord::from(cells.to_vec())
    }

    fn map(json: serde_json::Value) -> ImportMapping {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_real_export_is_suggested_sensibly() {
        let names = headers(&["Prospect ID", "Lead Number", "Lead Source", "Country", "City", "Tags"]);
        let samples = vec![
            vec![],
            vec![],
            vec!["Google".to_owned()],
            vec![],
            vec!["Select".to_owned()],
            vec![],
        ];
        let mapping = suggested(&names, &samples);
        let pairs: Vec<_> = mapping
            .fields
            .iter()
            .map(|field| (field.field.as_str(), field.column.as_deref().unwrap_or_default()))
            .collect();
        let expect = [
            ("external_id", "Prospect ID"),
            ("source", "Lead Source"),
            ("place.country", "Country"),
            ("place.city", "City"),
        ];
        assert_eq!(pairs, expect);
        assert_eq!(mapping.empty_when, ["select"]);
    }

    #[test]
    fn first_and_last_names_are_joined() {
        let names = headers(&["First Name", "Surname", "E-mail", "Mobile No."]);
        let plan = Plan::compile(&suggested(&names, &[]), &names).unwrap();
        let lead = plan
            .enquiry(&row(&["Dana", "Reyes", "dana@example.com", "5124740142"]), &defaults())
            .unwrap();
        assert_eq!(lead.person.name.as_deref(), Some("Dana Reyes"));
        assert_eq!(
            (lead.person.email.as_deref(), lead.person.phone.as_deref()),
            (Some("dana@example.com"), Some("5124740142"))
        );
        let nameless = plan.enquiry(&row(&["", "", "dana@example.com"]), &defaults()).unwrap();
        assert_eq!(nameless.person.name, None);
    }

    #[test]
    fn cells_that_mean_nothing_are_empty_and_others_are_replaced() {
        let names = headers(&["City", "Country", "Source", "Extra"]);
        let mapping = map(serde_json::json!({
            "fields": [
                {"field": "place.city", "column": "city", "empty_when": ["Other Cities"]},
                {"field": "place.country", "column": "Country", "replace": {"unknown": "", "Asia/Pacific Region": "SG"}},
                {"field": "source", "column": "Source"},
                {"field": "external_source", "constant": "x-education"}
            ],
            "empty_when": ["Select"], "keep_other_columns": true
        }));
        let plan = Plan::compile(&mapping, &names).unwrap();
        let lead = |cells: &[&str]| plan.enquiry(&row(cells), &defaults()).unwrap();
        let first = lead(&["SELECT", "unknown", "", "Select"]);
        assert_eq!(
            (first.place.city, first.place.country, first.source.as_deref()),
            (None, None, Some("list"))
        );
        assert!(first.answers.is_empty());
        let second = lead(&["other cities", "asia/pacific region", "Google", "42"]);
        assert_eq!(
            (
                second.place.city,
                second.place.country.as_deref(),
                second.source.as_deref()
            ),
            (None, Some("SG"), Some("Google"))
        );
        assert_eq!(
            (
                second.answers.get("Extra").map(String::as_str),
                second.external_source.as_deref()
            ),
            (Some("42"), Some("x-education"))
        );
    }

    #[test]
    fn a_mapping_that_does_not_fit_is_pointed_at() {
        let names = headers(&["Phone"]);
        let mapping = map(serde_json::json!({"fields": [
            {"field": "person.shoe_size", "column": "Phone"},
            {"field": "person.phone", "column": "Telephone"},
            {"field": "person.email", "column": "Phone", "constant": "x"},
            {"field": "person.name", "template": "{First"},
            {"field": "place.city", "template": "{Town}"},
            {"field": "person.notes", "column": "phone"},
            {"field": "person.notes", "constant": "again"}
        ]}));
        let faults = Plan::compile(&mapping, &names).unwrap_err();
        let faults: Vec<_> = faults
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect();
        let expect = [
            "/mapping/fields/0/field unknown_field",
            "/mapping/fields/1/column unknown_column",
            "/mapping/fields/2/column conflict",
            "/mapping/fields/3/template invalid_template",
            "/mapping/fields/4/template unknown_column",
            "/mapping/fields/6/field repeated",
        ];
        assert_eq!(faults, expect);
    }

    #[test]
    fn a_row_without_an_id_is_known_by_its_cells() {
        let names = headers(&["Phone", "Note"]);
        let plan = Plan::compile(
            &map(serde_json::json!({"fields": [{"field": "person.phone", "column": "Phone"}]})),
            &names,
        )
        .unwrap();
        let id = |cells: &[&str], product: &str| {
            let defaults = RowDefaults {
                product: product.to_owned(),
                ..defaults()
            };
            plan.enquiry(&row(cells), &defaults).unwrap().external_id
        };
        let first = id(&["1", "a"], "prod");
        assert_eq!(id(&[" 1", "a ", ""], "prod"), first);
        assert_ne!(id(&["1a", ""], "prod"), first);
        assert_ne!(id(&["1", "a"], "other"), first);
    }

    #[test]
    fn dates_are_read_as_the_mapping_says() {
        let table = [
            ("2026-03-31", DateOrder::MonthDayYear, Some("2026-03-31T00:00:00Z")),
            (
                "2026-03-31T14:05:06+02:00",
                DateOrder::YearMonthDay,
                Some("2026-03-31T12:05:06Z"),
            ),
            ("2026/3/1 9:05", DateOrder::YearMonthDay, Some("2026-03-01T09:05:00Z")),
            (
                "31/03/2026 14:05:06",
                DateOrder::DayMonthYear,
                Some("2026-03-31T14:05:06Z"),
            ),
            (
                "03/31/26 2:05 PM",
                DateOrder::MonthDayYear,
                Some("2026-03-31T14:05:00Z"),
            ),
            (
                "3/1/2026 12:00 am",
                DateOrder::MonthDayYear,
                Some("2026-03-01T00:00:00Z"),
            ),
            ("31/03/2026", DateOrder::MonthDayYear, None),
            ("2026-02-30", DateOrder::YearMonthDay, None),
            ("2026-03-31 25:00", DateOrder::YearMonthDay, None),
            ("2026-03-31 13:00 pm", DateOrder::YearMonthDay, None),
            ("45012", DateOrder::YearMonthDay, None),
            ("", DateOrder::YearMonthDay, None),
        ];
        for (text, order, expect) in table {
            assert_eq!(
                instant(text, order).map(|at| at.to_string()).as_deref(),
                expect,
                "{text}"
            );
        }
    }

    #[test]
    fn consent_and_verification_come_from_cells() {
        let names = headers(&["Consent", "When", "Method"]);
        let mapping = map(serde_json::json!({"fields": [
            {"field": "consent.text", "column": "Consent"}, {"field": "consent.given_at", "column": "When"},
            {"field": "verification.method", "column": "Method"}, {"field": "verification.verified_at", "column": "When"}
        ]}));
        let plan = Plan::compile(&mapping, &names).unwrap();
        let lead = plan
            .enquiry(&row(&["I agree", "2026-03-01", "Phone call"]), &defaults())
            .unwrap();
        assert_eq!(
            lead.consent.map(|consent| consent.text_version).as_deref(),
            Some("import")
        );
        assert_eq!(lead.verification.map(|given| given.method.as_str()), Some("phone_call"));
        let faults = plan.enquiry(&row(&["I agree", "", "pigeon"]), &defaults()).unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(),
            ["/verification/method", "/consent/given_at"]
        );
        assert_eq!(plan.column_of("/consent/given_at"), Some("When"));
    }

    proptest! {
        #[test]
        fn no_row_panics(cells in proptest::collection::vec("\\PC{0,20}", 0..6), template in "\\PC{0,20}") {
            let names = headers(&["a", "b", "c"]);
            let mapping = map(serde_json::json!({"fields": [
                {"field": "enquired_at", "column": "a"}, {"field": "person.phone", "column": "b"},
                {"field": "person.name", "template": template}, {"field": "consent.given_at", "column": "c"}
            ]}));
            let plan = Plan::compile(&mapping, &names).or_else(|_| Plan::compile(&suggested(&headers(&["Date", "Phone"]), &[]), &headers(&["Date", "Phone"])));
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let _ = plan.unwrap().enquiry(&row(&cells), &defaults());
        }
    }
}

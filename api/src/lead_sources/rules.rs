//! What a source is called, may be, and makes of what it is sent. Pure.

use super::formats::Sent;
use crate::lead_imports::mapping::{Plan, RowDefaults, clean_header};
use crate::suppliers::fields::{self, Faults};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use tradepost_contract::FieldError;
use tradepost_contract::lead_imports::{FieldMapping, ImportMapping};
use tradepost_contract::lead_sources::{LeadSourceKind, SentField};
use tradepost_contract::leads::CreateLead;

/// The longest name.
pub(super) const LONGEST_NAME: usize = 100;
/// The longest advertising source and campaign, as of a lead.
const LONGEST_SOURCE: usize = 120;
/// Mappings of more entries are no mappings.
const MOST_ENTRIES: usize = 100;
/// Requests a minute, unless staff say otherwise: ten a second is more than any form is filled in.
pub(super) const USUAL_LIMIT: i64 = 600;
const LARGEST_LIMIT: i64 = 60_000;

/// 24 random bytes as text: addresses and secrets that nobody guesses, short enough to be typed into a form of Google's.
pub(super) fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>())
}

/// Whether a text that somebody sent is the one that is expected. How long it takes says nothing about either.
pub(super) fn same(expected: &[u8], given: &[u8]) -> bool {
    use sha2::{Digest, Sha256};
    Sha256::digest(expected).ct_eq(&Sha256::digest(given)).into()
}

/// A text that may be empty, which takes it away.
pub(super) fn optional(faults: &mut Faults, pointer: &str, text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    Some(faults.keep(fields::line(pointer, text, LONGEST_SOURCE)))
}

pub(super) fn limit(faults: &mut Faults, given: Option<i64>) -> i64 {
    let limit = given.unwrap_or(USUAL_LIMIT);
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        faults.push("/requests_per_minute", "out_of_range", "is 1 to 60000");
    }
    limit
}

/// The advertising source where staff name none.
pub(super) const fn usual_source(kind: LeadSourceKind) -> Option<&'static str> {
    match kind {
        LeadSourceKind::GoogleAds => Some("google ads"),
        LeadSourceKind::Meta => Some("meta"),
        LeadSourceKind::Mapped | LeadSourceKind::Adf => None,
    }
}

/// What the fields of a kind usually mean.
pub(super) fn usual_mapping(kind: LeadSourceKind) -> ImportMapping {
    let pairs: &[(&str, &str)] = match kind {
        LeadSourceKind::GoogleAds => &[
            ("external_id", "lead_id"),
            ("person.name", "FULL_NAME"),
            ("person.company", "COMPANY_NAME"),
            ("person.email", "EMAIL"),
            ("person.phone", "PHONE_NUMBER"),
            ("person.address", "STREET_ADDRESS"),
            ("place.postcode", "POSTAL_CODE"),
            ("place.city", "CITY"),
            ("place.region", "REGION"),
            ("place.country", "COUNTRY"),
        ],
        LeadSourceKind::Meta => &[
            ("external_id", "leadgen_id"),
            ("enquired_at", "created_time"),
            ("person.name", "full_name"),
            ("person.company", "company_name"),
            ("person.email", "email"),
            ("person.phone", "phone_number"),
            ("person.address", "street_address"),
            ("place.postcode", "post_code"),
            ("place.city", "city"),
            ("place.region", "state"),
            ("place.country", "country"),
        ],
        LeadSourceKind::Mapped => &[
            ("external_id", "id"),
            ("person.name", "name"),
            ("person.company", "company"),
            ("person.email", "email"),
            ("person.phone", "phone"),
            ("person.notes", "message"),
            ("place.postcode", "postcode"),
            ("place.city", "city"),
        ],
        LeadSourceKind::Adf => &[
            ("external_id", "id"),
            ("enquired_at", "requestdate"),
            ("person.name", "customer.contact.name.full"),
            ("person.email", "customer.contact.email"),
            ("person.phone", "customer.contact.phone"),
            ("person.address", "customer.contact.address.street"),
            ("person.notes", "customer.comments"),
            ("place.city", "customer.contact.address.city"),
            ("place.region", "customer.contact.address.regioncode"),
            ("place.postcode", "customer.contact.address.postalcode"),
            ("place.country", "customer.contact.address.country"),
        ],
    };
    ImportMapping {
        fields: pairs.iter().map(|(field, column)| from(field, column)).collect(),
        keep_other_columns: kind != LeadSourceKind::Mapped,
        ..ImportMapping::default()
    }
}

fn from(field: &str, column: &str) -> FieldMapping {
    FieldMapping {
        field: field.to_owned(),
        column: Some(column.to_owned()),
        template: None,
        constant: None,
        empty_when: Vec::new(),
        replace: BTreeMap::new(),
        transform: None,
    }
}

/// Everything that is wrong with a mapping, whatever it is used on.
pub(super) fn check_mapping(mapping: &ImportMapping) -> Vec<FieldError> {
    if mapping.fields.len() > MOST_ENTRIES {
        let message = format!("has at most {MOST_ENTRIES} entries");
        return vec![FieldError::new("/mapping/fields", "too_many", message)];
    }
    let own = mapping.fields.iter().position(|field| field.field == "external_source");
    if let Some(at) = own {
        let message = "the ids that a source sends belong to the source";
        return vec![FieldError::new(
            format!("/mapping/fields/{at}/field"),
            "not_here",
            message,
        )];
    }
    let mapping = dotted(mapping);
    Plan::compile(&mapping, &named(&mapping)).err().unwrap_or_default()
}

/// The enquiry that something sent becomes.
pub(super) fn enquiry(
    mapping: &ImportMapping,
    sent: &Sent,
    defaults: &RowDefaults,
    campaign: Option<&str>,
) -> Result<CreateLead, Vec<FieldError>> {
    let mapping = dotted(mapping);
    let mut headers: Vec<String> = sent.fields.iter().map(|field| field.path.clone()).collect();
    let mut cells: Vec<&str> = sent.fields.iter().map(|field| field.text.as_str()).collect();
    // A field that was left out is as good as an empty one.
    for name in named(&mapping) {
        if !headers.iter().any(|header| header.eq_ignore_ascii_case(&name)) {
            headers.push(name);
            cells.push("");
        }
    }
    let plan = Plan::compile(&mapping, &headers)?;
    let mut lead = plan.enquiry(&csv::StringRecord::from(cells), defaults)?;
    if let Some(campaign) = campaign {
        let campaign = campaign.to_owned();
        lead.answers.entry("campaign".to_owned()).or_insert(campaign);
    }
    Ok(lead)
}

/// What was sent as the log keeps and shows it.
pub(super) fn sent_again(fields: Vec<SentField>) -> Sent {
    Sent {
        fields,
        ignored: None,
        incomplete: None,
    }
}

/// The same mapping with dotted paths where it has JSON pointers.
fn dotted(mapping: &ImportMapping) -> ImportMapping {
    let mut mapping = mapping.clone();
    for field in &mut mapping.fields {
        if let Some(column) = &mut field.column {
            *column = dotted_path(column);
        }
        if let Some(template) = &mut field.template {
            *template = in_braces(template, |name| Some(dotted_path(name)));
        }
    }
    mapping
}

fn dotted_path(path: &str) -> String {
    match path.trim().strip_prefix('/') {
        None => path.to_owned(),
        Some(rest) => rest
            .split('/')
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect::<Vec<_>>()
            .join("."),
    }
}

/// The template with what stands between braces as `f` says.
pub(super) fn in_braces(template: &str, mut f: impl FnMut(&str) -> Option<String>) -> String {
    let (mut text, mut rest) = (String::new(), template);
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + length];
        text.push_str(&rest[..open]);
        let name = f(name).unwrap_or_else(|| name.to_owned());
        text.push_str(&format!("{{{name}}}"));
        rest = &rest[open + length + 1..];
    }
    text + rest
}

/// Every column that a mapping names.
fn named(mapping: &ImportMapping) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = clean_header(name);
        if !names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            names.push(name);
        }
    };
    for field in &mapping.fields {
        if let Some(column) = &field.column {
            add(column);
        }
        if let Some(template) = &field.template {
            in_braces(template, |name| {
                add(name);
                None
            });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tradepost_contract::leads::LeadChannel;

    fn defaults() -> RowDefaults {
        RowDefaults {
            programme: "prog".to_owned(),
            product: "prod".to_owned(),
            source: Some("meta".to_owned()),
            external_source: "src_1".to_owned(),
            channel: LeadChannel::Api,
            row_id_prefix: "post",
        }
    }

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        let field = |(path, text): &(&str, &str)| SentField {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        sent_again(pairs.iter().map(field).collect())
    }

    fn mapping(fields: serde_json::Value) -> ImportMapping {
        serde_json::from_value(json!({ "fields": fields })).expect("a mapping")
    }

    #[test]
    fn every_kind_has_a_usual_mapping_that_fits() {
        for kind in LeadSourceKind::ALL {
            assert!(check_mapping(&usual_mapping(*kind)).is_empty(), "{kind}");
        }
    }

    #[test]
    fn paths_pointers_templates_constants_and_transforms_make_an_enquiry() {
        let mapping = mapping(json!([
            {"field": "external_id", "column": "/meta/id"},
            {"field": "person.name", "template": "{contact.first} {/contact/last}"},
            {"field": "person.phone", "column": "contact.phone"},
            {"field": "answers.owner", "column": "owner", "transform": "boolean"},
            {"field": "source", "constant": "partner x"},
            {"field": "person.email", "column": "contact.email"},
        ]));
        assert!(check_mapping(&mapping).is_empty());
        let sent = sent(&[
            ("meta.id", "7"),
            ("contact.first", "Dana"),
            ("contact.last", "Reyes"),
            ("OWNER", "on"),
        ]);
        let lead = enquiry(&mapping, &sent, &defaults(), Some("spring")).expect("an enquiry");
        assert_eq!(lead.person.name.as_deref(), Some("Dana Reyes"));
        assert_eq!(
            (lead.external_id.as_deref(), lead.source.as_deref()),
            (Some("7"), Some("partner x"))
        );
        assert_eq!(lead.answers["owner"], "yes");
        assert_eq!(lead.answers["campaign"], "spring");
        assert_eq!(
            (lead.person.phone, lead.person.email),
            (None, None),
            "what was left out is empty"
        );
        assert_eq!(lead.external_source.as_deref(), Some("src_1"));
    }

    #[test]
    fn what_has_no_id_is_known_by_what_it_says() {
        let mapping = mapping(json!([{"field": "person.name", "column": "name"}]));
        let id = |text: &str| {
            let lead = enquiry(&mapping, &sent(&[("name", text)]), &defaults(), None).expect("an enquiry");
            lead.external_id.expect("an id")
        };
        assert_eq!(id("Dana"), id("Dana"));
        assert_ne!(id("Dana"), id("Mo"));
        assert!(id("Dana").starts_with("post-"));
    }

    #[test]
    fn a_mapping_that_cannot_be_is_refused() {
        let codes = |fields| {
            check_mapping(&mapping(fields))
                .into_iter()
                .map(|fault| fault.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(codes(json!([])), ["required"]);
        assert_eq!(
            codes(json!([{"field": "person.shoe", "column": "x"}])),
            ["unknown_field"]
        );
        assert_eq!(
            codes(json!([{"field": "external_source", "constant": "x"}])),
            ["not_here"]
        );
        assert_eq!(
            codes(json!([{"field": "person.name", "template": "{a"}])),
            ["invalid_template"]
        );
        assert_eq!(codes(json!([{"field": "person.name"}])), ["conflict"]);
        let many: Vec<_> = (0..101)
            .map(|at| json!({"field": format!("answers.a{at}"), "column": "x"}))
            .collect();
        assert_eq!(codes(json!(many)), ["too_many"]);
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same(b"abc", b"abc") && !same(b"abc", b"abcd") && !same(b"abc", b""));
        assert_ne!(random_text(), random_text());
        assert_eq!(random_text().len(), 32);
    }
}

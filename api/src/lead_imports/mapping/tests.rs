use super::*;
use proptest::prelude::*;
use tradepost_contract::lead_imports::ImportMapping;

fn defaults() -> RowDefaults {
    RowDefaults {
        programme: "prog".to_owned(),
        product: "prod".to_owned(),
        source: Some("list".to_owned()),
        external_source: "import".to_owned(),
        channel: tradepost_contract::leads::LeadChannel::Csv,
        row_id_prefix: "row",
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

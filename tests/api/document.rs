//! The OpenAPI document: checked in, fresh, and complete.

use serde_json::Value;
use std::path::Path;
use tradepost::auth::operations::OPERATIONS;

fn checked_in() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json")
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("a document has paths") {
        for method in ["get", "post", "patch", "put", "delete"] {
            if let Some(operation) = item.get(method) {
                all.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    all
}

#[test]
fn the_checked_in_document_is_fresh() {
    let generated = tradepost::routes::document_json();
    if std::env::var_os("TRADEPOST_WRITE_OPENAPI").is_some() {
        std::fs::write(checked_in(), &generated).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(checked_in()).unwrap_or_default();
    assert!(
        kept == generated,
        "openapi/openapi.json is stale: run `cargo run -p tradepost -- openapi > openapi/openapi.json`"
    );
}

/// The enums of the contract are words in lower case on the wire; a name of a variant is a derive that did
/// not see the word.
#[test]
fn the_words_in_the_document_are_those_on_the_wire() {
    fn words(value: &Value, found: &mut Vec<String>) {
        if let Some(list) = value.get("enum").and_then(Value::as_array) {
            found.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|inner| words(inner, found)),
            Value::Array(items) => items.iter().for_each(|inner| words(inner, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&tradepost::routes::document_json()).expect("JSON");
    let mut found = Vec::new();
    words(&document, &mut found);
    assert!(found.iter().any(|word| word == "not_found") && found.iter().any(|word| word == "monday"));
    let odd: Vec<_> = found
        .iter()
        .filter(|word| word.chars().any(char::is_uppercase))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|inner| references(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&tradepost::routes::document_json()).expect("JSON");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    let leads_nowhere = |reference: &&String| document.pointer(reference.trim_start_matches('#')).is_none();
    let dangling: Vec<_> = found.iter().filter(leads_nowhere).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
}

#[test]
fn every_row_of_the_operations_table_is_an_operation_and_the_other_way_round() {
    let document: Value = serde_json::from_str(&tradepost::routes::document_json()).expect("JSON");
    let mut documented: Vec<_> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            (path.trim_start_matches("/api/v1").to_owned(), method, id)
        })
        .collect();
    let mut rows: Vec<_> = OPERATIONS
        .iter()
        .map(|row| (row.path.to_owned(), row.method.to_owned(), row.id.to_owned()))
        .collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows);
}

#[test]
fn every_operation_says_what_it_does_what_it_takes_and_how_it_fails() {
    let document: Value = serde_json::from_str(&tradepost::routes::document_json()).expect("JSON");
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(
            operation["summary"].as_str().is_some_and(|text| text.len() > 8),
            "{name} has a summary"
        );
        assert!(
            operation["tags"].as_array().is_some_and(|tags| tags.len() == 1),
            "{name} has one tag: {}",
            operation["tags"]
        );
        let responses = operation["responses"].as_object().expect("responses");
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name} describes its success"
        );
        for status in ["400", "401", "403", "404", "422", "429", "503"] {
            let content = &responses[status]["content"]["application/problem+json"];
            assert!(content.is_object(), "{name} describes its {status} as a problem");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["in"] == "path" || parameter["description"].is_string(),
                "{name}: {parameter}"
            );
        }
    }
}

//! JSON documents as people compare and edit them: leaf by leaf.

use serde_json::{Map, Value};
use tradepost_contract::{Money, Timestamp};

/// Every leaf with its JSON pointer, in order. An empty object below is a leaf too, and so is a list.
pub fn leaves(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    walk(String::new(), value, &mut found);
    // A document without rules has no leaves.
    found.retain(|(pointer, leaf)| !pointer.is_empty() || !matches!(leaf, Value::Object(_)));
    found
}

fn walk(at: String, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                walk(
                    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    inner,
                    found,
                );
            }
        }
        other => found.push((at, other.clone())),
    }
}

/// The merge patch (RFC 7396) that makes `new` of `old`: what is gone is null.
pub fn merge_patch(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return new.clone();
    };
    let mut patch = Map::new();
    for (name, value) in new {
        match old.get(name) {
            Some(before) if before == value => {}
            Some(before) => {
                patch.insert(name.clone(), merge_patch(before, value));
            }
            None => {
                patch.insert(name.clone(), value.clone());
            }
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    Value::Object(patch)
}

/// A leaf in a line.
pub fn line(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "“”".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Object(fields) if fields.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(line).collect::<Vec<_>>().join(", "),
        Value::Object(_) => leaves(value)
            .iter()
            .map(|(pointer, leaf)| format!("{}: {}", readable(pointer), line(leaf)))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// What an event tells people: amounts and instants as they are written elsewhere, without the numbers of
/// things, which its links have.
pub fn told(data: &Value) -> String {
    let Value::Object(fields) = data else {
        return line(data);
    };
    let said = fields.iter().filter_map(|(name, value)| {
        let text = told_value(value)?;
        Some(format!("{}: {text}", name.replace('_', " ")))
    });
    said.collect::<Vec<_>>().join("; ")
}

fn told_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if is_id(text) => None,
        Value::String(text) => Some(match text.parse::<Timestamp>() {
            Ok(at) => super::time::full(at, None),
            Err(_) => text.replace('_', " "),
        }),
        Value::Array(items) if items.iter().any(|item| item.as_str().is_some_and(is_id)) => {
            Some(items.len().to_string())
        }
        other => match serde_json::from_value::<Money>(other.clone()) {
            Ok(amount) => Some(super::money::text(amount)),
            Err(_) => Some(line(other)),
        },
    }
}

/// Whether a text is the number of a thing, such as `lead_00000000000c5`.
fn is_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(kind, number)| {
        kind.bytes().all(|letter| letter.is_ascii_lowercase())
            && number.len() == 13
            && number.bytes().all(|letter| letter.is_ascii_alphanumeric())
    })
}

/// A pointer as people read it: `/returns/window/days` as `returns › window › days`.
pub fn readable(pointer: &str) -> String {
    let parts = pointer.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| part.replace("~1", "/").replace("~0", "~").replace('_', " "))
        .collect::<Vec<_>>()
        .join(" › ")
}

/// What differs between two documents: the pointer, before, after.
pub fn changes(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    let (old, new) = (leaves(before), leaves(after));
    let of = |all: &[(String, Value)], pointer: &str| {
        let found = all.iter().find(|(known, _)| known == pointer);
        found.map_or(Value::Null, |(_, value)| value.clone())
    };
    let mut pointers: Vec<&String> = old.iter().chain(&new).map(|(pointer, _)| pointer).collect();
    pointers.sort();
    pointers.dedup();
    pointers
        .into_iter()
        .map(|pointer| (pointer.clone(), of(&old, pointer), of(&new, pointer)))
        .filter(|(_, old, new)| old != new)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_says_only_what_changed_and_nulls_what_went() {
        let old = json!({"a": 1, "window": {"unit": "days", "days": 10}});
        let new = json!({"a": 1, "window": {"unit": "none"}});
        assert_eq!(
            merge_patch(&old, &new),
            json!({"window": {"unit": "none", "days": null}})
        );
        assert_eq!(merge_patch(&old, &old), json!({}));
    }

    #[test]
    fn leaves_have_pointers() {
        let found = leaves(&json!({"a": {"b/c": [1, 2], "d": {}}}));
        assert_eq!(
            found,
            [("/a/b~1c".to_owned(), json!([1, 2])), ("/a/d".to_owned(), json!({}))]
        );
        assert_eq!(readable("/a/b~1c"), "a › b/c");
        assert!(leaves(&json!({})).is_empty());
    }

    #[test]
    fn changes_are_found_on_both_sides() {
        let found = changes(&json!({"a": 1, "b": 2}), &json!({"a": 1, "c": 3}));
        let pointers: Vec<&str> = found.iter().map(|(pointer, ..)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/b", "/c"]);
    }
}

//! What is different before and after a change. Pure.

use crate::error::ApiResult;
use serde::Serialize;
use serde_json::Value;
use tradepost_contract::change_requests::Difference;

/// Those of these fields that differ between two states of a thing; one that is made has no state before.
pub(super) fn between<T: Serialize>(before: Option<&T>, after: &T, fields: &[&str]) -> ApiResult<Vec<Difference>> {
    let before = before.map(serde_json::to_value).transpose()?.unwrap_or(Value::Null);
    let after = serde_json::to_value(after)?;
    let differing = fields.iter().filter_map(|field| {
        let (before, after) = (text(before.get(*field)), text(after.get(*field)));
        (before != after).then(|| Difference {
            field: (*field).to_owned(),
            before,
            after,
        })
    });
    Ok(differing.collect())
}

/// A value as a text; what is empty is none.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(|item| text(Some(item))).collect();
            Some(items.join(", ")).filter(|text| !text.is_empty())
        }
        Value::Object(fields) => hours(fields),
    }
}

/// A schedule in words, such as `monday 09:00–17:00, tuesday 09:00–17:00`.
fn hours(fields: &serde_json::Map<String, Value>) -> Option<String> {
    let words: Vec<String> = fields
        .iter()
        .map(|(name, value)| match (value.get("from"), value.get("to")) {
            (Some(Value::String(from)), Some(Value::String(to))) => format!("{name} {from}–{to}"),
            _ => format!("{name} {}", text(Some(value)).unwrap_or_default()),
        })
        .collect();
    Some(words.join(", ")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_shown_and_in_words() {
        let before = json!({ "cap_day": 5, "cap_week": null, "name": "Okafor", "schedule": {} });
        let after = json!({
            "cap_day": 2, "cap_week": null, "name": "Okafor",
            "schedule": { "mon": { "from": "09:00", "to": "17:00" } },
        });
        let fields = ["cap_day", "cap_week", "name", "schedule"];
        let shown: Vec<_> = between(Some(&before), &after, &fields)
            .unwrap()
            .into_iter()
            .map(|one| (one.field, one.before, one.after))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            shown,
            [
                ("cap_day".to_owned(), some("5"), some("2")),
                ("schedule".to_owned(), None, some("mon 09:00–17:00")),
            ]
        );
    }

    #[test]
    fn what_is_made_has_no_before() {
        let shown = between(None, &json!({ "name": "Okafor", "phone": null }), &["name", "phone"]).unwrap();
        assert_eq!(shown.len(), 1);
        assert_eq!(
            (shown[0].before.as_deref(), shown[0].after.as_deref()),
            (None, Some("Okafor"))
        );
    }
}

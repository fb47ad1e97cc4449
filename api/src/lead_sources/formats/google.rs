//! The webhook of Google Ads lead forms.
//!
//! `lead_id` is Google's own id; the answers stand in `user_column_data`, each with `column_id` (a word in capitals for
//! the usual questions, such as `FULL_NAME`), `column_name` and `string_value`. Everything else that is a text or a
//! number (`campaign_id`, `form_id`, `gcl_id` …) is a field of that name.

use super::{Sent, Unreadable, call, field, join_name, scalar};
use serde_json::Value;
use tradepost_contract::lead_sources::SentField;

/// Not about the lead.
const LEFT_OUT: &[&str] = &["google_key", "is_test", "api_version"];

/// The key that was sent.
pub(in super::super) fn key(body: &Value) -> Option<&str> {
    body.get("google_key")?.as_str()
}

pub(super) fn read(body: &Value) -> Result<Sent, Unreadable> {
    let object = body.as_object().ok_or("The body is not an object.")?;
    if object.get("is_test").and_then(Value::as_bool) == Some(true) {
        return Ok(Sent {
            fields: Vec::new(),
            ignored: Some("A test of Google's."),
            incomplete: None,
        });
    }
    let mut fields: Vec<SentField> = object
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
        .filter_map(|(name, value)| Some(field(name, scalar(value)?)))
        .collect();
    let columns = object.get("user_column_data").and_then(Value::as_array);
    for column in columns.into_iter().flatten() {
        let text = |name: &str| {
            let text = column.get(name).and_then(scalar);
            text.filter(|text| !text.trim().is_empty())
        };
        if let (Some(name), Some(value)) = (text("column_id").or_else(|| text("column_name")), text("string_value")) {
            fields.push(field(&name, value));
        }
    }
    join_name(&mut fields, "FULL_NAME", "FIRST_NAME", "LAST_NAME");
    call(&mut fields, "EMAIL", &["WORK_EMAIL"]);
    call(&mut fields, "PHONE_NUMBER", &["WORK_PHONE"]);
    Ok(Sent {
        fields,
        ignored: None,
        incomplete: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::text;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_lead_form_is_read() {
        let body = json!({
            "lead_id": "gl-1", "api_version": "1.0", "form_id": 40, "campaign_id": 123_456, "gcl_id": "Cj0", "google_key": "k",
            "user_column_data": [
                {"column_name": "First name", "column_id": "FIRST_NAME", "string_value": "Dana"},
                {"column_id": "LAST_NAME", "string_value": "Reyes"},
                {"column_id": "WORK_EMAIL", "string_value": "dana@reyes.example"},
                {"column_name": "How many seats?", "string_value": "25"},
                {"column_id": "CITY", "string_value": ""}, {"column_id": "REGION"}, 7,
            ],
        });
        let sent = read(&body).expect("readable");
        assert_eq!((text(&sent, "lead_id"), text(&sent, "campaign_id")), ("gl-1", "123456"));
        assert_eq!(
            (text(&sent, "FULL_NAME"), text(&sent, "EMAIL")),
            ("Dana Reyes", "dana@reyes.example")
        );
        assert_eq!(text(&sent, "How many seats?"), "25");
        let paths: Vec<&str> = sent.fields.iter().map(|field| field.path.as_str()).collect();
        assert!(!paths.contains(&"google_key") && !paths.contains(&"CITY") && !paths.contains(&"FIRST_NAME"));
        assert_eq!(key(&body), Some("k"));
    }

    #[test]
    fn a_test_is_ignored() {
        let sent = read(&json!({"lead_id": "x", "is_test": true})).expect("readable");
        assert!(sent.ignored.is_some() && sent.fields.is_empty());
        assert!(read(&json!([])).is_err());
        assert_eq!(key(&json!({"google_key": 7})), None);
    }
}

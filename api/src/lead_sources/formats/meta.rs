//! Meta's notifications of lead ads: `entry[].changes[]` with the field `leadgen`.
//!
//! Meta's own hold ids only, and the answers have to be fetched. Bridges put the answers beside them as `field_data`: a
//! list of `name` and `values`, as the Graph API answers.

use super::{Sent, Unreadable, call, field, join_name, joined, scalar};
use serde_json::Value;
use tradepost_contract::Timestamp;
use tradepost_contract::lead_sources::SentField;

/// Why a notification without answers becomes no lead.
const ONLY_AN_ID: &str = "Meta's notification holds the lead's id only. Let a bridge add its answers as field_data, or import Meta's export.";

pub(super) fn read(body: &Value) -> Result<Vec<Sent>, Unreadable> {
    let entries = body.get("entry").and_then(Value::as_array);
    let entries = entries.ok_or("The body has no entries.")?;
    let changes = entries
        .iter()
        .filter_map(|entry| entry.get("changes").and_then(Value::as_array))
        .flatten();
    Ok(changes.map(change).collect())
}

fn change(change: &Value) -> Sent {
    let ignored = |why| Sent {
        ignored: Some(why),
        ..Sent::default()
    };
    if change.get("field").and_then(Value::as_str) != Some("leadgen") {
        return ignored("News that are not about a lead.");
    }
    let Some(value) = change.get("value").and_then(Value::as_object) else {
        return ignored("News without a value.");
    };
    let mut fields: Vec<SentField> = value
        .iter()
        .filter_map(|(name, value)| Some(field(name, told(name, value)?)))
        .collect();
    let answers = value.get("field_data").and_then(Value::as_array);
    for answer in answers.into_iter().flatten() {
        let values = answer.get("values").and_then(Value::as_array);
        let text = values
            .map(|values| joined(values))
            .filter(|text| !text.trim().is_empty());
        if let (Some(name), Some(text)) = (answer.get("name").and_then(Value::as_str), text) {
            fields.push(field(name, text));
        }
    }
    call(&mut fields, "full_name", &["name"]);
    join_name(&mut fields, "full_name", "first_name", "last_name");
    call(&mut fields, "email", &["work_email"]);
    call(&mut fields, "phone_number", &["phone", "work_phone_number"]);
    call(&mut fields, "post_code", &["zip_code", "postal_code", "zip"]);
    Sent {
        fields,
        ignored: None,
        incomplete: answers.is_none().then_some(ONLY_AN_ID),
    }
}

/// The instant is in seconds; everything else is as it is.
fn told(name: &str, value: &Value) -> Option<String> {
    match (name, value.as_i64()) {
        ("created_time", Some(seconds)) if (0..=253_402_300_799).contains(&seconds) => {
            Some(Timestamp::from_seconds(seconds).to_string())
        }
        _ => scalar(value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::text;
    use super::*;
    use serde_json::json;

    fn body(value: Value) -> Value {
        json!({"object": "page", "entry": [{"id": "1", "time": 1, "changes": [{"field": "leadgen", "value": value}]}]})
    }

    #[test]
    fn answers_beside_the_id_are_read() {
        let value = json!({
            "leadgen_id": "444", "form_id": "9", "created_time": 1_772_357_400,
            "field_data": [
                {"name": "first_name", "values": ["Dana"]}, {"name": "last_name", "values": ["Reyes"]},
                {"name": "zip", "values": ["78701"]}, {"name": "which_days?", "values": ["Mon", "Tue"]}, {"name": "city", "values": []},
            ],
        });
        let sent = read(&body(value)).expect("readable");
        let [sent] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!(
            (text(sent, "leadgen_id"), text(sent, "full_name")),
            ("444", "Dana Reyes")
        );
        assert_eq!(
            (text(sent, "post_code"), text(sent, "which_days?")),
            ("78701", "Mon, Tue")
        );
        assert_eq!(text(sent, "created_time"), "2026-03-01T09:30:00Z");
        assert_eq!(sent.incomplete, None);
    }

    #[test]
    fn an_id_alone_is_no_lead_and_other_news_are_ignored() {
        let sent = read(&body(json!({"leadgen_id": "444"}))).expect("readable");
        assert!(sent[0].incomplete.is_some() && text(&sent[0], "leadgen_id") == "444");
        let other = json!({"entry": [{"changes": [{"field": "feed", "value": {}}, {"field": "leadgen"}]}]});
        assert!(
            read(&other)
                .expect("readable")
                .iter()
                .all(|sent| sent.ignored.is_some())
        );
        assert!(read(&json!({})).is_err());
    }
}

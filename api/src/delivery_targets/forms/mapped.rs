//! A form or JSON, with the names of the receiver's fields or our own.

use crate::delivery_targets::sheet::Sheet;
use serde_json::{Map, Value};
use tradepost_contract::delivery_targets::DeliveryTargetField;

/// The fields with their texts, in the order of the mapping; what is not known is left out.
fn filled(lead: &Sheet, fields: &[DeliveryTargetField]) -> Vec<(Vec<String>, String)> {
    if fields.is_empty() {
        let ours = lead
            .all()
            .map(|(field, text)| (vec![field.to_string()], text.to_owned()));
        let answers = lead.answers.iter();
        let answers = answers.map(|(question, text)| (vec!["answers".to_owned(), question.clone()], text.clone()));
        return ours.chain(answers).collect();
    }
    let text = |field: &DeliveryTargetField| match (&field.field, &field.answer, &field.constant) {
        (Some(ours), ..) => lead.text(*ours).map(str::to_owned),
        (None, Some(question), _) => lead.answers.get(question).cloned(),
        (None, None, constant) => constant.clone(),
    };
    let path = |name: &str| name.split('.').map(str::to_owned).collect();
    fields
        .iter()
        .filter_map(|field| Some((path(&field.name), text(field)?)))
        .collect()
}

/// As a browser sends a form.
pub(in crate::delivery_targets) fn form(lead: &Sheet, fields: &[DeliveryTargetField]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (path, text) in filled(lead, fields) {
        form.append_pair(&path.join("."), &text);
    }
    form.finish()
}

/// As JSON: a dot in a name makes an object.
pub(in crate::delivery_targets) fn json(lead: &Sheet, fields: &[DeliveryTargetField]) -> Value {
    let mut whole = Map::new();
    for (path, text) in filled(lead, fields) {
        place(&mut whole, &path, text);
    }
    Value::Object(whole)
}

fn place(whole: &mut Map<String, Value>, path: &[String], text: String) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        whole.insert(first.clone(), Value::String(text));
        return;
    }
    let inner = whole.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        place(inner, rest, text);
    }
}

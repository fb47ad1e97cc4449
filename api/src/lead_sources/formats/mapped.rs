//! JSON or a form of any shape: each text, number and yes/no is a field under its dotted path.

use super::{DEEPEST, Sent, Unreadable, field, joined, json, scalar};
use serde_json::Value;
use tradepost_contract::lead_sources::SentField;

pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Sent, Unreadable> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let begins_like_json = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let is_form = match kind.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => true,
        "" | "text/plain" => !begins_like_json,
        kind if kind == "application/json" || kind.ends_with("+json") => false,
        _ => return Err("Send application/json or application/x-www-form-urlencoded.".to_owned()),
    };
    let fields = if is_form { form(body)? } else { object(body)? };
    Ok(Sent {
        fields,
        ignored: None,
        incomplete: None,
    })
}

/// A name that is repeated, as ticked boxes are, has all its values with commas between them.
fn form(body: &[u8]) -> Result<Vec<SentField>, Unreadable> {
    if std::str::from_utf8(body).is_err() {
        return Err("The form is not in UTF-8.".to_owned());
    }
    let mut fields: Vec<SentField> = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        let next = field(&name, value);
        match fields.iter_mut().find(|known| known.path == next.path) {
            Some(known) => known.text = format!("{}, {}", known.text, next.text),
            None => fields.push(next),
        }
    }
    Ok(fields)
}

fn object(body: &[u8]) -> Result<Vec<SentField>, Unreadable> {
    let body = json(body)?;
    let mut fields = Vec::new();
    match &body {
        Value::Object(_) => walk("", &body, 0, &mut fields)?,
        _ => return Err("The body is not an object.".to_owned()),
    }
    Ok(fields)
}

fn walk(path: &str, value: &Value, depth: usize, fields: &mut Vec<SentField>) -> Result<(), Unreadable> {
    if depth > DEEPEST {
        return Err(format!("The body is nested deeper than {DEEPEST}."));
    }
    let below = |name: &str| match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    };
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                walk(&below(name), inner, depth + 1, fields)?;
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (at, inner) in items.iter().enumerate() {
                walk(&below(&at.to_string()), inner, depth + 1, fields)?;
            }
        }
        Value::Array(items) => fields.push(field(path, joined(items))),
        _ => fields.extend(scalar(value).map(|text| field(path, text))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::text;
    use super::*;
    use rstest::rstest;

    #[test]
    fn json_of_any_shape_is_read_by_dotted_paths() {
        let body = br#"{"contact": {"first": "Dana", "tags": ["a", 2, true]}, "items": [{"sku": 1}, {"sku": 2}], "none": null}"#;
        let sent = read("application/json; charset=utf-8", body).expect("readable");
        assert_eq!(
            (text(&sent, "contact.first"), text(&sent, "contact.tags")),
            ("Dana", "a, 2, true")
        );
        assert_eq!((text(&sent, "items.1.sku"), sent.fields.len()), ("2", 4));
    }

    #[test]
    fn a_form_is_read_by_its_names() {
        let sent = read(
            "application/x-www-form-urlencoded",
            b"full+name=Dana%20Reyes&day=Mon&day=Tue&x",
        )
        .expect("readable");
        assert_eq!(
            (text(&sent, "full name"), text(&sent, "day")),
            ("Dana Reyes", "Mon, Tue")
        );
    }

    #[rstest]
    #[case("", "{\"a\": 1}", true)]
    #[case("text/plain", "a=1", true)]
    #[case("application/vnd.x+json", "{\"a\": 1}", true)]
    #[case("multipart/form-data; boundary=x", "a", false)]
    #[case("application/json", "a=1", false)]
    fn the_media_type_decides(#[case] kind: &str, #[case] body: &str, #[case] readable: bool) {
        assert_eq!(read(kind, body.as_bytes()).is_ok(), readable);
    }
}

//! What senders send, read into names and texts. Pure; nothing here trusts a byte of it.

pub(crate) mod adf;
pub(super) mod google;
pub(super) mod mapped;
pub(super) mod meta;

use crate::lead_imports::mapping::clean_header;
use serde_json::Value;
use tradepost_contract::lead_sources::{LeadSourceKind, SentField};

/// Deeper than this nobody nests a form.
const DEEPEST: usize = 16;
/// More fields than this are no form.
const MOST_FIELDS: usize = 500;
/// More enquiries than this are not sent at once.
const MOST_ENQUIRIES: usize = 50;

/// One enquiry of a body, or what else the body was about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// What was said, in the order in which it stands there.
    pub(super) fields: Vec<SentField>,
    /// Why there is no enquiry in it.
    pub(super) ignored: Option<&'static str>,
    /// Why it cannot become an enquiry whatever the mapping says.
    pub(super) incomplete: Option<&'static str>,
}

/// Why a body cannot be read, for the sender and the log.
pub(super) type Unreadable = String;

/// Reads a body by its kind.
pub(super) fn read(kind: LeadSourceKind, content_type: &str, body: &[u8]) -> Result<Vec<Sent>, Unreadable> {
    let sent = match kind {
        LeadSourceKind::GoogleAds => vec![google::read(&json(body)?)?],
        LeadSourceKind::Meta => meta::read(&json(body)?)?,
        LeadSourceKind::Mapped => vec![mapped::read(content_type, body)?],
        LeadSourceKind::Adf => adf::read(body)?,
    };
    if sent.len() > MOST_ENQUIRIES {
        return Err(format!("At most {MOST_ENQUIRIES} enquiries are read at once."));
    }
    if sent.iter().any(|one| one.fields.len() > MOST_FIELDS) {
        return Err(format!("At most {MOST_FIELDS} fields are read."));
    }
    let nul = |field: &SentField| field.text.contains('\0') || field.path.contains('\0');
    if sent.iter().flat_map(|one| &one.fields).any(nul) {
        return Err("Text with a NUL character is not taken.".to_owned());
    }
    Ok(sent)
}

/// Any JSON. serde_json itself refuses to go deeper than 128.
pub(super) fn json(body: &[u8]) -> Result<Value, Unreadable> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    serde_json::from_slice(body).map_err(|_| "The body is not JSON.".to_owned())
}

fn field(path: &str, text: impl Into<String>) -> SentField {
    SentField {
        path: clean_header(path),
        text: text.into(),
    }
}

/// A text, number or yes/no as text; nothing for what is missing or has parts.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Scalars with commas between them.
fn joined(values: &[Value]) -> String {
    values.iter().filter_map(scalar).collect::<Vec<_>>().join(", ")
}

/// Gives the first of these fields that is there the name that mappings expect, unless that is there already.
fn call(fields: &mut [SentField], name: &str, others: &[&str]) {
    if fields.iter().any(|field| field.path.eq_ignore_ascii_case(name)) {
        return;
    }
    let found = others.iter().find_map(|other| {
        let at = |field: &SentField| field.path.eq_ignore_ascii_case(other);
        fields.iter().position(at)
    });
    if let Some(at) = found {
        name.clone_into(&mut fields[at].path);
    }
}

/// Makes a full name of its parts, where it is not there; the parts are then gone.
fn join_name(fields: &mut Vec<SentField>, full: &str, first: &str, last: &str) {
    let named = |name: &str| fields.iter().find(|field| field.path.eq_ignore_ascii_case(name));
    if named(full).is_some() {
        return;
    }
    let parts: Vec<String> = [named(first), named(last)]
        .into_iter()
        .flatten()
        .map(|field| field.text.trim().to_owned())
        .collect();
    if parts.is_empty() {
        return;
    }
    fields.retain(|field| !field.path.eq_ignore_ascii_case(first) && !field.path.eq_ignore_ascii_case(last));
    fields.push(field(full, parts.join(" ").trim()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of<'s>(sent: &'s Sent, path: &str) -> Option<&'s str> {
        let found = sent.fields.iter().find(|field| field.path == path);
        found.map(|field| field.text.as_str())
    }

    pub(in super::super) fn text<'s>(sent: &'s Sent, path: &str) -> &'s str {
        text_of(sent, path).unwrap_or_default()
    }

    #[test]
    fn what_is_too_much_or_not_text_is_refused() {
        let many: serde_json::Map<String, Value> = (0..600).map(|at| (format!("f{at}"), Value::from(at))).collect();
        let many = Value::Object(many).to_string();
        let read = |body: &str| read(LeadSourceKind::Mapped, "application/json", body.as_bytes());
        assert!(read(&many).is_err());
        assert!(read(r#"{"a": "x\u0000y"}"#).is_err());
        let named = read(r#"{"a\u0000b": "x"}"#).expect("a name loses its control characters");
        assert_eq!(named[0].fields[0].path, "ab");
        assert!(read(r#"{"a": "#).is_err() && read("[1]").is_err());
        let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
        assert!(read(&deep).is_err());
    }
}

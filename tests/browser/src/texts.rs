//! The texts that can be written into the API, found in its document: so that a new field is written into
//! by whoever tests what becomes of hostile texts, or noticed.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::Api;

/// What each hostile text contains: where it runs, `window.ran` is there.
pub const MARK: &str = "ran=1";

/// What somebody may try, the short ones first: a text takes as many as fit into it.
const PAYLOADS: [&str; 12] = [
    "<img src=x onerror=ran=1>",
    "<script>ran=1</script>",
    "\"><svg onload=ran=1>",
    "' onfocus=ran=1 autofocus x='",
    "javascript:ran=1//",
    "<a href=javascript:ran=1>x</a>",
    "{{constructor.constructor('ran=1')()}}${ran=1}",
    "<iframe srcdoc=\"<script>parent.ran=1</script>\"></iframe>",
    "<style>*{display:none}</style><!--",
    "</title></textarea></script><svg/onload=ran=1>",
    "\u{202e}right to left\u{202c} zero\u{200b}width\u{2060}",
    "&lt;img src=x onerror=ran=1&gt; %3Cscript%3Eran=1%3C/script%3E",
];

/// A hostile text of at most so many characters; a long one ends in a word that cannot be broken.
pub fn hostile(most: usize) -> String {
    let mut text = String::new();
    let mut length = 0;
    for payload in PAYLOADS {
        let more = payload.chars().count() + usize::from(length > 0);
        if length + more <= most {
            text.push_str(if length > 0 { " " } else { "" });
            text.push_str(payload);
            length += more;
        }
    }
    if length + 120 <= most {
        text.push(' ');
        text.push_str(&"W".repeat((most - length - 1).min(240)));
    }
    text
}

/// The API's document with what was written of it.
#[derive(Debug)]
pub struct Writer<'a> {
    api: &'a Api,
    document: Value,
    /// Operation and pointer of each field that took a hostile text.
    written: BTreeSet<(String, String)>,
    /// Which fields are not to be written into, by the end of `operation pointer`, and why.
    exempt: &'a [(&'a str, &'a str)],
}

/// Whether an alternative has a tag of one word, and the value carries another one.
fn is_another_kind(part: &Value, value: &Value) -> bool {
    let tags = part["properties"].as_object().into_iter().flatten();
    tags.filter_map(|(name, schema)| Some((name, schema["enum"].as_array()?)))
        .filter(|(_, words)| words.len() == 1)
        .any(|(name, words)| value[name].is_string() && value[name] != words[0])
}

impl<'a> Writer<'a> {
    /// A writer as somebody.
    pub fn new(api: &'a Api, exempt: &'a [(&'a str, &'a str)]) -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
        Ok(Self {
            api,
            document: serde_json::from_str(&std::fs::read_to_string(path)?)?,
            written: BTreeSet::new(),
            exempt,
        })
    }

    /// Takes over what another wrote.
    pub fn adopt(&mut self, written: BTreeSet<(String, String)>) {
        self.written.extend(written);
    }

    /// What was written.
    pub fn written(self) -> BTreeSet<(String, String)> {
        self.written
    }

    /// Sends an operation such as `POST /suppliers/{id}/contacts` with hostile texts in all fields that
    /// `body` leaves open.
    pub async fn write(&mut self, operation: &str, id: &str, body: Value) -> Result<Value> {
        let (method, path) = operation.split_once(' ').context("a method and a path")?;
        let schema = self.request(method, path)?;
        let mut body = body;
        self.fill(&schema, &mut body, operation, "", false);
        // A mail's template is named by its kind; this one has nothing that it must not lose but the way to the portal.
        let path = path.replace("{id}", id).replace("{kind}", "suspension_lifted");
        let answer = match method {
            "POST" => self.api.post(&path, body.clone()).await,
            _ => self.api.patch(&path, body.clone()).await,
        };
        let answer = answer.with_context(|| format!("{operation} with {body}"))?;
        self.note(operation, &schema, &body);
        Ok(answer)
    }

    /// A document of a component's shape in which every text is hostile, in the place of what was there.
    pub fn spoil(&mut self, component: &str, mut value: Value) -> Value {
        let schema = json!({ "$ref": format!("#/components/schemas/{component}") });
        self.fill(&schema, &mut value, component, "", true);
        value
    }

    /// Counts the hostile texts of a document that was taken.
    pub fn took(&mut self, component: &str, value: &Value) {
        let schema = json!({ "$ref": format!("#/components/schemas/{component}") });
        self.note(component, &schema, value);
    }

    fn note(&mut self, operation: &str, schema: &Value, body: &Value) {
        let mut found = BTreeSet::new();
        self.walk(schema, Some(body), "", &mut Vec::new(), &mut found);
        self.written
            .extend(found.into_iter().map(|pointer| (operation.to_owned(), pointer)));
    }

    /// Every field of the document that was not written into, and every exemption that exempts nothing.
    pub fn forgotten(&self, components: &[&str]) -> Result<Vec<String>> {
        let mut all: BTreeSet<(String, String)> = BTreeSet::new();
        let mut add = |operation: &str, schema: &Value| {
            let mut found = BTreeSet::new();
            self.walk(schema, None, "", &mut Vec::new(), &mut found);
            all.extend(found.into_iter().map(|pointer| (operation.to_owned(), pointer)));
        };
        for (path, methods) in self.document["paths"].as_object().context("paths")? {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                if !schema.is_null() {
                    let short = path.strip_prefix("/api/v1").unwrap_or(path);
                    add(&format!("{} {short}", method.to_uppercase()), schema);
                }
            }
        }
        for component in components {
            add(
                component,
                &json!({ "$ref": format!("#/components/schemas/{component}") }),
            );
        }
        let says = |field: &(String, String)| format!("{} {}", field.0, field.1);
        let open = all
            .iter()
            .filter(|field| !self.written.contains(*field) && !self.is_exempt(&field.0, &field.1));
        let mut forgotten: Vec<String> = open.map(says).collect();
        for (end, _) in self.exempt {
            if !all.iter().any(|field| says(field).ends_with(end)) {
                forgotten.push(format!("the exemption of `{end}` exempts nothing"));
            }
        }
        Ok(forgotten)
    }

    fn is_exempt(&self, operation: &str, pointer: &str) -> bool {
        let field = format!("{operation} {pointer}");
        self.exempt.iter().any(|(end, _)| field.ends_with(end))
    }

    fn request(&self, method: &str, path: &str) -> Result<Value> {
        let operation = &self.document["paths"][format!("/api/v1{path}")][method.to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        ensure!(!schema.is_null(), "{method} {path} takes no JSON");
        Ok(schema.clone())
    }

    /// The schema behind references and alternatives: the first that says something.
    fn resolved<'s>(&'s self, schema: &'s Value) -> Vec<&'s Value> {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or_default();
            return self.resolved(&self.document["components"]["schemas"][name]);
        }
        let mut all = vec![schema];
        for way in ["oneOf", "anyOf", "allOf"] {
            for part in schema[way].as_array().into_iter().flatten() {
                all.extend(self.resolved(part));
            }
        }
        all
    }

    /// Puts hostile texts where `value` has none; with `anew` in the place of those it has, too.
    fn fill(&self, schema: &Value, value: &mut Value, operation: &str, pointer: &str, anew: bool) {
        for part in self.resolved(schema) {
            if is_another_kind(part, value) {
                continue;
            }
            if let (Some(properties), Some(object)) = (part["properties"].as_object(), value.as_object_mut()) {
                self.fill_object(properties, object, operation, pointer, anew);
            }
            let of = &part["additionalProperties"];
            if let (true, Some(object)) = (of.is_object(), value.as_object_mut()) {
                let pointer = format!("{pointer}/*");
                for inner in object.values_mut() {
                    self.fill(of, inner, operation, &pointer, anew);
                }
            }
            if let (true, Some(items)) = (part["items"].is_object(), value.as_array_mut()) {
                let pointer = format!("{pointer}/*");
                for inner in items {
                    self.fill(&part["items"], inner, operation, &pointer, anew);
                }
            }
            if anew && value.is_string() && is_free_text(part) && !self.is_exempt(operation, pointer) {
                *value = hostile(longest(part)).into();
            }
        }
    }

    fn fill_object(
        &self,
        properties: &Map<String, Value>,
        object: &mut Map<String, Value>,
        operation: &str,
        pointer: &str,
        anew: bool,
    ) {
        for (name, schema) in properties {
            let pointer = format!("{pointer}/{name}");
            if let Some(inner) = object.get_mut(name) {
                // An explicit null is a field that is to be left out.
                self.fill(schema, inner, operation, &pointer, anew);
                continue;
            }
            for part in self.resolved(schema) {
                let (item, entry) = (&part["items"], &part["additionalProperties"]);
                let is_text = |inner: &Value| inner.is_object() && self.resolved(inner).into_iter().any(is_free_text);
                let made = if is_free_text(part) && !self.is_exempt(operation, &pointer) {
                    hostile(longest(part)).into()
                } else if is_text(item) && !self.is_exempt(operation, &format!("{pointer}/*")) {
                    json!([hostile(60)])
                } else if is_text(entry) && !self.is_exempt(operation, &format!("{pointer}/*")) {
                    json!({ hostile(60): hostile(400) })
                } else {
                    continue;
                };
                object.insert(name.clone(), made);
                break;
            }
        }
    }

    /// The pointers of the free texts of a schema; of a value, those that hold a hostile one.
    fn walk(
        &self,
        schema: &Value,
        value: Option<&Value>,
        pointer: &str,
        above: &mut Vec<String>,
        found: &mut BTreeSet<String>,
    ) {
        if let Some(name) = schema["$ref"].as_str() {
            if value.is_none() && above.iter().any(|known| known == name) {
                return;
            }
            above.push(name.to_owned());
        }
        for part in self.resolved(schema) {
            let hostile = value.is_none_or(|value| value.as_str().is_some_and(|text| text.contains(MARK)));
            if is_free_text(part) && hostile {
                found.insert(pointer.to_owned());
            }
            for (name, inner) in part["properties"].as_object().into_iter().flatten() {
                let of = value.map(|value| &value[name]);
                self.walk(inner, of, &format!("{pointer}/{name}"), above, found);
            }
            let items = &part["items"];
            let entries = &part["additionalProperties"];
            let below = format!("{pointer}/*");
            match value {
                None => {
                    for inner in [items, entries].into_iter().filter(|inner| inner.is_object()) {
                        self.walk(inner, None, &below, above, found);
                    }
                }
                Some(Value::Array(all)) if items.is_object() => {
                    for one in all {
                        self.walk(items, Some(one), &below, above, found);
                    }
                }
                Some(Value::Object(all)) if entries.is_object() => {
                    for one in all.values() {
                        self.walk(entries, Some(one), &below, above, found);
                    }
                }
                Some(_) => {}
            }
        }
        if schema["$ref"].is_string() {
            above.pop();
        }
    }
}

/// Whether anything can be written into it.
fn is_free_text(schema: &Value) -> bool {
    let kind = &schema["type"];
    let text = kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&"string".into()));
    let bound = ["enum", "const", "format", "pattern"];
    text && bound.iter().all(|name| schema[*name].is_null())
}

fn longest(schema: &Value) -> usize {
    let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
    most.unwrap_or(100).min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_fits_and_is_one() {
        for most in [25, 40, 60, 200, 4_000] {
            let text = hostile(most);
            assert!(text.chars().count() <= most && text.contains(MARK), "{most}: {text}");
        }
    }
}

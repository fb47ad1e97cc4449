//! Resolution: which policy applies, field by field. Pure.
//!
//! The layers are agreement > account > product > programme > default. Each is a JSON merge patch
//! (RFC 7396) of what lies below it, and the result must be a whole `PolicySet` without faults.
//! Because leads are taken in and invoices are run for a programme as a whole, some sections are
//! decided by the programme alone, and some by nobody above the product.

use super::presets;
use serde_json::{Map, Value};
use tradepost_contract::FieldError;
use tradepost_contract::policy::PolicySet;
use tradepost_contract::programmes::PolicyChange;

/// Who amends a programme's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The lead product (R74).
    Product,
    /// The supplier's account (R11).
    Account,
    /// The agreement signed with the supplier: the last word (R18).
    Agreement,
}

/// The amendments of the layers above the programme, lowest first. An empty object amends nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Amendments<'a> {
    /// The lead product's.
    pub product: Option<&'a Value>,
    /// The account's.
    pub account: Option<&'a Value>,
    /// The agreement's.
    pub agreement: Option<&'a Value>,
}

/// A policy as it applies: typed, and as the one text that is stored and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The policy.
    pub policy: PolicySet,
    /// Its document. Two equal policies have the same text.
    pub document: String,
}

/// Sections that a programme decides alone: invoices are run, and days are counted, for all of it.
const PROGRAMME_ONLY: &[&str] = &[
    "/billing/mode",
    "/billing/cycle",
    "/calendar",
    "/access",
    "/wording",
    "/help",
];
/// Sections that take effect before a supplier is known, so that only programme and product decide.
const BEFORE_A_SUPPLIER: &[&str] = &["/intake", "/distribution"];

/// The policy that applies.
pub fn resolve(programme: &Value, amendments: Amendments<'_>) -> Result<Resolved, Vec<FieldError>> {
    let mut document = presets::default_document().clone();
    json_patch::merge(&mut document, programme);
    let layers = [
        (Layer::Product, amendments.product),
        (Layer::Account, amendments.account),
        (Layer::Agreement, amendments.agreement),
    ];
    for (layer, patch) in layers {
        if let Some(patch) = patch {
            check_reach(layer, patch)?;
            json_patch::merge(&mut document, patch);
        }
    }
    parse(document)
}

/// A programme's own policy: the whole document, amended by a patch.
pub fn amend(programme: &Value, patch: &Value) -> Result<Resolved, Vec<FieldError>> {
    expect_object(patch)?;
    let mut document = programme.clone();
    json_patch::merge(&mut document, patch);
    resolve(&document, Amendments::default())
}

/// Reads a document as a policy without faults.
fn parse(document: Value) -> Result<Resolved, Vec<FieldError>> {
    let policy: PolicySet = serde_path_to_error::deserialize(document).map_err(|cause| {
        let pointer = pointer_of(cause.path());
        vec![FieldError::new(pointer, "invalid", cause.into_inner().to_string())]
    })?;
    let faults = policy.faults();
    if !faults.is_empty() {
        return Err(faults);
    }
    let document =
        serde_json::to_string(&policy).map_err(|cause| vec![FieldError::new("", "invalid", cause.to_string())])?;
    Ok(Resolved { policy, document })
}

fn expect_object(patch: &Value) -> Result<(), Vec<FieldError>> {
    if patch.is_object() {
        Ok(())
    } else {
        Err(vec![FieldError::new(
            "",
            "invalid",
            "expected an object: a JSON merge patch of the policy",
        )])
    }
}

/// Refuses a patch that reaches for what its layer does not decide.
fn check_reach(layer: Layer, patch: &Value) -> Result<(), Vec<FieldError>> {
    expect_object(patch)?;
    let also = match layer {
        Layer::Product => &[],
        Layer::Account | Layer::Agreement => BEFORE_A_SUPPLIER,
    };
    let faults: Vec<_> = PROGRAMME_ONLY
        .iter()
        .chain(also)
        .filter(|pointer| patch.pointer(pointer).is_some())
        .map(|pointer| FieldError::new(*pointer, "not_yours", "only the programme's own policy decides this"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            // The tag of a choice is a field beside its parameters, not a level of the document.
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The settings in which two documents differ, down to single values, in the order of the document.
pub fn changes(before: &Value, after: &Value) -> Vec<PolicyChange> {
    let mut found = Vec::new();
    compare(String::new(), before, after, &mut found);
    found
}

fn compare(pointer: String, before: &Value, after: &Value, found: &mut Vec<PolicyChange>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let nothing = Map::new();
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let pointer = format!("{pointer}/{}", escaped(key));
                match (old.get(key), new.get(key)) {
                    (Some(old), Some(new)) => compare(pointer, old, new, found),
                    // A whole branch that comes or goes is told leaf by leaf, like everything else.
                    (Some(old @ Value::Object(_)), None) => {
                        compare(pointer, old, &Value::Object(nothing.clone()), found)
                    }
                    (None, Some(new @ Value::Object(_))) => {
                        compare(pointer, &Value::Object(nothing.clone()), new, found)
                    }
                    (old, new) => found.push(PolicyChange {
                        pointer,
                        before: old.cloned().unwrap_or_default(),
                        after: new.cloned().unwrap_or_default(),
                    }),
                }
            }
        }
        _ if before == after => {}
        _ => found.push(PolicyChange {
            pointer,
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

#[cfg(test)]
mod tests;

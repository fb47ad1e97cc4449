//! The audit record of a change to a supplier or what hangs on it: the fields that differ, before and
//! after (R124).

use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::ApiResult;
use serde::Serialize;
use serde_json::{Map, Value};
use tradepost_contract::{Id, SupplierId};

/// What changes with every change and says nothing.
const SILENT: &[&str] = &["version", "updated_at", "allowed_actions", "contact"];

/// Records that something was made.
pub(crate) fn made(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: impl Id,
    supplier: SupplierId,
    now: &impl Serialize,
) -> ApiResult<()> {
    let mut after = fields(now)?;
    after.retain(|name, value| !SILENT.contains(&name.as_str()) && !value.is_null());
    record(tx, caller, action, id, supplier, None, Some(after), None)
}

/// Records a change; one that changed nothing leaves no record, and the answer is false.
pub(crate) fn changed<T: Serialize>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: impl Id,
    supplier: SupplierId,
    (before, after): (&T, &T),
    reason: Option<&str>,
) -> ApiResult<bool> {
    let (before, after) = differing(fields(before)?, fields(after)?);
    if before.is_empty() && after.is_empty() {
        return Ok(false);
    }
    record(tx, caller, action, id, supplier, Some(before), Some(after), reason)?;
    Ok(true)
}

fn fields(value: &impl Serialize) -> ApiResult<Map<String, Value>> {
    match serde_json::to_value(value)? {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}

fn differing(
    mut before: Map<String, Value>,
    mut after: Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let same: Vec<String> = before
        .iter()
        .filter(|(name, value)| SILENT.contains(&name.as_str()) || after.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in &same {
        before.remove(name);
        after.remove(name);
    }
    (before, after)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one private place that puts the parts of a record together"
)]
fn record(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    id: impl Id,
    supplier: SupplierId,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
    reason: Option<&str>,
) -> ApiResult<()> {
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier: Some(supplier),
        before: before.map(Value::Object),
        after: after.map(Value::Object),
        reason,
    };
    audit::record(tx, &caller.actor(), change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_kept() {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        let before = map(json!({"name": "A", "phone": "1", "version": 1}));
        let after = map(json!({"name": "A", "phone": "2", "version": 2}));
        let (before, after) = differing(before, after);
        assert_eq!(Value::Object(before), json!({"phone": "1"}));
        assert_eq!(Value::Object(after), json!({"phone": "2"}));
    }
}

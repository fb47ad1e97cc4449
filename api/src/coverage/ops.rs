//! Adding areas and ending them.

use super::rules::{self, Notice};
use super::store::{self, Row};
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market;
use crate::suppliers::store as accounts;
use crate::suppliers::store::Account;
use crate::suppliers::{care, fields, trail};
use serde_json::json;
use tradepost_contract::coverage::{Coverage, CreateCoverage, EndCoverage};
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::{PolicySet, SelfServiceField};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{CoverageId, ProblemCode, SupplierId};

/// How many areas one request adds.
const MOST: usize = 500;

/// Adds areas to a supplier.
pub(super) fn create(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    new: &CreateCoverage,
) -> ApiResult<Vec<Coverage>> {
    let scope = caller.scope();
    let account = accounts::hold(tx, &scope, supplier)?;
    let policy = care::policy(tx, &account)?;
    care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Coverage)?;
    let mut faults = fields::Faults::default();
    let why = fields::reason("/override_reason", new.override_reason.as_deref());
    let override_reason = faults.keep(why);
    if new.values.len() > MOST {
        faults.push("/values", "too_many", format!("has at most {MOST} values"));
    }
    faults.finish()?;
    let notice = notice(tx, caller, &account, &policy, override_reason.is_some())?;
    let values = rules::values(new.kind, &new.values).map_err(ApiError::invalid)?;
    let now = tx.business_now();
    let from = rules::takes_effect(notice, new.effective_from, now, "/effective_from")?;
    if new.effective_to.is_some_and(|to| to <= from) {
        let message = "must be later than `effective_from`";
        return Err(ApiError::new(ProblemCode::Invalid).field("/effective_to", "out_of_range", message));
    }
    if let Some(order) = new.order_id
        && !store::is_own_order(tx, &scope, supplier, order)?
    {
        return Err(ApiError::unknown_id("/order_id"));
    }
    let covered = store::covered(tx, supplier, new.order_id, new.kind, (from, new.effective_to))?;
    let repeats = values.iter().filter(|value| covered.contains(*value));
    let refusal = repeats.fold(ApiError::new(ProblemCode::Duplicate), |refusal, value| {
        refusal.field("/values", "duplicate", format!("{value} is covered already"))
    });
    if !refusal.errors().is_empty() {
        return Err(refusal);
    }
    let mut added = Vec::with_capacity(values.len());
    for value in values {
        let row = Row {
            id: tx.new_id(),
            supplier_id: supplier,
            order_id: new.order_id,
            kind: new.kind,
            value,
            effective_from: from,
            effective_to: new.effective_to,
            created_at: now,
        };
        store::insert(tx, &row)?;
        added.push(row.shown());
    }
    market::changed(tx)?;
    let values: Vec<&str> = added.iter().map(|area| area.value.as_str()).collect();
    let facts = json!({
        "kind": new.kind, "values": values, "order_id": new.order_id,
        "effective_from": from, "effective_to": new.effective_to,
    });
    let change = audit::Change {
        action: "coverage.added",
        object: supplier.to_string(),
        supplier: Some(supplier),
        before: None,
        after: Some(facts),
        reason: override_reason.as_deref(),
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &account, "coverage.added", added.len())?;
    Ok(added)
}

/// Ends an area. One that has not begun is withdrawn: it never was in force, so there is no notice to give.
pub(super) fn end(tx: &mut Tx<'_>, caller: &Caller, id: CoverageId, asked: &EndCoverage) -> ApiResult<Coverage> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let policy = care::policy(tx, &account)?;
    care::may_change_under(tx, caller, &account, &policy, SelfServiceField::Coverage)?;
    let mut faults = fields::Faults::default();
    let why = fields::reason("/override_reason", asked.override_reason.as_deref());
    let override_reason = faults.keep(why);
    faults.finish()?;
    let notice = notice(tx, caller, &account, &policy, override_reason.is_some())?;
    let row = store::find(tx, &scope, id)?;
    let now = tx.business_now();
    if row.effective_to.is_some_and(|to| to <= now) {
        return Err(ApiError::conflict("The area has ended already."));
    }
    let before = row.clone().shown();
    let mut after = before.clone();
    if row.effective_from > now && asked.effective_to.is_none() {
        store::withdraw(tx, id)?;
        after.effective_to = Some(row.effective_from);
    } else {
        let to = rules::takes_effect(notice, asked.effective_to, now, "/effective_to")?;
        if to <= row.effective_from {
            let message = "must be later than the area begins; leave it out to withdraw the area";
            return Err(ApiError::new(ProblemCode::Invalid).field("/effective_to", "out_of_range", message));
        }
        store::end(tx, id, to)?;
        after.effective_to = Some(to);
    }
    market::changed(tx)?;
    let changed = (&before, &after);
    trail::changed(
        tx,
        caller,
        "coverage.ended",
        id,
        supplier,
        changed,
        override_reason.as_deref(),
    )?;
    tell(tx, &account, "coverage.ended", 1)?;
    Ok(after)
}

/// Whether the change waits for its notice. Only staff waive it, and they say why.
fn notice<'a>(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    policy: &'a PolicySet,
    waived: bool,
) -> ApiResult<Notice<'a>> {
    if waived {
        care::staff_only(tx, caller, account)?;
        return Ok(Notice::Waived);
    }
    if account.status == SupplierStatus::Onboarding {
        return Ok(Notice::Waived);
    }
    Ok(Notice::Due(&policy.changes.notice))
}

fn tell(tx: &mut Tx<'_>, account: &Account, change: &str, areas: usize) -> ApiResult<()> {
    let subject = Subject::of(account.id)
        .programme(account.programme_id)
        .supplier(account.id);
    let facts = json!({ "change": change, "areas": areas });
    events::push(tx, EventKind::SupplierDetailsChanged, subject, &facts)?;
    Ok(())
}

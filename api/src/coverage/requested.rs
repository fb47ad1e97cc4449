//! Areas that change at an instant to come because somebody asked for it (`change_requests/`). The rows are written
//! when staff agree, so that a sale at that very instant goes by them.

use super::rules;
use super::{ops, store};
use crate::audit;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::market;
use crate::suppliers::store::Account;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tradepost_contract::change_requests::Difference;
use tradepost_contract::checkouts::OrderCoverage;
use tradepost_contract::coverage::{CreateCoverage, EndCoverage};
use tradepost_contract::{CoverageId, OrderId, ProblemCode, Timestamp};

/// Areas that change at an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) order_id: Option<OrderId>,
    pub(crate) add: &'a [OrderCoverage],
    pub(crate) end: &'a [CoverageId],
    pub(crate) at: Timestamp,
    /// Why, for the trail; the notice was looked at already.
    pub(crate) why: &'a str,
    /// Whether what is so already is passed over, because an earlier change was taken back for this one.
    pub(crate) leniently: bool,
}

/// The rows that begin and end at an instant, so that they can be taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Planned {
    at: Timestamp,
    added: Vec<CoverageId>,
    /// With the end that they had before.
    ended: Vec<(CoverageId, Option<Timestamp>)>,
}

/// Writes the rows, as a direct edit by staff does. Pointers are those of a change.
pub(crate) fn plan(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    wanted: Wanted<'_>,
) -> ApiResult<(Planned, Vec<Difference>)> {
    let (mut planned, mut differences) = (
        Planned {
            at: wanted.at,
            added: Vec::new(),
            ended: Vec::new(),
        },
        Vec::new(),
    );
    for (place, id) in wanted.end.iter().enumerate() {
        let pointer = format!("/end/{place}");
        let row = match store::find(tx, &caller.scope(), *id) {
            Ok(row) if row.supplier_id == account.id => row,
            Err(error) if error.code() == ProblemCode::NotFound && wanted.leniently => continue,
            Err(error) if error.code() != ProblemCode::NotFound => return Err(error),
            Ok(_) | Err(_) => return Err(ApiError::unknown_id(&pointer)),
        };
        if row.effective_to.is_some_and(|to| to <= wanted.at) {
            if wanted.leniently {
                continue;
            }
            return Err(ApiError::conflict(format!("The area {} ends before that.", row.value)));
        }
        let asked = EndCoverage {
            effective_to: Some(wanted.at),
            override_reason: Some(wanted.why.to_owned()),
        };
        ops::end(tx, caller, *id, &asked).map_err(|error| error.below(&pointer))?;
        differences.push(Difference {
            field: row.kind.to_string(),
            before: Some(row.value),
            after: None,
        });
        planned.ended.push((*id, row.effective_to));
    }
    for (place, areas) in wanted.add.iter().enumerate() {
        let pointer = format!("/add/{place}");
        let mut values = areas.values.clone();
        if wanted.leniently {
            let covered = store::covered(tx, account.id, wanted.order_id, areas.kind, (wanted.at, None))?;
            values = rules::values(areas.kind, &values).map_err(ApiError::invalid)?;
            values.retain(|value| !covered.contains(value));
            if values.is_empty() {
                continue;
            }
        }
        let new = CreateCoverage {
            kind: areas.kind,
            values,
            order_id: wanted.order_id,
            effective_from: Some(wanted.at),
            effective_to: None,
            override_reason: Some(wanted.why.to_owned()),
        };
        for area in ops::create(tx, caller, account.id, &new).map_err(|error| error.below(&pointer))? {
            planned.added.push(area.id);
            differences.push(Difference {
                field: area.kind.to_string(),
                before: None,
                after: Some(area.value),
            });
        }
    }
    Ok((planned, differences))
}

/// Takes the rows back that have not begun and not ended yet; what somebody has changed since stays.
pub(crate) fn take_back(
    tx: &mut Tx<'_>,
    actor: &crate::auth::Actor,
    account: &Account,
    planned: &Planned,
    why: &str,
) -> ApiResult<()> {
    let (now, scope) = (tx.business_now(), crate::auth::Scope::system());
    if planned.at <= now {
        return Ok(());
    }
    let found = |tx: &mut Tx<'_>, id: CoverageId| match store::find(tx, &scope, id) {
        Ok(row) => Ok(Some(row)),
        Err(error) if error.code() == ProblemCode::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    for id in &planned.added {
        if found(tx, *id)?.is_some_and(|row| row.effective_from == planned.at) {
            store::withdraw(tx, *id)?;
        }
    }
    for (id, until) in &planned.ended {
        if found(tx, *id)?.is_some_and(|row| row.effective_to == Some(planned.at)) {
            store::set_end(tx, *id, *until)?;
        }
    }
    market::changed(tx)?;
    let change = audit::Change {
        action: "coverage.taken_back",
        object: account.id.to_string(),
        supplier: Some(account.id),
        before: Some(json!({ "effective_at": planned.at, "added": planned.added, "ended": planned.ended })),
        after: None,
        reason: Some(why),
    };
    audit::record(tx, actor, change)
}

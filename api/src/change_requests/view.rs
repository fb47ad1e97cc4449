//! Requests as they are shown, and what may be asked for.

use super::store::{self, Row};
use super::timing;
use crate::auth::Caller;
use crate::calendar::Zone;
use crate::coverage;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::plans;
use crate::policy;
use crate::suppliers::care;
use crate::suppliers::store as suppliers;
use tradepost_contract::change_requests::{
    ChangeKind, ChangeOption, ChangeOptions, ChangeRequest, ChangeRequestAction,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};
use tradepost_contract::{ChangeRequestId, SupplierId, Timestamp};

/// What the caller may do with a request now.
fn allowed(caller: &Caller, row: &Row) -> Vec<ChangeRequestAction> {
    use ChangeRequestAction as A;
    let by_people = [
        (A::Approve, Permission::ChangesDecide),
        (A::Decline, Permission::ChangesDecide),
        (A::Withdraw, Permission::ChangesRequest),
    ];
    by_people
        .into_iter()
        .filter(|(action, permission)| row.status.after(*action).is_ok() && caller.may(*permission))
        .map(|(action, _)| action)
        .collect()
}

pub(super) fn shown(caller: &Caller, (row, supplier_name): (Row, String)) -> ApiResult<ChangeRequest> {
    Ok(ChangeRequest {
        change: row.change()?,
        differences: row.differences()?,
        allowed_actions: allowed(caller, &row),
        id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        order_id: row.order_id,
        plan_subscription_id: row.plan_subscription_id,
        kind: row.kind,
        status: row.status,
        asked_by: row.asked_by,
        requested_by: row.requested_by,
        channel: row.channel,
        reason: row.reason,
        requested_at: row.requested_at,
        earliest_at: row.earliest_at,
        effective_at: row.effective_at,
        override_reason: row.override_reason,
        decided_at: row.decided_at,
        answer: row.answer,
        applied_at: row.applied_at,
        closed_at: row.closed_at,
        failure: row.failure,
        superseded_by_id: row.superseded_by_id,
        version: row.version,
    })
}

/// One request as it is shown.
pub(super) fn get(conn: &mut Conn, caller: &Caller, id: ChangeRequestId) -> ApiResult<ChangeRequest> {
    let found = store::get(conn, &caller.scope(), id)?;
    shown(caller, found)
}

/// The kind of change that a field is changed by.
const fn kind_of(field: SelfServiceField) -> ChangeKind {
    match field {
        SelfServiceField::Profile => ChangeKind::Profile,
        SelfServiceField::Category => ChangeKind::Category,
        SelfServiceField::Coverage => ChangeKind::Coverage,
        SelfServiceField::Volume => ChangeKind::Volume,
        SelfServiceField::Schedule => ChangeKind::Schedule,
        SelfServiceField::LeadContacts => ChangeKind::LeadContacts,
        SelfServiceField::BillingContact => ChangeKind::BillingContact,
        SelfServiceField::Businesses => ChangeKind::Business,
        SelfServiceField::Plan => ChangeKind::Plan,
        SelfServiceField::PaymentMethod
        | SelfServiceField::BusinessAssociation
        | SelfServiceField::Notifications
        | SelfServiceField::Orders => ChangeKind::Other,
    }
}

/// What may be asked for of an account now, field by field.
pub(super) fn options(conn: &mut Conn, caller: &Caller, id: SupplierId, now: Timestamp) -> ApiResult<ChangeOptions> {
    let scope = caller.scope();
    let account = suppliers::account(conn, &scope, id)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, zone.date_of(now))?;
    let policy = resolved.policy;
    let open = care::not_frozen(&account, &policy).is_ok()
        && caller.may(Permission::ChangesRequest)
        && scope.businesses().is_none();
    let mut data = Vec::with_capacity(SelfServiceField::ALL.len());
    for field in SelfServiceField::ALL.iter().copied() {
        let (mode, kind) = (policy.self_service(field), kind_of(field));
        let earliest_at = match kind {
            ChangeKind::Plan => plans::next_renewal(conn, &account, timing::after_notice(&policy, now))?,
            _ => {
                let notice = timing::notice(&account, &policy, kind);
                Some(coverage::takes_effect(notice, None, now, "")?)
            }
        };
        data.push(ChangeOption {
            field,
            mode,
            may_ask: open && (caller.is_staff() || mode == SelfServiceMode::Request),
            earliest_at,
        });
    }
    Ok(ChangeOptions { data })
}

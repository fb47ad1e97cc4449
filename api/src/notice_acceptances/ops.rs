//! Accepting a notice, and what there is to accept.

use super::rules;
use super::store::{self, Row};
use crate::audit;
use crate::auth::{Caller, Principal};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy;
use crate::suppliers::store::{self as accounts, Account};
use serde_json::json;
use tradepost_contract::events::EventKind;
use tradepost_contract::notice_acceptances::{AcceptNotice, NoticeAcceptance, SupplierNotice, SupplierNotices};
use tradepost_contract::people::SupplierRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{NoticeAccepter, PolicySet};
use tradepost_contract::{ProblemCode, SupplierId, Timestamp};

pub(super) fn policy_of(conn: &mut Conn, account: &Account, now: Timestamp) -> ApiResult<PolicySet> {
    let zone = crate::calendar::Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(now);
    let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, today)?;
    Ok(resolved.policy)
}

/// Whether the policy lets the caller accept such a notice.
fn may_accept(caller: &Caller, by: NoticeAccepter) -> bool {
    let Principal::Supplier(person) = &caller.principal else {
        return false;
    };
    let fits = match by {
        NoticeAccepter::Owner => person.role == SupplierRole::Owner,
        NoticeAccepter::Anybody => true,
    };
    fits && caller.may(Permission::NoticesAccept)
}

/// The notices of a supplier and what was accepted.
pub(super) fn of_supplier(
    conn: &mut Conn,
    caller: &Caller,
    id: SupplierId,
    now: Timestamp,
) -> ApiResult<SupplierNotices> {
    let account = accounts::account(conn, &caller.scope(), id)?;
    let policy = policy_of(conn, &account, now)?;
    let accepted = store::accepted(conn, id)?;
    let notices = policy.notices.iter().map(|(key, notice)| {
        let waits = rules::waits(key, notice, &accepted);
        SupplierNotice {
            key: key.clone(),
            version: notice.version.clone(),
            text: notice.text.clone(),
            must_accept: notice.must_accept,
            accepted_by: notice.accepted_by,
            before_contact: notice.before_contact,
            waits,
            may_accept: waits && may_accept(caller, notice.accepted_by),
        }
    });
    Ok(SupplierNotices {
        notices: notices.collect(),
        accepted: store::of_supplier(conn, id)?.into_iter().map(Into::into).collect(),
    })
}

/// Accepts today's version of a notice; true where this is new. Who accepts twice is told what was accepted.
pub(super) fn accept(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: SupplierId,
    address: Option<&str>,
    body: &AcceptNotice,
) -> ApiResult<(NoticeAcceptance, bool)> {
    let account = accounts::account(tx, &caller.scope(), id)?;
    let now = tx.business_now();
    let policy = policy_of(tx, &account, now)?;
    let unknown = |pointer: &str, message: &str| ApiError::new(ProblemCode::Invalid).field(pointer, "unknown", message);
    let notice = policy
        .notices
        .get(&body.key)
        .filter(|notice| notice.must_accept)
        .ok_or_else(|| unknown("/key", "There is no such notice to accept."))?;
    if notice.version != body.version {
        let message = format!("The notice is now of version {}: read it again.", notice.version);
        return Err(unknown("/version", &message));
    }
    if !may_accept(caller, notice.accepted_by) {
        return Err(ApiError::new(ProblemCode::Forbidden).detail("An owner of the account accepts this."));
    }
    let row = Row {
        id: tx.new_id(),
        supplier_id: id,
        key: body.key.clone(),
        version: notice.version.clone(),
        text: notice.text.clone(),
        accepted_by: caller.principal.id_text(),
        accepted_by_name: caller.principal.name().to_owned(),
        accepted_at: now,
        address: address.map(str::to_owned),
    };
    if !store::insert(tx, &row)? {
        let rows = store::of_supplier(tx, id)?;
        let earlier = rows
            .into_iter()
            .find(|was| was.key == row.key && was.version == row.version)
            .ok_or_else(|| ApiError::internal("an accepted notice is not there"))?;
        return Ok((earlier.into(), false));
    }
    let facts = json!({ "key": row.key, "version": row.version });
    let change = audit::Change {
        action: "notice.accepted",
        object: row.id.to_string(),
        supplier: Some(id),
        after: Some(facts.clone()),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)?;
    let subject = Subject::of(row.id).programme(account.programme_id).supplier(id);
    events::push(tx, EventKind::NoticeAccepted, subject, &facts)?;
    Ok((row.into(), true))
}

//! Telling a supplier, and hearing from it.

use super::store::{self, Named, Row};
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::calendar::{self, Zone};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::suppliers::{care, store as accounts};
use crate::{notifications, subject_requests};
use serde_json::{Value, json};
use tradepost_contract::erasure_notices::{ErasureNotice, ErasureNoticeStatus};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{
    BusinessId, DeliveryId, ErasureNoticeId, LeadId, ProgrammeId, SubjectRequestId, SupplierId, Timestamp,
};

/// A sale whose buyer is to be told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) request: Option<SubjectRequestId>,
    pub(crate) lead: LeadId,
    pub(crate) delivery: DeliveryId,
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    pub(crate) business: BusinessId,
    pub(crate) delivered_at: Timestamp,
}

/// Tells the buyer of a lead that its person is erased.
pub(crate) fn tell(tx: &mut Tx<'_>, sale: &Told) -> ApiResult<()> {
    let account = accounts::account(tx, &Scope::system(), sale.supplier)?;
    let privacy = care::policy(tx, &account)?.privacy;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let now = tx.business_now();
    let due_at = zone.end_of_day_after(now, privacy.acknowledge_within_days);
    let remind_at = calendar::reminder(privacy.remind_before_days.unwrap_or(0), now, Some(due_at));
    let row = Row {
        id: tx.new_id(),
        subject_request_id: sale.request,
        programme_id: sale.programme,
        supplier_id: sale.supplier,
        business_id: sale.business,
        lead_id: sale.lead,
        delivery_id: sale.delivery,
        told_at: now,
        remind_at,
        due_at,
        reminded_at: None,
        late_told_at: None,
        acknowledged_at: None,
        acknowledged_by: None,
    };
    store::insert(tx, row.clone())?;
    let facts = json!({
        "erasure_notice_id": row.id, "lead_id": row.lead_id, "delivery_id": row.delivery_id, "due_at": due_at,
    });
    let subject = Subject::of(row.lead_id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::LeadErased, subject, &facts)?;
    message(tx, &row, sale.delivered_at, NotificationKind::LeadErased)
}

fn facts(row: &Row, delivered_at: Timestamp) -> Value {
    json!({
        "erasure_notice_id": row.id, "lead_id": row.lead_id, "delivery_id": row.delivery_id,
        "supplier_id": row.supplier_id, "delivered_at": delivered_at, "due_at": row.due_at,
    })
}

/// A message to the supplier, or to staff about it; once an occasion.
pub(super) fn message(tx: &mut Tx<'_>, row: &Row, delivered_at: Timestamp, kind: NotificationKind) -> ApiResult<()> {
    let to = (kind != NotificationKind::ErasureLate).then_some(row.supplier_id);
    let facts = facts(row, delivered_at);
    notifications::record(tx, kind, &row.id.to_string(), row.programme_id, to, &facts)?;
    Ok(())
}

/// A notice as the caller sees it.
pub(super) fn shown((row, supplier_name, delivered_at): Named, caller: &Caller, now: Timestamp) -> ErasureNotice {
    let status = row.status(now);
    ErasureNotice {
        id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        supplier_name,
        lead_id: row.lead_id,
        delivery_id: row.delivery_id,
        subject_request_id: row.subject_request_id.filter(|_| caller.is_staff()),
        status,
        delivered_at,
        told_at: row.told_at,
        due_at: row.due_at,
        reminded_at: row.reminded_at,
        acknowledged_at: row.acknowledged_at,
        acknowledged_by: row.acknowledged_by,
        may_acknowledge: status != ErasureNoticeStatus::Acknowledged && caller.may(Permission::DeliveriesWork),
    }
}

/// The supplier says that it erased the person, too. A second time changes nothing.
pub(super) fn acknowledge(tx: &mut Tx<'_>, caller: &Caller, id: ErasureNoticeId) -> ApiResult<ErasureNotice> {
    let scope = caller.scope();
    let (row, ..) = store::get(tx, &scope, id)?;
    if store::acknowledge(tx, id, caller.principal.name())? {
        let change = audit::Change {
            action: "lead.erasure_acknowledged",
            object: row.lead_id.to_string(),
            supplier: Some(row.supplier_id),
            after: Some(json!({ "erasure_notice_id": id, "delivery_id": row.delivery_id })),
            ..audit::Change::default()
        };
        audit::record(tx, &caller.actor(), change)?;
        let facts = json!({ "erasure_notice_id": id, "lead_id": row.lead_id, "delivery_id": row.delivery_id });
        let subject = Subject::of(row.lead_id)
            .programme(row.programme_id)
            .supplier(row.supplier_id);
        events::push(tx, EventKind::ErasureAcknowledged, subject, &facts)?;
        if let Some(request) = row.subject_request_id {
            subject_requests::recipient_has_erased(tx, &caller.actor(), request)?;
        }
    }
    let now = tx.business_now();
    Ok(shown(store::get(tx, &scope, id)?, caller, now))
}

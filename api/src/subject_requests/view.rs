//! Persons' requests as they are shown.

use super::store::{self, Named, Row};
use crate::auth::Caller;
use crate::db::Conn;
use crate::error::ApiResult;
use serde_json::{Value, json};
use tradepost_contract::permissions::Permission;
use tradepost_contract::subject_requests::{
    SubjectRequest, SubjectRequestAction, SubjectRequestKind, SubjectRequestStatus,
};
use tradepost_contract::{SubjectRequestId, Timestamp};

/// What somebody does with a request of this kind; what nobody does by hand is not listed.
const fn fits(kind: SubjectRequestKind, action: SubjectRequestAction) -> bool {
    use SubjectRequestAction as A;
    match action {
        A::Answer => matches!(kind, SubjectRequestKind::Access),
        A::Restrict => matches!(kind, SubjectRequestKind::Objection),
        A::Erase => matches!(kind, SubjectRequestKind::Erasure),
        A::Refuse => true,
        A::EraseAndTell | A::HearLast => false,
    }
}

/// What the caller may do with a request of this kind that stands so.
pub(super) fn allowed(
    caller: &Caller,
    kind: SubjectRequestKind,
    status: SubjectRequestStatus,
) -> Vec<SubjectRequestAction> {
    use SubjectRequestAction as A;
    let may = |action: &A| match action {
        A::Erase | A::Restrict => caller.may(Permission::PrivacyErase),
        A::Answer | A::Refuse | A::EraseAndTell | A::HearLast => caller.may(Permission::PrivacyWrite),
    };
    A::ALL
        .iter()
        .copied()
        .filter(|action| fits(kind, *action) && status.after(*action).is_ok() && may(action))
        .collect()
}

/// A request, as it stands at this instant.
pub(super) fn shown((row, programme_name): Named, caller: &Caller, now: Timestamp) -> SubjectRequest {
    SubjectRequest {
        id: row.id,
        programme_id: row.programme_id,
        programme_name,
        kind: row.kind,
        status: row.status,
        name: row.name,
        phone: row.phone,
        email: row.email,
        postcode: row.postcode,
        lead_reference: row.lead_reference,
        identity_note: row.identity_note,
        opened_by_name: row.opened_by_name,
        opened_at: row.opened_at,
        due_at: row.due_at,
        is_late: row.status == SubjectRequestStatus::Open && row.due_at <= now,
        export_until: row.export_until.filter(|until| *until > now),
        decided_at: row.decided_at,
        decided_by_name: row.decided_by_name,
        refusal: row.refusal,
        leads: row.leads,
        recipients: row.recipients,
        recipients_waiting: row.recipients_waiting,
        version: row.version,
        allowed_actions: allowed(caller, row.kind, row.status),
    }
}

/// One request.
pub(super) fn get(conn: &mut Conn, caller: &Caller, id: SubjectRequestId, now: Timestamp) -> ApiResult<SubjectRequest> {
    Ok(shown(store::get(conn, id)?, caller, now))
}

/// What events and the audit trail say of a request.
pub(super) fn facts(row: &Row) -> Value {
    json!({ "kind": row.kind, "status": row.status, "leads": row.leads, "recipients": row.recipients })
}

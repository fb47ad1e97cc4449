//! The erasure of a lead's person: everything that says who it is, in the transaction of whoever asks for it.

use super::erase_store::{self as gone, Sale};
use super::rules::{self, Marks};
use super::{find_store, store};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Scope};
use crate::calls;
use crate::db::Tx;
use crate::erasure_notices;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::leads::store as kept;
use crate::leads::{fingerprint_store, fingerprints};
use serde_json::json;
use std::collections::BTreeSet;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_imports::LeadImportStatus;
use tradepost_contract::leads::LeadAction;
use tradepost_contract::{DeliveryId, LeadId, SubjectRequestId, SupplierId};

/// Erases the person of one lead, keeps them out from now on, and tells each supplier that bought it. Answers how many were
/// told; none where the lead was erased before.
pub(super) fn lead(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    actor: &Actor,
    id: LeadId,
    request: &store::Row,
) -> ApiResult<Option<i64>> {
    let lead = kept::get(tx, &Scope::system(), id)?;
    if lead.status.after(LeadAction::Erase).is_err() || !kept::mark_erased(tx, id)? {
        return Ok(None);
    }
    let mut marks = Marks::default();
    marks.add(&lead.person);
    let person = &lead.person;
    let prints = fingerprints::to_keep_out(person.phone.as_deref(), person.email.as_deref(), secrets);
    fingerprint_store::keep_out(tx, &prints, Some(request.id))?;
    fingerprint_store::forget(tx, id)?;
    calls::lead_withdrawn(tx, id)?;
    gone::calls(tx, id)?;
    files(tx, id)?;
    kept::erase_particulars(tx, id)?;
    let sales = gone::sales(tx, id)?;
    let sold: Vec<DeliveryId> = sales.iter().map(|sale| sale.delivery_id).collect();
    let buyers: BTreeSet<SupplierId> = sales.iter().map(|sale| sale.supplier_id).collect();
    gone::returns(tx, id, &marks)?;
    let messages = find_store::messages(tx, &sold, &buyers, &marks)?;
    gone::tickets(tx, &messages, &sold, &marks)?;
    let subjects = find_store::subjects(tx, &[id], &sold)?;
    gone::webhook_answers(tx, &subjects)?;
    gone::messages(tx, &subjects, &marks)?;
    // The tickets' threads were answered, too.
    let mut answered = subjects;
    answered.extend(messages.iter().map(|(_, ticket, _)| ticket.to_string()));
    answered.extend(lead.import_id.map(|import| import.to_string()));
    gone::stored_answers(tx, &answered)?;
    tx.forgets();
    record(tx, actor, id, &sales, request.id)?;
    for sale in &sales {
        let told = erasure_notices::Told {
            request: Some(request.id),
            lead: id,
            delivery: sale.delivery_id,
            programme: sale.programme_id,
            supplier: sale.supplier_id,
            business: sale.business_id,
            delivered_at: sale.delivered_at,
        };
        erasure_notices::tell(tx, &told)?;
    }
    if sales.is_empty() {
        let subject = Subject::of(id).programme(lead.programme_id);
        events::push(tx, EventKind::LeadErased, subject, &json!({ "lead_id": id }))?;
    }
    Ok(Some(i64::try_from(sales.len()).map_err(ApiError::internal)?))
}

/// Takes the lead's rows out of the files it came with.
fn files(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    for import in gone::imports_of(tx, lead)? {
        if matches!(import.status, LeadImportStatus::Running | LeadImportStatus::Checking) {
            return Err(ApiError::conflict(
                "The file that the lead came with is being read: wait until its import is done.",
            ));
        }
        let text = gone::file(tx, import.id)?;
        let rows = import.rows.iter().copied().collect();
        let kept = rules::without_rows(&text, import.delimiter, &rows);
        gone::replace_file(tx, &import, &kept)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, actor: &Actor, lead: LeadId, sales: &[Sale], request: SubjectRequestId) -> ApiResult<()> {
    let change = audit::Change {
        action: "lead.erased",
        object: lead.to_string(),
        after: Some(json!({ "status": "erased", "recipients": sales.len(), "subject_request_id": request })),
        ..audit::Change::default()
    };
    audit::record(tx, actor, change)
}

/// Empties answers that were kept for idempotency keys and name any of these.
pub(super) fn forget_answers(tx: &mut Tx<'_>, subjects: &[String]) -> ApiResult<()> {
    gone::stored_answers(tx, subjects)
}

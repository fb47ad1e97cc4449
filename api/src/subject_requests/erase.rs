//! The erasure of a lead's person: everything that says who it is, in one transaction, whoever or whatever asks for it.

use super::erase_store::{self as gone, Sale};
use super::find_store;
use super::find_store::FileRows;
use super::rules::{self, Marks};
use crate::audit;
use crate::auth::secrets::Secrets;
use crate::auth::{Actor, Scope};
use crate::calls;
use crate::db::Tx;
use crate::erasure_notices;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::lead_holds;
use crate::leads::store as kept;
use crate::leads::{fingerprint_store, fingerprints};
use serde_json::json;
use std::collections::BTreeSet;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_imports::LeadImportStatus;
use tradepost_contract::leads::{LeadAction, LeadPerson};
use tradepost_contract::{DeliveryId, LeadId, LeadImportId, SubjectRequestId, SupplierId};

/// Why a lead's person is erased. What goes is the same.
#[derive(Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// The person asked for it: they are kept out from now on, and who bought the lead is told.
    Request(SubjectRequestId, &'a Secrets),
    /// Its time is over: nobody is told, and the person may come again.
    Time,
}

impl Cause<'_> {
    const fn request(self) -> Option<SubjectRequestId> {
        match self {
            Self::Request(request, _) => Some(request),
            Self::Time => None,
        }
    }

    /// What the lead says of it.
    const fn status_reason(self) -> Option<&'static str> {
        match self {
            Self::Request(..) => None,
            Self::Time => Some("retention"),
        }
    }
}

/// Erases the person of one lead. Answers how many suppliers were told; none where the lead was erased before.
pub(crate) fn lead(tx: &mut Tx<'_>, actor: &Actor, id: LeadId, cause: Cause<'_>) -> ApiResult<Option<i64>> {
    let lead = kept::get(tx, &Scope::system(), id)?;
    if lead.status.after(LeadAction::Erase).is_err() || !kept::mark_erased(tx, id, cause.status_reason())? {
        return Ok(None);
    }
    if !lead_holds::held_among(tx, &[id])?.is_empty() {
        return Err(ApiError::conflict(format!(
            "The lead {id} is held: lift the hold first."
        )));
    }
    let mut marks = Marks::default();
    marks.add(&lead.person);
    if let Cause::Request(request, secrets) = cause {
        keep_out(tx, secrets, &lead.person, request)?;
    }
    fingerprint_store::forget(tx, id)?;
    calls::lead_withdrawn(tx, id)?;
    gone::calls(tx, id)?;
    gone::holds(tx, id)?;
    gone::posts(tx, id)?;
    let imports = gone::imports_of(tx, id)?;
    let mut answered: Vec<String> = imports.iter().map(|import| import.id.to_string()).collect();
    without_rows(tx, &imports)?;
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
    answered.extend(subjects);
    answered.extend(messages.iter().map(|(_, ticket, _)| ticket.to_string()));
    gone::stored_answers(tx, &answered)?;
    tx.forgets();
    record(tx, actor, id, &sales, cause)?;
    let Cause::Request(request, _) = cause else {
        let subject = Subject::of(id).programme(lead.programme_id);
        let facts = json!({ "lead_id": id, "because": "retention" });
        events::push(tx, EventKind::LeadErased, subject, &facts)?;
        return Ok(Some(0));
    };
    for sale in &sales {
        let told = erasure_notices::Told {
            request: Some(request),
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

/// Keeps the person of a lead out from now on.
pub(super) fn keep_out(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    person: &LeadPerson,
    request: SubjectRequestId,
) -> ApiResult<()> {
    let prints = fingerprints::to_keep_out(person.phone.as_deref(), person.email.as_deref(), secrets);
    fingerprint_store::keep_out(tx, &prints, Some(request))
}

/// Takes rows out of files.
fn without_rows(tx: &mut Tx<'_>, imports: &[gone::Imported]) -> ApiResult<()> {
    for import in imports {
        if matches!(import.status, LeadImportStatus::Running | LeadImportStatus::Checking) {
            return Err(ApiError::conflict(
                "A file with the person is being read: wait until its import is done.",
            ));
        }
        if let Some(text) = gone::file(tx, import.id)? {
            let kept = rules::without_rows(&text, import.delimiter, &import.rows);
            gone::replace_file(tx, import, &kept)?;
        }
    }
    Ok(())
}

/// Takes rows out of a file that brought somebody who was erased.
pub(crate) fn take_rows_out(tx: &mut Tx<'_>, import: LeadImportId, rows: BTreeSet<i64>) -> ApiResult<()> {
    self::rows(tx, FileRows::from([(import, rows)]))
}

/// Takes rows out of files that are about a person and became none of their leads.
pub(super) fn rows(tx: &mut Tx<'_>, rows: FileRows) -> ApiResult<()> {
    let imports = gone::imports(tx, rows)?;
    let answered: Vec<String> = imports.iter().map(|import| import.id.to_string()).collect();
    without_rows(tx, &imports)?;
    gone::stored_answers(tx, &answered)?;
    tx.forgets();
    Ok(())
}

fn record(tx: &mut Tx<'_>, actor: &Actor, lead: LeadId, sales: &[Sale], cause: Cause<'_>) -> ApiResult<()> {
    let after = match cause.request() {
        Some(request) => json!({ "status": "erased", "recipients": sales.len(), "subject_request_id": request }),
        None => json!({ "status": "erased", "because": "retention" }),
    };
    let change = audit::Change {
        action: "lead.erased",
        object: lead.to_string(),
        after: Some(after),
        ..audit::Change::default()
    };
    audit::record(tx, actor, change)
}

/// Empties answers that were kept for idempotency keys and name any of these.
pub(crate) fn forget_answers(tx: &mut Tx<'_>, subjects: &[String]) -> ApiResult<()> {
    gone::stored_answers(tx, subjects)
}

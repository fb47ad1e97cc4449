//! What is kept of a person besides the lead, taken away where it lies. Each function is one table's.

use super::find_store::FileRows;
use super::rules::{ERASED, Marks};
use crate::db::Tx;
use crate::db::schema::{
    call_attempts, call_queue, deliveries, idempotency_keys, lead_holds, lead_import_files, lead_import_rows,
    lead_imports, lead_source_posts, leads, notifications, return_requests, support_messages, support_tickets,
    webhook_attempts, webhook_deliveries,
};
use crate::error::ApiResult;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use tradepost_contract::lead_imports::{FileDelimiter, ImportCheck, ImportColumn, LeadImportStatus};
use tradepost_contract::return_requests::ReturnThreadEntry;
use tradepost_contract::{
    BusinessId, DeliveryId, LeadId, LeadImportId, NotificationId, ProgrammeId, ReturnRequestId, SupplierId,
    SupportMessageId, SupportTicketId, Timestamp,
};

/// What was answered to a request that is repeated after the erasure: it was done, and what was shown is gone.
pub(crate) const ERASED_ANSWER: &str = r#"{"erased":true}"#;

/// A sale of the lead, as far as its buyer is told.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Sale {
    pub(super) delivery_id: DeliveryId,
    pub(super) programme_id: ProgrammeId,
    pub(super) supplier_id: SupplierId,
    pub(super) business_id: BusinessId,
    pub(super) delivered_at: Timestamp,
}

/// Empties the notes of a lead's sales, and answers them, by rising ids.
pub(super) fn sales(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<Vec<Sale>> {
    use deliveries as d;
    diesel::update(d::table.filter(d::lead_id.eq(lead)))
        .set((d::note.eq(None::<String>), d::version.eq(d::version + 1)))
        .execute(&mut **tx)?;
    Ok(d::table
        .filter(d::lead_id.eq(lead))
        .order(d::id)
        .select((d::id, d::programme_id, d::supplier_id, d::business_id, d::delivered_at))
        .load(&mut **tx)?)
}

/// Empties what was written about the returns of a lead. Reasons, times and verdicts stay.
pub(super) fn returns(tx: &mut Tx<'_>, lead: LeadId, marks: &Marks) -> ApiResult<Vec<ReturnRequestId>> {
    use return_requests as r;
    type Written = (
        ReturnRequestId,
        Option<String>,
        String,
        String,
        Option<String>,
        Option<String>,
    );
    let rows: Vec<Written> = r::table
        .filter(r::lead_id.eq(lead))
        .select((
            r::id,
            r::note,
            r::thread,
            r::decision_evidence,
            r::explanation,
            r::override_reason,
        ))
        .load(&mut **tx)?;
    let gone = |text: Option<String>| text.map(|_| ERASED.to_owned());
    let mut ids = Vec::with_capacity(rows.len());
    for (id, note, thread, evidence, explanation, reason) in rows {
        let mut thread: Vec<ReturnThreadEntry> = serde_json::from_str(&thread)?;
        for entry in &mut thread {
            ERASED.clone_into(&mut entry.text);
        }
        let mut evidence: Value = serde_json::from_str(&evidence)?;
        marks.take_out_of(&mut evidence);
        diesel::update(r::table.find(id))
            .set((
                r::note.eq(gone(note)),
                r::thread.eq(serde_json::to_string(&thread)?),
                r::decision_evidence.eq(evidence.to_string()),
                r::explanation.eq(gone(explanation)),
                r::override_reason.eq(gone(reason)),
                r::version.eq(r::version + 1_i64),
            ))
            .execute(&mut **tx)?;
        ids.push(id);
    }
    Ok(ids)
}

/// Empties what callers noted about a lead, and what tells its number from others.
pub(super) fn calls(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    diesel::update(call_attempts::table.filter(call_attempts::lead_id.eq(lead)))
        .set(call_attempts::note.eq(None::<String>))
        .execute(&mut **tx)?;
    diesel::update(call_queue::table.find(lead))
        .set(call_queue::phone_hash.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Empties why a lead was held; that it was, stays.
pub(super) fn holds(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    use lead_holds as h;
    diesel::update(h::table.filter(h::lead_id.eq(lead)))
        .set(h::reason.eq(ERASED))
        .execute(&mut **tx)?;
    Ok(())
}

/// Empties what a lead source's log has of a lead: its sender's own number may say who it is.
pub(super) fn posts(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<()> {
    use lead_source_posts as p;
    diesel::update(p::table.filter(p::lead_id.eq(lead)))
        .set(p::external_id.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Empties messages of tickets, and the subjects of their tickets where these name the person.
pub(super) fn tickets(
    tx: &mut Tx<'_>,
    messages: &[(SupportMessageId, SupportTicketId, String)],
    sold: &[DeliveryId],
    marks: &Marks,
) -> ApiResult<()> {
    use {support_messages as m, support_tickets as t};
    let ids: Vec<SupportMessageId> = messages.iter().map(|(id, ..)| *id).collect();
    diesel::update(m::table.filter(m::id.eq_any(ids)))
        .set(m::text.eq(ERASED))
        .execute(&mut **tx)?;
    let of: Vec<SupportTicketId> = messages.iter().map(|(_, ticket, _)| *ticket).collect();
    let subjects: Vec<(SupportTicketId, String)> = t::table
        .filter(t::id.eq_any(of).or(t::delivery_id.eq_any(sold.to_vec())))
        .select((t::id, t::subject))
        .load(&mut **tx)?;
    for (id, subject) in subjects {
        if marks.are_in(&subject) {
            diesel::update(t::table.find(id))
                .set(t::subject.eq(ERASED))
                .execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Empties what other programs answered to messages about these subjects.
pub(super) fn webhook_answers(tx: &mut Tx<'_>, subjects: &[String]) -> ApiResult<()> {
    use {webhook_attempts as a, webhook_deliveries as w};
    let sent = w::table.filter(w::subject.eq_any(subjects.to_vec())).select(w::id);
    diesel::update(a::table.filter(a::delivery_id.eq_any(sent)))
        .set(a::answer.eq(None::<String>))
        .execute(&mut **tx)?;
    Ok(())
}

/// Empties answers that were kept for idempotency keys and name any of these. The keys stay, so that nothing is done twice.
pub(super) fn stored_answers(tx: &mut Tx<'_>, subjects: &[String]) -> ApiResult<()> {
    use idempotency_keys as k;
    for subject in subjects {
        let names_it = k::body.like(format!("%\"{subject}\"%"));
        diesel::update(k::table.filter(names_it))
            .set(k::body.eq(ERASED_ANSWER))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Takes the person out of what messages quote that name any of these.
pub(super) fn messages(tx: &mut Tx<'_>, subjects: &[String], marks: &Marks) -> ApiResult<()> {
    use notifications as n;
    for subject in subjects {
        let found: Vec<(NotificationId, String)> = n::table
            .filter(n::facts.like(format!("%\"{subject}\"%")))
            .select((n::id, n::facts))
            .load(&mut **tx)?;
        for (id, facts) in found {
            let mut facts: Value = serde_json::from_str(&facts)?;
            if marks.take_out_of(&mut facts) {
                diesel::update(n::table.find(id))
                    .set(n::facts.eq(facts.to_string()))
                    .execute(&mut **tx)?;
            }
        }
    }
    Ok(())
}

/// The file that a lead came with, and its row.
pub(super) struct Imported {
    pub(super) id: LeadImportId,
    pub(super) status: LeadImportStatus,
    pub(super) delimiter: FileDelimiter,
    pub(super) rows: BTreeSet<i64>,
}

/// The files that have a row of this lead: a file that is imported twice finds the lead that is there.
pub(super) fn imports_of(tx: &mut Tx<'_>, lead: LeadId) -> ApiResult<Vec<Imported>> {
    use lead_import_rows as r;
    let own: Option<LeadImportId> = leads::table.find(lead).select(leads::import_id).first(&mut **tx)?;
    let rows: Vec<(LeadImportId, i64)> = r::table
        .filter(r::lead_id.eq(lead))
        .select((r::import_id, r::row_number))
        .load(&mut **tx)?;
    let mut by_import: FileRows = own.into_iter().map(|id| (id, BTreeSet::new())).collect();
    for (import, row) in rows {
        by_import.entry(import).or_default().insert(row);
    }
    imports(tx, by_import)
}

/// These imports with these rows.
pub(super) fn imports(tx: &mut Tx<'_>, mut rows: FileRows) -> ApiResult<Vec<Imported>> {
    use lead_imports as i;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(LeadImportId, LeadImportStatus, FileDelimiter)> = i::table
        .filter(i::id.eq_any(rows.keys().copied().collect::<Vec<_>>()))
        .order(i::id)
        .select((i::id, i::status, i::delimiter))
        .load(&mut **tx)?;
    let imported = |(id, status, delimiter)| Imported {
        id,
        status,
        delimiter,
        rows: rows.remove(&id).unwrap_or_default(),
    };
    Ok(found.into_iter().map(imported).collect())
}

/// The text of a file, where it is still kept.
pub(super) fn file(tx: &mut Tx<'_>, id: LeadImportId) -> ApiResult<Option<Vec<u8>>> {
    use lead_import_files as f;
    Ok(f::table.find(id).select(f::content).first(&mut **tx).optional()?)
}

/// Puts a file without the person in the place of the one that was there, and empties what was shown of its cells.
pub(super) fn replace_file(tx: &mut Tx<'_>, import: &Imported, content: &[u8]) -> ApiResult<()> {
    use {lead_import_files as f, lead_import_rows as r};
    diesel::update(f::table.find(import.id))
        .set(f::content.eq(content))
        .execute(&mut **tx)?;
    let rows = r::table
        .filter(r::import_id.eq(import.id))
        .filter(r::row_number.eq_any(import.rows.iter().copied().collect::<Vec<_>>()));
    diesel::update(rows).set(r::errors.eq("[]")).execute(&mut **tx)?;
    show_no_cells(tx, import.id)
}

/// Empties what an import shows of its cells.
pub(crate) fn show_no_cells(tx: &mut Tx<'_>, import: LeadImportId) -> ApiResult<()> {
    use lead_imports as i;
    let (columns, check): (String, Option<String>) = i::table
        .find(import)
        .select((i::found_columns, i::check_result))
        .first(&mut **tx)?;
    let mut columns: Vec<ImportColumn> = serde_json::from_str(&columns)?;
    for column in &mut columns {
        column.sample.clear();
    }
    let mut check: Option<ImportCheck> = check.map(|text| serde_json::from_str(&text)).transpose()?;
    if let Some(check) = &mut check {
        check.errors.clear();
    }
    let check = check.map(|check| serde_json::to_string(&check)).transpose()?;
    diesel::update(i::table.find(import))
        .set((
            i::found_columns.eq(serde_json::to_string(&columns)?),
            i::check_result.eq(check),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

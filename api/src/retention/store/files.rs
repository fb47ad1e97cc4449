//! What goes by a time of its own: where recordings lie, and files.

use crate::db::schema::{lead_import_files, lead_import_rows, lead_imports, lead_verifications, leads};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lead_holds;
use crate::subject_requests::{self};
use diesel::prelude::*;
use tradepost_contract::lead_imports::{LeadImportAction, LeadImportStatus};
use tradepost_contract::{LeadId, LeadImportId, ProgrammeId, Timestamp};

/// Forgets where recordings of a programme's leads lie that were made before an instant; at most so many.
pub(in crate::retention) fn forget_recordings(
    tx: &mut Tx<'_>,
    programme: ProgrammeId,
    before: Timestamp,
    most: i64,
) -> ApiResult<usize> {
    use lead_verifications as v;
    let held = lead_holds::held(tx)?;
    let ids: Vec<LeadId> = v::table
        .inner_join(leads::table)
        .filter(leads::programme_id.eq(programme))
        .filter(v::recording_ref.is_not_null().and(v::verified_at.le(before)))
        .filter(v::lead_id.ne_all(held))
        .select(v::lead_id)
        .limit(most)
        .load(&mut **tx)?;
    Ok(diesel::update(v::table.filter(v::lead_id.eq_any(ids)))
        .set(v::recording_ref.eq(None::<String>))
        .execute(&mut **tx)?)
}

/// A file of a programme that was uploaded before an instant and is not being read.
pub(in crate::retention) fn old_file(
    conn: &mut Conn,
    programme: ProgrammeId,
    before: Timestamp,
) -> ApiResult<Option<LeadImportId>> {
    let reading = [LeadImportStatus::Running, LeadImportStatus::Checking];
    Ok(lead_import_files::table
        .inner_join(lead_imports::table)
        .filter(lead_imports::programme_id.eq(programme))
        .filter(lead_imports::created_at.le(before))
        .filter(lead_imports::status.ne_all(reading))
        .order(lead_imports::id)
        .select(lead_imports::id)
        .first(conn)
        .optional()?)
}

/// The file that a lead came with, where it is still there.
pub(in crate::retention) fn file_of(conn: &mut Conn, lead: LeadId) -> ApiResult<Option<LeadImportId>> {
    let import: Option<LeadImportId> = leads::table.find(lead).select(leads::import_id).first(conn)?;
    let Some(import) = import else { return Ok(None) };
    Ok(lead_import_files::table
        .find(import)
        .select(lead_import_files::import_id)
        .first(conn)
        .optional()?)
}

/// How many rows of a file are emptied at once.
const ROWS_AT_ONCE: i64 = 2_000;

/// Removes a file, and what is shown of its cells; false where rows are left to do first. An import that was not done is
/// over with it.
pub(in crate::retention) fn remove_file(tx: &mut Tx<'_>, id: LeadImportId) -> ApiResult<bool> {
    use {lead_import_rows as rows, lead_imports as i};
    let told: Vec<i64> = rows::table
        .filter(rows::import_id.eq(id).and(rows::errors.ne("[]")))
        .select(rows::row_number)
        .limit(ROWS_AT_ONCE)
        .load(&mut **tx)?;
    if !told.is_empty() {
        diesel::update(rows::table.filter(rows::import_id.eq(id).and(rows::row_number.eq_any(told))))
            .set(rows::errors.eq("[]"))
            .execute(&mut **tx)?;
        return Ok(false);
    }
    subject_requests::show_no_cells(tx, id)?;
    subject_requests::forget_answers(tx, &[id.to_string()])?;
    let status: LeadImportStatus = i::table.find(id).select(i::status).first(&mut **tx)?;
    if let Ok(over) = status.after(LeadImportAction::Cancel) {
        let now = tx.business_now();
        let moved = diesel::update(i::table.find(id).filter(i::status.eq(status)))
            .set((
                i::status.eq(over),
                i::problem.eq("The file was removed, because its time was over."),
                i::finished_at.eq(now),
                i::version.eq(i::version + 1_i64),
            ))
            .execute(&mut **tx)?;
        if moved == 0 {
            return Err(ApiError::conflict("The import changed at the same moment."));
        }
    }
    diesel::delete(lead_import_files::table.find(id)).execute(&mut **tx)?;
    tx.forgets();
    Ok(true)
}

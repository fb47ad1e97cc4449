//! The rows of an import: claimed, done, and listed.

use super::read_counts;
use crate::db::schema::{lead_import_rows, lead_imports, leads};
use crate::db::{Conn, Tx};
use crate::error::ApiResult;
use crate::lists::Many;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashSet};
use tradepost_contract::lead_imports::{ImportCounts, ImportRowOutcome, LeadImportRow, LeadImportStatus};
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::policy::IntakeCheck;
use tradepost_contract::{FieldError, Id, LeadId, LeadImportId, ProgrammeId};

/// Claims the next rows of a running import: nobody else does them, and a second runner that
/// counted the same rows finds nothing to claim. Answers the counts so far.
pub(in crate::lead_imports) fn claim_rows(
    tx: &mut Tx<'_>,
    id: LeadImportId,
    done: i64,
    more: i64,
) -> ApiResult<Option<ImportCounts>> {
    use lead_imports::dsl;
    let target = lead_imports::table
        .find(id)
        .filter(dsl::status.eq(LeadImportStatus::Running).and(dsl::done_rows.eq(done)));
    let counts = diesel::update(target)
        .set((dsl::done_rows.eq(done + more), dsl::version.eq(dsl::version + 1)))
        .returning(dsl::counts)
        .get_result::<String>(&mut **tx)
        .optional()?;
    counts.map(|text| read_counts(&text)).transpose()
}

/// The result of one row.
pub(in crate::lead_imports) struct RowResult {
    pub(in crate::lead_imports) row: i64,
    pub(in crate::lead_imports) outcome: ImportRowOutcome,
    pub(in crate::lead_imports) lead_id: Option<LeadId>,
    pub(in crate::lead_imports) errors: Vec<FieldError>,
}

/// Keeps the results of a slice and the counts after it.
pub(in crate::lead_imports) fn save_results(
    tx: &mut Tx<'_>,
    id: LeadImportId,
    results: &[RowResult],
    counts: &ImportCounts,
) -> ApiResult<()> {
    use lead_import_rows::dsl;
    let mut rows = Vec::with_capacity(results.len());
    for result in results {
        rows.push((
            dsl::import_id.eq(id.as_i64()),
            dsl::row_number.eq(result.row),
            dsl::outcome.eq(result.outcome),
            dsl::lead_id.eq(result.lead_id),
            dsl::errors.eq(serde_json::to_string(&result.errors)?),
        ));
    }
    match &mut **tx {
        Conn::Sqlite(conn) => diesel::insert_into(lead_import_rows::table)
            .values(rows)
            .execute(conn)?,
        Conn::Postgres(conn) => diesel::insert_into(lead_import_rows::table)
            .values(rows)
            .execute(conn)?,
    };
    diesel::update(lead_imports::table.find(id))
        .set(lead_imports::counts.eq(serde_json::to_string(counts)?))
        .execute(&mut **tx)?;
    Ok(())
}

/// The rows that brought somebody who was erased, and of whom nothing was kept.
pub(in crate::lead_imports) fn rows_kept_out(conn: &mut Conn, import: LeadImportId) -> ApiResult<BTreeSet<i64>> {
    use lead_import_rows::dsl;
    let rows: Vec<i64> = lead_import_rows::table
        .inner_join(leads::table.on(dsl::lead_id.eq(leads::id.nullable())))
        .filter(dsl::import_id.eq(import))
        .filter(leads::status.eq(LeadStatus::Rejected))
        .filter(leads::status_reason.eq(IntakeCheck::PersonErased.as_str()))
        .select(dsl::row_number)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which of these external ids have a lead in the programme already, as (source, id).
pub(in crate::lead_imports) fn known_external(
    conn: &mut Conn,
    programme: ProgrammeId,
    ids: Vec<String>,
) -> ApiResult<HashSet<(String, String)>> {
    let found = leads::table
        .filter(leads::programme_id.eq(programme).and(leads::external_id.eq_any(ids)))
        .select((leads::external_source, leads::external_id.assume_not_null()))
        .load::<(String, String)>(conn)?;
    Ok(found.into_iter().collect())
}

/// The filters of the list of rows.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::lead_imports) struct RowFilter {
    /// How many rows, 1 to 100; 50 by default.
    pub(in crate::lead_imports) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(in crate::lead_imports) cursor: Option<String>,
    /// Outcomes, with commas between them.
    #[param(value_type = Option<String>, example = "invalid,quarantined")]
    pub(in crate::lead_imports) outcome: Option<Many<ImportRowOutcome>>,
}

/// Rows of an import after a row, in the order of the file.
pub(in crate::lead_imports) fn rows(
    conn: &mut Conn,
    import: LeadImportId,
    outcomes: Option<&[ImportRowOutcome]>,
    after: i64,
    most: i64,
) -> ApiResult<Vec<LeadImportRow>> {
    use lead_import_rows::dsl;
    let mut query = lead_import_rows::table
        .filter(dsl::import_id.eq(import).and(dsl::row_number.gt(after)))
        .select((dsl::row_number, dsl::outcome, dsl::lead_id, dsl::errors))
        .into_boxed();
    if let Some(outcomes) = outcomes {
        query = query.filter(dsl::outcome.eq_any(outcomes.to_vec()));
    }
    let found = query
        .order(dsl::row_number)
        .limit(most)
        .load::<(i64, ImportRowOutcome, Option<LeadId>, String)>(conn)?;
    let row = |(row, outcome, lead_id, errors): (i64, ImportRowOutcome, Option<LeadId>, String)| {
        Ok(LeadImportRow {
            row,
            outcome,
            lead_id,
            errors: serde_json::from_str(&errors)?,
        })
    };
    found.into_iter().map(row).collect()
}

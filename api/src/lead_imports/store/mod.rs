//! Imports in the database: the file and what was found in it. The result of each row is in `rows`.

mod rows;

pub(super) use rows::{RowFilter, RowResult, claim_rows, known_external, rows, rows_kept_out, save_results};

use crate::auth::Scope;
use crate::db::schema::{lead_import_files, lead_imports, lead_products, programmes};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::{Many, Window};
use diesel::prelude::*;
use tradepost_contract::lead_imports::{
    FileDelimiter, FileEncoding, ImportCheck, ImportColumn, ImportCounts, ImportMapping, LeadImport, LeadImportStatus,
};
use tradepost_contract::{Id, LeadImportId, LeadProductId, ProgrammeId, SupplierId, Timestamp};

/// A file as it is first kept.
pub(super) struct NewImport<'a> {
    pub(super) id: LeadImportId,
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) file_name: &'a str,
    pub(super) file_hash: &'a str,
    pub(super) encoding: FileEncoding,
    pub(super) delimiter: FileDelimiter,
    pub(super) columns: &'a [ImportColumn],
    pub(super) mapping: &'a ImportMapping,
    pub(super) source: Option<&'a str>,
    pub(super) total_rows: i64,
    pub(super) created_by: &'a str,
    /// The text in UTF-8.
    pub(super) content: &'a [u8],
}

/// Keeps an uploaded file.
pub(super) fn insert(tx: &mut Tx<'_>, new: &NewImport<'_>) -> ApiResult<()> {
    use lead_imports::dsl;
    diesel::insert_into(lead_imports::table)
        .values((
            dsl::id.eq(new.id.as_i64()),
            dsl::programme_id.eq(new.programme_id),
            dsl::product_id.eq(new.product_id),
            dsl::supplier_id.eq(new.supplier_id),
            dsl::status.eq(LeadImportStatus::Uploaded),
            dsl::file_name.eq(new.file_name),
            dsl::file_hash.eq(new.file_hash),
            dsl::encoding.eq(new.encoding),
            dsl::delimiter.eq(new.delimiter),
            dsl::found_columns.eq(serde_json::to_string(new.columns)?),
            dsl::mapping.eq(serde_json::to_string(new.mapping)?),
            dsl::source.eq(new.source),
            dsl::total_rows.eq(new.total_rows),
            dsl::created_by.eq(new.created_by),
            dsl::created_at.eq(tx.business_now()),
        ))
        .execute(&mut **tx)?;
    diesel::insert_into(lead_import_files::table)
        .values((
            lead_import_files::import_id.eq(new.id.as_i64()),
            lead_import_files::content.eq(new.content),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// An import with what only the server needs of it.
#[derive(Debug, Clone)]
pub(super) struct Import {
    pub(super) shown: LeadImport,
    pub(super) supplier_id: Option<SupplierId>,
    pub(super) source: Option<String>,
}

type ImportColumns = (
    (
        LeadImportId,
        ProgrammeId,
        LeadProductId,
        Option<SupplierId>,
        LeadImportStatus,
        String,
        String,
        FileEncoding,
        FileDelimiter,
        String,
        String,
        Option<String>,
    ),
    (
        i64,
        i64,
        String,
        Option<String>,
        Option<String>,
        String,
        Timestamp,
        Option<Timestamp>,
        Option<Timestamp>,
        i64,
    ),
    // The names of programme and product.
    (String, String),
    // There while the file is.
    Option<LeadImportId>,
);

/// Imports with the programme and product that they name.
macro_rules! imports {
    () => {
        lead_imports::table
            .inner_join(programmes::table)
            .inner_join(lead_products::table)
            .left_join(lead_import_files::table)
    };
}

macro_rules! import_columns {
    () => {
        (
            (
                lead_imports::id,
                lead_imports::programme_id,
                lead_imports::product_id,
                lead_imports::supplier_id,
                lead_imports::status,
                lead_imports::file_name,
                lead_imports::file_hash,
                lead_imports::encoding,
                lead_imports::delimiter,
                lead_imports::found_columns,
                lead_imports::mapping,
                lead_imports::source,
            ),
            (
                lead_imports::total_rows,
                lead_imports::done_rows,
                lead_imports::counts,
                lead_imports::check_result,
                lead_imports::problem,
                lead_imports::created_by,
                lead_imports::created_at,
                lead_imports::started_at,
                lead_imports::finished_at,
                lead_imports::version,
            ),
            (programmes::name, lead_products::name),
            lead_import_files::import_id.nullable(),
        )
    };
}

fn to_import(columns: ImportColumns) -> ApiResult<Import> {
    let (head, tail, (programme_name, product_name), file) = columns;
    let (
        id,
        programme_id,
        product_id,
        supplier_id,
        status,
        file_name,
        file_hash,
        encoding,
        delimiter,
        columns,
        mapping,
        source,
    ) = head;
    let (total_rows, done_rows, counts, check, problem, created_by, created_at, started_at, finished_at, version) =
        tail;
    let shown = LeadImport {
        id,
        programme_id,
        programme_name,
        product_id,
        product_name,
        status,
        file_name,
        file_hash,
        file_kept: file.is_some(),
        encoding,
        delimiter,
        columns: serde_json::from_str(&columns)?,
        mapping: serde_json::from_str(&mapping)?,
        total_rows,
        done_rows,
        counts: read_counts(&counts)?,
        check: check.map(|text| serde_json::from_str(&text)).transpose()?,
        problem,
        created_by,
        created_at,
        started_at,
        finished_at,
        version,
        allowed_actions: status.allowed_actions(),
    };
    Ok(Import {
        shown,
        supplier_id,
        source,
    })
}

/// An import that has not begun has `{}`.
fn read_counts(text: &str) -> ApiResult<ImportCounts> {
    if text == "{}" {
        Ok(ImportCounts::default())
    } else {
        Ok(serde_json::from_str(text)?)
    }
}

/// An import by its id, within the scope.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: LeadImportId) -> ApiResult<Import> {
    let mut query = imports!()
        .filter(lead_imports::id.eq(id))
        .select(import_columns!())
        .into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(lead_imports::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(lead_imports::programme_id.eq(programme));
    }
    let found = query.first::<ImportColumns>(conn).optional()?;
    found.map(to_import).transpose()?.ok_or_else(ApiError::not_found)
}

/// The oldest import that has work to do.
pub(super) fn first_with_work(conn: &mut Conn) -> ApiResult<Option<Import>> {
    let busy = [LeadImportStatus::Checking, LeadImportStatus::Running];
    let found = imports!()
        .filter(lead_imports::status.eq_any(busy))
        .order((lead_imports::created_at, lead_imports::id))
        .select(import_columns!())
        .first::<ImportColumns>(conn)
        .optional()?;
    found.map(to_import).transpose()
}

/// The text of a file.
pub(super) fn content(conn: &mut Conn, id: LeadImportId) -> ApiResult<Vec<u8>> {
    Ok(lead_import_files::table
        .find(id)
        .select(lead_import_files::content)
        .first(conn)?)
}

/// The filters of the list of imports.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportFilter {
    /// How many rows, 1 to 100; 50 by default.
    pub(super) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(super) cursor: Option<String>,
    /// Statuses, with commas between them.
    #[param(value_type = Option<String>, example = "running,failed")]
    pub(super) status: Option<Many<LeadImportStatus>>,
    /// One programme.
    pub(super) programme_id: Option<ProgrammeId>,
}

/// A page of imports, newest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: ImportFilter,
    window: &Window,
) -> ApiResult<Vec<LeadImport>> {
    let mut query = imports!().select(import_columns!()).into_boxed();
    if let Some(supplier) = scope.supplier() {
        query = query.filter(lead_imports::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(lead_imports::programme_id.eq(programme));
    }
    if let Some(programme) = filter.programme_id {
        query = query.filter(lead_imports::programme_id.eq(programme));
    }
    if let Some(Many(statuses)) = filter.status {
        query = query.filter(lead_imports::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        let id = LeadImportId::from_i64(id);
        query = query
            .filter(lead_imports::created_at.le(at))
            .filter(lead_imports::created_at.lt(at).or(lead_imports::id.lt(id)));
    }
    let order = (lead_imports::created_at.desc(), lead_imports::id.desc());
    let rows = query.order(order).limit(window.fetch()).load::<ImportColumns>(conn)?;
    rows.into_iter().map(|row| Ok(to_import(row)?.shown)).collect()
}

/// Moves an import from one status to another; false where it is not in the one any more.
pub(super) fn move_status(
    tx: &mut Tx<'_>,
    id: LeadImportId,
    from: LeadImportStatus,
    to: LeadImportStatus,
    problem: Option<&str>,
) -> ApiResult<bool> {
    use lead_imports::dsl;
    let now = tx.business_now();
    let target = lead_imports::table.find(id).filter(dsl::status.eq(from));
    let version = dsl::version.eq(dsl::version + 1);
    let status = (dsl::status.eq(to), dsl::problem.eq(problem), version);
    let moved = match to {
        LeadImportStatus::Running => diesel::update(target)
            .set((status, dsl::started_at.eq(Some(now))))
            .execute(&mut **tx)?,
        LeadImportStatus::Done | LeadImportStatus::Cancelled | LeadImportStatus::Failed => diesel::update(target)
            .set((status, dsl::finished_at.eq(Some(now))))
            .execute(&mut **tx)?,
        LeadImportStatus::Uploaded | LeadImportStatus::Checking | LeadImportStatus::Checked => {
            diesel::update(target).set(status).execute(&mut **tx)?
        }
    };
    Ok(moved == 1)
}

/// Keeps the mapping that a check or start brought.
pub(super) fn set_mapping(tx: &mut Tx<'_>, id: LeadImportId, mapping: &ImportMapping) -> ApiResult<()> {
    diesel::update(lead_imports::table.find(id))
        .set(lead_imports::mapping.eq(serde_json::to_string(mapping)?))
        .execute(&mut **tx)?;
    Ok(())
}

/// Keeps what a dry run found.
pub(super) fn set_check(tx: &mut Tx<'_>, id: LeadImportId, check: &ImportCheck) -> ApiResult<()> {
    diesel::update(lead_imports::table.find(id))
        .set(lead_imports::check_result.eq(Some(serde_json::to_string(check)?)))
        .execute(&mut **tx)?;
    Ok(())
}

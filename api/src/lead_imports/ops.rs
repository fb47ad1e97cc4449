//! What is done with imports: upload, check, start, cancel. The work that a check and a start set off is
//! in `work.rs` and `dry_run.rs`.

use super::cards;
use super::detect::{self, ReadFile};
use super::mapping::{self, Plan};
use super::store;
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::market::Snapshot;
use serde_json::json;
use sha2::{Digest, Sha256};
use tradepost_contract::lead_imports::{ImportColumn, ImportMapping, LeadImport, LeadImportAction, LeadImportStatus};
use tradepost_contract::{LeadImportId, LeadProductId, ProblemCode, ProgrammeId};

/// More rows than this are several files.
const MOST_ROWS: i64 = 500_000;

/// A file that was read and understood, ready to be kept.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) file: ReadFile,
    pub(super) hash: String,
    pub(super) columns: Vec<ImportColumn>,
    pub(super) mapping: ImportMapping,
    pub(super) rows: i64,
}

impl Upload {
    /// Reads a file's bytes, or says what is wrong with them.
    pub(super) fn read(bytes: Vec<u8>) -> ApiResult<Self> {
        let refuse = |message: String| {
            ApiError::new(ProblemCode::Invalid)
                .detail(message.clone())
                .field("", "not_a_table", message)
        };
        let hash = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut file = detect::read(bytes).map_err(|problem| refuse(problem.to_string()))?;
        if let Some(safe) = cards::masked(&file.text, file.delimiter) {
            file.text = safe;
        }
        let outline = detect::outline(&file).map_err(|problem| refuse(problem.to_string()))?;
        if outline.rows > MOST_ROWS {
            return Err(refuse(format!("The file has more than {MOST_ROWS} rows; split it.")));
        }
        let mapping = mapping::suggested(&outline.headers, &outline.samples);
        let fields = mapping::suggested_fields(&outline.headers);
        let columns = outline.headers.into_iter().zip(outline.samples).zip(fields);
        let columns = columns.map(|((header, sample), field)| ImportColumn {
            header,
            suggested_field: field.map(str::to_owned),
            sample,
        });
        Ok(Self {
            file,
            hash,
            columns: columns.collect(),
            mapping,
            rows: outline.rows,
        })
    }
}

/// Where the leads of a file go, as the uploader says.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub(super) programme_id: ProgrammeId,
    pub(super) product_id: LeadProductId,
    pub(super) file_name: String,
    pub(super) source: Option<String>,
}

/// Keeps an uploaded file.
pub(super) fn create(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    caller: &Caller,
    to: &Destination,
    upload: &Upload,
) -> ApiResult<LeadImport> {
    let scope = caller.scope();
    let programme = market
        .programme(to.programme_id)
        .filter(|found| found.active && scope.allows_programme(found.id));
    let own = |id| {
        scope
            .supplier()
            .is_none_or(|own| market.supplier(own).is_some_and(|found| found.programme_id == id))
    };
    let programme = programme
        .filter(|found| own(found.id))
        .ok_or_else(|| ApiError::unknown_id("?programme_id"))?;
    let product = market
        .product(to.product_id)
        .filter(|found| found.active && found.programme_id == programme.id);
    let product = product.ok_or_else(|| ApiError::unknown_id("?product_id"))?;
    let id: LeadImportId = tx.new_id();
    let new = store::NewImport {
        id,
        programme_id: programme.id,
        product_id: product.id,
        supplier_id: scope.supplier(),
        file_name: &to.file_name,
        file_hash: &upload.hash,
        encoding: upload.file.encoding,
        delimiter: upload.file.delimiter,
        columns: &upload.columns,
        mapping: &upload.mapping,
        source: to.source.as_deref(),
        total_rows: upload.rows,
        created_by: &caller.principal.id_text(),
        content: &upload.file.text,
    };
    store::insert(tx, &new)?;
    let after = json!({ "rows": upload.rows, "file_hash": upload.hash });
    record(tx, caller, "lead_import.uploaded", id, after)?;
    Ok(store::get(tx, &Scope::system(), id)?.shown)
}

fn record(tx: &mut Tx<'_>, caller: &Caller, action: &str, id: LeadImportId, after: serde_json::Value) -> ApiResult<()> {
    let supplier = caller.scope().supplier();
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier,
        after: Some(after),
        ..audit::Change::default()
    };
    audit::record(tx, &caller.actor(), change)
}

/// Begins a check or an import, with the mapping given or the one that is there.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: LeadImportId,
    action: LeadImportAction,
    mapping: Option<&ImportMapping>,
) -> ApiResult<LeadImport> {
    let import = store::get(tx, &caller.scope(), id)?.shown;
    let to = import
        .status
        .after(action)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    // A failed import goes on where it stopped, so its rows must go on meaning the same.
    if import.done_rows > 0 && mapping.is_some_and(|mapping| *mapping != import.mapping) {
        return Err(ApiError::conflict(
            "Rows were imported under another mapping; upload the file again.",
        ));
    }
    let headers: Vec<String> = import.columns.iter().map(|column| column.header.clone()).collect();
    Plan::compile(mapping.unwrap_or(&import.mapping), &headers).map_err(ApiError::invalid)?;
    if !store::move_status(tx, id, import.status, to, None)? {
        return Err(ApiError::conflict("The import changed at the same moment."));
    }
    if let Some(mapping) = mapping {
        store::set_mapping(tx, id, mapping)?;
    }
    let what = if to == LeadImportStatus::Running {
        "lead_import.started"
    } else {
        "lead_import.check_started"
    };
    record(tx, caller, what, id, json!({ "status": to }))?;
    Ok(store::get(tx, &Scope::system(), id)?.shown)
}

/// Stops an import for good; what was imported stays.
pub(super) fn cancel(tx: &mut Tx<'_>, caller: &Caller, id: LeadImportId) -> ApiResult<LeadImport> {
    let import = store::get(tx, &caller.scope(), id)?.shown;
    let to = import
        .status
        .after(LeadImportAction::Cancel)
        .map_err(|refusal| ApiError::conflict(refusal.to_string()))?;
    if !store::move_status(tx, id, import.status, to, None)? {
        return Err(ApiError::conflict("The import changed at the same moment."));
    }
    record(
        tx,
        caller,
        "lead_import.cancelled",
        id,
        json!({ "done_rows": import.done_rows }),
    )?;
    Ok(store::get(tx, &Scope::system(), id)?.shown)
}

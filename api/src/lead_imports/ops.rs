//! What is done with imports: upload, check, start, cancel; and the work that a check and a start set off.

use super::detect::{self, ReadFile};
use super::mapping::{self, Plan, RowDefaults};
use super::store::{self, Import, RowResult};
use crate::app::App;
use crate::audit;
use crate::auth::{Caller, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::leads::fingerprints;
use crate::leads::ops::{self as lead_ops, Submitter};
use crate::leads::rules;
use crate::market::Snapshot;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_imports::{
    ImportCellError, ImportCheck, ImportColumn, ImportMapping, ImportRowOutcome, LeadImport, LeadImportAction,
    LeadImportStatus,
};
use tradepost_contract::leads::{LeadChannel, LeadStatus};
use tradepost_contract::{FieldError, LeadImportId, LeadProductId, ProblemCode, ProgrammeId, Timestamp};

/// More rows than this are several files.
const MOST_ROWS: i64 = 500_000;
/// Rows of one transaction: few enough that the writer's queue stays fair.
const ROWS_A_SLICE: usize = 50;
/// How long a job works on a file before it gives others a turn; well within its lease.
const TURN: Duration = Duration::from_secs(8);
/// Errors that a dry run shows one by one.
const MOST_ERRORS: usize = 100;

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
        let file = detect::read(bytes).map_err(|problem| refuse(problem.to_string()))?;
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

/// Works on the oldest import that has something to do, for one turn; answers how many rows it did.
pub(crate) fn work(app: &App) -> ApiResult<usize> {
    let Some(import) = app.db.read_blocking(store::first_with_work)? else {
        return Ok(0);
    };
    let id = import.shown.id;
    let worked = match import.shown.status {
        LeadImportStatus::Checking => check(app, import),
        _ => import_rows(app, import),
    };
    match worked {
        Ok(rows) => Ok(rows),
        // The database will be there again; everything else would fail the same way for ever.
        Err(error) if error.code() == ProblemCode::Unavailable || error.code() == ProblemCode::StorageFull => {
            Err(error)
        }
        Err(error) => {
            tracing::error!(import = %id, %error, "an import stopped");
            let problem = format!(
                "The import stopped on a fault of the server ({}). Start it again.",
                error.code()
            );
            app.db.write_blocking(move |tx| fail(tx, id, &problem))?;
            Ok(1)
        }
    }
}

fn fail(tx: &mut Tx<'_>, id: LeadImportId, problem: &str) -> ApiResult<()> {
    for from in [LeadImportStatus::Running, LeadImportStatus::Checking] {
        store::move_status(tx, id, from, LeadImportStatus::Failed, Some(problem))?;
    }
    Ok(())
}

/// The rows of a file with their numbers, as a spreadsheet shows them, and what makes leads of them.
struct Work {
    import: Import,
    plan: Plan,
    defaults: RowDefaults,
    submitter: Submitter,
}

impl Work {
    fn prepare(import: Import) -> ApiResult<Self> {
        let shown = &import.shown;
        let headers: Vec<String> = shown.columns.iter().map(|column| column.header.clone()).collect();
        let plan = Plan::compile(&shown.mapping, &headers).map_err(ApiError::invalid)?;
        let defaults = RowDefaults {
            programme: shown.programme_id.to_string(),
            product: shown.product_id.to_string(),
            source: import.source.clone(),
        };
        let submitter = Submitter {
            id_text: shown.created_by.clone(),
            supplier: import.supplier_id,
            programme: Some(shown.programme_id),
            channel: LeadChannel::Csv,
            import: Some(shown.id),
        };
        Ok(Self {
            import,
            plan,
            defaults,
            submitter,
        })
    }

    /// The data rows of the text: numbered from 2, blank ones left out.
    fn rows<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = (i64, csv::StringRecord)> + use<'t> {
        let records = detect::reader(text, self.import.shown.delimiter).into_records();
        let all = records
            .map_while(Result::ok)
            .zip(1_i64..)
            .map(|(record, row)| (row, record));
        all.filter(|(_, record)| !detect::is_blank(record)).skip(1)
    }
}

/// Imports rows, slice by slice, each slice in a transaction that also says that it is done.
fn import_rows(app: &App, import: Import) -> ApiResult<usize> {
    let id = import.shown.id;
    let mut done = import.shown.done_rows;
    let work = Arc::new(Work::prepare(import)?);
    let text = app.db.read_blocking(|conn| store::content(conn, id))?;
    let mut rows = work.rows(&text).skip(usize::try_from(done).unwrap_or(usize::MAX));
    let (started, mut count) = (crate::clock::stopwatch(), 0);
    loop {
        let slice: Arc<Vec<_>> = Arc::new(rows.by_ref().take(ROWS_A_SLICE).collect());
        if slice.is_empty() {
            app.db.write_blocking(move |tx| finish(tx, id))?;
            return Ok(count.max(1));
        }
        let (market, secrets) = (app.market.clone(), app.secrets.clone());
        let (task, part) = (Arc::clone(&work), Arc::clone(&slice));
        let claimed = app.db.write_blocking(move |tx| {
            let Some(mut counts) = store::claim_rows(tx, id, done, part.len() as i64)? else {
                return Ok(false);
            };
            let market = market.fresh(tx)?;
            let mut results = Vec::with_capacity(part.len());
            for (row, record) in part.iter() {
                let result = import_row(tx, &market, &secrets, &task, *row, record)?;
                counts.add(result.outcome);
                results.push(result);
            }
            store::save_results(tx, id, &results, &counts)?;
            Ok(true)
        })?;
        if !claimed {
            // Cancelled, or another server does these rows: the next turn looks again.
            return Ok(count.max(1));
        }
        done += slice.len() as i64;
        count += slice.len();
        if started.elapsed() > TURN {
            return Ok(count);
        }
    }
}

fn import_row(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    secrets: &crate::auth::secrets::Secrets,
    work: &Work,
    row: i64,
    record: &csv::StringRecord,
) -> ApiResult<RowResult> {
    let invalid = |errors| RowResult {
        row,
        outcome: ImportRowOutcome::Invalid,
        lead_id: None,
        errors,
    };
    let dto = match work.plan.enquiry(record, &work.defaults) {
        Ok(dto) => dto,
        Err(errors) => return Ok(invalid(errors)),
    };
    // Whatever refuses an enquiry does so before its first write, so the transaction goes on.
    match lead_ops::take_in(tx, market, secrets, &work.submitter, dto) {
        Ok(taken) => {
            let outcome = if taken.existing {
                ImportRowOutcome::Unchanged
            } else {
                outcome_of(taken.status)
            };
            Ok(RowResult {
                row,
                outcome,
                lead_id: Some(taken.id),
                errors: Vec::new(),
            })
        }
        Err(refusal) if matches!(refusal.code(), ProblemCode::Invalid | ProblemCode::PolicyRefuses) => {
            Ok(invalid(refusal.errors().to_vec()))
        }
        Err(fault) => Err(fault),
    }
}

const fn outcome_of(status: LeadStatus) -> ImportRowOutcome {
    match status {
        LeadStatus::Available | LeadStatus::PartlySold | LeadStatus::SoldOut | LeadStatus::InService => {
            ImportRowOutcome::Accepted
        }
        LeadStatus::Duplicate => ImportRowOutcome::Duplicate,
        LeadStatus::Quarantined => ImportRowOutcome::Quarantined,
        LeadStatus::Rejected | LeadStatus::Withdrawn | LeadStatus::Expired | LeadStatus::Erased => {
            ImportRowOutcome::Rejected
        }
    }
}

fn finish(tx: &mut Tx<'_>, id: LeadImportId) -> ApiResult<()> {
    if store::move_status(tx, id, LeadImportStatus::Running, LeadImportStatus::Done, None)? {
        let import = store::get(tx, &Scope::system(), id)?.shown;
        let subject = Subject::of(id).programme(import.programme_id);
        events::push(
            tx,
            EventKind::ImportFinished,
            subject,
            &json!({ "counts": import.counts }),
        )?;
    }
    Ok(())
}

/// Reads every row as an import would, and changes nothing.
fn check(app: &App, import: Import) -> ApiResult<usize> {
    let id = import.shown.id;
    let work = Work::prepare(import)?;
    let text = app.db.read_blocking(|conn| store::content(conn, id))?;
    let shared = app.market.clone();
    let (market, now) = app
        .db
        .write_blocking(move |tx| Ok((shared.fresh(tx)?, tx.business_now())))?;
    let mut dry = DryRun {
        check: ImportCheck::default(),
        ids: HashSet::new(),
        people: HashSet::new(),
    };
    let mut rows = work.rows(&text);
    let mut count = 0;
    loop {
        let part: Vec<_> = rows.by_ref().take(500).collect();
        if part.is_empty() {
            break;
        }
        count += part.len();
        let ids = part
            .iter()
            .filter_map(|(_, record)| work.plan.enquiry(record, &work.defaults).ok()?.external_id);
        let ids: Vec<String> = ids.map(|id| id.trim().to_owned()).collect();
        let programme = work.import.shown.programme_id;
        let known = app
            .db
            .read_blocking(|conn| store::known_external(conn, programme, ids))?;
        for (row, record) in &part {
            dry.row(app, &market, &work, now, &known, *row, record);
        }
    }
    let check = dry.check;
    app.db.write_blocking(move |tx| {
        if store::move_status(tx, id, LeadImportStatus::Checking, LeadImportStatus::Checked, None)? {
            store::set_check(tx, id, &check)?;
        }
        Ok(())
    })?;
    Ok(count.max(1))
}

/// What a dry run has seen so far.
struct DryRun {
    check: ImportCheck,
    ids: HashSet<(String, String)>,
    people: HashSet<(String, String)>,
}

impl DryRun {
    #[expect(
        clippy::too_many_arguments,
        reason = "one row needs the file's context, the market's and its own"
    )]
    fn row(
        &mut self,
        app: &App,
        market: &Snapshot,
        work: &Work,
        now: Timestamp,
        known: &HashSet<(String, String)>,
        row: i64,
        record: &csv::StringRecord,
    ) {
        let outcome = match self.read(app, market, work, now, known, record) {
            Ok(outcome) => outcome,
            Err(errors) => {
                self.note(work, row, errors);
                ImportRowOutcome::Invalid
            }
        };
        self.check.counts.add(outcome);
    }

    fn read(
        &mut self,
        app: &App,
        market: &Snapshot,
        work: &Work,
        now: Timestamp,
        known: &HashSet<(String, String)>,
        record: &csv::StringRecord,
    ) -> Result<ImportRowOutcome, Vec<FieldError>> {
        let dto = work.plan.enquiry(record, &work.defaults)?;
        let checked =
            lead_ops::check(market, &work.submitter, dto, now).map_err(|refusal| refusal.errors().to_vec())?;
        let key = (
            checked.external_source.clone(),
            checked.new.external_id.clone().unwrap_or_default(),
        );
        if known.contains(&key) || !self.ids.insert(key) {
            return Ok(ImportRowOutcome::Unchanged);
        }
        let (policy, mut standing) = (checked.policy(), checked.standing);
        if standing.status != LeadStatus::Rejected && policy.duplicate_window_days > 0 {
            let scope = checked.fingerprint_scope();
            let prints = fingerprints::of(&checked.new.person, policy, &app.secrets);
            let seen = prints
                .into_iter()
                .filter(|print| !self.people.insert((scope.clone(), print.hash.clone())))
                .count();
            if seen > 0 {
                standing = rules::after_duplicate(policy, standing);
            }
        }
        Ok(outcome_of(standing.status))
    }

    fn note(&mut self, work: &Work, row: i64, errors: Vec<FieldError>) {
        self.check.error_count += errors.len() as i64;
        for error in errors {
            if self.check.errors.len() >= MOST_ERRORS {
                return;
            }
            let column = work.plan.column_of(&error.pointer).map(str::to_owned);
            let field = error.pointer.trim_start_matches('/').replace('/', ".");
            self.check.errors.push(ImportCellError {
                row,
                column,
                field,
                code: error.code,
                message: error.message,
            });
        }
    }
}

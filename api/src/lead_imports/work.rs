//! The job: a check reads the whole file at once, an import goes slice by slice.

use super::detect;
use super::dry_run;
use super::mapping::{Plan, RowDefaults};
use super::store::{self, Import, RowResult};
use crate::app::App;
use crate::auth::Scope;
use crate::auth::secrets::Secrets;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::leads::desk::{self, Submitter};
use crate::leads::ops::take_in;
use crate::market::Snapshot;
use crate::subject_requests;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_imports::{ImportRowOutcome, LeadImportStatus};
use tradepost_contract::leads::{LeadChannel, LeadStatus};
use tradepost_contract::{LeadImportId, ProblemCode};

/// Rows of one transaction: few enough that the writer's queue stays fair.
const ROWS_A_SLICE: usize = 50;

/// How long a job works on a file before it gives others a turn; well within its lease.
const TURN: Duration = Duration::from_secs(8);

/// Works on the oldest import that has something to do, for one turn; answers how many rows it did.
pub(super) fn take_turn(app: &App) -> ApiResult<usize> {
    let Some(import) = app.db.read_blocking(store::first_with_work)? else {
        return Ok(0);
    };
    let id = import.shown.id;
    let worked = match import.shown.status {
        LeadImportStatus::Checking => dry_run::check(app, import),
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
pub(super) struct Work {
    pub(super) import: Import,
    pub(super) plan: Plan,
    pub(super) defaults: RowDefaults,
    pub(super) submitter: Submitter,
}

impl Work {
    pub(super) fn prepare(import: Import) -> ApiResult<Self> {
        let shown = &import.shown;
        let headers: Vec<String> = shown.columns.iter().map(|column| column.header.clone()).collect();
        let plan = Plan::compile(&shown.mapping, &headers).map_err(ApiError::invalid)?;
        let defaults = RowDefaults {
            programme: shown.programme_id.to_string(),
            product: shown.product_id.to_string(),
            source: import.source.clone(),
            external_source: "import".to_owned(),
            channel: LeadChannel::Csv,
            row_id_prefix: "row",
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
    pub(super) fn rows<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = (i64, csv::StringRecord)> + use<'t> {
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
    secrets: &Secrets,
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
    let checked = desk::check(market, &work.submitter, dto, tx.business_now());
    match checked.and_then(|checked| take_in(tx, market, secrets, &work.submitter, &checked)) {
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

/// What a row with a new lead counts as.
pub(super) const fn outcome_of(status: LeadStatus) -> ImportRowOutcome {
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
        let kept_out = store::rows_kept_out(tx, id)?;
        if !kept_out.is_empty() {
            subject_requests::take_rows_out(tx, id, kept_out)?;
        }
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

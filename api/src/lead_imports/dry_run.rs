//! What an import would do, without doing it.

use super::store::{self, Import};
use super::work::{Work, outcome_of};
use crate::app::App;
use crate::error::ApiResult;
use crate::leads::{desk, fingerprints, rules};
use crate::market::Snapshot;
use std::collections::HashSet;
use tradepost_contract::lead_imports::{ImportCellError, ImportCheck, ImportRowOutcome, LeadImportStatus};
use tradepost_contract::leads::LeadStatus;
use tradepost_contract::{FieldError, Timestamp};

/// Errors that a dry run shows one by one.
const MOST_ERRORS: usize = 100;

/// Reads every row as an import would, and changes nothing.
pub(super) fn check(app: &App, import: Import) -> ApiResult<usize> {
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
        let checked = desk::check(market, &work.submitter, dto, now).map_err(|refusal| refusal.errors().to_vec())?;
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

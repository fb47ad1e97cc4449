//! The job: a pass over the old leads of each programme, once a day.

use super::rules::{self, Verdict};
use super::store::{self, Pass};
use crate::app::App;
use crate::audit;
use crate::auth::Actor;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market::{Programme, Snapshot};
use crate::policy::Policies;
use crate::subject_requests::{self, Cause};
use crate::suppliers::store as accounts;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration as Span;
use time::Duration;
use tradepost_contract::events::EventKind;
use tradepost_contract::policy::RetentionPolicy;
use tradepost_contract::retention::{RetentionBlock, RetentionKind};
use tradepost_contract::{LeadId, LocalDate, ProblemCode, ProgrammeId, Timestamp};

/// Leads that are looked at before the pass says how far it came.
const LEADS_AT_ONCE: i64 = 100;
/// How long leads are anonymised, each in a transaction of its own, before that is said.
const SLICE: Span = Span::from_millis(50);
/// Recordings' places that are forgotten in one transaction.
const RECORDINGS_AT_ONCE: i64 = 200;

/// Does one slice of the first pass that is due.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut failed = None;
    for pass in app.db.read_blocking(store::passes)? {
        let zone = Zone::parse(&pass.zone).map_err(ApiError::internal)?;
        let today = zone.date_of(now);
        if pass.day == Some((today, true)) {
            continue;
        }
        let programme = pass.programme;
        match slice(app, pass, today, now) {
            Ok(did) => return Ok(did.max(1)),
            // One programme's fault keeps no other from its pass.
            Err(error) => {
                tracing::error!(%programme, %error, "a pass over old leads failed and will be tried again");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(0), Err)
}

fn slice(app: &App, mut pass: Pass, today: LocalDate, now: Timestamp) -> ApiResult<usize> {
    let id = pass.programme;
    if pass.day.is_none_or(|(day, _)| day != today) {
        app.db.write_blocking(move |tx| store::begin(tx, id, today))?;
        pass.after = store::START;
        pass.waiting.clear();
    }
    let market = app.market.clone();
    let market = app.db.write_blocking(move |tx| market.fresh(tx))?;
    let Some(programme) = market.programme(id).cloned() else {
        app.db.write_blocking(move |tx| store::finish(tx, &pass))?;
        return Ok(1);
    };
    if forget_recordings(app, &programme, now)? || remove_file(app, &programme, now)? {
        return Ok(1);
    }
    leads(app, &market, &programme, pass, now)
}

/// The instant before which something is over its time.
fn over(days: u32, now: Timestamp) -> Timestamp {
    now.plus(-Duration::days(i64::from(days)))
}

fn forget_recordings(app: &App, programme: &Programme, now: Timestamp) -> ApiResult<bool> {
    let Some(days) = programme.policy.retention.recordings_days else {
        return Ok(false);
    };
    let id = programme.id;
    app.db.write_blocking(move |tx| {
        let did = store::files::forget_recordings(tx, id, over(days, now), RECORDINGS_AT_ONCE)?;
        removed(tx, id, RetentionKind::Recordings, did)?;
        Ok(did > 0)
    })
}

fn remove_file(app: &App, programme: &Programme, now: Timestamp) -> ApiResult<bool> {
    let Some(days) = programme.policy.retention.import_files_days else {
        return Ok(false);
    };
    let id = programme.id;
    let file = app
        .db
        .read_blocking(|conn| store::files::old_file(conn, id, over(days, now)))?;
    let Some(file) = file else { return Ok(false) };
    app.db.write_blocking(move |tx| {
        if store::files::remove_file(tx, file)? {
            removed(tx, id, RetentionKind::ImportFiles, 1)?;
        }
        Ok(true)
    })
}

/// Looks at the next leads of a pass, and anonymises those that are due, for as long as a slice is.
fn leads(
    app: &App,
    market: &Arc<Snapshot>,
    programme: &Arc<Programme>,
    mut pass: Pass,
    now: Timestamp,
) -> ApiResult<usize> {
    let of = |id| market.products().filter(move |product| product.programme_id == id);
    let own = of(programme.id).map(|product| &product.policy.retention);
    let shortest = own
        .chain([&programme.policy.retention])
        .filter_map(rules::shortest)
        .min();
    let old = match shortest {
        None => Vec::new(),
        Some(days) => app
            .db
            .read_blocking(|conn| store::leads::old_leads(conn, &pass, over(days, now), LEADS_AT_ONCE))?,
    };
    if old.is_empty() {
        app.db.write_blocking(move |tx| store::finish(tx, &pass))?;
        return Ok(1);
    }
    let facts = app
        .db
        .read_blocking(|conn| store::leads::facts(conn, &app.policies, &old, now))?;
    let (started, mut did) = (crate::clock::stopwatch(), 0);
    for (lead, facts) in old.iter().zip(facts) {
        let policy = market
            .product(lead.product)
            .map_or(&programme.policy.retention, |product| &product.policy.retention);
        let waits = match rules::verdict(policy, &facts, now) {
            Verdict::Kept => None,
            Verdict::Waits(block) => Some(block),
            Verdict::Due(_) => {
                match with_its_file(app, lead.id, policy, now) {
                    Ok(waits) => {
                        did += 1;
                        waits
                    }
                    // A file that is being read since: tomorrow it is not.
                    Err(error) if error.code() == ProblemCode::StateConflict => Some(RetentionBlock::ImportRunning),
                    Err(error) => return Err(error),
                }
            }
        };
        if let Some(block) = waits {
            *pass.waiting.entry(block).or_default() += 1;
        }
        pass.after = (lead.created_at, tradepost_contract::Id::as_i64(lead.id));
        if started.elapsed() > SLICE {
            break;
        }
    }
    app.db.write_blocking(move |tx| store::advance(tx, &pass))?;
    Ok(did.max(1))
}

/// Anonymises a lead and removes the file that it came with, in as many transactions as a long file takes; else why it
/// waits.
fn with_its_file(app: &App, id: LeadId, policy: &RetentionPolicy, now: Timestamp) -> ApiResult<Option<RetentionBlock>> {
    loop {
        let (policies, policy) = (app.policies.clone(), policy.clone());
        let step = app
            .db
            .write_blocking(move |tx| anonymise(tx, &policies, id, &policy, now))?;
        if let Step::Over(waits) = step {
            return Ok(waits);
        }
    }
}

/// What one transaction did for a lead.
enum Step {
    /// A part of the file that it came with went: there is more to do.
    PartOfFile,
    /// It is anonymised, or there is nothing to do, or this keeps it.
    Over(Option<RetentionBlock>),
}

/// Anonymises a lead, if that is still due.
fn anonymise(
    tx: &mut Tx<'_>,
    policies: &Policies,
    id: LeadId,
    policy: &RetentionPolicy,
    now: Timestamp,
) -> ApiResult<Step> {
    let Some(lead) = store::leads::old_lead(tx, id)? else {
        return Ok(Step::Over(None));
    };
    let facts = store::leads::facts(tx, policies, std::slice::from_ref(&lead), now)?;
    let kind = match facts.first().map(|facts| rules::verdict(policy, facts, now)) {
        Some(Verdict::Due(kind)) => kind,
        Some(Verdict::Waits(block)) => return Ok(Step::Over(Some(block))),
        Some(Verdict::Kept) | None => return Ok(Step::Over(None)),
    };
    let programme = crate::leads::store::get(tx, &crate::auth::Scope::system(), id)?.programme_id;
    // Its row stands in the file, which would be written anew for each lead that came with it.
    if let Some(file) = store::files::file_of(tx, id)? {
        if !store::files::remove_file(tx, file)? {
            return Ok(Step::PartOfFile);
        }
        removed(tx, programme, RetentionKind::ImportFiles, 1)?;
    }
    if subject_requests::erase_lead(tx, &actor(), id, Cause::Time)?.is_some() {
        removed(tx, programme, kind, 1)?;
    }
    Ok(Step::Over(None))
}

fn actor() -> Actor {
    Actor::system("retention")
}

/// Counts what was taken away, and writes it down where that is not done for each lead.
pub(crate) fn removed(tx: &mut Tx<'_>, programme: ProgrammeId, kind: RetentionKind, count: usize) -> ApiResult<()> {
    if count == 0 {
        return Ok(());
    }
    let count = i64::try_from(count).map_err(ApiError::internal)?;
    let facts = accounts::programme(tx, programme)?.ok_or_else(ApiError::not_found)?;
    let zone = Zone::parse(&facts.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(tx.business_now());
    store::counts::count(tx, programme, today, kind, count)?;
    match kind {
        RetentionKind::SoldLeads | RetentionKind::UnsoldLeads | RetentionKind::RefusedLeads => return Ok(()),
        RetentionKind::Recordings | RetentionKind::ImportFiles | RetentionKind::RefusedPosts => {}
    }
    let facts = json!({ "kind": kind, "removed": count });
    let change = audit::Change {
        action: "retention.removed",
        object: programme.to_string(),
        after: Some(facts.clone()),
        ..audit::Change::default()
    };
    audit::record(tx, &actor(), change)?;
    let subject = Subject::of(programme).programme(programme);
    events::push(tx, EventKind::RetentionRemoved, subject, &facts)?;
    Ok(())
}

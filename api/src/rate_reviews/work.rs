//! The review itself.

use super::rules::{self, Bounds, Past};
use super::store::{self, Row};
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::billing_runs::store as parties;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::{self, Subject};
use crate::suppliers::care;
use crate::suppliers::store as accounts;
use crate::{audit, notifications};
use serde_json::json;
use time::Duration;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::policy::RateReviewPolicy;
use tradepost_contract::rate_reviews::{RateCaseStatus, RateFinding};
use tradepost_contract::{ProgrammeId, SupplierId, Timestamp};

/// The job.
pub(super) fn review(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut done = 0;
    for programme in app.db.read_blocking(parties::active_programmes)? {
        let due = app.db.read_blocking(|conn| {
            let Some(policy) = parties::programme_policy(conn, programme)? else {
                return Ok(None);
            };
            let RateReviewPolicy::Periodic {
                every_days,
                window_days,
                ..
            } = policy.rate_review
            else {
                return Ok(None);
            };
            let last = store::reviewed_to(conn, programme)?;
            let Some(to) = last.and_then(|last| rules::due(last, every_days, now)) else {
                return Ok(None);
            };
            let from = to.plus(-Duration::days(i64::from(window_days)));
            Ok(Some((to, store::served(conn, programme, (from, to))?)))
        })?;
        let Some((to, suppliers)) = due else { continue };
        for supplier in suppliers {
            let reviewed = app.db.write_blocking(move |tx| review_one(tx, programme, supplier, to));
            match reviewed {
                Ok(did) => done += usize::from(did),
                // The others have their review; this one is looked at again the next time.
                Err(error) => tracing::error!(%supplier, %error, "an account cannot be reviewed"),
            }
        }
        // Only now, so that a server that dies in between goes on where it was.
        done += usize::from(app.db.write_blocking(move |tx| store::finish(tx, programme, to))?);
    }
    Ok(done)
}

fn review_one(tx: &mut Tx<'_>, programme: ProgrammeId, supplier: SupplierId, to: Timestamp) -> ApiResult<bool> {
    let account = accounts::hold(tx, &Scope::system(), supplier)?;
    if account.status.is_over() || store::is_reviewed(tx, supplier, to)? {
        return Ok(false);
    }
    let RateReviewPolicy::Periodic {
        window_days,
        min_deliveries,
        threshold,
        ..
    } = care::policy(tx, &account)?.rate_review
    else {
        return Ok(false); // The terms of this account leave it alone.
    };
    let bounds = Bounds {
        window_days,
        min_deliveries,
        threshold: threshold.decimal(),
    };
    let past = store::past(tx, supplier)?;
    let from = rules::from(past, window_days, to);
    let counts = store::count(tx, supplier, (from, to))?;
    let finding = rules::finding(&counts, &bounds, past);
    let opens = finding == RateFinding::Case && past != Past::CaseOpen;
    let row = Row {
        id: tx.new_id(),
        programme_id: programme,
        supplier_id: supplier,
        counted_from: from,
        counted_to: to,
        deliveries: counts.deliveries,
        sent_back: counts.sent_back,
        excused: counts.excused,
        siblings: counts.siblings,
        siblings_kept: counts.siblings_kept,
        threshold: bounds.threshold.to_string(),
        finding,
        case_status: opens.then_some(RateCaseStatus::Open),
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        version: 1,
        created_at: tx.business_now(),
    };
    store::insert(tx, row.clone())?;
    match finding {
        RateFinding::TooFew | RateFinding::Fine => {}
        RateFinding::Warned => tell(tx, &row, "supplier.rate_warned", EventKind::RateWarned, Some(supplier))?,
        RateFinding::Case if opens => tell(tx, &row, "supplier.rate_case_opened", EventKind::RateCaseOpened, None)?,
        RateFinding::Case => {}
    }
    Ok(true)
}

/// A warning goes to the supplier, a case to staff.
fn tell(tx: &mut Tx<'_>, row: &Row, action: &str, kind: EventKind, to: Option<SupplierId>) -> ApiResult<()> {
    let id = row.id;
    let facts = json!({
        "rate_review_id": id, "supplier_id": row.supplier_id, "from": row.counted_from, "to": row.counted_to,
        "deliveries": row.deliveries, "sent_back": row.sent_back, "excused": row.excused,
        "threshold": row.threshold, "finding": row.finding,
    });
    let change = audit::Change {
        action,
        object: id.to_string(),
        supplier: Some(row.supplier_id),
        before: None,
        after: Some(facts.clone()),
        reason: None,
    };
    audit::record(tx, &Actor::system("rate review"), change)?;
    let subject = Subject::of(id).programme(row.programme_id).supplier(row.supplier_id);
    events::push(tx, kind, subject, &facts)?;
    let notice = if to.is_some() {
        NotificationKind::RateWarning
    } else {
        NotificationKind::RateCase
    };
    notifications::record(tx, notice, &id.to_string(), row.programme_id, to, &facts)?;
    Ok(())
}

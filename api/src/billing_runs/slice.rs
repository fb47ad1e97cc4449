//! One transaction of a run: the invoices of a few suppliers, or a stretch of a very long one.

use super::rules::{Fate, expected_sums, fate, is_unusual};
use super::store::lines::{self, Finalised, Group, Stretch};
use super::store::{self, RunChange, RunRow, Seller};
use crate::calendar;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::rules::{invoice_number, line_tax};
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use crate::policy::Policies;
use serde_json::json;
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::{InvoiceAction, InvoiceStatus};
use tradepost_contract::{BillingRunId, InvoiceId, Money, ResolvedPolicyId, SupplierId, Timestamp};

/// After how many lines a transaction takes no further supplier, and of how many lines a very long
/// invoice takes a stretch, so that it holds the one writer of SQLite only for
/// some ten milliseconds and intake goes on beside it.
const LINES_A_SLICE: i64 = 1000;
/// How many suppliers with few lines share a transaction.
const SUPPLIERS_A_SLICE: usize = 10;

/// Where a run stands in its list of suppliers.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// How many suppliers of the list are dealt with.
    pub(super) taken: usize,
    /// How far the next supplier's deliveries are gathered, when that takes several transactions.
    pub(super) after: Option<Timestamp>,
    /// The suppliers whose totals are above the safety bound.
    pub(super) unusual: Vec<(SupplierId, Money)>,
    /// The run is no longer running: somebody else finished or parked it.
    pub(super) stopped: bool,
}

/// What became of a supplier in a slice.
pub(super) enum Step {
    Invoiced(Totals),
    More(Timestamp),
    Nothing,
    Unusual(Money),
}

#[derive(Default)]
pub(super) struct Totals {
    invoices: i64,
    lines: i64,
    total_minor: i64,
}

/// Bills the suppliers of `queue` from `progress` on, as many as a transaction should.
pub(super) fn run(
    tx: &mut Tx<'_>,
    policies: &Policies,
    id: BillingRunId,
    seller: &Seller,
    queue: &[SupplierId],
    progress: &Progress,
) -> ApiResult<Progress> {
    let mut progress = progress.clone();
    // The lock on the run's row lets any number of runners take turns.
    let Some(run) = store::lock(tx, id, BillingRunStatus::Running)? else {
        return Ok(Progress {
            stopped: true,
            ..progress
        });
    };
    let (mut done, mut gathered) = (Totals::default(), 0);
    for _ in 0..SUPPLIERS_A_SLICE {
        let Some(supplier) = queue.get(progress.taken).copied() else {
            break;
        };
        let step = bill(tx, policies, &run, seller, supplier, progress.after)?;
        progress.after = None;
        match step {
            Step::More(after) => {
                progress.after = Some(after);
                break;
            }
            Step::Invoiced(totals) => {
                done.invoices += totals.invoices;
                done.lines += totals.lines;
                done.total_minor += totals.total_minor;
                gathered += totals.lines;
            }
            Step::Unusual(total) => progress.unusual.push((supplier, total)),
            Step::Nothing => {}
        }
        progress.taken += 1;
        if gathered >= LINES_A_SLICE {
            break;
        }
    }
    let left = i64::try_from(queue.len() - progress.taken).unwrap_or(i64::MAX);
    let change = RunChange {
        suppliers_done: Some((run.suppliers_total - left).max(run.suppliers_done)),
        invoices: Some(run.invoices + done.invoices),
        lines: Some(run.lines + done.lines),
        total_minor: Some(
            run.total_minor
                .checked_add(done.total_minor)
                .ok_or(tradepost_contract::MoneyError::Overflow)?,
        ),
        ..RunChange::default()
    };
    store::change(tx, id, &change)?;
    Ok(progress)
}

/// Gathers and finalises the invoice of one supplier, or one stretch of it.
pub(super) fn bill(
    tx: &mut Tx<'_>,
    policies: &Policies,
    run: &RunRow,
    seller: &Seller,
    supplier: SupplierId,
    after: Option<Timestamp>,
) -> ApiResult<Step> {
    let run_at = run.started_at.unwrap_or_else(|| tx.business_now());
    let from = after.unwrap_or(Timestamp::from_micros(i64::MIN));
    let groups = lines::groups(tx, run, run_at, supplier, from)?;
    let mut plan = Plan::default();
    for group in &groups {
        plan.add(tx, policies, seller, group)?;
    }
    let draft = match &plan.latest {
        Some((_, policy)) => {
            let (_, net, tax) = expected_sums(&plan.counts, Money::zero(seller.currency))?;
            let total = net.plus(tax)?;
            if after.is_none() && !run.accept_unusual {
                let recent = store::recent_totals(tx, run.programme_id, supplier)?;
                if is_unusual(total, &recent) {
                    return Ok(Step::Unusual(total));
                }
            }
            let buyer = store::buyer(tx, supplier)?;
            let terms = policies.get(tx, *policy)?;
            lines::open_draft(tx, run, seller, supplier, &buyer, &terms.tax)?
        }
        // Nothing to bill any more, but a run that died may have left a draft.
        None => lines::find_draft(tx, run, supplier)?,
    };
    let Some((invoice, last)) = draft else {
        return Ok(Step::Nothing);
    };

    let cut = lines::slice_end(tx, run, supplier, from, LINES_A_SLICE)?;
    if plan.latest.is_some() {
        let until = cut.unwrap_or(Timestamp::from_micros(run.period_end_at.as_micros() - 1));
        let stretch = Stretch {
            programme: run.programme_id,
            supplier,
            after: from,
            until,
        };
        let taken = lines::take_deliveries(tx, stretch, invoice, run_at, &plan.all, &plan.settled)?;
        let written = lines::insert_lines(tx, stretch, invoice, last, &plan.taxes)?;
        if taken != written {
            // Kill Bill's bound: a line for each delivery taken, and no other (F8).
            let why = format!("{taken} deliveries of {supplier} made {written} lines");
            return Err(ApiError::conflict(why));
        }
    }
    if let Some(until) = cut {
        return Ok(Step::More(until));
    }
    finalise(tx, policies, run, seller, supplier, invoice, &plan)
}

/// What a run is about to do with a supplier's deliveries.
#[derive(Default)]
struct Plan {
    /// Policies whose deliveries are billed whatever their window.
    all: Vec<ResolvedPolicyId>,
    /// Policies whose deliveries are billed once nothing can come back.
    settled: Vec<ResolvedPolicyId>,
    /// The tax at each policy and price.
    taxes: Vec<(ResolvedPolicyId, i64, i64)>,
    /// How many deliveries are billed at which price and tax.
    counts: Vec<(i64, Money, Money)>,
    /// The latest delivery to be billed, whose policy gives the invoice its terms.
    latest: Option<(Timestamp, ResolvedPolicyId)>,
}

impl Plan {
    fn add(&mut self, tx: &mut Tx<'_>, policies: &Policies, seller: &Seller, group: &Group) -> ApiResult<()> {
        if group.currency != seller.currency {
            let why = format!(
                "{} has deliveries in {}, not in {}",
                group.supplier_id, group.currency, seller.currency
            );
            return Err(ApiError::conflict(why));
        }
        let id = group.policy_id;
        let policy = policies.get(tx, id)?;
        if fate(&policy.billing, group.may_come_back()) != Fate::Billed {
            return Ok(());
        }
        let side = if fate(&policy.billing, true) == Fate::Billed {
            &mut self.all
        } else {
            &mut self.settled
        };
        if !side.contains(&id) {
            side.push(id);
        }
        let tax = line_tax(group.price(), policy.tax.rate)?;
        if !self
            .taxes
            .iter()
            .any(|(policy, price, _)| *policy == id && *price == group.price_minor)
        {
            self.taxes.push((id, group.price_minor, tax.minor));
        }
        self.counts.push((group.deliveries, group.price(), tax));
        if self.latest.is_none_or(|(at, _)| at < group.latest_at) {
            self.latest = Some((group.latest_at, id));
        }
        Ok(())
    }
}

/// Gives a draft its number, totals and dates, and tells everybody.
fn finalise(
    tx: &mut Tx<'_>,
    policies: &Policies,
    run: &RunRow,
    seller: &Seller,
    supplier: SupplierId,
    id: InvoiceId,
    plan: &Plan,
) -> ApiResult<Step> {
    let sums = lines::sums(tx, id)?;
    if sums.lines == 0 {
        lines::discard(tx, id)?;
        return Ok(Step::Nothing);
    }
    let money = |minor| Money::new(minor, seller.currency);
    let (net, tax) = (money(sums.net_minor), money(sums.tax_minor));
    let total = net.plus(tax)?;
    let policy_id = match plan.latest {
        Some((_, policy)) => policy,
        None => lines::latest_policy(tx, id)?,
    };
    let policy = policies.get(tx, policy_id)?;
    let issued_at = tx.business_now();
    let due_on = calendar::due_on(&seller.zone, issued_at, policy.billing.terms_days);
    let issued_on = seller.zone.date_of(issued_at);
    let collect_on = calendar::collected_on(&policy.billing.collection_rule, &policy.calendar, issued_on);
    let opened = InvoiceStatus::Draft
        .after(InvoiceAction::Finalise)
        .map_err(ApiError::internal)?;
    // Nobody is asked to pay nothing.
    let status = if total.minor == 0 {
        opened.after(InvoiceAction::Settle).map_err(ApiError::internal)?
    } else {
        opened
    };
    let (sequence, prefix) = lines::take_number(tx, seller)?;
    let number = invoice_number(&prefix, sequence);
    let with = Finalised {
        number: number.clone(),
        sequence,
        status,
        sums,
        total_minor: total.minor,
        issued_at,
        due_on,
        collect_on,
    };
    lines::finalise(tx, id, &with)?;
    ledger::post(
        tx,
        &Entry {
            kind: EntryKind::Invoice,
            reference: number.clone(),
            posted_at: issued_at,
            memo: format!("Invoice {number}"),
            legs: vec![
                (Account::receivable(seller.legal_entity, supplier), total),
                (Account::revenue(seller.legal_entity, run.programme_id), net.negated()?),
                (Account::tax_payable(seller.legal_entity), tax.negated()?),
            ],
        },
    )?;
    let facts = json!({
        "invoice_id": id, "number": number, "billing_run_id": run.id, "starts_on": run.starts_on,
        "ends_before": run.ends_before, "lines": sums.lines, "total": total, "due_on": due_on, "collect_on": collect_on,
    });
    let subject = Subject::of(id).programme(run.programme_id).supplier(supplier);
    events::push(tx, EventKind::InvoiceIssued, subject, &facts)?;
    notifications::record(
        tx,
        NotificationKind::Invoice,
        &id.to_string(),
        run.programme_id,
        Some(supplier),
        &facts,
    )?;
    Ok(Step::Invoiced(Totals {
        invoices: 1,
        lines: sums.lines,
        total_minor: total.minor,
    }))
}

//! One transaction of a run: the invoices of a few suppliers, or a stretch of a very long one.

use super::charges::{Charges, parties};
use super::rules::{Fate, fate, is_unusual};
use super::store::finish::{self, Finalised};
use super::store::lines::{self, Draft, Group, LineTerms, Stretch};
use super::store::{self, RunChange, RunRow, Seller};
use crate::calendar;
use crate::credit_notes::credits;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::rules::invoice_number;
use crate::ledger::{self, Account, Entry, EntryKind};
use crate::notifications;
use crate::policy::Policies;
use crate::tax::rules::{Split, Tax, resolve};
use crate::wallets;
use serde_json::json;
use tradepost_contract::billing_runs::BillingRunStatus;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::{InvoiceAction, InvoiceParty, InvoiceStatus, InvoiceTax};
use tradepost_contract::policy::TaxPrices;
use tradepost_contract::{BillingRunId, Money, ResolvedPolicyId, SupplierId, Timestamp};

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
    let from = match after {
        Some(after) => after,
        None => Timestamp::from_micros(lines::oldest_open(tx, run.programme_id)?.as_micros() - 1),
    };
    let groups = lines::groups(tx, run, run_at, supplier, from)?;
    let mut plan = Plan::default();
    let mut buyer = None;
    for group in &groups {
        let buyer = match &mut buyer {
            Some(buyer) => buyer,
            none => none.insert(store::buyer(tx, supplier)?),
        };
        plan.add(tx, policies, seller, buyer, group)?;
    }
    let draft = match (&plan.latest, &buyer) {
        (Some(_), Some(buyer)) => {
            let total = plan.charges.sums(Money::zero(seller.currency))?.total;
            if after.is_none() && !run.accept_unusual {
                let recent = store::recent_totals(tx, run.programme_id, supplier)?;
                if is_unusual(total, &recent) {
                    return Ok(Step::Unusual(total));
                }
            }
            lines::open_draft(tx, run, seller, supplier, buyer)?
        }
        // Nothing to bill any more, but a run that died may have left a draft.
        (None, _) | (_, None) => lines::find_draft(tx, run, supplier)?,
    };
    let Some(mut draft) = draft else {
        return Ok(Step::Nothing);
    };

    // What was just counted says whether there can be a cut at all.
    let open: i64 = groups.iter().map(|group| group.deliveries).sum();
    let cut = if open > LINES_A_SLICE {
        lines::slice_end(tx, run, supplier, from, LINES_A_SLICE)?
    } else {
        None
    };
    if plan.latest.is_some() {
        let until = cut.unwrap_or(Timestamp::from_micros(run.period_end_at.as_micros() - 1));
        let stretch = Stretch {
            programme: run.programme_id,
            supplier,
            after: from,
            until,
        };
        let terms = plan.terms_in(tx, &mut draft, seller)?;
        let taken = lines::take_deliveries(tx, stretch, draft.id, run_at, &plan.all, &plan.settled)?;
        let written = lines::insert_lines(tx, stretch, draft.id, draft.last, &terms)?;
        if taken != written {
            // Kill Bill's bound: a line for each delivery taken, and no other (F8).
            let why = format!("{taken} deliveries of {supplier} made {written} lines");
            return Err(ApiError::conflict(why));
        }
    }
    if let Some(until) = cut {
        return Ok(Step::More(until));
    }
    finalise(tx, policies, run, seller, supplier, &draft, &plan)
}

/// What a run is about to do with a supplier's deliveries.
#[derive(Default)]
struct Plan {
    /// Policies whose deliveries are billed whatever their window.
    all: Vec<ResolvedPolicyId>,
    /// Policies whose deliveries are billed once nothing can come back.
    settled: Vec<ResolvedPolicyId>,
    /// What is billed, by tax and price.
    charges: Charges,
    /// Which of these taxes a policy and price has, and what its lines are written with.
    terms: Vec<(ResolvedPolicyId, i64, usize, Split)>,
    /// The latest delivery to be billed, whose policy gives the invoice its terms.
    latest: Option<(Timestamp, ResolvedPolicyId)>,
}

impl Plan {
    fn add(
        &mut self,
        tx: &mut Tx<'_>,
        policies: &Policies,
        seller: &Seller,
        buyer: &InvoiceParty,
        group: &Group,
    ) -> ApiResult<()> {
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
        let facts = parties(&seller.party, &buyer.country, buyer.tax_id.is_some());
        let tax = resolve(&policy.tax, facts);
        let line = tax.on_line(group.price())?;
        let at = self.charges.add(tax, group.price(), group.deliveries);
        if !self
            .terms
            .iter()
            .any(|(policy, price, ..)| *policy == id && *price == group.price_minor)
        {
            self.terms.push((id, group.price_minor, at, line));
        }
        if self.latest.is_none_or(|(at, _)| at < group.latest_at) {
            self.latest = Some((group.latest_at, id));
        }
        Ok(())
    }

    /// What lines are written with in a draft, which learns of the taxes that are new to it.
    fn terms_in(&self, tx: &mut Tx<'_>, draft: &mut Draft, seller: &Seller) -> ApiResult<Vec<LineTerms>> {
        let before = draft.taxes.len();
        let mut places = Vec::new();
        for tax in self.charges.taxes() {
            let place = match draft.taxes.iter().position(|known| Tax::from(known) == *tax) {
                Some(place) => place,
                None => {
                    let zero = Money::zero(seller.currency);
                    draft
                        .taxes
                        .push(tax.clone().on_invoice(0, Split { net: zero, tax: zero }));
                    draft.taxes.len() - 1
                }
            };
            places.push(i64::try_from(place).map_err(ApiError::internal)?);
        }
        if draft.taxes.len() > before {
            lines::save_taxes(tx, draft.id, &draft.taxes)?;
        }
        let terms = self.terms.iter().map(|(policy, price_minor, at, line)| LineTerms {
            policy: *policy,
            price_minor: *price_minor,
            tax_position: places[*at],
            net_minor: line.net.minor,
            tax_minor: line.tax.minor,
        });
        Ok(terms.collect())
    }
}

/// The lines of a draft and their taxes, as they become final: where a rate is rounded as a whole, its
/// lines first get the units that they are short of.
fn settle_taxes(tx: &mut Tx<'_>, draft: &Draft, seller: &Seller) -> ApiResult<(i64, Vec<InvoiceTax>)> {
    let alike = finish::alike(tx, draft.id)?;
    let mut all_lines = 0;
    let mut taxes = Vec::with_capacity(draft.taxes.len());
    for (place, known) in draft.taxes.iter().enumerate() {
        let tax = Tax::from(known);
        let these: Vec<_> = alike
            .iter()
            .filter(|lines| usize::try_from(lines.tax_position) == Ok(place))
            .collect();
        let mut prices = Vec::with_capacity(these.len());
        for lines in &these {
            let line = Split {
                net: Money::new(lines.net_minor, seller.currency),
                tax: Money::new(lines.tax_minor, seller.currency),
            };
            prices.push((tax.price_of(line)?, lines.lines));
        }
        for (these, more) in these.iter().zip(tax.shares(&prices)?) {
            if more > 0 {
                finish::add_unit(tx, draft.id, these, more, tax.prices == TaxPrices::Inclusive)?;
            }
        }
        let lines = these.iter().map(|lines| lines.lines).sum();
        let sums = tax.sums(&prices, Money::zero(seller.currency))?;
        all_lines += lines;
        taxes.push(tax.on_invoice(lines, sums));
    }
    Ok((all_lines, taxes))
}

/// Gives a draft its number, totals and dates, and tells everybody.
fn finalise(
    tx: &mut Tx<'_>,
    policies: &Policies,
    run: &RunRow,
    seller: &Seller,
    supplier: SupplierId,
    draft: &Draft,
    plan: &Plan,
) -> ApiResult<Step> {
    let id = draft.id;
    let (line_count, taxes) = settle_taxes(tx, draft, seller)?;
    if line_count == 0 {
        lines::discard(tx, id)?;
        return Ok(Step::Nothing);
    }
    let zero = Money::zero(seller.currency);
    let (mut net, mut tax) = (zero, zero);
    for one in &taxes {
        net = net.plus(one.net)?;
        tax = tax.plus(one.tax)?;
    }
    let total = net.plus(tax)?;
    let policy_id = match plan.latest {
        Some((_, policy)) => policy,
        None => lines::latest_policy(tx, id)?,
    };
    let policy = policies.get(tx, policy_id)?;
    let issued_at = tx.business_now();
    let due_on = calendar::due_on(&seller.zone, issued_at, policy.billing.terms_days);
    let issued_on = seller.zone.date_of(issued_at);
    let collect_on = calendar::collected_on(
        &policy.billing.collection_rule,
        &policy.calendar,
        run.ends_before,
        issued_on,
    );
    let (sequence, prefix) = lines::take_number(tx, seller)?;
    let number = invoice_number(&prefix, sequence);
    let credit = credits::use_up(tx, seller.legal_entity, supplier, id, total)?;
    let opened = InvoiceStatus::Draft
        .after(InvoiceAction::Finalise)
        .map_err(ApiError::internal)?;
    // Nobody is asked to pay nothing.
    let status = if total == credit {
        opened.after(InvoiceAction::Settle).map_err(ApiError::internal)?
    } else {
        opened
    };
    let with = Finalised {
        number: number.clone(),
        sequence,
        status,
        lines: line_count,
        taxes,
        net_minor: net.minor,
        tax_minor: tax.minor,
        total_minor: total.minor,
        credit_applied_minor: credit.minor,
        issued_at,
        due_on,
        collect_on,
    };
    finish::finalise(tx, id, &with)?;
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
    let prepaid = wallets::money::settle(tx, supplier, id)?;
    let facts = json!({
        "invoice_id": id, "number": number, "billing_run_id": run.id, "starts_on": run.starts_on,
        "ends_before": run.ends_before, "lines": line_count, "total": total, "credit_applied": credit, "prepaid": prepaid,
        "due_on": due_on, "collect_on": collect_on,
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
        lines: line_count,
        total_minor: total.minor,
    }))
}

//! Selling a lead: from a checked enquiry to deliveries, in the transaction of the intake.
//!
//! 1. **Candidates** are the product's standing orders that reach the lead's place, from the market
//!    snapshot (`market/`). A person who contacted one business is that business's lead alone (R101,
//!    R103), wherever the person lives and whatever the hour.
//! 2. **Eligibility** (`eligibility.rs`, pure): each refusal has its reason.
//! 3. **Ranking** (`ranking.rs`, pure): orders with a replacement owed first, then by priority, then as
//!    the policy says; ties go to whoever has waited longest and then to the older order.
//! 4. **Sale** (`sale.rs`): at most as many orders as the lead has places, decided by guarded updates on
//!    the lead, the orders and their counters, locked in that order and the orders by id, so that two
//!    sales never wait for each other in a circle. An order whose guard refuses loses its attempt, and
//!    the next one is tried.
//! 5. **Trace** (`trace.rs`): one row an attempt says who got the lead and why the others did not.
//!
//! Rules worth knowing:
//! - `leads.sold` is never lowered: a returned lead is not sold again, the supplier gets another.
//! - A replacement that is owed (R44) goes out at price 0 with billing state `free`. It does not count
//!   against the order's quantity (the bad lead counted already), so a filled order still takes it; it
//!   does count against the caps, which say how many leads the supplier can work in a day (R54).
//! - Schedules and caps go by the programme's clock and calendar; weeks begin on Monday.
//! - In programmes where the daily ceiling is a percentage of the quantity, batch products have none (R55).

mod caps;
mod eligibility;
#[cfg(test)]
mod fixtures;
mod http;
mod keep;
mod kept_trace;
mod missed;
mod missed_store;
mod ranking;
mod sale;
mod store;
mod trace;
mod trace_store;

pub(crate) use trace_store::attempts;

use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::geography::CoverageKeys;
use crate::market::{ProductOrders, Snapshot};
use crate::routes::Routes;
use eligibility::{Buyers, Occasion};
use keep::Counter;
use ranking::Contender;
use sale::{Sale, Verdict};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use store::Owed;
use tradepost_contract::leads::{LeadConsent, LeadSale, LeadStatus, RefusalReason, TraceAttempt, TraceEntry};
use tradepost_contract::policy::{ConsentPolicy, DuplicateAction, SellingMode};
use tradepost_contract::{BusinessId, LeadId, LeadProductId, OrderId, ProgrammeId, Timestamp};

pub(crate) fn routes(config: &mut Routes<'_>) {
    config.service(http::list_missed_leads);
}

/// What selling needs to know of a lead whose row is there.
#[derive(Debug, Clone)]
pub(crate) struct LeadToSell {
    /// The lead.
    pub(crate) id: LeadId,
    /// The programme it came in for.
    pub(crate) programme_id: ProgrammeId,
    /// What it is sold as.
    pub(crate) product_id: LeadProductId,
    /// Only an available or partly sold lead is offered; others have no candidates (R99).
    pub(crate) status: LeadStatus,
    /// Buyers so far.
    pub(crate) sold: i32,
    /// Buyers at most.
    pub(crate) max_buyers: i32,
    /// Where the work is wanted.
    pub(crate) place: CoverageKeys,
    /// The business that the person contacted itself (R103); nobody else is offered the lead.
    pub(crate) contacted_business: Option<BusinessId>,
    /// The same person's earlier lead, if there is one: its buyers are not sold the enquiry twice.
    pub(crate) duplicate_of: Option<LeadId>,
    /// Who may buy it by the person's consent, where the policy goes by it; empty where anybody may.
    pub(crate) named: Vec<String>,
}

/// Who may buy a lead by its consent: empty where the policy does not go by it, or the consent names nobody.
pub(crate) fn named(policy: &ConsentPolicy, consent: Option<&LeadConsent>) -> Vec<String> {
    match consent {
        Some(consent) if policy.named_recipients_only => consent.recipients.clone(),
        Some(_) | None => Vec::new(),
    }
}

/// What became of an attempt to sell a lead.
#[derive(Debug, Clone)]
pub(crate) struct SaleResult {
    /// Where the lead stands now.
    pub(crate) status: LeadStatus,
    /// The new buyers, by place.
    pub(crate) sold_to: Vec<LeadSale>,
    /// The attempt, as it was kept: who got the lead, and why the others did not.
    pub(crate) attempt: TraceAttempt,
}

/// Offers a lead whose row is there to the market and sells it to as many as may have it. The caller has the
/// snapshot from `SharedMarket::fresh` in this transaction.
pub(crate) fn offer(tx: &mut Tx<'_>, market: &Snapshot, lead: &LeadToSell) -> ApiResult<SaleResult> {
    let Some(at) = counter(market, lead) else {
        return Ok(not_offered(tx, lead));
    };
    let Some((sold, most)) = store::lock_lead(tx, lead.id)? else {
        return Ok(not_offered(tx, lead));
    };
    let attempt = trace_store::next_attempt(tx, lead.id)?;
    let Some(listed) = market.orders(at.product.id) else {
        return nobody_buys(tx, lead, attempt);
    };
    let found = seek(tx, at, listed, (sold, most))?;
    let status = found.status()?;
    if found.taken() > 0 {
        keep::count_buyers(tx, at, (sold, sold + found.taken()), status)?;
    }
    settle(tx, found, status, attempt)
}

/// Offers a lead whose row is not written yet, so that it is written once, as it stands after the sale: `insert` is
/// told where that is and how many bought, and runs before anything that refers to the lead.
pub(crate) fn offer_new(
    tx: &mut Tx<'_>,
    market: &Snapshot,
    lead: &LeadToSell,
    insert: impl FnOnce(&mut Tx<'_>, LeadStatus, i32) -> ApiResult<()>,
) -> ApiResult<SaleResult> {
    const FIRST_ATTEMPT: i32 = 1;
    let places = (lead.sold, lead.max_buyers);
    let Some(at) = counter(market, lead).filter(|_| places.0 < places.1) else {
        insert(tx, lead.status, lead.sold)?;
        return Ok(not_offered(tx, lead));
    };
    let Some(listed) = market.orders(at.product.id) else {
        insert(tx, lead.status, lead.sold)?;
        return nobody_buys(tx, lead, FIRST_ATTEMPT);
    };
    let found = seek(tx, at, listed, places)?;
    let status = found.status()?;
    insert(tx, status, lead.sold + found.taken())?;
    settle(tx, found, status, FIRST_ATTEMPT)
}

/// Where the lead is sold; nowhere where it is not for sale.
fn counter<'a>(market: &'a Snapshot, lead: &'a LeadToSell) -> Option<Counter<'a>> {
    let at = Counter {
        market,
        programme: market.programme(lead.programme_id)?,
        product: market.product(lead.product_id)?,
        lead,
    };
    let for_sale = matches!(lead.status, LeadStatus::Available | LeadStatus::PartlySold);
    (for_sale && at.product.policy.distribution.mode != SellingMode::OwnLeads).then_some(at)
}

fn nobody_buys(tx: &mut Tx<'_>, lead: &LeadToSell, attempt: i32) -> ApiResult<SaleResult> {
    let attempt = keep_attempt(tx, lead, attempt, Vec::new(), 0)?;
    Ok(SaleResult {
        status: lead.status,
        sold_to: Vec::new(),
        attempt,
    })
}

/// Who takes a lead, and who does not: counted against the orders, and nothing of it kept yet.
struct Found<'a> {
    at: Counter<'a>,
    listed: &'a ProductOrders,
    reached: Vec<usize>,
    refused: Vec<Refused>,
    sale: Sale<'a>,
    /// Buyers before, and at most.
    places: (i32, i32),
}

impl Found<'_> {
    /// How many take it.
    fn taken(&self) -> i32 {
        let taken = self
            .sale
            .verdicts
            .iter()
            .filter(|verdict| matches!(verdict, Verdict::Taken(_)));
        i32::try_from(taken.count()).unwrap_or(i32::MAX)
    }

    /// Where that puts the lead.
    fn status(&self) -> ApiResult<LeadStatus> {
        let (before, most) = self.places;
        keep::status_after(self.at.lead.status, before, self.taken(), most)
    }
}

/// Asks the orders in reach, best first, until the lead's places are taken.
fn seek<'a>(
    tx: &mut Tx<'_>,
    at: Counter<'a>,
    listed: &'a ProductOrders,
    (sold, most): (i32, i32),
) -> ApiResult<Found<'a>> {
    let reached = reached(listed, at.lead, tx.business_now());
    let owed = store::owed(tx, at.product.id, reached.iter().map(|index| listed.all[*index].id))?;
    let (contenders, refused) = candidates(tx, at, sold, listed, &reached, &owed)?;
    let periods = caps::periods(&at.programme.zone, tx.business_now());
    let mut sale = Sale::new(at, &listed.all, periods, owed, contenders.0, contenders.1);
    sale.fill(tx, usize::try_from(most - sold).unwrap_or(0))?;
    Ok(Found {
        at,
        listed,
        reached,
        refused,
        sale,
        places: (sold, most),
    })
}

/// Keeps the deliveries, what is told of them, and the attempt.
fn settle(tx: &mut Tx<'_>, found: Found<'_>, status: LeadStatus, attempt: i32) -> ApiResult<SaleResult> {
    let Found {
        at,
        listed,
        reached,
        refused,
        sale,
        places: (sold, most),
    } = found;
    let mut sold_to = Vec::new();
    let mut entries = Vec::new();
    for rank in 0..sale.contenders.len() {
        if let Verdict::Taken(taken) = &sale.verdicts[rank] {
            let slot = sold + 1 + i32::try_from(sold_to.len()).map_err(ApiError::internal)?;
            let made = keep::delivery(tx, at, sale.order(rank), taken, slot)?;
            entries.push(trace::sold(
                sale.order(rank),
                rank,
                made.delivery_id,
                made.price,
                made.replacement,
            ));
            sold_to.push(made);
        }
    }
    if !sold_to.is_empty() {
        keep::say_sold(tx, at, (status, sold, most), &sold_to)?;
    }
    let more = trace_the_others(&sale, &refused, listed, &reached, at.lead, &mut entries);
    let attempt = keep_attempt(tx, at.lead, attempt, entries, more)?;
    Ok(SaleResult {
        status,
        sold_to,
        attempt,
    })
}

/// A lead that is not for sale has no candidates, and nothing is kept of the attempt.
fn not_offered(tx: &Tx<'_>, lead: &LeadToSell) -> SaleResult {
    let attempt = TraceAttempt {
        attempt: 0,
        traced_at: tx.business_now(),
        candidates: Vec::new(),
        more_candidates: 0,
    };
    SaleResult {
        status: lead.status,
        sold_to: Vec::new(),
        attempt,
    }
}

/// The orders that come into question, by their place in the product's list.
fn reached(listed: &ProductOrders, lead: &LeadToSell, now: Timestamp) -> Vec<usize> {
    match lead.contacted_business {
        Some(business) => {
            let of_business = |index: &usize| listed.all[*index].business.id == business;
            (0..listed.all.len()).filter(of_business).collect()
        }
        None => listed.coverage.reach(&lead.place, now),
    }
}

/// An order that cannot have the lead: its place in the list, and why.
type Refused = (usize, RefusalReason);

/// Who has the lead already and who competes for it, and who is out of the running.
type Candidates = ((Buyers, Vec<Contender>), Vec<Refused>);

/// Divides the orders in reach into those that may have the lead, ranked, and those that may not.
fn candidates(
    tx: &mut Tx<'_>,
    at: Counter<'_>,
    sold: i32,
    listed: &ProductOrders,
    reached: &[usize],
    owed: &HashMap<OrderId, Owed>,
) -> ApiResult<Candidates> {
    let mut buyers = Buyers::default();
    if sold > 0 {
        for (supplier, association) in store::buyers(tx, at.lead.id)? {
            buyers.add(supplier, association);
        }
    }
    let policy = &at.product.policy;
    let mut earlier_buyers = HashSet::new();
    if let Some(earlier) = at.lead.duplicate_of
        && policy.intake.duplicate != DuplicateAction::NewLead
    {
        earlier_buyers.extend(store::buyers(tx, earlier)?.into_iter().map(|(supplier, _)| supplier));
    }
    let (now, wall) = (tx.business_now(), tx.wall_now());
    let named: Vec<String> = at.lead.named.iter().map(|name| eligibility::plain(name)).collect();
    let occasion = Occasion {
        now,
        local: at.programme.zone.local(now),
        mode: policy.distribution.mode,
        distinct_by: policy.distribution.distinct_by,
        contacted: at.lead.contacted_business,
        buyers: &buyers,
        earlier_buyers: &earlier_buyers,
        named: &named,
    };
    let (mut contenders, mut refused) = (Vec::with_capacity(reached.len()), Vec::new());
    for &index in reached {
        let order = &listed.all[index];
        let owed = owed.contains_key(&order.id);
        let refusal = eligibility::refusal(order, true, owed, &occasion).or_else(|| {
            order
                .spent(occasion.local.date, wall)
                // A replacement goes out whatever was ordered and paid for.
                .filter(|reason| !(owed && matches!(reason, RefusalReason::OrderFilled | RefusalReason::NoPackage)))
        });
        match refusal {
            Some(reason) => refused.push((index, reason)),
            None => contenders.push(Contender {
                index,
                order: order.id,
                owed,
                priority: order.priority,
                price_minor: order.price_minor,
                weight: order.weight,
                sold: order.sold.load(Ordering::Relaxed),
                days: now.since(order.starts_at).whole_days() + 1,
                last_delivery: order.last_delivery.load(Ordering::Relaxed),
            }),
        }
    }
    ranking::rank(policy.distribution.ranking, &mut contenders);
    Ok(((buyers, contenders), refused))
}

/// Adds the candidates that did not get the lead, as far as there is room; gives how many had none.
fn trace_the_others(
    sale: &Sale<'_>,
    refused: &[Refused],
    listed: &ProductOrders,
    reached: &[usize],
    lead: &LeadToSell,
    entries: &mut Vec<TraceEntry>,
) -> i32 {
    let sold = entries.len();
    let mut others = 0;
    let mut add = |entries: &mut Vec<TraceEntry>, entry: &dyn Fn() -> TraceEntry| {
        others += 1;
        if entries.len() < trace::LISTED {
            entries.push(entry());
        }
    };
    for (rank, verdict) in sale.verdicts.iter().enumerate() {
        let order = sale.order(rank);
        match verdict {
            Verdict::Taken(_) => {}
            Verdict::Refused(reason, figures) => {
                add(entries, &|| trace::refused(order, Some(rank), *reason, Some(figures)));
            }
            Verdict::NotAsked => add(entries, &|| {
                let kind = sale.product.policy.distribution.distinct_by;
                let reason = sale.buyers.refuse(order, kind).unwrap_or(RefusalReason::Outranked);
                trace::refused(order, Some(rank), reason, None)
            }),
        }
    }
    for (index, reason) in refused {
        add(entries, &|| trace::refused(&listed.all[*index], None, *reason, None));
    }
    let reason = match lead.contacted_business {
        Some(_) => RefusalReason::OtherBusiness,
        None => RefusalReason::OutsideCoverage,
    };
    let beyond = (0..listed.all.len()).filter(|index| reached.binary_search(index).is_err());
    for index in beyond.take(trace::BEYOND_LISTED) {
        add(entries, &|| trace::refused(&listed.all[index], None, reason, None));
    }
    let unlisted_beyond = listed.all.len().saturating_sub(reached.len() + trace::BEYOND_LISTED);
    i32::try_from(others + unlisted_beyond + sold - entries.len()).unwrap_or(i32::MAX)
}

fn keep_attempt(
    tx: &mut Tx<'_>,
    lead: &LeadToSell,
    attempt: i32,
    candidates: Vec<TraceEntry>,
    more: i32,
) -> ApiResult<TraceAttempt> {
    let attempt = TraceAttempt {
        attempt,
        traced_at: tx.business_now(),
        candidates,
        more_candidates: more,
    };
    trace_store::insert(tx, lead.id, &attempt)?;
    Ok(attempt)
}

#[cfg(test)]
mod tests;

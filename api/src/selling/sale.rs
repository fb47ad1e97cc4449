//! Who of the ranked orders takes the lead: looked at in one statement, decided by guarded updates.

use super::caps::{self, Caps};
use super::eligibility::Buyers;
use super::keep::{self, Counter};
use super::ranking::Contender;
use super::store::{self, Owed, Periods, Terms};
use crate::db::Tx;
use crate::error::ApiResult;
use crate::market::{Product, Room, Spent, StandingOrder};
use crate::packages;
use crate::wallets;
use std::collections::HashMap;
use time::Duration;
use tradepost_contract::leads::RefusalReason;
use tradepost_contract::{DeliveryId, Money, OrderId};

/// What became of a contender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was not asked: the places were gone, or another order of its kind got one.
    NotAsked,
    /// It takes no lead now; the text has the figures that say so.
    Refused(RefusalReason, String),
    /// It has the lead.
    Taken(Taken),
}

/// What a guarded update gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// The id that the delivery will have.
    pub(super) delivery: DeliveryId,
    /// The order's terms at that moment.
    pub(super) terms: Terms,
    /// The debt that it settles.
    pub(super) owed: Option<Owed>,
    /// The package that it is a lead of.
    pub(super) package: Option<packages::Taken>,
}

impl Taken {
    /// What the lead costs when it is invoiced.
    pub(super) const fn price_minor(&self) -> i64 {
        match (self.owed, self.package) {
            (Some(_), _) => 0,
            (None, Some(package)) => package.price_minor,
            (None, None) => self.terms.price_minor,
        }
    }
}

/// The contenders for one lead, best first, and what became of each.
pub(super) struct Sale<'a> {
    pub(super) at: Counter<'a>,
    pub(super) orders: &'a [StandingOrder],
    pub(super) product: &'a Product,
    pub(super) periods: Periods,
    pub(super) owed: HashMap<OrderId, Owed>,
    pub(super) buyers: Buyers,
    pub(super) contenders: Vec<Contender>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) looked_at: Vec<bool>,
    pub(super) look_ahead: usize,
}

/// At first so many more orders are looked at than there are places; then four times as many each time.
/// What was full a moment ago is remembered, so the first look nearly always does.
const FIRST_LOOK_AHEAD: usize = 1;
const LARGEST_LOOK_AHEAD: usize = 400;
/// For so long it is believed that an order that was full is still full.
const SPENT_FOR: Duration = Duration::seconds(30);

impl<'a> Sale<'a> {
    /// A sale that has asked nobody yet.
    pub(super) fn new(
        at: Counter<'a>,
        orders: &'a [StandingOrder],
        periods: Periods,
        owed: HashMap<OrderId, Owed>,
        buyers: Buyers,
        contenders: Vec<Contender>,
    ) -> Self {
        Self {
            at,
            orders,
            product: at.product,
            periods,
            owed,
            buyers,
            verdicts: vec![Verdict::NotAsked; contenders.len()],
            looked_at: vec![false; contenders.len()],
            look_ahead: FIRST_LOOK_AHEAD,
            contenders,
        }
    }

    /// Fills as many of the places as there are contenders for.
    ///
    /// The best ones are asked together, and where one of them cannot take the lead after all, everything
    /// that was asked is undone before others are picked. Orders are thus always locked by rising id, so
    /// that two sales never wait for each other in a circle (F5).
    pub(super) fn fill(&mut self, tx: &mut Tx<'_>, places: usize) -> ApiResult<()> {
        loop {
            let mut picked = self.pick(places);
            if picked.is_empty() {
                return Ok(());
            }
            if self.look(tx, &picked)? {
                continue;
            }
            picked.sort_unstable_by_key(|rank| self.contenders[*rank].order);
            let mut refused = None;
            let taken = tx.attempt(|tx| {
                let mut taken = Vec::with_capacity(picked.len());
                for rank in picked {
                    match self.ask(tx, rank)? {
                        Ok(order) => taken.push((rank, order)),
                        Err(refusal) => {
                            refused = Some((rank, refusal));
                            return Ok(None);
                        }
                    }
                }
                if let Some(rank) = self.take_of_packages(tx, &mut taken)? {
                    refused = Some((rank, (RefusalReason::NoPackage, String::new())));
                    return Ok(None);
                }
                if let Some(rank) = self.charge(tx, &taken)? {
                    refused = Some((rank, (RefusalReason::NoFunds, String::new())));
                    return Ok(None);
                }
                Ok(Some(taken))
            })?;
            for (rank, order) in taken.into_iter().flatten() {
                let buyer = self.order(rank);
                tx.hints_changed();
                buyer.one_less();
                self.buyers.add(buyer.supplier.id, buyer.business.association_id);
                self.verdicts[rank] = Verdict::Taken(order);
            }
            match refused {
                Some((rank, (reason, figures))) => {
                    // What memory said of the others may be as old: all are looked at before the next round.
                    for contender in &self.contenders {
                        let room = Room {
                            day: self.periods.day,
                            left: 0,
                        };
                        self.orders[contender.index].remember_room(room);
                    }
                    if matches!(reason, RefusalReason::NoFunds | RefusalReason::NoPackage) {
                        self.remember_spent(tx, self.order(rank), reason);
                    }
                    self.verdicts[rank] = Verdict::Refused(reason, figures);
                }
                None => return Ok(()),
            }
        }
    }

    /// The order at this rank.
    pub(super) fn order(&self, rank: usize) -> &'a StandingOrder {
        &self.orders[self.contenders[rank].index]
    }

    /// The best contenders that were not asked yet and may have the lead together.
    fn pick(&self, places: usize) -> Vec<usize> {
        let mut picked = Vec::with_capacity(places);
        let mut buyers = self.buyers.clone();
        for rank in 0..self.contenders.len() {
            if picked.len() == places {
                break;
            }
            let order = self.order(rank);
            let waits = self.verdicts[rank] == Verdict::NotAsked;
            if waits
                && buyers
                    .refuse(order, self.product.policy.distribution.distinct_by)
                    .is_none()
            {
                buyers.add(order.supplier.id, order.business.association_id);
                picked.push(rank);
            }
        }
        picked
    }

    /// Looks at the picked orders that have a ceiling, and at some that come next, in one statement.
    /// True where a picked one turned out to be full, so that others must be picked.
    fn look(&mut self, tx: &mut Tx<'_>, picked: &[usize]) -> ApiResult<bool> {
        let day = self.periods.day;
        let unknown =
            |rank: &usize| !self.looked_at[*rank] && self.has_ceiling(*rank) && !self.order(*rank).has_room(day);
        let mut wanted: Vec<usize> = picked.iter().copied().filter(unknown).collect();
        if wanted.is_empty() {
            return Ok(false);
        }
        let after = picked.iter().max().map_or(0, |last| last + 1);
        let next = (after..self.contenders.len()).filter(unknown).take(self.look_ahead);
        wanted.extend(next);
        self.look_ahead = (self.look_ahead * 4).min(LARGEST_LOOK_AHEAD);
        let ids: Vec<OrderId> = wanted.iter().map(|rank| self.contenders[*rank].order).collect();
        let seen = store::glance(tx, &ids, self.periods)?;
        let mut must_pick_again = false;
        for rank in wanted {
            self.looked_at[rank] = true;
            let order = self.order(rank);
            let refusal = match seen.get(&order.id) {
                Some(seen) => {
                    let limits = self.caps_in_memory(order);
                    let left = caps::room(seen, limits);
                    order.remember_room(Room { day, left });
                    caps::refusal(seen, limits, self.contenders[rank].owed)
                }
                None => Some((RefusalReason::LostRace, String::new())),
            };
            if let Some((reason, figures)) = refusal {
                self.remember_spent(tx, order, reason);
                self.verdicts[rank] = Verdict::Refused(reason, figures);
                must_pick_again |= picked.contains(&rank);
            }
        }
        Ok(must_pick_again)
    }

    fn has_ceiling(&self, rank: usize) -> bool {
        let order = self.order(rank);
        order.quantity.is_some() || self.caps_in_memory(order) != Caps::default()
    }

    fn caps_in_memory(&self, order: &StandingOrder) -> Caps {
        self.caps(order.cap_day, order.cap_week, order.cap_month)
    }

    /// R55: where the daily ceiling is a percentage, batch leads are delivered as soon as they are there.
    fn caps(&self, day: Option<i64>, week: Option<i64>, month: Option<i64>) -> Caps {
        let no_daily_ceiling = !self.product.real_time && self.product.policy.distribution.daily_percentage;
        Caps {
            day: day.filter(|_| !no_daily_ceiling),
            week,
            month,
        }
    }

    /// Saves the next leads the question, for a while.
    fn remember_spent(&self, tx: &mut Tx<'_>, order: &StandingOrder, reason: RefusalReason) {
        use RefusalReason as R;
        if !matches!(
            reason,
            R::CapDay | R::CapWeek | R::CapMonth | R::OrderFilled | R::NoFunds | R::NoPackage
        ) {
            return;
        }
        tx.hints_changed();
        if let Ok(mut spent) = order.spent.lock() {
            *spent = Some(Spent {
                reason,
                day: self.periods.day,
                until: tx.wall_now().plus(SPENT_FOR),
            });
        }
    }

    /// Counts the lead against the packages of those who buy so (R117), by rising business, so that two sales never
    /// wait for each other in a circle. Gives the rank of one that has no package that runs.
    fn take_of_packages(&self, tx: &mut Tx<'_>, taken: &mut [(usize, Taken)]) -> ApiResult<Option<usize>> {
        let mut by_business: Vec<_> = taken.iter_mut().filter(|(_, taken)| taken.owed.is_none()).collect();
        by_business.sort_unstable_by_key(|(rank, _)| self.order(*rank).business.id);
        for (rank, taken) in by_business {
            let policy = keep::policy(tx, self.at, taken.terms.resolved_policy_id)?;
            match packages::take_lead(tx, self.order(*rank).business.id, &policy.package)? {
                packages::Offer::Package(package) => taken.package = Some(package),
                packages::Offer::OrderPrice => {}
                packages::Offer::Nothing => return Ok(Some(*rank)),
            }
        }
        Ok(None)
    }

    /// Takes the price of the lead out of the wallets of those who pay in advance, by rising supplier, so that two
    /// sales never wait for each other in a circle. Gives the rank of one that has too little.
    fn charge(&self, tx: &mut Tx<'_>, taken: &[(usize, Taken)]) -> ApiResult<Option<usize>> {
        let pays = |(_, taken): &&(usize, Taken)| taken.terms.prepaid && taken.owed.is_none();
        let mut paying: Vec<_> = taken.iter().filter(pays).collect();
        paying.sort_unstable_by_key(|(rank, _)| self.order(*rank).supplier.id);
        for (rank, taken) in paying {
            let supplier = self.order(*rank).supplier.id;
            let policy = keep::policy(tx, self.at, taken.terms.resolved_policy_id)?;
            let price = Money::new(taken.price_minor(), self.at.programme.currency);
            if !wallets::money::draw(tx, self.at.programme.id, supplier, &policy.tax, taken.delivery, price)? {
                return Ok(Some(*rank));
            }
        }
        Ok(None)
    }

    /// Lets the order take the lead if its row, its counters and its debt allow it at this moment; else
    /// gives why not, and what was counted until then has to be undone.
    fn ask(&self, tx: &mut Tx<'_>, rank: usize) -> ApiResult<Result<Taken, (RefusalReason, String)>> {
        let order = self.order(rank);
        let owed = self.owed.get(&order.id).copied().filter(|_| self.contenders[rank].owed);
        let delivery: DeliveryId = tx.new_id();
        let terms = match owed {
            Some(_) => store::take_order_for_replacement(tx, order.id, delivery)?,
            None => store::take_order(tx, order.id, delivery)?,
        };
        let lost = Err((RefusalReason::LostRace, String::new()));
        let Some(terms) = terms else {
            return Ok(lost);
        };
        let caps = self.caps(terms.cap_day, terms.cap_week, terms.cap_month);
        for (period, starts_on, cap, reason) in caps.ceilings(self.periods) {
            if cap < 1 || !store::count_against_cap(tx, order.id, period, starts_on, cap)? {
                return Ok(Err((reason, format!("{cap} of {cap}"))));
            }
        }
        if let Some(owed) = owed
            && !store::claim_replacement(tx, owed.id)?
        {
            return Ok(lost);
        }
        Ok(Ok(Taken {
            delivery,
            terms,
            owed,
            package: None,
        }))
    }
}

//! Which of the orders that may have a lead come first. Pure, total and the same on every server.

use std::cmp::Ordering;
use tradepost_contract::OrderId;
use tradepost_contract::policy::Ranking;

/// An order that may have the lead, as far as ranking looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contender {
    /// Its place in the product's list.
    pub(super) index: usize,
    /// The order; the older one has the smaller id.
    pub(super) order: OrderId,
    /// Whether a replacement is owed to it (R44).
    pub(super) owed: bool,
    /// Higher goes first.
    pub(super) priority: i32,
    /// What it pays.
    pub(super) price_minor: i64,
    /// Its share.
    pub(super) weight: i32,
    /// Leads it got so far.
    pub(super) sold: i64,
    /// For how many days it has been buying, the first one included.
    pub(super) days: i64,
    /// The id of its newest delivery, 0 for none: ids rise with time, so the smallest waited longest.
    pub(super) last_delivery: i64,
}

/// Puts the contenders into the order in which they are asked: replacements owed, then priority, then
/// the programme's ranking, then whoever waited longest, then the older order.
pub(super) fn rank(ranking: Ranking, contenders: &mut [Contender]) {
    contenders.sort_unstable_by(|a, b| compare(ranking, a, b));
}

fn compare(ranking: Ranking, a: &Contender, b: &Contender) -> Ordering {
    let by_policy = match ranking {
        Ranking::PriorityThenPrice => b.price_minor.cmp(&a.price_minor),
        Ranking::WeightedShare => by_share(a, b),
        Ranking::RoundRobin => Ordering::Equal,
    };
    b.owed
        .cmp(&a.owed)
        .then(b.priority.cmp(&a.priority))
        .then(by_policy)
        .then(a.last_delivery.cmp(&b.last_delivery))
        .then(a.order.cmp(&b.order))
}

/// Who has had less for its weight and its days. Counting by the day lets a new order join with its
/// share at once, rather than have every lead until it has caught up with the old ones.
fn by_share(a: &Contender, b: &Contender) -> Ordering {
    // sold / (weight × days), compared without dividing.
    let entitled = |contender: &Contender| i128::from(contender.weight.max(1)) * i128::from(contender.days.max(1));
    let (left, right) = (i128::from(a.sold) * entitled(b), i128::from(b.sold) * entitled(a));
    left.cmp(&right)
}

#[cfg(test)]
mod tests;

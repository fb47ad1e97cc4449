//! The short form in which an attempt to sell a lead is kept.
//!
//! A trace names up to twenty orders, of which most were simply outranked. Word for word it would be the largest row
//! that a lead has, and every intake would write it twice. So the orders and the reasons are kept, the words and the
//! names of suppliers are put to them when somebody reads it.

use super::trace;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use tradepost_contract::leads::{RefusalReason, TraceAttempt, TraceEntry, TraceVerdict};
use tradepost_contract::{BusinessId, Currency, DeliveryId, Id as _, Money, OrderId, SupplierId, Timestamp};

/// An attempt to sell a lead, as its row has it. Ids are numbers here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptTrace {
    attempt: i32,
    pub(super) traced_at: Timestamp,
    sold: Vec<KeptSale>,
    refused: Vec<KeptRefusals>,
    pub(super) more: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptSale {
    order: i64,
    rank: i32,
    delivery: i64,
    price_minor: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    replacement: bool,
}

/// Candidates that stood one after the other in the list and were refused for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptRefusals {
    reason: RefusalReason,
    /// The figures that decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    figures: String,
    /// The rank of the first of them, from 1; the others follow. Those that could not take the lead have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rank: Option<i32>,
    orders: Vec<i64>,
}

impl KeptRefusals {
    /// Whether a candidate with this rank would come next.
    fn goes_on_with(&self, reason: RefusalReason, figures: &str, rank: Option<i32>) -> bool {
        let next = self
            .rank
            .map(|first| first.saturating_add(i32::try_from(self.orders.len()).unwrap_or(i32::MAX)));
        self.reason == reason && self.figures == figures && next == rank
    }
}

/// What a trace says of an order, which never changes, and the name of its supplier, which may.
#[derive(Debug, Clone)]
pub(super) struct OfOrder {
    pub(super) supplier_id: SupplierId,
    pub(super) supplier_name: String,
    pub(super) business_id: BusinessId,
    pub(super) currency: Currency,
}

impl KeptTrace {
    /// The short form of an attempt.
    pub(super) fn of(attempt: &TraceAttempt) -> Self {
        let mut kept = Self {
            attempt: attempt.attempt,
            traced_at: attempt.traced_at,
            sold: Vec::new(),
            refused: Vec::new(),
            more: attempt.more_candidates,
        };
        for entry in &attempt.candidates {
            let order = entry.order_id.as_i64();
            let Some(reason) = entry.reason else {
                kept.sold.push(KeptSale {
                    order,
                    rank: entry.rank.unwrap_or_default(),
                    delivery: entry.delivery_id.map_or(0, |id| id.as_i64()),
                    price_minor: entry.price.map_or(0, |price| price.minor),
                    replacement: entry.explanation == trace::SOLD_AS_REPLACEMENT,
                });
                continue;
            };
            let figures = trace::figures_of(reason, &entry.explanation);
            match kept.refused.last_mut() {
                Some(group) if group.goes_on_with(reason, figures, entry.rank) => group.orders.push(order),
                _ => kept.refused.push(KeptRefusals {
                    reason,
                    figures: figures.to_owned(),
                    rank: entry.rank,
                    orders: vec![order],
                }),
            }
        }
        kept
    }

    /// Every order that it names.
    pub(super) fn orders(&self) -> impl Iterator<Item = OrderId> {
        let sold = self.sold.iter().map(|sale| sale.order);
        let refused = self.refused.iter().flat_map(|group| group.orders.iter().copied());
        sold.chain(refused).map(OrderId::from_i64)
    }

    /// Why an order did not get the lead: the outer nothing where it is not named, the inner where it got it.
    pub(super) fn refusal_of(&self, order: OrderId) -> Option<Option<RefusalReason>> {
        let order = order.as_i64();
        if self.sold.iter().any(|sale| sale.order == order) {
            return Some(None);
        }
        let group = self.refused.iter().find(|group| group.orders.contains(&order))?;
        Some(Some(group.reason))
    }

    /// The attempt in full, with what the orders' rows say. An order that is not there (any more) is left out.
    pub(super) fn in_full(&self, orders: &HashMap<OrderId, OfOrder>) -> TraceAttempt {
        let sold = self.sold.iter().filter_map(|sale| {
            let of = orders.get(&OrderId::from_i64(sale.order))?;
            Some(TraceEntry {
                delivery_id: Some(DeliveryId::from_i64(sale.delivery)),
                price: Some(Money::new(sale.price_minor, of.currency)),
                ..entry(
                    sale.order,
                    of,
                    Some(sale.rank),
                    None,
                    trace::words_of_sale(sale.replacement).to_owned(),
                )
            })
        });
        let refused = self.refused.iter().flat_map(|group| {
            let words = trace::words_of_refusal(group.reason, &group.figures);
            (0..).zip(&group.orders).filter_map(move |(at, order)| {
                let of = orders.get(&OrderId::from_i64(*order))?;
                let rank = group.rank.map(|first| first.saturating_add(at));
                Some(entry(*order, of, rank, Some(group.reason), words.clone()))
            })
        });
        TraceAttempt {
            attempt: self.attempt,
            traced_at: self.traced_at,
            candidates: sold.chain(refused).collect(),
            more_candidates: self.more,
        }
    }
}

fn entry(
    order: i64,
    of: &OfOrder,
    rank: Option<i32>,
    reason: Option<RefusalReason>,
    explanation: String,
) -> TraceEntry {
    TraceEntry {
        order_id: OrderId::from_i64(order),
        supplier_id: of.supplier_id,
        supplier_name: of.supplier_name.clone(),
        business_id: of.business_id,
        rank,
        verdict: if reason.is_some() {
            TraceVerdict::Refused
        } else {
            TraceVerdict::Sold
        },
        reason,
        explanation,
        delivery_id: None,
        price: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_order(number: i64) -> OfOrder {
        OfOrder {
            supplier_id: SupplierId::from_i64(100 + number),
            supplier_name: format!("Supplier {number}"),
            business_id: BusinessId::from_i64(200 + number),
            currency: "USD".parse().unwrap(),
        }
    }

    fn sold(number: i64, rank: i32, replacement: bool) -> TraceEntry {
        let of = of_order(number);
        TraceEntry {
            delivery_id: Some(DeliveryId::from_i64(300 + number)),
            price: Some(Money::new(if replacement { 0 } else { 4_500 }, of.currency)),
            ..entry(
                number,
                &of,
                Some(rank),
                None,
                trace::words_of_sale(replacement).to_owned(),
            )
        }
    }

    fn refused(number: i64, rank: Option<i32>, reason: RefusalReason, figures: &str) -> TraceEntry {
        let words = trace::words_of_refusal(reason, figures);
        entry(number, &of_order(number), rank, Some(reason), words)
    }

    /// Whatever an attempt says, its short form says the same again, in the same order.
    #[test]
    fn what_is_kept_says_all_that_was_found() {
        use RefusalReason as R;
        let mut candidates = vec![sold(1, 1, false), sold(2, 4, true)];
        candidates.push(refused(3, Some(2), R::CapDay, "5 of 5"));
        candidates.push(refused(4, Some(3), R::CapDay, "7 of 7"));
        candidates
            .extend((5..12).map(|number| refused(number, Some(i32::try_from(number).unwrap()), R::Outranked, "")));
        // The same reason, but the ranks have a gap.
        candidates.push(refused(12, Some(20), R::Outranked, ""));
        candidates.push(refused(13, None, R::SupplierPaused, ""));
        candidates.push(refused(14, None, R::OutsideCoverage, ""));
        candidates.push(refused(15, None, R::OutsideCoverage, ""));
        let attempt = TraceAttempt {
            attempt: 2,
            traced_at: Timestamp::from_seconds(1_800_000_000),
            candidates,
            more_candidates: 40,
        };
        let text = serde_json::to_string(&KeptTrace::of(&attempt)).unwrap();
        let kept: KeptTrace = serde_json::from_str(&text).unwrap();
        let orders = kept.orders().map(|id| (id, of_order(id.as_i64()))).collect();
        assert_eq!(kept.in_full(&orders), attempt);
        assert_eq!(kept.refusal_of(OrderId::from_i64(1)), Some(None));
        assert_eq!(kept.refusal_of(OrderId::from_i64(4)), Some(Some(R::CapDay)));
        assert_eq!(kept.refusal_of(OrderId::from_i64(99)), None);
    }

    /// Those who were refused without a rank stand together only where the reason is the same.
    #[test]
    fn a_usual_trace_is_short() {
        let mut candidates: Vec<TraceEntry> = (0..3).map(|number| sold(number, 1, false)).collect();
        let id = 6_000_000_000_000_000_000;
        candidates.extend((3..20).map(|rank| refused(id + i64::from(rank), Some(rank), RefusalReason::Outranked, "")));
        let attempt = TraceAttempt {
            attempt: 1,
            traced_at: Timestamp::from_seconds(0),
            candidates,
            more_candidates: 980,
        };
        let text = serde_json::to_string(&KeptTrace::of(&attempt)).unwrap();
        assert!(text.len() < 700, "{} bytes: {text}", text.len());
    }
}

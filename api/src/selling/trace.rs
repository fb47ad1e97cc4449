//! Why a lead went to whom: what staff read about each candidate.

use crate::market::StandingOrder;
use tradepost_contract::leads::{RefusalReason, TraceEntry, TraceVerdict};
use tradepost_contract::{DeliveryId, Money};

/// So many candidates are kept one by one; the rest are counted.
pub(super) const LISTED: usize = 20;
/// Of orders that never came into question, a few show that there are such.
pub(super) const BEYOND_LISTED: usize = 3;

fn entry(order: &StandingOrder, rank: Option<usize>) -> TraceEntry {
    TraceEntry {
        order_id: order.id,
        supplier_id: order.supplier.id,
        supplier_name: order.supplier.name.clone(),
        business_id: order.business.id,
        rank: rank.map(|rank| i32::try_from(rank + 1).unwrap_or(i32::MAX)),
        verdict: TraceVerdict::Refused,
        reason: None,
        explanation: String::new(),
        delivery_id: None,
        price: None,
    }
}

/// A candidate that got the lead.
pub(super) fn sold(
    order: &StandingOrder,
    rank: usize,
    delivery: DeliveryId,
    price: Money,
    replacement: bool,
) -> TraceEntry {
    TraceEntry {
        verdict: TraceVerdict::Sold,
        explanation: words_of_sale(replacement).to_owned(),
        delivery_id: Some(delivery),
        price: Some(price),
        ..entry(order, Some(rank))
    }
}

/// A candidate that did not; `figures` are the numbers that decided, where there are any.
pub(super) fn refused(
    order: &StandingOrder,
    rank: Option<usize>,
    reason: RefusalReason,
    figures: Option<&str>,
) -> TraceEntry {
    TraceEntry {
        reason: Some(reason),
        explanation: words_of_refusal(reason, figures.unwrap_or_default()),
        ..entry(order, rank)
    }
}

/// What is said of a replacement that was owed.
pub(super) const SOLD_AS_REPLACEMENT: &str = "Sold free of charge: a replacement was owed.";

/// What is said of a candidate that got the lead.
pub(super) const fn words_of_sale(replacement: bool) -> &'static str {
    if replacement { SOLD_AS_REPLACEMENT } else { "Sold." }
}

/// What is said of one that did not.
pub(super) fn words_of_refusal(reason: RefusalReason, figures: &str) -> String {
    let words = explanation(reason);
    if figures.is_empty() {
        format!("{words}.")
    } else {
        format!("{words} ({figures}).")
    }
}

/// The figures in what was said of a refusal.
pub(super) fn figures_of(reason: RefusalReason, said: &str) -> &str {
    said.strip_prefix(explanation(reason))
        .and_then(|rest| rest.strip_prefix(" (")?.strip_suffix(")."))
        .unwrap_or_default()
}

const fn explanation(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::OrderNotStarted => "The order has not begun",
        RefusalReason::OrderEnded => "The order has ended",
        RefusalReason::OrderPaused => "The order is paused",
        RefusalReason::OrderFilled => "The order has all the leads it asked for",
        RefusalReason::OrderCancelled => "The order is cancelled",
        RefusalReason::SupplierOnboarding => "The account is not active yet",
        RefusalReason::SupplierPaused => "The account takes a pause",
        RefusalReason::SupplierSuspended => "The account is suspended",
        RefusalReason::SupplierInNotice => "The account is in its notice period",
        RefusalReason::SupplierClosed => "The account is closed",
        RefusalReason::BusinessClosed => "The business is closed",
        RefusalReason::OutsideCoverage => "The place is outside the order's coverage",
        RefusalReason::OutsideSchedule => "The order takes no leads at this day and hour",
        RefusalReason::CapDay => "The cap of the day is reached",
        RefusalReason::CapWeek => "The cap of the week is reached",
        RefusalReason::CapMonth => "The cap of the month is reached",
        RefusalReason::NoFunds => "The account cannot pay for it",
        RefusalReason::NoPackage => "No package of the business is running",
        RefusalReason::SameSupplier => "The supplier has this lead already",
        RefusalReason::SameAssociation => "A business of the same association has this lead already",
        RefusalReason::OwnDuplicate => "The supplier bought the same person's enquiry before",
        RefusalReason::OtherBusiness => "The person contacted another business",
        RefusalReason::NotNamed => "The person's consent names others",
        RefusalReason::Outranked => "The places went to orders that ranked higher",
        RefusalReason::LostRace => "The order changed at the same moment",
    }
}

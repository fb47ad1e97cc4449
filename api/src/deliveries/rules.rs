//! Until when a delivery may be returned, and what may be done with it now. Pure.

use crate::calendar::{self, Zone};
use tradepost_contract::Timestamp;
use tradepost_contract::deliveries::{BillingAction, BillingState, DeliveryAction, NotReturnableReason};
use tradepost_contract::policy::{DecisionMode, PolicySet, ReturnWindow};

/// When the return window of a delivery closes, fixed when it is made. Where the window lasts until the
/// invoice, it is the instant the invoice is planned for (R114); the invoice itself decides.
pub(crate) fn return_deadline(
    policy: &PolicySet,
    zone: &Zone,
    delivered_at: Timestamp,
    replacement: bool,
) -> Option<Timestamp> {
    if replacement && !policy.replacement.returnable {
        return None;
    }
    match &policy.returns.window {
        ReturnWindow::UntilInvoiced {} => {
            calendar::period_of(&policy.billing.cycle, zone, delivered_at).map(|period| period.due_at)
        }
        window => calendar::window_closes_at(window, zone, delivered_at),
    }
}

/// What decides whether a delivery can be returned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Returning<'a> {
    pub(crate) policy: &'a PolicySet,
    pub(crate) billing_state: BillingState,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) replacement: bool,
    /// Whether there is a return request for it that was not withdrawn.
    pub(crate) requested: bool,
    pub(crate) now: Timestamp,
}

/// Why the delivery cannot be returned or rejected (any more); nothing where it can.
pub(crate) fn not_returnable(delivery: Returning<'_>) -> Option<NotReturnableReason> {
    use NotReturnableReason as N;
    let window = &delivery.policy.returns.window;
    if *window == (ReturnWindow::None {}) {
        return Some(N::ReturnsNotOffered);
    }
    if delivery.replacement && !delivery.policy.replacement.returnable {
        return Some(N::ReplacementNotReturnable);
    }
    match delivery.billing_state {
        BillingState::Rejected => return Some(N::AlreadyRejected),
        BillingState::Returned => return Some(N::AlreadyReturned),
        BillingState::Unbilled | BillingState::ReturnPending | BillingState::Invoiced | BillingState::Free => {}
    }
    if delivery.requested {
        return Some(N::AlreadyRequested);
    }
    if *window == (ReturnWindow::UntilInvoiced {}) {
        return (delivery.billing_state == BillingState::Invoiced).then_some(N::AlreadyInvoiced);
    }
    match delivery.deadline {
        Some(deadline) if delivery.now < deadline => None,
        Some(_) | None => Some(N::WindowClosed),
    }
}

/// What may be done with a delivery by somebody who may work it (`works`) or ask for its return (`returns`).
pub(crate) fn allowed_actions(delivery: Returning<'_>, works: bool, returns: bool) -> Vec<DeliveryAction> {
    let instant = delivery.policy.returns.decision_mode == DecisionMode::Instant;
    let returnable = not_returnable(delivery).is_none();
    let undone = delivery.billing_state.after(BillingAction::UndoRejection).is_ok() && !delivery.requested;
    let possible = [
        (DeliveryAction::Update, works),
        (DeliveryAction::RequestReturn, returns && returnable && !instant),
        (DeliveryAction::Reject, works && returnable && instant),
        (DeliveryAction::UndoRejection, works && undone && instant),
    ];
    possible
        .into_iter()
        .filter(|(_, allowed)| *allowed)
        .map(|(action, _)| action)
        .collect()
}

#[cfg(test)]
mod tests;

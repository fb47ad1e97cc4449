//! Until when a delivery may be returned, and what may be done with it now. Pure.

use crate::calendar::{self, Zone};
use tradepost_contract::deliveries::{
    BillingAction, BillingState, DeliveryAction, NotReturnableReason, UpdateDelivery,
};
use tradepost_contract::policy::{DecisionMode, PolicySet, Remedy, ReturnWindow};
use tradepost_contract::{FieldError, Timestamp};

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
    // What cost nothing can only be answered with another lead, never with money.
    let answered = delivery.policy.replacement.returnable && delivery.policy.returns.remedy == Remedy::Replacement;
    if delivery.replacement && !answered {
        return Some(N::ReplacementNotReturnable);
    }
    match delivery.billing_state {
        BillingState::Rejected => return Some(N::AlreadyRejected),
        BillingState::Returned => return Some(N::AlreadyReturned),
        BillingState::Unbilled
        | BillingState::ReturnPending
        | BillingState::Invoiced
        | BillingState::Free
        | BillingState::Paid => {}
    }
    if delivery.requested {
        return Some(N::AlreadyRequested);
    }
    if *window == (ReturnWindow::UntilInvoiced {}) {
        // What was paid with its order is charged, too.
        let charged = matches!(delivery.billing_state, BillingState::Invoiced | BillingState::Paid);
        return charged.then_some(N::AlreadyInvoiced);
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

/// What is wrong with the notes of a supplier.
pub(crate) fn faults(notes: &UpdateDelivery, longest_note: usize) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if notes.rating.flatten().is_some_and(|rating| !(1..=5).contains(&rating)) {
        faults.push(FieldError::new("/rating", "out_of_range", "Expected 1 to 5."));
    }
    let length = notes
        .note
        .as_ref()
        .and_then(Option::as_ref)
        .map_or(0, |note| note.chars().count());
    if length > longest_note {
        let message = format!("A note has at most {longest_note} characters.");
        faults.push(FieldError::new("/note", "length", message));
    }
    faults
}

#[cfg(test)]
mod tests;

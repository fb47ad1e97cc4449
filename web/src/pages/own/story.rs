//! What a return request's standing means to the supplier, in sentences. Nothing here touches the page.

use tradepost_contract::return_requests::{ReturnAction, ReturnRemedy, ReturnRequest, ReturnStatus};

/// Whether the supplier may do this now: the status allows it, and the server allows this person.
pub(super) fn may(request: &ReturnRequest, action: ReturnAction) -> bool {
    request.status.after(action).is_ok() && request.allowed_actions.contains(&action)
}

/// Whether an appeal is possible now.
pub(super) fn may_appeal(request: &ReturnRequest) -> bool {
    may(request, ReturnAction::Appeal)
}

/// What comes next, in a few words.
pub(super) fn next_word(request: &ReturnRequest) -> &'static str {
    match request.status {
        ReturnStatus::InReview => "Being decided",
        ReturnStatus::Appealed => "Decided anew",
        ReturnStatus::InfoNeeded => "Waits for your answer",
        ReturnStatus::Denied if may_appeal(request) => "You may appeal",
        ReturnStatus::Denied | ReturnStatus::FinalDenied => "Closed",
        ReturnStatus::Approved if request.remedied_at.is_some() => "Done",
        ReturnStatus::Approved => "On its way",
        ReturnStatus::Withdrawn => "Taken back",
    }
}

/// What an approved return gives.
pub(super) const fn remedy(remedy: ReturnRemedy) -> &'static str {
    match remedy {
        ReturnRemedy::CreditNote => "A credit note gives the price back, because the lead was invoiced already.",
        ReturnRemedy::LineDropped => "The lead leaves your next invoice; you never pay for it.",
        ReturnRemedy::Replacement => "You are owed another lead, and it comes free of charge.",
    }
}

/// How long a lead is owed, and which one it is among those of its order.
pub(super) fn waits(days: i64, place: Option<i64>) -> String {
    let since = match days {
        0 => "since today".to_owned(),
        1 => "for a day".to_owned(),
        days => format!("for {days} days"),
    };
    match place {
        None | Some(1) => format!("It is owed {since} and is the next free one of its order."),
        Some(2) => format!("It is owed {since}; one is owed before it."),
        Some(place) => format!("It is owed {since}; {} are owed before it.", place - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::return_requests::ReturnStatus as S;

    fn request(status: S, allowed: &[ReturnAction]) -> ReturnRequest {
        let mut value = serde_json::json!({
            "id": "ret_059ymxg36vzqm", "delivery_id": "del_059yhcghghj4m", "programme_id": "prog_059yh9vnwppsj",
            "supplier_id": "sup_059yh9vqp4xy6", "business_id": "biz_059yh9vtgwepn", "programme_name": "Meridian",
            "supplier_name": "Okafor", "business_name": "Okafor Austin", "product_name": "Phone systems",
            "price": { "amount": 4500, "currency": "USD" }, "status": status,
            "reason": "wrong_number", "reason_label": "Wrong number", "reason_class": "valid", "note": null,
            "channel": "portal", "submitted_at": "2026-11-22T01:57:49Z", "decision_due_at": null, "thread": [],
            "decision": null, "remedy": null, "remedied_at": null, "appealed_at": null, "appeal_until": null,
            "guidelines": { "url": null, "policy_version_id": "pol_059yh9vp29pna" },
            "allowed_actions": [], "version": 1,
        });
        value["allowed_actions"] = serde_json::to_value(allowed).unwrap();
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_button_needs_both_the_status_and_the_server() {
        assert!(may(
            &request(S::InReview, &[ReturnAction::Withdraw]),
            ReturnAction::Withdraw
        ));
        assert!(!may(&request(S::InReview, &[]), ReturnAction::Withdraw));
        assert!(!may(
            &request(S::Approved, &[ReturnAction::Withdraw]),
            ReturnAction::Withdraw
        ));
    }

    #[test]
    fn a_denial_is_closed_once_no_appeal_is_left() {
        assert_eq!(
            next_word(&request(S::Denied, &[ReturnAction::Appeal])),
            "You may appeal"
        );
        assert_eq!(next_word(&request(S::Denied, &[])), "Closed");
        assert_eq!(next_word(&request(S::FinalDenied, &[ReturnAction::Appeal])), "Closed");
    }

    /// R44: how long a lead is owed is said in words.
    #[test]
    fn r44_a_lead_that_is_owed_has_an_age_and_a_place() {
        assert_eq!(
            waits(0, Some(1)),
            "It is owed since today and is the next free one of its order."
        );
        assert_eq!(
            waits(1, None),
            "It is owed for a day and is the next free one of its order."
        );
        assert_eq!(waits(12, Some(3)), "It is owed for 12 days; 2 are owed before it.");
    }
}

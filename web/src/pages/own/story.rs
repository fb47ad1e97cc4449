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
}

//! What becomes of a checked enquiry: pure decisions, no database, no clock.

use tradepost_contract::leads::LeadStatus;
use tradepost_contract::policy::{CheckVerdict, DuplicateAction, IntakeCheck, IntakePolicy};

/// What becomes of an enquiry before anybody is offered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Where it stands.
    pub(crate) status: LeadStatus,
    /// The check that put it there, if one did.
    pub(crate) reason: Option<&'static str>,
}

/// The status that the checks alone give: the strictest verdict wins, and the first check that has it is named.
pub(crate) fn after_checks(policy: &IntakePolicy, findings: &[IntakeCheck]) -> Standing {
    let first_with = |wanted| {
        findings
            .iter()
            .find(|check| policy.verdict(**check) == wanted)
            .map(|check| check.as_str())
    };
    if let Some(reason) = first_with(CheckVerdict::Reject) {
        return Standing {
            status: LeadStatus::Rejected,
            reason: Some(reason),
        };
    }
    match first_with(CheckVerdict::Quarantine) {
        Some(reason) => Standing {
            status: LeadStatus::Quarantined,
            reason: Some(reason),
        },
        None => Standing {
            status: LeadStatus::Available,
            reason: None,
        },
    }
}

/// The status of a lead that repeats an earlier one.
pub(crate) const fn after_duplicate(policy: &IntakePolicy, standing: Standing) -> Standing {
    match (standing.status, policy.duplicate) {
        (LeadStatus::Rejected, _) | (_, DuplicateAction::NewLead) => standing,
        (_, DuplicateAction::Reject) => Standing {
            status: LeadStatus::Duplicate,
            reason: Some("duplicate"),
        },
        (_, DuplicateAction::Flag) => Standing {
            status: LeadStatus::Quarantined,
            reason: Some("duplicate"),
        },
    }
}

/// A customer's own lead is worked, not sold: what would be available is in service (R99).
pub(crate) const fn in_service(standing: Standing) -> Standing {
    match standing.status {
        LeadStatus::Available => Standing {
            status: LeadStatus::InService,
            reason: standing.reason,
        },
        _ => standing,
    }
}

/// How many buyers a lead may have: those of its product within the policy; one where a business
/// was contacted itself (R101); none for a customer's own lead (R99).
pub(crate) fn max_buyers(product: i32, policy: u32, contacted_business: bool, own: bool) -> i32 {
    match (own, contacted_business) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => product.min(i32::try_from(policy).unwrap_or(i32::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tradepost_contract::policy::{ConsentPolicy, VerificationPolicy};

    fn policy(duplicate: DuplicateAction) -> IntakePolicy {
        IntakePolicy {
            required_fields: BTreeMap::new(),
            countries: BTreeMap::new(),
            duplicate,
            duplicate_window_days: 30,
            duplicate_by_phone: true,
            duplicate_by_email: true,
            consent: ConsentPolicy {
                required: false,
                max_age_days: None,
                named_recipients_only: false,
            },
            verification: VerificationPolicy {
                required: false,
                methods: BTreeMap::new(),
            },
            checks: BTreeMap::from([
                (IntakeCheck::PhoneInvalid, CheckVerdict::Quarantine),
                (IntakeCheck::ConsentMissing, CheckVerdict::Reject),
                (IntakeCheck::EmailInvalid, CheckVerdict::Accept),
            ]),
        }
    }

    #[test]
    fn the_strictest_verdict_wins() {
        use IntakeCheck as C;
        let table: [(&[C], LeadStatus, Option<&str>); 5] = [
            (&[], LeadStatus::Available, None),
            (&[C::EmailInvalid], LeadStatus::Available, None),
            (&[C::PostcodeInvalid], LeadStatus::Available, None),
            (
                &[C::EmailInvalid, C::PhoneInvalid],
                LeadStatus::Quarantined,
                Some("phone_invalid"),
            ),
            (
                &[C::PhoneInvalid, C::ConsentMissing],
                LeadStatus::Rejected,
                Some("consent_missing"),
            ),
        ];
        for (findings, status, reason) in table {
            assert_eq!(
                after_checks(&policy(DuplicateAction::Reject), findings),
                Standing { status, reason },
                "{findings:?}"
            );
        }
    }

    /// R101: where the policy says so, a second contact is a lead of its own.
    #[test]
    fn r101_what_a_duplicate_is_the_policy_says() {
        let fresh = Standing {
            status: LeadStatus::Available,
            reason: None,
        };
        let table = [
            (DuplicateAction::Reject, LeadStatus::Duplicate),
            (DuplicateAction::Flag, LeadStatus::Quarantined),
            (DuplicateAction::NewLead, LeadStatus::Available),
        ];
        for (action, status) in table {
            assert_eq!(after_duplicate(&policy(action), fresh).status, status);
        }
    }

    /// R99, R101: own leads are never offered, and a contacted business is the only buyer.
    #[test]
    fn r99_own_leads_have_no_buyers_and_contacted_businesses_are_alone() {
        assert_eq!(
            [
                max_buyers(3, 5, false, false),
                max_buyers(5, 3, false, false),
                max_buyers(3, 3, true, false),
                max_buyers(3, 3, true, true)
            ],
            [3, 3, 1, 0]
        );
        let fresh = Standing {
            status: LeadStatus::Available,
            reason: None,
        };
        assert_eq!(in_service(fresh).status, LeadStatus::InService);
    }
}

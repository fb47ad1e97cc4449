//! Who looks after a supplier, and whether its own people may change something themselves (R1, R5).

use super::store::{self, Account};
use crate::auth::{Caller, Principal};
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::policy;
use tradepost_contract::auth::HelpContact;
use tradepost_contract::policy::{PolicySet, SelfServiceField, SelfServiceMode};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{FieldError, LocalDate, ProblemCode};

/// The policy of an account today, whatever the product.
pub(crate) fn policy(tx: &mut Tx<'_>, account: &Account) -> ApiResult<PolicySet> {
    let today = today(tx, account)?;
    let (_, resolved) = policy::of_supplier(tx, account.programme_id, account.id, None, today)?;
    Ok(resolved.policy)
}

/// The local date of an account's programme.
fn today(tx: &Tx<'_>, account: &Account) -> ApiResult<LocalDate> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    Ok(zone.date_of(tx.business_now()))
}

/// Refuses terms of an account that do not leave a whole policy today.
pub(crate) fn terms_fit_today(tx: &mut Tx<'_>, account: &Account, pointer: &str) -> ApiResult<()> {
    let today = today(tx, account)?;
    terms_fit(tx, account, today, pointer)
}

/// Refuses terms of an account that do not leave a whole policy on that date. `pointer` is where they
/// stand in the caller's body.
pub(crate) fn terms_fit(tx: &mut Tx<'_>, account: &Account, on: LocalDate, pointer: &str) -> ApiResult<()> {
    let Err(error) = policy::of_supplier(tx, account.programme_id, account.id, None, on) else {
        return Ok(());
    };
    if error.code() != ProblemCode::Invalid {
        return Err(error);
    }
    let faults = error.errors().iter().map(|fault| FieldError {
        pointer: format!("{pointer}{}", fault.pointer),
        ..fault.clone()
    });
    Err(ApiError::invalid(faults.collect()))
}

/// Refuses the change of a field that the caller may not make: by policy for a supplier's own people,
/// and for everybody while the account is over or frozen.
pub(crate) fn may_change(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    field: SelfServiceField,
) -> ApiResult<()> {
    let policy = policy(tx, account)?;
    may_change_under(tx, caller, account, &policy, field)
}

/// The same where the policy is known already.
pub(crate) fn may_change_under(
    tx: &mut Tx<'_>,
    caller: &Caller,
    account: &Account,
    policy: &PolicySet,
    field: SelfServiceField,
) -> ApiResult<()> {
    not_frozen(account, policy)?;
    match &caller.principal {
        Principal::Staff(_) => Ok(()),
        Principal::Supplier(_) | Principal::Key(_) => match policy.self_service(field) {
            SelfServiceMode::Edit => Ok(()),
            SelfServiceMode::Request => through_staff(tx, account, true),
            SelfServiceMode::None => through_staff(tx, account, false),
        },
    }
}

/// Refuses changes to an account that is over.
pub(crate) fn not_over(account: &Account) -> ApiResult<()> {
    if account.status.is_over() {
        return Err(ApiError::conflict(format!("The account is {}.", account.status)));
    }
    Ok(())
}

/// Refuses changes to an account that is over, or whose notice runs where the policy freezes it then (R72).
pub(crate) fn not_frozen(account: &Account, policy: &PolicySet) -> ApiResult<()> {
    not_over(account)?;
    no_frozen_notice(account, policy)
}

/// Refuses changes while a notice runs and the policy freezes the account then (R72).
pub(crate) fn no_frozen_notice(account: &Account, policy: &PolicySet) -> ApiResult<()> {
    if account.status == SupplierStatus::InNotice && policy.cancel.freeze {
        return Err(ApiError::conflict("Nothing is changed while the notice runs."));
    }
    Ok(())
}

/// The same where the policy is not known: it is asked for only while a notice runs.
pub(crate) fn may_be_changed(tx: &mut Tx<'_>, account: &Account) -> ApiResult<()> {
    match account.status {
        SupplierStatus::InNotice => not_frozen(account, &policy(tx, account)?),
        SupplierStatus::Onboarding
        | SupplierStatus::Active
        | SupplierStatus::Suspended
        | SupplierStatus::Deactivated
        | SupplierStatus::Closed
        | SupplierStatus::Terminated => not_over(account),
    }
}

/// Refuses what only staff do, whatever the policy.
pub(crate) fn staff_only(tx: &mut Tx<'_>, caller: &Caller, account: &Account) -> ApiResult<()> {
    if caller.is_staff() {
        Ok(())
    } else {
        through_staff(tx, account, false)
    }
}

/// The refusal that says who makes the change, and that it can be asked for where the policy says so.
pub(crate) fn through_staff<T>(tx: &mut Tx<'_>, account: &Account, on_request: bool) -> ApiResult<T> {
    let contact = store::contact_of(tx, account)?;
    let offer = if on_request {
        " You can also ask for it with a change request."
    } else {
        ""
    };
    let detail = format!("{} makes this change for you.{offer}", described(&contact));
    Err(ApiError::new(ProblemCode::ChangeThroughStaff).detail(detail))
}

/// Who it is, with the ways to reach them.
pub(crate) fn described(contact: &HelpContact) -> String {
    let ways: Vec<&str> = [contact.email.as_deref(), contact.phone.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    if ways.is_empty() {
        contact.name.clone()
    } else {
        format!("{} ({})", contact.name, ways.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::auth::HelpContactKind;

    #[test]
    fn a_contact_is_named_with_the_ways_to_reach_it() {
        let mut contact = HelpContact {
            kind: HelpContactKind::AccountManager,
            name: "Ann".to_owned(),
            email: Some("ann@example.com".to_owned()),
            phone: None,
        };
        assert_eq!(described(&contact), "Ann (ann@example.com)");
        contact.phone = Some("+12025550147".to_owned());
        assert_eq!(described(&contact), "Ann (ann@example.com, +12025550147)");
    }
}

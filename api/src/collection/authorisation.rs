//! The authorisation to collect: chosen, and taken back (R13).

use super::store::{self, Choice};
use crate::audit;
use crate::auth::{Actor, Caller, Scope};
use crate::billing_runs;
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::store as invoices;
use crate::payment_methods::store::{self as methods, MethodRow};
use crate::payments::{charging, money, store as payments};
use crate::plans;
use crate::policy::Policies;
use crate::suppliers::store::{self as suppliers, Account};
use crate::suppliers::{care, fields, standing};
use serde_json::json;
use tradepost_contract::SupplierId;
use tradepost_contract::events::EventKind;
use tradepost_contract::payment_methods::{Authorisation, RevokeAuthorisation, UpdateAuthorisation};
use tradepost_contract::payments::{PaymentOrigin, PaymentStatus};
use tradepost_contract::policy::{PolicySet, RevocationRule, SelfServiceField, SelfServiceMode};
use tradepost_contract::suppliers::SupplierAction;

/// How a supplier is collected from, as the caller sees it.
pub(super) fn show(
    conn: &mut Conn,
    caller: &Caller,
    supplier: SupplierId,
    policy: &PolicySet,
) -> ApiResult<Authorisation> {
    let account = suppliers::account(conn, &caller.scope(), supplier)?;
    let choice = store::choice(conn, supplier)?;
    let default = methods::default_of(conn, supplier)?;
    let itself = policy.self_service(SelfServiceField::PaymentMethod) == SelfServiceMode::Edit;
    let first = methods::active(conn, supplier)?.is_empty();
    Ok(Authorisation {
        supplier_id: supplier,
        programme_id: account.programme_id,
        auto_bill: choice.auto_bill,
        revoked_at: choice.revoked_at,
        default_method_id: default.map(|method| method.id),
        may_change_methods: !account.status.is_over() && (caller.is_staff() || itself || first),
    })
}

/// Chooses whether invoices are charged as soon as they are final (R115).
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    supplier: SupplierId,
    asked: &UpdateAuthorisation,
) -> ApiResult<Authorisation> {
    let account = suppliers::hold(tx, &caller.scope(), supplier)?;
    care::may_be_changed(tx, &account)?;
    let before = store::choice(tx, supplier)?;
    if before.auto_bill != asked.auto_bill {
        let choice = Choice {
            auto_bill: asked.auto_bill,
            ..before
        };
        store::choose(tx, supplier, choice, &caller.actor().name)?;
        let facts = json!({ "auto_bill": asked.auto_bill });
        let subject = Subject::of(supplier).programme(account.programme_id).supplier(supplier);
        events::push(tx, EventKind::AuthorisationChanged, subject, &facts)?;
        audit::record(
            tx,
            &caller.actor(),
            audit::Change {
                action: "authorisation.changed",
                object: supplier.to_string(),
                supplier: Some(supplier),
                before: Some(json!({ "auto_bill": before.auto_bill })),
                after: Some(facts),
                reason: None,
            },
        )?;
    }
    let policy = care::policy(tx, &account)?;
    show(tx, caller, supplier, &policy)
}

/// Takes the authorisation to collect back: what is owed is charged at once and the account deactivated, or
/// the account is suspended, as the policy says. Once: a second time is a conflict (F24).
pub(super) fn revoke(
    tx: &mut Tx<'_>,
    caller: &Caller,
    policies: &Policies,
    supplier: SupplierId,
    asked: &RevokeAuthorisation,
) -> ApiResult<Authorisation> {
    let reason = fields::required_reason("/reason", &asked.reason)?;
    let account = suppliers::hold(tx, &caller.scope(), supplier)?;
    care::not_over(&account)?;
    let before = store::choice(tx, supplier)?;
    if before.revoked_at.is_some() {
        return Err(ApiError::conflict("The authorisation was taken back already."));
    }
    let choice = Choice {
        auto_bill: false,
        revoked_at: Some(tx.business_now()),
    };
    store::choose(tx, supplier, choice, &caller.actor().name)?;
    let policy = care::policy(tx, &account)?;
    let actor = caller.actor();
    let rule = policy.billing.revocation;
    match rule {
        RevocationRule::ChargeAndDeactivate => {
            // First no sale can follow, then everything that was sold or used is invoiced and charged.
            standing::change_by_rule(tx, &account, SupplierAction::Deactivate, &reason, &actor)?;
            plans::end_with_account(tx, &account, &policy, &actor, &reason)?;
            billing_runs::final_invoice(tx, policies, account.programme_id, supplier)?;
            charge_all(tx, &account, &policy, &actor, PaymentOrigin::Revocation)?;
        }
        RevocationRule::Suspend => {
            if standing::change_by_rule(tx, &account, SupplierAction::Suspend, &reason, &actor)? {
                store::insert_suspension(tx, supplier, "revoked")?;
            }
        }
    }
    let facts = json!({ "rule": rule });
    let subject = Subject::of(supplier).programme(account.programme_id).supplier(supplier);
    events::push(tx, EventKind::AuthorisationRevoked, subject, &facts)?;
    audit::record(
        tx,
        &actor,
        audit::Change {
            action: "authorisation.revoked",
            object: supplier.to_string(),
            supplier: Some(supplier),
            before: Some(json!({ "auto_bill": before.auto_bill })),
            after: Some(facts),
            reason: Some(&reason),
        },
    )?;
    show(tx, caller, supplier, &policy)
}

/// Whether what is owed is charged as soon as an account ends (R13): where a revoked authorisation is charged at once, too.
/// Elsewhere its last invoice is collected on its day, as the others were.
pub(crate) fn charges_at_the_end(conn: &mut Conn, supplier: SupplierId, policy: &PolicySet) -> ApiResult<bool> {
    let at_once = match policy.billing.revocation {
        RevocationRule::ChargeAndDeactivate => true,
        RevocationRule::Suspend => false,
    };
    // What a revocation charged was tried once, and nothing is charged without an authorisation.
    Ok(at_once && store::choice(conn, supplier)?.revoked_at.is_none())
}

/// Charges what an account owes that has ended, where that is charged at once (R13). The caller holds the supplier.
pub(crate) fn charge_with_account(
    tx: &mut Tx<'_>,
    account: &Account,
    policy: &PolicySet,
    actor: &Actor,
) -> ApiResult<()> {
    if charges_at_the_end(tx, account.id, policy)? {
        charge_all(tx, account, policy, actor, PaymentOrigin::Cancellation)?;
    }
    Ok(())
}

/// Begins a payment of each open invoice.
fn charge_all(
    tx: &mut Tx<'_>,
    account: &Account,
    policy: &PolicySet,
    actor: &Actor,
    origin: PaymentOrigin,
) -> ApiResult<()> {
    let method: Option<MethodRow> = methods::default_of(tx, account.id)?;
    for id in payments::open_invoices(tx, account.id)? {
        let open = money::use_credit(tx, id)?;
        let Some(method) = method.as_ref().filter(|_| open.minor > 0) else {
            continue;
        };
        let payment = match payments::live_of(tx, id)? {
            Some(waiting) if waiting.status == PaymentStatus::ScheduledRetry => {
                charging::try_again(tx, waiting.id, method, policy)?;
                waiting.id
            }
            Some(under_way) => under_way.id,
            None => {
                let invoice = invoices::get(tx, &Scope::system(), id)?;
                charging::begin(tx, &invoice, method, origin, policy, actor)?
            }
        };
        store::charged(tx, id, account.id, Some(payment))?;
    }
    Ok(())
}

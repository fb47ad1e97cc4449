//! Cancelling an account, and taking that back.

use super::rules;
use super::store::{self, Row};
use super::view::{self, Facts, Settled};
use super::work;
use crate::auth::{Actor, Caller, Principal, Scope};
use crate::calendar;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::orders::{self, Ending};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, fields, standing};
use crate::{audit, loyalty_subscriptions, market, notifications, pauses};
use tradepost_contract::cancellations::{
    Cancellation, CancellationAction, CancellationStatus, CancelledBy, CreateCancellation, UpdateCancellation,
    WithdrawCancellation,
};
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::pauses::RequestChannel;
use tradepost_contract::policy::{CancelEffective, CancelPolicy};
use tradepost_contract::suppliers::{SupplierAction, SupplierStatus};
use tradepost_contract::{CancellationId, FieldError, LocalDate, ProblemCode, SupplierId};

const LONGEST_NAME: usize = 200;
const LONGEST_DOCUMENT: usize = 50_000;
/// A notice that was received longer ago is a slip of the pen.
const OLDEST_NOTICE_DAYS: i64 = 366;

/// The time that was chosen, where the policy offers it (R94).
pub(super) fn chosen(policy: &CancelPolicy, asked: Option<CancelEffective>) -> Result<CancelEffective, FieldError> {
    let offered = rules::choices(policy);
    let chosen = asked.unwrap_or(policy.effective);
    if offered.contains(&chosen) {
        return Ok(chosen);
    }
    let words: Vec<&str> = offered.into_iter().map(CancelEffective::as_str).collect();
    let message = format!("the policy of this account offers {}", words.join(" and "));
    Err(FieldError::new("/effective", "policy_refuses", message))
}

/// Why a day cannot be that of the receipt.
pub(super) fn received_too_far(received_on: LocalDate, today: LocalDate) -> Option<FieldError> {
    let pointer = "/received_on";
    if received_on > today {
        return Some(FieldError::new(pointer, "out_of_range", "is in the future"));
    }
    let earliest = today.plus_days(-OLDEST_NOTICE_DAYS);
    (received_on < earliest).then(|| FieldError::new(pointer, "out_of_range", format!("expected {earliest} or later")))
}

/// What somebody says with a cancellation, read and checked.
struct Said {
    requested_by: Option<String>,
    comment: Option<String>,
    retention_note: Option<String>,
    document: Option<(String, String)>,
    received_on: LocalDate,
    effective: CancelEffective,
}

impl Said {
    fn parse(asked: &CreateCancellation, facts: &Facts, by: CancelledBy) -> ApiResult<Self> {
        let policy = &facts.policy.cancel;
        let mut faults = fields::Faults::default();
        let requested_by = fields::optional_line("/requested_by", asked.requested_by.as_deref(), LONGEST_NAME);
        let requested_by = faults.keep(requested_by);
        let comment = faults.keep(fields::reason("/comment", asked.comment.as_deref()));
        let retention_note = faults.keep(fields::reason("/retention_note", asked.retention_note.as_deref()));
        let document = asked.document.as_ref().map(|document| {
            let name = faults.keep(fields::line("/document/name", &document.name, LONGEST_NAME));
            let text = faults.keep(fields::lines("/document/text", &document.text, LONGEST_DOCUMENT));
            (name, text)
        });
        match by {
            CancelledBy::Supplier => {
                let of_staff = [
                    ("/requested_by", asked.requested_by.is_some()),
                    ("/channel", asked.channel.is_some()),
                    ("/received_on", asked.received_on.is_some()),
                    ("/document", asked.document.is_some()),
                    ("/retention_note", asked.retention_note.is_some()),
                ];
                for (pointer, _) in of_staff.into_iter().filter(|(_, given)| *given) {
                    faults.push(pointer, "staff_only", "is written down by staff");
                }
            }
            CancelledBy::Staff => {
                if requested_by.is_none() && asked.requested_by.is_none() {
                    faults.push("/requested_by", "required", "say who asked for it");
                }
                match asked.channel {
                    None => faults.push("/channel", "required", "say how they asked"),
                    Some(RequestChannel::Phone | RequestChannel::InPerson) if policy.written => {
                        let message = "only a written notice counts here: by e-mail or letter";
                        faults.push("/channel", "policy_refuses", message);
                    }
                    Some(
                        RequestChannel::Phone
                        | RequestChannel::InPerson
                        | RequestChannel::Email
                        | RequestChannel::Letter,
                    ) => {}
                }
                if policy.written && asked.document.is_none() {
                    faults.push("/document", "required", "keep the notice that was received");
                }
                if policy.written && asked.received_on.is_none() {
                    faults.push("/received_on", "required", "say when the notice was received");
                }
            }
        }
        if policy.ask_reason && asked.reason.is_none() && !asked.skip_reason {
            faults.push("/reason", "required", "say why, or that you would rather not");
        }
        let received_on = asked.received_on.unwrap_or(facts.today);
        if let Some(fault) = received_too_far(received_on, facts.today) {
            faults.push(fault.pointer, &fault.code, fault.message);
        }
        let effective = chosen(policy, asked.effective).unwrap_or_else(|fault| {
            faults.push(fault.pointer, &fault.code, fault.message);
            policy.effective
        });
        faults.finish()?;
        Ok(Self {
            requested_by,
            comment,
            retention_note,
            document,
            received_on,
            effective,
        })
    }
}

/// Cancels an account: it ends at once, is in notice from now on, or its agreement renews.
pub(super) fn create(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    asked: &CreateCancellation,
) -> ApiResult<Cancellation> {
    let scope = caller.scope();
    let account = accounts::hold(tx, &scope, asked.supplier_id).map_err(|error| match error.code() {
        ProblemCode::NotFound => ApiError::unknown_id("/supplier_id"),
        _ => error,
    })?;
    let now = tx.business_now();
    let facts = Facts::of(tx, &account, now)?;
    if !view::may_cancel(caller, &facts.policy) {
        return care::through_staff(tx, &account, false);
    }
    let by = match &caller.principal {
        Principal::Staff(_) => CancelledBy::Staff,
        Principal::Supplier(_) | Principal::Key(_) => CancelledBy::Supplier,
    };
    let said = Said::parse(asked, &facts, by)?;
    if let Some(detail) = view::refusal_of(account.status) {
        return Err(ApiError::conflict(detail));
    }
    let decision = facts
        .decide(said.received_on, said.effective)
        .map_err(|to_come| ApiError::conflict(view::leads_to_come(to_come)))?;
    let settled = Settled::of(&facts, decision);
    let cancel = &facts.policy.cancel;
    let (document_name, document) = said.document.unzip();
    let mut row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: account.id,
        status: if settled.renews {
            CancellationStatus::Renewed
        } else {
            CancellationStatus::Scheduled
        },
        cancelled_by: by,
        requested_by: said.requested_by,
        channel: asked.channel,
        reason: asked.reason,
        comment: said.comment,
        reason_skipped: asked.reason.is_none() && asked.skip_reason,
        retention_note: said.retention_note,
        agreement_id: facts.agreement.as_ref().map(|terms| terms.id),
        term: facts.term(),
        received_on: said.received_on,
        effective: said.effective,
        rule: settled.rule,
        notice_window: settled
            .window
            .map(|window| serde_json::to_string(&window))
            .transpose()?,
        last_day: settled.last_day,
        effective_at: if settled.now { Some(now) } else { settled.effective_at },
        remind_at: calendar::reminder(cancel.remind_days, now, settled.effective_at)
            .filter(|_| !settled.now && !settled.renews),
        ends_with_leads: settled.with_last_lead,
        served: account.status == SupplierStatus::Active,
        withdrawable: !cancel.freeze && !cancel.written,
        document_name,
        document,
        requested_at: now,
        ended_at: settled.renews.then_some(now),
        version: 1,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    let actor = caller.actor();
    audit::record(
        tx,
        &actor,
        view::change("cancellation.asked", None, &row, row.comment.as_deref()),
    )?;
    if settled.renews {
        tell(tx, &row)?;
        message(tx, &row, NotificationKind::CancellationRefused)?;
    } else if settled.now {
        work::take_effect(tx, policies, &actor, &account, &mut row)?;
    } else {
        give_notice(tx, policies, &actor, &account, &row)?;
    }
    view::get(tx, caller, row.id)
}

/// The account is in notice from now on.
fn give_notice(tx: &mut Tx<'_>, policies: &Policies, actor: &Actor, account: &Account, row: &Row) -> ApiResult<()> {
    let reason = "The account is cancelled.";
    standing::change_by_rule(tx, account, SupplierAction::GiveNotice, reason, actor)?;
    if row.ends_with_leads {
        // It would have ended at once: only what is paid still comes.
        loyalty_subscriptions::end_with_account(tx, policies, actor, account.id, reason)?;
        orders::end_with_account(tx, actor, account.id, Ending::Unpaid, reason)?;
    }
    tell(tx, row)?;
    message(tx, row, NotificationKind::CancellationScheduled)
}

/// The cancellation and its account, held, if the caller saw this version.
fn held(tx: &mut Tx<'_>, scope: &Scope, id: CancellationId, seen: Option<i64>) -> ApiResult<(Account, Row)> {
    let supplier = store::get(tx, scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, scope, supplier)?;
    let (row, _) = store::get(tx, scope, id)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    Ok((account, row))
}

/// Keeps what came of a talk about staying (R20); staff do.
pub(super) fn update(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CancellationId,
    seen: Option<i64>,
    patch: &UpdateCancellation,
) -> ApiResult<Cancellation> {
    let note = fields::required_reason("/retention_note", &patch.retention_note)?;
    let (account, mut row) = held(tx, &caller.scope(), id, seen)?;
    care::staff_only(tx, caller, &account)?;
    let before = row.retention_note.is_some();
    row.retention_note = Some(note);
    store::save(tx, &mut row)?;
    // The trail says that there is a note and not what it says about people.
    let change = audit::Change {
        before: Some(serde_json::json!({ "has_retention_note": before })),
        after: Some(serde_json::json!({ "has_retention_note": true })),
        ..view::change("cancellation.noted", None, &row, None)
    };
    audit::record(tx, &caller.actor(), change)?;
    tell(tx, &row)?;
    view::get(tx, caller, id)
}

/// Takes a cancellation back that has not taken effect: the account stands as it did before.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CancellationId,
    seen: Option<i64>,
    asked: &WithdrawCancellation,
) -> ApiResult<Cancellation> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let (account, mut row) = held(tx, &caller.scope(), id, seen)?;
    if !caller.is_staff() && !row.withdrawable {
        return care::through_staff(tx, &account, false);
    }
    let before = view::facts(&row);
    close(tx, &mut row, CancellationAction::Withdraw)?;
    let actor = caller.actor();
    let why = reason.as_deref().unwrap_or("The cancellation is taken back.");
    standing::change_by_rule(tx, &account, SupplierAction::WithdrawNotice, why, &actor)?;
    if !row.served {
        let account = accounts::account(tx, &Scope::system(), account.id)?;
        standing::change_by_rule(tx, &account, SupplierAction::Suspend, why, &actor)?;
    }
    let change = view::change("cancellation.withdrawn", Some(before), &row, reason.as_deref());
    audit::record(tx, &actor, change)?;
    tell(tx, &row)?;
    message(tx, &row, NotificationKind::CancellationWithdrawn)?;
    view::get(tx, caller, id)
}

/// Ends a cancellation in this way, now. The caller holds the supplier.
pub(super) fn close(tx: &mut Tx<'_>, row: &mut Row, action: CancellationAction) -> ApiResult<()> {
    row.status = row
        .status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    row.ended_at = Some(tx.business_now());
    store::save(tx, row)
}

/// The account ended, or stands otherwise, before its cancellation took effect. Nothing where no cancellation waits. The
/// caller holds the supplier.
pub(crate) fn overtaken(tx: &mut Tx<'_>, actor: &Actor, supplier: SupplierId) -> ApiResult<()> {
    let Some(mut row) = store::scheduled(tx, supplier)? else {
        return Ok(());
    };
    let before = view::facts(&row);
    close(tx, &mut row, CancellationAction::Overtake)?;
    let change = view::change("cancellation.overtaken", Some(before), &row, None);
    audit::record(tx, actor, change)?;
    tell(tx, &row)
}

/// An account that was suspended when it gave notice has settled what it was suspended for: it gets leads until it ends.
/// The caller holds the supplier.
pub(crate) fn serve_again(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let Some(mut row) = store::scheduled(tx, supplier)?.filter(|row| !row.served) else {
        return Ok(());
    };
    row.served = true;
    store::save(tx, &mut row)?;
    let hold = pauses::hold_of(tx, supplier, SupplierStatus::InNotice)?;
    orders::hold_all(tx, supplier, hold)?;
    market::changed(tx)
}

/// The event of a change.
pub(super) fn tell(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::CancellationChanged, subject, &view::facts(row))?;
    Ok(())
}

pub(super) fn message(tx: &mut Tx<'_>, row: &Row, kind: NotificationKind) -> ApiResult<()> {
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    let occasion = row.id.to_string();
    notifications::record(tx, kind, &occasion, programme, supplier, &view::facts(row))?;
    Ok(())
}

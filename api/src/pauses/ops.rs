//! Asking for pauses, changing and ending them.

use super::rules::{self, Refusal};
use super::store::{self, Row};
use super::{turns, view};
use crate::audit;
use crate::auth::{Caller, Principal, Scope};
use crate::calendar::{self, Zone};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::orders::{self, Pausable};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::suppliers::{care, fields};
use tradepost_contract::orders::{OrderStatus, PausedBy};
use tradepost_contract::pauses::{CreatePause, EndPause, Pause, PauseStatus, UpdatePause};
use tradepost_contract::policy::{PauseActor, PausePolicy, PolicySet};
use tradepost_contract::{LocalDate, OrderId, PauseId, ProblemCode, Timestamp};

const LONGEST_NAME: usize = 200;

/// Whether the caller may pause by policy (R19, R52).
pub(super) fn may_pause(caller: &Caller, policy: &PausePolicy) -> bool {
    match (&caller.principal, policy.actor) {
        (Principal::Staff(_), PauseActor::Nobody | PauseActor::Staff | PauseActor::Supplier)
        | (Principal::Supplier(_) | Principal::Key(_), PauseActor::Supplier) => true,
        (Principal::Supplier(_) | Principal::Key(_), PauseActor::Nobody | PauseActor::Staff) => false,
    }
}

/// Refuses whom the policy does not let pause, and changes of an account that is over or frozen (R72).
fn may(tx: &mut Tx<'_>, caller: &Caller, account: &Account, policy: &PolicySet, by: PausedBy) -> ApiResult<()> {
    care::not_frozen(account, policy)?;
    if !may_pause(caller, &policy.pause) {
        return care::through_staff(tx, account, false);
    }
    // What staff paused has a reason that the supplier cannot judge.
    if by == PausedBy::Staff && !caller.is_staff() {
        return care::through_staff(tx, account, false);
    }
    Ok(())
}

/// Whose pause it is, and what holds for it. Everything is kept as it is until the transaction ends.
struct Held {
    account: Account,
    order: Option<Pausable>,
    policy: PolicySet,
    zone: Zone,
}

fn hold(
    tx: &mut Tx<'_>,
    policies: &Policies,
    scope: &Scope,
    supplier: tradepost_contract::SupplierId,
    order: Option<OrderId>,
) -> ApiResult<Held> {
    let account = accounts::hold(tx, scope, supplier)?;
    let order = order.map(|id| orders::hold_pausable(tx, scope, id)).transpose()?;
    let policy = match &order {
        Some(order) => (*policies.get(tx, order.resolved_policy_id)?).clone(),
        None => care::policy(tx, &account)?,
    };
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    Ok(Held {
        account,
        order,
        policy,
        zone,
    })
}

/// Asks for a pause. It begins at once where its time has come.
pub(crate) fn create(tx: &mut Tx<'_>, policies: &Policies, caller: &Caller, asked: &CreatePause) -> ApiResult<Pause> {
    let scope = caller.scope();
    let unknown = |pointer: &'static str| {
        move |error: ApiError| match error.code() {
            ProblemCode::NotFound => ApiError::unknown_id(pointer),
            _ => error,
        }
    };
    accounts::account(tx, &scope, asked.supplier_id).map_err(unknown("/supplier_id"))?;
    let held = hold(tx, policies, &scope, asked.supplier_id, asked.order_id).map_err(unknown("/order_id"))?;
    if held.order.is_some_and(|order| order.supplier_id != asked.supplier_id) {
        return Err(ApiError::unknown_id("/order_id"));
    }
    let by = match &caller.principal {
        Principal::Staff(_) => PausedBy::Staff,
        Principal::Supplier(_) | Principal::Key(_) => PausedBy::Supplier,
    };
    may(tx, caller, &held.account, &held.policy, by)?;
    let mut faults = fields::Faults::default();
    let requested_by = faults.keep(fields::optional_line(
        "/requested_by",
        asked.requested_by.as_deref(),
        LONGEST_NAME,
    ));
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    if by == PausedBy::Staff && reason.is_none() && (requested_by.is_none() || asked.channel.is_none()) {
        let message = "say why, or who asked for it and how";
        faults.push("/reason", "required", message);
    }
    faults.finish()?;
    if let Some(order) = held.order.filter(|order| order.status != OrderStatus::Open) {
        return Err(ApiError::conflict(format!("The order is {}.", order.status)));
    }
    let now = tx.business_now();
    let starts_at = beginning(&held.policy.pause, asked.starts_at, now)?;
    let returns_on = ending(tx, &held, None, now, starts_at, asked.returns_on)?;
    let mut row = Row {
        id: tx.new_id(),
        programme_id: held.account.programme_id,
        supplier_id: held.account.id,
        order_id: asked.order_id,
        status: PauseStatus::Scheduled,
        paused_by: by,
        requested_by,
        channel: asked.channel,
        reason,
        terms: serde_json::to_string(&held.policy.pause)?,
        requested_at: now,
        starts_at,
        returns_on,
        returns_at: returns_on.map(|day| held.zone.start_of(day)),
        returns_by_itself: held.policy.pause.auto_resume,
        remind_at: None,
        began_at: None,
        ended_at: None,
        version: 1,
        updated_at: now,
    };
    row.remind_at = calendar::reminder(held.policy.pause.remind_days, now.max(starts_at), row.returns_at);
    does_not_overlap(tx, &row)?;
    store::insert(tx, &row)?;
    let actor = caller.actor();
    audit::record(
        tx,
        &actor,
        view::change("pause.asked", None, &row, row.reason.as_deref()),
    )?;
    if starts_at <= now {
        turns::begin(tx, &actor, &mut row)?;
    } else {
        turns::tell_of_schedule(tx, &row)?;
    }
    view::get(tx, &scope, row.id)
}

/// From when on, at the earliest when the notice is over (R70).
fn beginning(policy: &PausePolicy, wanted: Option<Timestamp>, now: Timestamp) -> ApiResult<Timestamp> {
    let earliest = rules::earliest_start(policy, now);
    let starts_at = wanted.unwrap_or(earliest);
    if starts_at < earliest {
        let message = match policy.notice_hours {
            0 => "a pause does not begin in the past".to_owned(),
            hours => format!("a pause begins {hours} hours after it was asked for, so from {earliest} on"),
        };
        return Err(refused("/starts_at", "notice", message));
    }
    Ok(starts_at)
}

/// The day on which leads come again (R17, R59, R70).
fn ending(
    tx: &mut Tx<'_>,
    held: &Held,
    own: Option<PauseId>,
    asked_at: Timestamp,
    starts_at: Timestamp,
    wanted: Option<LocalDate>,
) -> ApiResult<Option<LocalDate>> {
    let policy = &held.policy.pause;
    let now = tx.business_now();
    let taken = view::days_taken(tx, &held.zone, held.account.id, own, now)?;
    let (asked_on, starts_on) = (held.zone.date_of(asked_at), held.zone.date_of(starts_at));
    rules::returns_on(policy, &taken, asked_on, starts_on, wanted).map_err(|refusal| {
        let (code, message) = match refusal {
            Refusal::DateMissing => ("required", "say on which day leads are to come again".to_owned()),
            Refusal::TooEarly => (
                "too_early",
                format!("the pause begins on {starts_on}; choose a later day"),
            ),
            Refusal::TooLong(latest) => ("too_long", format!("leads come again on {latest} at the latest")),
            Refusal::OverBudget(left) => {
                let days = if left == 1 { "day is" } else { "days are" };
                let months = policy.budget.as_ref().map_or(0, |budget| budget.per_months);
                (
                    "over_budget",
                    format!("{left} {days} left of the pauses of {months} months"),
                )
            }
        };
        refused("/returns_on", code, message)
    })
}

fn refused(pointer: &str, code: &str, message: String) -> ApiError {
    let mut detail = message.clone();
    if let Some(first) = detail.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    ApiError::new(ProblemCode::PolicyRefuses)
        .detail(format!("{detail}."))
        .field(pointer, code, message)
}

/// Refuses a second pause of the same order, or of the account, at the same time.
fn does_not_overlap(tx: &mut Tx<'_>, new: &Row) -> ApiResult<()> {
    let live = store::of_supplier(tx, new.supplier_id)?;
    let meets = |other: &&Row| {
        let (from, until) = other.span();
        let scope = other.order_id.is_none() || other.order_id == new.order_id;
        other.id != new.id
            && other.is_live()
            && scope
            && until.is_none_or(|until| new.starts_at < until)
            && new.returns_at.is_none_or(|until| from < until)
    };
    match live.iter().find(meets) {
        Some(other) if other.order_id.is_none() => Err(ApiError::conflict(format!(
            "The account takes a pause then already ({}).",
            other.id
        ))),
        Some(other) => Err(ApiError::conflict(format!(
            "The order takes a pause then already ({}).",
            other.id
        ))),
        None => Ok(()),
    }
}

/// The pause and what it belongs to, held, if the caller saw this version and may change it.
fn hold_pause(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: PauseId,
    seen: Option<i64>,
) -> ApiResult<(Held, Row)> {
    let scope = caller.scope();
    let (row, _) = store::get(tx, &scope, id)?;
    let held = hold(tx, policies, &scope, row.supplier_id, row.order_id)?;
    let (row, _) = store::get(tx, &scope, id)?;
    may(tx, caller, &held.account, &held.policy, row.paused_by)?;
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if !row.is_live() {
        return Err(ApiError::conflict(format!("The pause is {}.", row.status)));
    }
    Ok((held, row))
}

/// Gives a pause another return date, within what the policy allowed when it was asked for.
pub(super) fn update(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: PauseId,
    seen: Option<i64>,
    patch: &UpdatePause,
) -> ApiResult<Pause> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", patch.reason.as_deref()));
    faults.finish()?;
    let (mut held, mut row) = hold_pause(tx, policies, caller, id, seen)?;
    held.policy.pause = row.terms()?;
    let today = held.zone.date_of(tx.business_now());
    if patch.returns_on <= today {
        let message = "the pause is ended today by ending it".to_owned();
        return Err(refused("/returns_on", "too_early", message));
    }
    let before = view::facts(&row);
    let (from, _) = row.span();
    row.returns_on = ending(tx, &held, Some(id), row.requested_at, from, Some(patch.returns_on))?;
    row.returns_at = row.returns_on.map(|day| held.zone.start_of(day));
    let known_from = tx.business_now().max(row.starts_at);
    row.remind_at = calendar::reminder(held.policy.pause.remind_days, known_from, row.returns_at);
    does_not_overlap(tx, &row)?;
    store::save(tx, &mut row)?;
    let change = view::change("pause.changed", Some(before), &row, reason.as_deref());
    audit::record(tx, &caller.actor(), change)?;
    turns::tell(tx, &row)?;
    view::get(tx, &caller.scope(), id)
}

/// Ends a pause now, or cancels one that has not begun.
pub(super) fn end(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: PauseId,
    seen: Option<i64>,
    asked: &EndPause,
) -> ApiResult<Pause> {
    let mut faults = fields::Faults::default();
    let reason = faults.keep(fields::reason("/reason", asked.reason.as_deref()));
    faults.finish()?;
    let (_, mut row) = hold_pause(tx, policies, caller, id, seen)?;
    turns::finish(tx, &caller.actor(), &mut row, reason.as_deref())?;
    view::get(tx, &caller.scope(), id)
}

/// Ends the pause that an order is in, for whoever resumes the order (R52).
pub(crate) fn resume_order(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    order: OrderId,
    reason: Option<&str>,
) -> ApiResult<()> {
    let live = store::live_of_order(tx, order)?;
    let Some(active) = live.into_iter().find(|row| row.status == PauseStatus::Active) else {
        let order = orders::pausable(tx, &caller.scope(), order)?;
        return Err(ApiError::conflict(format!("The order is {}.", order.status)));
    };
    let asked = EndPause {
        reason: reason.map(str::to_owned),
    };
    end(tx, policies, caller, active.id, None, &asked)?;
    Ok(())
}

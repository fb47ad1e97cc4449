//! The series of a subscription: begun by its first paid order, continued by time, ended by money that does not come.

use super::rules::{self, Terms};
use super::store::{self, CycleRow, Row};
use super::view;
use crate::app::App;
use crate::auth::{Actor, Scope};
use crate::calendar::Zone;
use crate::cancellations;
use crate::checkouts::renewal::{self, Renewal, Renewed};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::policy::Policies;
use crate::suppliers::store::{self as accounts, Account};
use crate::{audit, notifications, pauses, programmes};
use serde_json::json;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::loyalty_subscriptions::{LoyaltyAction, LoyaltyStatus};
use tradepost_contract::orders::OrderHold;
use tradepost_contract::policy::{LoyaltyPolicy, PolicySet};
use tradepost_contract::{CheckoutId, LocalDate, LoyaltySubscriptionId, ProgrammeId, SupplierId};

const SLICE: i64 = 20;

/// An order that was just paid by somebody who joined.
#[derive(Debug, Clone)]
pub(crate) struct Joined<'a> {
    pub(crate) checkout: CheckoutId,
    pub(crate) programme: ProgrammeId,
    pub(crate) supplier: SupplierId,
    pub(crate) interval: &'a str,
    pub(crate) interval_days: i64,
    /// Whether the product is sold to one buyer only.
    pub(crate) exclusive: bool,
}

/// The subscription of a first order begins. The caller holds the supplier.
pub(crate) fn joined(tx: &mut Tx<'_>, actor: &Actor, policy: &PolicySet, new: &Joined<'_>) -> ApiResult<()> {
    let account = accounts::account(tx, &Scope::system(), new.supplier)?;
    let today = today(tx, &account)?;
    let now = tx.business_now();
    let renews_on = rules::next_on(today, new.interval_days);
    let terms = Terms {
        loyalty: policy.loyalty.clone(),
        exclusive: new.exclusive,
        perk_effect: policy.pause.perk_effect.clone(),
    };
    let row = Row {
        id: tx.new_id(),
        programme_id: new.programme,
        supplier_id: new.supplier,
        checkout_id: new.checkout,
        status: LoyaltyStatus::Active,
        interval: new.interval.to_owned(),
        interval_days: new.interval_days,
        notice_on: Some(notice_on(&terms, renews_on)),
        terms: serde_json::to_string(&terms)?,
        cycle: 0,
        renews_on: Some(renews_on),
        reverted: false,
        ended_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    let first = CycleRow {
        subscription_id: row.id,
        cycle: 0,
        due_on: today,
        anchored: true,
        checkout_id: new.checkout,
    };
    store::insert_cycle(tx, first)?;
    tell(tx, actor, "loyalty.joined", None, &row, None)
}

fn notice_on(terms: &Terms, renews_on: LocalDate) -> LocalDate {
    let days = match &terms.loyalty {
        LoyaltyPolicy::NotOffered {} => 0,
        LoyaltyPolicy::OptIn { notice_days, .. } => i64::from(*notice_days),
    };
    renews_on.plus_days(-days)
}

pub(super) fn today(tx: &Tx<'_>, account: &Account) -> ApiResult<LocalDate> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    Ok(zone.date_of(tx.business_now()))
}

/// Places the next order of the series, due on a day; `anchored` begins a new count of days there (I9). The caller
/// holds the supplier.
pub(super) fn renew(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    row: &mut Row,
    due_on: LocalDate,
    anchored: bool,
) -> ApiResult<()> {
    let was = row.status;
    let terms: Terms = serde_json::from_str(&row.terms)?;
    let (_, wanted) = store::get(tx, &Scope::system(), row.id)?;
    let placed = store::orders_of(tx, &[row.id])?.remove(&row.id).unwrap_or_default();
    let paused = pauses::of_suppliers(tx, &[row.supplier_id])?;
    row.reverted |= terms.reverts(view::pauses_of(&paused, row.supplier_id, &placed));
    let cycle = row.cycle + 1;
    let new = Renewal {
        subscription: row.id,
        first: row.checkout_id,
        bonus: terms.bonus(wanted.quantity, cycle, row.reverted),
        keeps_price: terms.keeps_price(),
    };
    let checkout = match renewal::place(tx, policies, actor, &new)? {
        Renewed::Placed(checkout) => checkout,
        Renewed::Impossible(why) => return end(tx, actor, row, LoyaltyAction::Lapse, Some(why)),
    };
    let placed = CycleRow {
        subscription_id: row.id,
        cycle,
        due_on,
        anchored,
        checkout_id: checkout,
    };
    store::insert_cycle(tx, placed)?;
    let renews_on = rules::next_on(due_on, row.interval_days);
    row.cycle = cycle;
    row.renews_on = Some(renews_on);
    row.notice_on = Some(notice_on(&terms, renews_on));
    store::save(tx, row)?;
    tell(tx, actor, "loyalty.renewed", Some(was), row, None)?;
    renewal::charge(tx, policies, actor, checkout)
}

/// Ends a subscription that was not paid, or that somebody cancelled.
pub(super) fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &mut Row,
    action: LoyaltyAction,
    why: Option<&str>,
) -> ApiResult<()> {
    let was = row.status;
    row.status = moved(was, action)?;
    row.renews_on = None;
    row.notice_on = None;
    row.ended_at = Some(tx.business_now());
    store::save(tx, row)?;
    let word = match action {
        LoyaltyAction::Lapse => "loyalty.lapsed",
        LoyaltyAction::Cancel | LoyaltyAction::Hold | LoyaltyAction::Activate => "loyalty.cancelled",
    };
    tell(tx, actor, word, Some(was), row, why)?;
    if action == LoyaltyAction::Lapse {
        message(tx, row, NotificationKind::RenewalLapsed, "")?;
    }
    Ok(())
}

/// Ends the subscriptions of an account that ends. The caller holds the supplier.
pub(crate) fn end_with_account(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    supplier: SupplierId,
    reason: &str,
) -> ApiResult<()> {
    for id in store::live_of(tx, supplier)? {
        let (mut row, _) = store::get(tx, &Scope::system(), id)?;
        end(tx, actor, &mut row, LoyaltyAction::Cancel, Some(reason))?;
        renewal::give_up(tx, policies, actor, id)?;
    }
    Ok(())
}

/// The status that an action leads to, or the conflict.
pub(super) fn moved(status: LoyaltyStatus, action: LoyaltyAction) -> ApiResult<LoyaltyStatus> {
    status
        .after(action)
        .map_err(|refused| ApiError::conflict(refused.to_string()))
}

/// A renewal came to nothing: its subscription ends, unless it is over already. The caller holds the supplier.
pub(crate) fn checkout_ended(tx: &mut Tx<'_>, actor: &Actor, id: LoyaltySubscriptionId) -> ApiResult<()> {
    let (mut row, _) = store::get(tx, &Scope::system(), id)?;
    if row.status.after(LoyaltyAction::Lapse).is_err() {
        return Ok(());
    }
    end(
        tx,
        actor,
        &mut row,
        LoyaltyAction::Lapse,
        Some("The renewal was not paid."),
    )
}

/// The event and the audit record of a change.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    before: Option<LoyaltyStatus>,
    row: &Row,
    reason: Option<&str>,
) -> ApiResult<()> {
    let facts = json!({
        "loyalty_subscription_id": row.id, "status": row.status, "cycle": row.cycle, "renews_on": row.renews_on,
        "reverted": row.reverted,
    });
    let subject = Subject::of(row.id)
        .programme(row.programme_id)
        .supplier(row.supplier_id);
    events::push(tx, EventKind::LoyaltyChanged, subject, &facts)?;
    let change = audit::Change {
        action,
        object: row.id.to_string(),
        supplier: Some(row.supplier_id),
        before: before.map(|status| json!({ "status": status })),
        after: Some(facts),
        reason,
    };
    audit::record(tx, actor, change)
}

/// A message about a subscription; the occasion tells repeated ones apart.
pub(super) fn message(tx: &mut Tx<'_>, row: &Row, kind: NotificationKind, occasion: &str) -> ApiResult<()> {
    let facts = json!({
        "loyalty_subscription_id": row.id, "status": row.status, "renews_on": row.renews_on, "path": "/loyalty",
    });
    let (programme, supplier) = (row.programme_id, Some(row.supplier_id));
    let occasion = format!("{}:{occasion}", row.id);
    notifications::record(tx, kind, &occasion, programme, supplier, &facts)?;
    Ok(())
}

/// The job, in each programme's own calendar.
pub(super) fn run(app: &App) -> ApiResult<usize> {
    let now = app.clock.business_now();
    let mut done = 0;
    for (programme, zone) in app.db.read_blocking(programmes::zones)? {
        let today = Zone::parse(&zone).map_err(ApiError::internal)?.date_of(now);
        let due = app.db.read_blocking(|conn| store::due(conn, programme, today, SLICE))?;
        for id in due {
            let policies = app.policies.clone();
            // One account in trouble does not hold up the others.
            match app.db.write_blocking(move |tx| turn(tx, &policies, id)) {
                Ok(did) => done += usize::from(did),
                Err(error) => tracing::error!(subscription = %id, %error, "a loyalty order cannot be placed again"),
            }
        }
    }
    Ok(done)
}

/// Does what is due for one subscription. False where somebody else was before.
fn turn(tx: &mut Tx<'_>, policies: &Policies, id: LoyaltySubscriptionId) -> ApiResult<bool> {
    let scope = Scope::system();
    let supplier = store::get(tx, &scope, id)?.0.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let (mut row, _) = store::get(tx, &scope, id)?;
    let today = today(tx, &account)?;
    let actor = Actor::system("loyalty");
    let Some(renews_on) = row.renews_on.filter(|_| row.status == LoyaltyStatus::Active) else {
        return Ok(false);
    };
    if account.status.is_over() || cancellations::is_due(tx, supplier)? {
        end(
            tx,
            &actor,
            &mut row,
            LoyaltyAction::Cancel,
            Some("The account is over."),
        )?;
        return Ok(true);
    }
    if renews_on > today {
        let due = row.notice_on.is_some_and(|day| day <= today);
        if due {
            row.notice_on = None;
            store::save(tx, &mut row)?;
            message(tx, &row, NotificationKind::RenewalUpcoming, renews_on.as_str())?;
        }
        return Ok(due);
    }
    if account.status.hold() != OrderHold::None {
        // A suspended account gets no leads, so it is charged for none.
        hold(tx, &actor, &mut row, Some("The account is suspended."))?;
        return Ok(true);
    }
    renew(tx, policies, &actor, &mut row, renews_on, false)?;
    Ok(true)
}

/// Puts a subscription on hold (R63).
pub(super) fn hold(tx: &mut Tx<'_>, actor: &Actor, row: &mut Row, reason: Option<&str>) -> ApiResult<()> {
    let was = row.status;
    row.status = moved(was, LoyaltyAction::Hold)?;
    store::save(tx, row)?;
    tell(tx, actor, "loyalty.held", Some(was), row, reason)?;
    let occasion = row.version.to_string();
    message(tx, row, NotificationKind::RenewalHeld, &occasion)
}

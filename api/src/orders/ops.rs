//! Placing and changing orders.

use super::rules;
use super::store::{self, Row};
use crate::auth::Caller;
use crate::businesses::store as businesses;
use crate::calendar::Zone;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::market;
use crate::policy::{self, Policies};
use crate::suppliers::store as accounts;
use crate::suppliers::store::Account;
use crate::suppliers::{care, fields, trail};
use crate::{pauses, wallets};
use serde_json::json;
use tradepost_contract::businesses::BusinessStatus;
use tradepost_contract::events::EventKind;
use tradepost_contract::lead_products::ProductStatus;
use tradepost_contract::orders::{CreateOrder, Order, OrderStatus, UpdateOrder};
use tradepost_contract::policy::{CheckoutPolicy, SelfServiceField};
use tradepost_contract::{OrderId, ProblemCode};

/// Places an order. It takes leads at once, unless the account's standing holds it.
pub(crate) fn create(tx: &mut Tx<'_>, policies: &Policies, caller: &Caller, new: &CreateOrder) -> ApiResult<Order> {
    let scope = caller.scope();
    let unknown_business = || ApiError::unknown_id("/business_id");
    let supplier = businesses::standing(tx, &scope, new.business_id)?
        .ok_or_else(unknown_business)?
        .supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    care::may_change(tx, caller, &account, SelfServiceField::Orders)?;
    if new.price.is_some() || new.priority.is_some() || new.weight.is_some() {
        care::staff_only(tx, caller, &account)?;
    }
    if !caller.is_staff() && care::policy(tx, &account)?.checkout != (CheckoutPolicy::NotOffered {}) {
        let detail = "Orders are placed at the checkout, where they are paid.";
        return Err(ApiError::new(ProblemCode::PolicyRefuses).detail(detail));
    }
    let business = businesses::hold(tx, &scope, new.business_id)?.ok_or_else(unknown_business)?;
    let product = store::product(tx, new.product_id)?
        .filter(|product| product.programme_id == account.programme_id)
        .ok_or_else(|| ApiError::unknown_id("/product_id"))?;
    let now = tx.business_now();
    let price = new.price.unwrap_or(product.price);
    let (priority, weight) = (new.priority.unwrap_or(0), new.weight.unwrap_or(1));
    let schedule = new.schedule.clone().unwrap_or_default();
    let starts_at = new.starts_at.unwrap_or(now);
    let mut faults = fields::Faults::default();
    if business.status == BusinessStatus::Closed {
        faults.push("/business_id", "closed", "the business is closed");
    }
    if product.status == ProductStatus::Retired {
        faults.push("/product_id", "retired", "the product is no longer sold");
    }
    rules::check_price(&mut faults, price, account.programme.currency);
    rules::check_count(&mut faults, "/quantity", new.quantity);
    check_caps(&mut faults, new.cap_day, new.cap_week, new.cap_month);
    rules::check_rank(&mut faults, priority, weight);
    rules::check_schedule(&mut faults, &schedule);
    rules::check_dates(&mut faults, starts_at, new.ends_at);
    faults.finish()?;
    let row = Row {
        id: tx.new_id(),
        programme_id: account.programme_id,
        supplier_id: supplier,
        business_id: new.business_id,
        product_id: new.product_id,
        status: OrderStatus::Open,
        hold: pauses::hold_of(tx, supplier, account.status)?,
        price_minor: price.minor,
        currency: price.currency,
        quantity: new.quantity,
        sold: 0,
        cap_day: new.cap_day,
        cap_week: new.cap_week,
        cap_month: new.cap_month,
        schedule: serde_json::to_string(&schedule)?,
        priority,
        weight,
        starts_at,
        ends_at: new.ends_at,
        resolved_policy_id: policy::stamp(tx, account.programme_id, new.product_id, supplier)?,
        paused_by: None,
        checkout_id: None,
        prepaid: wallets::is_open(tx, supplier)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx, &row)?;
    market::changed(tx)?;
    let order = store::get(tx, policies, caller, row.id)?;
    trail::made(tx, caller, "order.created", order.id, supplier, &order)?;
    let facts = json!({ "product_id": order.product_id, "business_id": order.business_id, "price": order.price });
    tell(tx, &order, EventKind::OrderCreated, &facts)?;
    Ok(order)
}

/// Changes an order.
pub(crate) fn update(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    id: OrderId,
    seen: Option<i64>,
    patch: &UpdateOrder,
) -> ApiResult<Order> {
    let scope = caller.scope();
    let supplier = store::find(tx, &scope, id)?.supplier_id;
    let account = accounts::hold(tx, &scope, supplier)?;
    let old = store::hold(tx, &scope, id)?;
    may_patch(tx, policies, caller, &account, &old, patch)?;
    if seen.is_some_and(|seen| seen != old.version) {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    if old.status == OrderStatus::Cancelled {
        return Err(ApiError::conflict("The order is cancelled."));
    }
    if old.checkout_id.is_some() && (patch.price.is_some() || patch.quantity.is_some()) {
        let why = "Price and quantity of the order are paid; more leads are another order.";
        return Err(ApiError::conflict(why));
    }
    let before = store::get(tx, policies, caller, id)?;
    let (row, reason) = patched(old.clone(), patch, &account)?;
    if store::update(tx, &row)? == 0 {
        return Err(ApiError::new(ProblemCode::Stale));
    }
    follow_caps(tx, &account, &old, &row)?;
    market::changed(tx)?;
    let after = store::get(tx, policies, caller, id)?;
    let changed = (&before, &after);
    if trail::changed(tx, caller, "order.updated", id, supplier, changed, reason.as_deref())? {
        let facts = json!({ "status": after.status, "version": after.version });
        tell(tx, &after, EventKind::OrderUpdated, &facts)?;
    }
    if before.status == OrderStatus::Open && after.status == OrderStatus::Filled {
        tell(tx, &after, EventKind::OrderFilled, &json!({ "sold": after.sold }))?;
    }
    Ok(after)
}

fn may_patch(
    tx: &mut Tx<'_>,
    policies: &Policies,
    caller: &Caller,
    account: &Account,
    old: &Row,
    patch: &UpdateOrder,
) -> ApiResult<()> {
    let policy = policies.get(tx, old.resolved_policy_id)?;
    let volume =
        patch.quantity.is_some() || patch.cap_day.is_some() || patch.cap_week.is_some() || patch.cap_month.is_some();
    let times = patch.schedule.is_some() || patch.starts_at.is_some() || patch.ends_at.is_some();
    if volume || caller.is_staff() {
        care::may_change_under(tx, caller, account, &policy, SelfServiceField::Volume)?;
    }
    if times {
        care::may_change_under(tx, caller, account, &policy, SelfServiceField::Schedule)?;
    }
    if patch.price.is_some() || patch.priority.is_some() || patch.weight.is_some() {
        care::staff_only(tx, caller, account)?;
    }
    Ok(())
}

fn patched(mut row: Row, patch: &UpdateOrder, account: &Account) -> ApiResult<(Row, Option<String>)> {
    let mut faults = fields::Faults::default();
    if let Some(price) = patch.price {
        rules::check_price(&mut faults, price, account.programme.currency);
        row.price_minor = price.minor;
    }
    if let Some(quantity) = patch.quantity {
        rules::check_count(&mut faults, "/quantity", quantity);
        if quantity.is_some_and(|quantity| quantity < row.sold) {
            let message = format!("{} were delivered already", row.sold);
            faults.push("/quantity", "out_of_range", message);
        }
        row.quantity = quantity;
    }
    row.cap_day = patch.cap_day.unwrap_or(row.cap_day);
    row.cap_week = patch.cap_week.unwrap_or(row.cap_week);
    row.cap_month = patch.cap_month.unwrap_or(row.cap_month);
    check_caps(&mut faults, row.cap_day, row.cap_week, row.cap_month);
    if let Some(schedule) = &patch.schedule {
        rules::check_schedule(&mut faults, schedule);
        row.schedule = serde_json::to_string(schedule)?;
    }
    row.priority = patch.priority.unwrap_or(row.priority);
    row.weight = patch.weight.unwrap_or(row.weight);
    rules::check_rank(&mut faults, row.priority, row.weight);
    row.starts_at = patch.starts_at.unwrap_or(row.starts_at);
    row.ends_at = patch.ends_at.unwrap_or(row.ends_at);
    rules::check_dates(&mut faults, row.starts_at, row.ends_at);
    let reason = faults.keep(fields::reason("/reason", patch.reason.as_deref()));
    faults.finish()?;
    row.status = rules::after_quantity(row.status, row.quantity, row.sold)
        .map_err(|refused| ApiError::conflict(refused.to_string()))?;
    Ok((row, reason))
}

fn check_caps(faults: &mut fields::Faults, day: Option<i64>, week: Option<i64>, month: Option<i64>) {
    rules::check_count(faults, "/cap_day", day);
    rules::check_count(faults, "/cap_week", week);
    rules::check_count(faults, "/cap_month", month);
}

/// New caps count for the windows that are running.
fn follow_caps(tx: &mut Tx<'_>, account: &Account, old: &Row, new: &Row) -> ApiResult<()> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(tx.business_now());
    let periods = [
        ("day", 0, old.cap_day, new.cap_day),
        ("week", 6, old.cap_week, new.cap_week),
        ("month", 30, old.cap_month, new.cap_month),
    ];
    for (period, longest_ago, old, cap) in periods {
        if let Some(cap) = cap.filter(|_| old != cap) {
            store::set_running_caps(tx, new.id, period, today.plus_days(-longest_ago), cap)?;
        }
    }
    Ok(())
}

/// Writes the event of something that happened to an order.
pub(super) fn tell(tx: &mut Tx<'_>, order: &Order, kind: EventKind, facts: &serde_json::Value) -> ApiResult<()> {
    let subject = Subject::of(order.id)
        .programme(order.programme_id)
        .supplier(order.supplier_id);
    events::push(tx, kind, subject, facts)?;
    Ok(())
}

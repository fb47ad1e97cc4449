//! Loyalty subscriptions as they are shown.

use super::rules::Terms;
use super::store::{self, Placed, Row, Wanted};
use crate::auth::Caller;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::pauses;
use tradepost_contract::loyalty_subscriptions::{LoyaltyAction, LoyaltyCycle, LoyaltySubscription};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{CheckoutId, LoyaltySubscriptionId, Money, OrderId, SupplierId};

/// Subscriptions as they are shown: however many there are, in as many statements.
pub(super) fn shown(
    conn: &mut Conn,
    caller: &Caller,
    found: Vec<(Row, Wanted)>,
) -> ApiResult<Vec<LoyaltySubscription>> {
    let ids: Vec<LoyaltySubscriptionId> = found.iter().map(|(row, _)| row.id).collect();
    let whose: Vec<SupplierId> = found.iter().map(|(row, _)| row.supplier_id).collect();
    let placed = store::orders_of(conn, &ids)?;
    let awaiting = store::awaiting(conn, &ids)?;
    let paused = pauses::of_suppliers(conn, &whose)?;
    found
        .into_iter()
        .map(|(row, wanted)| {
            let terms: Terms = serde_json::from_str(&row.terms)?;
            let orders = placed.get(&row.id).map_or(&[][..], Vec::as_slice);
            let count = pauses_of(&paused, row.supplier_id, orders);
            let reverted = row.reverted || terms.reverts(count);
            let price = if terms.keeps_price() {
                wanted.unit_price_minor
            } else {
                wanted.product_price_minor
            };
            Ok(LoyaltySubscription {
                allowed_actions: allowed_actions(&row, caller),
                next_bonus: match row.renews_on {
                    Some(_) => terms.bonus(wanted.quantity, row.cycle + 1, reverted),
                    None => 0,
                },
                pauses: count,
                pauses_that_keep_perk: terms.pauses_that_keep_perk(),
                reverted,
                order_id: orders.last().map(|order| order.id),
                awaiting_checkout_id: awaiting.get(&row.id).copied(),
                id: row.id,
                programme_id: row.programme_id,
                supplier_id: row.supplier_id,
                supplier_name: wanted.supplier_name,
                business_id: wanted.business_id,
                business_name: wanted.business_name,
                product_id: wanted.product_id,
                product_name: wanted.product_name,
                status: row.status,
                interval: row.interval,
                interval_days: row.interval_days,
                quantity: wanted.quantity,
                unit_price: Money::new(price, wanted.currency),
                cycle: row.cycle,
                renews_on: row.renews_on,
                created_at: row.created_at,
                ended_at: row.ended_at,
                version: row.version,
            })
        })
        .collect()
}

/// How many pauses count against the extra leads of an order's series; none where the order has no series that goes on.
pub(crate) fn pauses_against_perk(
    conn: &mut Conn,
    paused: &[pauses::Began],
    supplier: SupplierId,
    order: OrderId,
) -> ApiResult<Option<i64>> {
    let Some(id) = store::running_of(conn, order)? else {
        return Ok(None);
    };
    let orders = store::orders_of(conn, &[id])?.remove(&id).unwrap_or_default();
    Ok(Some(pauses_of(paused, supplier, &orders)))
}

/// How many pauses the orders of a subscription had.
pub(super) fn pauses_of(paused: &[pauses::Began], supplier: SupplierId, orders: &[Placed]) -> i64 {
    let Some(since) = orders.iter().map(|order| order.created_at).min() else {
        return 0;
    };
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    pauses::count(paused, supplier, &ids, since)
}

fn allowed_actions(row: &Row, caller: &Caller) -> Vec<LoyaltyAction> {
    if !caller.may(Permission::OrdersWrite) {
        return Vec::new();
    }
    [LoyaltyAction::Hold, LoyaltyAction::Activate, LoyaltyAction::Cancel]
        .into_iter()
        .filter(|action| row.status.after(*action).is_ok())
        .collect()
}

/// One subscription as the caller sees it.
pub(super) fn get(conn: &mut Conn, caller: &Caller, id: LoyaltySubscriptionId) -> ApiResult<LoyaltySubscription> {
    let found = store::get(conn, &caller.scope(), id)?;
    shown(conn, caller, vec![found])?.pop().ok_or_else(ApiError::not_found)
}

/// Orders of the series as they are shown.
pub(super) fn cycles(conn: &mut Conn, found: Vec<store::CycleFound>) -> ApiResult<Vec<LoyaltyCycle>> {
    let checkouts: Vec<CheckoutId> = found.iter().map(|(row, ..)| row.checkout_id).collect();
    let payments = crate::checkouts::payments_of(conn, &checkouts)?;
    Ok(found
        .into_iter()
        .map(|(row, quantity, bonus, order_id)| {
            let payment = payments.get(&row.checkout_id);
            LoyaltyCycle {
                cycle: row.cycle,
                due_on: row.due_on,
                checkout_id: row.checkout_id,
                order_id,
                quantity,
                bonus,
                payment: payment.map(|payment| payment.status),
                failure: payment.and_then(|payment| payment.failure),
            }
        })
        .collect())
}

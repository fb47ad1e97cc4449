//! A checkout as its caller sees it.

use super::rules;
use super::store::{self, Around, Filter, Row};
use crate::auth::{Caller, Principal};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::policy::Policies;
use tradepost_contract::CheckoutId;
use tradepost_contract::checkouts::{Checkout, CheckoutAction, CheckoutPayment, OrderLoyalty, Quote};
use tradepost_contract::invoices::InvoiceTax;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};
use tradepost_contract::programmes::Brand;

/// Rows as the caller sees them.
pub(super) fn shown(
    conn: &mut Conn,
    policies: &Policies,
    caller: &Caller,
    rows: Vec<(Row, Around)>,
) -> ApiResult<Vec<Checkout>> {
    let ids: Vec<CheckoutId> = rows.iter().map(|(row, _)| row.id).collect();
    let mut paid_with = store::payments_of(conn, &ids)?;
    rows.into_iter()
        .map(|(row, around)| {
            let payment = paid_with.remove(&row.id);
            let under_way = payment.as_ref().is_some_and(|payment| payment.status.is_live());
            let allowed_actions = if under_way {
                Vec::new()
            } else {
                allowed_actions(conn, policies, caller, &row)?
            };
            checkout(row, around, allowed_actions, payment)
        })
        .collect()
}

/// One checkout as the caller sees it.
pub(super) fn get(conn: &mut Conn, policies: &Policies, caller: &Caller, id: CheckoutId) -> ApiResult<Checkout> {
    let filter = Filter {
        id: Some(id),
        ..Filter::default()
    };
    let rows = store::list(conn, &caller.scope(), filter, &Window::new(None, None)?)?;
    shown(conn, policies, caller, rows)?
        .pop()
        .ok_or_else(ApiError::not_found)
}

fn allowed_actions(conn: &mut Conn, policies: &Policies, caller: &Caller, row: &Row) -> ApiResult<Vec<CheckoutAction>> {
    let policy = policies.get(conn, row.resolved_policy_id)?;
    let own = match &caller.principal {
        Principal::Staff(_) => true,
        Principal::Supplier(_) | Principal::Key(_) => {
            policy.self_service(SelfServiceField::Orders) == SelfServiceMode::Edit
        }
    };
    let orders = own && caller.may(Permission::OrdersWrite);
    let records = caller.may(Permission::PaymentsRecord);
    Ok(CheckoutAction::ALL
        .iter()
        .copied()
        .filter(|action| row.status.after(*action).is_ok())
        .filter(|action| match action {
            CheckoutAction::Submit | CheckoutAction::Abandon => orders,
            CheckoutAction::Complete | CheckoutAction::Fail => records,
        })
        .collect())
}

fn checkout(
    row: Row,
    around: Around,
    allowed_actions: Vec<CheckoutAction>,
    payment: Option<CheckoutPayment>,
) -> ApiResult<Checkout> {
    let (names, (eta_text, brand, coupon), (order_id, invoice_id)) = around;
    let (programme_name, supplier_name, business_name, product_name) = names;
    let order_quantity = row.quantity + row.bonus;
    let tax: InvoiceTax = serde_json::from_str(&row.tax)?;
    let unit_price = row.money(row.unit_price_minor);
    let quote = Quote {
        unit_price,
        subtotal: unit_price.times(row.quantity)?,
        discount: row.money(row.discount_minor),
        net: row.money(row.net_minor),
        tax: row.money(row.tax_minor),
        total: row.total()?,
    };
    Ok(Checkout {
        id: row.id,
        programme_id: row.programme_id,
        programme_name,
        supplier_id: row.supplier_id,
        supplier_name,
        business_id: row.business_id,
        business_name,
        product_id: row.product_id,
        product_name,
        eta_text,
        status: row.status,
        allowed_actions,
        quantity: row.quantity,
        order_quantity,
        daily_percent: row.daily_percent,
        cap_day: row.daily_percent.map(|percent| rules::cap_day(order_quantity, percent)),
        loyalty: loyalty(&row),
        coverage: row.coverage.as_deref().map(serde_json::from_str).transpose()?,
        coupon,
        quote,
        credit: row.money(row.credit_minor),
        due: row.due()?,
        payment,
        tax_rate: tax.rate.to_string().parse().map_err(ApiError::internal)?,
        tax_label: tax.label,
        descriptor: serde_json::from_str::<Brand>(&brand)?.descriptor,
        order_id,
        invoice_id,
        expires_at: row.expires_at,
        submitted_at: row.submitted_at,
        ended_at: row.ended_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What the loyalty programme gives the order.
pub(super) fn loyalty(row: &Row) -> Option<OrderLoyalty> {
    Some(OrderLoyalty {
        interval: row.loyalty_interval.clone()?,
        interval_days: row.loyalty_days?,
        bonus: row.bonus,
        subscription_id: row.loyalty_subscription_id,
    })
}

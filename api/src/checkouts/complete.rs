//! What payments ask of a checkout: what is due, and that it is paid.

use super::rules;
use super::store::{self, Row};
use crate::auth::{Actor, Scope};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::events::{self, Subject};
use crate::invoices::order_invoice::{self, OrderInvoice, OrderLine};
use crate::loyalty_subscriptions::{self, Joined};
use crate::orders::{self, PaidOrder};
use crate::policy::Policies;
use crate::suppliers::store as accounts;
use crate::{audit, coupons, coverage, notifications, pauses};
use serde_json::json;
use tradepost_contract::checkouts::{CheckoutAction, CheckoutStatus};
use tradepost_contract::coupons::RedemptionAction;
use tradepost_contract::events::{EventKind, NotificationKind};
use tradepost_contract::invoices::InvoiceLineKind;
use tradepost_contract::lead_products::Exclusivity;
use tradepost_contract::programmes::Brand;
use tradepost_contract::{CheckoutId, InvoiceId, Money, OrderId, ProgrammeId, SupplierId};

/// The money that a checkout waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    /// What it is for.
    pub(crate) checkout: CheckoutId,
    /// In which programme.
    pub(crate) programme: ProgrammeId,
    /// Who pays.
    pub(crate) supplier: SupplierId,
    /// How much.
    pub(crate) amount: Money,
}

/// The money that a checkout waits for now; none unless it was submitted and costs more than credit pays.
pub(crate) fn due(tx: &mut Tx<'_>, id: CheckoutId) -> ApiResult<Option<Due>> {
    let row = store::find(tx, &Scope::system(), id)?;
    let amount = row.due()?;
    let waits = row.status == CheckoutStatus::AwaitingPayment && amount.minor > 0;
    Ok(waits.then_some(Due {
        checkout: id,
        programme: row.programme_id,
        supplier: row.supplier_id,
        amount,
    }))
}

/// What became of a checkout whose money is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Its order is open, and this invoice is what the money pays, unless something else paid it before.
    Completed(InvoiceId),
    /// It had ended before: the money goes back.
    TooLate(CheckoutStatus),
}

/// The money of a checkout is there: opens its order and issues its invoice, once. The invoice is open for
/// as much as was due; whoever has the money applies it in the same transaction.
pub(crate) fn payment_succeeded(
    tx: &mut Tx<'_>,
    policies: &Policies,
    actor: &Actor,
    id: CheckoutId,
) -> ApiResult<Settled> {
    let supplier = store::find(tx, &Scope::system(), id)?.supplier_id;
    let account = accounts::hold(tx, &Scope::system(), supplier)?;
    let mut row = store::hold(tx, &Scope::system(), id)?;
    let Ok(status) = row.status.after(CheckoutAction::Complete) else {
        return Ok(match store::outcome(tx, id)? {
            (_, Some(invoice)) => Settled::Completed(invoice),
            (_, None) => Settled::TooLate(row.status),
        });
    };
    let hold = pauses::hold_of(tx, account.id, account.status)?;
    let order = open_order(tx, actor, &row, hold)?;
    coupons::settle(tx, id, RedemptionAction::Consume)?;
    let policy = policies.get(tx, row.resolved_policy_id)?;
    let product = store::product(tx, row.product_id)?.ok_or_else(ApiError::not_found)?;
    let issued = OrderInvoice {
        checkout: Some(id),
        plan: None,
        package: None,
        programme: row.programme_id,
        supplier,
        lines: vec![OrderLine {
            kind: InvoiceLineKind::Order,
            description: description(&row, &product.name),
            net: row.money(row.net_minor),
            tax: row.money(row.tax_minor),
        }],
        net: row.money(row.net_minor),
        tax: row.money(row.tax_minor),
        taxes: format!("[{}]", row.tax),
        days: None,
        credit: row.money(row.credit_minor),
    };
    let invoice = order_invoice::issue(tx, &policy, &issued)?;
    row.status = status;
    row.ended_at = Some(tx.business_now());
    store::update(tx, &row)?;
    tell(tx, actor, &row, order, invoice, product.eta_text.as_deref())?;
    if let (None, Some(interval), Some(interval_days)) =
        (row.loyalty_subscription_id, &row.loyalty_interval, row.loyalty_days)
    {
        let new = Joined {
            checkout: id,
            programme: row.programme_id,
            supplier,
            interval,
            interval_days,
            exclusive: product.exclusivity == Exclusivity::Exclusive,
        };
        loyalty_subscriptions::joined(tx, actor, &policy, &new)?;
    }
    Ok(Settled::Completed(invoice))
}

fn open_order(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &Row,
    hold: tradepost_contract::orders::OrderHold,
) -> ApiResult<OrderId> {
    let quantity = row.quantity + row.bonus;
    let new = PaidOrder {
        checkout_id: row.id,
        programme_id: row.programme_id,
        supplier_id: row.supplier_id,
        business_id: row.business_id,
        product_id: row.product_id,
        price: row.money(row.unit_price_minor),
        quantity,
        cap_day: row.daily_percent.map(|percent| rules::cap_day(quantity, percent)),
        hold,
    };
    let order = orders::open_paid(tx, actor, &new)?;
    if let Some(areas) = &row.coverage {
        coverage::of_order(tx, row.supplier_id, order, &serde_json::from_str(areas)?)?;
    }
    Ok(order)
}

/// The order in the words of the invoice's line.
fn description(row: &Row, product: &str) -> String {
    let mut text = format!("{product}: {} leads", row.quantity);
    if row.bonus > 0 {
        text.push_str(&format!(" and {} extra leads", row.bonus));
    }
    if row.discount_minor > 0 {
        text.push_str(", less the discount of a coupon");
    }
    text
}

fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &Row,
    order: OrderId,
    invoice: InvoiceId,
    eta_text: Option<&str>,
) -> ApiResult<()> {
    let (programme, supplier) = (row.programme_id, row.supplier_id);
    let facts = json!({
        "checkout_id": row.id, "order_id": order, "invoice_id": invoice, "product_id": row.product_id,
        "quantity": row.quantity, "bonus": row.bonus, "total": row.total()?,
    });
    let subject = Subject::of(row.id).programme(programme).supplier(supplier);
    events::push(tx, EventKind::CheckoutCompleted, subject, &facts)?;
    let change = audit::Change {
        action: "checkout.completed",
        object: row.id.to_string(),
        supplier: Some(supplier),
        before: Some(json!({ "status": CheckoutStatus::AwaitingPayment })),
        after: Some(json!({ "status": row.status, "order_id": order, "invoice_id": invoice })),
        reason: None,
    };
    audit::record(tx, actor, change)?;
    let brand: Brand = serde_json::from_str(&store::brand(tx, programme)?)?;
    let message = json!({
        "order_id": order, "invoice_id": invoice, "quantity": row.quantity, "bonus": row.bonus, "total": row.total()?,
        "descriptor": brand.descriptor, "eta_text": eta_text, "path": format!("/orders/{order}"),
    });
    let (kind, occasion) = (NotificationKind::OrderConfirmed, order.to_string());
    notifications::record(tx, kind, &occasion, programme, Some(supplier), &message)?;
    Ok(())
}

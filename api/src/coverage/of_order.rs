//! Areas that an order is placed with.

use super::rules;
use super::store::{self, Row};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};
use crate::market;
use tradepost_contract::checkouts::OrderCoverage;
use tradepost_contract::coverage::CoverageKind;
use tradepost_contract::{FieldError, OrderId, SupplierId};

/// How many areas an order is placed with.
const MOST: usize = 500;

/// The areas in their one spelling, or every fault with a pointer below `pointer`.
pub(crate) fn read(pointer: &str, areas: &OrderCoverage) -> ApiResult<OrderCoverage> {
    let at = |fault: FieldError| FieldError {
        pointer: format!("{pointer}{}", fault.pointer),
        ..fault
    };
    if areas.values.len() > MOST {
        let fault = FieldError::new("/values", "too_many", format!("has at most {MOST} values"));
        return Err(ApiError::invalid(vec![at(fault)]));
    }
    let values = rules::values(areas.kind, &areas.values)
        .map_err(|faults| ApiError::invalid(faults.into_iter().map(at).collect()))?;
    Ok(OrderCoverage {
        kind: areas.kind,
        values,
    })
}

/// Gives a new order areas of its own, in force at once: it is no change that needs a notice.
pub(crate) fn of_order(tx: &mut Tx<'_>, supplier: SupplierId, order: OrderId, areas: &OrderCoverage) -> ApiResult<()> {
    add(tx, supplier, Some(order), areas)
}

/// Lets a new account take leads from everywhere, until it narrows that down.
pub(crate) fn everywhere(tx: &mut Tx<'_>, supplier: SupplierId) -> ApiResult<()> {
    let anywhere = OrderCoverage {
        kind: CoverageKind::Anywhere,
        values: Vec::new(),
    };
    let anywhere = read("", &anywhere)?;
    add(tx, supplier, None, &anywhere)
}

fn add(tx: &mut Tx<'_>, supplier: SupplierId, order_id: Option<OrderId>, areas: &OrderCoverage) -> ApiResult<()> {
    let now = tx.business_now();
    for value in &areas.values {
        let row = Row {
            id: tx.new_id(),
            supplier_id: supplier,
            order_id,
            kind: areas.kind,
            value: value.clone(),
            effective_from: now,
            effective_to: None,
            created_at: now,
        };
        store::insert(tx, &row)?;
    }
    market::changed(tx)
}

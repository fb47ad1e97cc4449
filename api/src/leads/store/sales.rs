//! Whom a lead was sold to.

use crate::db::schema::{deliveries, suppliers};
use crate::db::{Conn, Keep as _, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use tradepost_contract::leads::LeadSale;
use tradepost_contract::{BusinessId, Currency, DeliveryId, LeadId, Money, OrderId, SupplierId};

/// Whom a lead was sold to, by place.
pub(crate) fn sales(conn: &mut Conn, id: LeadId) -> ApiResult<Vec<LeadSale>> {
    type Row = (
        DeliveryId,
        OrderId,
        SupplierId,
        String,
        BusinessId,
        i32,
        i64,
        Currency,
        Option<DeliveryId>,
    );
    let sold_to = deliveries::table
        .inner_join(suppliers::table)
        .filter(deliveries::lead_id.eq(id))
        .order(deliveries::slot)
        .select((
            deliveries::id,
            deliveries::order_id,
            deliveries::supplier_id,
            suppliers::name,
            deliveries::business_id,
            deliveries::slot,
            deliveries::price_minor,
            deliveries::currency,
            deliveries::replaces_delivery_id,
        ))
        .kept(|| ());
    let rows: Vec<Row> = either!(conn, conn => sold_to.load(conn))?;
    let sale = |row: Row| {
        let (delivery_id, order_id, supplier_id, supplier_name, business_id, slot, minor, currency, replaces) = row;
        LeadSale {
            delivery_id,
            order_id,
            supplier_id,
            supplier_name,
            business_id,
            slot,
            price: Money::new(minor, currency),
            replacement: replaces.is_some(),
        }
    };
    Ok(rows.into_iter().map(sale).collect())
}

//! Orders in memory for the tables of this folder's tests.

use crate::market::{Business, StandingOrder, Supplier};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use tradepost_contract::orders::{OrderHold, OrderSchedule, OrderStatus};
use tradepost_contract::{Id, Timestamp};

/// An open order of supplier `id` without coverage of its own, caps or an end.
pub(super) fn order(id: i64) -> StandingOrder {
    let supplier = Supplier {
        id: Id::from_i64(id + 100),
        programme_id: Id::from_i64(1),
        name: format!("Supplier {id}"),
    };
    let business = Business {
        id: Id::from_i64(id + 200),
        supplier_id: supplier.id,
        association_id: None,
        name: format!("Business {id}"),
        active: true,
        forward_to: Vec::new(),
        lead_mail: Vec::new(),
    };
    StandingOrder {
        id: Id::from_i64(id),
        supplier: Arc::new(supplier),
        business: Arc::new(business),
        status: OrderStatus::Open,
        hold: OrderHold::None,
        price_minor: 4_500,
        quantity: None,
        cap_day: None,
        cap_week: None,
        cap_month: None,
        schedule: OrderSchedule::default(),
        priority: 0,
        weight: 1,
        starts_at: Timestamp::from_seconds(0),
        ends_at: None,
        resolved_policy_id: Id::from_i64(1),
        sold: AtomicI64::new(0),
        last_delivery: AtomicI64::new(0),
        spent: Mutex::new(None),
        room: Mutex::new(None),
    }
}

/// The same for a business of this association.
pub(super) fn order_of_association(id: i64, association: i64) -> StandingOrder {
    let mut order = order(id);
    if let Some(business) = Arc::get_mut(&mut order.business) {
        business.association_id = Some(Id::from_i64(association));
    }
    order
}

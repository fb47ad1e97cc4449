//! The rows of traces.

use super::kept_trace::{KeptTrace, OfOrder};
use crate::db::schema::{lead_traces, orders, suppliers};
use crate::db::{Conn, Keep as _, Tx, either};
use crate::error::ApiResult;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};
use tradepost_contract::leads::TraceAttempt;
use tradepost_contract::{BusinessId, Currency, LeadId, OrderId, SupplierId};

/// The number of the next attempt to sell the lead, whose row is ours.
pub(super) fn next_attempt(conn: &mut Conn, lead: LeadId) -> ApiResult<i32> {
    let last: Option<i32> = lead_traces::table
        .filter(lead_traces::lead_id.eq(lead))
        .order(lead_traces::attempt.desc())
        .select(lead_traces::attempt)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

/// Keeps an attempt.
pub(super) fn insert(tx: &mut Tx<'_>, lead: LeadId, attempt: &TraceAttempt) -> ApiResult<()> {
    let row = diesel::insert_into(lead_traces::table)
        .values((
            lead_traces::lead_id.eq(lead),
            lead_traces::attempt.eq(attempt.attempt),
            lead_traces::traced_at.eq(attempt.traced_at),
            lead_traces::trace.eq(serde_json::to_string(&KeptTrace::of(attempt))?),
        ))
        .kept(|| ());
    either!(&mut **tx, conn => row.execute(conn))?;
    Ok(())
}

/// Every attempt to sell a lead, oldest first.
pub(crate) fn attempts(conn: &mut Conn, lead: LeadId) -> ApiResult<Vec<TraceAttempt>> {
    let texts: Vec<String> = lead_traces::table
        .filter(lead_traces::lead_id.eq(lead))
        .order(lead_traces::attempt)
        .select(lead_traces::trace)
        .load(conn)?;
    let kept: Vec<KeptTrace> = texts
        .iter()
        .map(|text| serde_json::from_str(text))
        .collect::<Result<_, _>>()?;
    let named: BTreeSet<OrderId> = kept.iter().flat_map(KeptTrace::orders).collect();
    type Row = (OrderId, SupplierId, String, BusinessId, Currency);
    let rows: Vec<Row> = orders::table
        .inner_join(suppliers::table)
        .filter(orders::id.eq_any(named))
        .select((
            orders::id,
            orders::supplier_id,
            suppliers::name,
            orders::business_id,
            orders::currency,
        ))
        .load(conn)?;
    let of_order = |(id, supplier_id, supplier_name, business_id, currency): Row| {
        let of = OfOrder {
            supplier_id,
            supplier_name,
            business_id,
            currency,
        };
        (id, of)
    };
    let orders: HashMap<OrderId, OfOrder> = rows.into_iter().map(of_order).collect();
    Ok(kept.iter().map(|attempt| attempt.in_full(&orders)).collect())
}

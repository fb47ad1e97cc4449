//! Rows of targets. What is sent to them stands with their endpoints (`webhooks/store/`).

use crate::auth::Scope;
use crate::db::schema::{businesses, delivery_targets, orders, suppliers, webhook_endpoints};
use crate::db::{Conn, Tx};
use crate::error::{ApiError, ApiResult};
use crate::lists::Window;
use crate::webhooks::store::{self as endpoints, Row as Endpoint};
use diesel::prelude::*;
use tradepost_contract::delivery_targets::{
    DeliveryTarget, DeliveryTargetAuth, DeliveryTargetField, DeliveryTargetKind,
};
use tradepost_contract::webhooks::WebhookEndpointStatus;
use tradepost_contract::{
    BusinessId, DeliveryTargetId, Id as _, OrderId, Page, ProgrammeId, SupplierId, Timestamp, WebhookEndpointId,
};

/// A row of `delivery_targets`, in the order of its columns.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = delivery_targets)]
pub(super) struct Row {
    pub(super) id: DeliveryTargetId,
    pub(super) endpoint_id: WebhookEndpointId,
    pub(super) supplier_id: SupplierId,
    pub(super) kind: DeliveryTargetKind,
    pub(super) business_id: Option<BusinessId>,
    pub(super) order_id: Option<OrderId>,
    /// A JSON list.
    pub(super) fields: String,
    pub(super) auth: DeliveryTargetAuth,
    pub(super) auth_name: Option<String>,
    pub(super) created_at: Timestamp,
}

impl Row {
    pub(super) fn fields(&self) -> ApiResult<Vec<DeliveryTargetField>> {
        Ok(serde_json::from_str(&self.fields)?)
    }
}

/// A target, and in whose name its supplier is told about it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(super) row: Row,
    pub(super) name: String,
    pub(super) programme: ProgrammeId,
}

/// What an endpoint of a mail has in the place of a web address.
pub(super) const MAIL: &str = "mailto:";

type Joined = (Row, Endpoint, String, Option<String>);

fn shown((row, endpoint, supplier_name, business_name): Joined, waiting: i64) -> ApiResult<DeliveryTarget> {
    let fields = row.fields()?;
    let address = endpoint.url.strip_prefix(MAIL).unwrap_or(&endpoint.url).to_owned();
    Ok(DeliveryTarget {
        id: row.id,
        supplier_id: row.supplier_id,
        supplier_name,
        kind: row.kind,
        name: endpoint.name,
        address,
        business_id: row.business_id,
        business_name,
        order_id: row.order_id,
        fields,
        auth: row.auth,
        auth_name: row.auth_name,
        status: endpoint.status,
        disabled_because: endpoint.disabled_because,
        failing_since: endpoint.failing_since,
        waiting,
        created_at: row.created_at,
        version: endpoint.version,
    })
}

/// Which targets a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    pub(super) supplier: Option<SupplierId>,
    pub(super) kinds: Option<Vec<DeliveryTargetKind>>,
    pub(super) statuses: Option<Vec<WebhookEndpointStatus>>,
}

/// A page of targets, the latest first.
pub(super) fn list(conn: &mut Conn, scope: &Scope, filter: Filter, window: &Window) -> ApiResult<Page<DeliveryTarget>> {
    let mut query = delivery_targets::table
        .inner_join(webhook_endpoints::table)
        .inner_join(suppliers::table)
        .left_join(businesses::table)
        .filter(webhook_endpoints::status.ne(WebhookEndpointStatus::Deleted))
        .select((
            delivery_targets::all_columns,
            webhook_endpoints::all_columns,
            suppliers::name,
            businesses::name.nullable(),
        ))
        .into_boxed();
    for supplier in scope.supplier().into_iter().chain(filter.supplier) {
        query = query.filter(delivery_targets::supplier_id.eq(supplier));
    }
    if let Some(programme) = scope.programme() {
        query = query.filter(webhook_endpoints::programme_id.eq(programme));
    }
    if let Some(kinds) = filter.kinds {
        query = query.filter(delivery_targets::kind.eq_any(kinds));
    }
    if let Some(statuses) = filter.statuses {
        query = query.filter(webhook_endpoints::status.eq_any(statuses));
    }
    if let Some((at, id)) = window.after() {
        query = query
            .filter(delivery_targets::created_at.le(at))
            .filter(delivery_targets::created_at.lt(at).or(delivery_targets::id.lt(id)));
    }
    let rows: Vec<Joined> = query
        .order((delivery_targets::created_at.desc(), delivery_targets::id.desc()))
        .limit(window.fetch())
        .load(conn)?;
    let page = window.finish(rows, |(row, ..)| (row.created_at, row.id.as_i64()));
    let ids: Vec<_> = page.data.iter().map(|(row, ..)| row.endpoint_id).collect();
    let waiting = endpoints::waiting(conn, &ids)?;
    page.try_map_rows(|rows| {
        let count = |row: &Joined| waiting.get(&row.0.endpoint_id).copied().unwrap_or(0);
        rows.into_iter()
            .map(|row| {
                let count = count(&row);
                shown(row, count)
            })
            .collect()
    })
}

/// One target that is there with its endpoint, where the caller may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: DeliveryTargetId) -> ApiResult<(Row, Endpoint)> {
    delivery_targets::table
        .inner_join(webhook_endpoints::table)
        .filter(delivery_targets::id.eq(id))
        .select((delivery_targets::all_columns, webhook_endpoints::all_columns))
        .first::<(Row, Endpoint)>(conn)
        .optional()?
        .filter(|(row, endpoint)| {
            endpoint.status != WebhookEndpointStatus::Deleted
                && scope.allows_supplier(row.supplier_id)
                && endpoint
                    .programme_id
                    .is_none_or(|programme| scope.allows_programme(programme))
        })
        .ok_or_else(ApiError::not_found)
}

/// The target as it is shown.
pub(super) fn get(conn: &mut Conn, scope: &Scope, id: DeliveryTargetId) -> ApiResult<DeliveryTarget> {
    let (row, endpoint) = find(conn, scope, id)?;
    let supplier: String = suppliers::table
        .find(row.supplier_id)
        .select(suppliers::name)
        .first(conn)?;
    let business: Option<String> = match row.business_id {
        Some(business) => Some(businesses::table.find(business).select(businesses::name).first(conn)?),
        None => None,
    };
    let waiting = endpoints::waiting(conn, &[row.endpoint_id])?;
    let count = waiting.get(&row.endpoint_id).copied().unwrap_or(0);
    shown((row, endpoint, supplier, business), count)
}

/// Keeps a target as it is until the transaction ends, and gives it.
pub(super) fn hold(tx: &mut Tx<'_>, scope: &Scope, id: DeliveryTargetId) -> ApiResult<(Row, Endpoint)> {
    let (row, _) = find(tx, scope, id)?;
    endpoints::hold_any(tx, row.endpoint_id)?;
    find(tx, scope, id)
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::insert_into(delivery_targets::table)
        .values(row.clone())
        .execute(&mut **tx)?;
    Ok(())
}

/// Writes what changes of a target beside its endpoint. The caller holds that.
pub(super) fn save(tx: &mut Tx<'_>, row: &Row) -> ApiResult<()> {
    diesel::update(delivery_targets::table.find(row.id))
        .set((
            delivery_targets::fields.eq(&row.fields),
            delivery_targets::auth.eq(row.auth),
            delivery_targets::auth_name.eq(&row.auth_name),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// The target that an endpoint is of.
pub(super) fn of_endpoint(conn: &mut Conn, id: WebhookEndpointId) -> ApiResult<Option<Target>> {
    let found: Option<(Row, String, ProgrammeId)> = delivery_targets::table
        .inner_join(webhook_endpoints::table)
        .inner_join(suppliers::table)
        .filter(delivery_targets::endpoint_id.eq(id))
        .select((
            delivery_targets::all_columns,
            webhook_endpoints::name,
            suppliers::programme_id,
        ))
        .first(conn)
        .optional()?;
    Ok(found.map(|(row, name, programme)| Target { row, name, programme }))
}

/// A target that was not taken away, by its number: for jobs.
pub(super) fn there(conn: &mut Conn, id: DeliveryTargetId) -> ApiResult<Option<Row>> {
    Ok(delivery_targets::table
        .inner_join(webhook_endpoints::table)
        .filter(delivery_targets::id.eq(id))
        .filter(webhook_endpoints::status.ne(WebhookEndpointStatus::Deleted))
        .select(delivery_targets::all_columns)
        .first(conn)
        .optional()?)
}

/// Keeps a supplier as it is until the transaction ends, and says in which programme it buys.
pub(super) fn hold_supplier(tx: &mut Tx<'_>, id: SupplierId) -> ApiResult<Option<ProgrammeId>> {
    diesel::update(suppliers::table.find(id))
        .set(suppliers::version.eq(suppliers::version))
        .execute(&mut **tx)?;
    endpoints::programme_of(tx, id)
}

/// How many targets a supplier has.
pub(super) fn count(conn: &mut Conn, supplier: SupplierId) -> ApiResult<i64> {
    Ok(delivery_targets::table
        .inner_join(webhook_endpoints::table)
        .filter(delivery_targets::supplier_id.eq(supplier))
        .filter(webhook_endpoints::status.ne(WebhookEndpointStatus::Deleted))
        .count()
        .get_result(conn)?)
}

pub(super) fn has_business(conn: &mut Conn, supplier: SupplierId, business: BusinessId) -> ApiResult<bool> {
    let own = businesses::table
        .find(business)
        .filter(businesses::supplier_id.eq(supplier));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn)?)
}

pub(super) fn has_order(conn: &mut Conn, supplier: SupplierId, order: OrderId) -> ApiResult<bool> {
    let own = orders::table.find(order).filter(orders::supplier_id.eq(supplier));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn)?)
}

/// What a supplier and its programme are called, and the programme's currency.
pub(super) fn names(conn: &mut Conn, supplier: SupplierId) -> ApiResult<(String, String, String)> {
    use crate::db::schema::programmes;
    Ok(suppliers::table
        .inner_join(programmes::table)
        .filter(suppliers::id.eq(supplier))
        .select((suppliers::name, programmes::name, programmes::currency))
        .first(conn)?)
}

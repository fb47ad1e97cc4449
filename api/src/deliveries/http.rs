//! Handlers of deliveries.

use super::export::File;
use super::store::{self, Filter};
use super::view::Viewer;
use super::{export, ops};
use crate::app::App;
use crate::auth::{Caller, Principal};
use crate::command::{Command, NoBody, Reply};
use crate::db::Tx;
use crate::error::{ApiResult, Problems};
use crate::lists::{self, Id, KeyKind, Many, Query, Window};
use crate::policy::Policies;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use time::Duration;
use tradepost_contract::deliveries::{
    BillingState, Delivery, DeliveryCounts, DeliveryDetail, DeliverySort, LeadOutcome, RejectDelivery, UpdateDelivery,
};
use tradepost_contract::{
    BusinessId, DeliveryId, Id as _, LeadId, LeadProductId, OrderId, Page, ProgrammeId, SupplierId, Timestamp,
};
use utoipa::IntoParams;

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryFilter {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this supplier.
    supplier_id: Option<SupplierId>,
    /// Only for this business.
    business_id: Option<BusinessId>,
    /// Only sold as this.
    product_id: Option<LeadProductId>,
    /// Only taken by this order.
    order_id: Option<OrderId>,
    /// Only of this lead.
    lead_id: Option<LeadId>,
    /// Only those whose charge stands so; several with commas between them. `unbilled` is the list that can
    /// still be rejected where the programme takes one-click rejections (R109).
    #[param(value_type = Option<String>, example = "unbilled,return_pending")]
    billing_state: Option<Many<BillingState>>,
    /// Only with these outcomes; several with commas between them.
    #[param(value_type = Option<String>, example = "quoted,won")]
    outcome: Option<Many<LeadOutcome>>,
    /// Only those that can still be returned, or only those that cannot.
    returnable: Option<bool>,
    /// Something of the person: a part of the name or company, the start of an e-mail, four or more digits of
    /// the phone number.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Only those that one of the supplier's people opened, or only those that nobody did.
    seen: Option<bool>,
    /// `newest` first unless said otherwise. Not for the file.
    #[param(inline)]
    sort: Option<DeliverySort>,
    /// Delivered at or after this instant.
    delivered_from: Option<Timestamp>,
    /// Delivered before this instant.
    delivered_before: Option<Timestamp>,
    /// How many a page holds: 1 to 100, 50 by default. Not for the file.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before. Not for the file.
    cursor: Option<String>,
}

impl DeliveryFilter {
    fn at(self, now: Timestamp) -> Filter {
        Filter {
            programme: self.programme_id,
            supplier: self.supplier_id,
            business: self.business_id,
            product: self.product_id,
            order: self.order_id,
            lead: self.lead_id,
            billing_states: self.billing_state.map(|Many(states)| states),
            outcomes: self.outcome.map(|Many(outcomes)| outcomes),
            delivered_from: self.delivered_from,
            delivered_before: self.delivered_before,
            text: self.q.filter(|text| !text.trim().is_empty()),
            seen: self.seen,
            closes_before: None,
            returnable: self.returnable.map(|returnable| (returnable, now)),
        }
    }

    /// The same, with what it is refused for.
    fn parsed(query: Query<Self>) -> ApiResult<Self> {
        let Query(asked) = query;
        let long = asked
            .q
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_SEARCH);
        if long {
            return Err(lists::invalid_parameter("q", "At most 100 characters."));
        }
        Ok(asked)
    }
}

/// What somebody looks for is a name or a number, not a story.
const LONGEST_SEARCH: usize = 100;

/// List deliveries
///
/// Newest first unless said otherwise, each with the person's particulars. A supplier's people see their own account's, members
/// those of their businesses.
#[utoipa::path(tag = "deliveries", params(DeliveryFilter), responses((status = 200, body = Page<Delivery>), Problems))]
#[get("/deliveries")]
pub(super) async fn list_deliveries(caller: Caller, query: Query<DeliveryFilter>, app: Data<App>) -> ApiResult<Reply> {
    let asked = DeliveryFilter::parsed(query)?;
    let sort = asked.sort.unwrap_or(DeliverySort::Newest);
    let window = Window::sorted(asked.limit, asked.cursor.as_deref(), sort.as_str(), KeyKind::Number)?;
    let now = app.clock.business_now();
    let (scope, viewer, policies) = (caller.scope(), Viewer::of(&caller, now), app.policies.clone());
    let filter = asked.at(now);
    let page = app
        .db
        .read(move |conn| {
            viewer.may_search(conn, filter.text.is_some())?;
            let rows = store::list(conn, &scope, filter, sort, window.after_number(), window.fetch())?;
            let page = window.finish(rows, |row| (store::key(row, sort), row.id.as_i64()));
            page.try_map_rows(|rows| viewer.all(conn, &policies, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Count what waits
///
/// New leads, open return windows, and those that close within a day: what a home page says. A supplier's
/// people count their own account's.
#[utoipa::path(tag = "deliveries", responses((status = 200, body = DeliveryCounts), Problems))]
#[get("/deliveries/counts")]
pub(super) async fn count_deliveries(caller: Caller, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let scope = caller.scope();
    let counts = app
        .db
        .read(move |conn| {
            let mut count = |filter: Filter| store::count(conn, &scope, filter);
            Ok(DeliveryCounts {
                unseen: count(Filter {
                    seen: Some(false),
                    ..Filter::default()
                })?,
                returnable: count(Filter {
                    returnable: Some((true, now)),
                    ..Filter::default()
                })?,
                closing_soon: count(Filter {
                    returnable: Some((true, now)),
                    closes_before: Some(now.plus(Duration::hours(24))),
                    ..Filter::default()
                })?,
                last_seven_days: count(Filter {
                    delivered_from: Some(now.plus(-Duration::days(7))),
                    ..Filter::default()
                })?,
            })
        })
        .await?;
    Reply::ok(&counts)
}

/// Export deliveries
///
/// The list as CSV, with the list's filters, newest first. At most 50,000 rows: narrow the range for more.
/// Cells that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(
    tag = "deliveries",
    params(DeliveryFilter),
    responses((status = 200, content_type = "text/csv", body = String), Problems)
)]
#[get("/deliveries.csv")]
pub(super) async fn export_deliveries(
    caller: Caller,
    query: Query<DeliveryFilter>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let asked = DeliveryFilter::parsed(query)?;
    if asked.sort.is_some() {
        return Err(lists::invalid_parameter("sort", "The file is newest first."));
    }
    if asked.limit.is_some() {
        return Err(lists::invalid_parameter("limit", "The file holds all rows."));
    }
    if asked.cursor.is_some() {
        return Err(lists::invalid_parameter("cursor", "The file holds all rows."));
    }
    let now = app.clock.business_now();
    let (scope, viewer, policies) = (caller.scope(), Viewer::of(&caller, now), app.policies.clone());
    let filter = asked.at(now);
    let bytes = app
        .db
        .read(move |conn| {
            viewer.may_search(conn, filter.text.is_some())?;
            let (mut file, mut after, mut rows) = (File::new()?, None, 0);
            loop {
                let slice = store::list(conn, &scope, filter.clone(), DeliverySort::Newest, after, export::SLICE)?;
                let Some(last) = slice.last() else {
                    return file.finish();
                };
                after = Some((last.delivered_at.as_micros(), last.id.as_i64()));
                rows += slice.len();
                if rows > export::MOST_ROWS {
                    let message = "More than 50,000 deliveries: narrow the range.";
                    return Err(lists::invalid_parameter("delivered_from", message));
                }
                for delivery in viewer.all(conn, &policies, slice)? {
                    file.add(&delivery)?;
                }
            }
        })
        .await?;
    Ok(Reply::csv("deliveries.csv", bytes))
}

/// Read a delivery
///
/// With everything the supplier may know of the lead. The first time one of the supplier's people reads it,
/// `seen_at` is set.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    responses((status = 200, body = DeliveryDetail), Problems)
)]
#[get("/deliveries/{id}")]
pub(super) async fn get_delivery(caller: Caller, path: Id<DeliveryId>, app: Data<App>) -> ApiResult<Reply> {
    let now = app.clock.business_now();
    let (scope, viewer, policies) = (caller.scope(), Viewer::of(&caller, now), app.policies.clone());
    let read = move |conn: &mut crate::db::Conn| {
        let row = store::get(conn, &scope, path.0)?;
        viewer.detail(conn, &policies, row)
    };
    let mut detail = app.db.read(read.clone()).await?;
    if detail.delivery.seen_at.is_none() && matches!(caller.principal, Principal::Supplier(_)) {
        detail = app
            .db
            .write(move |tx| {
                store::mark_seen(tx, path.0)?;
                read(tx)
            })
            .await?;
    }
    Ok(Reply::ok(&detail)?.etag(detail.delivery.version))
}

/// The delivery as it stands after a change.
fn shown(tx: &mut Tx<'_>, policies: &Policies, caller: &Caller, id: DeliveryId) -> ApiResult<Reply> {
    let row = store::get(tx, &caller.scope(), id)?;
    let version = row.version;
    let shown = Viewer::of(caller, tx.business_now()).all(tx, policies, vec![row])?;
    Ok(Reply::ok(shown.first().ok_or_else(crate::error::ApiError::not_found)?)?.etag(version))
}

/// Rate a delivery, note its outcome
///
/// A merge patch of rating, outcome and note (R49, R76). With `If-Match` it is refused where somebody else
/// changed the delivery meanwhile.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    request_body = UpdateDelivery,
    responses((status = 200, body = Delivery), Problems)
)]
#[patch("/deliveries/{id}")]
pub(super) async fn update_delivery(
    caller: Caller,
    path: Id<DeliveryId>,
    command: Command<UpdateDelivery>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (policies, if_match) = (app.policies.clone(), command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            ops::update(tx, caller, path.0, if_match, body)?;
            shown(tx, &policies, caller, path.0)
        })
        .await
}

/// Reject a delivery
///
/// With one click and at once, where the programme's policy decides instantly: it is not charged (R109–R111).
/// 409 `already_invoiced` once it stands on an invoice (R113); 422 `reason_not_valid` for any other reason
/// than the programme's (R110).
#[utoipa::path(
    tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    request_body = RejectDelivery,
    responses((status = 200, body = Delivery), Problems)
)]
#[post("/deliveries/{id}/reject")]
pub(super) async fn reject_delivery(
    caller: Caller,
    path: Id<DeliveryId>,
    command: Command<RejectDelivery>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, body| {
            ops::reject(tx, &policies, caller, path.0, body)?;
            shown(tx, &policies, caller, path.0)
        })
        .await
}

/// Undo a rejection
///
/// The delivery is charged after all. Possible until its period is invoiced (R109): 409 `already_invoiced`.
#[utoipa::path(
    tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    request_body = NoBody,
    responses((status = 200, body = Delivery), Problems)
)]
#[post("/deliveries/{id}/undo-rejection")]
pub(super) async fn undo_delivery_rejection(
    caller: Caller,
    path: Id<DeliveryId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let policies = app.policies.clone();
    command
        .run(&app, caller, move |tx, caller, _| {
            ops::undo_rejection(tx, &policies, caller, path.0)?;
            shown(tx, &policies, caller, path.0)
        })
        .await
}

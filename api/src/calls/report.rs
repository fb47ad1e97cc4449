//! Handlers of the call report, of its file and figures, and of the script.

use super::export::{self, File};
use super::store::{self, Filter, Order};
use super::view::Viewer;
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::calendar::Zone;
use crate::command::Reply;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{self, Id, KeyKind, Many, Query, Window};
use crate::suppliers::store::{self as suppliers, Account};
use crate::{plans, policy};
use actix_web::get;
use actix_web::web::Data;
use serde::Deserialize;
use tradepost_contract::calls::{
    CallLead, CallReportSort, CallScriptInForce, CallState, CallSummary, DispositionCount,
};
use tradepost_contract::policy::CallPolicy;
use tradepost_contract::{LeadId, Page, PolicyVersionId, ProgrammeId, SupplierId, Timestamp};
use utoipa::IntoParams;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportFilter {
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this customer.
    supplier_id: Option<SupplierId>,
    /// Only those that stand so, such as `waiting,claimed` for what is open.
    #[param(value_type = Option<String>)]
    state: Option<Many<CallState>>,
    /// Only those whose last call ended so: codes of dispositions, with commas between them.
    #[param(value_type = Option<String>, example = "appointment,live_transfer")]
    disposition: Option<Many<String>>,
    /// Last called at or after this instant.
    called_from: Option<Timestamp>,
    /// Last called before this instant.
    called_before: Option<Timestamp>,
    /// Entered the queue at or after this instant.
    queued_from: Option<Timestamp>,
    /// Entered the queue before this instant.
    queued_before: Option<Timestamp>,
    /// What happened last first, unless said otherwise. The file has the newest leads first.
    #[param(inline)]
    sort: Option<CallReportSort>,
    /// How many a page holds: 1 to 100, 50 by default. Not for the file.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before. Not for the file.
    cursor: Option<String>,
}

impl ReportFilter {
    fn filter(self) -> Filter {
        Filter {
            programme: self.programme_id,
            supplier: self.supplier_id,
            states: self.state.map(|Many(states)| states),
            due: None,
            dispositions: self.disposition.map(|Many(words)| words),
            called_from: self.called_from,
            called_before: self.called_before,
            queued_from: self.queued_from,
            queued_before: self.queued_before,
        }
    }
}

/// Read the call report
///
/// Each of a customer's own leads with its particulars, how the last call ended, and the history of its calls (R98). A
/// supplier's people see their own account's.
#[utoipa::path(tag = "calls", params(ReportFilter), responses((status = 200, body = Page<CallLead>), Problems))]
#[get("/call-report")]
pub(super) async fn get_call_report(caller: Caller, query: Query<ReportFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let sort = query.sort.unwrap_or(CallReportSort::Activity);
    let window = Window::sorted(query.limit, query.cursor.as_deref(), sort.as_str(), KeyKind::Number)?;
    let (scope, viewer, filter) = (caller.scope(), Viewer::of(&caller), query.filter());
    let page = app
        .db
        .read(move |conn| {
            let page = store::list(conn, &scope, filter, Order::Report(sort), &window)?;
            page.try_map_rows(|rows| viewer.all(conn, rows))
        })
        .await?;
    Reply::ok(&page)
}

/// Read a lead of the call report
#[utoipa::path(tag = "calls", params(("id" = LeadId, Path)), responses((status = 200, body = CallLead), Problems))]
#[get("/call-report/{id}")]
pub(super) async fn get_called_lead(caller: Caller, id: Id<LeadId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, viewer) = (caller.scope(), Viewer::of(&caller));
    let lead = app.db.read(move |conn| viewer.get(conn, &scope, id.0)).await?;
    Ok(Reply::ok(&lead)?.etag(lead.version))
}

/// Export the call report
///
/// The report as CSV, with the report's filters, newest leads first. At most 50,000 rows: narrow the range for more.
/// Cells that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(
    tag = "calls",
    params(ReportFilter),
    responses((status = 200, content_type = "text/csv", body = String), Problems)
)]
#[get("/call-report.csv")]
pub(super) async fn export_call_report(caller: Caller, query: Query<ReportFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    for (name, given) in [
        ("sort", query.sort.is_some()),
        ("limit", query.limit.is_some()),
        ("cursor", query.cursor.is_some()),
    ] {
        if given {
            return Err(lists::invalid_parameter(name, "The file holds all rows, newest first."));
        }
    }
    let (scope, viewer, filter) = (caller.scope(), Viewer::of(&caller), query.filter());
    let bytes = app
        .db
        .read(move |conn| {
            let order = Order::Report(CallReportSort::Newest);
            let (mut file, mut cursor, mut rows) = (File::new()?, None::<String>, 0);
            loop {
                let window = Window::sorted(Some(100), cursor.as_deref(), "newest", KeyKind::Number)?;
                let page = store::list(conn, &scope, filter.clone(), order, &window)?;
                rows += page.data.len();
                if rows > export::MOST_ROWS {
                    let message = "More than 50,000 leads: narrow the range.";
                    return Err(lists::invalid_parameter("queued_from", message));
                }
                for lead in viewer.all(conn, page.data)? {
                    file.add(&lead)?;
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    return file.finish();
                }
            }
        })
        .await?;
    Ok(Reply::csv("call-report.csv", bytes))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SummaryOf {
    /// Whose report.
    supplier_id: SupplierId,
}

/// Read the call report in figures
///
/// How many leads stand where, how their last calls ended, and what is used of the plan now (R97).
#[utoipa::path(tag = "calls", params(SummaryOf), responses((status = 200, body = CallSummary), Problems))]
#[get("/call-report/summary")]
pub(super) async fn get_call_summary(caller: Caller, query: Query<SummaryOf>, app: Data<App>) -> ApiResult<Reply> {
    let Query(SummaryOf { supplier_id }) = query;
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let summary = app
        .db
        .read(move |conn| {
            let account = whole_account(conn, &scope, supplier_id)?;
            let (_, policy) = call_policy(conn, &account, now)?;
            summary(conn, &account, &policy)
        })
        .await?;
    Reply::ok(&summary)
}

/// The account of a report; figures are of all of it, so that members who are held to some of its businesses have none.
fn whole_account(conn: &mut Conn, scope: &Scope, supplier: SupplierId) -> ApiResult<Account> {
    if scope.businesses().is_some() {
        return Err(ApiError::not_found());
    }
    suppliers::account(conn, scope, supplier)
}

fn summary(conn: &mut Conn, account: &Account, policy: &CallPolicy) -> ApiResult<CallSummary> {
    let mut summary = CallSummary {
        supplier_id: account.id,
        usage: plans::usage_of(conn, account.id)?,
        open: 0,
        closed: 0,
        removed: 0,
        not_called_yet: store::not_called_yet(conn, account.id)?,
        dispositions: Vec::new(),
    };
    for (state, leads) in store::counts(conn, account.id)? {
        match state {
            CallState::Waiting | CallState::Claimed => summary.open += leads,
            CallState::Closed => summary.closed += leads,
            CallState::Removed => summary.removed += leads,
        }
    }
    let counted = store::dispositions(conn, account.id)?.into_iter();
    summary.dispositions = counted
        .map(|(code, leads)| DispositionCount {
            label: policy
                .dispositions
                .get(&code)
                .map_or_else(|| code.replace('_', " "), |known| known.label.clone()),
            disposition: code,
            leads,
        })
        .collect();
    Ok(summary)
}

fn call_policy(conn: &mut Conn, account: &Account, now: Timestamp) -> ApiResult<(PolicyVersionId, CallPolicy)> {
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let today = zone.date_of(now);
    let (version, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, today)?;
    Ok((version, resolved.policy.calls))
}

/// Read the call script
///
/// What is said on the phone for a customer, and how a call may end, as the policy in force has it (R100).
#[utoipa::path(
    tag = "calls",
    params(("id" = SupplierId, Path)),
    responses((status = 200, body = CallScriptInForce), Problems)
)]
#[get("/suppliers/{id}/call-script")]
pub(super) async fn get_call_script(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let script = app
        .db
        .read(move |conn| {
            let account = suppliers::account(conn, &scope, id.0)?;
            let (policy_version_id, policy) = call_policy(conn, &account, now)?;
            Ok(CallScriptInForce {
                supplier_id: account.id,
                programme_id: account.programme_id,
                policy_version_id,
                script: policy.script,
                dispositions: policy.dispositions,
            })
        })
        .await?;
    Reply::ok(&script)
}

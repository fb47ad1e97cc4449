//! Handlers of `/reports`.

use super::cash;
use super::churn;
use super::rules;
use super::series;
use super::standings;
use super::store::{self, About};
use crate::app::App;
use crate::auth::Caller;
use crate::command::Reply;
use crate::error::{ApiResult, Problems};
use crate::lists::{Query, invalid_parameter};
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::reports::{
    CashReport, ChurnReport, LeadSourceReport, LeadsByDayReport, OpenInvoicesReport, ReturnRateReport, RevenueReport,
};
use tradepost_contract::standings::{ProgrammeHealthReport, SupplierBook};
use tradepost_contract::{LegalEntityId, LocalDate, ProgrammeId, SupplierId, Timestamp, UserId};

/// Which deliveries.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReturnRates {
    /// Delivered at or after this instant; 30 days before the end by default.
    from: Option<Timestamp>,
    /// Delivered before this instant; now by default.
    to: Option<Timestamp>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// One supplier.
    supplier_id: Option<SupplierId>,
}

/// Reports how much of what suppliers bought came back
///
/// By supplier, the highest rate first, and by reason. At most 366 days.
#[utoipa::path(
    tag = "reports",
    params(ReturnRates),
    responses((status = 200, body = ReturnRateReport), Problems)
)]
#[get("/reports/return-rates")]
pub(super) async fn report_return_rates(caller: Caller, query: Query<ReturnRates>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (from, to) = rules::period(query.from, query.to, app.clock.business_now())
        .map_err(|message| invalid_parameter("from", message))?;
    let about = About {
        from,
        to,
        programme: query.programme_id,
        supplier: query.supplier_id,
    };
    let about = about.within(&caller.scope());
    Reply::ok(&app.db.read(move |conn| store::return_rates(conn, about)).await?)
}

/// Which cancellations.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Cancellations {
    /// Asked for at or after this instant; 30 days before the end by default.
    from: Option<Timestamp>,
    /// Asked for before this instant; now by default.
    to: Option<Timestamp>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports who leaves, and why
///
/// Cancellations of accounts by programme, reason and the way in which they were asked for, with what became of them
/// since, and how long those who left were with us (R20). At most 366 days.
#[utoipa::path(
    tag = "reports",
    params(Cancellations),
    responses((status = 200, body = ChurnReport), Problems)
)]
#[get("/reports/churn")]
pub(super) async fn report_churn(caller: Caller, query: Query<Cancellations>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (from, to) = rules::period(query.from, query.to, app.clock.business_now())
        .map_err(|message| invalid_parameter("from", message))?;
    let about = About {
        from,
        to,
        programme: query.programme_id,
        supplier: None,
    };
    let about = about.within(&caller.scope());
    Reply::ok(&app.db.read(move |conn| churn::churn(conn, about)).await?)
}

/// Which leads.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LeadSources {
    /// Came in at or after this instant; 30 days before the end by default.
    from: Option<Timestamp>,
    /// Came in before this instant; now by default.
    to: Option<Timestamp>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports where leads came from and what became of them
///
/// By advertising source, the one with the most leads first (R107). At most 366 days.
#[utoipa::path(
    tag = "reports",
    params(LeadSources),
    responses((status = 200, body = LeadSourceReport), Problems)
)]
#[get("/reports/lead-sources")]
pub(super) async fn report_lead_sources(caller: Caller, query: Query<LeadSources>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (from, to) = rules::period(query.from, query.to, app.clock.business_now())
        .map_err(|message| invalid_parameter("from", message))?;
    let about = About {
        from,
        to,
        programme: query.programme_id,
        supplier: None,
    };
    let about = about.within(&caller.scope());
    Reply::ok(&app.db.read(move |conn| store::lead_sources(conn, about)).await?)
}

/// Which days.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LeadDays {
    /// How many days, 1 to 366; 30 by default.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
    /// The day after the last one; tomorrow in each programme's zone by default, so that today is the last.
    ends_before: Option<LocalDate>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports how many leads came, were sold and came back, by day
///
/// By programme, in the programme's own time zone. What was sold on a day is counted with what came of it since.
#[utoipa::path(
    tag = "reports",
    params(LeadDays),
    responses((status = 200, body = LeadsByDayReport), Problems)
)]
#[get("/reports/leads-by-day")]
pub(super) async fn report_leads_by_day(caller: Caller, query: Query<LeadDays>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let days = count("days", query.days, 30, 366)?;
    let now = app.clock.business_now();
    let programme = caller.scope().programme().or(query.programme_id);
    let read = move |conn: &mut crate::db::Conn| series::leads_by_day(conn, programme, days, query.ends_before, now);
    Reply::ok(&app.db.read(read).await?)
}

/// Which weeks.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RevenueWeeks {
    /// How many weeks up to this one, 1 to 53; 12 by default.
    #[param(minimum = 1, maximum = 53)]
    weeks: Option<u32>,
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports revenue by week
///
/// What invoices of the week come to, less what its credit notes gave back, before tax. A week begins on
/// Monday, in the programme's own time zone.
#[utoipa::path(
    tag = "reports",
    params(RevenueWeeks),
    responses((status = 200, body = RevenueReport), Problems)
)]
#[get("/reports/revenue")]
pub(super) async fn report_revenue(caller: Caller, query: Query<RevenueWeeks>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let weeks = count("weeks", query.weeks, 12, 53)?;
    let now = app.clock.business_now();
    let programme = caller.scope().programme().or(query.programme_id);
    let read = move |conn: &mut crate::db::Conn| series::revenue(conn, programme, weeks, now);
    Reply::ok(&app.db.read(read).await?)
}

/// Whose invoices.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OpenInvoices {
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// One supplier.
    supplier_id: Option<SupplierId>,
}

/// Reports what is owed, by how long it is overdue
///
/// As it stands now, by currency. What was given up on is not counted.
#[utoipa::path(
    tag = "reports",
    params(OpenInvoices),
    responses((status = 200, body = OpenInvoicesReport), Problems)
)]
#[get("/reports/open-invoices")]
pub(super) async fn report_open_invoices(
    caller: Caller,
    query: Query<OpenInvoices>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let now = app.clock.business_now();
    let scope = caller.scope();
    let (programme, supplier) = (
        scope.programme().or(query.programme_id),
        scope.supplier().or(query.supplier_id),
    );
    let read = move |conn: &mut crate::db::Conn| series::open_invoices(conn, programme, supplier, now);
    Reply::ok(&app.db.read(read).await?)
}

/// Whose months.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CashMonths {
    /// How many months up to this one, 1 to 36; 12 by default.
    #[param(minimum = 1, maximum = 36)]
    months: Option<u32>,
    /// One legal entity.
    legal_entity_id: Option<LegalEntityId>,
}

/// Reports cash in and what is owed, by month
///
/// By legal entity and currency, from the journal: what was invoiced, credited, received and refunded in the
/// month, and what suppliers owed at its end. Taxes are included.
#[utoipa::path(
    tag = "reports",
    params(CashMonths),
    responses((status = 200, body = CashReport), Problems)
)]
#[get("/reports/cash")]
pub(super) async fn report_cash(_caller: Caller, query: Query<CashMonths>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let months = count("months", query.months, 12, 36)?;
    let now = app.clock.business_now();
    let read = move |conn: &mut crate::db::Conn| cash::cash(conn, query.legal_entity_id, months, now);
    Reply::ok(&app.db.read(read).await?)
}

fn count(name: &str, given: Option<u32>, usual: u32, most: u32) -> ApiResult<u32> {
    let count = given.unwrap_or(usual);
    if (1..=most).contains(&count) {
        Ok(count)
    } else {
        Err(invalid_parameter(name, &format!("expected 1 to {most}")))
    }
}

/// Whose suppliers.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Book {
    /// One programme.
    programme_id: Option<ProgrammeId>,
    /// Only those that this person looks after.
    account_manager_id: Option<UserId>,
}

/// Reports how suppliers stand today
///
/// An account manager's book: leads of this week and the one before, what came back, what is owed, and why somebody
/// deserves a look; those first. Accounts that are over are left out.
#[utoipa::path(
    tag = "reports",
    params(Book),
    responses((status = 200, body = SupplierBook), Problems)
)]
#[get("/reports/supplier-book")]
pub(super) async fn report_supplier_book(caller: Caller, query: Query<Book>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let book = app
        .db
        .read(move |conn| standings::book(conn, &scope, query.programme_id, query.account_manager_id, now));
    Reply::ok(&book.await?)
}

/// Which programmes.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Health {
    /// One programme.
    programme_id: Option<ProgrammeId>,
}

/// Reports how programmes do today
///
/// Leads of this week and the one before, how many found a buyer, what waits for a decision, what is owed.
#[utoipa::path(
    tag = "reports",
    params(Health),
    responses((status = 200, body = ProgrammeHealthReport), Problems)
)]
#[get("/reports/programme-health")]
pub(super) async fn report_programme_health(caller: Caller, query: Query<Health>, app: Data<App>) -> ApiResult<Reply> {
    let Query(query) = query;
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let health = app
        .db
        .read(move |conn| standings::health(conn, &scope, query.programme_id, now));
    Reply::ok(&health.await?)
}

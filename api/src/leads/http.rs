//! Handlers of leads.

use super::desk::{self, EarlyCheck, Submitter};
use super::store::LeadFilter;
use super::{ops, review, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, Reply};
use crate::db::Tx;
use crate::error::{ApiResult, Problems};
use crate::lists::{Id, KeyKind, Query, Window};
use crate::selling;
use crate::subject_requests::ERASED_ANSWER;
use actix_web::web::Data;
use actix_web::{get, post};
use tradepost_contract::leads::{CreateLead, DecideLead, Lead, LeadDetail, LeadReceipt, LeadTrace, ReleaseLead};
use tradepost_contract::{Id as _, LeadId, Page, TimeSort};

/// Submits a lead
///
/// The lead is checked by the programme's policy, compared with earlier ones, and sold at once where
/// nothing speaks against it: the answer says to whom, at what price, and why the others did not get it.
/// An `external_id` that came before answers 200 with the lead that is there, and changes nothing.
#[utoipa::path(tag = "leads", request_body = CreateLead, responses(
    (status = 201, description = "The lead is kept; see its status.", body = LeadReceipt),
    (status = 200, description = "The external id came before; nothing changed.", body = LeadReceipt),
    Problems
))]
#[post("/leads")]
pub(super) async fn create_lead(caller: Caller, command: Command<CreateLead>, app: Data<App>) -> ApiResult<Reply> {
    let (market, secrets) = (app.market.clone(), app.secrets.clone());
    let submitter = Submitter::of(&caller);
    let now = app.clock.business_now();
    let early = EarlyCheck::new(market.newest().as_deref(), &submitter, &command.body, now);
    command
        .run_completing(&app, caller, complete_receipt, move |tx, caller, body| {
            let market = market.fresh(tx)?;
            let taken = match early.by(&market) {
                Some(checked) => ops::take_in(tx, &market, &secrets, &submitter, checked)?,
                None => {
                    let checked = desk::check(&market, &submitter, body.clone(), tx.business_now())?;
                    ops::take_in(tx, &market, &secrets, &submitter, &checked)?
                }
            };
            ops::audit_submission(tx, caller, &taken)?;
            let receipt = ops::receipt(tx, taken)?;
            ops::refuse_to_show(caller, &receipt)?;
            let reply = match receipt.existing {
                true => Reply::ok(&receipt)?.etag(receipt.lead.version),
                false => created(receipt)?,
            };
            Ok(reply)
        })
        .await
}

/// 201 with the receipt. It is saved without those who did not get the lead, whom its trace has.
fn created(mut receipt: LeadReceipt) -> ApiResult<Reply> {
    let reply = Reply::created(format!("/api/v1/leads/{}", receipt.lead.id), &receipt)?.etag(receipt.lead.version);
    receipt.not_sold_to.clear();
    reply.replayed_as(&receipt)
}

/// Puts those who did not get the lead back into a saved receipt. Of one whose person was erased nothing is left to
/// complete.
fn complete_receipt(tx: &mut Tx<'_>, mut saved: Reply) -> ApiResult<Reply> {
    if saved.status == 201 && saved.body != ERASED_ANSWER.as_bytes() {
        let mut receipt: LeadReceipt = serde_json::from_slice(&saved.body)?;
        receipt.not_sold_to = ops::refused_on_arrival(tx, &receipt.lead)?;
        saved.body = serde_json::to_vec(&receipt)?;
    }
    Ok(saved)
}

/// Lists leads
#[utoipa::path(tag = "leads", params(LeadFilter), responses((status = 200, body = Page<Lead>), Problems))]
#[get("/leads")]
pub(super) async fn list_leads(caller: Caller, query: Query<LeadFilter>, app: Data<App>) -> ApiResult<Reply> {
    let Query(filter) = query;
    let sort = filter.sort.unwrap_or(TimeSort::Newest);
    let window = Window::sorted(filter.limit, filter.cursor.as_deref(), sort.as_str(), KeyKind::Number)?;
    let scope = caller.scope();
    app.db
        .read(move |conn| {
            let rows = store::list(conn, &scope, filter, &window)?;
            // Written and dropped where it was read: thousands of texts do not change the thread.
            Reply::ok(&window.finish(rows, |lead| (lead.created_at, lead.id.as_i64())))
        })
        .await
}

/// Reads a lead with its consent, verification and buyers
#[utoipa::path(tag = "leads", params(("id" = LeadId, Path)), responses((status = 200, body = LeadDetail), Problems))]
#[get("/leads/{id}")]
pub(super) async fn get_lead(caller: Caller, path: Id<LeadId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, Id(id)) = (caller.scope(), path);
    app.db
        .read(move |conn| {
            let lead = store::get(conn, &scope, id)?;
            let mut consents = store::consents(conn, id)?.into_iter();
            let detail = LeadDetail {
                lead,
                consent: consents.next(),
                earlier_consents: consents.collect(),
                verification: store::verification(conn, id)?,
                sales: store::sales(conn, id)?,
            };
            Ok(Reply::ok(&detail)?.etag(detail.lead.version))
        })
        .await
}

/// Explains why a lead went to whom
///
/// Every attempt to sell it, with every candidate order: its rank or the reason it was refused.
#[utoipa::path(tag = "leads", params(("id" = LeadId, Path)), responses((status = 200, body = LeadTrace), Problems))]
#[get("/leads/{id}/trace")]
pub(super) async fn get_lead_trace(caller: Caller, path: Id<LeadId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, Id(id)) = (caller.scope(), path);
    let trace = app
        .db
        .read(move |conn| {
            store::get(conn, &scope, id)?;
            let mut attempts = selling::attempts(conn, id)?;
            for attempt in &mut attempts {
                // A supplier's key reads about the supplier's own orders only (R127).
                attempt
                    .candidates
                    .retain(|entry| scope.allows_supplier(entry.supplier_id));
            }
            Ok(LeadTrace { lead_id: id, attempts })
        })
        .await?;
    Reply::ok(&trace)
}

/// Releases a quarantined lead
///
/// It is offered to the market at once; a customer's own lead goes into service instead (R99).
#[utoipa::path(tag = "leads", params(("id" = LeadId, Path)), request_body = ReleaseLead,
    responses((status = 200, body = LeadReceipt), Problems))]
#[post("/leads/{id}/release")]
pub(super) async fn release_lead(
    caller: Caller,
    path: Id<LeadId>,
    command: Command<ReleaseLead>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (Id(id), if_match) = (path, command.if_match);
    let (market, secrets) = (app.market.clone(), app.secrets.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let market = market.fresh(tx)?;
            let receipt = review::release(tx, &market, &secrets, caller, id, if_match, body)?;
            Ok(Reply::ok(&receipt)?.etag(receipt.lead.version))
        })
        .await
}

/// Refuses a lead that was not sold
#[utoipa::path(tag = "leads", params(("id" = LeadId, Path)), request_body = DecideLead,
    responses((status = 200, body = Lead), Problems))]
#[post("/leads/{id}/reject")]
pub(super) async fn reject_lead(
    caller: Caller,
    path: Id<LeadId>,
    command: Command<DecideLead>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (Id(id), if_match) = (path, command.if_match);
    let (market, secrets) = (app.market.clone(), app.secrets.clone());
    command
        .run(&app, caller, move |tx, caller, body| {
            let market = market.fresh(tx)?;
            let lead = review::reject(tx, &market, &secrets, caller, id, if_match, &body.reason)?;
            Ok(Reply::ok(&lead)?.etag(lead.version))
        })
        .await
}

/// Takes a lead off the market because the person took the consent back
#[utoipa::path(tag = "leads", params(("id" = LeadId, Path)), request_body = DecideLead,
    responses((status = 200, body = Lead), Problems))]
#[post("/leads/{id}/withdraw")]
pub(super) async fn withdraw_lead(
    caller: Caller,
    path: Id<LeadId>,
    command: Command<DecideLead>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let (Id(id), if_match) = (path, command.if_match);
    command
        .run(&app, caller, move |tx, caller, body| {
            let lead = review::withdraw(tx, caller, id, if_match, &body.reason)?;
            Ok(Reply::ok(&lead)?.etag(lead.version))
        })
        .await
}

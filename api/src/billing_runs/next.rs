//! The next invoice of one supplier, by the rules of the run that will make it.
//!
//! It is looked at as the run will: what may still come back when the run is due is deferred or
//! invoiced, as the policy stamped on the delivery says.

use super::charges::{Charges, parties};
use super::ops::no_periods;
use super::rules::{Fate, fate, period_from};
use super::store::next::{self as rows, Period, Unbilled};
use super::store::{self, Seller};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::calendar::period_of;
use crate::command::Reply;
use crate::credit_notes::credit_left;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Paging, Query};
use crate::policy::Policies;
use crate::suppliers::store as suppliers;
use crate::tax::rules::resolve;
use crate::wallets;
use actix_web::get;
use actix_web::web::Data;
use tradepost_contract::next_invoices::{NextInvoice, NextInvoiceLine, NextLineFate};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{Id as _, Money, Page, SupplierId, Timestamp};

/// The period that the supplier's next invoice is for, and its seller.
fn next_period(conn: &mut Conn, scope: &Scope, supplier: SupplierId, now: Timestamp) -> ApiResult<(Seller, Period)> {
    // Like the invoice, it is the whole account's.
    if scope.businesses().is_some() {
        return Err(ApiError::not_found());
    }
    let account = suppliers::account(conn, scope, supplier)?;
    let seller = store::seller(conn, account.programme_id)?.ok_or_else(ApiError::not_found)?;
    if let Some(period) = rows::undone_for(conn, account.programme_id, supplier)? {
        return Ok((seller, period));
    }
    // The job lays out the next period only once it has begun.
    let policy = store::programme_policy(conn, account.programme_id)?.ok_or_else(no_periods)?;
    let cycle = policy.billing.cycle;
    let period = match store::last_period_end(conn, account.programme_id)? {
        Some(end) => period_from(&cycle, &seller.zone, end),
        None => period_of(&cycle, &seller.zone, now),
    };
    let period = period.ok_or_else(no_periods)?;
    Ok((
        seller,
        Period {
            starts_on: period.starts_on,
            ends_before: period.ends_before,
            end_at: period.end_at,
            due_at: period.due_at,
        },
    ))
}

fn next_invoice(
    conn: &mut Conn,
    policies: &Policies,
    scope: &Scope,
    supplier: SupplierId,
    now: Timestamp,
) -> ApiResult<NextInvoice> {
    let (seller, period) = next_period(conn, scope, supplier, now)?;
    let buyer = store::buyer(conn, supplier)?;
    let run_at = now.max(period.due_at);
    let (mut charges, mut disputed, mut waiting, mut later) = (Charges::default(), 0, 0, 0);
    for group in rows::groups(conn, seller.programme, supplier, run_at, period.end_at)? {
        let policy = policies.get(conn, group.policy_id)?;
        match fate_of(&policy.billing, &group) {
            None => continue,
            Some(NextLineFate::Later) => {
                later += group.deliveries;
                continue;
            }
            Some(NextLineFate::Waiting) => waiting += group.deliveries,
            Some(NextLineFate::Billed) => {
                let facts = parties(&seller.party, &buyer.country, buyer.tax_id.is_some());
                let price = Money::new(group.price_minor, seller.currency);
                charges.add(resolve(&policy.tax, facts), price, group.deliveries);
            }
        }
        if group.disputed() {
            disputed += group.deliveries;
        }
    }
    let zero = Money::zero(seller.currency);
    let sums = charges.sums(zero)?;
    let left: i64 = credit_left(conn, seller.legal_entity, supplier, seller.currency)?
        .iter()
        .map(|(_, left)| left)
        .sum();
    let credit = Money::new(left.min(sums.total.minor), seller.currency);
    let drawn = wallets::drawn_until(conn, supplier, period.end_at)?;
    let prepaid = Money::new(drawn.min(sums.total.minus(credit)?.minor).max(0), seller.currency);
    Ok(NextInvoice {
        supplier_id: supplier,
        programme_id: seller.programme,
        starts_on: period.starts_on,
        ends_before: period.ends_before,
        due_at: period.due_at,
        runs_on: seller.zone.date_of(period.due_at),
        lines: sums.lines,
        net: sums.net,
        tax: sums.tax,
        total: sums.total,
        taxes: sums.taxes,
        credit,
        prepaid,
        to_pay: sums.total.minus(credit)?.minus(prepaid)?,
        disputed,
        waiting,
        later,
    })
}

/// What a supplier's deliveries that no invoice has come to until now, with their tax.
pub(crate) fn accrued(
    conn: &mut Conn,
    policies: &Policies,
    seller: &Seller,
    supplier: SupplierId,
    now: Timestamp,
) -> ApiResult<Money> {
    let buyer = store::buyer(conn, supplier)?;
    let mut charges = Charges::default();
    for group in rows::groups(conn, seller.programme, supplier, now, Timestamp::from_micros(i64::MAX))? {
        let policy = policies.get(conn, group.policy_id)?;
        if fate_of(&policy.billing, &group).is_some() {
            let facts = parties(&seller.party, &buyer.country, buyer.tax_id.is_some());
            let price = Money::new(group.price_minor, seller.currency);
            charges.add(resolve(&policy.tax, facts), price, group.deliveries);
        }
    }
    Ok(charges.sums(Money::zero(seller.currency))?.total)
}

/// What the next run does with deliveries; none where no run bills them.
fn fate_of(billing: &tradepost_contract::policy::BillingPolicy, these: &Unbilled) -> Option<NextLineFate> {
    match (fate(billing, these.may_come_back()), these.is_later()) {
        (Fate::NotByRuns, _) => None,
        (Fate::Billed | Fate::Deferred, true) => Some(NextLineFate::Later),
        (Fate::Billed, false) => Some(NextLineFate::Billed),
        (Fate::Deferred, false) => Some(NextLineFate::Waiting),
    }
}

/// Read the next invoice
///
/// What the next billing run makes of what the supplier has received so far, if nothing changes until then. A
/// programme whose leads are charged with their orders or plans has none.
#[utoipa::path(tag = "invoices", params(("id" = SupplierId, Path)), responses((status = 200, body = NextInvoice), Problems))]
#[get("/suppliers/{id}/next-invoice")]
pub(super) async fn get_next_invoice(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now, policies) = (caller.scope(), app.clock.business_now(), app.policies.clone());
    let read = move |conn: &mut Conn| next_invoice(conn, &policies, &scope, id.0, now);
    Reply::ok(&app.db.read(read).await?)
}

/// List what is not invoiced yet
///
/// The leads of the next invoice and those that wait, in the order of delivery; disputed ones are marked.
#[utoipa::path(tag = "invoices", params(("id" = SupplierId, Path), Paging), responses((status = 200, body = Page<NextInvoiceLine>), Problems))]
#[get("/suppliers/{id}/next-invoice/lines")]
pub(super) async fn list_next_invoice_lines(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<Paging>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let window = query.0.window()?;
    let (scope, now, policies) = (caller.scope(), app.clock.business_now(), app.policies.clone());
    let named = caller.may(Permission::DeliveriesRead);
    let page = app
        .db
        .read(move |conn| {
            let (seller, period) = next_period(conn, &scope, id.0, now)?;
            let run_at = now.max(period.due_at);
            let found = rows::lines(conn, seller.programme, id.0, run_at, period.end_at, &window)?;
            let found = window.finish(found, |row| (row.delivered_at, row.delivery_id.as_i64()));
            let mut data = Vec::with_capacity(found.data.len());
            for row in found.data {
                let policy = policies.get(conn, row.terms.policy_id)?;
                let Some(fate) = fate_of(&policy.billing, &row.terms) else {
                    continue;
                };
                data.push(NextInvoiceLine {
                    delivery_id: row.delivery_id,
                    lead_id: row.lead_id,
                    lead_name: row.lead_name.filter(|_| named),
                    delivered_at: row.delivered_at,
                    description: row.description,
                    business_id: row.business_id,
                    business_name: row.business_name,
                    price: Money::new(row.terms.price_minor, seller.currency),
                    disputed: row.terms.disputed(),
                    fate,
                });
            }
            Ok(Page {
                data,
                next_cursor: found.next_cursor,
                has_more: found.has_more,
            })
        })
        .await?;
    Reply::ok(&page)
}

//! The account manager's book of suppliers, and the health of programmes: counts of today, put side by side.

use super::rules::share;
use super::store::standings as store;
use crate::auth::Scope;
use crate::db::Conn;
use crate::error::ApiResult;
use std::collections::HashMap;
use std::hash::Hash;
use time::Duration;
use tradepost_contract::standings::{
    Attention, ProgrammeHealth, ProgrammeHealthReport, SupplierBook, SupplierStanding,
};
use tradepost_contract::suppliers::SupplierStatus;
use tradepost_contract::{Money, ProgrammeId, SupplierId, Timestamp, UserId};

const WEEK: Duration = Duration::days(7);
const MONTH: Duration = Duration::days(30);

/// What a supplier's line says, as far as it decides whether it deserves a look.
#[derive(Debug, Clone, Copy)]
struct Signs {
    status: SupplierStatus,
    this_week: i64,
    week_before: i64,
    open_orders: i64,
    paused_orders: i64,
    overdue_minor: i64,
    question_open: bool,
    rate: Option<Attention>,
}

/// Why a supplier deserves a look, the weightiest first.
fn attention(signs: &Signs) -> Vec<Attention> {
    let active = signs.status == SupplierStatus::Active;
    let wants = active && signs.open_orders > 0;
    let mut found: Vec<Attention> = [
        (signs.status == SupplierStatus::Suspended).then_some(Attention::Suspended),
        (signs.status == SupplierStatus::InNotice).then_some(Attention::InNotice),
        (signs.status == SupplierStatus::Onboarding).then_some(Attention::Onboarding),
        (signs.overdue_minor > 0).then_some(Attention::Overdue),
        (wants && signs.this_week == 0).then_some(Attention::NoLeads),
        // Of very few leads, half is chance.
        (wants && signs.this_week > 0 && signs.week_before >= 4 && signs.this_week * 2 < signs.week_before)
            .then_some(Attention::Falling),
        signs.question_open.then_some(Attention::QuestionOpen),
        (active && signs.open_orders == 0 && signs.paused_orders > 0).then_some(Attention::Paused),
        signs.rate,
    ]
    .into_iter()
    .flatten()
    .collect();
    found.sort();
    found
}

fn map<K: Eq + Hash, V>(rows: Vec<(K, V)>) -> HashMap<K, V> {
    rows.into_iter().collect()
}

/// The suppliers of one account manager, or of all.
pub(super) fn book(
    conn: &mut Conn,
    scope: &Scope,
    programme: Option<ProgrammeId>,
    manager: Option<UserId>,
    now: Timestamp,
) -> ApiResult<SupplierBook> {
    let only = scope.programme().or(programme);
    let week = now.plus(-WEEK);
    let this_week = map(store::delivered::<SupplierId>(conn, only, (week, now))?);
    let week_before = map(store::delivered::<SupplierId>(conn, only, (week.plus(-WEEK), week))?);
    let back = map(store::sent_back::<SupplierId>(conn, only, (now.plus(-MONTH), now))?);
    let delivered = map(store::delivered::<SupplierId>(conn, only, (now.plus(-MONTH), now))?);
    let open = map(store::open_orders(conn, only)?);
    let paused = map(store::paused_orders(conn, only)?);
    let waiting = map(store::returns_waiting_by_supplier(conn, only)?);
    let questions = map(store::questions_by_supplier(conn, only)?);
    let rates = store::rate_signs(conn, only)?;
    let owed = map(store::owed::<SupplierId>(conn, only)?);
    let suppliers = store::suppliers(conn, only, manager)?;
    let mut lines: Vec<SupplierStanding> = suppliers
        .into_iter()
        .map(|supplier| {
            let id = supplier.id;
            let count = |counts: &HashMap<_, i64>| counts.get(&id).copied().unwrap_or(0);
            let (owed_minor, overdue_minor) = owed.get(&id).copied().unwrap_or_default();
            let signs = Signs {
                status: supplier.status,
                this_week: count(&this_week),
                week_before: count(&week_before),
                open_orders: count(&open),
                paused_orders: count(&paused),
                overdue_minor,
                question_open: questions.contains_key(&id),
                rate: rates.get(&id).copied(),
            };
            SupplierStanding {
                supplier_id: id,
                supplier_name: supplier.name,
                programme_id: supplier.programme_id,
                account_manager_id: supplier.account_manager_id,
                status: supplier.status,
                attention: attention(&signs),
                leads_this_week: signs.this_week,
                leads_week_before: signs.week_before,
                open_orders: signs.open_orders,
                paused_orders: signs.paused_orders,
                return_rate: share(count(&back), count(&delivered)),
                returns_waiting: count(&waiting),
                owed: Money::new(owed_minor, supplier.currency),
                overdue: Money::new(overdue_minor, supplier.currency),
            }
        })
        .collect();
    // Who has nothing comes last; the sort is stable, so that names stay in order.
    lines.sort_by_key(|line| (line.attention.is_empty(), line.attention.first().copied()));
    lines.truncate(super::store::MOST_LINES);
    Ok(SupplierBook {
        as_of: now,
        suppliers: lines,
    })
}

/// How each programme does.
pub(super) fn health(
    conn: &mut Conn,
    scope: &Scope,
    programme: Option<ProgrammeId>,
    now: Timestamp,
) -> ApiResult<ProgrammeHealthReport> {
    let only = scope.programme().or(programme);
    let week = now.plus(-WEEK);
    let came = map(store::leads_by_programme(conn, only, (week, now))?);
    let before = map(store::leads_by_programme(conn, only, (week.plus(-WEEK), week))?);
    let quarantined = map(store::quarantined(conn, only)?);
    let delivered_week = map(store::delivered::<ProgrammeId>(conn, only, (week, now))?);
    let delivered = map(store::delivered::<ProgrammeId>(conn, only, (now.plus(-MONTH), now))?);
    let back = map(store::sent_back::<ProgrammeId>(conn, only, (now.plus(-MONTH), now))?);
    let waiting = map(store::returns_waiting(conn, only, now)?);
    let replacements = map(store::replacements_owed(conn, only)?);
    let suppliers = map(store::supplier_counts(conn, only)?);
    let owed = map(store::owed::<ProgrammeId>(conn, only)?);
    let programmes = store::programmes(conn, only)?
        .into_iter()
        .map(|programme| {
            let id = programme.id;
            let count = |counts: &HashMap<_, i64>| counts.get(&id).copied().unwrap_or(0);
            let came = came.get(&id).copied().unwrap_or_default();
            let before = before.get(&id).copied().unwrap_or_default();
            let (waiting, late) = waiting.get(&id).copied().unwrap_or_default();
            let (active, troubled) = suppliers.get(&id).copied().unwrap_or_default();
            let (owed_minor, overdue_minor) = owed.get(&id).copied().unwrap_or_default();
            ProgrammeHealth {
                programme_id: id,
                programme_name: programme.name,
                leads_this_week: came.leads,
                leads_week_before: before.leads,
                placed: came.placed,
                placed_share: share(came.placed, came.leads),
                unsold: came.unsold,
                quarantined: count(&quarantined),
                deliveries: count(&delivered_week),
                return_rate: share(count(&back), count(&delivered)),
                returns_waiting: waiting,
                returns_late: late,
                replacements_owed: count(&replacements),
                active_suppliers: active,
                troubled_suppliers: troubled,
                owed: Money::new(owed_minor, programme.currency),
                overdue: Money::new(overdue_minor, programme.currency),
            }
        })
        .collect();
    Ok(ProgrammeHealthReport { as_of: now, programmes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const WELL: Signs = Signs {
        status: SupplierStatus::Active,
        this_week: 6,
        week_before: 7,
        open_orders: 1,
        paused_orders: 0,
        overdue_minor: 0,
        question_open: false,
        rate: None,
    };

    #[rstest]
    #[case::all_well(WELL, &[])]
    #[case::nothing_came(Signs { this_week: 0, ..WELL }, &[Attention::NoLeads])]
    #[case::nothing_was_wanted(Signs { this_week: 0, open_orders: 0, ..WELL }, &[])]
    #[case::less_than_half(Signs { this_week: 3, ..WELL }, &[Attention::Falling])]
    #[case::just_half(Signs { this_week: 4, week_before: 8, ..WELL }, &[])]
    #[case::few_is_chance(Signs { this_week: 1, week_before: 3, ..WELL }, &[])]
    #[case::paused(Signs { open_orders: 0, paused_orders: 2, ..WELL }, &[Attention::Paused])]
    #[case::one_order_goes_on(Signs { paused_orders: 2, ..WELL }, &[])]
    #[case::suspended_for_debt(
        Signs { status: SupplierStatus::Suspended, overdue_minor: 1, this_week: 0, ..WELL },
        &[Attention::Suspended, Attention::Overdue]
    )]
    #[case::the_weightiest_first(
        Signs { overdue_minor: 1, question_open: true, rate: Some(Attention::RateCase), ..WELL },
        &[Attention::RateCase, Attention::Overdue, Attention::QuestionOpen]
    )]
    fn what_deserves_a_look_is_said_with_its_weight(#[case] signs: Signs, #[case] expected: &[Attention]) {
        assert_eq!(attention(&signs), expected);
    }
}

//! The auditor: whether the books and the market add up. Read-only; `tradepost audit` exits 1 when
//! anything does not, and every test of money or leads ends with it.
//!
//! Each check is one invariant of the business with a number from `reliability.md`, written as a
//! query for the rows that break it (`checks.rs`, `wallets.rs`, `plans.rs`, `calls.rs`, `pauses.rs`, `change_requests.rs`,
//! `cancellations.rs`, `packages.rs`, `rates.rs`, `mails.rs`, `market.rs`, `shop.rs`, `support.rs`, `webhooks.rs`); what needs
//! a policy or a calendar is looked at in Rust afterwards (`closed_periods.rs`, `caps.rs`, `loyalty.rs`, `taxes.rs`). Constraints,
//! triggers and guards should make every one of them impossible: the auditor trusts none of them.

mod calls;
mod cancellations;
mod caps;
mod change_requests;
mod checks;
mod closed_periods;
mod delivery_targets;
mod lead_sources;
mod loyalty;
mod mails;
mod market;
mod packages;
mod pauses;
mod plans;
mod privacy;
mod rates;
mod shop;
mod support;
mod taxes;
mod wallets;
mod webhooks;

use crate::db::Conn;
use crate::error::ApiResult;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use std::fmt;

/// A row that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant, such as `I6 invoice totals`.
    pub invariant: &'static str,
    /// The id of the row.
    pub row: String,
    /// What is wrong with it.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.invariant, self.row, self.detail)
    }
}

/// One invariant, as a query for the rows that break it.
struct Check {
    invariant: &'static str,
    /// How the row's number is shown.
    show: fn(i64) -> String,
    /// Selects `row_id BIGINT` and `detail TEXT`; the same text on both databases.
    sql: &'static str,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    row_id: i64,
    #[diesel(sql_type = Text)]
    detail: String,
}

fn shown<I: tradepost_contract::Id>(id: i64) -> String {
    I::from_i64(id).to_string()
}

fn all() -> impl Iterator<Item = &'static Check> {
    checks::MONEY
        .iter()
        .chain(wallets::WALLETS)
        .chain(plans::PLANS)
        .chain(calls::CALLS)
        .chain(packages::PACKAGES)
        .chain(pauses::PAUSES)
        .chain(rates::RATES)
        .chain(cancellations::CANCELLATIONS)
        .chain(change_requests::CHANGE_REQUESTS)
        .chain(loyalty::LOYALTY)
        .chain(lead_sources::LEAD_SOURCES)
        .chain(mails::MAILS)
        .chain(market::MARKET)
        .chain(shop::SHOP)
        .chain(support::SUPPORT)
        .chain(privacy::PRIVACY)
        .chain(webhooks::WEBHOOKS)
}

/// Runs every check and gives back all that is wrong.
pub fn run(conn: &mut Conn) -> ApiResult<Vec<Violation>> {
    let mut violations = Vec::new();
    for check in all() {
        let found: Vec<Found> = sql_query(check.sql).load(conn)?;
        violations.extend(found.into_iter().map(|Found { row_id, detail }| Violation {
            invariant: check.invariant,
            row: (check.show)(row_id),
            detail,
        }));
    }
    closed_periods::check(conn, &mut violations)?;
    caps::check(conn, &mut violations)?;
    loyalty::check(conn, &mut violations)?;
    pauses::check(conn, &mut violations)?;
    taxes::check(conn, &mut violations)?;
    webhooks::check(conn, &mut violations)?;
    delivery_targets::check(conn, &mut violations)?;
    Ok(violations)
}

/// The names of all invariants, for the report of a clean audit.
pub fn invariants() -> Vec<&'static str> {
    let mut names: Vec<_> = all().map(|check| check.invariant).collect();
    names.extend([
        closed_periods::INVARIANT,
        caps::INVARIANT,
        loyalty::INVARIANT,
        pauses::INVARIANT,
        taxes::INVARIANT,
        webhooks::INVARIANT,
        delivery_targets::INVARIANT,
    ]);
    names.dedup();
    names
}

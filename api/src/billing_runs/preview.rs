//! What a run would invoice, by the same rules and without writing.

use super::charges::{Charges, parties};
use super::rules::{Fate, fate, is_unusual};
use super::store::{self, RunRow, Seller};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::policy::Policies;
use crate::tax::rules::resolve;
use std::collections::{BTreeMap, HashMap};
use tradepost_contract::billing_runs::{BillingPreviewRow, BillingRunPreview};
use tradepost_contract::{Money, SupplierId, Timestamp};

/// What a supplier would be billed, and how many deliveries wait for the next run.
type Groups = (Charges, i64);

/// Previews a run as if it started at `now`.
pub(super) fn preview(
    conn: &mut Conn,
    policies: &Policies,
    run: &RunRow,
    seller: &Seller,
    now: Timestamp,
) -> ApiResult<BillingRunPreview> {
    let zero = Money::zero(seller.currency);
    let mut suppliers: BTreeMap<SupplierId, Groups> = BTreeMap::new();
    let groups = store::lines::all_groups(conn, run, run.started_at.unwrap_or(now))?;
    let mut ids: Vec<_> = groups.iter().map(|group| group.supplier_id).collect();
    ids.dedup();
    let facts = store::tax_facts(conn, &ids)?;
    for group in groups {
        let policy = policies.get(conn, group.policy_id)?;
        match fate(&policy.billing, group.may_come_back()) {
            Fate::Billed => {
                let (country, has_tax_id) = facts
                    .get(&group.supplier_id)
                    .map_or(("", false), |(country, given)| (country.as_str(), *given));
                let tax = resolve(&policy.tax, parties(&seller.party, country, has_tax_id));
                let charges = &mut suppliers.entry(group.supplier_id).or_default().0;
                charges.add(tax, group.price(), group.deliveries);
            }
            Fate::Deferred => suppliers.entry(group.supplier_id).or_default().1 += group.deliveries,
            Fate::NotByRuns => {}
        }
    }
    let mut names: HashMap<_, _> = store::supplier_names(conn, &ids)?.into_iter().collect();
    let mut recent = store::recent_totals_of(conn, run.programme_id)?;
    let mut rows = Vec::with_capacity(suppliers.len());
    let (mut all_lines, mut all) = (0, zero);
    for (supplier_id, (charges, deferred)) in suppliers {
        let sums = charges.sums(zero)?;
        let total = sums.total;
        all_lines += sums.lines;
        all = all.plus(total)?;
        rows.push(BillingPreviewRow {
            supplier_id,
            supplier_name: names.remove(&supplier_id).unwrap_or_default(),
            lines: sums.lines,
            deferred,
            net: sums.net,
            tax: sums.tax,
            total,
            unusual: is_unusual(total, &recent.remove(&supplier_id).unwrap_or_default()),
        });
    }
    Ok(BillingRunPreview {
        programme_id: run.programme_id,
        starts_on: run.starts_on,
        ends_before: run.ends_before,
        due_at: run.due_at,
        lines: all_lines,
        total: all,
        suppliers: rows,
    })
}

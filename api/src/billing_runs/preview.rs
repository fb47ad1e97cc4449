//! What a run would invoice, by the same rules and without writing.

use super::rules::{Fate, expected_sums, fate, is_unusual};
use super::store::{self, RunRow, Seller};
use crate::db::Conn;
use crate::error::ApiResult;
use crate::invoices::rules::line_tax;
use crate::policy::Policies;
use std::collections::{BTreeMap, HashMap};
use tradepost_contract::billing_runs::{BillingPreviewRow, BillingRunPreview};
use tradepost_contract::{Money, SupplierId, Timestamp};

/// What a supplier would be billed, as groups of alike lines (how many, price, tax), and how many
/// deliveries wait for the next run.
type Groups = (Vec<(i64, Money, Money)>, i64);

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
    for group in store::lines::all_groups(conn, run, run.started_at.unwrap_or(now))? {
        let policy = policies.get(conn, group.policy_id)?;
        match fate(&policy.billing, group.may_come_back()) {
            Fate::Billed => {
                let tax = line_tax(group.price(), policy.tax.rate)?;
                suppliers
                    .entry(group.supplier_id)
                    .or_default()
                    .0
                    .push((group.deliveries, group.price(), tax));
            }
            Fate::Deferred => suppliers.entry(group.supplier_id).or_default().1 += group.deliveries,
            Fate::NotByRuns => {}
        }
    }
    let ids: Vec<_> = suppliers.keys().copied().collect();
    let mut names: HashMap<_, _> = store::supplier_names(conn, &ids)?.into_iter().collect();
    let mut recent = store::recent_totals_of(conn, run.programme_id)?;
    let mut rows = Vec::with_capacity(suppliers.len());
    let (mut all_lines, mut all) = (0, zero);
    for (supplier_id, (counts, deferred)) in suppliers {
        let (lines, net, tax) = expected_sums(&counts, zero)?;
        let total = net.plus(tax)?;
        all_lines += lines;
        all = all.plus(total)?;
        rows.push(BillingPreviewRow {
            supplier_id,
            supplier_name: names.remove(&supplier_id).unwrap_or_default(),
            lines,
            deferred,
            net,
            tax,
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

//! What the pictures show, computed: no browser needed.

use std::collections::BTreeMap;

use tradepost_contract::Currency;
use tradepost_contract::billing_runs::BillingRun;
use tradepost_contract::invoices::Invoice;

use crate::ui::chart::Series;

/// The range that a rate of `hits` in `tries` is likely in (Wilson, 95 %), in ten-thousandths.
pub(super) fn likely_range(hits: i64, tries: i64) -> (i64, i64) {
    let (hits, tries) = (hits.max(0), tries.max(1));
    let denominator = tries * 10_000 + 38_416;
    let centre = (hits * 10_000 + 19_208) * 10_000 / denominator;
    let spread = hits * (tries - hits).max(0) * 10_000 / tries + 9_604;
    let half = 19_600 * (spread * 10_000).isqrt() / denominator;
    ((centre - half).max(0), (centre + half).min(10_000))
}

/// A share of ten thousand as `12.3%`.
pub(super) fn percent(share: i64) -> String {
    let tenths = (share + 5) / 10;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// How late open invoices are: the amounts by bucket, in whole units, a series a currency.
pub(super) fn ageing(invoices: &[Invoice], today: &str) -> (Vec<String>, Vec<Series>) {
    let labels = ["not due", "1–30 days", "31–60 days", "61–90 days", "older"];
    let mut sums: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let edges: Vec<String> = match today.parse::<tradepost_contract::LocalDate>() {
        Ok(day) => [0, -30, -60, -90]
            .iter()
            .map(|back| day.plus_days(*back).to_string())
            .collect(),
        Err(_) => Vec::new(),
    };
    for invoice in invoices {
        let due = invoice.due_on.to_string();
        let bucket = edges.iter().filter(|edge| due < **edge).count();
        let of = sums
            .entry(invoice.open.currency.to_string())
            .or_insert_with(|| vec![0; labels.len()]);
        if let Some(sum) = of.get_mut(bucket) {
            *sum += invoice.open.minor;
        }
    }
    (
        labels.iter().map(|label| (*label).to_owned()).collect(),
        whole_units(sums),
    )
}

/// What billing runs invoiced, by the week in which their period ended, a series a currency.
pub(super) fn by_week(runs: &[BillingRun]) -> (Vec<String>, Vec<Series>) {
    let week = |run: &BillingRun| {
        let back = i64::from(run.ends_before.date().weekday().number_days_from_monday());
        run.ends_before.plus_days(-back).to_string()
    };
    let mut weeks: Vec<String> = runs.iter().map(week).collect();
    weeks.sort();
    weeks.dedup();
    let weeks: Vec<String> = weeks.iter().skip(weeks.len().saturating_sub(12)).cloned().collect();
    let mut sums: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for run in runs {
        let Some(at) = weeks.iter().position(|known| *known == week(run)) else {
            continue;
        };
        let of = sums
            .entry(run.total.currency.to_string())
            .or_insert_with(|| vec![0; weeks.len()]);
        if let Some(sum) = of.get_mut(at) {
            *sum += run.total.minor;
        }
    }
    (weeks, whole_units(sums))
}

fn whole_units(sums: BTreeMap<String, Vec<i64>>) -> Vec<Series> {
    sums.into_iter()
        .map(|(name, values)| {
            let digits = name.parse::<Currency>().map_or(2, crate::format::money::digits);
            let unit = 10_i64.pow(digits);
            Series {
                values: values.into_iter().map(|value| (value + unit / 2) / unit).collect(),
                name,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_leads_say_little() {
        let (low, high) = likely_range(1, 4);
        assert!(low < 500 && high > 6_500, "{low} {high}");
        let (low, high) = likely_range(100, 1_000);
        assert!(
            (800..850).contains(&low) && (1_190..1_240).contains(&high),
            "{low} {high}"
        );
        assert_eq!(likely_range(0, 1_000).0, 0);
    }

    #[test]
    fn shares_are_rounded() {
        assert_eq!(percent(2_647), "26.5%");
        assert_eq!(percent(0), "0.0%");
    }
}

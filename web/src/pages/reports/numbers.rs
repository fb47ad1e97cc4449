//! What the pictures show, computed from the reports: no browser needed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tradepost_contract::reports::{LeadsByDayReport, OpenInvoicesReport, Overdue, RevenueReport};
use tradepost_contract::{LocalDate, Money};

use crate::ui::chart::Series;

/// A share such as 0.0833 in ten-thousandths.
pub(super) fn ten_thousandths(share: Option<Decimal>) -> i64 {
    share
        .and_then(|share| (share * Decimal::from(10_000)).to_i64())
        .unwrap_or(0)
}

/// A share of ten thousand as `12.3%`.
pub(super) fn percent(share: i64) -> String {
    let tenths = (share + 5) / 10;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Leads a day of all programmes together, each counted on its own calendar.
pub(super) fn by_day(report: &LeadsByDayReport) -> (Vec<LocalDate>, Vec<Series>) {
    let mut days: BTreeMap<String, (LocalDate, [i64; 3])> = BTreeMap::new();
    for day in report.programmes.iter().flat_map(|programme| &programme.days) {
        let (_, sums) = days.entry(day.day.to_string()).or_insert((day.day, [0; 3]));
        for (sum, count) in sums.iter_mut().zip([day.received, day.sold, day.returned]) {
            *sum += count;
        }
    }
    let names = ["received", "sold", "of these returned"];
    let series = names.iter().enumerate().map(|(at, name)| Series {
        name: (*name).to_owned(),
        values: days.values().filter_map(|(_, sums)| sums.get(at).copied()).collect(),
    });
    let series = series.collect();
    (days.into_values().map(|(day, _)| day).collect(), series)
}

/// Revenue by week, in whole units, a series a currency.
pub(super) fn by_week(report: &RevenueReport) -> (Vec<LocalDate>, Vec<Series>) {
    let mut weeks: Vec<LocalDate> = report.weeks.iter().map(|week| week.starts_on).collect();
    weeks.dedup();
    let revenue = report.weeks.iter().map(|week| week.revenue);
    (weeks, by_currency(revenue))
}

/// What is owed by how late it is, in whole units, a series a currency.
pub(super) fn ageing(report: &OpenInvoicesReport) -> (Vec<String>, Vec<Series>) {
    let labels = Overdue::ALL.iter().map(|bucket| {
        match bucket {
            Overdue::NotDue => "not due",
            Overdue::Days30 => "1–30 days",
            Overdue::Days60 => "31–60 days",
            Overdue::Days90 => "61–90 days",
            Overdue::Older => "older",
        }
        .to_owned()
    });
    (labels.collect(), by_currency(report.lines.iter().map(|line| line.open)))
}

/// Amounts that come in the same order for each currency.
fn by_currency(amounts: impl Iterator<Item = Money>) -> Vec<Series> {
    let mut series: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for amount in amounts {
        let whole = crate::format::money::whole_units(amount);
        series.entry(amount.currency.to_string()).or_default().push(whole);
    }
    series
        .into_iter()
        .map(|(name, values)| Series { name, values })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shares_are_rounded() {
        assert_eq!(percent(2_647), "26.5%");
        assert_eq!(percent(0), "0.0%");
        assert_eq!(ten_thousandths("0.0833".parse().ok()), 833);
        assert_eq!(ten_thousandths(None), 0);
    }

    #[test]
    fn programmes_add_up_by_day() {
        let days = |counts: [i64; 3]| json!([{ "day": "2026-03-01", "received": counts[0], "sold": counts[1], "returned": counts[2] }]);
        let programme = |name: &str, counts| json!({ "programme_id": "prog_059yh9vnwppsj", "programme_name": name, "time_zone": "UTC", "days": days(counts) });
        let report = json!({ "programmes": [programme("A", [3, 5, 1]), programme("B", [1, 1, 0])] });
        let (days, series) = by_day(&serde_json::from_value(report).unwrap());
        assert_eq!(days.len(), 1);
        assert_eq!(
            series.iter().map(|one| one.values.clone()).collect::<Vec<_>>(),
            [[4], [6], [1]]
        );
    }

    #[test]
    fn money_is_shown_in_whole_units_by_currency() {
        let money = |amount: i64, currency: &str| json!({ "amount": amount, "currency": currency });
        let week = |day: &str, amount, currency| json!({ "starts_on": day, "invoices": 1, "invoiced": money(amount, currency), "credited": money(0, currency), "revenue": money(amount, currency) });
        let report = json!({ "weeks": [week("2026-03-02", 1_050, "GBP"), week("2026-03-02", -200, "USD"), week("2026-03-09", 49, "GBP"), week("2026-03-09", 300, "USD")] });
        let (weeks, series) = by_week(&serde_json::from_value(report).unwrap());
        assert_eq!(weeks.len(), 2);
        assert_eq!((series[0].name.as_str(), &series[0].values), ("GBP", &vec![11, 0]));
        assert_eq!((series[1].name.as_str(), &series[1].values), ("USD", &vec![-2, 3]));
    }
}

//! Series over days and weeks: what `store` counted by quarter-hours, put on each programme's calendar.

use super::rules::{by_day, day_of_quarter, days_before, monday, weeks_until};
use super::store::{self, Calendar};
use crate::calendar::Zone;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use std::collections::{BTreeMap, HashMap};
use time::Duration;
use tradepost_contract::reports::{
    LeadDay, LeadsByDayReport, OpenInvoicesLine, OpenInvoicesReport, Overdue, ProgrammeDays, RevenueReport, RevenueWeek,
};
use tradepost_contract::{Currency, LocalDate, Money, ProgrammeId, SupplierId, Timestamp};

fn zone(calendar: &Calendar) -> ApiResult<Zone> {
    Zone::parse(&calendar.time_zone).map_err(ApiError::internal)
}

/// Leads a day, for one programme or all.
pub(super) fn leads_by_day(
    conn: &mut Conn,
    programme: Option<ProgrammeId>,
    days: u32,
    ends_before: Option<LocalDate>,
    now: Timestamp,
) -> ApiResult<LeadsByDayReport> {
    let mut spans = Vec::new();
    for calendar in store::calendars(conn, programme)? {
        let zone = zone(&calendar)?;
        let end = ends_before.unwrap_or_else(|| zone.date_of(now).plus_days(1));
        spans.push((calendar, zone, days_before(end, days)));
    }
    let starts = spans
        .iter()
        .filter_map(|(_, zone, days)| Some(zone.start_of(*days.first()?)));
    let ends = spans
        .iter()
        .filter_map(|(_, zone, days)| Some(zone.start_of(days.last()?.plus_days(1))));
    let (Some(from), Some(to)) = (starts.min(), ends.max()) else {
        return Ok(LeadsByDayReport { programmes: Vec::new() });
    };
    let mut received = per_programme(store::received(conn, programme, from, to)?);
    let mut sold = per_programme(store::sold(conn, programme, from, to)?);
    let mut returned = per_programme(store::granted(conn, programme, from, to)?);
    for (of, quarters) in per_programme(store::rejected(conn, programme, from, to)?) {
        returned.entry(of).or_default().extend(quarters);
    }
    let programmes = spans.into_iter().map(|(calendar, zone, days)| {
        let counted = |all: &mut HashMap<ProgrammeId, Vec<(i64, i64)>>| {
            by_day(&zone, &all.remove(&calendar.id).unwrap_or_default())
        };
        let (received, sold, returned) = (counted(&mut received), counted(&mut sold), counted(&mut returned));
        let of = |counts: &HashMap<LocalDate, i64>, day| counts.get(&day).copied().unwrap_or(0);
        let days = days.into_iter().map(|day| LeadDay {
            day,
            received: of(&received, day),
            sold: of(&sold, day),
            returned: of(&returned, day),
        });
        ProgrammeDays {
            programme_id: calendar.id,
            programme_name: calendar.name,
            time_zone: calendar.time_zone,
            days: days.collect(),
        }
    });
    Ok(LeadsByDayReport {
        programmes: programmes.collect(),
    })
}

fn per_programme(rows: Vec<(ProgrammeId, i64, i64)>) -> HashMap<ProgrammeId, Vec<(i64, i64)>> {
    let mut all: HashMap<ProgrammeId, Vec<(i64, i64)>> = HashMap::new();
    for (programme, quarter, count) in rows {
        all.entry(programme).or_default().push((quarter, count));
    }
    all
}

/// Revenue by week, for one programme or all.
pub(super) fn revenue(
    conn: &mut Conn,
    programme: Option<ProgrammeId>,
    weeks: u32,
    now: Timestamp,
) -> ApiResult<RevenueReport> {
    let mut zones = HashMap::new();
    for calendar in store::calendars(conn, programme)? {
        zones.insert(calendar.id, zone(&calendar)?);
    }
    // Where it is Monday already, a week has begun that others still wait for.
    let Some(today) = zones.values().map(|zone| zone.date_of(now)).max() else {
        return Ok(RevenueReport { weeks: Vec::new() });
    };
    let mondays = weeks_until(today, weeks);
    let Some(from) = mondays
        .first()
        .and_then(|first| zones.values().map(|zone| zone.start_of(*first)).min())
    else {
        return Ok(RevenueReport { weeks: Vec::new() });
    };
    // Two days more than now, so that the bound cuts off nothing of any zone.
    let to = now.plus(Duration::days(2));
    let mut sums: BTreeMap<(Currency, LocalDate), (i64, i64, i64)> = BTreeMap::new();
    let week = |programme: ProgrammeId, quarter: i64| {
        let zone = zones.get(&programme)?;
        Some(monday(day_of_quarter(zone, quarter)))
    };
    for row in store::invoiced(conn, programme, from, to)? {
        let Some(week) = week(row.programme, row.quarter) else {
            continue;
        };
        let sum = sums.entry((row.currency, week)).or_default();
        sum.0 += row.count;
        sum.1 += row.net_minor;
    }
    for row in store::credited(conn, programme, from, to)? {
        let Some(week) = week(row.programme, row.quarter) else {
            continue;
        };
        sums.entry((row.currency, week)).or_default().2 += row.net_minor;
    }
    let mut currencies: Vec<Currency> = sums.keys().map(|(currency, _)| *currency).collect();
    currencies.dedup();
    let mut lines = Vec::with_capacity(mondays.len() * currencies.len());
    for starts_on in mondays {
        for currency in &currencies {
            let (invoices, invoiced, credited) = sums.get(&(*currency, starts_on)).copied().unwrap_or_default();
            let money = |minor| Money::new(minor, *currency);
            lines.push(RevenueWeek {
                starts_on,
                invoices,
                invoiced: money(invoiced),
                credited: money(credited),
                revenue: money(invoiced).minus(money(credited))?,
            });
        }
    }
    Ok(RevenueReport { weeks: lines })
}

/// What is owed, by how long it is overdue.
pub(super) fn open_invoices(
    conn: &mut Conn,
    programme: Option<ProgrammeId>,
    supplier: Option<SupplierId>,
    now: Timestamp,
) -> ApiResult<OpenInvoicesReport> {
    let mut today = HashMap::new();
    for calendar in store::calendars(conn, programme)? {
        today.insert(calendar.id, zone(&calendar)?.date_of(now));
    }
    let mut sums: BTreeMap<Currency, HashMap<Overdue, (i64, i64)>> = BTreeMap::new();
    for row in store::owed(conn, programme, supplier)? {
        let (Some(today), Some(due_on)) = (today.get(&row.programme), row.due_on) else {
            continue;
        };
        let days = (today.date() - due_on.date()).whole_days();
        let of = sums.entry(row.currency).or_default();
        let sum = of.entry(Overdue::of_days(days)).or_default();
        sum.0 += row.count;
        sum.1 += row.open_minor;
    }
    let mut lines = Vec::new();
    for (currency, of) in sums {
        for overdue in Overdue::ALL {
            let (invoices, open) = of.get(overdue).copied().unwrap_or_default();
            lines.push(OpenInvoicesLine {
                overdue: *overdue,
                invoices,
                open: Money::new(open, currency),
            });
        }
    }
    Ok(OpenInvoicesReport { at: now, lines })
}

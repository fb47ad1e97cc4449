//! Dates and times as spreadsheets write them.

use tradepost_contract::lead_imports::DateOrder;
use tradepost_contract::{LocalDate, Timestamp};

/// An instant as spreadsheets write it. Without a zone it is read as UTC.
pub(super) fn instant(text: &str, order: DateOrder) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let (date, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    let date = local_date(date, order)?;
    let seconds = seconds_of_day(clock)?;
    let midnight = date.date().midnight().assume_utc();
    Some(Timestamp::from(midnight).plus(time::Duration::seconds(seconds)))
}

fn local_date(text: &str, order: DateOrder) -> Option<LocalDate> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (a, b, c) = (number(a)?, number(b)?, number(c)?);
    // A year of four digits in front is the year, whatever the order of the others.
    let (year, month, day) = match (parts[0].len() == 4, order) {
        (true, _) | (false, DateOrder::YearMonthDay) => (a, b, c),
        (false, DateOrder::DayMonthYear) => (c, b, a),
        (false, DateOrder::MonthDayYear) => (c, a, b),
    };
    let year = if year < 100 { year + 2000 } else { year };
    LocalDate::from_ymd(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

fn seconds_of_day(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let lower = text.to_ascii_lowercase();
    let (clock, shift) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(clock), _) => (clock.trim(), Some(12)),
        (_, Some(clock)) => (clock.trim(), Some(0)),
        _ => (lower.trim_end_matches('z'), None),
    };
    let mut parts = clock
        .splitn(3, ':')
        .map(|part| part.split('.').next().unwrap_or_default().parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    let hour = match shift {
        None => hour,
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
    };
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    fits.then_some(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_the_mapping_says() {
        let table = [
            ("2026-03-31", DateOrder::MonthDayYear, Some("2026-03-31T00:00:00Z")),
            (
                "2026-03-31T14:05:06+02:00",
                DateOrder::YearMonthDay,
                Some("2026-03-31T12:05:06Z"),
            ),
            ("2026/3/1 9:05", DateOrder::YearMonthDay, Some("2026-03-01T09:05:00Z")),
            (
                "31/03/2026 14:05:06",
                DateOrder::DayMonthYear,
                Some("2026-03-31T14:05:06Z"),
            ),
            (
                "03/31/26 2:05 PM",
                DateOrder::MonthDayYear,
                Some("2026-03-31T14:05:00Z"),
            ),
            (
                "3/1/2026 12:00 am",
                DateOrder::MonthDayYear,
                Some("2026-03-01T00:00:00Z"),
            ),
            ("31/03/2026", DateOrder::MonthDayYear, None),
            ("2026-02-30", DateOrder::YearMonthDay, None),
            ("2026-03-31 25:00", DateOrder::YearMonthDay, None),
            ("2026-03-31 13:00 pm", DateOrder::YearMonthDay, None),
            ("45012", DateOrder::YearMonthDay, None),
            ("", DateOrder::YearMonthDay, None),
        ];
        for (text, order, expect) in table {
            assert_eq!(
                instant(text, order).map(|at| at.to_string()).as_deref(),
                expect,
                "{text}"
            );
        }
    }
}

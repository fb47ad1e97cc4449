//! Instants as people read them: absolute in a zone, relative, and what is left of a window.

use tradepost_contract::{LocalDate, Timestamp};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The day and the time, such as `12 Nov 2026, 14:05`.
pub fn full(at: Timestamp, zone: Option<&str>) -> String {
    let options = [
        ("year", "numeric"),
        ("month", "short"),
        ("day", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
    ];
    written(at, zone, &options)
}

/// The same with the name of the zone: for what stands in a tooltip.
pub fn exact(at: Timestamp, zone: Option<&str>) -> String {
    let options = [
        ("weekday", "long"),
        ("year", "numeric"),
        ("month", "long"),
        ("day", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ];
    written(at, zone, &options)
}

/// Only the day, such as `12 Nov 2026`.
pub fn day(at: Timestamp, zone: Option<&str>) -> String {
    written(at, zone, &[("year", "numeric"), ("month", "short"), ("day", "numeric")])
}

/// A deadline as one says it: what ends at midnight ends with the day before.
pub fn until(at: Timestamp, zone: Option<&str>) -> String {
    let last = Timestamp::from_seconds(at.as_seconds() - 1);
    match zone {
        Some(zone) if iso_day(last, zone) != iso_day(at, zone) => {
            format!("the end of {}", day(last, Some(zone)))
        }
        _ => full(at, zone),
    }
}

/// A date of the calendar, which has no zone.
pub fn date(date: LocalDate) -> String {
    let midnight = format!("{date}T00:00:00Z").parse::<Timestamp>();
    midnight.map_or_else(|_| date.to_string(), |at| day(at, Some("UTC")))
}

/// The month of a date, such as `Dec 2029`.
pub fn month(date: LocalDate) -> String {
    let midnight = format!("{date}T00:00:00Z").parse::<Timestamp>();
    let options = [("year", "numeric"), ("month", "short")];
    midnight.map_or_else(|_| date.to_string(), |at| written(at, Some("UTC"), &options))
}

/// A date of the calendar without its year, for the axis of a chart.
pub fn short_date(date: LocalDate) -> String {
    let midnight = format!("{date}T00:00:00Z").parse::<Timestamp>();
    midnight.map_or_else(|_| date.to_string(), |at| short_day(at, Some("UTC")))
}

/// A day without its year, for the axis of a chart.
pub fn short_day(at: Timestamp, zone: Option<&str>) -> String {
    written(at, zone, &[("month", "short"), ("day", "numeric")])
}

/// The day as `YYYY-MM-DD` in a zone, for a field that takes a date.
pub fn iso_day(at: Timestamp, zone: &str) -> String {
    let utc = || at.to_string().chars().take(10).collect();
    super::intl::iso_day(at.as_micros() / 1000, zone).unwrap_or_else(utc)
}

fn written(at: Timestamp, zone: Option<&str>, options: &[(&str, &str)]) -> String {
    super::intl::instant(at.as_micros() / 1000, zone, options).unwrap_or_else(|| at.to_string())
}

/// How long ago or from now, roughly: `just now`, `3 min ago`, `in 2 days`.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_seconds() - now.as_seconds();
    let amount = match seconds.abs() {
        0..45 => return "just now".to_owned(),
        span @ 45..HOUR => format!("{} min", ((span + 30) / MINUTE).max(1)),
        span @ HOUR..DAY => format!("{} h", span / HOUR),
        span => plural(span / DAY, "day"),
    };
    if seconds < 0 {
        format!("{amount} ago")
    } else {
        format!("in {amount}")
    }
}

/// How pressing what is left of a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// More than a day is left.
    Calm,
    /// Less than a day is left.
    Soon,
    /// Less than two hours are left.
    Now,
    /// It is over.
    Over,
}

/// What is left until `due`, and how pressing that is: `2 d 4 h`, `3 h 20 min`, `12 min`; when it is
/// over, for how long.
pub fn left(due: Timestamp, now: Timestamp) -> (String, Urgency) {
    let seconds = due.as_seconds() - now.as_seconds();
    let span = seconds.abs();
    let text = if span >= 10 * DAY {
        plural(span / DAY, "day")
    } else if span >= DAY {
        two(span / DAY, "d", span % DAY / HOUR, "h")
    } else if span >= HOUR {
        two(span / HOUR, "h", span % HOUR / MINUTE, "min")
    } else {
        format!("{} min", span / MINUTE)
    };
    let urgency = match seconds {
        ..=0 => Urgency::Over,
        1..7200 => Urgency::Now,
        7200..DAY => Urgency::Soon,
        _ => Urgency::Calm,
    };
    (text, urgency)
}

fn two(first: i64, first_unit: &str, second: i64, second_unit: &str) -> String {
    if second == 0 {
        format!("{first} {first_unit}")
    } else {
        format!("{first} {first_unit} {second} {second_unit}")
    }
}

/// A number with its noun: `1 day`, `3 days`.
pub fn plural(number: i64, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000_000 + seconds)
    }

    #[test]
    fn distances_read_like_speech() {
        let says = |seconds| relative(at(seconds), at(0));
        assert_eq!(says(-10), "just now");
        assert_eq!(says(-60), "1 min ago");
        assert_eq!(says(-59 * 60), "59 min ago");
        assert_eq!(says(3 * HOUR + 5), "in 3 h");
        assert_eq!(says(-DAY), "1 day ago");
        assert_eq!(says(2 * DAY), "in 2 days");
    }

    #[test]
    fn a_countdown_says_two_units_and_how_pressing_it_is() {
        let says = |seconds| left(at(seconds), at(0));
        assert_eq!(says(2 * DAY + 4 * HOUR), ("2 d 4 h".to_owned(), Urgency::Calm));
        assert_eq!(says(12 * DAY), ("12 days".to_owned(), Urgency::Calm));
        assert_eq!(says(3 * HOUR + 20 * MINUTE), ("3 h 20 min".to_owned(), Urgency::Soon));
        assert_eq!(says(HOUR), ("1 h".to_owned(), Urgency::Now));
        assert_eq!(says(59), ("0 min".to_owned(), Urgency::Now));
        // The deadline is the first instant that is too late.
        assert_eq!(says(0).1, Urgency::Over);
        assert_eq!(says(-3 * DAY), ("3 d".to_owned(), Urgency::Over));
    }
}

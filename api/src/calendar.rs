//! Time zones and calendars: the one module that knows them (and the one that uses `jiff`).
//!
//! Everything here is pure: it takes instants, dates and a zone, and never reads a clock. The zone
//! database is compiled in, so results are the same under any server's zone and any operating
//! system (R125). Three decisions hold throughout:
//!
//! - A **local day** begins at the first instant whose local date is that date or a later one. Days
//!   therefore follow one another without gap or overlap, also where a change of the clock removes
//!   midnight, repeats it, or skips a whole day.
//! - Every **deadline and period end is exclusive**: before it is in time, at it is late. A delivery
//!   at 23:59:59 of the last day is in the period, 00:00:00 of the next day is out (R6).
//! - **Hours are exact**, days follow the calendar: 72 hours are 72 hours across a change of the
//!   clock, while the tenth day ends at local midnight whatever the clock did meanwhile.

use jiff::civil;
use jiff::tz::TimeZone;
use time::Duration;
use tradepost_contract::policy::{BillingCycle, CalendarPolicy, CollectionRule, ReturnWindow, Weekday};
use tradepost_contract::{LocalDate, Timestamp};

/// An IANA time zone that is known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The text is no IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no IANA time zone such as America/New_York")]
pub struct UnknownZone(pub String);

/// The reading of a clock on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// The local date.
    pub date: LocalDate,
    /// Its weekday.
    pub weekday: Weekday,
    /// Minutes the clock shows after 00:00, from 0 to 1439.
    pub minute_of_day: u32,
}

impl Zone {
    /// The zone of this name.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        let known = TimeZone::get(name)
            .ok()
            .filter(|zone| zone.iana_name().is_some_and(|iana| iana == name));
        known.map(Self).ok_or_else(|| UnknownZone(name.to_owned()))
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local date at an instant.
    pub fn date_of(&self, at: Timestamp) -> LocalDate {
        from_civil(instant(at).to_zoned(self.0.clone()).date())
    }

    /// What the clock on the wall shows at an instant.
    pub fn local(&self, at: Timestamp) -> LocalTime {
        let here = instant(at).to_zoned(self.0.clone());
        let date = from_civil(here.date());
        let minutes = i32::from(here.hour()) * 60 + i32::from(here.minute());
        LocalTime {
            date,
            weekday: Weekday::from(date.date().weekday()),
            minute_of_day: minutes.unsigned_abs(),
        }
    }

    /// The first instant of a local day.
    pub fn start_of(&self, date: LocalDate) -> Timestamp {
        // Where midnight does not exist jiff takes the first instant after the gap; where it comes
        // twice, the first of the two: both are what a local day begins with.
        let midnight = to_civil(date).to_datetime(civil::Time::midnight());
        match self.0.to_ambiguous_timestamp(midnight).compatible() {
            Ok(at) => Timestamp::from_micros(at.as_microsecond()),
            // Only the last days of the year 9999 have no instant of their own.
            Err(_) => Timestamp::from_micros(i64::MAX),
        }
    }

    /// The end (exclusive) of the local day that lies `days` after the day of `at` (R22).
    pub fn end_of_day_after(&self, at: Timestamp, days: u32) -> Timestamp {
        self.start_of(self.date_of(at).plus_days(i64::from(days) + 1))
    }
}

fn instant(at: Timestamp) -> jiff::Timestamp {
    // jiff ends a day earlier than RFC 3339 does, so that every zone fits.
    let micros = at.as_micros().clamp(
        jiff::Timestamp::MIN.as_microsecond(),
        jiff::Timestamp::MAX.as_microsecond(),
    );
    jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX)
}

fn to_civil(date: LocalDate) -> civil::Date {
    let date = date.date();
    civil::Date::new(date.year() as i16, u8::from(date.month()) as i8, date.day() as i8).unwrap_or(civil::Date::MAX)
}

fn from_civil(date: civil::Date) -> LocalDate {
    let year = i32::from(date.year()).clamp(1, 9999);
    let fallback = || LocalDate::new(time::Date::MAX);
    LocalDate::from_ymd(year, date.month().unsigned_abs(), date.day().unsigned_abs()).unwrap_or_else(fallback)
}

/// When a return window closes that starts at `starts_at`: a request before this instant is in
/// time. `None` where the policy sets no instant (nothing is returned, or all is until the invoice).
pub fn window_closes_at(window: &ReturnWindow, zone: &Zone, starts_at: Timestamp) -> Option<Timestamp> {
    match window {
        ReturnWindow::None {} | ReturnWindow::UntilInvoiced {} => None,
        ReturnWindow::CalendarDays { amount, .. } => Some(zone.end_of_day_after(starts_at, *amount)),
        ReturnWindow::Hours { amount, .. } => Some(starts_at.plus(Duration::hours(i64::from(*amount)))),
    }
}

/// A billing period: the deliveries in `[start_at, end_at)` stand on the invoice made at `due_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingPeriod {
    /// The first local day.
    pub starts_on: LocalDate,
    /// The local day after the last.
    pub ends_before: LocalDate,
    /// The local day the invoice is made on.
    pub invoiced_on: LocalDate,
    /// The first instant of the period.
    pub start_at: Timestamp,
    /// The first instant after the period.
    pub end_at: Timestamp,
    /// The first instant at which the invoice may be made.
    pub due_at: Timestamp,
}

impl BillingPeriod {
    fn new(zone: &Zone, starts_on: LocalDate, ends_before: LocalDate, invoiced_on: LocalDate) -> Self {
        let (start_at, end_at, due_at) = (
            zone.start_of(starts_on),
            zone.start_of(ends_before),
            zone.start_of(invoiced_on),
        );
        Self {
            starts_on,
            ends_before,
            invoiced_on,
            start_at,
            end_at,
            due_at,
        }
    }
}

/// The billing period that an instant belongs to. `None` for the cycles that have no common period:
/// orders paid when placed, and those that run from each subscription's own start.
pub fn period_of(cycle: &BillingCycle, zone: &Zone, at: Timestamp) -> Option<BillingPeriod> {
    let date = zone.date_of(at);
    // Where a clock that is set back shows yesterday again, the instant belongs to the day that had
    // already begun.
    let date = if at < zone.start_of(date.plus_days(1)) {
        date
    } else {
        date.plus_days(1)
    };
    match cycle {
        BillingCycle::None {} | BillingCycle::BillingMonth {} | BillingCycle::Days { .. } => None,
        BillingCycle::CalendarMonth {} => {
            let first = month_start(date);
            let next = plus_months(first, 1);
            Some(BillingPeriod::new(zone, first, next, next))
        }
        BillingCycle::Week { anchor, lag_days } => {
            let lag = i64::from(*lag_days);
            let invoiced_on = next_weekday_after(date.plus_days(lag), *anchor);
            let ends_before = invoiced_on.plus_days(-lag);
            Some(BillingPeriod::new(
                zone,
                ends_before.plus_days(-7),
                ends_before,
                invoiced_on,
            ))
        }
    }
}

/// The latest period whose invoice may be made at `now`.
pub fn last_period_due(cycle: &BillingCycle, zone: &Zone, now: Timestamp) -> Option<BillingPeriod> {
    let mut period = period_of(cycle, zone, now)?;
    while period.due_at > now {
        let earlier = period_of(cycle, zone, zone.start_of(period.starts_on.plus_days(-1)))?;
        if earlier == period {
            return None; // The calendar begins here.
        }
        period = earlier;
    }
    Some(period)
}

/// The period that follows this one.
pub fn next_period(cycle: &BillingCycle, zone: &Zone, period: &BillingPeriod) -> Option<BillingPeriod> {
    period_of(cycle, zone, period.end_at)
}

/// When somebody is reminded of an end (R126): so many days before it, if that is later than when they learn of it anyway.
/// No days mean no reminder.
pub fn reminder(days: u32, known_from: Timestamp, ends_at: Option<Timestamp>) -> Option<Timestamp> {
    let at = ends_at?.plus(-Duration::days(i64::from(days)));
    (days > 0 && at > known_from).then_some(at)
}

/// The date an invoice is due: so many calendar days after the local date of its issue (R79).
pub fn due_on(zone: &Zone, issued_at: Timestamp, terms_days: u32) -> LocalDate {
    zone.date_of(issued_at).plus_days(i64::from(terms_days))
}

/// The instant from which an invoice due on this date is overdue: the end of that local day.
pub fn overdue_from(zone: &Zone, due_on: LocalDate) -> Timestamp {
    zone.start_of(due_on.plus_days(1))
}

/// The date on which an invoice issued on `issued_on` is collected (K14); `None` where nothing is
/// collected after the invoice. `billed_before` is the day after the last one that it charges for, as far as that
/// has come: an invoice that is issued late is collected for the month that it would have been collected for, and
/// so at once.
pub fn collected_on(
    rule: &CollectionRule,
    calendar: &CalendarPolicy,
    billed_before: LocalDate,
    issued_on: LocalDate,
) -> Option<LocalDate> {
    match rule {
        CollectionRule::FirstOfMonth {} => Some(first_from(billed_before.min(issued_on)).max(issued_on)),
        CollectionRule::WeekdayAfterIssue {
            weekday,
            business_days_only,
        } => {
            let day = next_weekday_after(issued_on, *weekday);
            Some(if *business_days_only {
                business_day_from(calendar, day)
            } else {
                day
            })
        }
        CollectionRule::OnFinalise {} | CollectionRule::AtSignUpAndRenewal {} => Some(issued_on),
        CollectionRule::AtOrder {} => None,
    }
}

/// The first such weekday after a date; a week later when the date is one itself.
pub fn next_weekday_after(date: LocalDate, weekday: Weekday) -> LocalDate {
    let ahead = (index(weekday) - index(Weekday::from(date.date().weekday()))).rem_euclid(7);
    date.plus_days(if ahead == 0 { 7 } else { ahead })
}

/// The first day of the week that a date lies in, weeks beginning on `first`.
pub fn week_start(date: LocalDate, first: Weekday) -> LocalDate {
    date.plus_days(-(index(Weekday::from(date.date().weekday())) - index(first)).rem_euclid(7))
}

/// The date itself where it is the first of a month, else the next first.
fn first_from(date: LocalDate) -> LocalDate {
    match month_start(date) {
        first if first == date => date,
        first => plus_months(first, 1),
    }
}

/// The first of a date's month.
pub fn month_start(date: LocalDate) -> LocalDate {
    date.plus_days(1 - i64::from(date.date().day()))
}

/// The same day that many months later, or the last day of that month where it is shorter.
pub fn plus_months(date: LocalDate, months: i32) -> LocalDate {
    let moved = to_civil(date).checked_add(jiff::Span::new().months(months.clamp(-120_000, 120_000)));
    match moved {
        Ok(date) if date.year() >= 1 => from_civil(date),
        _ => LocalDate::new(if months < 0 { time::Date::MIN } else { time::Date::MAX }),
    }
}

fn index(weekday: Weekday) -> i64 {
    match weekday {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    }
}

/// How far business-day arithmetic looks before it gives up on a calendar without business days.
const LONGEST_CLOSURE_DAYS: u32 = 400;

/// The date itself if business is done on it, else the next on which it is.
pub fn business_day_from(calendar: &CalendarPolicy, date: LocalDate) -> LocalDate {
    let days = (0..LONGEST_CLOSURE_DAYS).map(|n| date.plus_days(i64::from(n)));
    days.into_iter()
        .find(|day| calendar.is_business_day(*day))
        .unwrap_or(date)
}

/// The date that many business days after a date.
pub fn plus_business_days(calendar: &CalendarPolicy, date: LocalDate, days: u32) -> LocalDate {
    (0..days).fold(date, |day, _| business_day_from(calendar, day.plus_days(1)))
}

/// The instant by which that many hours of business days have passed, a business day counting from
/// midnight to midnight (R34): what is asked on a Saturday starts to count on Monday.
pub fn plus_business_hours(calendar: &CalendarPolicy, zone: &Zone, at: Timestamp, hours: u32) -> Timestamp {
    let mut left = Duration::hours(i64::from(hours));
    let mut from = at;
    let mut date = zone.date_of(at);
    let mut closed = 0;
    while closed < LONGEST_CLOSURE_DAYS {
        let end = zone.start_of(date.plus_days(1));
        if calendar.is_business_day(date) {
            closed = 0;
            let open = end.since(from);
            if left <= open {
                return from.plus(left);
            }
            left -= open;
        } else {
            closed += 1;
        }
        date = date.plus_days(1);
        from = end.max(from);
    }
    from.plus(left)
}

#[cfg(test)]
mod tests;

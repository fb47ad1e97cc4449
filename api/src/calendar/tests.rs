//! The calendar against fixed cases and against an oracle that walks the clock in steps of fifteen
//! minutes and knows nothing but the offset of each instant.

use super::*;
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeMap;
use tradepost_contract::policy::WindowStart;

/// Zones of every kind: northern and southern summer time, half and quarter hours, changes at
/// midnight, a half-hour summer time, zones that crossed the date line, and none at all.
const ZONES: &[&str] = &[
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Asuncion",
    "America/Santiago",
    "America/Scoresbysund",
    "America/Caracas",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Amman",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Norfolk",
    "Atlantic/Azores",
];

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

const QUARTER: i64 = 15 * 60;

/// Days since 1970-01-01 on the local calendar, from the offset alone.
fn local_day(zone: &Zone, seconds: i64) -> i64 {
    let offset = zone.0.to_offset(jiff::Timestamp::from_second(seconds).unwrap());
    (seconds + i64::from(offset.seconds())).div_euclid(86_400)
}

fn day_number(date: LocalDate) -> i64 {
    i64::from(date.date().to_julian_day()) - 2_440_588
}

/// The first instant whose local date is this day or a later one, found by walking.
fn oracle_start_of_day(zone: &Zone, day: i64) -> i64 {
    let mut seconds = day * 86_400 - 26 * 3600;
    while local_day(zone, seconds) < day {
        seconds += QUARTER;
    }
    seconds
}

/// The number of the local day that has begun last at an instant, by walking back to its start.
fn oracle_day(zone: &Zone, seconds: i64) -> i64 {
    let day = local_day(zone, seconds);
    if seconds >= oracle_start_of_day(zone, day + 1) {
        day + 1
    } else {
        day
    }
}

fn some_zone() -> impl Strategy<Value = Zone> {
    proptest::sample::select(ZONES).prop_map(zone)
}

/// An instant between 2012 and 2037. Before that, clocks changed at odd minutes here and there.
fn some_instant() -> impl Strategy<Value = Timestamp> {
    (1_325_376_000_i64..2_114_380_800).prop_map(Timestamp::from_seconds)
}

/// An instant within a day and a half of a change of the clock, where there are changes.
fn near_a_change(zone: &Zone, around: Timestamp, nudge: i64) -> Timestamp {
    match zone.0.following(instant(around)).next() {
        Some(change) => Timestamp::from_seconds(change.timestamp().as_second() + nudge),
        None => around,
    }
}

proptest! {
    /// R125: the first instant of every local day, in every zone, is what walking the clock finds.
    #[test]
    fn r125_days_begin_where_the_walk_says(zone in some_zone(), around in some_instant(), nudge in -130_000_i64..130_000) {
        let at = near_a_change(&zone, around, nudge);
        let date = zone.date_of(at);
        prop_assert_eq!(day_number(date), local_day(&zone, at.as_seconds()));
        for step in 0..3 {
            let start = zone.start_of(date.plus_days(step));
            prop_assert_eq!(start.as_seconds(), oracle_start_of_day(&zone, day_number(date) + step));
        }
    }

    /// R22, R42, R73, R125: a window of calendar days ends with the nth local day, one of hours after exactly
    /// so many hours.
    #[test]
    fn r22_windows_close_where_the_walk_says(zone in some_zone(), around in some_instant(), nudge in -130_000_i64..130_000, amount in 1_u32..40) {
        let starts = near_a_change(&zone, around, nudge);
        let days = ReturnWindow::CalendarDays { amount, starts: WindowStart::DeliveredAt };
        let closes = window_closes_at(&days, &zone, starts).unwrap().as_seconds();
        let last_day = local_day(&zone, starts.as_seconds()) + i64::from(amount);
        prop_assert_eq!(closes, oracle_start_of_day(&zone, last_day + 1));
        prop_assert!(local_day(&zone, closes - 1) <= last_day);

        let hours = ReturnWindow::Hours { amount, starts: WindowStart::DeliveredAt };
        let closes = window_closes_at(&hours, &zone, starts).unwrap();
        prop_assert_eq!(closes.as_micros() - starts.as_micros(), i64::from(amount) * 3_600_000_000);
    }

    /// R6, R78, R114: every instant lies in exactly one period, periods follow one another without gap, and
    /// they begin and end where counting days says.
    #[test]
    fn r6_r78_r114_periods_tile_time(zone in some_zone(), around in some_instant(), nudge in -130_000_i64..130_000, weekday in 0_usize..7, lag_days in 0_u32..15) {
        let at = near_a_change(&zone, around, nudge);
        let day = oracle_day(&zone, at.as_seconds());
        let anchor = Weekday::ALL[weekday];
        for cycle in [BillingCycle::CalendarMonth {}, BillingCycle::Week { anchor, lag_days }] {
            let period = period_of(&cycle, &zone, at).unwrap();
            prop_assert!(period.start_at <= at && at < period.end_at, "{:?} {}", period, at);
            prop_assert_eq!(period.start_at.as_seconds(), oracle_start_of_day(&zone, day_number(period.starts_on)));
            prop_assert_eq!(period.end_at.as_seconds(), oracle_start_of_day(&zone, day_number(period.ends_before)));
            prop_assert_eq!(period_of(&cycle, &zone, Timestamp::from_micros(period.end_at.as_micros() - 1)), Some(period));
            let next = next_period(&cycle, &zone, &period).unwrap();
            prop_assert_eq!(next.start_at, period.end_at);
            let due = last_period_due(&cycle, &zone, at).unwrap();
            prop_assert!(due.due_at <= at && next_period(&cycle, &zone, &due).unwrap().due_at > at);
            match cycle {
                BillingCycle::Week { .. } => {
                    prop_assert_eq!(day_number(period.ends_before) - day_number(period.starts_on), 7);
                    prop_assert_eq!(day_number(period.invoiced_on) - day_number(period.ends_before), i64::from(lag_days));
                    // 1970-01-01 was a Thursday.
                    prop_assert_eq!((day_number(period.invoiced_on) + 3).rem_euclid(7), weekday as i64);
                }
                _ => {
                    prop_assert_eq!((period.starts_on.date().day(), period.ends_before.date().day()), (1, 1));
                    prop_assert!((28..=31).contains(&(day_number(period.ends_before) - day_number(period.starts_on))));
                }
            }
            prop_assert!((day_number(period.starts_on)..day_number(period.ends_before)).contains(&day));
        }
    }

    /// R114: with a week's lag a delivery is more than 7 and at most 14 days old when it is invoiced,
    /// counted on the calendar.
    #[test]
    fn r114_a_lead_can_be_reviewed_for_seven_to_fourteen_days(zone in some_zone(), delivered in some_instant()) {
        let cycle = BillingCycle::Week { anchor: Weekday::Monday, lag_days: 7 };
        let period = period_of(&cycle, &zone, delivered).unwrap();
        let age = day_number(period.invoiced_on) - oracle_day(&zone, delivered.as_seconds());
        prop_assert!((8..=14).contains(&age), "{age}");
    }

    /// R34: business arithmetic against counting day by day.
    #[test]
    fn r34_business_days_are_counted_one_by_one(start in 15_000_i64..25_000, days in 0_u32..30, closed in proptest::collection::vec(0_i64..60, 0..6)) {
        let epoch = date("1970-01-01");
        let mut calendar = weekdays();
        for offset in closed {
            calendar.holidays.insert(epoch.plus_days(start + offset), "closed".to_owned());
        }
        let (mut walked, mut left) = (epoch.plus_days(start), days);
        while left > 0 {
            walked = walked.plus_days(1);
            if calendar.is_business_day(walked) {
                left -= 1;
            }
        }
        prop_assert_eq!(plus_business_days(&calendar, epoch.plus_days(start), days), walked);
    }
}

fn weekdays() -> CalendarPolicy {
    let business_days = Weekday::ALL
        .iter()
        .take(5)
        .map(|day| (*day, true))
        .collect::<BTreeMap<_, _>>();
    CalendarPolicy {
        business_days,
        holidays: BTreeMap::new(),
    }
}

#[test]
fn r22_day_ten_is_open_to_its_last_second() {
    let window = ReturnWindow::CalendarDays {
        amount: 10,
        starts: WindowStart::DeliveredAt,
    };
    let closes = |zone_name: &str, starts: &str| {
        window_closes_at(&window, &zone(zone_name), at(starts))
            .unwrap()
            .to_string()
    };
    // Received on the morning or the night of March 1st: either way March 11th is the last day.
    assert_eq!(
        closes("America/Chicago", "2026-03-01T15:00:00Z"),
        "2026-03-12T05:00:00Z",
        "summer time began on March 8th"
    );
    assert_eq!(
        closes("America/Chicago", "2026-03-02T05:59:59Z"),
        "2026-03-12T05:00:00Z"
    );
    assert_eq!(
        closes("America/Chicago", "2026-03-02T06:00:00Z"),
        "2026-03-13T05:00:00Z"
    );
    // In Beirut midnight of 2026-03-29 does not exist; that day begins at 01:00 local time.
    assert_eq!(closes("Asia/Beirut", "2026-03-18T10:00:00Z"), "2026-03-28T22:00:00Z");
    assert_eq!(
        closes("UTC", "2028-02-19T12:00:00Z"),
        "2028-03-01T00:00:00Z",
        "through a leap day"
    );
    assert_eq!(closes("UTC", "2027-02-19T12:00:00Z"), "2027-03-02T00:00:00Z");
}

#[test]
fn r73_hours_are_exact_across_a_change_of_the_clock() {
    let window = ReturnWindow::Hours {
        amount: 72,
        starts: WindowStart::DeliveredAt,
    };
    let closes = window_closes_at(&window, &zone("Europe/London"), at("2026-03-27T12:00:00Z"));
    assert_eq!(
        closes,
        Some(at("2026-03-30T12:00:00Z")),
        "13:00 on the wall, because the night lost an hour"
    );
    assert_eq!(
        window_closes_at(
            &ReturnWindow::UntilInvoiced {},
            &Zone::utc(),
            at("2026-03-27T12:00:00Z")
        ),
        None
    );
}

#[test]
fn r6_a_month_ends_at_local_midnight() {
    let chicago = zone("America/Chicago");
    let month = |text: &str| {
        period_of(&BillingCycle::CalendarMonth {}, &chicago, at(text))
            .unwrap()
            .starts_on
            .to_string()
    };
    assert_eq!(
        month("2028-03-01T05:59:59.999999Z"),
        "2028-02-01",
        "23:59:59 on February 29th"
    );
    assert_eq!(month("2028-03-01T06:00:00Z"), "2028-03-01");
    assert_eq!(month("2027-03-01T05:59:59Z"), "2027-02-01");
    let due = last_period_due(&BillingCycle::CalendarMonth {}, &chicago, at("2026-02-01T06:00:00Z")).unwrap();
    assert_eq!(
        (due.starts_on, due.ends_before),
        (date("2026-01-01"), date("2026-02-01")),
        "R7: January is billed on February 1st"
    );
}

#[test]
fn r78_monday_takes_the_week_before() {
    let london = zone("Europe/London");
    let weekly = BillingCycle::Week {
        anchor: Weekday::Monday,
        lag_days: 0,
    };
    // Monday 2026-03-30 is the day after summer time began.
    let due = last_period_due(&weekly, &london, at("2026-03-29T23:00:00Z")).unwrap();
    assert_eq!(
        (due.invoiced_on, due.starts_on, due.ends_before),
        (date("2026-03-30"), date("2026-03-23"), date("2026-03-30"))
    );
    assert_eq!(
        (due.start_at, due.end_at),
        (at("2026-03-23T00:00:00Z"), at("2026-03-29T23:00:00Z"))
    );
    let before = last_period_due(&weekly, &london, at("2026-03-29T22:59:59Z")).unwrap();
    assert_eq!(before.invoiced_on, date("2026-03-23"));
}

#[test]
fn r114_monday_takes_the_week_before_the_last() {
    let lagged = BillingCycle::Week {
        anchor: Weekday::Monday,
        lag_days: 7,
    };
    let due = last_period_due(&lagged, &zone("America/New_York"), at("2026-06-22T04:00:00Z")).unwrap();
    assert_eq!(
        (due.invoiced_on, due.starts_on, due.ends_before),
        (date("2026-06-22"), date("2026-06-08"), date("2026-06-15"))
    );
}

#[test]
fn r79_r80_terms_and_collection() {
    let london = zone("Europe/London");
    assert_eq!(due_on(&london, at("2026-03-29T23:00:00Z"), 7), date("2026-04-06"));
    assert_eq!(overdue_from(&london, date("2026-04-06")), at("2026-04-06T23:00:00Z"));
    let mut calendar = weekdays();
    let wednesday = CollectionRule::WeekdayAfterIssue {
        weekday: Weekday::Wednesday,
        business_days_only: true,
    };
    assert_eq!(
        collected_on(&wednesday, &calendar, date("2026-03-30"), date("2026-03-30")),
        Some(date("2026-04-01"))
    );
    calendar.holidays.insert(date("2026-04-01"), "closed".to_owned());
    assert_eq!(
        collected_on(&wednesday, &calendar, date("2026-03-30"), date("2026-03-30")),
        Some(date("2026-04-02"))
    );
    assert_eq!(
        collected_on(&wednesday, &calendar, date("2026-03-30"), date("2026-04-01")),
        Some(date("2026-04-08")),
        "the Wednesday after, not the same"
    );
}

/// R7: January is collected on the first of February; what is issued late is collected at once, and not a month
/// later. What is issued before its period is over, such as the last invoice of an account, waits for the first.
#[rstest]
#[case("2026-02-01", "2026-02-01", "2026-02-01")]
#[case("2026-02-01", "2026-02-02", "2026-02-02")]
#[case("2026-02-01", "2026-02-28", "2026-02-28")]
#[case("2026-02-01", "2026-03-01", "2026-03-01")]
#[case("2026-02-01", "2026-03-02", "2026-03-02")]
#[case("2026-02-01", "2026-01-15", "2026-02-01")]
// A week that ends within a month waits for the next first, and one that ends on the first for none.
#[case("2026-01-12", "2026-01-12", "2026-02-01")]
#[case("2026-01-12", "2026-01-13", "2026-02-01")]
#[case("2026-01-12", "2026-02-03", "2026-02-03")]
#[case("2026-06-01", "2026-06-01", "2026-06-01")]
#[case("2026-12-14", "2026-12-21", "2027-01-01")]
fn r7_the_first_of_the_month_is_not_missed(#[case] ended: &str, #[case] issued: &str, #[case] collected: &str) {
    let first = CollectionRule::FirstOfMonth {};
    assert_eq!(
        collected_on(&first, &weekdays(), date(ended), date(issued)),
        Some(date(collected))
    );
}

#[test]
fn r34_forty_eight_business_hours_skip_weekends_and_holidays() {
    let mut calendar = weekdays();
    let new_york = zone("America/New_York");
    let due =
        |calendar: &CalendarPolicy, text: &str| plus_business_hours(calendar, &new_york, at(text), 48).to_string();
    assert_eq!(
        due(&calendar, "2026-06-09T15:00:00Z"),
        "2026-06-11T15:00:00Z",
        "Tuesday to Thursday"
    );
    assert_eq!(
        due(&calendar, "2026-06-12T15:00:00Z"),
        "2026-06-16T15:00:00Z",
        "Friday to Tuesday"
    );
    assert_eq!(
        due(&calendar, "2026-06-13T15:00:00Z"),
        "2026-06-17T04:00:00Z",
        "Saturday counts from Monday"
    );
    calendar.holidays.insert(date("2026-06-15"), "closed".to_owned());
    assert_eq!(due(&calendar, "2026-06-12T15:00:00Z"), "2026-06-17T15:00:00Z");
    assert_eq!(
        due(
            &CalendarPolicy {
                business_days: BTreeMap::new(),
                holidays: BTreeMap::new()
            },
            "2026-06-12T15:00:00Z"
        )
        .len(),
        20,
        "it ends"
    );
}

#[test]
fn months_are_clamped_to_their_length() {
    assert_eq!(plus_months(date("2026-01-31"), 1), date("2026-02-28"));
    assert_eq!(plus_months(date("2028-02-29"), -12), date("2027-02-28"));
    assert_eq!(week_start(date("2026-03-01"), Weekday::Monday), date("2026-02-23"));
    assert_eq!(week_start(date("2026-03-02"), Weekday::Monday), date("2026-03-02"));
}

#[test]
fn a_day_that_was_skipped_begins_with_the_next() {
    // Samoa had no 2011-12-30.
    let apia = zone("Pacific/Apia");
    assert_eq!(apia.start_of(date("2011-12-30")), apia.start_of(date("2011-12-31")));
    assert_eq!(apia.local(at("2011-12-30T10:00:00Z")).date, date("2011-12-31"));
}

#[test]
fn the_ends_of_the_calendar_do_not_panic() {
    for micros in [i64::MIN, i64::MAX] {
        let end = Timestamp::from_micros(micros);
        for name in ZONES {
            let zone = zone(name);
            zone.local(end);
            zone.end_of_day_after(end, 366);
            period_of(&BillingCycle::CalendarMonth {}, &zone, end);
            period_of(
                &BillingCycle::Week {
                    anchor: Weekday::Monday,
                    lag_days: 56,
                },
                &zone,
                end,
            );
        }
    }
    assert_eq!(plus_months(date("9999-12-01"), 1), date("9999-12-31"));
    assert_eq!(plus_months(date("0001-01-31"), -1), date("0001-01-01"));
}

#[test]
fn only_names_of_the_database_are_zones() {
    for bad in [
        "",
        "Mars/Olympus",
        "america/new_york",
        "+01:00",
        "Etc/Unknown",
        "EST5EDT4",
    ] {
        assert!(Zone::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(zone("Europe/London").name(), "Europe/London");
}

/// R126: a reminder comes so many days before the end, and not where the end is nearer than that when it is known.
#[test]
fn r126_a_reminder_comes_before_the_end() {
    let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let known = at("2026-03-02T12:00:00Z");
    for (days, ends, expected) in [
        (3, Some("2026-03-10T06:00:00Z"), Some("2026-03-07T06:00:00Z")),
        (0, Some("2026-03-10T06:00:00Z"), None),
        (3, Some("2026-03-05T12:00:00Z"), None),
        (3, Some("2026-03-05T12:00:01Z"), Some("2026-03-02T12:00:01Z")),
        (3, None, None),
    ] {
        assert_eq!(reminder(days, known, ends.map(at)), expected.map(at), "{days} {ends:?}");
    }
}

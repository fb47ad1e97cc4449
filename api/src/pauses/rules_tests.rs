use super::*;
use proptest::prelude::*;
use rstest::rstest;
use tradepost_contract::policy::{PauseActor, PerkEffect};

fn day(text: &str) -> LocalDate {
    text.parse().unwrap()
}

fn policy(max_days: Option<u32>, from: PauseCount, budget: Option<(u32, u32)>, date_required: bool) -> PausePolicy {
    PausePolicy {
        actor: PauseActor::Staff,
        notice_hours: 0,
        max_days,
        max_days_from: from,
        budget: budget.map(|(days, per_months)| PauseBudget { days, per_months }),
        return_date_required: date_required,
        auto_resume: true,
        remind_days: 0,
        perk_effect: PerkEffect::None {},
    }
}

fn taken(ranges: &[(&str, &str)]) -> Vec<Days> {
    ranges
        .iter()
        .map(|(from, before)| Days {
            from: day(from),
            before: day(before),
        })
        .collect()
}

const TWO_WEEKS: PauseBudget = PauseBudget {
    days: 14,
    per_months: 6,
};

/// R17: two weeks within any six months, whatever lies before and after.
#[rstest]
#[case::nothing_taken(&[], "2026-03-01", 14)]
#[case::a_week_taken(&[("2026-01-01", "2026-01-08")], "2026-03-01", 7)]
#[case::all_taken(&[("2026-01-01", "2026-01-15")], "2026-03-01", 0)]
#[case::the_last_day_of_six_months(&[("2026-01-01", "2026-01-15")], "2026-06-30", 0)]
#[case::one_day_falls_out_of_the_window(&[("2026-01-01", "2026-01-15")], "2026-07-01", 14)]
#[case::as_the_old_ones_fall_out(&[("2026-01-01", "2026-01-08"), ("2026-02-01", "2026-02-08")], "2026-07-03", 7)]
#[case::a_later_one_is_planned(&[("2026-09-01", "2026-09-11")], "2026-05-01", 4)]
#[case::a_later_one_far_away(&[("2026-11-01", "2026-11-11")], "2026-04-01", 14)]
#[case::between_two(&[("2026-01-01", "2026-01-06"), ("2026-08-01", "2026-08-06")], "2026-05-01", 9)]
#[case::the_same_days_count_once(&[("2026-01-01", "2026-01-08"), ("2026-01-03", "2026-01-08")], "2026-03-01", 7)]
#[case::over_another_pause(&[("2026-03-03", "2026-03-10")], "2026-03-01", 14)]
#[case::end_of_august_to_end_of_february(&[("2026-08-31", "2026-09-14")], "2027-02-27", 0)]
#[case::after_the_end_of_february(&[("2026-08-31", "2026-09-01"), ("2026-09-15", "2026-09-28")], "2027-02-28", 1)]
fn r17_days_left(#[case] before: &[(&str, &str)], #[case] from: &str, #[case] left: i64) {
    assert_eq!(days_left(&TWO_WEEKS, &taken(before), day(from)), left);
}

/// R17: days that another pause takes are not shown as left, though a pause over them costs nothing.
#[rstest]
#[case(&[], "2026-03-01", 14)]
#[case(&[("2026-03-01", "2026-03-10")], "2026-03-01", 5)]
#[case(&[("2026-03-05", "2026-03-10")], "2026-03-01", 9)]
#[case(&[("2026-01-01", "2026-01-15")], "2026-03-01", 0)]
fn r17_days_that_nobody_has_taken(#[case] before: &[(&str, &str)], #[case] from: &str, #[case] unused: i64) {
    assert_eq!(days_unused(&TWO_WEEKS, &taken(before), day(from)), unused);
}

/// R17, R59, R70: what each seller allows, and what the refusal says instead.
#[rstest]
#[case::as_long_as_allowed(policy(Some(14), PauseCount::Start, Some((14, 6)), false), None, Ok(Some("2026-03-18")))]
#[case::the_longest(policy(Some(14), PauseCount::Start, Some((14, 6)), false), Some("2026-03-18"), Ok(Some("2026-03-18")))]
#[case::over_the_budget(policy(Some(14), PauseCount::Start, Some((14, 6)), false), Some("2026-03-19"), Err(Refusal::OverBudget(14)))]
#[case::a_week_of_the_store(policy(Some(7), PauseCount::Start, None, false), None, Ok(Some("2026-03-11")))]
#[case::a_day_too_long(
    policy(Some(7), PauseCount::Start, None, false),
    Some("2026-03-12"),
    Err(Refusal::TooLong(day("2026-03-11")))
)]
#[case::no_date(policy(Some(30), PauseCount::Request, None, true), None, Err(Refusal::DateMissing))]
#[case::thirty_days_after_the_request(
    policy(Some(30), PauseCount::Request, None, true),
    Some("2026-03-31"),
    Ok(Some("2026-03-31"))
)]
#[case::thirty_one(
    policy(Some(30), PauseCount::Request, None, true),
    Some("2026-04-01"),
    Err(Refusal::TooLong(day("2026-03-31")))
)]
#[case::thirty_days_after_the_start(
    policy(Some(30), PauseCount::Start, None, true),
    Some("2026-04-03"),
    Ok(Some("2026-04-03"))
)]
#[case::before_it_begins(
    policy(None, PauseCount::Start, None, false),
    Some("2026-03-04"),
    Err(Refusal::TooEarly)
)]
#[case::without_an_end(policy(None, PauseCount::Start, None, false), None, Ok(None))]
#[case::notice_longer_than_the_pause(
    policy(Some(3), PauseCount::Request, None, false),
    None,
    Err(Refusal::TooLong(day("2026-03-04")))
)]
fn r70_the_return_date(
    #[case] policy: PausePolicy,
    #[case] wanted: Option<&str>,
    #[case] expected: Result<Option<&str>, Refusal>,
) {
    // Asked for on a Sunday, to begin 72 hours later.
    let got = returns_on(&policy, &[], day("2026-03-01"), day("2026-03-04"), wanted.map(day));
    assert_eq!(got, expected.map(|expected| expected.map(day)));
}

#[rstest]
#[case(0, "2026-03-01T08:00:00Z")]
#[case(72, "2026-03-04T08:00:00Z")]
fn r70_the_notice(#[case] hours: u32, #[case] expected: &str) {
    let policy = PausePolicy {
        notice_hours: hours,
        ..policy(None, PauseCount::Start, None, false)
    };
    let now: Timestamp = "2026-03-01T08:00:00Z".parse().unwrap();
    assert_eq!(earliest_start(&policy, now), expected.parse().unwrap());
}

/// A pause that ends at midnight does not take the day that begins then; clocks that change do not move that.
#[rstest]
#[case(
    "America/Chicago",
    "2026-03-07T18:00:00Z",
    "2026-03-09T05:00:00Z",
    "2026-03-07",
    "2026-03-09"
)]
#[case(
    "America/Chicago",
    "2026-03-07T18:00:00Z",
    "2026-03-09T05:00:00.000001Z",
    "2026-03-07",
    "2026-03-10"
)]
#[case(
    "Europe/London",
    "2026-10-24T23:30:00Z",
    "2026-10-26T00:00:00Z",
    "2026-10-25",
    "2026-10-26"
)]
#[case("UTC", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01", "2026-03-02")]
fn the_days_that_a_pause_touches(
    #[case] zone: &str,
    #[case] from: &str,
    #[case] until: &str,
    #[case] first: &str,
    #[case] before: &str,
) {
    let zone = Zone::parse(zone).unwrap();
    let days = Days::touched(&zone, from.parse().unwrap(), until.parse().unwrap());
    assert_eq!((days.from, days.before), (day(first), day(before)));
}

proptest! {
    /// R17, I10: what is called left fits into every window of the span, day by day, and one more day does not.
    #[test]
    fn r17_the_budget_agrees_with_a_count_of_every_window(
        begins in proptest::collection::vec((0i64..500, 1i64..10), 0..6),
        from in 0i64..500,
        days in 1u32..20,
        per_months in 1u32..8,
    ) {
        let first = day("2026-01-29");
        let budget = PauseBudget { days, per_months };
        let taken: Vec<Days> = begins
            .iter()
            .map(|(begin, length)| Days {
                from: first.plus_days(*begin),
                before: first.plus_days(begin + length),
            })
            .collect();
        let starts = first.plus_days(from);
        let left = days_left(&budget, &taken, starts);
        let within = |length: i64| {
            let is_new = |day: LocalDate| day >= starts && day < starts.plus_days(length);
            let is_paused = |day: LocalDate| is_new(day) || taken.iter().any(|days| days.from <= day && day < days.before);
            (-300..900).map(|n| first.plus_days(n)).all(|begin| {
                let end = calendar::plus_months(begin, i32::try_from(per_months).unwrap());
                let window: Vec<LocalDate> = std::iter::successors(Some(begin), |day| Some(day.plus_days(1)))
                    .take_while(|day| *day < end)
                    .collect();
                // Windows that the new pause does not touch are none of its business.
                !window.iter().any(|day| is_new(*day))
                    || window.iter().filter(|day| is_paused(**day)).count() <= days as usize
            })
        };
        prop_assert!(left == 0 || within(left), "{left} days fit");
        prop_assert!(left == i64::from(days) || !within(left + 1), "{left} is the most");
    }
}

//! When a pause may begin and how long it may last: notice, longest pause, rolling budget. Pure.

use crate::calendar::{self, Zone};
use std::collections::BTreeSet;
use time::Duration;
use tradepost_contract::policy::{PauseBudget, PauseCount, PausePolicy};
use tradepost_contract::{LocalDate, Timestamp};

/// The local days of a pause: from one day until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) from: LocalDate,
    pub(super) before: LocalDate,
}

impl Days {
    /// The days that a stretch of time touches; one that ends at midnight does not touch the day that begins then.
    pub(super) fn touched(zone: &Zone, from: Timestamp, until: Timestamp) -> Self {
        let last = zone.date_of(until);
        let before = if zone.start_of(last) == until {
            last
        } else {
            last.plus_days(1)
        };
        let from = zone.date_of(from);
        Self {
            from,
            before: before.max(from.plus_days(1)),
        }
    }

    fn each(self) -> impl Iterator<Item = LocalDate> {
        std::iter::successors(Some(self.from), |day| Some(day.plus_days(1))).take_while(move |day| *day < self.before)
    }
}

/// The earliest instant at which a pause may begin that is asked for now (R70).
pub(super) fn earliest_start(policy: &PausePolicy, now: Timestamp) -> Timestamp {
    now.plus(Duration::hours(i64::from(policy.notice_hours)))
}

/// How many days of pause are left for one that begins on `from`, beside those taken and planned (R17). A day counts
/// once, however many orders pause on it.
pub(super) fn days_left(budget: &PauseBudget, taken: &[Days], from: LocalDate) -> i64 {
    let taken: BTreeSet<LocalDate> = taken.iter().flat_map(|days| days.each()).collect();
    let fits = |days: i64| {
        let new = Days {
            from,
            before: from.plus_days(days),
        };
        let mut paused = taken.clone();
        paused.extend(new.each());
        // The fullest window begins on a day of pause: any other reaches no further than the next such day's.
        paused.iter().all(|first| {
            let end = months_after(*first, budget.per_months);
            let reaches_the_new = *first < new.before && new.from < end;
            !reaches_the_new || paused.range(*first..end).count() <= budget.days as usize
        })
    };
    (1..=i64::from(budget.days))
        .take_while(|days| fits(*days))
        .last()
        .unwrap_or(0)
}

/// How many days of the budget nobody has taken yet, for a pause that begins on `from`.
pub(super) fn days_unused(budget: &PauseBudget, taken: &[Days], from: LocalDate) -> i64 {
    let days = days_left(budget, taken, from);
    let free = |day: &LocalDate| !taken.iter().any(|days| days.from <= *day && *day < days.before);
    let new = Days {
        from,
        before: from.plus_days(days),
    };
    new.each().filter(free).count().try_into().unwrap_or(days)
}

fn months_after(date: LocalDate, months: u32) -> LocalDate {
    calendar::plus_months(date, i32::try_from(months).unwrap_or(i32::MAX))
}

/// The latest day on which a pause may end that is asked for and begins on these days; none where nothing limits it.
pub(super) fn latest_return(
    policy: &PausePolicy,
    taken: &[Days],
    asked_on: LocalDate,
    starts_on: LocalDate,
) -> Option<LocalDate> {
    let longest = policy.max_days.map(|days| {
        let from = match policy.max_days_from {
            PauseCount::Request => asked_on,
            PauseCount::Start => starts_on,
        };
        from.plus_days(i64::from(days))
    });
    let left = policy
        .budget
        .as_ref()
        .map(|budget| starts_on.plus_days(days_left(budget, taken, starts_on)));
    longest.into_iter().chain(left).min()
}

/// Why a return date is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// One must be said (R70).
    DateMissing,
    /// It is not after the day on which the pause begins.
    TooEarly,
    /// It is later than the longest pause allows.
    TooLong(LocalDate),
    /// The rolling budget does not last so long; so many days are left (R17).
    OverBudget(i64),
}

/// The day on which leads come again: as asked, within what the policy allows, or as late as it allows. `None` is a
/// pause without an end.
pub(super) fn returns_on(
    policy: &PausePolicy,
    taken: &[Days],
    asked_on: LocalDate,
    starts_on: LocalDate,
    wanted: Option<LocalDate>,
) -> Result<Option<LocalDate>, Refusal> {
    if policy.return_date_required && wanted.is_none() {
        return Err(Refusal::DateMissing);
    }
    if wanted.is_some_and(|day| day <= starts_on) {
        return Err(Refusal::TooEarly);
    }
    let left = policy.budget.as_ref().map(|budget| days_left(budget, taken, starts_on));
    if let Some(left) = left
        && wanted.map_or(left == 0, |day| day > starts_on.plus_days(left))
    {
        return Err(Refusal::OverBudget(left));
    }
    let latest = latest_return(policy, taken, asked_on, starts_on);
    match (wanted, latest) {
        (Some(day), Some(latest)) if day > latest => Err(Refusal::TooLong(latest)),
        // The notice may leave no day before the longest pause is over.
        (None, Some(latest)) if latest <= starts_on => Err(Refusal::TooLong(latest)),
        (Some(day), _) => Ok(Some(day)),
        (None, latest) => Ok(latest),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;

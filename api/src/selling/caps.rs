//! Ceilings: the most leads of a day, a week, a month and in all. Pure.
//!
//! A cap is a ceiling and never a promise (R54). In programmes where the daily ceiling is a percentage
//! of the quantity, batch products are delivered as soon as they are there, so they have none (R55).

use super::store::{Glance, Periods};
use crate::calendar::{self, Zone};
use tradepost_contract::leads::RefusalReason;
use tradepost_contract::orders::{OrderHold, OrderStatus};
use tradepost_contract::policy::Weekday;
use tradepost_contract::{LocalDate, Timestamp};

/// The ceilings of one order that count for a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Caps {
    pub(super) day: Option<i64>,
    pub(super) week: Option<i64>,
    pub(super) month: Option<i64>,
}

/// A ceiling of one period: what it is called in the database, when the period began, the most leads,
/// and why an order at it is refused.
pub(super) type Ceiling = (&'static str, LocalDate, i64, RefusalReason);

impl Caps {
    /// The ceilings that are set, in the order in which they are counted.
    pub(super) fn ceilings(self, periods: Periods) -> impl Iterator<Item = Ceiling> {
        [
            self.day.map(|cap| ("day", periods.day, cap, RefusalReason::CapDay)),
            self.week.map(|cap| ("week", periods.week, cap, RefusalReason::CapWeek)),
            self.month
                .map(|cap| ("month", periods.month, cap, RefusalReason::CapMonth)),
        ]
        .into_iter()
        .flatten()
    }
}

/// The cap periods that an instant lies in, by the programme's calendar; weeks begin on Monday.
pub(super) fn periods(zone: &Zone, at: Timestamp) -> Periods {
    let day = zone.date_of(at);
    Periods {
        day,
        week: calendar::week_start(day, Weekday::Monday),
        month: calendar::month_start(day),
    }
}

/// Why an order that was just looked at cannot take another lead, with the figures that say so.
pub(super) fn refusal(seen: &Glance, caps: Caps, owed: bool) -> Option<(RefusalReason, String)> {
    use RefusalReason as R;
    let plain = |reason| Some((reason, String::new()));
    match seen.hold {
        OrderHold::None => {}
        OrderHold::Onboarding => return plain(R::SupplierOnboarding),
        OrderHold::Paused => return plain(R::SupplierPaused),
        OrderHold::Suspended => return plain(R::SupplierSuspended),
        OrderHold::InNotice => return plain(R::SupplierInNotice),
        OrderHold::Closed => return plain(R::SupplierClosed),
    }
    let full = seen.quantity.is_some_and(|quantity| seen.sold >= quantity);
    match seen.status {
        OrderStatus::Paused => return plain(R::OrderPaused),
        OrderStatus::Cancelled => return plain(R::OrderCancelled),
        OrderStatus::Open | OrderStatus::Filled if owed => {}
        OrderStatus::Open if !full => {}
        OrderStatus::Open | OrderStatus::Filled => {
            return Some((
                R::OrderFilled,
                format!("{} sold of {}", seen.sold, seen.quantity.unwrap_or(0)),
            ));
        }
    }
    let used = [
        (seen.used_day, caps.day, R::CapDay),
        (seen.used_week, caps.week, R::CapWeek),
        (seen.used_month, caps.month, R::CapMonth),
    ];
    used.into_iter().find_map(|(used, cap, reason)| {
        let cap = cap.filter(|cap| used >= *cap)?;
        Some((reason, format!("{used} of {cap}")))
    })
}

/// How many more leads an order could take before it meets the first of its ceilings.
pub(super) fn room(seen: &Glance, caps: Caps) -> i64 {
    let ceilings = [
        (seen.sold, seen.quantity),
        (seen.used_day, caps.day),
        (seen.used_week, caps.week),
        (seen.used_month, caps.month),
    ];
    let left = ceilings
        .into_iter()
        .filter_map(|(used, most)| Some(most?.saturating_sub(used)));
    left.min().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn seen(sold: i64, quantity: Option<i64>, used: [i64; 3]) -> Glance {
        Glance {
            status: OrderStatus::Open,
            hold: OrderHold::None,
            sold,
            quantity,
            used_day: used[0],
            used_week: used[1],
            used_month: used[2],
        }
    }

    const CAPS: Caps = Caps {
        day: Some(3),
        week: Some(10),
        month: Some(30),
    };

    /// R54: a cap is a ceiling: the lead that would go beyond it is refused, the one that reaches it is not.
    #[rstest]
    #[case::below_all([2, 9, 29], None)]
    #[case::the_day_is_full([3, 9, 29], Some(RefusalReason::CapDay))]
    #[case::the_week_is_full([2, 10, 29], Some(RefusalReason::CapWeek))]
    #[case::the_month_is_full([2, 9, 30], Some(RefusalReason::CapMonth))]
    #[case::lowered_below_what_was_used([9, 9, 29], Some(RefusalReason::CapDay))]
    fn r54_caps_are_ceilings(#[case] used: [i64; 3], #[case] expected: Option<RefusalReason>) {
        let refused = refusal(&seen(0, None, used), CAPS, false);
        assert_eq!(refused.map(|(reason, _)| reason), expected);
        assert_eq!(
            refusal(&seen(0, None, used), Caps::default(), false),
            None,
            "no caps, no refusal"
        );
    }

    #[rstest]
    #[case::the_nearest_ceiling(seen(4, Some(10), [1, 8, 8]), 2)]
    #[case::the_quantity(seen(9, Some(10), [0, 0, 0]), 1)]
    #[case::none_left(seen(0, None, [3, 3, 3]), 0)]
    #[case::lowered_below_what_was_used(seen(0, None, [9, 9, 9]), -6)]
    fn room_is_what_is_left_until_the_first_ceiling(#[case] seen: Glance, #[case] left: i64) {
        assert_eq!(room(&seen, CAPS), left);
        let none = Glance { quantity: None, ..seen };
        assert_eq!(room(&none, Caps::default()), i64::MAX, "no ceiling, no end of room");
    }

    /// R44: a replacement that is owed goes to an order that is full, but not beyond a cap.
    #[test]
    fn r44_a_replacement_counts_against_caps_and_not_against_the_quantity() {
        let full = seen(5, Some(5), [0, 0, 0]);
        assert_eq!(
            refusal(&full, CAPS, false).map(|(reason, _)| reason),
            Some(RefusalReason::OrderFilled)
        );
        assert_eq!(refusal(&full, CAPS, true), None);
        let filled = Glance {
            status: OrderStatus::Filled,
            ..full.clone()
        };
        assert_eq!(refusal(&filled, CAPS, true), None);
        let busy = Glance { used_day: 3, ..full };
        assert_eq!(
            refusal(&busy, CAPS, true).map(|(reason, _)| reason),
            Some(RefusalReason::CapDay)
        );
    }

    #[test]
    fn an_order_that_stopped_since_memory_saw_it_is_refused() {
        let order = seen(0, None, [0, 0, 0]);
        for (status, reason) in [
            (OrderStatus::Paused, RefusalReason::OrderPaused),
            (OrderStatus::Cancelled, RefusalReason::OrderCancelled),
        ] {
            let stopped = Glance {
                status,
                ..order.clone()
            };
            assert_eq!(refusal(&stopped, CAPS, true).map(|(reason, _)| reason), Some(reason));
        }
        let held = Glance {
            hold: OrderHold::Suspended,
            ..order
        };
        assert_eq!(
            refusal(&held, CAPS, true).map(|(reason, _)| reason),
            Some(RefusalReason::SupplierSuspended)
        );
    }

    #[test]
    fn periods_begin_at_local_midnight_on_monday_and_on_the_first() {
        let zone = Zone::parse("America/New_York").unwrap();
        let at = "2026-03-01T04:59:59Z".parse().unwrap();
        let Periods { day, week, month } = periods(&zone, at);
        assert_eq!(
            [day, week, month].map(|date| date.to_string()),
            ["2026-02-28", "2026-02-23", "2026-02-01"]
        );
        let Periods { day, week, month } = periods(&zone, "2026-03-01T05:00:00Z".parse().unwrap());
        assert_eq!(
            [day, week, month].map(|date| date.to_string()),
            ["2026-03-01", "2026-02-23", "2026-03-01"]
        );
    }
}

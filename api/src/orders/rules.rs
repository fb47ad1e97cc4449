//! What an order may say, and what becomes of its state when its quantity changes. Pure.

use crate::suppliers::fields::Faults;
use tradepost_contract::orders::{OrderAction, OrderSchedule, OrderStatus};
use tradepost_contract::{Currency, InvalidTransition, Money, Timestamp};

/// More leads than anybody buys; it keeps sums far from the largest number.
const MOST_LEADS: i64 = 1_000_000_000;

/// A dearer lead is a slip of the keyboard, and a sum of such prices would leave the range of money.
const HIGHEST_PRICE_MINOR: i64 = 10_000_000_000;

/// A price: not negative, not beyond reason, in the programme's currency.
pub(super) fn check_price(faults: &mut Faults, price: Money, currency: Currency) {
    if !(0..=HIGHEST_PRICE_MINOR).contains(&price.minor) {
        faults.push(
            "/price/amount",
            "out_of_range",
            format!("expected 0 to {HIGHEST_PRICE_MINOR}"),
        );
    }
    if price.currency != currency {
        let message = format!("the programme is paid in {currency}");
        faults.push("/price/currency", "wrong_currency", message);
    }
}

/// A number of leads: at least one.
pub(super) fn check_count(faults: &mut Faults, pointer: &str, count: Option<i64>) {
    if count.is_some_and(|count| !(1..=MOST_LEADS).contains(&count)) {
        faults.push(pointer, "out_of_range", format!("expected 1 to {MOST_LEADS}"));
    }
}

/// Priority and weight.
pub(super) fn check_rank(faults: &mut Faults, priority: i32, weight: i32) {
    if !(0..=100).contains(&priority) {
        faults.push("/priority", "out_of_range", "expected 0 to 100");
    }
    if !(1..=1000).contains(&weight) {
        faults.push("/weight", "out_of_range", "expected 1 to 1000");
    }
}

/// Hours that begin before they end.
pub(super) fn check_schedule(faults: &mut Faults, schedule: &OrderSchedule) {
    for (weekday, hours) in &schedule.0 {
        if hours.from >= hours.to {
            let pointer = format!("/schedule/{weekday}/to");
            faults.push(pointer, "out_of_range", "must be later than `from`");
        }
    }
}

/// An order that begins before it ends.
pub(super) fn check_dates(faults: &mut Faults, starts_at: Timestamp, ends_at: Option<Timestamp>) {
    if ends_at.is_some_and(|ends_at| ends_at <= starts_at) {
        faults.push("/ends_at", "out_of_range", "must be later than `starts_at`");
    }
}

/// Whether an order has all it asked for.
pub(super) const fn is_complete(quantity: Option<i64>, sold: i64) -> bool {
    match quantity {
        Some(quantity) => sold >= quantity,
        None => false,
    }
}

/// The state of an order whose quantity was changed: a filled one that asks for more opens again, an
/// open one that now has enough is filled. A paused one is looked at when it is resumed.
pub(super) fn after_quantity(
    status: OrderStatus,
    quantity: Option<i64>,
    sold: i64,
) -> Result<OrderStatus, InvalidTransition> {
    match (status, is_complete(quantity, sold)) {
        (OrderStatus::Filled, false) => status.after(OrderAction::Extend),
        (OrderStatus::Open, true) => status.after(OrderAction::Fill),
        (OrderStatus::Open, false)
        | (OrderStatus::Filled, true)
        | (OrderStatus::Paused | OrderStatus::Cancelled, true | false) => Ok(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus::{Cancelled, Filled, Open, Paused};
    use rstest::rstest;

    #[rstest]
    #[case(Open, Some(10), 5, Open)]
    #[case(Open, Some(5), 5, Filled)]
    #[case(Open, None, 5, Open)]
    #[case(Filled, Some(6), 5, Open)]
    #[case(Filled, None, 5, Open)]
    #[case(Filled, Some(5), 5, Filled)]
    #[case(Paused, Some(5), 5, Paused)]
    #[case(Paused, Some(6), 5, Paused)]
    #[case(Cancelled, Some(6), 5, Cancelled)]
    fn a_changed_quantity_opens_and_fills(
        #[case] status: OrderStatus,
        #[case] quantity: Option<i64>,
        #[case] sold: i64,
        #[case] expected: OrderStatus,
    ) {
        assert_eq!(after_quantity(status, quantity, sold), Ok(expected));
    }

    #[test]
    fn every_fault_of_an_order_is_pointed_at() {
        let mut faults = Faults::default();
        check_price(&mut faults, Money::new(-1, Currency::GBP), Currency::USD);
        check_count(&mut faults, "/quantity", Some(0));
        check_count(&mut faults, "/cap_day", Some(i64::MAX));
        check_count(&mut faults, "/cap_week", None);
        check_rank(&mut faults, 101, 0);
        let schedule = r#"{"monday": {"from": "09:00", "to": "09:00"}, "friday": {"from": "09:00", "to": "10:00"}}"#;
        check_schedule(&mut faults, &serde_json::from_str(schedule).unwrap());
        check_dates(
            &mut faults,
            Timestamp::from_seconds(5),
            Some(Timestamp::from_seconds(5)),
        );
        let error = faults.finish().unwrap_err();
        let pointers: Vec<_> = error.errors().iter().map(|fault| fault.pointer.as_str()).collect();
        let expected = [
            "/price/amount",
            "/price/currency",
            "/quantity",
            "/cap_day",
            "/priority",
            "/weight",
            "/schedule/monday/to",
            "/ends_at",
        ];
        assert_eq!(pointers, expected);
    }
}

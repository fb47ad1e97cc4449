//! Amounts, dates and rates as a bookkeeper reads them.

use rust_decimal::Decimal;
use tradepost_contract::{Currency, LocalDate, Money};

/// The digits with commas between the thousands: `1,234.56`.
pub(crate) fn figures(amount: Money) -> String {
    let digits: usize = iso(amount.currency)
        .and_then(|known| known.exponent())
        .unwrap_or(2)
        .into();
    let minor = amount.minor.unsigned_abs().to_string();
    let padded = format!("{minor:0>width$}", width = digits + 1);
    let (whole, rest) = padded.split_at(padded.len() - digits);
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount.minor < 0 { "−" } else { "" };
    if rest.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{rest}")
    }
}

/// The amount with its currency: `£1,234.56`. Signs that several currencies share are not used.
pub(crate) fn amount(amount: Money) -> String {
    let sign = match amount.currency.as_str() {
        "GBP" => "£",
        "EUR" => "€",
        "USD" => "$",
        "JPY" => "¥",
        _ => return format!("{} {}", figures(amount), amount.currency),
    };
    let figures = figures(amount);
    match figures.strip_prefix('−') {
        Some(rest) => format!("−{sign}{rest}"),
        None => format!("{sign}{figures}"),
    }
}

fn iso(currency: Currency) -> Option<iso_currency::Currency> {
    iso_currency::Currency::from_code(currency.as_str())
}

/// `1 March 2026`.
pub(crate) fn date(date: LocalDate) -> String {
    let date = date.date();
    format!("{} {} {}", date.day(), date.month(), date.year())
}

/// `20 %`.
pub(crate) fn rate(rate: Decimal) -> String {
    format!("{} %", (rate * Decimal::ONE_HUNDRED).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(123_456_789, "GBP", "1,234,567.89", "£1,234,567.89")]
    #[case(-5, "GBP", "−0.05", "−£0.05")]
    #[case(0, "USD", "0.00", "$0.00")]
    #[case(100_000, "EUR", "1,000.00", "€1,000.00")]
    #[case(1500, "JPY", "1,500", "¥1,500")]
    #[case(1500, "CHF", "15.00", "15.00 CHF")]
    #[case(i64::MIN, "GBP", "−92,233,720,368,547,758.08", "−£92,233,720,368,547,758.08")]
    fn amounts(#[case] minor: i64, #[case] currency: &str, #[case] plain: &str, #[case] whole: &str) {
        let money = Money::new(minor, currency.parse().expect("a currency"));
        assert_eq!((figures(money).as_str(), amount(money).as_str()), (plain, whole));
    }

    #[test]
    fn dates_and_rates() {
        assert_eq!(date("2026-03-01".parse().expect("a date")), "1 March 2026");
        assert_eq!(rate("0.0825".parse().expect("a rate")), "8.25 %");
        assert_eq!(rate("0.2".parse().expect("a rate")), "20 %");
    }
}

//! How much a credit note gives back.

use rust_decimal::Decimal;
use tradepost_contract::{Money, MoneyError};

/// A line of a final invoice, as far as it was credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CreditableLine {
    /// The price before tax.
    pub(crate) net: Money,
    /// The tax on it.
    pub(crate) tax: Money,
    /// How much of the net price was credited already.
    pub(crate) credited: Money,
}

/// The amounts of a credit note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credit {
    /// Before tax.
    pub(crate) net: Money,
    /// The tax given back.
    pub(crate) tax: Money,
}

impl Credit {
    /// Net and tax.
    pub(crate) fn total(self) -> Result<Money, MoneyError> {
        self.net.plus(self.tax)
    }
}

/// The line has less left to credit than was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CreditRefusal {
    /// Nothing, or more than is left.
    #[error("a credit is more than nothing and at most what the line has left")]
    NotWithinLine,
    /// Another currency, or too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl CreditableLine {
    /// What is left to credit, before tax.
    pub(crate) fn remaining(&self) -> Result<Money, MoneyError> {
        self.net.minus(self.credited)
    }

    /// A credit of `net`. The tax follows in proportion: what is given back after this credit is
    /// the tax on all that was credited, so that partial credits add up to the line's tax exactly.
    pub(crate) fn credit(&self, net: Money) -> Result<Credit, CreditRefusal> {
        let left = self.remaining()?.minus(net)?;
        if net.minor <= 0 || left.minor < 0 {
            return Err(CreditRefusal::NotWithinLine);
        }
        let tax = self
            .tax_on(self.credited.plus(net)?)?
            .minus(self.tax_on(self.credited)?)?;
        Ok(Credit { net, tax })
    }

    /// A credit of all that is left. A line at price 0 gives back nothing, but in the open.
    pub(crate) fn credit_rest(&self) -> Result<Credit, CreditRefusal> {
        if self.net.minor == 0 {
            return Ok(Credit {
                net: self.net,
                tax: self.tax,
            });
        }
        self.credit(self.remaining()?)
    }

    /// A credit of so many of the units that the line charged for, rounded half to even and as far as that is left.
    pub(crate) fn credit_units(&self, units: i64, of_units: i64) -> Result<Credit, CreditRefusal> {
        if units <= 0 || units > of_units {
            return Err(CreditRefusal::NotWithinLine);
        }
        let share = self
            .net
            .at_rate_half_even(Decimal::from(units) / Decimal::from(of_units))?;
        let left = self.remaining()?;
        self.credit(if share.minor > left.minor { left } else { share })
    }

    /// A credit of one of the units that the line charged for. Where earlier ones were rounded up to all that there
    /// was, or the line charged nothing, it gives back nothing, but in the open.
    pub(crate) fn credit_unit(&self, of_units: i64) -> Result<Credit, CreditRefusal> {
        if of_units <= 0 {
            return Err(CreditRefusal::NotWithinLine);
        }
        let share = self.net.at_rate_half_even(Decimal::ONE / Decimal::from(of_units))?;
        let left = self.remaining()?;
        let net = if share.minor > left.minor { left } else { share };
        if net.minor == 0 {
            return Ok(Credit { net, tax: net });
        }
        self.credit(net)
    }

    /// The share of the line's tax that falls on `part` of its net price, rounded half to even.
    fn tax_on(&self, part: Money) -> Result<Money, MoneyError> {
        if self.net.minor == 0 || part == self.net {
            return Ok(self.tax);
        }
        self.tax
            .at_rate_half_even(Decimal::from(part.minor) / Decimal::from(self.net.minor))
    }
}

/// A credit note's number: the legal entity's prefix, a C, and its gapless sequence.
pub(crate) fn credit_note_number(prefix: &str, sequence: i64) -> String {
    format!("{prefix}-C-{sequence:06}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::Currency;

    fn pounds(minor: i64) -> Money {
        Money::new(minor, Currency::GBP)
    }

    fn line(net: i64, tax: i64, credited: i64) -> CreditableLine {
        CreditableLine {
            net: pounds(net),
            tax: pounds(tax),
            credited: pounds(credited),
        }
    }

    #[rstest]
    #[case(1999, 400, 0, 1999, 400)]
    #[case(1999, 400, 0, 1000, 200)]
    #[case(1999, 400, 1000, 999, 200)]
    #[case(100, 0, 0, 100, 0)]
    #[case(3, 1, 0, 1, 0)]
    #[case(3, 1, 1, 1, 1)]
    #[case(3, 1, 2, 1, 0)]
    fn tax_comes_back_in_proportion(
        #[case] net: i64,
        #[case] tax: i64,
        #[case] before: i64,
        #[case] credit: i64,
        #[case] tax_back: i64,
    ) {
        let credit = line(net, tax, before).credit(pounds(credit)).unwrap();
        assert_eq!(credit.tax, pounds(tax_back));
    }

    #[rstest]
    #[case(1600, 320, 0, 1, 2, 800, 160)]
    #[case(1600, 320, 0, 2, 2, 1600, 320)]
    #[case(1000, 0, 0, 1, 3, 333, 0)]
    #[case(1000, 0, 0, 2, 3, 667, 0)]
    // What was credited before is not given back again.
    #[case(1600, 320, 1000, 1, 2, 600, 120)]
    fn unused_units_come_back_in_proportion(
        #[case] net: i64,
        #[case] tax: i64,
        #[case] before: i64,
        #[case] units: i64,
        #[case] of_units: i64,
        #[case] credited: i64,
        #[case] tax_back: i64,
    ) {
        let credit = line(net, tax, before).credit_units(units, of_units).unwrap();
        assert_eq!((credit.net, credit.tax), (pounds(credited), pounds(tax_back)));
        for (units, of_units) in [(0, 2), (-1, 2), (3, 2)] {
            assert_eq!(
                line(net, tax, before).credit_units(units, of_units),
                Err(CreditRefusal::NotWithinLine)
            );
        }
    }

    #[rstest]
    #[case(100, 0, 101)]
    #[case(100, 60, 41)]
    #[case(100, 100, 1)]
    #[case(100, 0, 0)]
    #[case(100, 0, -1)]
    fn never_more_than_is_left(#[case] net: i64, #[case] before: i64, #[case] credit: i64) {
        assert_eq!(
            line(net, 20, before).credit(pounds(credit)),
            Err(CreditRefusal::NotWithinLine)
        );
    }

    #[test]
    fn partial_credits_add_up_to_the_line() {
        for (net, tax) in [(1999, 400), (7, 1), (100, 99), (12345, 1018)] {
            for step in 1..net.min(50) {
                let (mut done, mut tax_back) = (0, 0);
                while done < net {
                    let part = step.min(net - done);
                    let credit = line(net, tax, done).credit(pounds(part)).unwrap();
                    assert!(credit.tax.minor >= 0);
                    done += part;
                    tax_back += credit.tax.minor;
                }
                assert_eq!(tax_back, tax, "{net} in steps of {step}");
            }
        }
    }

    #[test]
    fn another_currency_is_refused() {
        let dollars = Money::new(1, Currency::USD);
        assert_eq!(
            line(5, 1, 0).credit(dollars),
            Err(CreditRefusal::Money(MoneyError::CurrencyMismatch))
        );
    }

    #[test]
    fn numbers_say_that_they_are_credit_notes() {
        assert_eq!(credit_note_number("TPUS", 7), "TPUS-C-000007");
    }
}

//! Resolving a tax and rounding it.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use tradepost_contract::invoices::InvoiceTax;
use tradepost_contract::policy::{
    TaxCharge, TaxIdGiven, TaxPlace, TaxPolicy, TaxPrices, TaxRounding, TaxRule, TaxTreatment,
};
use tradepost_contract::{Money, MoneyError};

/// What a tax rule asks about a supplier, and from where it is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parties<'a> {
    /// The country of the legal entity.
    pub(crate) seller_country: &'a str,
    /// The country of the supplier.
    pub(crate) buyer_country: &'a str,
    /// Whether the supplier has given a tax number.
    pub(crate) buyer_has_tax_id: bool,
}

/// A tax as it stands on an invoice: equal ones are one tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tax {
    pub(crate) label: String,
    pub(crate) rate: Decimal,
    pub(crate) treatment: TaxTreatment,
    pub(crate) note: Option<String>,
    pub(crate) prices: TaxPrices,
    pub(crate) rounding: TaxRounding,
}

/// The tax that a policy puts on the leads of a supplier.
pub(crate) fn resolve(policy: &TaxPolicy, parties: Parties<'_>) -> Tax {
    let usual = TaxCharge::Rate {
        rate: policy.rate,
        label: policy.label.clone(),
    };
    let charge = policy
        .rules
        .values()
        .filter(|rule| fits(rule, parties))
        // The keys decide nothing: no two rules are for the same suppliers.
        .max_by_key(|rule| says(rule))
        .map_or(usual, |rule| rule.charge.clone());
    let (label, rate, treatment, note) = match charge {
        TaxCharge::Rate { rate, label } => (label, rate.decimal(), TaxTreatment::Charged, None),
        TaxCharge::ReverseCharge { label, note } => (label, Decimal::ZERO, TaxTreatment::ReverseCharge, Some(note)),
        TaxCharge::Exempt { label, note } => (label, Decimal::ZERO, TaxTreatment::Exempt, Some(note)),
    };
    Tax {
        label,
        rate: rate.normalize(),
        treatment,
        note,
        prices: policy.prices,
        rounding: policy.rounding,
    }
}

fn fits(rule: &TaxRule, parties: Parties<'_>) -> bool {
    let place = match &rule.place {
        TaxPlace::Country { country } => country == parties.buyer_country,
        TaxPlace::Abroad {} => parties.buyer_country != parties.seller_country,
        TaxPlace::Anywhere {} => true,
    };
    let tax_id = match rule.tax_id {
        Some(TaxIdGiven::Given) => parties.buyer_has_tax_id,
        Some(TaxIdGiven::Missing) => !parties.buyer_has_tax_id,
        None => true,
    };
    place && tax_id
}

/// How much a rule says about a supplier.
fn says(rule: &TaxRule) -> (u8, bool) {
    let place = match rule.place {
        TaxPlace::Country { .. } => 2,
        TaxPlace::Abroad {} => 1,
        TaxPlace::Anywhere {} => 0,
    };
    (place, rule.tax_id.is_some())
}

/// A price split into what is earned and what is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) net: Money,
    pub(crate) tax: Money,
}

impl From<&InvoiceTax> for Tax {
    fn from(on_invoice: &InvoiceTax) -> Self {
        Self {
            label: on_invoice.label.clone(),
            rate: on_invoice.rate,
            treatment: on_invoice.treatment,
            note: on_invoice.note.clone(),
            prices: on_invoice.prices,
            rounding: on_invoice.rounding,
        }
    }
}

impl Tax {
    /// The tax as an invoice shows it, with what its lines come to.
    pub(crate) fn on_invoice(self, lines: i64, sums: Split) -> InvoiceTax {
        let Self {
            label,
            rate,
            treatment,
            note,
            prices,
            rounding,
        } = self;
        InvoiceTax {
            label,
            rate,
            treatment,
            note,
            prices,
            rounding,
            lines,
            net: sums.net,
            tax: sums.tax,
        }
    }

    /// The tax in `price`, exactly.
    fn exact(&self, price: i128) -> Result<Decimal, MoneyError> {
        let price = Decimal::try_from_i128_with_scale(price, 0).map_err(|_| MoneyError::Overflow)?;
        let tax = price.checked_mul(self.rate).ok_or(MoneyError::Overflow)?;
        match self.prices {
            TaxPrices::Exclusive => Ok(tax),
            TaxPrices::Inclusive => tax.checked_div(Decimal::ONE + self.rate).ok_or(MoneyError::Overflow),
        }
    }

    fn split(&self, price: Money, tax_minor: i64) -> Result<Split, MoneyError> {
        let tax = Money::new(tax_minor, price.currency);
        let net = match self.prices {
            TaxPrices::Exclusive => price,
            TaxPrices::Inclusive => price.minus(tax)?,
        };
        Ok(Split { net, tax })
    }

    /// What a line at `price` is written with. Where the rate is rounded as a whole this is its tax
    /// rounded down, until [`Tax::shares`] has said which lines get one minor unit more.
    pub(crate) fn on_line(&self, price: Money) -> Result<Split, MoneyError> {
        let strategy = match self.rounding {
            TaxRounding::PerLine => RoundingStrategy::MidpointNearestEven,
            TaxRounding::PerRate => RoundingStrategy::ToNegativeInfinity,
        };
        let whole = self.exact(price.minor.into())?.round_dp_with_strategy(0, strategy);
        self.split(price, whole.to_i64().ok_or(MoneyError::Overflow)?)
    }

    /// The price of a line, from what it was written with.
    pub(crate) fn price_of(&self, line: Split) -> Result<Money, MoneyError> {
        match self.prices {
            TaxPrices::Exclusive => Ok(line.net),
            TaxPrices::Inclusive => line.net.plus(line.tax),
        }
    }

    /// How many lines of each price get one minor unit of tax more than [`Tax::on_line`] says, so that
    /// together they have the tax of their sum, rounded once. The largest remainders come first; among
    /// equal ones the lowest price, and among lines of one price whoever calls takes the first.
    pub(crate) fn shares(&self, prices: &[(Money, i64)]) -> Result<Vec<i64>, MoneyError> {
        if self.rounding == TaxRounding::PerLine {
            return Ok(vec![0; prices.len()]);
        }
        let (mut sum, mut down) = (0_i128, 0_i128);
        let mut order = Vec::with_capacity(prices.len());
        for (at, (price, count)) in prices.iter().enumerate() {
            sum += i128::from(price.minor) * i128::from(*count);
            let exact = self.exact(price.minor.into())?;
            let floor = exact.round_dp_with_strategy(0, RoundingStrategy::ToNegativeInfinity);
            down += floor.to_i128().ok_or(MoneyError::Overflow)? * i128::from(*count);
            order.push((std::cmp::Reverse(exact - floor), price.minor, at));
        }
        let whole = self
            .exact(sum)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        let mut left = whole.to_i128().ok_or(MoneyError::Overflow)? - down;
        order.sort();
        let mut shares = vec![0; prices.len()];
        for (_, _, at) in order {
            let more = left.clamp(0, prices[at].1.into());
            shares[at] = i64::try_from(more).map_err(|_| MoneyError::Overflow)?;
            left -= more;
        }
        Ok(shares)
    }

    /// What lines of these prices are written with, so that they add up to [`Tax::sums`].
    pub(crate) fn on_lines(&self, prices: &[Money]) -> Result<Vec<Split>, MoneyError> {
        let counted: Vec<_> = prices.iter().map(|price| (*price, 1)).collect();
        let shares = self.shares(&counted)?;
        prices
            .iter()
            .zip(shares)
            .map(|(price, more)| self.split(*price, self.on_line(*price)?.tax.minor + more))
            .collect()
    }

    /// What lines of these prices come to together.
    pub(crate) fn sums(&self, prices: &[(Money, i64)], zero: Money) -> Result<Split, MoneyError> {
        let mut sums = Split { net: zero, tax: zero };
        for ((price, count), more) in prices.iter().zip(self.shares(prices)?) {
            let line = self.on_line(*price)?;
            let tax = line.tax.times(*count)?.plus(Money::new(more, zero.currency))?;
            let net = match self.prices {
                TaxPrices::Exclusive => line.net.times(*count)?,
                TaxPrices::Inclusive => price.times(*count)?.minus(tax)?,
            };
            sums = Split {
                net: sums.net.plus(net)?,
                tax: sums.tax.plus(tax)?,
            };
        }
        Ok(sums)
    }
}

#[cfg(test)]
mod tests;

//! Money: whole minor units and a currency. There is no floating point anywhere near it.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 code such as `USD`: three capital letters.
///
/// Which codes exist is decided where a programme is set up; amounts only carry the code along.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "server",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "server", diesel(sql_type = diesel::sql_types::Text))]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::NotACurrency),
        }
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("An ISO 4217 currency code."))
            .pattern(Some("^[A-Z]{3}$"))
            .examples([serde_json::json!("USD")])
            .into()
    }
}
impl utoipa::ToSchema for Currency {}

#[cfg(feature = "server")]
mod columns {
    use super::Currency;
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Text;

    impl<DB: Backend> ToSql<Text, DB> for Currency
    where
        str: ToSql<Text, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.as_str().to_sql(out)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for Currency
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(String::from_sql(bytes)?.parse::<Currency>()?)
        }
    }
}

/// An amount in minor units of its currency: `{"amount": 4500, "currency": "USD"}` is 45 dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 4500, "currency": "USD"}))]
pub struct Money {
    /// Minor units (cents, pence); negative for what is given back.
    #[serde(rename = "amount")]
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

/// Why an amount cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies were mixed.
    #[error("amounts in different currencies cannot be combined")]
    CurrencyMismatch,
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// Not three capital letters.
    #[error("expected an ISO 4217 code such as USD")]
    NotACurrency,
}

impl Money {
    /// That many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// This amount less another of the same currency.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(other.negated()?)
    }

    /// The amount with its sign turned.
    pub fn negated(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// This amount that many times.
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(count).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// This amount times a rate, rounded half to even to a whole minor unit: the one rounding that
    /// tax, advances and percentages use, once per line.
    pub fn at_rate_half_even(self, rate: Decimal) -> Result<Self, MoneyError> {
        let exact = Decimal::from(self.minor)
            .checked_mul(rate)
            .ok_or(MoneyError::Overflow)?;
        let whole = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        Ok(Self {
            minor: whole.to_i64().ok_or(MoneyError::Overflow)?,
            ..self
        })
    }
}

impl fmt::Display for Money {
    /// Minor units and code, for logs; screens format with the locale.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.minor, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_cent_goes_to_the_even_neighbour() {
        let at = |minor, rate: &str| {
            Money::new(minor, Currency::USD)
                .at_rate_half_even(rate.parse().unwrap())
                .unwrap()
                .minor
        };
        assert_eq!(
            [
                at(10, "0.05"),
                at(30, "0.05"),
                at(50, "0.05"),
                at(-10, "0.05"),
                at(1999, "0.20")
            ],
            [0, 2, 2, 0, 400]
        );
    }

    #[test]
    fn currencies_do_not_mix_and_nothing_wraps() {
        let dollar = Money::new(100, Currency::USD);
        assert_eq!(
            dollar.plus(Money::new(1, Currency::GBP)),
            Err(MoneyError::CurrencyMismatch)
        );
        assert_eq!(
            Money::new(i64::MAX, Currency::USD).plus(dollar),
            Err(MoneyError::Overflow)
        );
        assert_eq!(Money::new(i64::MIN, Currency::USD).negated(), Err(MoneyError::Overflow));
    }
}

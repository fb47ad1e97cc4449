//! Small values that several sections share.

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A fraction from 0 to 1 as a decimal string: `"0.20"` is 20 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(Decimal);

/// The text is not a decimal from 0 to 1 with at most six places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a decimal string from \"0\" to \"1\" with at most six places, such as \"0.20\"")]
pub struct ParseRateError;

impl Rate {
    /// Nothing of it.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// All of it.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The fraction as a decimal, for `Money::at_rate_half_even`.
    pub const fn decimal(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Rate {
    type Err = ParseRateError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain =
            !text.is_empty() && text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let rate = plain
            .then(|| Decimal::from_str_exact(text).ok())
            .flatten()
            .ok_or(ParseRateError)?;
        if rate > Decimal::ONE || rate.scale() > 6 {
            return Err(ParseRateError);
        }
        Ok(Self(rate))
    }
}

impl serde::Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Rate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Rate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A fraction from 0 to 1 as a decimal string."))
            .pattern(Some(r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"))
            .examples([serde_json::json!("0.20")])
            .into()
    }
}
impl utoipa::ToSchema for Rate {}

/// Which order of a recurring series: `0` is the first order, `1` its first renewal. A string on
/// the wire, because it is the key of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence(pub u32);

impl serde::Serialize for Sequence {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Sequence {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        // Only the canonical spelling counts, or one step could stand in the map twice.
        match text.parse::<u32>() {
            Ok(number) if number <= 1000 && number.to_string() == text => Ok(Self(number)),
            _ => Err(serde::de::Error::custom(
                "expected the number of the order in its series: \"0\", \"1\", …",
            )),
        }
    }
}

impl utoipa::PartialSchema for Sequence {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{1,4}$"))
            .into()
    }
}
impl utoipa::ToSchema for Sequence {}

text_enum! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl From<time::Weekday> for Weekday {
    fn from(day: time::Weekday) -> Self {
        match day {
            time::Weekday::Monday => Self::Monday,
            time::Weekday::Tuesday => Self::Tuesday,
            time::Weekday::Wednesday => Self::Wednesday,
            time::Weekday::Thursday => Self::Thursday,
            time::Weekday::Friday => Self::Friday,
            time::Weekday::Saturday => Self::Saturday,
            time::Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_plain_fraction() {
        for good in ["0", "0.2", "0.20", "1", "1.0", "0.123456"] {
            assert_eq!(good.parse::<Rate>().map(|rate| rate.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "1.1", "-0.1", "20%", "0.1234567", "1e-1", " 0.2", "2", "٠"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }
}

//! Instants and local dates as they stand on the wire and in the database.

use std::fmt;
use std::str::FromStr;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// An instant in UTC, to the microsecond: what both databases keep exactly.
///
/// On the wire it is RFC 3339 in UTC; in the database a `BIGINT` of microseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "server",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "server", diesel(sql_type = diesel::sql_types::BigInt))]
pub struct Timestamp(i64);

/// 9999-12-31T23:59:59.999999Z, the last instant RFC 3339 can write.
const LAST_MICROS: i64 = 253_402_300_799_999_999;
/// 0001-01-01T00:00:00Z.
const FIRST_MICROS: i64 = -62_135_596_800_000_000;

impl Timestamp {
    /// The instant that many microseconds after 1970-01-01T00:00:00Z, held within the years 1 to 9999.
    pub const fn from_micros(micros: i64) -> Self {
        if micros > LAST_MICROS {
            Self(LAST_MICROS)
        } else if micros < FIRST_MICROS {
            Self(FIRST_MICROS)
        } else {
            Self(micros)
        }
    }

    /// The instant that many seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self::from_micros(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Writes the instant as RFC 3339 has it; nothing where that has no form for it.
    fn write<'t>(&self, text: &'t mut [u8; LONGEST]) -> Option<&'t str> {
        let mut rest = text.as_mut_slice();
        self.to_offset().format_into(&mut rest, &Rfc3339).ok()?;
        let length = LONGEST - rest.len();
        std::str::from_utf8(&text[..length]).ok()
    }

    /// The same instant as the `time` crate has it.
    pub fn to_offset(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// This instant moved by a duration; it stops at the ends of the calendar rather than overflow.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let micros =
            i64::try_from(by.whole_microseconds()).unwrap_or(if by.is_negative() { i64::MIN } else { i64::MAX });
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// How long after `earlier` this is; negative when it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::microseconds(self.0.saturating_sub(earlier.0))
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        Self::from_micros(i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; LONGEST];
        f.write_str(self.write(&mut text).ok_or(fmt::Error)?)
    }
}

/// Room for the longest RFC 3339 instant in UTC.
const LONGEST: usize = 40;

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = time::error::Parse;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        OffsetDateTime::parse(text, &Rfc3339).map(Self::from)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut text = [0; LONGEST];
        let text = self.write(&mut text);
        to.serialize_str(text.ok_or_else(|| serde::ser::Error::custom("an instant outside of the years 0 to 9999"))?)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("expected an RFC 3339 instant such as 2026-03-01T09:30:00Z"))
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .examples([serde_json::json!("2026-03-01T09:30:00Z")])
            .into()
    }
}
impl utoipa::ToSchema for Timestamp {}

/// A calendar date without a time zone: `YYYY-MM-DD` on the wire and `TEXT` in both databases.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "server",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "server", diesel(sql_type = diesel::sql_types::Text))]
pub struct LocalDate {
    date: time::Date,
    text: [u8; 10],
}

impl LocalDate {
    /// This date; a year outside 0001 to 9999 is held at the nearest end.
    pub fn new(date: time::Date) -> Self {
        let first = time::macros::date!(0001 - 01 - 01);
        let last = time::macros::date!(9999 - 12 - 31);
        let date = date.clamp(first, last);
        let (year, month, day) = (date.year(), date.month() as u8, date.day());
        let digit = |n: i32| b'0' + (n % 10) as u8;
        let (m, d) = (i32::from(month), i32::from(day));
        let text = [
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(m / 10),
            digit(m),
            b'-',
            digit(d / 10),
            digit(d),
        ];
        Self { date, text }
    }

    /// The date of year, month (1–12) and day, where there is one.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = time::Month::try_from(month).ok()?;
        (1..=9999)
            .contains(&year)
            .then(|| time::Date::from_calendar_date(year, month, day).ok())?
            .map(Self::new)
    }

    /// The same date as the `time` crate has it.
    pub const fn date(self) -> time::Date {
        self.date
    }

    /// `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The date that many days later.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let moved = self.date.checked_add(Duration::days(days));
        Self::new(moved.unwrap_or(if days < 0 { time::Date::MIN } else { time::Date::MAX }))
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a date of the form `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2026-03-01")]
pub struct ParseDateError;

impl FromStr for LocalDate {
    type Err = ParseDateError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
            return Err(ParseDateError);
        }
        let number = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse::<u16>().ok())
                .flatten()
                .ok_or(ParseDateError)
        };
        let (year, month, day) = (number(&text[..4])?, number(&text[5..7])?, number(&text[8..])?);
        Self::from_ymd(i32::from(year), month as u8, day as u8).ok_or(ParseDateError)
    }
}

impl serde::Serialize for LocalDate {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for LocalDate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for LocalDate {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Date,
            )))
            .examples([serde_json::json!("2026-03-01")])
            .into()
    }
}
impl utoipa::ToSchema for LocalDate {}

#[cfg(feature = "server")]
mod columns {
    use super::{LocalDate, Timestamp};
    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::{BigInt, Text};

    impl<DB: Backend> ToSql<BigInt, DB> for Timestamp
    where
        i64: ToSql<BigInt, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.0.to_sql(out)
        }
    }

    impl<DB: Backend> FromSql<BigInt, DB> for Timestamp
    where
        i64: FromSql<BigInt, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            i64::from_sql(bytes).map(Self::from_micros)
        }
    }

    impl<DB: Backend> ToSql<Text, DB> for LocalDate
    where
        str: ToSql<Text, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            self.as_str().to_sql(out)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for LocalDate
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(String::from_sql(bytes)?.parse::<LocalDate>()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_reads_back_as_written() {
        for text in [
            "2026-03-01T09:30:00Z",
            "1970-01-01T00:00:00Z",
            "2026-03-01T09:30:00.123456Z",
            "9999-12-31T23:59:59.999999Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().map(|at| at.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(
            "2026-03-01T10:30:00+01:00"
                .parse::<Timestamp>()
                .map(|at| at.to_string())
                .as_deref(),
            Ok("2026-03-01T09:30:00Z")
        );
    }

    #[test]
    fn the_calendar_has_ends_and_no_panics() {
        let last = Timestamp::from_micros(i64::MAX);
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999Z");
        assert!(Timestamp::from_micros(i64::MIN).to_string().starts_with("0001-01-01"));
        assert_eq!(
            LocalDate::from_ymd(9999, 12, 31)
                .map(|d| d.plus_days(5).to_string())
                .as_deref(),
            Some("9999-12-31")
        );
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "20260101",
            "2026-00-10",
            "2026-01-0é",
            "+026-01-01",
            "0000-01-01",
        ] {
            assert!(text.parse::<LocalDate>().is_err(), "{text}");
        }
        assert_eq!(
            "2028-02-29"
                .parse::<LocalDate>()
                .map(|d| d.plus_days(1).to_string())
                .as_deref(),
            Ok("2028-03-01")
        );
    }
}

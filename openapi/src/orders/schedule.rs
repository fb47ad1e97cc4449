//! At which days and hours an order takes leads.

use crate::policy::Weekday;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A time of day, to the minute: `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// The text is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of day such as \"09:30\", up to \"24:00\"")]
pub struct ParseTimeOfDayError;

impl TimeOfDay {
    /// Minutes after midnight, from 0 to 1440.
    pub const fn minutes(self) -> u32 {
        self.0 as u32
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = ParseTimeOfDayError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [a, b, b':', c, d] = *text.as_bytes() else {
            return Err(ParseTimeOfDayError);
        };
        if ![a, b, c, d].iter().all(u8::is_ascii_digit) {
            return Err(ParseTimeOfDayError);
        }
        let number = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
        let (hours, minutes) = (number(a, b), number(c, d));
        if minutes > 59 || hours * 60 + minutes > 1440 {
            return Err(ParseTimeOfDayError);
        }
        Ok(Self(hours * 60 + minutes))
    }
}

impl serde::Serialize for TimeOfDay {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for TimeOfDay {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for TimeOfDay {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A time of day on the programme's clock."))
            .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
            .examples([serde_json::json!("09:30")])
            .into()
    }
}

impl utoipa::ToSchema for TimeOfDay {}

/// From when until when on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The first minute.
    pub from: TimeOfDay,
    /// The minute it is over; later than `from`.
    pub to: TimeOfDay,
}

/// When an order takes leads, by weekday, on the programme's clock. Empty means always; otherwise a
/// weekday that is not listed takes none.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(example = json!({"monday": {"from": "09:00", "to": "17:30"}}))]
pub struct OrderSchedule(pub BTreeMap<Weekday, Hours>);

impl OrderSchedule {
    /// Whether leads are taken at this minute of this weekday.
    pub fn is_open(&self, weekday: Weekday, minute_of_day: u32) -> bool {
        self.0.is_empty()
            || self
                .0
                .get(&weekday)
                .is_some_and(|hours| (hours.from.minutes()..hours.to.minutes()).contains(&minute_of_day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_one_spelling() {
        for good in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(good.parse::<TimeOfDay>().map(|at| at.to_string()).as_deref(), Ok(good));
        }
        for bad in [
            "", "9:30", "24:01", "12:60", "12.30", "12:3", "-1:00", "12:300", "1２:00",
        ] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_schedule_is_open_from_the_first_minute_to_before_the_last() {
        let schedule: OrderSchedule = serde_json::from_str(
            r#"{"monday": {"from": "09:00", "to": "17:30"}, "sunday": {"from": "00:00", "to": "24:00"}}"#,
        )
        .unwrap();
        let at = |weekday, hours: u32, minutes: u32| schedule.is_open(weekday, hours * 60 + minutes);
        assert!(at(Weekday::Monday, 9, 0) && at(Weekday::Monday, 17, 29));
        assert!(!at(Weekday::Monday, 8, 59) && !at(Weekday::Monday, 17, 30));
        assert!(at(Weekday::Sunday, 23, 59) && !at(Weekday::Tuesday, 12, 0));
        assert!(OrderSchedule::default().is_open(Weekday::Tuesday, 0));
    }
}

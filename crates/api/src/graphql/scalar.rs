//! Instants, days and local times on the wire. Must not know whose they are.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::tz::TimeZone;

use crate::failure::Failure;

/// An instant, RFC 3339 in UTC, for example `2026-11-22T07:58:03.25Z`. Any offset is understood as input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub jiff::Timestamp);

/// An instant, RFC 3339 in UTC, for example `2026-11-22T07:58:03.25Z`. Any offset is understood as input.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom(format!(
                    "`{text}` is not an instant; write it like `2026-11-22T07:58:03Z`"
                ))
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A civil day without a time zone, for example `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub jiff::civil::Date);

/// A civil day without a time zone, for example `2026-11-22`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            // The parser would also take an instant and drop its time.
            Value::String(text) if text.len() == "2026-11-22".len() => {
                text.parse().map(Self).map_err(|_| {
                    InputValueError::custom(format!(
                        "`{text}` is not a day; write it like `2026-11-22`"
                    ))
                })
            }
            Value::String(text) => Err(InputValueError::custom(format!(
                "`{text}` is not a day; write it like `2026-11-22`"
            ))),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The zone with this IANA name. The database holds only names that were checked, so a name that is
/// not known means an old or missing zone database on this machine.
pub(super) fn zone(time_zone: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(time_zone).map_err(|error| Failure::unexpected(&error))
}

/// Local time with the offset of that moment, to the second: `2026-11-22T08:58:03+01:00`.
pub(super) fn local_time(at: jiff::Timestamp, time_zone: &str) -> Result<String, Failure> {
    let zoned = at.to_zoned(zone(time_zone)?);
    Ok(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// A text that PostgreSQL can store: zero bytes become spaces.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_has_the_offset_of_its_moment() {
        let check = |at: &str, zone: &str, expected: &str| {
            assert_eq!(local_time(at.parse().unwrap(), zone).unwrap(), expected);
        };
        check(
            "2026-11-22T07:58:03.25Z",
            "Europe/Berlin",
            "2026-11-22T08:58:03+01:00",
        );
        check(
            "2026-10-25T00:30:00Z",
            "Europe/Berlin",
            "2026-10-25T02:30:00+02:00",
        );
        check(
            "2026-10-25T01:30:00Z",
            "Europe/Berlin",
            "2026-10-25T02:30:00+01:00",
        );
        check(
            "2026-11-22T02:00:00Z",
            "America/New_York",
            "2026-11-21T21:00:00-05:00",
        );
    }

    #[test]
    fn days_are_nothing_but_days() {
        let parse = |text: &str| Date::parse(Value::String(text.to_owned())).map(|date| date.0);
        assert_eq!(
            parse("2026-11-22").unwrap(),
            jiff::civil::date(2026, 11, 22)
        );
        for bad in ["2026-11-22T00:00:00", "2026-02-30", "22.11.2026", ""] {
            assert!(parse(bad).is_err(), "`{bad}`");
        }
    }
}

//! One value, from its JSON text.

use crate::read::shape::WireKind;
use model::{Date, Decimal, RowId, Timestamp, Value, ValueRef};
use std::borrow::Cow;
use std::str::FromStr;

/// A value from its JSON text; `Err` says what came instead of what was expected.
///
/// Texts are read by the caller, who can borrow them from the page.
pub fn read_value(raw: &str, kind: WireKind) -> Result<ValueRef<'_>, String> {
    if raw == "null" {
        return Ok(ValueRef::Null);
    }
    let value = match kind {
        WireKind::Text => string(raw).map(|text| match text {
            Cow::Borrowed(text) => ValueRef::Text(text),
            Cow::Owned(text) => ValueRef::Other(Value::Text(text)),
        }),
        WireKind::Integer => integer(raw).map(ValueRef::Integer),
        WireKind::Decimal => decimal(raw).map(ValueRef::Decimal),
        WireKind::Float => {
            raw.parse::<f64>().ok().filter(|number| number.is_finite() && is_number(raw)).map(ValueRef::Float)
        }
        WireKind::Boolean => match raw {
            "true" => Some(ValueRef::Boolean(true)),
            "false" => Some(ValueRef::Boolean(false)),
            _ => None,
        },
        WireKind::Choice => integer(raw).and_then(|number| i32::try_from(number).ok()).map(ValueRef::Choice),
        WireKind::Choices => string(raw).and_then(|text| choices(&text)).map(ValueRef::Other),
        WireKind::Date => string(raw).and_then(|text| date(&text)).map(ValueRef::Date),
        WireKind::DateTime => string(raw).and_then(|text| date_time(&text)).map(ValueRef::DateTime),
        WireKind::Id => id(raw).map(ValueRef::Id),
    };
    value.ok_or_else(|| found(raw))
}

/// What came, shortened for a message.
pub fn found(raw: &str) -> String {
    const MOST_CHARACTERS: usize = 60;
    let mut text: String = raw.chars().take(MOST_CHARACTERS).collect();
    if text.len() < raw.len() {
        text.push('…');
    }
    text
}

/// A JSON string's text.
pub fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// A guid in a JSON string.
pub fn id(raw: &str) -> Option<RowId> {
    RowId::from_str(&string(raw)?).ok()
}

fn is_number(raw: &str) -> bool {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn integer(raw: &str) -> Option<i64> {
    raw.parse().ok().or_else(|| {
        // 5.0 and 5e2 are whole numbers too.
        let number = decimal(raw).filter(|_| is_number(raw))?.normalize();
        if number.scale() == 0 { i64::try_from(number.mantissa()).ok() } else { None }
    })
}

/// Digits as they stand; a string of digits is what clients send that cannot write large numbers.
fn decimal(raw: &str) -> Option<Decimal> {
    let digits = if raw.starts_with('"') { string(raw)? } else { Cow::Borrowed(raw) };
    if !is_number(&digits) {
        return None;
    }
    if digits.contains(['e', 'E']) {
        Decimal::from_scientific(&digits).ok()
    } else {
        Decimal::from_str_exact(&digits).ok()
    }
}

fn choices(text: &str) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(Value::Null);
    }
    let mut numbers =
        text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<Vec<i32>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Some(Value::Choices(numbers))
}

/// A date; a midnight behind it is what some clients send for a date.
fn date(text: &str) -> Option<Date> {
    let day = text.get(..10)?;
    let time = text.get(10..)?;
    if time.is_empty() || time.starts_with("T00:00:00") { day.parse().ok() } else { None }
}

/// The form nearly every instant has, `2026-01-31T08:30:00Z`, read without a calendar library; else any ISO 8601 form.
fn date_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] =
        bytes
    {
        let number = |digits: &[&u8]| {
            digits.iter().try_fold(0_i64, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + i64::from(**digit - b'0'))
            })
        };
        let days = days_of(number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?)?;
        let (hours, minutes, seconds) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let time = hours * 3600 + minutes * 60 + seconds;
        return Some(Timestamp::from_milliseconds((days * 86_400 + time) * 1000));
    }
    text.parse().ok()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, if there is such a date.
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + leap_days + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_through_the_calendar_agrees_with_the_long_one() {
        for days in (-719_528..120_000).step_by(17).chain([-1, 0, 1, 10_956, 11_016, 11_017, 20_512]) {
            let text = format!("{}T23:59:58Z", Date::from_days(days));
            let expected = Timestamp::from_milliseconds((i64::from(days) * 86_400 + 86_398) * 1000);
            assert_eq!(date_time(&text), Some(expected), "{text}");
        }
        for text in
            ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-0aT00:00:00Z"]
        {
            assert_eq!(date_time(text), None, "{text}");
        }
    }

    #[test]
    fn values_read_exactly_or_not_at_all() {
        let read = |raw, kind| read_value(raw, kind).map(ValueRef::into_value);
        let decimal = |text: &str| Ok(Value::Decimal(Decimal::from_str_exact(text).unwrap()));
        assert_eq!(read("0.1", WireKind::Decimal), decimal("0.1"));
        assert_eq!(read("922337203685477.0807", WireKind::Decimal), decimal("922337203685477.0807"));
        assert_eq!(read("-1.50", WireKind::Decimal), decimal("-1.50"));
        assert_eq!(read("1.5e3", WireKind::Decimal), decimal("1500"));
        assert_eq!(read("\"12.3\"", WireKind::Decimal), decimal("12.3"));
        assert_eq!(read("5.0", WireKind::Integer), Ok(Value::Integer(5)));
        assert_eq!(read("9223372036854775807", WireKind::Integer), Ok(Value::Integer(i64::MAX)));
        assert_eq!(read("\"3,1, 3\"", WireKind::Choices), Ok(Value::Choices(vec![1, 3])));
        assert_eq!(read("\"\"", WireKind::Choices), Ok(Value::Null));
        assert_eq!(
            read("\"2026-01-31T00:00:00Z\"", WireKind::Date).ok(),
            "2026-01-31".parse().ok().map(Value::Date)
        );
        assert_eq!(read("\"a\\u00e9\"", WireKind::Text), Ok(Value::Text("aé".to_owned())));
        for (raw, kind) in [
            ("5.5", WireKind::Integer),
            ("\"5\"", WireKind::Integer),
            ("9223372036854775808", WireKind::Integer),
            ("1e400", WireKind::Decimal),
            ("1e400", WireKind::Float),
            ("true", WireKind::Float),
            ("\"NaN\"", WireKind::Decimal),
            ("99999999999999999999999999999999", WireKind::Decimal),
            ("2147483648", WireKind::Choice),
            ("1", WireKind::Boolean),
            ("\"1;2\"", WireKind::Choices),
            ("\"2026-01-31T10:00:00Z\"", WireKind::Date),
            ("\"tomorrow\"", WireKind::DateTime),
            ("\"0123\"", WireKind::Id),
            ("{}", WireKind::Text),
            ("[1]", WireKind::Choice),
        ] {
            assert!(read_value(raw, kind).is_err(), "{raw} as {kind:?}");
        }
    }
}

//! Date operators resolved to ranges, with the caller's clock, zone and calendar.
//!
//! As in Dataverse, "last x" reaches from the start of the day x periods ago through now, "next x" from now through the
//! end of the day x periods ahead, "older than x" means before the start of the day x periods ago. Hours and minutes
//! count from the start of the current hour or minute. On a calendar date, "now" is today. Fiscal years begin on
//! 1 January and have quarters; "last x fiscal periods" are the x complete ones before the current one.

use super::operand::Target;
use crate::QueryError;
use crate::bound::{Caller, Predicate, Test};
use crate::date::{
    FISCAL_PERIOD_MONTHS, FISCAL_PERIODS, FISCAL_YEAR_START_MONTH, date, plus_months, plus_years,
    start_of_month, start_of_period, start_of_week, start_of_year,
};
use model::{Date, DateBehavior, TimeZone, Timestamp, Value};

const HOUR_MILLISECONDS: i64 = 3_600_000;
const MINUTE_MILLISECONDS: i64 = 60_000;
/// Years whose periods `in-fiscal-period` looks at.
const FISCAL_YEARS: std::ops::RangeInclusive<i64> = 1900..=2100;

/// An end of a range: the start of a calendar day, or an instant.
#[derive(Clone, Copy)]
enum Moment {
    Day(Date),
    Instant(Timestamp),
}
use Moment::{Day, Instant};

struct Span {
    from: Option<Moment>,
    until: Option<Moment>,
    includes_until: bool,
}

impl Span {
    /// From the start of one day until the start of another.
    const fn days(from: Date, until: Date) -> Self {
        Self { from: Some(Day(from)), until: Some(Day(until)), includes_until: false }
    }

    const fn one_day(day: Date) -> Self {
        Self::days(day, day.plus_days(1))
    }

    const fn before(moment: Moment) -> Self {
        Self { from: None, until: Some(moment), includes_until: false }
    }

    const fn since(moment: Moment) -> Self {
        Self { from: Some(moment), until: None, includes_until: false }
    }
}

/// How many operands a date operator takes; nothing for an operator that is not about dates.
pub(super) fn operand_count(operator: &str) -> Option<usize> {
    Some(match operator {
        "yesterday" | "today" | "tomorrow" | "last-seven-days" | "next-seven-days" | "last-week"
        | "this-week" | "next-week" | "last-month" | "this-month" | "next-month" | "last-year"
        | "this-year" | "next-year" | "this-fiscal-year" | "this-fiscal-period" | "next-fiscal-year"
        | "next-fiscal-period" | "last-fiscal-year" | "last-fiscal-period" => 0,
        "on" | "on-or-before" | "on-or-after" | "in-fiscal-year" | "in-fiscal-period" => 1,
        "in-fiscal-period-and-year"
        | "in-or-before-fiscal-period-and-year"
        | "in-or-after-fiscal-period-and-year" => 2,
        _ => {
            let unit = x_operator(operator)?.1;
            if !UNITS.contains(&unit) {
                return None;
            }
            1
        }
    })
}

const UNITS: [&str; 8] =
    ["minutes", "hours", "days", "weeks", "months", "years", "fiscal-years", "fiscal-periods"];

/// `last-x-days` as direction and unit.
fn x_operator(operator: &str) -> Option<(Direction, &str)> {
    let directions =
        [("last-x-", Direction::Last), ("next-x-", Direction::Next), ("olderthan-x-", Direction::Older)];
    directions.into_iter().find_map(|(prefix, direction)| {
        let unit = operator.strip_prefix(prefix)?;
        let fits = match direction {
            Direction::Older => !unit.starts_with("fiscal"),
            _ => unit != "minutes",
        };
        fits.then_some((direction, unit))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Last,
    Next,
    Older,
}

/// What a date operator means for a column, or nothing when it is no date operator. Operands are counted already.
pub(super) fn resolve(
    operator: &str,
    values: &[String],
    target: &Target<'_>,
    behavior: DateBehavior,
    caller: &Caller,
) -> Result<Option<Resolved>, QueryError> {
    let first = values.first().map_or("", String::as_str);
    let second = values.get(1).map_or("", String::as_str);
    let span = match operator {
        "on" => Span::one_day(target.day(first, caller)?),
        "on-or-before" => Span::before(Day(target.day(first, caller)?.plus_days(1))),
        "on-or-after" => Span::since(Day(target.day(first, caller)?)),
        "in-fiscal-year" => {
            let start = date(fiscal_year(first, target)?, FISCAL_YEAR_START_MONTH, 1);
            Span::days(start, plus_years(start, 1))
        }
        "in-fiscal-period" => {
            let period = fiscal_period(first, target)?;
            let spans = FISCAL_YEARS.map(|year| test(period_span(year, period), behavior, caller));
            return Ok(Some(Resolved::AnyOf(spans.collect())));
        }
        "in-fiscal-period-and-year" => {
            period_span(fiscal_year(second, target)?, fiscal_period(first, target)?)
        }
        "in-or-before-fiscal-period-and-year" => {
            let span = period_span(fiscal_year(second, target)?, fiscal_period(first, target)?);
            Span { from: None, ..span }
        }
        "in-or-after-fiscal-period-and-year" => {
            let span = period_span(fiscal_year(second, target)?, fiscal_period(first, target)?);
            Span { until: None, ..span }
        }
        _ => match x_operator(operator) {
            Some((direction, unit)) => x_span(direction, unit, target.count(first)?, caller),
            None => match fixed(operator, caller) {
                Some(span) => span,
                None => return Ok(None),
            },
        },
    };
    Ok(Some(Resolved::One(test(span, behavior, caller))))
}

/// The tests a date operator comes to.
pub(super) enum Resolved {
    One(Test),
    AnyOf(Vec<Test>),
}

impl Resolved {
    pub(super) fn into_predicate(self, wrap: impl Fn(Test) -> Predicate) -> Predicate {
        match self {
            Self::One(test) => wrap(test),
            Self::AnyOf(tests) => Predicate::Or(tests.into_iter().map(wrap).collect()),
        }
    }
}

/// Operators without operands.
fn fixed(operator: &str, caller: &Caller) -> Option<Span> {
    let today = caller.today();
    let week = start_of_week(today, caller.first_weekday);
    let month = start_of_month(today);
    let year = start_of_year(today);
    let period = start_of_period(today);
    let months = |from, count| Span::days(plus_months(from, count), plus_months(from, count + 1));
    let years = |from, count| Span::days(plus_years(from, count), plus_years(from, count + 1));
    let periods = |count: i64| {
        let length = i64::from(FISCAL_PERIOD_MONTHS);
        Span::days(plus_months(period, count * length), plus_months(period, (count + 1) * length))
    };
    Some(match operator {
        "yesterday" => Span::one_day(today.plus_days(-1)),
        "today" => Span::one_day(today),
        "tomorrow" => Span::one_day(today.plus_days(1)),
        "last-seven-days" => x_span(Direction::Last, "days", 7, caller),
        "next-seven-days" => x_span(Direction::Next, "days", 7, caller),
        "last-week" => Span::days(week.plus_days(-7), week),
        "this-week" => Span::days(week, week.plus_days(7)),
        "next-week" => Span::days(week.plus_days(7), week.plus_days(14)),
        "last-month" => months(month, -1),
        "this-month" => months(month, 0),
        "next-month" => months(month, 1),
        "last-year" | "last-fiscal-year" => years(year, -1),
        "this-year" | "this-fiscal-year" => years(year, 0),
        "next-year" | "next-fiscal-year" => years(year, 1),
        "last-fiscal-period" => periods(-1),
        "this-fiscal-period" => periods(0),
        "next-fiscal-period" => periods(1),
        _ => return None,
    })
}

fn x_span(direction: Direction, unit: &str, count: i64, caller: &Caller) -> Span {
    let now = caller.now;
    let clock = |length: i64| {
        let ahead = if direction == Direction::Next { count + 1 } else { -count };
        Instant(
            start_of_clock(now, length, &caller.time_zone).plus_milliseconds(ahead.saturating_mul(length)),
        )
    };
    if let Some(fiscal) = unit.strip_prefix("fiscal-") {
        return fiscal_x_span(direction, fiscal, count, caller);
    }
    let moment = match unit {
        "minutes" => clock(MINUTE_MILLISECONDS),
        "hours" => clock(HOUR_MILLISECONDS),
        _ => Day(far_day(direction, unit, count, caller.today())),
    };
    match direction {
        Direction::Last => Span { from: Some(moment), until: Some(Instant(now)), includes_until: true },
        Direction::Next => Span { from: Some(Instant(now)), until: Some(moment), includes_until: false },
        Direction::Older => Span::before(moment),
    }
}

/// The day a number of periods ago, or the day after the end of a number of periods to come.
fn far_day(direction: Direction, unit: &str, count: i64, today: Date) -> Date {
    let days = |from: Date, days: i64| from.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
    let (from, count) =
        if direction == Direction::Next { (today.plus_days(1), count) } else { (today, -count) };
    match unit {
        "weeks" => days(from, count.saturating_mul(7)),
        "months" => plus_months(from, count),
        "years" => plus_years(from, count),
        _ => days(from, count),
    }
}

/// The instant the caller's current hour or minute began.
fn start_of_clock(now: Timestamp, length: i64, zone: &TimeZone) -> Timestamp {
    let local = now.milliseconds() + i64::from(zone.offset_minutes(now)) * MINUTE_MILLISECONDS;
    now.plus_milliseconds(-local.rem_euclid(length))
}

fn fiscal_x_span(direction: Direction, unit: &str, count: i64, caller: &Caller) -> Span {
    let (start, months) = if unit == "years" {
        (start_of_year(caller.today()), 12)
    } else {
        (start_of_period(caller.today()), i64::from(FISCAL_PERIOD_MONTHS))
    };
    if direction == Direction::Next {
        let first = plus_months(start, months);
        Span::days(first, plus_months(first, count * months))
    } else {
        Span::days(plus_months(start, -count * months), start)
    }
}

fn period_span(year: i64, period: i32) -> Span {
    let months = i64::from((period - 1) * FISCAL_PERIOD_MONTHS);
    let start = plus_months(date(year, FISCAL_YEAR_START_MONTH, 1), months);
    Span::days(start, plus_months(start, i64::from(FISCAL_PERIOD_MONTHS)))
}

fn fiscal_year(text: &str, target: &Target<'_>) -> Result<i64, QueryError> {
    let year = text.trim().parse().ok().filter(|year| (1..=9_000).contains(year));
    year.ok_or_else(|| target.bad(text, "a year such as 2026"))
}

fn fiscal_period(text: &str, target: &Target<'_>) -> Result<i32, QueryError> {
    let period = text.trim().parse().ok().filter(|period| (1..=FISCAL_PERIODS).contains(period));
    period.ok_or_else(|| target.bad(text, "the number of a fiscal period, 1 to 4"))
}

/// A span in the values the column holds.
fn test(span: Span, behavior: DateBehavior, caller: &Caller) -> Test {
    let value = |moment| match (behavior, moment) {
        (DateBehavior::DateOnly, Day(day)) => Value::Date(day),
        (DateBehavior::DateOnly, Instant(instant)) => Value::Date(caller.time_zone.date_of(instant)),
        (DateBehavior::UserLocal, Day(day)) => Value::DateTime(caller.time_zone.start_of(day)),
        (DateBehavior::UserLocal, Instant(instant)) => Value::DateTime(instant),
        (DateBehavior::TimeZoneIndependent, Day(day)) => Value::DateTime(TimeZone::utc().start_of(day)),
        (DateBehavior::TimeZoneIndependent, Instant(instant)) => {
            let offset = i64::from(caller.time_zone.offset_minutes(instant)) * MINUTE_MILLISECONDS;
            Value::DateTime(instant.plus_milliseconds(offset))
        }
    };
    // A calendar date that an hour falls on counts as a whole.
    let ends_in_day =
        behavior == DateBehavior::DateOnly && span.from.is_some() && matches!(span.until, Some(Instant(_)));
    Test::Range {
        from: span.from.map(value),
        until: span.until.map(value),
        includes_until: span.includes_until || ends_in_day,
    }
}

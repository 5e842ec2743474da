//! Date operators resolved to ranges, with the caller's clock, zone and calendar.
//!
//! As in Dataverse, "last x" reaches from the start of the day x periods ago through now, "next x" from now through the
//! end of the day x periods ahead, "older than x" means before the start of the day x periods ago. Hours and minutes
//! count from the start of the current hour or minute. On a calendar date, "now" is today. Fiscal years and periods are
//! the org's; "last x fiscal periods" are the x complete ones before the current one.

use super::operand::Target;
use crate::QueryError;
use crate::bound::{Caller, Predicate, Test};
use crate::date::{plus_months, plus_years, start_of_month, start_of_week, start_of_year};
use crate::fiscal;
use model::{Date, DateBehavior, FiscalCalendar, FiscalPeriod, TimeZone, Timestamp, Value};

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
        "in-fiscal-year" => years_span(caller.fiscal, fiscal_year(first, target, caller)?, 1),
        "in-fiscal-period" => {
            let period = fiscal_period(first, target, caller)?;
            let span = |year| periods_span(caller.fiscal, year, period, 1);
            let spans = FISCAL_YEARS.map(|year| test(span(year), behavior, caller));
            return Ok(Some(Resolved::AnyOf(spans.collect())));
        }
        "in-fiscal-period-and-year" => one_period(first, second, target, caller)?,
        "in-or-before-fiscal-period-and-year" => {
            let span = one_period(first, second, target, caller)?;
            Span { from: None, ..span }
        }
        "in-or-after-fiscal-period-and-year" => {
            let span = one_period(first, second, target, caller)?;
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
    let fiscal_year = fiscal::year_of(caller.fiscal, today);
    let fiscal_years = |count| years_span(caller.fiscal, fiscal_year + count, 1);
    let months = |from, count| Span::days(plus_months(from, count), plus_months(from, count + 1));
    let years = |from, count| Span::days(plus_years(from, count), plus_years(from, count + 1));
    let (_, period) = fiscal::period_of(caller.fiscal, today);
    let periods = |count: i64| periods_span(caller.fiscal, fiscal_year, period + count, 1);
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
        "last-year" => years(year, -1),
        "this-year" => years(year, 0),
        "next-year" => years(year, 1),
        "last-fiscal-year" => fiscal_years(-1),
        "this-fiscal-year" => fiscal_years(0),
        "next-fiscal-year" => fiscal_years(1),
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
    let (year, period) = fiscal::period_of(caller.fiscal, caller.today());
    match (unit, direction) {
        ("years", Direction::Next) => years_span(caller.fiscal, year + 1, count),
        ("years", _) => years_span(caller.fiscal, year - count, count),
        (_, Direction::Next) => periods_span(caller.fiscal, year, period + 1, count),
        _ => periods_span(caller.fiscal, year, period - count, count),
    }
}

/// Some fiscal years from one on.
fn years_span(calendar: FiscalCalendar, year: i64, count: i64) -> Span {
    Span::days(fiscal::start_of_year(calendar, year), fiscal::start_of_year(calendar, year + count))
}

/// Some fiscal periods from one on.
fn periods_span(calendar: FiscalCalendar, year: i64, period: i64, count: i64) -> Span {
    let start = |period| fiscal::start_of_period(calendar, year, period);
    Span::days(start(period), start(period + count))
}

/// The period and year of `in-fiscal-period-and-year` and the like.
fn one_period(period: &str, year: &str, target: &Target<'_>, caller: &Caller) -> Result<Span, QueryError> {
    let (year, period) = (fiscal_year(year, target, caller)?, fiscal_period(period, target, caller)?);
    Ok(periods_span(caller.fiscal, year, period, 1))
}

/// A fiscal year, called as people call it.
fn fiscal_year(text: &str, target: &Target<'_>, caller: &Caller) -> Result<i64, QueryError> {
    let year = text.trim().parse().ok().filter(|year| (1..=9_000).contains(year));
    let year = year.ok_or_else(|| target.bad(text, "a year such as 2026"))?;
    Ok(fiscal::year_named(caller.fiscal, year))
}

fn fiscal_period(text: &str, target: &Target<'_>, caller: &Caller) -> Result<i64, QueryError> {
    let count = fiscal::periods(caller.fiscal);
    let period = text.trim().parse().ok().filter(|period| (1..=count).contains(period));
    let expected = match caller.fiscal.period {
        FiscalPeriod::Annually => "the number of a fiscal period, which is 1",
        FiscalPeriod::Semiannually => "the number of a fiscal period, 1 or 2",
        FiscalPeriod::Quarterly => "the number of a fiscal period, 1 to 4",
        FiscalPeriod::Monthly => "the number of a fiscal period, 1 to 12",
        FiscalPeriod::FourWeekly => "the number of a fiscal period, 1 to 13",
    };
    period.ok_or_else(|| target.bad(text, expected))
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

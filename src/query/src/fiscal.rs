//! Fiscal years and periods by an org's calendar.
//!
//! A fiscal year is known here by the calendar year it begins in; what people call it (`name`) may be the year it ends
//! in. Periods of months begin on the day of the month the year begins on. Thirteen periods of four weeks leave a day
//! or two over: they belong to the last one.

use crate::date::{date, plus_months};
use model::{Date, FiscalCalendar, FiscalPeriod};

const WEEKS: i32 = 28;

/// How many periods a year has.
pub(crate) const fn periods(calendar: FiscalCalendar) -> i64 {
    match calendar.period {
        FiscalPeriod::Annually => 1,
        FiscalPeriod::Semiannually => 2,
        FiscalPeriod::Quarterly => 4,
        FiscalPeriod::Monthly => 12,
        FiscalPeriod::FourWeekly => 13,
    }
}

/// The first day of the year that begins in a calendar year.
pub(crate) fn start_of_year(calendar: FiscalCalendar, year: i64) -> Date {
    let month = i8::try_from(calendar.month.clamp(1, 12)).unwrap_or(1);
    date(year, month, i8::try_from(calendar.day.clamp(1, 28)).unwrap_or(1))
}

/// The year a day is in.
pub(crate) fn year_of(calendar: FiscalCalendar, day: Date) -> i64 {
    let year = i64::from(day.civil().year());
    if day < start_of_year(calendar, year) { year - 1 } else { year }
}

/// What people call a year.
pub(crate) fn name_of(calendar: FiscalCalendar, year: i64) -> i64 {
    if calendar.named_after_end {
        i64::from(start_of_year(calendar, year + 1).plus_days(-1).civil().year())
    } else {
        year
    }
}

/// The year that people call by a number.
pub(crate) fn year_named(calendar: FiscalCalendar, name: i64) -> i64 {
    // Only whether the year ends in the calendar year it begins in matters, which is the same every year.
    name - (name_of(calendar, 2000) - 2000)
}

/// The year and the period, from 1, that a day is in.
pub(crate) fn period_of(calendar: FiscalCalendar, day: Date) -> (i64, i64) {
    let year = year_of(calendar, day);
    let is_begun = |period: &i64| start_of_period(calendar, year, *period) <= day;
    (year, (1..=periods(calendar)).take_while(is_begun).last().unwrap_or(1))
}

/// The first day of a period of a year. Periods beyond the year's are those of the years before and after.
pub(crate) fn start_of_period(calendar: FiscalCalendar, year: i64, period: i64) -> Date {
    let count = periods(calendar);
    let index = year.saturating_mul(count).saturating_add(period - 1);
    let (year, index) = (index.div_euclid(count), index.rem_euclid(count));
    let start = start_of_year(calendar, year);
    match calendar.period {
        FiscalPeriod::FourWeekly => start.plus_days(WEEKS * i32::try_from(index).unwrap_or(0)),
        _ => plus_months(start, index * (12 / count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(month: u8, day: u8, period: FiscalPeriod, named_after_end: bool) -> FiscalCalendar {
        FiscalCalendar { month, day, period, named_after_end }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_fall_into_periods() {
        use FiscalPeriod::{Annually, FourWeekly, Monthly, Quarterly, Semiannually};
        for (month, first, period, at, year, number) in [
            (1, 1, Quarterly, "2026-03-31", 2026, 1),
            (1, 1, Quarterly, "2026-04-01", 2026, 2),
            (7, 1, Quarterly, "2026-06-30", 2025, 4),
            (7, 1, Quarterly, "2026-07-01", 2026, 1),
            (4, 15, Monthly, "2026-04-14", 2025, 12),
            (4, 15, Monthly, "2026-04-15", 2026, 1),
            (4, 15, Monthly, "2026-05-14", 2026, 1),
            (4, 15, Monthly, "2027-02-28", 2026, 11),
            (10, 1, Semiannually, "2027-03-31", 2026, 1),
            (10, 1, Semiannually, "2027-04-01", 2026, 2),
            (10, 1, Annually, "2027-04-01", 2026, 1),
            (1, 1, FourWeekly, "2026-01-28", 2026, 1),
            (1, 1, FourWeekly, "2026-01-29", 2026, 2),
            // 13 × 28 = 364: the last day belongs to the last period.
            (1, 1, FourWeekly, "2026-12-31", 2026, 13),
            (1, 1, FourWeekly, "2024-12-31", 2024, 13),
        ] {
            let calendar = calendar(month, first, period, false);
            assert_eq!(period_of(calendar, day(at)), (year, number), "{calendar:?} {at}");
        }
    }

    #[test]
    fn every_day_is_in_the_period_that_began_last() {
        for period in [FiscalPeriod::Monthly, FiscalPeriod::FourWeekly, FiscalPeriod::Quarterly] {
            let calendar = calendar(2, 28, period, false);
            for offset in 0..1500 {
                let at = day("2023-01-01").plus_days(offset);
                let (year, number) = period_of(calendar, at);
                assert!(start_of_period(calendar, year, number) <= at, "{at}");
                assert!(at < start_of_period(calendar, year, number + 1), "{at}");
            }
        }
    }

    #[test]
    fn years_are_called_by_their_beginning_or_their_end() {
        for (month, named_after_end, year, name) in
            [(7, false, 2025, 2025), (7, true, 2025, 2026), (1, true, 2026, 2026), (1, false, 2026, 2026)]
        {
            let calendar = calendar(month, 1, FiscalPeriod::Quarterly, named_after_end);
            assert_eq!(name_of(calendar, year), name);
            assert_eq!(year_named(calendar, name), year);
        }
        let second = calendar(1, 2, FiscalPeriod::Quarterly, true);
        assert_eq!(name_of(second, 2025), 2026, "it ends on 1 January");
    }

    #[test]
    fn a_calendar_that_cannot_be_is_read_as_the_nearest_that_can() {
        let calendar = calendar(0, 31, FiscalPeriod::Quarterly, false);
        assert_eq!(start_of_year(calendar, 2026), day("2026-01-28"));
    }
}

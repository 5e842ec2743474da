//! Calendar arithmetic for date operators and date groups.

use crate::fiscal;
use crate::plan::DatePart;
use model::{Date, FiscalCalendar};

/// The day of this year, month (1–12) and day; the month's last day where it is shorter, the calendar's end beyond it.
pub(crate) fn date(year: i64, month: i8, day: i8) -> Date {
    // The years that `Date::civil` can show.
    let year = i16::try_from(year.clamp(-8_900, 9_900)).unwrap_or(9_900);
    let days = (1..=day).rev();
    days.filter_map(|day| Date::from_civil(year, month, day)).next().unwrap_or(Date::from_days(0))
}

/// The same day some months later (earlier when negative), or the month's last day where it is shorter.
pub(crate) fn plus_months(from: Date, months: i64) -> Date {
    let civil = from.civil();
    let count = (i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1).saturating_add(months);
    let month = i8::try_from(count.rem_euclid(12) + 1).unwrap_or(1);
    date(count.div_euclid(12), month, civil.day())
}

/// The same day some years later.
pub(crate) fn plus_years(from: Date, years: i64) -> Date {
    plus_months(from, years.saturating_mul(12))
}

/// The first day of the month.
pub(crate) fn start_of_month(day: Date) -> Date {
    let civil = day.civil();
    date(i64::from(civil.year()), civil.month(), 1)
}

/// The first day of the year.
pub(crate) fn start_of_year(day: Date) -> Date {
    date(i64::from(day.civil().year()), 1, 1)
}

/// The first day of the week; weeks begin on `first_weekday`, 0 = Sunday.
pub(crate) fn start_of_week(day: Date, first_weekday: u8) -> Date {
    // 1970-01-01 was a Thursday.
    let weekday = (i64::from(day.days()) + 4).rem_euclid(7);
    let since = (weekday - i64::from(first_weekday)).rem_euclid(7);
    day.plus_days(-i32::try_from(since).unwrap_or(0))
}

impl DatePart {
    /// The number of the part in a date; weeks begin on `first_weekday`, 0 = Sunday, and week 1 holds 1 January.
    ///
    /// Every executor groups by this number. For those that compute it otherwise: a fiscal year begins on the
    /// calendar's day and month and is numbered after the calendar year of its first day, or of its last one
    /// (`named_after_end`). A fiscal period is that number × 100, plus 1, plus the whole periods since the year began:
    /// periods of 12, 6, 3 or 1 months are counted from the day of the month the year begins on, periods of four weeks
    /// in 28 days, but never more than twelve whole ones.
    #[must_use]
    pub fn of(self, day: Date, first_weekday: u8, calendar: FiscalCalendar) -> i64 {
        let civil = day.civil();
        match self {
            Self::Day => i64::from(civil.day()),
            Self::Week => {
                let first = start_of_week(start_of_year(day), first_weekday);
                i64::from((day.days() - first.days()) / 7 + 1)
            }
            Self::Month => i64::from(civil.month()),
            Self::Quarter => i64::from((civil.month() - 1) / 3 + 1),
            Self::Year => i64::from(civil.year()),
            Self::FiscalYear => fiscal::name_of(calendar, fiscal::year_of(calendar, day)),
            Self::FiscalPeriod => {
                let (year, period) = fiscal::period_of(calendar, day);
                fiscal::name_of(calendar, year) * 100 + period
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn months_and_years_end_on_days_that_exist() {
        for (from, months, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-11-15", 2, "2027-01-15"),
            ("2026-01-15", -13, "2024-12-15"),
        ] {
            assert_eq!(plus_months(day(from), months), day(to), "{from} {months}");
        }
        assert_eq!(plus_years(day("2024-02-29"), 1), day("2025-02-28"));
        assert_eq!(plus_years(day("2026-01-01"), i64::MAX).civil().year(), 9_900);
        assert_eq!(plus_years(day("2026-01-01"), i64::MIN).civil().year(), -8_900);
    }

    #[test]
    fn weeks_begin_on_the_day_the_user_says() {
        // 2026-03-29 is a Sunday.
        assert_eq!(start_of_week(day("2026-03-29"), 1), day("2026-03-23"));
        assert_eq!(start_of_week(day("2026-03-29"), 0), day("2026-03-29"));
        assert_eq!(start_of_week(day("2026-03-30"), 1), day("2026-03-30"));
        assert_eq!(start_of_week(day("1969-12-31"), 1), day("1969-12-29"));
    }

    #[test]
    fn parts_of_a_date_have_dataverse_s_numbers() {
        for (part, date, number) in [
            (DatePart::Day, "2026-05-17", 17),
            (DatePart::Week, "2026-01-01", 1),
            (DatePart::Week, "2026-01-05", 2),
            (DatePart::Week, "2026-12-31", 53),
            (DatePart::Month, "2026-05-17", 5),
            (DatePart::Quarter, "2026-05-17", 2),
            (DatePart::FiscalPeriod, "2026-12-31", 202_604),
            (DatePart::Year, "2026-05-17", 2026),
            (DatePart::FiscalYear, "2026-01-01", 2026),
        ] {
            assert_eq!(part.of(day(date), 1, FiscalCalendar::default()), number, "{part:?} of {date}");
        }
        let calendar =
            FiscalCalendar { month: 7, day: 1, named_after_end: true, ..FiscalCalendar::default() };
        assert_eq!(DatePart::FiscalPeriod.of(day("2026-06-30"), 1, calendar), 202_604);
        assert_eq!(DatePart::FiscalPeriod.of(day("2026-07-01"), 1, calendar), 202_701);
        assert_eq!(DatePart::FiscalYear.of(day("2026-07-01"), 1, calendar), 2027);
    }
}

//! What differs between places: marks in numbers, the order of dates, names of months, the clock, where a currency stands.

use crate::Language;

/// The facts of one place. Copies are cheap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale(&'static Facts);

/// As in CLDR.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub tag: &'static str,
    pub language: Language,
    pub number: Marks,
    pub money: Marks,
    pub currency: CurrencyPlace,
    pub order: DateOrder,
    pub separator: char,
    /// Days and months of numeric dates have two digits.
    pub pads_day: bool,
    pub pads_month: bool,
    pub medium: MediumDate,
    pub short_months: &'static [&'static str; 12],
    pub long_months: &'static [&'static str; 12],
    pub clock: Clock,
}

/// The marks inside a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub decimal: char,
    pub group: char,
}

/// Where the currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CurrencyPlace {
    /// `-€1`, and `-CHF 1` where the symbol ends in a letter.
    Before,
    /// `-€ 1`
    BeforeWithSpace,
    /// `CHF 1`, `CHF-1`
    BeforeOrSign,
    /// `-1 €`
    After,
}

/// The order of day, month and year in numeric dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayMonthYear,
    MonthDayYear,
    /// A date typed with its year at the end begins with the day in French, else with the month.
    YearMonthDay,
}

/// How a date is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediumDate {
    /// `Nov 4, 2026`
    MonthDayYear,
    /// `4 nov. 2026`
    DayMonthYear,
    /// `04.11.2026`
    Numeric,
}

/// How a time is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// `17:05`
    TwentyFour,
    /// `17 h 05`
    TwentyFourWithH,
    /// `5:05 PM`, with the words for both halves of the day.
    Twelve(&'static str, &'static str),
}

const POINT_COMMA: Marks = Marks { decimal: '.', group: ',' };
const COMMA_POINT: Marks = Marks { decimal: ',', group: '.' };
const COMMA_SPACE: Marks = Marks { decimal: ',', group: '\u{a0}' };
const COMMA_NARROW: Marks = Marks { decimal: ',', group: '\u{202f}' };
const POINT_NARROW: Marks = Marks { decimal: '.', group: '\u{202f}' };
const POINT_APOSTROPHE: Marks = Marks { decimal: '.', group: '\u{2019}' };

const ENGLISH_LONG: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FRENCH_LONG: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const GERMAN_LONG: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const AUSTRIAN_LONG: [&str; 12] = [
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const ENGLISH_SHORT: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BRITISH_SHORT: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];
const AUSTRALIAN_SHORT: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
const FRENCH_SHORT: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const CANADIAN_FRENCH_SHORT: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."];
const GERMAN_SHORT: [&str; 12] =
    ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];
const AUSTRIAN_SHORT: [&str; 12] =
    ["Jän.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."];

const AMERICAN: Facts = Facts {
    tag: "en-US",
    language: Language::English,
    number: POINT_COMMA,
    money: POINT_COMMA,
    currency: CurrencyPlace::Before,
    order: DateOrder::MonthDayYear,
    separator: '/',
    pads_day: false,
    pads_month: false,
    medium: MediumDate::MonthDayYear,
    short_months: &ENGLISH_SHORT,
    long_months: &ENGLISH_LONG,
    clock: Clock::Twelve("AM", "PM"),
};
const BRITISH: Facts = Facts {
    tag: "en-GB",
    order: DateOrder::DayMonthYear,
    pads_day: true,
    pads_month: true,
    medium: MediumDate::DayMonthYear,
    short_months: &BRITISH_SHORT,
    clock: Clock::TwentyFour,
    ..AMERICAN
};
const FRENCH: Facts = Facts {
    tag: "fr-FR",
    language: Language::French,
    number: COMMA_NARROW,
    money: COMMA_NARROW,
    currency: CurrencyPlace::After,
    short_months: &FRENCH_SHORT,
    long_months: &FRENCH_LONG,
    ..BRITISH
};
const GERMAN: Facts = Facts {
    tag: "de-DE",
    language: Language::German,
    number: COMMA_POINT,
    money: COMMA_POINT,
    currency: CurrencyPlace::After,
    separator: '.',
    medium: MediumDate::Numeric,
    short_months: &GERMAN_SHORT,
    long_months: &GERMAN_LONG,
    ..BRITISH
};

/// Every place with facts of its own; the first of a language stands for those that have none.
static PLACES: [Facts; 17] = [
    BRITISH,
    AMERICAN,
    Facts {
        tag: "en-CA",
        order: DateOrder::YearMonthDay,
        separator: '-',
        pads_day: true,
        pads_month: true,
        clock: Clock::Twelve("a.m.", "p.m."),
        ..AMERICAN
    },
    Facts { tag: "en-IE", ..BRITISH },
    Facts {
        tag: "en-AU",
        pads_day: false,
        short_months: &AUSTRALIAN_SHORT,
        clock: Clock::Twelve("am", "pm"),
        ..BRITISH
    },
    Facts { tag: "en-NZ", clock: Clock::Twelve("am", "pm"), ..BRITISH },
    FRENCH,
    Facts {
        tag: "fr-CA",
        number: COMMA_SPACE,
        money: COMMA_SPACE,
        order: DateOrder::YearMonthDay,
        separator: '-',
        short_months: &CANADIAN_FRENCH_SHORT,
        clock: Clock::TwentyFourWithH,
        ..FRENCH
    },
    Facts { tag: "fr-CH", money: POINT_NARROW, separator: '.', ..FRENCH },
    Facts { tag: "fr-BE", pads_day: false, ..FRENCH },
    Facts { tag: "fr-LU", number: COMMA_POINT, money: COMMA_POINT, ..FRENCH },
    GERMAN,
    Facts {
        tag: "de-AT",
        number: COMMA_SPACE,
        currency: CurrencyPlace::BeforeWithSpace,
        short_months: &AUSTRIAN_SHORT,
        long_months: &AUSTRIAN_LONG,
        ..GERMAN
    },
    Facts {
        tag: "de-CH",
        number: POINT_APOSTROPHE,
        money: POINT_APOSTROPHE,
        currency: CurrencyPlace::BeforeOrSign,
        ..GERMAN
    },
    Facts {
        tag: "de-LI",
        number: POINT_APOSTROPHE,
        money: POINT_APOSTROPHE,
        currency: CurrencyPlace::BeforeWithSpace,
        ..GERMAN
    },
    Facts { tag: "de-LU", ..GERMAN },
    Facts { tag: "de-BE", ..GERMAN },
];

const ENGLISH_WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const FRENCH_WEEKDAYS: [&str; 7] = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];
const GERMAN_WEEKDAYS: [&str; 7] =
    ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"];

impl Locale {
    /// The place of a BCP 47 tag (`fr-CH`); for a region that is not listed the language as most write it, for another
    /// language British English, for a bare `en` American English as in CLDR.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let tag = tag.replace('_', "-");
        let find = |wanted: &str| PLACES.iter().find(|place| place.tag.eq_ignore_ascii_case(wanted));
        let exact = if tag.eq_ignore_ascii_case("en") { find("en-US") } else { find(&tag) };
        // A script or a variant may stand between language and region.
        let by_region = || {
            let mut parts = tag.split('-');
            let language = parts.next()?;
            let region = parts.find(|part| part.len() == 2)?;
            find(&format!("{language}-{region}"))
        };
        let by_language = || {
            let language = Language::from_tag(&tag)?;
            PLACES.iter().find(|place| place.language == language)
        };
        Self(exact.or_else(by_region).or_else(by_language).unwrap_or(&PLACES[0]))
    }

    /// Every place with facts of its own.
    pub fn all() -> impl Iterator<Item = Self> {
        PLACES.iter().map(Self)
    }

    pub(super) const fn facts(self) -> &'static Facts {
        self.0
    }

    /// The BCP 47 tag of the facts.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.0.tag
    }

    /// The language of names of months and weekdays.
    #[must_use]
    pub const fn language(self) -> Language {
        self.0.language
    }

    /// Between whole and fraction.
    #[must_use]
    pub const fn decimal_mark(self) -> char {
        self.0.number.decimal
    }

    /// Between thousands.
    #[must_use]
    pub const fn group_mark(self) -> char {
        self.0.number.group
    }

    /// The first day of the week, 0 = Sunday.
    #[must_use]
    pub fn first_weekday(self) -> u8 {
        first_weekday(self.0.tag)
    }

    /// The name of a month, 1 = January.
    #[must_use]
    pub fn month(self, month: u8) -> &'static str {
        name(self.0.long_months, month)
    }

    /// The short name of a month, 1 = January.
    #[must_use]
    pub fn short_month(self, month: u8) -> &'static str {
        name(self.0.short_months, month)
    }

    /// The name of a weekday, 0 = Sunday.
    #[must_use]
    pub fn weekday(self, weekday: u8) -> &'static str {
        weekdays(self.0.language).get(usize::from(weekday % 7)).copied().unwrap_or_default()
    }

    /// The short name of a weekday, 0 = Sunday.
    #[must_use]
    pub fn short_weekday(self, weekday: u8) -> String {
        let letters = |count| self.weekday(weekday).chars().take(count).collect::<String>();
        match self.0.language {
            Language::English => letters(3),
            Language::French => letters(3) + ".",
            Language::German => letters(2),
        }
    }
}

/// The first day of the week where a BCP 47 tag is spoken: 0 (Sunday) in most of the Americas, 1 (Monday) in Europe.
#[must_use]
pub fn first_weekday(tag: &str) -> u8 {
    const SUNDAY: [&str; 9] = ["US", "CA", "MX", "BR", "JP", "IN", "ZA", "IL", "KR"];
    let region = tag.rsplit(['-', '_']).next().unwrap_or_default();
    u8::from(!SUNDAY.contains(&region))
}

fn name(months: &'static [&'static str; 12], month: u8) -> &'static str {
    months.get(usize::from(month.wrapping_sub(1))).copied().unwrap_or_default()
}

pub(super) const fn weekdays(language: Language) -> &'static [&'static str; 7] {
    match language {
        Language::English => &ENGLISH_WEEKDAYS,
        Language::French => &FRENCH_WEEKDAYS,
        Language::German => &GERMAN_WEEKDAYS,
    }
}

/// The long names of the months of a language, as they are recognised.
pub(super) const fn months(language: Language) -> &'static [&'static str; 12] {
    match language {
        Language::English => &ENGLISH_LONG,
        Language::French => &FRENCH_LONG,
        Language::German => &GERMAN_LONG,
    }
}

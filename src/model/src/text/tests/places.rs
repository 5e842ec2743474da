//! What the places write agrees with the browser's `Intl`.

use super::locale;
use crate::text::money::show_money;
use crate::text::{Currency, Locale, show_date, show_date_time, show_decimal};
use crate::{Language, TimeZone};

/// `tag, numbers, amounts, dates`, each written by `Intl` with CLDR 48; apostrophes are typographic, as CLDR had them until then.
type Place = (&'static str, [&'static str; 2], [&'static str; 4], [&'static str; 3]);

#[rustfmt::skip]
const PLACES: [Place; 17] = [
    ("en-US", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["Sep 4, 2026", "Sep 4, 2026, 5:05 PM", "Jul 14, 2026, 12:05 AM"]),
    ("en-GB", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["4 Sept 2026", "4 Sept 2026, 17:05", "14 Jul 2026, 00:05"]),
    ("en-CA", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["Sep 4, 2026", "Sep 4, 2026, 5:05 p.m.", "Jul 14, 2026, 12:05 a.m."]),
    ("en-IE", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["4 Sept 2026", "4 Sept 2026, 17:05", "14 Jul 2026, 00:05"]),
    ("en-AU", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["4 Sept 2026", "4 Sept 2026, 5:05 pm", "14 July 2026, 12:05 am"]),
    ("en-NZ", ["-1,234,567.90", "999.00"], ["€1,234.50", "-€1,234,567.50", "CHF\u{a0}1,234.50", "-CHF\u{a0}1.00"], ["4 Sept 2026", "4 Sept 2026, 5:05 pm", "14 Jul 2026, 12:05 am"]),
    ("fr-FR", ["-1\u{202f}234\u{202f}567,90", "999,00"], ["1\u{202f}234,50\u{a0}€", "-1\u{202f}234\u{202f}567,50\u{a0}€", "1\u{202f}234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["4 sept. 2026", "4 sept. 2026, 17:05", "14 juil. 2026, 00:05"]),
    ("fr-CA", ["-1\u{a0}234\u{a0}567,90", "999,00"], ["1\u{a0}234,50\u{a0}€", "-1\u{a0}234\u{a0}567,50\u{a0}€", "1\u{a0}234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["4 sept. 2026", "4 sept. 2026, 17 h 05", "14 juill. 2026, 00 h 05"]),
    ("fr-CH", ["-1\u{202f}234\u{202f}567,90", "999,00"], ["1\u{202f}234.50\u{a0}€", "-1\u{202f}234\u{202f}567.50\u{a0}€", "1\u{202f}234.50\u{a0}CHF", "-1.00\u{a0}CHF"], ["4 sept. 2026", "4 sept. 2026, 17:05", "14 juil. 2026, 00:05"]),
    ("fr-BE", ["-1\u{202f}234\u{202f}567,90", "999,00"], ["1\u{202f}234,50\u{a0}€", "-1\u{202f}234\u{202f}567,50\u{a0}€", "1\u{202f}234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["4 sept. 2026", "4 sept. 2026, 17:05", "14 juil. 2026, 00:05"]),
    ("fr-LU", ["-1.234.567,90", "999,00"], ["1.234,50\u{a0}€", "-1.234.567,50\u{a0}€", "1.234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["4 sept. 2026", "4 sept. 2026, 17:05", "14 juil. 2026, 00:05"]),
    ("de-DE", ["-1.234.567,90", "999,00"], ["1.234,50\u{a0}€", "-1.234.567,50\u{a0}€", "1.234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
    ("de-AT", ["-1\u{a0}234\u{a0}567,90", "999,00"], ["€\u{a0}1.234,50", "-€\u{a0}1.234.567,50", "CHF\u{a0}1.234,50", "-CHF\u{a0}1,00"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
    ("de-CH", ["-1’234’567.90", "999.00"], ["EUR\u{a0}1’234.50", "EUR-1’234’567.50", "CHF\u{a0}1’234.50", "CHF-1.00"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
    ("de-LI", ["-1’234’567.90", "999.00"], ["€\u{a0}1’234.50", "-€\u{a0}1’234’567.50", "CHF\u{a0}1’234.50", "-CHF\u{a0}1.00"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
    ("de-LU", ["-1.234.567,90", "999,00"], ["1.234,50\u{a0}€", "-1.234.567,50\u{a0}€", "1.234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
    ("de-BE", ["-1.234.567,90", "999,00"], ["1.234,50\u{a0}€", "-1.234.567,50\u{a0}€", "1.234,50\u{a0}CHF", "-1,00\u{a0}CHF"], ["04.09.2026", "04.09.2026, 17:05", "14.07.2026, 00:05"]),
];

#[test]
fn numbers_amounts_and_dates_are_written_as_the_browser_writes_them() {
    let utc = TimeZone::utc();
    for (tag, numbers, amounts, dates) in PLACES {
        let place = locale(tag);
        assert_eq!(place.tag(), tag);
        let written = |text: &str| show_decimal(&text.parse().unwrap(), 2, 2, place);
        assert_eq!([written("-1234567.895"), written("999")], numbers, "{tag}");
        let euro = if tag == "de-CH" { "" } else { "€" };
        let amount = |text: &str, code: &str, symbol: &str| {
            let currency = Currency { code: code.to_owned(), symbol: symbol.to_owned(), digits: 2 };
            show_money(&text.parse().unwrap(), 2, Some(&currency), place)
        };
        let written = [
            amount("1234.5", "EUR", euro),
            amount("-1234567.5", "EUR", euro),
            amount("1234.5", "CHF", ""),
            amount("-1", "CHF", ""),
        ];
        assert_eq!(written, amounts, "{tag}");
        let moment = |text: &str| show_date_time(text.parse().unwrap(), &utc, place);
        let written = [
            show_date("2026-09-04".parse().unwrap(), place),
            moment("2026-09-04T17:05:00Z"),
            moment("2026-07-14T00:05:00Z"),
        ];
        assert_eq!(written, dates, "{tag}");
    }
    assert_eq!(Locale::all().count(), PLACES.len(), "every place is looked at");
}

#[test]
fn a_tag_finds_its_place_or_the_next_best() {
    for (tag, found) in [
        ("fr-CH", "fr-CH"),
        ("de_ch", "de-CH"),
        ("de-Latn-AT", "de-AT"),
        ("fr", "fr-FR"),
        ("fr-SN", "fr-FR"),
        ("de", "de-DE"),
        ("de-IT", "de-DE"),
        ("en", "en-US"),
        ("en-SG", "en-GB"),
        ("it-IT", "en-GB"),
        ("", "en-GB"),
    ] {
        assert_eq!(locale(tag).tag(), found, "{tag}");
    }
}

#[test]
fn weeks_months_and_weekdays_have_their_names() {
    for (tag, first, month, short, weekday, brief) in [
        ("en-US", 0, "January", "Jan", "Wednesday", "Wed"),
        ("en-GB", 1, "January", "Jan", "Wednesday", "Wed"),
        ("fr-FR", 1, "janvier", "janv.", "mercredi", "mer."),
        ("fr-CA", 0, "janvier", "janv.", "mercredi", "mer."),
        ("de-DE", 1, "Januar", "Jan.", "Mittwoch", "Mi"),
        ("de-AT", 1, "Jänner", "Jän.", "Mittwoch", "Mi"),
    ] {
        let place = locale(tag);
        assert_eq!(place.first_weekday(), first, "{tag}");
        assert_eq!((place.month(1), place.short_month(1)), (month, short), "{tag}");
        assert_eq!((place.weekday(3), place.short_weekday(3).as_str()), (weekday, brief), "{tag}");
        assert_eq!((place.month(0), place.month(13)), ("", ""), "{tag}");
    }
}

#[test]
fn the_week_begins_where_the_user_lives() {
    use crate::text::first_weekday;
    for (tag, first) in [("en-US", 0), ("fr-FR", 1), ("de", 1), ("en-GB", 1), ("pt_BR", 0), ("", 1)] {
        assert_eq!(first_weekday(tag), first, "{tag}");
    }
}

#[test]
fn names_of_time_zones_and_languages_are_unique_in_every_language() {
    use crate::text::fold::fold;
    for language in Language::ALL {
        let zones = crate::text::time_zones(language).map(|(code, name)| (code, fold(&name)));
        let languages = crate::text::languages(language).map(|(code, name)| (code, fold(name)));
        for list in [zones.collect::<Vec<_>>(), languages.collect()] {
            let mut names: Vec<_> = list.iter().map(|(_, name)| name).collect();
            let mut codes: Vec<_> = list.iter().map(|(code, _)| code).collect();
            names.sort_unstable();
            codes.sort_unstable();
            names.dedup();
            codes.dedup();
            assert_eq!((names.len(), codes.len()), (list.len(), list.len()), "{language:?}");
            assert!(list.len() > 40, "the list is read");
        }
    }
}

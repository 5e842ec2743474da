//! What people type, and what comes of it.

use super::*;
use crate::text::{TypedError, complete_address, parse_date, parse_duration, parse_time, parse_typed};
use crate::{
    BooleanOptions, ChoiceOption, ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat, Label,
    LookupStyle, Party, PrecisionSource, Reference, RowId, TextFormat,
};

fn number_kind() -> ColumnKind {
    let most = Decimal::from(100_000_000_000_i64);
    ColumnKind::Decimal { precision: 2, min: -most, max: most }
}

fn money() -> ColumnKind {
    let most = Decimal::from(100_000_000_000_i64);
    ColumnKind::Money { precision: 2, source: PrecisionSource::Currency, min: -most, max: most }
}

fn read(kind: &ColumnKind, tag: &str, text: &str) -> Result<Value, TypedError> {
    let zone = paris();
    let euro = euro();
    let mut context = typing(&zone, tag, &Value::Null);
    context.show.currency = Some(&euro);
    parse_typed(kind, text, locale(tag), &context)
}

#[test]
fn numbers_are_read_in_every_notation_that_is_clear() {
    for (tag, text, expected) in [
        ("en-US", "1234.56", Some("1234.56")),
        ("en-US", "1,234,567.89", Some("1234567.89")),
        ("en-US", "1 234 567.89", Some("1234567.89")),
        ("en-US", "-0.1", Some("-0.1")),
        ("en-US", "−5", Some("-5")),
        ("en-US", "+5", Some("5")),
        ("en-US", "12,34", None),
        ("en-US", "1.234,56", None),
        ("en-US", "1.234.567", Some("1234567")),
        ("en-US", "1,23,456", None),
        ("en-US", "1k", None),
        ("en-US", "5 %", None),
        ("en-US", "", None),
        ("en-US", "-", None),
        ("en-US", "twelve", None),
        ("fr-FR", "1\u{202f}234,56", Some("1234.56")),
        ("fr-FR", "1 234,5", Some("1234.5")),
        ("fr-FR", "1\u{a0}234,5", Some("1234.5")),
        ("fr-FR", "1234.56", Some("1234.56")),
        ("fr-FR", "1.234", Some("1.23")),
        ("fr-FR", "1,5,2", None),
        ("fr-FR", "1,234,567", Some("1234567")),
        ("fr-FR", "1 23", None),
        ("fr-FR", ",5", Some("0.5")),
        ("fr-FR", "5,", Some("5")),
        ("de-DE", "1.234.567,89", Some("1234567.89")),
        ("de-DE", "1.234", Some("1234")),
        ("de-DE", "1.5", Some("1.5")),
        ("de-DE", "1234.567", Some("1234.57")),
        ("de-DE", "1,234.56", Some("1234.56")),
        ("de-DE", "1'234,5", Some("1234.5")),
        ("de-AT", "1.234", Some("1234")),
        ("de-AT", "1\u{a0}234,5", Some("1234.5")),
        ("de-CH", "1’234.50", Some("1234.5")),
        ("de-CH", "1'234'567.5", Some("1234567.5")),
        ("de-CH", "1,234", Some("1234")),
        ("fr-CH", "1’234.50", Some("1234.5")),
        ("fr-CH", "12,5", Some("12.5")),
        ("en-GB", "0.125", Some("0.13")),
        ("en-GB", "-0.125", Some("-0.13")),
        ("en-GB", "0.30000000000000000000000000000000004", Some("0.3")),
    ] {
        let found = read(&number_kind(), tag, text).unwrap_or_default();
        let expected = expected.map_or(Value::Null, |number| Value::Decimal(number.parse().unwrap()));
        assert_eq!(found, expected, "{tag}: {text}");
    }
}

#[test]
fn numbers_outside_the_limits_are_refused_with_the_limits() {
    let percent = ColumnKind::Decimal { precision: 2, min: Decimal::ZERO, max: Decimal::from(1000) };
    let problem = |text: &str| read(&percent, "de-DE", text).unwrap_err();
    let range = TypedError::OutOfRange { min: "0".to_owned(), max: "1.000".to_owned() };
    assert_eq!(problem("1000,01"), range);
    assert_eq!(problem("-0,01"), range);
    assert_eq!(problem("99999999999999999999999999999999999"), range);
    assert_eq!(problem("viel"), TypedError::NotANumber { example: "1.234,5".to_owned() });
    assert_eq!(
        read(&percent, "de-DE", "1000,001"),
        Ok(Value::Decimal("1000".parse().unwrap())),
        "rounded first"
    );
    let whole = ColumnKind::Integer { format: IntegerFormat::Plain, min: 0, max: 10 };
    for (text, expected) in [
        ("10", Ok(Value::Integer(10))),
        ("1,0", Ok(Value::Integer(1))),
        ("1,5", Err(TypedError::NotWhole)),
        ("11", Err(TypedError::OutOfRange { min: "0".to_owned(), max: "10".to_owned() })),
    ] {
        assert_eq!(read(&whole, "fr-FR", text), expected, "{text}");
    }
    let big = read(&ColumnKind::BigInteger, "fr-FR", "9 223 372 036 854 775 807");
    assert_eq!(big, Ok(Value::Integer(i64::MAX)));
    let float = ColumnKind::Float { precision: 5, min: -90.0, max: 90.0 };
    assert_eq!(read(&float, "fr-FR", "48,858375"), Ok(Value::Float(48.85838)));
    assert_eq!(
        read(&float, "fr-FR", "90,5"),
        Err(TypedError::OutOfRange { min: "-90".to_owned(), max: "90".to_owned() })
    );
    for text in ["NaN", "inf", "1e5"] {
        assert!(matches!(read(&float, "fr-FR", text), Err(TypedError::NotANumber { .. })), "{text}");
    }
}

#[test]
fn amounts_are_read_with_their_own_currency_alone() {
    for (tag, text, expected) in [
        ("fr-FR", "1 234,56 €", Ok("1234.56")),
        ("fr-FR", "€1234.5", Ok("1234.5")),
        ("fr-FR", "eur 12", Ok("12")),
        ("fr-FR", "-12 EUR", Ok("-12")),
        ("de-AT", "-€ 1.234,50", Ok("-1234.5")),
        ("de-CH", "€-1’234.50", Ok("-1234.5")),
        ("en-US", "€.5", Ok("0.5")),
        ("en-US", "- 5 €", Ok("-5")),
        ("en-US", "--5", Err(())),
        ("en-US", "EUR.12", Ok("12")),
        ("de-CH", "1’234.5 EUR.", Ok("1234.5")),
        ("fr-FR", "1 2 €", Err(())),
        ("en-US", ".5 €", Ok("0.5")),
        ("fr-FR", "0,125", Ok("0.13")),
        ("fr-FR", "12 kilos", Err(())),
        ("fr-FR", "€", Err(())),
    ] {
        let found = read(&money(), tag, text).map_err(drop);
        let expected = expected.map(|number| Value::Decimal(number.parse().unwrap()));
        assert_eq!(found, expected, "{tag}: {text}");
    }
    let other = Err(TypedError::OtherCurrency { currency: "EUR".to_owned() });
    for text in ["12 $", "CHF 12", "£12"] {
        assert_eq!(read(&money(), "fr-FR", text), other, "{text}");
    }
}

#[test]
fn yen_have_no_digits_and_the_source_says_whose_digits_count() {
    let zone = paris();
    let yen = Currency { code: "JPY".to_owned(), symbol: "¥".to_owned(), digits: 0 };
    let mut context = typing(&zone, "fr-FR", &Value::Null);
    context.show.currency = Some(&yen);
    context.show.pricing_precision = 1;
    for (source, expected) in [
        (PrecisionSource::Currency, "13"),
        (PrecisionSource::Organization, "12.6"),
        (PrecisionSource::Column, "12.56"),
    ] {
        let kind = ColumnKind::Money { precision: 2, source, min: Decimal::ZERO, max: Decimal::from(100) };
        let found = parse_typed(&kind, "12,555 ¥", locale("fr-FR"), &context);
        assert_eq!(found, Ok(Value::Decimal(expected.parse().unwrap())), "{source:?}");
    }
}

#[test]
fn dates_are_read_however_they_are_written() {
    let today = "2026-11-04".parse().unwrap();
    for (tag, text, expected) in [
        ("de-DE", "24.11.2026", Some("2026-11-24")),
        ("de-DE", "24.11.26", Some("2026-11-24")),
        ("de-DE", "24.11.", Some("2026-11-24")),
        ("de-DE", "24. November 2026", Some("2026-11-24")),
        ("de-DE", "Di, 24. Nov.", Some("2026-11-24")),
        ("de-DE", "3. März", Some("2026-03-03")),
        ("de-AT", "3. Jänner 2027", Some("2027-01-03")),
        ("de-DE", "morgen", Some("2026-11-05")),
        ("de-DE", "Übermorgen", Some("2026-11-06")),
        ("fr-FR", "24/11/26", Some("2026-11-24")),
        ("fr-FR", "24/11", Some("2026-11-24")),
        ("fr-FR", "24 nov.", Some("2026-11-24")),
        ("fr-FR", "1er août 2026", Some("2026-08-01")),
        ("fr-FR", "mardi 24 novembre 2026", Some("2026-11-24")),
        ("fr-FR", "demain", Some("2026-11-05")),
        ("fr-FR", "aujourd’hui", Some("2026-11-04")),
        ("fr-FR", "24 jui", None),
        ("fr-FR", "24 juil.", Some("2026-07-24")),
        ("fr-CA", "2026-11-24", Some("2026-11-24")),
        ("fr-CA", "24/11/2026", Some("2026-11-24")),
        ("fr-CA", "11-24", Some("2026-11-24")),
        ("en-CA", "11/24/2026", Some("2026-11-24")),
        ("en-US", "11/24/2026", Some("2026-11-24")),
        ("en-US", "11/24", Some("2026-11-24")),
        ("en-US", "24/11/2026", None),
        ("en-US", "Nov 24, 2026", Some("2026-11-24")),
        ("en-US", "November 24th", Some("2026-11-24")),
        ("en-US", "tomorrow", Some("2026-11-05")),
        ("en-US", "Today", Some("2026-11-04")),
        ("en-GB", "24 Sept 2026", Some("2026-09-24")),
        ("en-GB", "2026-11-24", Some("2026-11-24")),
        ("en-GB", "+3", Some("2026-11-07")),
        ("en-GB", "-4", Some("2026-10-31")),
        ("en-GB", "24/11/46", Some("2046-11-24")),
        ("en-GB", "24/11/47", Some("1947-11-24")),
        ("en-GB", "29/02/2026", None),
        ("en-GB", "24/13/2026", None),
        ("en-GB", "1/2/3", None),
        ("en-GB", "1/2/3/4", None),
        ("en-GB", "24", None),
        ("en-GB", "Nov 2026", None),
        ("en-GB", "24 Nov Dec", None),
        ("en-GB", "soon", None),
        ("en-GB", "+99999", None),
        ("en-GB", "", None),
    ] {
        let expected = expected.map(|date| date.parse().unwrap());
        assert_eq!(parse_date(text, locale(tag), today), expected, "{tag}: {text}");
    }
}

#[test]
fn times_are_read_however_they_are_written() {
    for (text, minutes) in [
        ("9", Some(540)),
        ("930", Some(570)),
        ("0930", Some(570)),
        ("1745", Some(1065)),
        ("9:30", Some(570)),
        ("9.30", Some(570)),
        ("9h30", Some(570)),
        ("9 h 30", Some(570)),
        ("9h", Some(540)),
        ("17 h 05", Some(1025)),
        ("9 Uhr 30", Some(570)),
        ("9 Uhr", Some(540)),
        ("9:30 Uhr", Some(570)),
        ("2 pm", Some(840)),
        ("2:30 PM", Some(870)),
        ("2:30 p.m.", Some(870)),
        ("12 am", Some(0)),
        ("12:15 pm", Some(735)),
        ("0:00", Some(0)),
        ("24:00", None),
        ("13 pm", None),
        ("9:60", None),
        ("9:3", None),
        ("half past nine", None),
        ("", None),
        ("99999", None),
    ] {
        assert_eq!(parse_time(text), minutes.map(|minutes| minutes * 60_000), "{text}");
    }
    assert_eq!(parse_time("17:05:30.25"), Some(((17 * 60 + 5) * 60 + 30) * 1000 + 250));
}

#[test]
fn moments_are_read_in_the_zone_of_their_column() {
    let at = |text: &str| Ok(Value::DateTime(text.parse().unwrap()));
    let kind = |behavior, format| ColumnKind::DateTime { behavior, format };
    let local = kind(DateBehavior::UserLocal, DateFormat::DateAndTime);
    let everywhere = kind(DateBehavior::TimeZoneIndependent, DateFormat::DateAndTime);
    let local_date = kind(DateBehavior::UserLocal, DateFormat::Date);
    let date = kind(DateBehavior::DateOnly, DateFormat::Date);
    for (kind, tag, text, expected) in [
        (&local, "de-DE", "24.11.2026 9:30", at("2026-11-24T08:30:00Z")),
        (&local, "de-DE", "24.7.2026, 17:05", at("2026-07-24T15:05:00Z")),
        (&local, "de-DE", "morgen um 9 Uhr 30", at("2026-11-05T08:30:00Z")),
        (&local, "fr-FR", "demain à 9h", at("2026-11-05T08:00:00Z")),
        (&local, "fr-FR", "24 nov. 2026 17:30", at("2026-11-24T16:30:00Z")),
        (&local, "fr-CA", "2026-11-24 17 h 30", at("2026-11-24T16:30:00Z")),
        (&local, "en-US", "Nov 24, 2026, 5:30 PM", at("2026-11-24T16:30:00Z")),
        (&local, "en-US", "tomorrow 2 pm", at("2026-11-05T13:00:00Z")),
        (&local, "en-US", "11/24/2026", at("2026-11-24T08:00:00Z")),
        (&local, "en-GB", "2026-11-24T17:30", at("2026-11-24T16:30:00Z")),
        (&everywhere, "fr-FR", "24/11/2026 9:30", at("2026-11-24T09:30:00Z")),
        (&local_date, "fr-FR", "24/11/2026", at("2026-11-23T23:00:00Z")),
        (&date, "fr-FR", "24/11/2026", Ok(Value::Date("2026-11-24".parse().unwrap()))),
        (&date, "fr-FR", "24/11/2026 9:30", Err(TypedError::NotADate { example: "04/11/2026".to_owned() })),
        (&local, "en-US", "sometime", Err(TypedError::NotADate { example: "11/4/2026 9:00 AM".to_owned() })),
        (
            &date,
            "de-DE",
            "1.1.1700",
            Err(TypedError::DateOutOfRange { min: "01.01.1753".to_owned(), max: "31.12.9999".to_owned() }),
        ),
    ] {
        assert_eq!(read(kind, tag, text), expected, "{tag}: {text}");
    }
    let zone = paris();
    let before = Value::DateTime("2026-11-04T13:15:00Z".parse().unwrap());
    let kept = parse_typed(&local, "24/11/2026", locale("fr-FR"), &typing(&zone, "fr-FR", &before));
    assert_eq!(kept, at("2026-11-24T13:15:00Z"), "a date typed over keeps the time");
}

#[test]
fn the_second_hour_of_a_night_that_has_it_twice_is_kept_when_nothing_changes() {
    let zone = paris();
    let kind = ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format: DateFormat::DateAndTime };
    for text in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
        let before = Value::DateTime(text.parse().unwrap());
        let context = typing(&zone, "de-DE", &before);
        let typed = crate::text::edit_text(&kind, &before, locale("de-DE"), &context.show);
        assert_eq!(typed, "25.10.2026 02:30");
        assert_eq!(parse_typed(&kind, &typed, locale("de-DE"), &context), Ok(before));
    }
}

#[test]
fn durations_are_read_as_people_write_them() {
    for (tag, text, minutes) in [
        ("en-US", "90", Some(90)),
        ("en-US", "1:30", Some(90)),
        ("fr-FR", "1h30", Some(90)),
        ("fr-FR", "1 h 30 min", Some(90)),
        ("en-US", "90 min", Some(90)),
        ("fr-FR", "1,5 h", Some(90)),
        ("en-US", "1.5 hours", Some(90)),
        ("en-US", "1,5 h", Some(90)),
        ("en-US", "1,500 min", Some(1500)),
        ("fr-FR", "2 jours", Some(2880)),
        ("en-US", "2 days", Some(2880)),
        ("de-DE", "2 Std. 5 Min.", Some(125)),
        ("de-DE", "1 Tag 1 Std", Some(1500)),
        ("fr-FR", "1,67 heures", Some(100)),
        ("en-US", "0", Some(0)),
        ("en-US", "-5", Some(-5)),
        ("en-US", "1:75", None),
        ("en-US", "30 1", None),
        ("en-US", "2 months", None),
        ("en-US", "30 min 1 h", None),
        ("en-US", "soon", None),
        ("en-US", "", None),
        ("en-US", ":", None),
        ("en-US", "99999999999999999999999999999999 d", None),
    ] {
        assert_eq!(parse_duration(text, locale(tag)), minutes, "{tag}: {text}");
    }
}

fn label(english: &str, french: &str, german: &str) -> Label {
    let mut label = Label::one(Language::English, english);
    label.set(1036, french);
    label.set(1031, german);
    label
}

#[test]
fn options_are_found_by_label_or_number() {
    let options = vec![
        ChoiceOption { value: 1, label: label("High", "Élevée", "Hoch") },
        ChoiceOption { value: 2, label: label("Very low", "Très basse", "Sehr niedrig") },
        ChoiceOption { value: 3, label: label("1", "1", "1") },
    ];
    let choice = ColumnKind::Choice { options: options.clone(), default: None };
    for (tag, text, expected) in [
        ("fr-FR", "elevee", Some(1)),
        ("fr-FR", " TRÈS   BASSE ", Some(2)),
        ("de-DE", "hoch", Some(1)),
        ("de-DE", "2", Some(2)),
        ("de-DE", "1", Some(3)),
        ("de-DE", "4", None),
        ("de-DE", "High", None),
    ] {
        assert_eq!(read(&choice, tag, text).ok(), expected.map(Value::Choice), "{tag}: {text}");
    }
    assert_eq!(
        read(&choice, "de-DE", "rot"),
        Err(TypedError::NoSuchOption {
            typed: "rot".to_owned(),
            options: "Hoch, Sehr niedrig, 1".to_owned()
        })
    );
    let choices = ColumnKind::Choices { options };
    assert_eq!(read(&choices, "en-US", "very low; High;high;"), Ok(Value::Choices(vec![1, 2])));
    assert_eq!(read(&choices, "en-US", ";"), Ok(Value::Null));
    let flag = ColumnKind::Boolean(BooleanOptions {
        yes: label("Allowed", "Autorisé", "Erlaubt"),
        no: label("Denied", "Refusé", "Verboten"),
        default: false,
    });
    for (tag, text, expected) in [
        ("fr-FR", "autorise", Some(true)),
        ("de-DE", "Nein", Some(false)),
        ("en-US", "1", Some(true)),
        ("en-US", "maybe", None),
    ] {
        assert_eq!(read(&flag, tag, text).ok(), expected.map(Value::Boolean), "{tag}: {text}");
    }
    assert_eq!(
        read(&flag, "de-DE", "rot"),
        Err(TypedError::NotYesNo { yes: "Erlaubt".to_owned(), no: "Verboten".to_owned() })
    );
}

#[test]
fn texts_follow_their_format() {
    let kind = |format| ColumnKind::Text { format, max_length: 30 };
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    for (format, typed, expected) in [
        (TextFormat::Plain, " a ", text(" a ")),
        (TextFormat::Email, " marie@example.com ", text("marie@example.com")),
        (TextFormat::Email, "m@localhost", text("m@localhost")),
        (TextFormat::Email, "marie.o'neil+x@exämple.fr", text("marie.o'neil+x@exämple.fr")),
        (TextFormat::Email, "marie", None),
        (TextFormat::Email, "@example.com", None),
        (TextFormat::Email, "a b@example.com", None),
        (TextFormat::Email, "a@b@example.com", None),
        (TextFormat::Email, "a@example..com", None),
        (TextFormat::Phone, "+33 (0)1 23", text("+33 (0)1 23")),
        (TextFormat::Ticker, "MSFT", text("MSFT")),
        (TextFormat::Url, "contoso.com", text("https://contoso.com")),
        (TextFormat::Url, "javascript:alert(1)", None),
    ] {
        assert_eq!(read(&kind(format), "en-US", typed).ok(), expected, "{typed}");
    }
    let long = read(&kind(TextFormat::Plain), "en-US", &"😀".repeat(16));
    assert_eq!(long, Err(TypedError::TooLong { length: 32, max: 30 }));
    for (typed, expected) in [
        ("http://a.example", Some("http://a.example")),
        ("localhost:8080/x", Some("https://localhost:8080/x")),
        ("mailto:a@example.com", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("two words", None),
        ("/path", None),
    ] {
        assert_eq!(complete_address(typed).as_deref(), expected, "{typed}");
    }
}

#[test]
fn rows_are_found_by_name() {
    let row = |number: u128, name: &str| Reference {
        table: "contact".into(),
        id: RowId::from_u128(number),
        name: Some(name.to_owned()),
    };
    let rows = [row(1, "Marie Curie"), row(2, "Ada"), row(3, "ada"), row(4, "Müller; Söhne \"GmbH\"")];
    let zone = paris();
    let context = TypedContext { rows: &rows, ..typing(&zone, "fr-FR", &Value::Null) };
    let lookup = ColumnKind::Lookup { targets: vec!["contact".into()], style: LookupStyle::Simple };
    let find = |text: &str| parse_typed(&lookup, text, locale("fr-FR"), &context);
    assert_eq!(find("marie curie"), Ok(Value::Reference(rows[0].clone())));
    assert_eq!(find("ada"), Ok(Value::Reference(rows[2].clone())), "exactly so comes first");
    assert_eq!(find("ADA"), Err(TypedError::SeveralRows { typed: "ADA".to_owned() }));
    assert_eq!(find("Pierre"), Err(TypedError::NoSuchRow { typed: "Pierre".to_owned() }));
    assert_eq!(find(&RowId::from_u128(2).to_string()), Ok(Value::Reference(rows[1].clone())));
    let list = ColumnKind::PartyList { targets: vec!["contact".into()], participation: 5 };
    let party = |row: Option<usize>, address: Option<&str>| Party {
        party: row.map(|at| rows[at].clone()),
        address: address.map(str::to_owned),
        participation: 5,
    };
    let typed = "Marie Curie <m@example.com>; who@example.com; \"Müller; Söhne \\\"GmbH\\\"\"; ";
    let expected = Value::Parties(vec![
        party(Some(0), Some("m@example.com")),
        party(None, Some("who@example.com")),
        party(Some(3), None),
    ]);
    let found = parse_typed(&list, typed, locale("fr-FR"), &context);
    assert_eq!(found, Ok(expected.clone()));
    let written = crate::text::edit_text(&list, &expected, locale("fr-FR"), &context.show);
    assert_eq!(written, typed.trim_end_matches("; "));
    let stranger = parse_typed(&list, "Pierre", locale("fr-FR"), &context);
    assert_eq!(stranger, Err(TypedError::NoSuchRow { typed: "Pierre".to_owned() }));
}

//! Values as they are shown and edited.

use super::*;
use crate::text::{FileName, edit_text, show};
use crate::{
    ChoiceOption, ColumnKind, DateBehavior, DateFormat, Decimal, IntegerFormat, Label, LookupStyle,
    MemoFormat, Party, PrecisionSource, Reference, RowId, State, StatusReason, Table,
};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn moment(text: &str) -> Value {
    Value::DateTime(text.parse().unwrap())
}

fn whole(format: IntegerFormat) -> ColumnKind {
    ColumnKind::Integer { format, min: -1, max: 2_147_483_647 }
}

fn date(behavior: DateBehavior, format: DateFormat) -> ColumnKind {
    ColumnKind::DateTime { behavior, format }
}

#[test]
fn every_kind_is_shown_and_edited_in_its_own_way() {
    let money = |source| ColumnKind::Money { precision: 3, source, min: Decimal::MIN, max: Decimal::MAX };
    let options = vec![
        ChoiceOption { value: 1, label: Label::one(Language::French, "Chaud") },
        ChoiceOption { value: 2, label: Label::one(Language::French, "Froid; sec") },
    ];
    let (choice, choices) =
        (ColumnKind::Choice { options: options.clone(), default: None }, ColumnKind::Choices { options });
    let (local, whole_day) = (DateBehavior::UserLocal, DateFormat::Date);
    let lookup = ColumnKind::Lookup { targets: Vec::new(), style: LookupStyle::Simple };
    let reference = |name: Option<&str>| Reference {
        table: "contact".into(),
        id: RowId::from_u128(1),
        name: name.map(str::to_owned),
    };
    let unnamed = RowId::from_u128(1).to_string();
    let parties = Value::Parties(vec![
        Party {
            party: Some(reference(Some("Ada"))),
            address: Some("a@b.example".to_owned()),
            participation: 5,
        },
        Party { party: None, address: Some("c@d.example".to_owned()), participation: 5 },
    ]);
    let party_list = ColumnKind::PartyList { targets: Vec::new(), participation: 5 };
    let rich = ColumnKind::Memo { format: MemoFormat::RichText, max_length: 100 };
    let cases: Vec<(&ColumnKind, Value, &str, &str)> = vec![
        (&choice, Value::Null, "", ""),
        (&rich, text("<p>Oui</p>"), "Oui", "<p>Oui</p>"),
        (&ColumnKind::Image, text("AAAA"), "Image", "AAAA"),
        (&ColumnKind::EntityName, text("account"), "Compte", "account"),
        (
            &ColumnKind::BigInteger,
            Value::Integer(9_007_199_254_740_993),
            "9\u{202f}007\u{202f}199\u{202f}254\u{202f}740\u{202f}993",
            "9007199254740993",
        ),
        (&choice, Value::Choice(1), "Chaud", "Chaud"),
        (&choice, Value::Choice(9), "9", "9"),
        (&choices, Value::Choices(vec![1, 2]), "Chaud; Froid; sec", "Chaud; 2"),
        (&lookup, Value::Reference(reference(Some("Ada"))), "Ada", "Ada"),
        (&lookup, Value::Reference(reference(None)), "(sans nom)", &unnamed),
        (&party_list, parties, "Ada; c@d.example", "Ada <a@b.example>; c@d.example"),
    ];
    let zone = paris();
    let label = |name: &str| (name == "account").then(|| "Compte".to_owned());
    let euro = euro();
    let context = ShowContext {
        table_label: Some(&label),
        currency: Some(&euro),
        pricing_precision: 4,
        ..ShowContext::new(&zone, Language::French)
    };
    let numbers: Vec<(ColumnKind, Value, &str, &str)> = vec![
        (money(PrecisionSource::Currency), decimal("1234.5"), "1\u{202f}234,50\u{a0}€", "1234,5"),
        (money(PrecisionSource::Column), decimal("1234.5678"), "1\u{202f}234,568\u{a0}€", "1234,5678"),
        (money(PrecisionSource::Organization), decimal("-1"), "-1,0000\u{a0}€", "-1"),
        (ColumnKind::BaseMoney { of: "a".into() }, decimal("10"), "10,00", "10"),
        (
            ColumnKind::Decimal { precision: 2, min: Decimal::MIN, max: Decimal::MAX },
            decimal("-0.001"),
            "0,00",
            "-0,001",
        ),
        (
            ColumnKind::Float { precision: 3, min: -180.0, max: 180.0 },
            Value::Float(2.3522),
            "2,352",
            "2,3522",
        ),
        (whole(IntegerFormat::Plain), Value::Integer(12_345), "12\u{202f}345", "12345"),
        (whole(IntegerFormat::Language), Value::Integer(1031), "allemand", "allemand"),
        (whole(IntegerFormat::Language), Value::Integer(7), "7", "7"),
        (
            whole(IntegerFormat::TimeZone),
            Value::Integer(105),
            "(GMT+01:00) Bruxelles, Copenhague, Madrid, Paris",
            "(GMT+01:00) Bruxelles, Copenhague, Madrid, Paris",
        ),
        (
            date(local, DateFormat::DateAndTime),
            moment("2026-11-24T08:30:00Z"),
            "24 nov. 2026, 09:30",
            "24/11/2026 09:30",
        ),
        (date(local, whole_day), moment("2026-11-23T23:00:00Z"), "24 nov. 2026", "24/11/2026"),
        (
            date(DateBehavior::TimeZoneIndependent, DateFormat::DateAndTime),
            moment("2026-11-24T08:30:05.5Z"),
            "24 nov. 2026, 08:30",
            "24/11/2026 08:30:05.500",
        ),
        (
            date(DateBehavior::DateOnly, whole_day),
            Value::Date("2026-11-04".parse().unwrap()),
            "4 nov. 2026",
            "04/11/2026",
        ),
    ];
    let cases = cases
        .into_iter()
        .chain(numbers.iter().map(|(kind, value, shown, edited)| (kind, value.clone(), *shown, *edited)));
    for (kind, value, shown, edited) in cases {
        assert_eq!(show(kind, &value, locale("fr-FR"), &context), shown, "{kind:?}");
        assert_eq!(edit_text(kind, &value, locale("fr-FR"), &context), edited, "{kind:?}");
    }
}

#[test]
fn durations_are_shown_in_one_unit_and_edited_exactly() {
    let zone = paris();
    for (tag, minutes, shown, edited) in [
        ("en-US", 0, "0 minutes", "0 minutes"),
        ("en-US", 1, "1 minute", "1 minute"),
        ("fr-FR", 90, "1,5 heures", "1,5 heures"),
        ("fr-FR", 60, "1 heure", "1 heure"),
        ("en-US", 100, "1.67 hours", "1.67 hours"),
        ("en-US", 1440, "1 day", "1 day"),
        ("de-DE", 1501, "1,04 Tage", "1 Tag 1 Stunde 1 Minute"),
        ("de-DE", -90, "-1,5 Stunden", "-1,5 Stunden"),
    ] {
        let context = ShowContext::new(&zone, Language::from_tag(tag).unwrap());
        let kind = whole(IntegerFormat::Duration);
        let value = Value::Integer(minutes);
        assert_eq!(show(&kind, &value, locale(tag), &context), shown, "{tag}: {minutes}");
        assert_eq!(edit_text(&kind, &value, locale(tag), &context), edited, "{tag}: {minutes}");
    }
}

#[test]
fn states_and_reasons_have_the_labels_of_their_table() {
    let reason = |value, text: &str| StatusReason {
        value,
        label: Label::one(Language::English, text),
        next: Vec::new(),
    };
    let table = Table {
        states: vec![State {
            value: 0,
            label: Label::one(Language::English, "Open"),
            default_status: 1,
            statuses: vec![reason(1, "In progress"), reason(2, "On hold")],
        }],
        ..Table::default()
    };
    let zone = paris();
    let context = ShowContext { table: Some(&table), ..ShowContext::new(&zone, Language::English) };
    let shown = |kind, number| show(&kind, &Value::Choice(number), locale("en-US"), &context);
    assert_eq!(shown(ColumnKind::State, 0), "Open");
    assert_eq!(shown(ColumnKind::Status, 2), "On hold");
    assert_eq!(shown(ColumnKind::Status, 7), "7");
}

#[test]
fn files_have_their_name_and_size() {
    let zone = paris();
    let kind = ColumnKind::File { max_kibibytes: 1 };
    let value = Value::Id(RowId::from_u128(1));
    for (bytes, shown) in [
        (None, "Angebot.pdf"),
        (Some(1), "Angebot.pdf (1\u{a0}kB)"),
        (Some(300_000), "Angebot.pdf (293\u{a0}kB)"),
        (Some(3_000_000), "Angebot.pdf (3\u{a0}MB)"),
    ] {
        let file = FileName { name: "Angebot.pdf".to_owned(), bytes };
        let context = ShowContext { file: Some(&file), ..ShowContext::new(&zone, Language::German) };
        assert_eq!(show(&kind, &value, locale("de-DE"), &context), shown);
    }
    assert_eq!(show(&kind, &value, locale("de-DE"), &ShowContext::new(&zone, Language::German)), "Datei");
}

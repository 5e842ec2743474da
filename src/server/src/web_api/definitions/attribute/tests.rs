use super::super::read::column_of;
use super::*;
use model::Language;
use serde_json::json;

fn labels(text: &str) -> Value {
    json!({ "LocalizedLabels": [{ "Label": text, "LanguageCode": 1033 }, { "Label": format!("{text} (fr)"), "LanguageCode": 1036 }] })
}

fn attribute(kind: &str, more: Value) -> Value {
    let mut value = json!({
        "@odata.type": format!("Microsoft.Dynamics.CRM.{kind}AttributeMetadata"),
        "SchemaName": "new_Thing",
        "DisplayName": labels("Thing"),
    });
    if let (Value::Object(members), Value::Object(more)) = (&mut value, more) {
        members.extend(more);
    }
    value
}

fn option(value: i32, text: &str) -> Value {
    json!({ "Value": value, "Label": labels(text) })
}

fn made(kind: &str, more: Value) -> Column {
    new_column(&attribute(kind, more)).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

#[test]
fn every_type_of_column_is_read_from_dataverses_words() {
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let choice = |value: i32, text: &str| {
        let mut label = Label::one(Language::English, text);
        label.set(1036, format!("{text} (fr)"));
        ChoiceOption { value, label }
    };
    let cases = [
        ("String", json!({}), ColumnKind::Text { format: TextFormat::Plain, max_length: 100 }),
        (
            "String",
            json!({ "MaxLength": 320, "FormatName": { "Value": "Email" } }),
            ColumnKind::Text { format: TextFormat::Email, max_length: 320 },
        ),
        (
            "String",
            json!({ "AutoNumberFormat": "T-{SEQNUM:4}" }),
            ColumnKind::Text { format: TextFormat::AutoNumber, max_length: 100 },
        ),
        (
            "Memo",
            json!({ "MaxLength": 5000, "FormatName": { "Value": "RichText" } }),
            ColumnKind::Memo { format: MemoFormat::RichText, max_length: 5000 },
        ),
        (
            "Integer",
            json!({ "MinValue": -5, "MaxValue": 5, "Format": "Duration" }),
            ColumnKind::Integer { format: IntegerFormat::Duration, min: -5, max: 5 },
        ),
        ("BigInt", json!({}), ColumnKind::BigInteger),
        (
            "Decimal",
            json!({ "Precision": 4, "MinValue": -0.5, "MaxValue": 100_000_000 }),
            ColumnKind::Decimal { precision: 4, min: decimal("-0.5"), max: decimal("100000000") },
        ),
        ("Double", json!({ "Precision": 3 }), ColumnKind::Float { precision: 3, min: -1e11, max: 1e11 }),
        (
            "Money",
            json!({ "PrecisionSource": 0, "Precision": 3, "MinValue": 0, "MaxValue": 922_337_203_685_477_i64 }),
            ColumnKind::Money {
                precision: 3,
                source: PrecisionSource::Column,
                min: decimal("0"),
                max: decimal("922337203685477"),
            },
        ),
        (
            "Picklist",
            json!({ "DefaultFormValue": 2, "OptionSet": { "Options": [option(1, "One"), option(2, "Two")] } }),
            ColumnKind::Choice { options: vec![choice(1, "One"), choice(2, "Two")], default: Some(2) },
        ),
        (
            "MultiSelectPicklist",
            json!({ "OptionSet": { "Options": [{ "Label": labels("One") }, { "Label": labels("Two") }] } }),
            ColumnKind::Choices { options: vec![choice(100_000_000, "One"), choice(100_000_001, "Two")] },
        ),
        (
            "Boolean",
            json!({ "DefaultValue": true, "OptionSet": { "TrueOption": option(1, "Yes"), "FalseOption": option(0, "No") } }),
            ColumnKind::Boolean(BooleanOptions {
                yes: choice(1, "Yes").label,
                no: choice(0, "No").label,
                default: true,
            }),
        ),
        (
            "DateTime",
            json!({ "DateTimeBehavior": { "Value": "DateOnly" }, "Format": "DateAndTime" }),
            ColumnKind::DateTime { behavior: DateBehavior::DateOnly, format: DateFormat::Date },
        ),
        (
            "DateTime",
            json!({ "Format": "DateOnly" }),
            ColumnKind::DateTime { behavior: DateBehavior::UserLocal, format: DateFormat::Date },
        ),
        ("UniqueIdentifier", json!({}), ColumnKind::UniqueId),
        (
            "Lookup",
            json!({ "Targets": ["account"] }),
            ColumnKind::Lookup { targets: vec!["account".into()], style: LookupStyle::Simple },
        ),
        (
            "ComplexLookup",
            json!({ "AttributeType": "Customer" }),
            ColumnKind::Lookup {
                targets: vec!["account".into(), "contact".into()],
                style: LookupStyle::Customer,
            },
        ),
        ("EntityName", json!({}), ColumnKind::EntityName),
        ("Image", json!({}), ColumnKind::Image),
        ("File", json!({ "MaxSizeInKB": 1024 }), ColumnKind::File { max_kibibytes: 1024 }),
    ];
    for (kind, more, expected) in cases {
        let column = made(kind, more);
        assert_eq!(column.kind, expected, "{kind}");
        assert_eq!((column.name.as_str(), column.custom), ("new_thing", true));
        assert_eq!(column.label.text(Language::French), "Thing (fr)");
    }
    let column =
        made("String", json!({ "RequiredLevel": { "Value": "ApplicationRequired", "CanBeChanged": true } }));
    assert_eq!(column.required, Requirement::Application);
}

#[test]
fn what_does_not_fit_is_named() {
    let cases = [
        (attribute("String", json!({ "MaxLength": 0 })), "MaxLength must be 1 to 4000"),
        (attribute("String", json!({ "MaxLength": "100" })), "MaxLength must be a whole number"),
        (attribute("String", json!({ "SchemaName": "thing" })), "prefix"),
        (attribute("String", json!({ "DisplayName": null })), "DisplayName"),
        (attribute("String", json!({ "FormatName": { "Value": "Odd" } })), "FormatName"),
        (attribute("Integer", json!({ "MinValue": 2, "MaxValue": 1 })), "MinValue must be at most MaxValue"),
        (attribute("Decimal", json!({ "Precision": 11 })), "Precision must be 0 to 10"),
        (attribute("Picklist", json!({})), "OptionSet"),
        (attribute("Picklist", json!({ "OptionSet": { "Options": [] } })), "at least one option"),
        (
            attribute("Picklist", json!({ "OptionSet": { "Options": [option(1, "a"), option(1, "b")] } })),
            "two options with the value 1",
        ),
        (
            attribute(
                "Picklist",
                json!({ "DefaultFormValue": 9, "OptionSet": { "Options": [option(1, "a")] } }),
            ),
            "DefaultFormValue",
        ),
        (attribute("Boolean", json!({})), "OptionSet"),
        (attribute("Lookup", json!({})), "Targets"),
        (attribute("State", json!({})), "cannot be made"),
        (attribute("PartyList", json!({})), "cannot be made"),
        (json!({ "SchemaName": "new_x", "DisplayName": labels("X") }), "@odata.type"),
        (json!([]), "SchemaName is missing"),
    ];
    for (value, words) in cases {
        let error = new_column(&value).unwrap_err().to_string();
        assert!(error.contains(words), "{value}: {error}");
    }
}

#[test]
fn a_column_keeps_its_type_and_what_is_not_named() {
    let known = made("Decimal", json!({ "Precision": 2 }));
    let wider = changed_column(&known, &json!({ "Precision": 4, "DisplayName": labels("Wider") })).unwrap();
    assert!(matches!(wider.kind, ColumnKind::Decimal { precision: 4, .. }));
    assert_eq!(wider.label.text(Language::English), "Wider");
    assert!(changed_column(&wider, &json!({ "Precision": 2 })).is_err(), "digits would be lost");
    assert!(changed_column(&known, &attribute("String", json!({}))).is_err());
    assert!(
        changed_column(&made("DateTime", json!({})), &json!({ "DateTimeBehavior": { "Value": "DateOnly" } }))
            .is_err()
    );
    assert_eq!(changed_column(&known, &json!({})).unwrap(), known);
}

#[test]
fn what_is_read_and_written_back_changes_nothing() {
    let solution = solution::metadata().unwrap();
    for table in &solution.tables {
        for column in &table.columns {
            let read = column_of(table, column, Language::English);
            let written = changed_column(column, &read).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(written, *column, "{}.{}", table.name, column.name);
        }
    }
}

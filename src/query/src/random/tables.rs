//! Tables with every kind of column, and rows in them.

use model::testing::Choices;
use model::{
    BooleanOptions, Cascades, ChoiceOption, Column, ColumnKind, ColumnName, Columns, Date, DateBehavior,
    DateFormat, Decimal, Label, Language, LookupStyle, Party, Reference, Relationship, Requirement, Row,
    RowId, RowVersion, State, StatusReason, Table, TableName, TableSource, Timestamp, Value, Writable,
};

/// Ids of the rows of a table begin here; behind the last row lie ids that no row has.
const FIRST_IDS: [(&str, u128, u64); 6] = [
    ("thing", 0x1000, 45),
    ("person", 0x2000, 9),
    ("squad", 0x3000, 4),
    ("meeting", 0x4000, 9),
    ("errand", 0x5000, 7),
    ("membership", 0x6000, 14),
];

/// Every table: two hierarchies, two activity tables with what is derived from them, an intersect table.
#[must_use]
pub fn tables() -> Vec<Table> {
    let activity = |name: &str, mut columns: Vec<(&'static str, ColumnKind)>| {
        columns.extend(shared_by_activities());
        Table { is_activity: true, ..table(name, "activityid", "subject", columns) }
    };
    let parties = |participation| ColumnKind::PartyList { targets: vec!["person".into()], participation };
    let mut pointer =
        vec![("activityid", ColumnKind::UniqueId), ("activitytypecode", ColumnKind::EntityName)];
    pointer.extend(shared_by_activities());
    let party = vec![
        ("activitypartyid", ColumnKind::UniqueId),
        ("activityid", lookup(&["activitypointer"])),
        ("partyid", lookup(&["person"])),
        ("participationtypemask", choice(&[(1, "Sender"), (5, "Required")])),
        ("addressused", text()),
        ("scheduledstart", date(DateBehavior::UserLocal)),
        ("scheduledend", date(DateBehavior::UserLocal)),
        ("ownerid", lookup(&["person", "squad"])),
    ];
    let membership = vec![
        ("membershipid", ColumnKind::UniqueId),
        ("thingid", lookup(&["thing"])),
        ("personid", lookup(&["person"])),
    ];
    vec![
        Table { relationships: vec![hierarchy("thing", "parentid")], states: states(), ..thing() },
        Table {
            relationships: vec![hierarchy("person", "managerid")],
            ..table("person", "personid", "fullname", person())
        },
        table("squad", "squadid", "name", vec![("squadid", ColumnKind::UniqueId), ("name", text())]),
        activity(
            "meeting",
            vec![("activityid", ColumnKind::UniqueId), ("attendees", parties(5)), ("organizer", parties(1))],
        ),
        activity("errand", vec![("activityid", ColumnKind::UniqueId), ("weight", money())]),
        Table {
            source: TableSource::Intersect,
            ..table("membership", "membershipid", "membershipid", membership)
        },
        Table {
            source: TableSource::Activities,
            ..table("activitypointer", "activityid", "subject", pointer)
        },
        Table {
            source: TableSource::Parties,
            ..table("activityparty", "activitypartyid", "addressused", party)
        },
    ]
}

fn thing() -> Table {
    let columns = vec![
        ("thingid", ColumnKind::UniqueId),
        ("name", text()),
        ("stage", text()),
        ("description", ColumnKind::Memo { format: model::MemoFormat::TextArea, max_length: 2000 }),
        ("amount", money()),
        ("rate", ColumnKind::Decimal { precision: 10, min: Decimal::MIN, max: Decimal::MAX }),
        (
            "minutes",
            ColumnKind::Integer { format: model::IntegerFormat::Plain, min: i64::MIN, max: i64::MAX },
        ),
        ("bytes", ColumnKind::BigInteger),
        ("latitude", ColumnKind::Float { precision: 5, min: -90.0, max: 90.0 }),
        ("statecode", ColumnKind::State),
        ("statuscode", ColumnKind::Status),
        // Two options have one label, and one number has none.
        ("priority", choice(&[(1, "Low"), (2, "high"), (3, "LOW"), (4, "Éclair")])),
        (
            "donotphone",
            ColumnKind::Boolean(BooleanOptions { yes: label("Allow"), no: label("Forbid"), default: false }),
        ),
        ("tags", ColumnKind::Choices { options: vec![option(0, "A"), option(1, "B"), option(2, "C")] }),
        ("due", date(DateBehavior::DateOnly)),
        ("createdon", date(DateBehavior::UserLocal)),
        ("opensat", date(DateBehavior::TimeZoneIndependent)),
        ("processid", ColumnKind::UniqueId),
        ("kindcode", ColumnKind::EntityName),
        ("parentid", lookup(&["thing"])),
        ("ownerid", lookup(&["person", "squad"])),
        ("regardingid", lookup(&["thing", "person"])),
    ];
    table("thing", "thingid", "name", columns)
}

fn person() -> Vec<(&'static str, ColumnKind)> {
    vec![
        ("personid", ColumnKind::UniqueId),
        ("fullname", text()),
        ("stage", text()),
        ("amount", money()),
        ("donotphone", ColumnKind::Boolean(BooleanOptions::default())),
        ("due", date(DateBehavior::DateOnly)),
        ("managerid", lookup(&["person"])),
    ]
}

fn shared_by_activities() -> Vec<(&'static str, ColumnKind)> {
    vec![
        ("subject", text()),
        ("regardingobjectid", lookup(&["thing", "person"])),
        ("ownerid", lookup(&["person", "squad"])),
        ("scheduledstart", date(DateBehavior::UserLocal)),
        ("scheduledend", date(DateBehavior::UserLocal)),
        ("stage", text()),
        ("minutes", ColumnKind::Integer { format: model::IntegerFormat::Duration, min: 0, max: i64::MAX }),
    ]
}

fn text() -> ColumnKind {
    ColumnKind::Text { format: model::TextFormat::Plain, max_length: 200 }
}

fn money() -> ColumnKind {
    let (min, max) = (Decimal::MIN, Decimal::MAX);
    ColumnKind::Money { precision: 2, source: model::PrecisionSource::Column, min, max }
}

fn date(behavior: DateBehavior) -> ColumnKind {
    ColumnKind::DateTime { behavior, format: DateFormat::DateAndTime }
}

fn lookup(targets: &[&str]) -> ColumnKind {
    let targets = targets.iter().map(|target| TableName::new(*target)).collect();
    ColumnKind::Lookup { targets, style: LookupStyle::Simple }
}

fn label(text: &str) -> Label {
    Label::one(Language::English, text)
}

fn option(value: i32, text: &str) -> ChoiceOption {
    ChoiceOption { value, label: label(text) }
}

fn choice(options: &[(i32, &str)]) -> ColumnKind {
    let options = options.iter().map(|(value, text)| option(*value, text)).collect();
    ColumnKind::Choice { options, default: None }
}

fn states() -> Vec<State> {
    let state = |value: i32, text: &str| State {
        value,
        label: label(text),
        default_status: value + 1,
        statuses: vec![
            StatusReason { value: value + 1, label: label(text), next: Vec::new() },
            StatusReason { value: value + 10, label: label(&format!("Not {text}")), next: Vec::new() },
        ],
    };
    vec![state(0, "Open"), state(1, "Lost"), state(2, "Won")]
}

fn hierarchy(table: &str, column: &str) -> Relationship {
    Relationship {
        name: format!("{table}_{column}"),
        child: TableName::new(table),
        column: ColumnName::new(column),
        navigation: column.to_owned(),
        cascades: Cascades::default(),
        hierarchical: true,
        mappings: Vec::new(),
    }
}

fn table(name: &str, key: &str, primary_name: &str, columns: Vec<(&'static str, ColumnKind)>) -> Table {
    let columns = columns.into_iter().map(|(column, kind)| Column {
        name: ColumnName::new(column),
        kind,
        required: Requirement::None,
        writable: Writable::Always,
        custom: false,
        auto_number: String::new(),
        label: Label::default(),
        description: Label::default(),
    });
    Table {
        name: TableName::new(name),
        set_name: format!("{name}s"),
        primary_id: ColumnName::new(key),
        primary_name: ColumnName::new(primary_name),
        object_type_code: 10_000 + i32::try_from(name.len()).unwrap_or(0),
        is_available_offline: true,
        columns: columns.collect(),
        ..Table::default()
    }
}

/// Rows of every table that keeps rows. Some references lead to no row, some parents stand in circles.
#[must_use]
pub fn rows(seed: u64) -> Vec<Row> {
    let tables = tables();
    let mut choices = Choices::new(seed ^ 0x0072_6f77_7300);
    let mut rows = Vec::new();
    for (name, first, count) in FIRST_IDS {
        let Some(table) = tables.iter().find(|table| table.name == *name) else { continue };
        for number in 0..count {
            let version = Some(RowVersion(i64::try_from(rows.len()).unwrap_or(0) + 1));
            let id = RowId::from_u128(first + u128::from(number));
            rows.push(Row { table: table.name.clone(), id, version, columns: columns(table, &mut choices) });
        }
    }
    rows
}

/// A value for every column of a table but the key, null now and then.
pub fn columns(table: &Table, choices: &mut Choices) -> Columns {
    let columns = table.columns.iter().filter(|column| column.name != table.primary_id);
    columns.map(|column| (column.name.clone(), value(table, column, choices))).collect()
}

/// A value for a column, null now and then.
pub fn value(table: &Table, column: &Column, choices: &mut Choices) -> Value {
    if choices.once_in(6) && table.source != TableSource::Intersect {
        return Value::Null;
    }
    match &column.kind {
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } => Value::Text(match column.name.as_str() {
            "stage" => choices.of(&["1-Qualify", "2-Develop", "1-QUALIFY", "3-Éclair", ""]).to_owned(),
            "description" => format!("{} {}", words(choices, 4), choices.below(1 << 40)),
            _ => words(choices, 2),
        }),
        ColumnKind::EntityName => Value::Text(choices.of(&["thing", "person", "squad"]).to_owned()),
        ColumnKind::BigInteger => {
            Value::Integer(choices.of(&[0, 1, -5, (1 << 53) + 1, 1 << 53, i64::MIN, i64::MAX]))
        }
        ColumnKind::Integer { .. } => Value::Integer(choices.of(&[0, 1, 15, 60, 60, 90, 1 << 40])),
        ColumnKind::Decimal { .. } => {
            let digits = i64::try_from(choices.below(1 << 40)).unwrap_or(0) - (1 << 39);
            Value::Decimal(Decimal::new(digits, u32::try_from(choices.below(11)).unwrap_or(0)).normalize())
        }
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => {
            let cents = i64::try_from(choices.below(20)).unwrap_or(0) * 9_999 - 60_000;
            Value::Decimal(Decimal::new(cents, 2))
        }
        // Halves have exact sums in any order.
        ColumnKind::Float { .. } => Value::Float(f64::from(choices.number(180)) / 2.0 - 45.0),
        ColumnKind::Choice { .. } => Value::Choice(choices.number(6)),
        ColumnKind::State => Value::Choice(choices.number(3)),
        ColumnKind::Status => {
            let (state, reason) = (choices.number(3), choices.of(&[1, 10]));
            Value::Choice(state + reason)
        }
        ColumnKind::Choices { .. } => {
            let bits = choices.number(7) + 1;
            Value::Choices((0..3).filter(|bit| bits & (1 << bit) != 0).collect())
        }
        ColumnKind::Boolean(_) => Value::Boolean(choices.once_in(2)),
        ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => {
            Value::Date(Date::from_days(20_454 + choices.number(500) - 250))
        }
        ColumnKind::DateTime { .. } => Value::DateTime(instant(choices)),
        ColumnKind::UniqueId => Value::Id(RowId::from_u128(0x9000 + u128::from(choices.below(12)))),
        ColumnKind::Lookup { targets, .. } => Value::Reference(reference(&choices.of(targets), choices)),
        ColumnKind::PartyList { participation, .. } => Value::Parties(parties(*participation, choices)),
        ColumnKind::Image | ColumnKind::File { .. } => Value::Null,
    }
}

/// An instant of 2025 or 2026, often next to a midnight or a change of the clocks.
fn instant(choices: &mut Choices) -> Timestamp {
    let hour = 3_600_000_i64;
    let edges = [1_767_222_000_000, 1_774_746_000_000, 1_761_440_400_000, 1_774_994_400_000];
    let near = i64::from(choices.number(7)) * hour / 2 - hour - i64::from(choices.number(2));
    if choices.once_in(2) {
        return Timestamp::from_milliseconds(choices.of(&edges) + near);
    }
    let days = i64::from(choices.number(600)) * 24;
    Timestamp::from_milliseconds(1_740_000_000_000 + (days + i64::from(choices.number(24))) * hour)
}

fn words(choices: &mut Choices, count: usize) -> String {
    const WORDS: [&str; 10] =
        ["alpha", "Bravo", "Éclair", "delta corp", "ALPHA", "zulu", "œuvre", "a%b_c", "x y", "ß"];
    (0..count).map(|_| choices.of(&WORDS)).collect::<Vec<_>>().join(" ")
}

/// The id of a row of a table, or, now and then, of none.
pub fn id_in(table: &str, choices: &mut Choices) -> RowId {
    let found = FIRST_IDS.iter().find(|(name, _, _)| *name == table);
    let (_, first, count) = found.copied().unwrap_or(("", 0x8000, 3));
    RowId::from_u128(first + u128::from(choices.below(count + 2)))
}

fn reference(table: &TableName, choices: &mut Choices) -> Reference {
    Reference { table: table.clone(), id: id_in(table.as_str(), choices), name: None }
}

fn parties(participation: i32, choices: &mut Choices) -> Vec<Party> {
    let count = 1 + choices.below(3);
    let party = |_| match choices.below(3) {
        0 => Party { party: None, address: Some(format!("{}@example.com", choices.below(9))), participation },
        _ => Party { party: Some(reference(&"person".into(), choices)), address: None, participation },
    };
    (0..count).map(party).collect()
}

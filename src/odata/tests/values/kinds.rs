//! Every column kind with random limits, and random values within them.

use super::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::text::{languages, time_zones};
use model::{
    BooleanOptions, ChoiceOption, ColumnKind, Date, DateBehavior, DateFormat, Decimal, IntegerFormat, Label,
    Language, LookupStyle, MemoFormat, Party, PrecisionSource, Reference, RowId, TextFormat, TimeZone, Value,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;

/// Every kind, by the name its cases have.
pub const NAMES: [&str; 19] = [
    "text",
    "e-mail",
    "address",
    "memo",
    "integer",
    "named integer",
    "big integer",
    "decimal",
    "float",
    "money",
    "base money",
    "choice",
    "state",
    "boolean",
    "moment",
    "id",
    "lookup",
    "party list",
    "other",
];

/// A column with a value that fits.
#[derive(Clone, Debug)]
pub struct Case {
    pub kind: ColumnKind,
    pub value: Value,
    /// The rows that names may mean.
    pub rows: Vec<Reference>,
    /// Labels of the table's states and status reasons.
    pub labels: Vec<Label>,
    pub currency_digits: u8,
    /// Which of the zones the page is in.
    pub zone: usize,
}

impl Case {
    fn of((kind, value): (ColumnKind, Value)) -> Self {
        Self { kind, value, rows: Vec::new(), labels: Vec::new(), currency_digits: 2, zone: 0 }
    }
}

/// The cases of a kind.
pub fn case(name: &str) -> BoxedStrategy<Case> {
    match name {
        "text" => texts().prop_map(Case::of).boxed(),
        "e-mail" => email().prop_map(|text| Case::of(formatted(TextFormat::Email, text))).boxed(),
        "address" => "https?://[a-z]{1,9}\\.[a-z]{2,3}(:[0-9]{2,4})?(/[a-z0-9%?=&é]{0,9})?"
            .prop_map(|text| Case::of(formatted(TextFormat::Url, text)))
            .boxed(),
        "memo" => (select(vec![MemoFormat::TextArea, MemoFormat::RichText]), words(60))
            .prop_map(|(format, text)| {
                Case::of((ColumnKind::Memo { format, max_length: 200 }, Value::Text(text)))
            })
            .boxed(),
        "integer" => integers().prop_map(Case::of).boxed(),
        "named integer" => named_integers().prop_map(Case::of).boxed(),
        "big integer" => {
            any::<i64>().prop_map(|number| Case::of((ColumnKind::BigInteger, Value::Integer(number)))).boxed()
        }
        "decimal" => decimals().prop_map(Case::of).boxed(),
        "float" => floats().prop_map(Case::of).boxed(),
        "money" => money().boxed(),
        "base money" => number(4)
            .prop_map(|number| {
                Case::of((ColumnKind::BaseMoney { of: "price".into() }, Value::Decimal(number)))
            })
            .boxed(),
        "choice" => choices().prop_map(Case::of).boxed(),
        "state" => states().boxed(),
        "boolean" => booleans().prop_map(Case::of).boxed(),
        "moment" => moments().boxed(),
        "id" => (id(), any::<bool>())
            .prop_map(|(id, is_file)| {
                let kind =
                    if is_file { ColumnKind::File { max_kibibytes: 10 } } else { ColumnKind::UniqueId };
                Case::of((kind, Value::Id(id)))
            })
            .boxed(),
        "lookup" => lookups().boxed(),
        "party list" => parties().boxed(),
        "other" => others().prop_map(Case::of).boxed(),
        other => panic!("“{other}” has no cases"),
    }
}

/// Any text that is not empty: letters of every script, control characters, marks of the notations.
fn words(most: usize) -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => any::<char>(),
        4 => prop::char::range('a', 'z'),
        2 => select("éÄß€’'\"\\;,<>@&{}|%+-. \u{a0}\u{202f}\n\t0123456789".chars().collect::<Vec<_>>()),
    ];
    vec(letter, 1..most).prop_map(|letters| letters.into_iter().collect())
}

fn formatted(format: TextFormat, text: String) -> (ColumnKind, Value) {
    (ColumnKind::Text { format, max_length: 100 }, Value::Text(text))
}

fn texts() -> impl Strategy<Value = (ColumnKind, Value)> {
    let formats = vec![
        TextFormat::Plain,
        TextFormat::Phone,
        TextFormat::Ticker,
        TextFormat::TextArea,
        TextFormat::AutoNumber,
    ];
    (select(formats), words(40)).prop_map(|(format, text)| formatted(format, text))
}

fn email() -> impl Strategy<Value = String> {
    "[a-zé0-9+_'-]{1,8}(\\.[a-z]{1,5})?@[a-z]{1,8}(\\.[a-z]{2,4}){0,2}"
}

fn integers() -> impl Strategy<Value = (ColumnKind, Value)> {
    let formats = select(vec![IntegerFormat::Plain, IntegerFormat::Duration]);
    let number = prop_oneof![-2_147_483_648_i64..=2_147_483_647, -2000_i64..5000];
    (formats, number).prop_map(|(format, number)| {
        (ColumnKind::Integer { format, min: -2_147_483_648, max: 2_147_483_647 }, Value::Integer(number))
    })
}

fn named_integers() -> impl Strategy<Value = (ColumnKind, Value)> {
    let zones: Vec<i64> = time_zones(Language::English).map(|(code, _)| code).chain([-1, 9999]).collect();
    let languages: Vec<i64> = languages(Language::English).map(|(code, _)| code).chain([0, 1034]).collect();
    let kind = |format| ColumnKind::Integer { format, min: -1, max: 2_147_483_647 };
    prop_oneof![
        select(zones).prop_map(move |code| (kind(IntegerFormat::TimeZone), Value::Integer(code))),
        select(languages).prop_map(move |code| (kind(IntegerFormat::Language), Value::Integer(code))),
    ]
}

/// A number with so many digits behind the point at most.
fn number(digits: u8) -> impl Strategy<Value = Decimal> {
    let mantissa = prop_oneof![-1_000_000_000_000_000_i64..=1_000_000_000_000_000, -2000_i64..2000];
    (mantissa, 0..=u32::from(digits)).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale).normalize())
}

const MOST: i64 = 1_000_000_000_000_000;

fn decimals() -> impl Strategy<Value = (ColumnKind, Value)> {
    (0_u8..=10).prop_flat_map(|precision| {
        let (min, max) = (Decimal::from(-MOST), Decimal::from(MOST));
        number(precision)
            .prop_map(move |number| (ColumnKind::Decimal { precision, min, max }, Value::Decimal(number)))
    })
}

fn floats() -> impl Strategy<Value = (ColumnKind, Value)> {
    (0_u8..=5, -10_000_000_000_i64..=10_000_000_000).prop_map(|(precision, number)| {
        // The double nearest to a decimal with so many digits, as everybody writes it.
        let number: f64 = format!("{number}e-{precision}").parse().unwrap();
        (ColumnKind::Float { precision, min: -1e11, max: 1e11 }, Value::Float(number))
    })
}

fn money() -> impl Strategy<Value = Case> {
    let source =
        select(vec![PrecisionSource::Column, PrecisionSource::Organization, PrecisionSource::Currency]);
    (0_u8..=4, 0_u8..=4, source).prop_flat_map(|(precision, currency_digits, source)| {
        let digits = if source == PrecisionSource::Column { precision } else { currency_digits };
        number(digits).prop_map(move |number| {
            let (min, max) = (Decimal::from(-MOST), Decimal::from(MOST));
            let kind = ColumnKind::Money { precision, source, min, max };
            Case { currency_digits, ..Case::of((kind, Value::Decimal(number))) }
        })
    })
}

/// Labels in all three languages or in English alone; some are alike, some have marks of lists.
fn labels(least: usize) -> impl Strategy<Value = Vec<Label>> {
    let name = prop_oneof![
        select(vec!["Élevé", "eleve", "Hoch; sehr", "Low"]).prop_map(str::to_owned),
        "[A-Zé][a-z; ]{0,9}"
    ];
    let label = (name.clone(), prop::option::of((name.clone(), name))).prop_map(|(english, others)| {
        let mut label = Label::one(Language::English, english);
        if let Some((french, german)) = others {
            label.set(Language::French.lcid(), french);
            label.set(Language::German.lcid(), german);
        }
        label
    });
    vec(label, least..7)
}

fn choices() -> impl Strategy<Value = (ColumnKind, Value)> {
    (labels(1), any::<bool>(), 0..i32::MAX - 100, any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(labels, takes_several, first, one, mask)| {
            let options: Vec<ChoiceOption> =
                (first..).zip(labels).map(|(value, label)| ChoiceOption { value, label }).collect();
            let one = one.get(&options).value;
            if !takes_several {
                return (ColumnKind::Choice { options, default: None }, Value::Choice(one));
            }
            let chosen =
                options.iter().enumerate().filter(|(at, option)| mask >> at & 1 == 1 || option.value == one);
            let chosen = chosen.map(|(_, option)| option.value).collect();
            (ColumnKind::Choices { options }, Value::Choices(chosen))
        },
    )
}

fn states() -> impl Strategy<Value = Case> {
    (labels(2), any::<bool>(), any::<prop::sample::Index>()).prop_map(|(labels, is_status, at)| {
        let kind = if is_status { ColumnKind::Status } else { ColumnKind::State };
        let number = at.index(if is_status { labels.len() } else { 2 });
        let value = Value::Choice(i32::try_from(number).unwrap());
        Case { labels, ..Case::of((kind, value)) }
    })
}

fn booleans() -> impl Strategy<Value = (ColumnKind, Value)> {
    let pair = select(vec![
        ("Yes", "No"),
        ("No", "Yes"),
        ("Allow", "Do Not Allow"),
        ("1", "0"),
        ("Élevé", "Bas"),
        ("", ""),
    ]);
    (pair, any::<bool>()).prop_map(|((yes, no), flag)| {
        let label = |text: &str| Label::one(Language::English, text);
        let options = BooleanOptions { yes: label(yes), no: label(no), default: false };
        (ColumnKind::Boolean(options), Value::Boolean(flag))
    })
}

fn moments() -> impl Strategy<Value = Case> {
    let behaviors =
        select(vec![DateBehavior::UserLocal, DateBehavior::DateOnly, DateBehavior::TimeZoneIndependent]);
    // 1754 to 9998, mostly of our days.
    let days = prop_oneof![-78_800_i32..2_932_000, 18_000_i32..24_000];
    let time =
        prop_oneof![Just(0_i64), (0..1440_i64).prop_map(|minutes| minutes * 60_000), 0..86_400_000_i64];
    (behaviors, any::<bool>(), days, time, 0..World::zones().len()).prop_map(
        |(behavior, has_time, days, time, zone)| {
            let date = Date::from_days(days);
            let of_user = World::zones().swap_remove(zone);
            let in_zone = if behavior == DateBehavior::UserLocal { of_user } else { TimeZone::utc() };
            let (format, time) =
                if has_time { (DateFormat::DateAndTime, time) } else { (DateFormat::Date, 0) };
            let value = match behavior {
                DateBehavior::DateOnly => Value::Date(date),
                // Of an hour that a night has twice, the one that a time by itself means; a test of `model` knows the other.
                _ => {
                    let minutes = i32::try_from(time / 60_000).unwrap();
                    Value::DateTime(in_zone.instant_of(date, minutes).plus_milliseconds(time % 60_000))
                }
            };
            Case { zone, ..Case::of((ColumnKind::DateTime { behavior, format }, value)) }
        },
    )
}

fn id() -> impl Strategy<Value = RowId> {
    any::<u128>().prop_map(RowId::from_random)
}

/// Rows with different names, some without one.
fn rows(most: usize) -> impl Strategy<Value = Vec<Reference>> {
    let row = (id(), select(vec!["account", "contact"]), prop::option::weighted(0.9, words(12)));
    vec(row, 1..most).prop_map(|rows| {
        let mut seen = HashSet::new();
        let rows = rows.into_iter().map(|(id, table, name)| Reference { table: table.into(), id, name });
        rows.filter(|row| row.name.is_none() || seen.insert(row.name.clone())).collect()
    })
}

fn targets() -> Vec<model::TableName> {
    vec!["account".into(), "contact".into()]
}

fn lookups() -> impl Strategy<Value = Case> {
    (rows(4), any::<prop::sample::Index>()).prop_map(|(rows, at)| {
        let kind = ColumnKind::Lookup { targets: targets(), style: LookupStyle::Customer };
        let value = Value::Reference(at.get(&rows).clone());
        Case { rows, ..Case::of((kind, value)) }
    })
}

fn parties() -> impl Strategy<Value = Case> {
    let members = vec((any::<prop::sample::Index>(), prop::option::of(email()), any::<bool>()), 1..5);
    (rows(5), members).prop_map(|(rows, members)| {
        let party = |(at, address, is_row): (prop::sample::Index, Option<String>, bool)| Party {
            party: (is_row || address.is_none()).then(|| at.get(&rows).clone()),
            address,
            participation: 5,
        };
        let value = Value::Parties(members.into_iter().map(party).collect());
        let kind = ColumnKind::PartyList { targets: targets(), participation: 5 };
        Case { rows, ..Case::of((kind, value)) }
    })
}

fn others() -> impl Strategy<Value = (ColumnKind, Value)> {
    prop_oneof![
        "[a-z][a-z0-9_]{0,20}".prop_map(|name| (ColumnKind::EntityName, Value::Text(name))),
        vec(any::<u8>(), 1..100).prop_map(|bytes| (ColumnKind::Image, Value::Text(STANDARD.encode(bytes)))),
    ]
}

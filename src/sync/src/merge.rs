//! The three-way merge of one row, column by column: what both sides started from, what I wrote, what the server holds now.

mod parties;

use model::{Columns, Value};

/// What a merge leaves of a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// What is still to be written.
    pub columns: Columns,
    /// What those columns hold on the server now: the base of the next merge.
    pub before: Columns,
    /// The columns that both sides changed to different values, with the server's value.
    pub conflicts: Columns,
}

/// Merges my columns over theirs.
///
/// Members of party lists are merged one by one. A column that only I changed stays mine; one that I did not change, or that they changed to the same value, needs no writing;
/// one that they changed to another value is a conflict, unless `is_computed` says that the server computes it anyway. A column that `before` or `theirs`
/// does not know was not changed by them, as far as anybody can tell.
#[must_use]
pub fn merge(
    before: &Columns,
    mine: &Columns,
    theirs: &Columns,
    is_computed: impl Fn(&str) -> bool,
) -> Merged {
    let mut merged = Merged::default();
    for (column, value) in mine.iter() {
        let name = column.as_str();
        if !theirs.has(name) {
            merged.columns.set(column.clone(), value.clone());
            if before.has(name) {
                merged.before.set(column.clone(), before.get(name).clone());
            }
            continue;
        }
        let now = theirs.get(name);
        if before.has(name) && is_same(before.get(name), value) {
            continue;
        }
        let unchanged = !before.has(name) || is_same(before.get(name), now);
        if unchanged || is_computed(name) {
            merged.columns.set(column.clone(), value.clone());
            merged.before.set(column.clone(), now.clone());
        } else if let Some(both) = parties::merge(before.get(name), value, now) {
            if !is_same(&both, now) {
                merged.columns.set(column.clone(), both);
                merged.before.set(column.clone(), now.clone());
            }
        } else if !is_same(value, now) {
            merged.columns.set(column.clone(), value.clone());
            merged.before.set(column.clone(), now.clone());
            merged.conflicts.set(column.clone(), now.clone());
        }
    }
    merged
}

/// Same for the purpose of a merge: an empty text is no value, options and parties have no order, a reference is its row.
#[must_use]
pub fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Text(text)) | (Value::Text(text), Value::Null) => text.is_empty(),
        (Value::Null, Value::Choices(list)) | (Value::Choices(list), Value::Null) => list.is_empty(),
        (Value::Null, Value::Parties(list)) | (Value::Parties(list), Value::Null) => list.is_empty(),
        (Value::Text(a), Value::Text(b)) => same_lines(a, b),
        (Value::Choices(a), Value::Choices(b)) => {
            let sorted = |list: &[i32]| {
                let mut list = list.to_vec();
                list.sort_unstable();
                list
            };
            sorted(a) == sorted(b)
        }
        (Value::Parties(a), Value::Parties(b)) => {
            let inside = |party: &model::Party, list: &[model::Party]| {
                list.iter().any(|other| {
                    Value::Parties(vec![party.clone()]).is_same(&Value::Parties(vec![other.clone()]))
                })
            };
            a.len() == b.len()
                && a.iter().all(|party| inside(party, b))
                && b.iter().all(|party| inside(party, a))
        }
        _ => one.is_same(other),
    }
}

/// Texts that differ only in how their lines end are the same: servers rewrite line ends.
fn same_lines(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    (a.contains('\r') || b.contains('\r')) && a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Party, Reference, RowId};

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn decimal(text: &str) -> Value {
        Value::Decimal(text.parse().unwrap())
    }

    fn account(number: u128, name: Option<&str>) -> Value {
        Value::Reference(Reference {
            table: "account".into(),
            id: RowId::from_u128(number),
            name: name.map(str::to_owned),
        })
    }

    fn contact(number: u128) -> Value {
        Value::Reference(Reference { table: "contact".into(), id: RowId::from_u128(number), name: None })
    }

    fn parties(numbers: &[u128]) -> Value {
        let party = |number: &u128| Party {
            party: contact(*number).as_reference().cloned(),
            address: None,
            participation: 5,
        };
        Value::Parties(numbers.iter().map(party).collect())
    }

    /// What becomes of a column.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Outcome {
        /// Mine is written over what the server holds.
        Mine,
        /// Nothing is left to write.
        Nothing,
        /// The user decides.
        Conflict,
    }

    #[derive(Clone)]
    struct Case {
        before: Value,
        mine: Value,
        theirs: Value,
        outcome: Outcome,
        why: &'static str,
    }

    fn case(before: Value, mine: Value, theirs: Value, outcome: Outcome, why: &'static str) -> Case {
        Case { before, mine, theirs, outcome, why }
    }

    fn text_cases() -> Vec<Case> {
        use Outcome::{Conflict, Mine, Nothing};
        use Value::Null;
        vec![
            case(text("a"), text("b"), text("a"), Mine, "text: only I changed it"),
            case(text("a"), text("b"), text("b"), Nothing, "text: both wrote the same"),
            case(text("a"), text("b"), text("c"), Conflict, "text: both changed it, differently"),
            case(text("a"), text("a"), text("c"), Nothing, "text: only they changed it"),
            case(text("a"), text("a"), text("a"), Nothing, "text: nobody changed it"),
            case(text("a"), text("A"), text("a"), Mine, "text: capital letters count"),
            case(text("a\nb"), text("c"), text("a\r\nb"), Mine, "text: line ends do not count"),
            case(Null, text("b"), Null, Mine, "from nothing"),
            case(Null, text("b"), text(""), Mine, "an empty text is no value"),
            case(Null, text("b"), text("c"), Conflict, "both filled an empty column"),
            case(text("a"), Null, text("a"), Mine, "I cleared it"),
            case(text("a"), Null, Null, Nothing, "both cleared it"),
            case(text("a"), Null, text("c"), Conflict, "I cleared what they changed"),
            case(text("a"), text("b"), Null, Conflict, "they cleared what I changed"),
        ]
    }

    fn number_and_option_cases() -> Vec<Case> {
        use Outcome::{Conflict, Mine, Nothing};
        use Value::{Boolean, Choice, Choices, Float, Integer, Null};
        vec![
            case(Integer(1), Integer(2), Integer(1), Mine, "whole number: only I"),
            case(Integer(1), Integer(2), Integer(3), Conflict, "whole number: both"),
            case(decimal("1.0"), decimal("2"), decimal("1.00"), Mine, "decimal: trailing zeros do not count"),
            case(decimal("1"), decimal("2.50"), decimal("2.5"), Nothing, "money: the same amount"),
            case(decimal("1"), decimal("2.5"), decimal("2.49"), Conflict, "money: a cent is a difference"),
            case(Float(1.5), Float(2.5), Float(1.5), Mine, "floating point: only I"),
            case(Float(1.5), Float(2.5), Float(3.5), Conflict, "floating point: both"),
            case(Boolean(false), Boolean(true), Boolean(false), Mine, "yes/no: only I"),
            case(Boolean(false), Boolean(true), Boolean(true), Nothing, "yes/no: both can only agree"),
            case(Null, Boolean(true), Boolean(false), Conflict, "yes/no: both chose from nothing"),
            case(Choice(1), Choice(2), Choice(1), Mine, "choice: only I"),
            case(Choice(1), Choice(2), Choice(3), Conflict, "choice: both"),
            case(
                Choices(vec![1]),
                Choices(vec![1, 2]),
                Choices(vec![2, 1]),
                Nothing,
                "choices have no order",
            ),
            case(Choices(vec![1]), Choices(vec![1, 2]), Choices(vec![1, 3]), Conflict, "choices: both added"),
            case(Null, Choices(vec![1]), Choices(vec![]), Mine, "choices: an empty list is no value"),
        ]
    }

    fn date_and_reference_cases() -> Vec<Case> {
        use Outcome::{Conflict, Mine, Nothing};
        use Value::{DateTime, Null};
        let date = |text: &str| Value::Date(text.parse().unwrap());
        let instant = |text: &str| DateTime(text.parse().unwrap());
        let id = |number| Value::Id(RowId::from_u128(number));
        vec![
            case(date("2026-01-01"), date("2026-01-02"), date("2026-01-01"), Mine, "date: only I"),
            case(date("2026-01-01"), date("2026-01-02"), date("2026-01-03"), Conflict, "date: both"),
            case(
                instant("2026-01-01T10:00:00Z"),
                instant("2026-01-01T11:00:00Z"),
                instant("2026-01-01T11:00:00+01:00"),
                Mine,
                "instant: the same instant in another zone is no change",
            ),
            case(
                instant("2026-01-01T10:00:00Z"),
                instant("2026-01-01T11:00:00Z"),
                instant("2026-01-01T12:00:00Z"),
                Conflict,
                "instant: both",
            ),
            case(id(1), id(2), id(1), Mine, "unique identifier: only I"),
            case(id(1), id(2), id(3), Conflict, "unique identifier: both"),
            case(
                account(1, Some("A")),
                account(2, None),
                account(1, Some("B")),
                Mine,
                "a renamed target is no change",
            ),
            case(
                account(1, None),
                account(2, Some("B")),
                account(2, None),
                Nothing,
                "reference: both point to it",
            ),
            case(account(1, None), account(2, None), contact(2), Conflict, "reference: the table counts too"),
            case(account(1, None), account(2, None), account(3, None), Conflict, "reference: both"),
            case(parties(&[1]), parties(&[1, 2]), parties(&[1]), Mine, "parties: only I"),
            case(parties(&[1]), parties(&[1, 2]), parties(&[2, 1]), Nothing, "parties have no order"),
            case(parties(&[1]), Null, parties(&[]), Nothing, "parties: an empty list is no value"),
        ]
    }

    #[test]
    fn one_column_is_merged_as_the_table_says() {
        let cases = [text_cases(), number_and_option_cases(), date_and_reference_cases()].concat();
        for Case { before, mine, theirs, outcome, why } in cases {
            let columns = |value: &Value| Columns::new().with("column", value.clone());
            let merged = merge(&columns(&before), &columns(&mine), &columns(&theirs), |_| false);
            let found = match (merged.columns.is_empty(), merged.conflicts.is_empty()) {
                (true, true) => Outcome::Nothing,
                (false, true) => Outcome::Mine,
                (_, false) => Outcome::Conflict,
            };
            assert_eq!(found, outcome, "{why}");
            if found != Outcome::Nothing {
                assert_eq!(merged.before.get("column"), &theirs, "{why}: the new base is theirs");
                assert_eq!(merged.columns.get("column"), &mine, "{why}: mine is kept");
            }
        }
    }

    #[test]
    fn other_columns_of_theirs_do_not_matter() {
        let before = Columns::new().with("telephone1", text("1"));
        let mine = Columns::new().with("telephone1", text("2"));
        let theirs = Columns::new().with("telephone1", text("1")).with("city", text("Lyon"));
        let merged = merge(&before, &mine, &theirs, |_| false);
        assert_eq!(merged, Merged { columns: mine, before, conflicts: Columns::new() });
    }

    #[test]
    fn a_computed_column_is_never_in_conflict() {
        let columns = |value: &str| Columns::new().with("fullname", text(value));
        let merged = merge(&columns("A B"), &columns("A C"), &columns("D B"), |name| name == "fullname");
        assert!(merged.conflicts.is_empty());
        assert_eq!(merged.columns, columns("A C"));
    }

    #[test]
    fn what_the_device_never_knew_cannot_be_in_conflict() {
        let mine = Columns::new().with("name", text("mine"));
        let theirs = Columns::new().with("name", text("theirs"));
        assert!(merge(&Columns::new(), &mine, &theirs, |_| false).conflicts.is_empty());
        assert!(merge(&theirs, &mine, &Columns::new(), |_| false).conflicts.is_empty());
    }

    /// Three values of each kind, a kind after the other; the next kind is asked for by a value of the one before.
    fn kind_after(value: &Value) -> Option<[Value; 3]> {
        let instant = |hour: i64| Value::DateTime(model::Timestamp::from_milliseconds(hour * 3_600_000));
        let date = |text: &str| Value::Date(text.parse().unwrap());
        Some(match value {
            Value::Null => ["a", "b", "c"].map(text),
            Value::Text(_) => [1, 2, 3].map(Value::Integer),
            Value::Integer(_) => ["1", "2", "3.5"].map(decimal),
            Value::Decimal(_) => [1.0, 2.0, 3.5].map(Value::Float),
            // There are only two, so one side has none.
            Value::Float(_) => [Value::Boolean(false), Value::Boolean(true), Value::Null],
            Value::Boolean(_) => [1, 2, 3].map(Value::Choice),
            Value::Choice(_) => [vec![1], vec![1, 2], vec![3]].map(Value::Choices),
            Value::Choices(_) => ["2026-01-01", "2026-01-02", "2026-01-03"].map(date),
            Value::Date(_) => [1, 2, 3].map(instant),
            Value::DateTime(_) => [1, 2, 3].map(|number| Value::Id(RowId::from_u128(number))),
            Value::Id(_) => [1, 2, 3].map(|number| account(number, None)),
            Value::Reference(_) => [parties(&[1]), parties(&[1, 2]), parties(&[1, 3])],
            Value::Parties(_) => return None,
        })
    }

    #[test]
    fn every_kind_of_value_is_merged_in_every_situation() {
        use Outcome::{Conflict, Mine, Nothing};
        let mut kinds = 0;
        let mut last = Value::Null;
        while let Some([base, one, other]) = kind_after(&last) {
            kinds += 1;
            let is_list = matches!(base, Value::Parties(_));
            let both = if is_list { Mine } else { Conflict };
            let situations = [
                ("nobody", &base, &base, Nothing),
                ("only I", &one, &base, Mine),
                ("only they", &base, &one, Nothing),
                ("both the same", &one, &one, Nothing),
                ("both, differently", &one, &other, both),
                ("I cleared it", &Value::Null, &base, Mine),
                ("they cleared it", &base, &Value::Null, Nothing),
                ("both cleared it", &Value::Null, &Value::Null, Nothing),
                ("I cleared what they changed", &Value::Null, &one, both),
                ("they cleared what I changed", &one, &Value::Null, both),
            ];
            for (who, mine, theirs, expected) in situations {
                let columns = |value: &Value| Columns::new().with("column", value.clone());
                let merged = merge(&columns(&base), &columns(mine), &columns(theirs), |_| false);
                let found = match (merged.columns.is_empty(), merged.conflicts.is_empty()) {
                    (true, true) => Nothing,
                    (false, true) => Mine,
                    (_, false) => Conflict,
                };
                assert_eq!(found, expected, "{base:?}: {who} changed it");
            }
            last = base;
        }
        assert_eq!(kinds, 12);
    }
}

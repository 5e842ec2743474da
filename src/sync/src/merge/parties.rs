//! Party lists that both sides changed: who was added and removed counts, not the list as a whole.

use model::{Party, RowId, TableName, Value};

/// Who a member is, whatever part they take.
#[derive(PartialEq)]
enum Who<'a> {
    Row(&'a TableName, RowId),
    Address(Option<&'a str>),
}

/// Their list with what I added and without what I removed; none when a member is another one on both sides, or these are no
/// party lists.
pub fn merge(before: &Value, mine: &Value, theirs: &Value) -> Option<Value> {
    let (before, mine, theirs) = (members(before)?, members(mine)?, members(theirs)?);
    let mut merged = Vec::with_capacity(theirs.len());
    for party in theirs {
        match (find(before, party), find(mine, party)) {
            // Theirs alone: mine does not know them, or both added them.
            (None, None) => merged.push(party.clone()),
            (None, Some(added)) if is_same(added, party) => merged.push(party.clone()),
            // As it was: mine decides, also that the member goes.
            (Some(old), of_mine) if is_same(old, party) => merged.extend(of_mine.cloned()),
            // Changed by them: it stays as they want it unless I wanted something else.
            (Some(old), Some(of_mine)) if is_same(old, of_mine) || is_same(of_mine, party) => {
                merged.push(party.clone());
            }
            _ => return None,
        }
    }
    for party in mine.iter().filter(|party| find(theirs, party).is_none()) {
        match find(before, party) {
            None => merged.push(party.clone()),
            // Removed by them, and not touched by me.
            Some(old) if is_same(old, party) => {}
            Some(_) => return None,
        }
    }
    Some(Value::Parties(merged))
}

/// The members of a list in which nobody stands twice; none for any other value.
fn members(value: &Value) -> Option<&[Party]> {
    let list: &[Party] = match value {
        Value::Null => &[],
        Value::Parties(list) => list,
        _ => return None,
    };
    let is_once = |party: &Party| list.iter().filter(|other| who(other) == who(party)).count() == 1;
    list.iter().all(is_once).then_some(list)
}

fn who(party: &Party) -> Who<'_> {
    match &party.party {
        Some(row) => Who::Row(&row.table, row.id),
        None => Who::Address(party.address.as_deref()),
    }
}

fn find<'a>(list: &'a [Party], party: &Party) -> Option<&'a Party> {
    list.iter().find(|other| who(other) == who(party))
}

fn is_same(one: &Party, other: &Party) -> bool {
    (&one.address, one.participation) == (&other.address, other.participation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Reference;

    /// Members by their numbers; the part is that of an attendee unless it is given after a point.
    fn list(members: &[&str]) -> Value {
        let member = |text: &&str| {
            let (number, part) = text.split_once('.').unwrap_or((text, "5"));
            let id = RowId::from_u128(number.parse().unwrap());
            Party {
                party: Some(Reference { table: "contact".into(), id, name: None }),
                address: None,
                participation: part.parse().unwrap(),
            }
        };
        Value::Parties(members.iter().map(member).collect())
    }

    #[test]
    fn members_are_merged_one_by_one() {
        type Members = &'static [&'static str];
        let cases: [(&str, Members, Members, Members, Option<Members>); 9] = [
            ("both added somebody", &["1"], &["1", "2"], &["1", "3"], Some(&["1", "3", "2"])),
            ("both added the same", &["1"], &["1", "2"], &["1", "2"], Some(&["1", "2"])),
            ("I removed one, they added one", &["1", "2"], &["1"], &["1", "2", "3"], Some(&["1", "3"])),
            ("they removed one, I added one", &["1", "2"], &["1", "2", "3"], &["1"], Some(&["1", "3"])),
            ("both removed somebody", &["1", "2"], &["1"], &["2"], Some(&[])),
            ("I changed a part, they added one", &["1"], &["1.6"], &["1", "2"], Some(&["1.6", "2"])),
            ("both changed a part, differently", &["1"], &["1.6"], &["1.7"], None),
            ("I removed whose part they changed", &["1"], &[], &["1.6"], None),
            ("they removed whose part I changed", &["1"], &["1.6"], &[], None),
        ];
        for (why, before, mine, theirs, expected) in cases {
            let merged = merge(&list(before), &list(mine), &list(theirs));
            assert_eq!(merged, expected.map(list), "{why}");
        }
    }

    #[test]
    fn a_list_with_somebody_twice_and_other_values_are_not_merged() {
        let twice = list(&["1", "1.6"]);
        assert_eq!(merge(&list(&[]), &twice, &list(&["2"])), None);
        assert_eq!(merge(&Value::Null, &Value::Integer(1), &Value::Integer(2)), None);
        assert_eq!(merge(&Value::Null, &list(&["1"]), &list(&["2"])), Some(list(&["2", "1"])));
        assert_eq!(merge(&Value::Null, &Value::Null, &list(&["2"])), Some(list(&["2"])));
    }
}

//! The commands `save` and `save-close`: new values for some columns of a row.

use crate::create::without_empty_texts;
use crate::derive::derive;
use crate::error::SalesError;
use crate::rights::require;
use crate::situation::Situation;
use crate::state;
use crate::validate::{WriteKind, is_writable, validate};
use model::{Change, ChangeSet, ColumnKind, Columns, Command, Language, Right, Row, Table};

/// The command's name.
pub const NAME: &str = "save";
/// The same, with the form closed afterwards.
pub const NAME_WITH_CLOSE: &str = "save-close";

/// See `plan_command`. Columns given as they are already do not count as changed.
///
/// A state change by this command is checked like a PATCH of Dataverse: what has a command of its own is refused.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let row = row_of(situation)?;
    let changed = changed_columns(situation.table, row, &command.parameters)?;
    update(situation, row, changed)
}

/// The row the command was given on.
pub fn row_of<'a>(situation: &Situation<'a>) -> Result<&'a Row, SalesError> {
    situation.row.ok_or_else(|| SalesError::NoRow { table: situation.table.name.clone() })
}

/// The update of a row by these columns, with what follows from them; an empty change set when nothing really changes.
pub fn update(situation: &Situation<'_>, row: &Row, mut changed: Columns) -> Result<ChangeSet, SalesError> {
    let table = situation.table;
    require(situation, Right::Write)?;
    derive(table, Some(&row.columns), &mut changed);
    // Before what is as it was is left out: the pair may be wrong because one half stays.
    state::check_pair(table, &changed)?;
    changed.0.retain(|name, value| !is_unchanged(row, name.as_str(), value));
    if changed.is_empty() {
        return Ok(ChangeSet::default());
    }
    if changed.has("ownerid") {
        require(situation, Right::Assign)?;
    }
    state::check(situation, &row.columns, &changed)?;
    validate(table, &changed, WriteKind::Update)?;
    with_all_party_lists(table, row, &mut changed);
    let before = changed.iter().map(|(name, _)| (name.clone(), row.columns.get(name.as_str()).clone()));
    Ok(ChangeSet(vec![Change::Update {
        table: table.name.clone(),
        id: row.id,
        version: row.version,
        before: before.collect(),
        columns: changed,
    }]))
}

fn changed_columns(table: &Table, row: &Row, given: &Columns) -> Result<Columns, SalesError> {
    let mut given = given.clone();
    without_empty_texts(&mut given);
    let mut changed = Columns::new();
    for (name, value) in given.iter() {
        let column = table
            .column(name.as_str())
            .ok_or_else(|| SalesError::UnknownColumn { table: table.name.clone(), column: name.clone() })?;
        if *name == table.primary_id || is_unchanged(row, name.as_str(), value) {
            continue;
        }
        if !is_writable(column, WriteKind::Update) {
            return Err(SalesError::NotWritable {
                column: name.clone(),
                label: column.text(Language::English).to_owned(),
            });
        }
        changed.set(name.clone(), value.clone());
    }
    Ok(changed)
}

fn is_unchanged(row: &Row, column: &str, value: &model::Value) -> bool {
    row.columns.get(column).is_same(value)
}

/// The service replaces all parties of an activity at once, so one changed list takes the others along, unchanged.
fn with_all_party_lists(table: &Table, row: &Row, changed: &mut Columns) {
    let lists: Vec<_> =
        table.columns.iter().filter(|column| matches!(column.kind, ColumnKind::PartyList { .. })).collect();
    if lists.iter().any(|column| changed.has(column.name.as_str())) {
        for column in lists {
            if !changed.has(column.name.as_str()) {
                changed.set(column.name.clone(), row.columns.get(column.name.as_str()).clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROW, World, command, text};
    use model::{Depth, Party, Reference, RowId, RowVersion, Value};

    fn contact(world: &World) -> Row {
        let columns = Columns::new()
            .with("firstname", text("Marie"))
            .with("lastname", text("Curie"))
            .with("fullname", text("Marie Curie"))
            .with("statecode", Value::Choice(0))
            .with("statuscode", Value::Choice(1))
            .with("ownerid", world.me());
        Row { table: "contact".into(), id: ROW, version: Some(RowVersion(7)), columns }
    }

    fn save(world: &World, row: &Row, given: Columns) -> Result<ChangeSet, SalesError> {
        let table = row.table.as_str();
        plan(&command(NAME, table, given), &world.situation(table, Some(row)))
    }

    #[test]
    fn only_what_really_changes_is_in_the_update_with_what_was_there() {
        let world = World::new();
        let row = contact(&world);
        let given = Columns::new()
            .with("firstname", text("Marie"))
            .with("lastname", text("Skłodowska"))
            .with("jobtitle", Value::Null)
            .with("description", text(""));
        let ChangeSet(changes) = save(&world, &row, given).unwrap();
        let [Change::Update { id, version, before, columns, .. }] = changes.as_slice() else { panic!() };
        assert_eq!((*id, *version), (ROW, Some(RowVersion(7))));
        let names = |columns: &Columns| columns.0.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(columns), ["fullname", "lastname"]);
        assert_eq!(columns.get("fullname"), &text("Marie Skłodowska"));
        assert_eq!(names(before), ["fullname", "lastname"]);
        assert_eq!(before.get("lastname"), &text("Curie"));
    }

    #[test]
    fn nothing_changed_is_an_empty_change_set() {
        let world = World::new();
        let row = contact(&world);
        let same = row.columns.clone();
        assert_eq!(save(&world, &row, same), Ok(ChangeSet::default()));
        let mut renamed = world.me();
        if let Value::Reference(owner) = &mut renamed {
            owner.name = Some("another name".to_owned());
        }
        let given = Columns::new().with("ownerid", renamed);
        assert_eq!(save(&world, &row, given), Ok(ChangeSet::default()), "the same row under another name");
    }

    #[test]
    fn rounding_to_the_same_amount_is_no_change() {
        let world = World::new();
        let mut row = contact(&world);
        row.columns.set("creditlimit", Value::Decimal("12.35".parse().unwrap()));
        let given = Columns::new().with("creditlimit", Value::Decimal("12.345".parse().unwrap()));
        assert_eq!(save(&world, &row, given), Ok(ChangeSet::default()));
    }

    #[test]
    fn one_changed_party_list_takes_the_others_along() {
        let world = World::new();
        let parties = |number, participation| {
            Value::Parties(vec![Party {
                party: Some(Reference { table: "contact".into(), id: RowId::from_u128(number), name: None }),
                address: None,
                participation,
            }])
        };
        let columns = Columns::new()
            .with("requiredattendees", parties(1, 5))
            .with("optionalattendees", parties(2, 6))
            .with("statecode", Value::Choice(3));
        let row = Row { table: "appointment".into(), id: ROW, version: None, columns };
        let given = Columns::new().with("requiredattendees", parties(3, 5));
        let ChangeSet(changes) = save(&world, &row, given).unwrap();
        let [Change::Update { before, columns, .. }] = changes.as_slice() else { panic!() };
        assert_eq!(columns.get("requiredattendees"), &parties(3, 5));
        assert_eq!(columns.get("optionalattendees"), &parties(2, 6));
        assert_eq!(before.get("optionalattendees"), &parties(2, 6));
    }

    #[test]
    fn what_cannot_be_saved_is_refused() {
        let mut world = World::new();
        let row = contact(&world);
        let refuse = |world: &World, row: &Row, given: Columns| save(world, row, given).unwrap_err();
        let error = refuse(&world, &row, Columns::new().with("fullname", text("Somebody Else")));
        assert!(matches!(error, SalesError::NotWritable { .. }), "{error}");
        let error = refuse(&world, &row, Columns::new().with("ownerid", Value::Null));
        assert!(matches!(error, SalesError::Invalid(_)), "{error}");
        let mut inactive = row.clone();
        inactive.columns.set("statecode", Value::Choice(1));
        let error = refuse(&world, &inactive, Columns::new().with("jobtitle", text("Physicist")));
        assert!(error.to_string().contains("activate it"), "{error}");
        let situation = world.situation("contact", None);
        let error = plan(&command(NAME, "contact", Columns::new()), &situation).unwrap_err();
        assert!(matches!(error, SalesError::NoRow { .. }), "{error}");
        world.grant("contact", Right::Write, Depth::None);
        let error = refuse(&world, &row, Columns::new().with("jobtitle", text("Physicist")));
        assert!(matches!(error, SalesError::NotAllowed { .. }), "{error}");
    }

    #[test]
    fn a_closed_lead_can_be_reopened_and_changed_at_once() {
        let world = World::new();
        let columns = Columns::new()
            .with("statecode", Value::Choice(2))
            .with("statuscode", Value::Choice(4))
            .with("ownerid", world.me());
        let row = Row { table: "lead".into(), id: ROW, version: Some(RowVersion(1)), columns };
        let given = Columns::new().with("statecode", Value::Choice(0)).with("subject", text("again"));
        let ChangeSet(changes) = save(&world, &row, given).unwrap();
        let [Change::Update { columns, .. }] = changes.as_slice() else { panic!() };
        assert_eq!(columns.get("statuscode"), &Value::Choice(1));
    }
}

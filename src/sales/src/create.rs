//! The command `create`: a new row with everything a new row starts with.

use crate::derive::derive;
use crate::error::SalesError;
use crate::rights::require;
use crate::situation::Situation;
use crate::state;
use crate::validate::{WriteKind, is_writable, validate};
use model::{
    Change, ChangeSet, ColumnKind, Columns, Command, Ownership, Reference, Right, RowId, Table, Value,
};

/// The command's name.
pub const NAME: &str = "create";

/// See `plan_command`. What only the system writes is left out of what is given, and computed.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let table = situation.table;
    require(situation, Right::Create)?;
    let mut given = Columns::new();
    for (name, value) in command.parameters.iter() {
        let column = table
            .column(name.as_str())
            .ok_or_else(|| SalesError::UnknownColumn { table: table.name.clone(), column: name.clone() })?;
        if *name != table.primary_id && is_writable(column, WriteKind::Create) {
            given.set(name.clone(), value.clone());
        }
    }
    let columns = new_row(situation, &given);
    state::check(situation, &initial(table), &columns)?;
    validate(table, &columns, WriteKind::Create)?;
    Ok(ChangeSet(vec![Change::Create { table: table.name.clone(), id: command.id, columns }]))
}

/// The columns a new row starts with: what is given, then defaults, owner, currency, and what follows from them.
#[must_use]
pub fn new_row(situation: &Situation<'_>, given: &Columns) -> Columns {
    let table = situation.table;
    let mut row = given.clone();
    without_empty_texts(&mut row);
    state::make_consistent(table, None, &mut row);
    for (name, value) in initial(table).iter().map(|(name, value)| (name.clone(), value.clone())) {
        set_missing(&mut row, name.as_str(), value);
    }
    for column in &table.columns {
        let default = match &column.kind {
            ColumnKind::Choice { default: Some(number), .. } => Value::Choice(*number),
            ColumnKind::Boolean(options) => Value::Boolean(options.default),
            _ => continue,
        };
        set_missing(&mut row, column.name.as_str(), default);
    }
    for (name, value) in of_the_caller(situation) {
        if table.column(name).is_some_and(|column| column.name != table.primary_id) {
            set_missing(&mut row, name, value);
        }
    }
    derive(table, None, &mut row);
    row
}

/// The state and status reason of a new row; nothing for a table without states.
fn initial(table: &Table) -> Columns {
    table.initial_state().map_or_else(Columns::new, |state| {
        Columns::new()
            .with("statecode", Value::Choice(state.value))
            .with("statuscode", Value::Choice(state.default_status))
    })
}

/// What a new row gets from who makes it, and when.
fn of_the_caller(situation: &Situation<'_>) -> Vec<(&'static str, Value)> {
    let user = situation.user;
    let reference = |table: &str, id: RowId, name: Option<String>| {
        Value::Reference(Reference { table: table.into(), id, name })
    };
    let caller = || reference("systemuser", user.user, Some(user.full_name.clone()));
    let now = || Value::DateTime(situation.now);
    let mut values =
        vec![("createdon", now()), ("modifiedon", now()), ("createdby", caller()), ("modifiedby", caller())];
    if situation.table.ownership == Ownership::User {
        values.push(("ownerid", caller()));
        // The business unit of another owner is for the server to know.
        values.push(("owningbusinessunit", reference("businessunit", user.business_unit, None)));
    }
    if let Some(currency) = user.currency {
        values.push(("transactioncurrencyid", reference("transactioncurrency", currency, None)));
    }
    values
}

fn set_missing(row: &mut Columns, column: &str, value: Value) {
    let is_of_other_owner = column == "owningbusinessunit" && value_owner(row) != value_creator(row);
    if row.get(column).is_null() && !is_of_other_owner {
        row.set(column, value);
    }
}

fn value_owner(row: &Columns) -> Option<RowId> {
    row.get("ownerid").as_reference().map(|owner| owner.id)
}

fn value_creator(row: &Columns) -> Option<RowId> {
    row.get("createdby").as_reference().map(|creator| creator.id)
}

/// An emptied text field holds nothing.
pub fn without_empty_texts(columns: &mut Columns) {
    for value in columns.0.values_mut() {
        if value.as_text() == Some("") {
            *value = Value::Null;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::InvalidKind;
    use crate::testing::{World, command, text};
    use model::{Depth, Party};

    #[test]
    fn a_new_row_has_everything_a_new_row_starts_with() {
        let world = World::new();
        let situation = world.situation("opportunity", None);
        let given = Columns::new().with("name", text("50 chairs")).with("description", text(""));
        let ChangeSet(changes) = plan(&command(NAME, "opportunity", given), &situation).unwrap();
        let [Change::Create { id, columns, .. }] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!(*id, crate::testing::ROW);
        assert_eq!(columns.get("statecode"), &Value::Choice(0));
        assert_eq!(columns.get("statuscode"), &Value::Choice(1));
        assert_eq!(columns.get("createdon"), &Value::DateTime(world.now));
        assert_eq!(columns.get("ownerid").as_reference().unwrap().id, world.user.user);
        assert_eq!(columns.get("ownerid").as_reference().unwrap().name.as_deref(), Some("Marie Curie"));
        assert_eq!(columns.get("owningbusinessunit").as_reference().unwrap().id, world.user.business_unit);
        assert_eq!(
            columns.get("transactioncurrencyid").as_reference().unwrap().id,
            world.user.currency.unwrap()
        );
        assert_eq!(columns.get("isrevenuesystemcalculated"), &Value::Boolean(false));
        assert!(
            columns.has("description") && columns.get("description").is_null(),
            "an empty text is nothing"
        );
    }

    #[test]
    fn an_appointment_starts_scheduled_and_a_task_not_started() {
        let world = World::new();
        for (table, state, status) in [("appointment", 3, 5), ("task", 0, 2), ("phonecall", 0, 1)] {
            let row = new_row(&world.situation(table, None), &Columns::new());
            assert_eq!(row.get("statecode"), &Value::Choice(state), "{table}");
            assert_eq!(row.get("statuscode"), &Value::Choice(status), "{table}");
        }
        let given = Columns::new().with("statuscode", Value::Choice(3));
        let row = new_row(&world.situation("task", None), &given);
        assert_eq!(row.get("statuscode"), &Value::Choice(3));
        assert_eq!(row.get("statecode"), &Value::Choice(0));
    }

    #[test]
    fn every_table_of_the_solution_starts_with_columns_that_fit() {
        let world = World::new();
        for table in &world.metadata.tables {
            let row = new_row(&world.situation(table.name.as_str(), None), &Columns::new());
            for (name, value) in row.iter() {
                let column = table.column(name.as_str()).unwrap_or_else(|| panic!("{}.{name}", table.name));
                assert!(column.kind.accepts(value), "{}.{name}: {value:?}", table.name);
            }
        }
    }

    #[test]
    fn a_row_for_somebody_else_leaves_the_business_unit_to_the_server() {
        let world = World::new();
        let other = Reference { table: "systemuser".into(), id: RowId::from_u128(77), name: None };
        let given = Columns::new().with("ownerid", Value::Reference(other));
        let row = new_row(&world.situation("account", None), &given);
        assert!(!row.has("owningbusinessunit"));
    }

    #[test]
    fn what_cannot_be_created_is_refused_with_a_way_out() {
        let mut world = World::new();
        let refuse = |world: &World, table: &str, given: Columns| {
            plan(&command(NAME, table, given), &world.situation(table, None)).unwrap_err()
        };
        let error = refuse(&world, "account", Columns::new().with("shoesize", text("44")));
        assert!(matches!(error, SalesError::UnknownColumn { .. }), "{error}");
        let error = refuse(&world, "account", Columns::new().with("name", text(&"x".repeat(161))));
        assert!(matches!(&error, SalesError::Invalid(it) if it.kind == InvalidKind::TooLong), "{error}");
        let error = refuse(&world, "opportunity", Columns::new().with("statecode", Value::Choice(1)));
        assert!(matches!(error, SalesError::NoTransition { .. }), "{error}");
        let parties = vec![Party {
            party: Some(Reference { table: "opportunity".into(), id: RowId::from_u128(1), name: None }),
            address: None,
            participation: 5,
        }];
        let error =
            refuse(&world, "appointment", Columns::new().with("requiredattendees", Value::Parties(parties)));
        assert!(matches!(&error, SalesError::Invalid(it) if it.kind == InvalidKind::WrongTarget), "{error}");
        world.grant("account", Right::Create, Depth::None);
        let error = refuse(&world, "account", Columns::new());
        assert!(matches!(error, SalesError::NotAllowed { right: Right::Create, .. }), "{error}");
    }
}

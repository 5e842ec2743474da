//! The command `activate`: an inactive account, contact or currency becomes active. Parameter: `statuscode`, optional.

use crate::error::SalesError;
use crate::save::{row_of, update};
use crate::situation::Situation;
use model::{ChangeSet, Columns, Command, Table, Value};

/// The command's name.
pub const NAME: &str = "activate";
/// The state it leads to.
pub const ACTIVE: i32 = 0;
/// The other one.
pub const INACTIVE: i32 = 1;

const TABLES: [&str; 3] = ["account", "contact", "transactioncurrency"];

/// True for tables whose rows are active or inactive.
pub fn applies_to(table: &Table) -> bool {
    TABLES.iter().any(|name| table.name == **name)
}

/// See `plan_command`. A row that is active already does not change.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    set_state(command, situation, ACTIVE)
}

/// Takes the row to a state, with the status reason that is given or the state's own.
pub fn set_state(command: &Command, situation: &Situation<'_>, state: i32) -> Result<ChangeSet, SalesError> {
    let table = situation.table;
    if !applies_to(table) {
        return Err(SalesError::NotAvailable {
            command: command.name.as_str().to_owned(),
            table: table.name.clone(),
        });
    }
    let row = row_of(situation)?;
    if row.columns.get("statecode").as_choice() == Some(state) {
        return Ok(ChangeSet::default());
    }
    let mut columns = Columns::new().with("statecode", Value::Choice(state));
    if let Some(status) = command.parameters.get("statuscode").as_choice() {
        columns.set("statuscode", Value::Choice(status));
    }
    update(situation, row, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deactivate;
    use crate::testing::{ROW, World, command};
    use model::{Change, Depth, Right, Row};

    #[test]
    fn activate_and_deactivate_set_state_and_reason() {
        let mut world = World::new();
        let row = |table: &str, state, status| {
            let columns = Columns::new()
                .with("statecode", Value::Choice(state))
                .with("statuscode", Value::Choice(status));
            Row { table: table.into(), id: ROW, version: None, columns }
        };
        for table in TABLES {
            let situation_of = |row| world.situation(table, Some(row));
            let active = row(table, 0, 1);
            let inactive = row(table, 1, 2);
            let deactivate =
                deactivate::plan(&command(deactivate::NAME, table, Columns::new()), &situation_of(&active));
            let ChangeSet(changes) = deactivate.unwrap();
            let [Change::Update { before, columns, .. }] = changes.as_slice() else { panic!() };
            assert_eq!((before, columns), (&active.columns, &inactive.columns), "{table}");
            let ChangeSet(changes) =
                plan(&command(NAME, table, Columns::new()), &situation_of(&inactive)).unwrap();
            let [Change::Update { columns, .. }] = changes.as_slice() else { panic!() };
            assert_eq!(columns, &active.columns, "{table}");
            let again = plan(&command(NAME, table, Columns::new()), &situation_of(&active));
            assert_eq!(again, Ok(ChangeSet::default()), "{table}");
        }
        let lead = row("lead", 2, 4);
        let outcome = plan(&command(NAME, "lead", Columns::new()), &world.situation("lead", Some(&lead)));
        assert!(matches!(outcome, Err(SalesError::NotAvailable { .. })), "{outcome:?}");
        let wrong = Columns::new().with("statuscode", Value::Choice(1));
        let active = row("account", 0, 1);
        let outcome = deactivate::plan(
            &command(deactivate::NAME, "account", wrong),
            &world.situation("account", Some(&active)),
        );
        assert!(matches!(outcome, Err(SalesError::Invalid(_))), "{outcome:?}");
        world.grant("account", Right::Write, Depth::None);
        let outcome = deactivate::plan(
            &command(deactivate::NAME, "account", Columns::new()),
            &world.situation("account", Some(&active)),
        );
        assert!(matches!(outcome, Err(SalesError::NotAllowed { .. })), "{outcome:?}");
    }
}

//! The command bar: which commands are offered, in which order.

use crate::activate::{ACTIVE, INACTIVE};
use crate::rights::has_right;
use crate::situation::Situation;
use crate::state::is_closed;
use crate::{activate, assign, create, deactivate, delete, save};
use model::{CommandName, Ownership, Right};

/// The commands of a form, in the order of the command bar: of a new row without a row, else of the row.
#[must_use]
pub fn commands_for(situation: &Situation<'_>) -> Vec<CommandName> {
    let is_editable = is_editable(situation);
    let mut offered = vec![(save::NAME, is_editable), (save::NAME_WITH_CLOSE, is_editable)];
    if situation.row.is_some() {
        offered.push((create::NAME, may_create(situation)));
        offered.extend(state_commands(situation));
        offered.push((assign::NAME, may_assign(situation)));
        offered.push((delete::NAME, has_right(situation, Right::Delete)));
    }
    names(&offered)
}

/// The commands of a view: for the selected row, or with nothing selected. For several rows, those every row has.
#[must_use]
pub fn commands_for_view(situation: &Situation<'_>) -> Vec<CommandName> {
    let mut offered = vec![(create::NAME, may_create(situation))];
    if situation.row.is_some() {
        offered.extend(state_commands(situation));
        offered.push((delete::NAME, has_right(situation, Right::Delete)));
        offered.push((assign::NAME, may_assign(situation)));
    }
    names(&offered)
}

/// True when the columns may be edited: the rights reach and the row is not closed. Without a row: when one may be made.
#[must_use]
pub fn is_editable(situation: &Situation<'_>) -> bool {
    match situation.row {
        None => may_create(situation),
        Some(row) => has_right(situation, Right::Write) && !is_closed(situation.table, &row.columns),
    }
}

fn may_create(situation: &Situation<'_>) -> bool {
    has_right(&Situation { row: None, ..*situation }, Right::Create)
}

fn may_assign(situation: &Situation<'_>) -> bool {
    situation.table.ownership == Ownership::User && has_right(situation, Right::Assign)
}

fn state_commands(situation: &Situation<'_>) -> [(&'static str, bool); 2] {
    let state = situation.row.and_then(|row| row.columns.get("statecode").as_choice());
    let may_change = activate::applies_to(situation.table) && has_right(situation, Right::Write);
    [
        (activate::NAME, may_change && state == Some(INACTIVE)),
        (deactivate::NAME, may_change && state == Some(ACTIVE)),
    ]
}

fn names(offered: &[(&str, bool)]) -> Vec<CommandName> {
    offered.iter().filter(|(_, is_offered)| *is_offered).map(|(name, _)| CommandName::from(*name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROW, World};
    use model::{Columns, Depth, Row, Value};

    #[test]
    fn the_bar_follows_state_and_rights() {
        let mut world = World::new();
        let row = |table: &str, state: i32| {
            let columns = Columns::new().with("statecode", Value::Choice(state));
            Row { table: table.into(), id: ROW, version: None, columns }
        };
        let bar = |world: &World, table: &str, state: Option<i32>| {
            let row = state.map(|state| row(table, state));
            let names = commands_for(&world.situation(table, row.as_ref()));
            names.into_iter().map(|name| name.0).collect::<Vec<_>>().join(" ")
        };
        for (table, state, expected) in [
            ("account", None, "save save-close"),
            ("account", Some(0), "save save-close create deactivate assign delete"),
            ("account", Some(1), "create activate assign delete"),
            ("contact", Some(0), "save save-close create deactivate assign delete"),
            ("opportunity", Some(0), "save save-close create assign delete"),
            ("opportunity", Some(1), "create assign delete"),
            ("lead", Some(2), "create assign delete"),
            ("appointment", Some(3), "save save-close create assign delete"),
            ("appointment", Some(1), "create assign delete"),
            ("transactioncurrency", Some(0), "save save-close create deactivate delete"),
        ] {
            assert_eq!(bar(&world, table, state), expected, "{table} {state:?}");
        }
        for right in [Right::Write, Right::Create, Right::Assign, Right::Delete] {
            world.grant("account", right, Depth::None);
        }
        assert_eq!(bar(&world, "account", Some(0)), "");
        assert_eq!(bar(&world, "account", None), "");
        let view = commands_for_view(&world.situation("contact", None));
        assert_eq!(view, [CommandName::from("create")]);
        let contact = row("contact", 0);
        let view = commands_for_view(&world.situation("contact", Some(&contact)));
        let names: Vec<&str> = view.iter().map(CommandName::as_str).collect();
        assert_eq!(names, ["create", "deactivate", "delete", "assign"]);
    }

    #[test]
    fn every_command_offered_is_one_that_can_be_planned() {
        let world = World::new();
        for table in &world.metadata.tables {
            for state in [0, 1] {
                let row = row_of(table.name.as_str(), state);
                let situation = world.situation(table.name.as_str(), Some(&row));
                for name in commands_for(&situation) {
                    let mut command =
                        crate::testing::command(name.as_str(), table.name.as_str(), Columns::new());
                    command.parameters.set("ownerid", world.me());
                    if name.as_str() != "assign" {
                        command.parameters = Columns::new();
                    }
                    let outcome = crate::plan_command(&command, &situation);
                    let is_known = !matches!(outcome, Err(crate::SalesError::NotAvailable { .. }));
                    assert!(is_known, "{}: {outcome:?}", name.as_str());
                }
            }
        }
    }

    fn row_of(table: &str, state: i32) -> Row {
        let columns = Columns::new().with("statecode", Value::Choice(state));
        Row { table: table.into(), id: ROW, version: None, columns }
    }
}

//! The command `assign`: another user or team owns the row. Parameter: `ownerid`.

use crate::error::SalesError;
use crate::rights::require;
use crate::save::row_of;
use crate::situation::Situation;
use crate::validate::{WriteKind, validate};
use model::{Change, ChangeSet, Columns, Command, Ownership, Reference, Right, Value};

/// The command's name.
pub const NAME: &str = "assign";

/// See `plan_command`. Closed rows can be assigned too.
pub fn plan(command: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let (table, user) = (situation.table, situation.user);
    let row = row_of(situation)?;
    if table.ownership != Ownership::User {
        return Err(SalesError::NotAvailable { command: NAME.to_owned(), table: table.name.clone() });
    }
    require(situation, Right::Assign)?;
    let Some(owner) = command.parameters.get("ownerid").as_reference() else {
        return Err(SalesError::MissingParameter { parameter: "ownerid" });
    };
    let mut columns = Columns::new().with("ownerid", Value::Reference(owner.clone()));
    validate(table, &columns, WriteKind::Update)?;
    if row.columns.get("ownerid").is_same(columns.get("ownerid")) {
        return Ok(ChangeSet::default());
    }
    if owner.id == user.user {
        // Of other owners only the server knows the business unit.
        let unit = Reference { table: "businessunit".into(), id: user.business_unit, name: None };
        let unit = Value::Reference(unit);
        if table.column("owningbusinessunit").is_some()
            && !row.columns.get("owningbusinessunit").is_same(&unit)
        {
            columns.set("owningbusinessunit", unit);
        }
    }
    let before = columns.iter().map(|(name, _)| (name.clone(), row.columns.get(name.as_str()).clone()));
    Ok(ChangeSet(vec![Change::Update {
        table: table.name.clone(),
        id: row.id,
        version: row.version,
        before: before.collect(),
        columns,
    }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROW, World, command};
    use model::{Depth, Row, RowId, RowVersion};

    fn owner(table: &str, number: u128) -> Value {
        Value::Reference(Reference { table: table.into(), id: RowId::from_u128(number), name: None })
    }

    #[test]
    fn a_row_gets_another_owner() {
        let mut world = World::new();
        let columns = Columns::new().with("ownerid", world.me()).with("statecode", Value::Choice(1));
        let row = Row { table: "account".into(), id: ROW, version: Some(RowVersion(3)), columns };
        let assign = |world: &World, to: Value| {
            let command = command(NAME, "account", Columns::new().with("ownerid", to));
            plan(&command, &world.situation("account", Some(&row)))
        };
        let ChangeSet(changes) = assign(&world, owner("team", 5)).unwrap();
        let [Change::Update { before, columns, .. }] = changes.as_slice() else { panic!() };
        assert_eq!(before.get("ownerid"), &world.me());
        assert_eq!(columns.get("ownerid"), &owner("team", 5));
        assert_eq!(assign(&world, world.me()), Ok(ChangeSet::default()));
        assert!(matches!(assign(&world, owner("contact", 5)), Err(SalesError::Invalid(_))));
        assert!(matches!(assign(&world, Value::Null), Err(SalesError::MissingParameter { .. })));
        world.grant("account", Right::Assign, Depth::None);
        assert!(matches!(assign(&world, owner("team", 5)), Err(SalesError::NotAllowed { .. })));
    }

    #[test]
    fn what_nobody_owns_cannot_be_assigned() {
        let world = World::new();
        let row =
            Row { table: "transactioncurrency".into(), id: ROW, version: None, columns: Columns::new() };
        let command = command(NAME, "transactioncurrency", Columns::new().with("ownerid", owner("team", 5)));
        let outcome = plan(&command, &world.situation("transactioncurrency", Some(&row)));
        assert!(matches!(outcome, Err(SalesError::NotAvailable { .. })), "{outcome:?}");
    }
}

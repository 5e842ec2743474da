//! The command `delete`: the row goes; what hangs on it follows on the server, by its relationships.

use crate::error::SalesError;
use crate::rights::require;
use crate::save::row_of;
use crate::situation::Situation;
use model::{Change, ChangeSet, Command, Right};

/// The command's name.
pub const NAME: &str = "delete";

/// See `plan_command`.
pub fn plan(_: &Command, situation: &Situation<'_>) -> Result<ChangeSet, SalesError> {
    let row = row_of(situation)?;
    require(situation, Right::Delete)?;
    let table = situation.table.name.clone();
    Ok(ChangeSet(vec![Change::Delete { table, id: row.id, version: row.version }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ROW, World, command};
    use model::{Columns, Depth, Row, RowVersion};

    #[test]
    fn a_row_is_deleted_in_the_version_the_user_saw() {
        let mut world = World::new();
        let columns = Columns::new().with("ownerid", world.me());
        let row = Row { table: "account".into(), id: ROW, version: Some(RowVersion(3)), columns };
        let command = command(NAME, "account", Columns::new());
        let expected = Change::Delete { table: "account".into(), id: ROW, version: Some(RowVersion(3)) };
        let outcome = plan(&command, &world.situation("account", Some(&row)));
        assert_eq!(outcome, Ok(ChangeSet(vec![expected])));
        let outcome = plan(&command, &world.situation("account", None));
        assert!(matches!(outcome, Err(SalesError::NoRow { .. })), "{outcome:?}");
        world.grant("account", Right::Delete, Depth::None);
        let outcome = plan(&command, &world.situation("account", Some(&row)));
        assert!(matches!(outcome, Err(SalesError::NotAllowed { right: Right::Delete, .. })), "{outcome:?}");
    }
}

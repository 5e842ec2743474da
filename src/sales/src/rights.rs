//! Whether the caller's rights reach a row.

use crate::error::SalesError;
use crate::situation::Situation;
use model::{Columns, Depth, Ownership, Right, RowId};

/// True when the privilege reaches the situation's row; without a row, when there is the privilege at all.
#[must_use]
pub fn has_right(situation: &Situation<'_>, right: Right) -> bool {
    may(situation, situation.row.map(|row| &row.columns), right)
}

/// True when the privilege reaches a row with these columns (`ownerid`, `owningbusinessunit`).
///
/// A row whose owner is not known is let through: the server knows, and decides again.
#[must_use]
pub fn may(situation: &Situation<'_>, columns: Option<&Columns>, right: Right) -> bool {
    let table = situation.table;
    let depth = situation.user.privileges.depth(table.name.as_str(), right);
    let Some(columns) = columns else { return depth > Depth::None };
    match (depth, table.ownership) {
        (Depth::None, _) => false,
        (Depth::Organization, _) | (_, Ownership::Organization | Ownership::Parent) => true,
        (depth, Ownership::User) => {
            let owner = columns.get("ownerid").as_reference().map(|owner| owner.id);
            is_own(situation, owner)
                || (depth > Depth::User && is_in_reach(situation, columns, "owningbusinessunit", depth))
        }
        (depth, Ownership::Business) => is_in_reach(situation, columns, "businessunitid", depth),
    }
}

/// Refuses when the privilege does not reach the situation's row.
pub fn require(situation: &Situation<'_>, right: Right) -> Result<(), SalesError> {
    if has_right(situation, right) {
        return Ok(());
    }
    Err(SalesError::NotAllowed { right, table: situation.table.name.clone() })
}

fn is_own(situation: &Situation<'_>, owner: Option<RowId>) -> bool {
    owner.is_none_or(|owner| owner == situation.user.user || situation.user.teams.contains(&owner))
}

fn is_in_reach(situation: &Situation<'_>, columns: &Columns, column: &str, depth: Depth) -> bool {
    let unit = columns.get(column).as_reference().map(|unit| unit.id);
    unit.is_none_or(|unit| {
        unit == situation.user.business_unit
            || (depth == Depth::ParentBusinessUnit && situation.units_below.contains(&unit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use model::{Reference, Value};

    #[test]
    fn a_privilege_reaches_as_far_as_its_depth() {
        let mut world = World::new();
        let (me, team, colleague) = (world.user.user, world.user.teams[0], RowId::from_u128(99));
        let (mine, below, other) = (world.user.business_unit, world.units_below[0], RowId::from_u128(98));
        let row = |owner: RowId, unit: RowId| {
            let reference =
                |table: &str, id| Value::Reference(Reference { table: table.into(), id, name: None });
            Columns::new()
                .with("ownerid", reference("systemuser", owner))
                .with("owningbusinessunit", reference("businessunit", unit))
        };
        let rows = [
            row(me, other),
            row(team, other),
            row(colleague, mine),
            row(colleague, below),
            row(colleague, other),
        ];
        for (depth, reached) in [
            (Depth::None, [false; 5]),
            (Depth::User, [true, true, false, false, false]),
            (Depth::BusinessUnit, [true, true, true, false, false]),
            (Depth::ParentBusinessUnit, [true, true, true, true, false]),
            (Depth::Organization, [true; 5]),
        ] {
            world.grant("account", Right::Write, depth);
            let situation = world.situation("account", None);
            let may = rows.each_ref().map(|row| may(&situation, Some(row), Right::Write));
            assert_eq!(may, reached, "{depth:?}");
            assert_eq!(has_right(&situation, Right::Write), depth > Depth::None, "{depth:?} without a row");
        }
    }
}

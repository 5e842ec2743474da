//! Which rows somebody may see, as part of every statement that reads for them.

use crate::cell::Cell;
use crate::dialect::quoted;
use crate::layout::{Layouts, TableLayout};
use crate::statement::Statement;
use model::{Columns, Ownership, RowId, Table, TableName};
use std::collections::BTreeMap;

/// How far somebody sees into one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// No row.
    #[default]
    Nothing,
    /// The rows of these owners (users and teams) and those that belong to these business units.
    Rows {
        /// The user and the user's teams.
        owners: Vec<RowId>,
        /// Business units.
        business_units: Vec<RowId>,
    },
    /// Every row.
    Everything,
}

/// How far somebody sees, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    tables: BTreeMap<TableName, Reach>,
    others: Reach,
}

impl Access {
    /// Sees every row of every table: for the server's own work.
    #[must_use]
    pub const fn everything() -> Self {
        Self { tables: BTreeMap::new(), others: Reach::Everything }
    }

    /// Sees only into these tables.
    #[must_use]
    pub const fn to(tables: BTreeMap<TableName, Reach>) -> Self {
        Self { tables, others: Reach::Nothing }
    }

    /// How far one table can be seen into.
    #[must_use]
    pub fn reach(&self, table: &str) -> &Reach {
        self.tables.get(table).unwrap_or(&self.others)
    }
}

impl Reach {
    /// Whether a row is within reach: what `push_condition` says in SQL, for a row in hand.
    #[must_use]
    pub fn holds(&self, table: &Table, id: RowId, columns: &Columns) -> bool {
        let (owners, business_units) = match self {
            Self::Everything => return true,
            Self::Nothing => return false,
            Self::Rows { owners, business_units } => (owners, business_units),
        };
        let refers_to = |column: &str, ids: &[RowId]| {
            columns.get(column).as_reference().is_some_and(|reference| ids.contains(&reference.id))
        };
        match table.ownership {
            Ownership::User => {
                refers_to("ownerid", owners) || refers_to("owningbusinessunit", business_units)
            }
            Ownership::Business if table.primary_id == *"businessunitid" => {
                owners.contains(&id) || business_units.contains(&id)
            }
            Ownership::Business => owners.contains(&id) || refers_to("businessunitid", business_units),
            Ownership::Organization => true,
            Ownership::Parent => false,
        }
    }
}

/// Adds the condition under which rows of `layout`, named `alias` in the statement, may be seen.
pub fn push_condition(
    statement: &mut Statement,
    access: &Access,
    layouts: &Layouts,
    layout: &TableLayout,
    alias: &str,
) {
    let (owners, business_units) = match access.reach(layout.name().as_str()) {
        Reach::Everything => {
            statement.push("1 = 1");
            return;
        }
        Reach::Nothing => {
            statement.push("1 = 0");
            return;
        }
        Reach::Rows { owners, business_units } => (owners, business_units),
    };
    let (owner, business_unit) = match layout.table.ownership {
        Ownership::User => ("ownerid", "owningbusinessunit"),
        // A user sees themselves and their teams; `businessunitid` is also the key of the business units.
        Ownership::Business => (layout.key(), "businessunitid"),
        Ownership::Organization => {
            statement.push("1 = 1");
            return;
        }
        Ownership::Parent => {
            push_parents(statement, access, layouts, layout, alias);
            return;
        }
    };
    statement.push("(1 = 0");
    for (column, ids) in [(owner, owners), (business_unit, business_units)] {
        if !ids.is_empty() && layout.find(column).is_some() {
            statement.push(" OR ").push(&format!("{alias}.{} IN ", quoted(column)));
            statement.bind_list(ids.iter().map(|id| Cell::id(*id)));
        }
    }
    statement.push(")");
}

/// Rows of a parent are seen with it: whoever may see one of the rows they belong to sees them.
fn push_parents(
    statement: &mut Statement,
    access: &Access,
    layouts: &Layouts,
    layout: &TableLayout,
    alias: &str,
) {
    statement.push("(1 = 0");
    for (lookup, parent) in &layout.parents {
        // A table that is its own parent has no row that could decide.
        let Some(parent) = layouts.find(parent.as_str()).filter(|parent| parent.name() != layout.name())
        else {
            continue;
        };
        let inner = format!("{alias}p");
        let (table, key) = (parent.sql_name(), quoted(parent.key()));
        let lookup = quoted(lookup.as_str());
        statement.push(&format!(
            " OR EXISTS (SELECT 1 FROM {table} {inner} WHERE {inner}.{key} = {alias}.{lookup} AND "
        ));
        push_condition(statement, access, layouts, parent, &inner);
        statement.push(")");
    }
    statement.push(")");
}

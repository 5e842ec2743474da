//! The rows that a row belongs to: it goes with them, and their owner is its owner.

use model::{Cascade, ColumnName, Metadata, Ownership, Table, Writable};

/// The lookups through which rows of a table are deleted with others, each with the table of the parent.
pub fn of(metadata: &Metadata, table: &Table) -> Vec<(ColumnName, Table)> {
    let mut parents: Vec<(ColumnName, Table)> = Vec::new();
    for parent in &metadata.tables {
        for relationship in &parent.relationships {
            let belongs =
                relationship.child == table.name && relationship.cascades.delete == Cascade::Cascade;
            let is_known = || {
                parents
                    .iter()
                    .any(|(column, known)| *column == relationship.column && known.name == parent.name)
            };
            if belongs && !is_known() {
                parents.push((relationship.column.clone(), parent.clone()));
            }
        }
    }
    parents
}

/// True when nobody chooses the owner of such rows: lines are owned by whoever owns the document they stand on.
pub fn follows_parent(table: &Table) -> bool {
    table.ownership == Ownership::User
        && table.column("ownerid").is_some_and(|column| column.writable == Writable::Never)
}

//! How tables and columns are named on the wire.

use model::{Column, ColumnKind, LookupStyle, Metadata, RowId, Table, TableName};

/// Where the Web API lives on a server.
pub const SERVICE_PATH: &str = "/api/data/v9.2/";

/// `/api/data/v9.2/accounts`
#[must_use]
pub fn set_path(table: &Table) -> String {
    format!("{SERVICE_PATH}{}", table.set_name)
}

/// `/api/data/v9.2/accounts(…)`
#[must_use]
pub fn row_path(table: &Table, id: RowId) -> String {
    format!("{SERVICE_PATH}{}({id})", table.set_name)
}

/// The property a column's value travels under when a row is read: `_x_value` for lookups, the activity parties for party lists.
#[must_use]
pub fn property_name(table: &Table, column: &Column) -> String {
    match column.kind {
        ColumnKind::Lookup { .. } => format!("_{}_value", column.name),
        ColumnKind::PartyList { .. } => parties_property(table),
        _ => column.name.as_str().to_owned(),
    }
}

/// The property all party lists of an activity travel under, as one set.
#[must_use]
pub fn parties_property(table: &Table) -> String {
    format!("{}_activity_parties", table.name)
}

/// The value of `$select` that asks for every column, the party lists once.
#[must_use]
pub fn select_list(table: &Table) -> String {
    let mut names: Vec<String> = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let name = property_name(table, column);
        if !matches!(column.kind, ColumnKind::PartyList { .. }) || !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(",")
}

/// The single-valued navigation property of a lookup for rows of `target`.
///
/// The relationship of the metadata names it; without one the rule is the column's own name for a single target, else
/// the name with the target behind it.
#[must_use]
pub fn navigation_property(metadata: &Metadata, table: &Table, column: &Column, target: &str) -> String {
    if let Some(relationship) = metadata.table(target).and_then(|parent| {
        parent.relationships.iter().find(|it| it.child == table.name && it.column == column.name)
    }) {
        return relationship.navigation.clone();
    }
    let ColumnKind::Lookup { targets, style } = &column.kind else {
        return column.name.as_str().to_owned();
    };
    if targets.len() <= 1 || *style == LookupStyle::Owner {
        column.name.as_str().to_owned()
    } else {
        format!("{}_{target}", column.name)
    }
}

/// The lookup a single-valued navigation property belongs to, and the table it points to where the property says so.
pub(crate) fn find_navigation<'a>(
    metadata: &'a Metadata,
    table: &'a Table,
    name: &str,
) -> Option<(&'a Column, Option<&'a TableName>)> {
    let own = table.columns.iter().find_map(|column| {
        let ColumnKind::Lookup { targets, style } = &column.kind else { return None };
        let rest = name.strip_prefix(column.name.as_str())?;
        if rest.is_empty() {
            let only = if let [target] = targets.as_slice() { Some(target) } else { None };
            return (only.is_some() || *style == LookupStyle::Owner).then_some((column, only));
        }
        let rest = rest.strip_prefix('_')?;
        // `ownerid_task` names the owner of an activity, not a target.
        if *style == LookupStyle::Owner && rest == table.name.as_str() {
            return Some((column, None));
        }
        let target = targets.iter().find(|target| {
            let behind = rest.strip_prefix(target.as_str());
            behind == Some("")
                || behind.and_then(|behind| behind.strip_prefix('_')) == Some(table.name.as_str())
        })?;
        Some((column, Some(target)))
    });
    // Custom lookups have a navigation property with a name of its own.
    own.or_else(|| {
        metadata.tables.iter().find_map(|parent| {
            let relationship =
                parent.relationships.iter().find(|it| it.child == table.name && it.navigation == name)?;
            Some((table.column(relationship.column.as_str())?, Some(&parent.name)))
        })
    })
}

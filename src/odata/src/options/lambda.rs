//! `any` and `all`: conditions on the rows of a collection.

use crate::error::ODataError;
use crate::names::parties_property;
use crate::options::filter::{Parser, Scope};
use model::{ColumnName, Table, TableName, TableSource};
use query::{Filter, Link, LinkKind};

/// How the rows of a collection belong to a row.
struct Collection {
    /// The table of the rows.
    rows: TableName,
    /// The column of the first linked table that holds the row's key.
    from: ColumnName,
    /// The table between, for many-to-many: its name and its column of the rows' key.
    between: Option<(TableName, ColumnName)>,
}

impl Parser<'_, '_, '_> {
    /// `collection/any(x:x/name eq 'a')`; `path` leads to the collection.
    pub(super) fn lambda(&mut self, path: &[String], is_all: bool) -> Result<Filter, ODataError> {
        let table = self.table()?;
        let [name] = self.below_variable(path)? else {
            return Err(ODataError::Unsupported("any or all behind a navigation property".to_owned()));
        };
        let collection = self.collection(table, name)?;
        self.tokens.expect_symbol('(')?;
        let filter = if self.tokens.take_symbol(')') {
            None
        } else {
            let variable = self.tokens.expect_name("the variable of the lambda")?;
            self.tokens.expect_symbol(':')?;
            self.scopes.push(Scope { table: collection.rows.clone(), variable: Some(variable) });
            let filter = self.any_of()?;
            self.scopes.pop();
            self.tokens.expect_symbol(')')?;
            Some(filter)
        };
        // All rows meet it when there is none that does not.
        let (kind, filter) = match (is_all, filter) {
            (true, Some(filter)) => (LinkKind::NotAny, Some(Filter::Not(Box::new(filter)))),
            (true, None) => return Err(self.tokens.bad("all needs a condition")),
            (false, filter) => (LinkKind::Any, filter),
        };
        self.linked(table, collection, kind, filter)
    }

    fn linked(
        &mut self,
        table: &Table,
        collection: Collection,
        kind: LinkKind,
        filter: Option<Filter>,
    ) -> Result<Filter, ODataError> {
        let Collection { rows, from, between } = collection;
        let mut link = Link {
            table: rows,
            from,
            to: table.primary_id.clone(),
            alias: self.new_alias(),
            kind,
            columns: Vec::new(),
            filter,
            links: Vec::new(),
        };
        if let Some((intersect, column)) = between {
            let rows = self.request.metadata.table(link.table.as_str());
            let key = rows.map(|rows| rows.primary_id.clone());
            let key = key.ok_or_else(|| ODataError::UnknownTable(link.table.to_string()))?;
            // The rows of the table between that lead to a row which meets the condition.
            let other = Link { from: key, to: column, kind: LinkKind::Inner, ..link.clone() };
            let alias = self.new_alias();
            link = Link { table: intersect, alias, filter: None, links: vec![other], ..link };
        }
        Ok(Filter::Linked(Box::new(link)))
    }

    /// The collection that a name means on a table.
    fn collection(&self, table: &Table, name: &str) -> Result<Collection, ODataError> {
        let metadata = self.request.metadata;
        if let Some(relationship) = table.relationships.iter().find(|relationship| relationship.name == *name)
        {
            let (rows, from) = (relationship.child.clone(), relationship.column.clone());
            return Ok(Collection { rows, from, between: None });
        }
        // Parties are named after the activity, whose key their table holds.
        let parties = metadata.tables.iter().find(|parties| parties.source == TableSource::Parties);
        if let Some(parties) = parties.filter(|_| table.is_activity && name == parties_property(table)) {
            return Ok(Collection {
                rows: parties.name.clone(),
                from: table.primary_id.clone(),
                between: None,
            });
        }
        for first in &metadata.tables {
            for many in first.many_to_many.iter().filter(|many| many.name == *name) {
                if first.name == table.name {
                    return Ok(Collection {
                        rows: many.other.clone(),
                        from: many.column.clone(),
                        between: Some((many.intersect.clone(), many.other_column.clone())),
                    });
                }
                if many.other == table.name {
                    return Ok(Collection {
                        rows: first.name.clone(),
                        from: many.other_column.clone(),
                        between: Some((many.intersect.clone(), many.column.clone())),
                    });
                }
            }
        }
        Err(crate::options::navigation::unknown(table, name))
    }
}

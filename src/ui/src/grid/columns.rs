//! The columns of a grid: cells of LayoutXML joined with the definitions of their columns.

use super::adjust::Shown;
use crate::format::Currency;
use crate::locale;
use crate::session::Session;
use client::message::RowCells;
use model::{Column, ColumnKind, IntegerFormat, LayoutCell, Table, TableName, Value, View};
use std::sync::Arc;

/// A column of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridColumn {
    /// The name in the answer.
    pub name: String,
    /// What people read.
    pub label: String,
    /// The width in CSS pixels.
    pub width: u16,
    /// A tap on the header sorts.
    pub is_sortable: bool,
    /// It names the row and opens it.
    pub is_primary: bool,
    /// Numbers stand at the right.
    pub is_number: bool,
    /// The table whose column it is.
    pub table: Arc<Table>,
    /// The column's definition, if it is known.
    pub column: Option<Column>,
}

impl GridColumn {
    /// The value of a row as text.
    pub fn show(&self, value: &Value, currency: Option<&Currency>) -> String {
        crate::format::show(value, self.column.as_ref(), &self.table, currency)
    }
}

/// The width of a column the user adds.
const ADDED_PIXELS: u16 = 160;

/// The view with the columns the user wants to see instead of its own.
pub fn with_columns(view: &View, shown: &[Shown]) -> View {
    let mut view = view.clone();
    if shown.is_empty() {
        return view;
    }
    let cell = |(name, width): &Shown| {
        let own = view.cells.iter().find(|cell| cell.name == *name).cloned();
        let mut cell = own.unwrap_or_else(|| LayoutCell {
            name: name.clone(),
            width_pixels: ADDED_PIXELS,
            hidden: false,
            sortable: true,
        });
        cell.hidden = false;
        cell.width_pixels = width.unwrap_or(cell.width_pixels);
        cell
    };
    view.cells = shown.iter().map(cell).collect();
    view
}

/// The drawn columns of a view.
pub async fn columns_of(session: Session, table: &Arc<Table>, view: &View) -> Vec<GridColumn> {
    let mut columns = Vec::new();
    for cell in view.cells.iter().filter(|cell| !cell.hidden) {
        let mut lookup = None;
        let (owner, name) = match cell.name.split_once('.') {
            None => (Some(Arc::clone(table)), cell.name.as_str()),
            Some((alias, name)) => match linked_table(&view.fetch_xml, alias) {
                Some((linked, to)) => {
                    lookup =
                        to.and_then(|to| table.column(&to)).map(|to| to.text(locale::language()).to_owned());
                    (session.table(linked).await.ok(), name)
                }
                None => (None, name),
            },
        };
        let column = owner.as_ref().and_then(|owner| owner.column(name)).cloned();
        let label = column.as_ref().map_or(name, |column| column.text(locale::language())).to_owned();
        // A column of a linked row says whose it is.
        let label = lookup.map_or(label.clone(), |lookup| format!("{label} ({lookup})"));
        columns.push(GridColumn {
            name: cell.name.clone(),
            label,
            width: cell.width_pixels.max(80),
            is_sortable: cell.sortable,
            is_primary: cell.name == table.primary_name.as_str(),
            is_number: column.as_ref().is_some_and(|column| is_number(&column.kind)),
            table: owner.unwrap_or_else(|| Arc::clone(table)),
            column,
        });
    }
    if !columns.iter().any(|column| column.is_primary)
        && let Some(first) = columns.first_mut()
    {
        first.is_primary = true;
    }
    columns
}

const fn is_number(kind: &ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Integer { format: IntegerFormat::Plain | IntegerFormat::Duration, .. }
            | ColumnKind::BigInteger
            | ColumnKind::Decimal { .. }
            | ColumnKind::Float { .. }
            | ColumnKind::Money { .. }
            | ColumnKind::BaseMoney { .. }
    )
}

/// The table that FetchXML joins under an alias, with the lookup that leads to it. A link without an alias goes by its
/// table's name.
fn linked_table(fetch_xml: &str, alias: &str) -> Option<(TableName, Option<String>)> {
    fetch_xml.split("<link-entity").skip(1).find_map(|rest| {
        let tag = rest.split('>').next()?;
        let attribute = |name: &str| {
            ['"', '\''].into_iter().find_map(|quote| {
                tag.split_once(&format!(" {name}={quote}")).and_then(|(_, rest)| rest.split(quote).next())
            })
        };
        let name = attribute("name")?;
        let is_named = attribute("alias").unwrap_or(name) == alias;
        is_named.then(|| (TableName::new(name), attribute("to").map(str::to_owned)))
    })
}

/// The value of a name in a row.
pub fn cell<'a>(row: &'a RowCells, names: &[String], name: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    names.iter().position(|other| other == name).and_then(|at| row.values.get(at)).unwrap_or(NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_names_the_table_of_its_join() {
        let fetch = r#"<fetch><entity name="account"><link-entity name="contact" from="contactid" to="primarycontactid" alias="c"><attribute name="emailaddress1"/></link-entity><link-entity alias='o' name='systemuser'/></entity></fetch>"#;
        assert_eq!(linked_table(fetch, "c"), Some(("contact".into(), Some("primarycontactid".to_owned()))));
        assert_eq!(linked_table(fetch, "o"), Some(("systemuser".into(), None)));
        assert_eq!(linked_table(fetch, "x"), None);
    }
}

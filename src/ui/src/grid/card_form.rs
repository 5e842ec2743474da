//! What a table's card form shows of a row: one line on top, facts below, a last line, and a colour at the edge.

use super::columns::GridColumn;
use crate::locale;
use crate::session::Session;
use crate::task;
use leptos::prelude::*;
use model::{CardPart, ColumnName, Form, FormKind, Table, TableName, Value};
use std::sync::Arc;

/// Colours of the edge there are; the style sheet has as many.
const COLOURS: i32 = 6;

/// A card form, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct CardForm {
    /// The choice that colours the edge.
    pub strip: Option<GridColumn>,
    /// The first line.
    pub header: Vec<GridColumn>,
    /// The facts.
    pub details: Vec<GridColumn>,
    /// The last line.
    pub footer: Vec<GridColumn>,
}

impl CardForm {
    /// The columns it shows.
    pub fn wanted(&self) -> Vec<ColumnName> {
        let parts = self.strip.iter().chain(&self.header).chain(&self.details).chain(&self.footer);
        parts.map(|column| ColumnName::new(&column.name)).collect()
    }

    fn of(form: &Form, table: &Arc<Table>) -> Option<Self> {
        let part = |part: CardPart| -> Vec<GridColumn> {
            let rows = form.card_part(part).map(|section| section.rows.as_slice()).unwrap_or_default();
            let cells = rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.visible);
            let column = |cell: &model::Cell| {
                let name = cell.control.as_ref()?.column.as_ref()?;
                let column = table.column(name.as_str())?;
                let label = if cell.label.is_empty() { &column.label } else { &cell.label };
                Some(GridColumn {
                    name: name.to_string(),
                    label: label.text(locale::language()).to_owned(),
                    width: 0,
                    is_sortable: false,
                    is_primary: *name == table.primary_name,
                    is_number: false,
                    table: Arc::clone(table),
                    column: Some(column.clone()),
                })
            };
            cells.filter_map(column).collect()
        };
        let card = Self {
            strip: part(CardPart::ColorStrip).into_iter().next(),
            header: part(CardPart::Header),
            details: part(CardPart::Details),
            footer: part(CardPart::Footer),
        };
        (!card.header.is_empty()).then_some(card)
    }
}

/// Which colour an option gets: the same for the same number, neighbours apart.
pub fn colour(value: &Value) -> Option<i32> {
    match value {
        Value::Choice(number) => Some(number.rem_euclid(COLOURS)),
        Value::Boolean(flag) => Some(i32::from(*flag)),
        _ => None,
    }
}

/// The card form of a table; nothing where it has none and before it is here.
pub fn card_of(session: Session, table: TableName) -> Signal<Option<Arc<CardForm>>> {
    let card = task::load(move || {
        session.definitions.track();
        let table = table.clone();
        async move {
            let definition = session.table(table.clone()).await.ok()?;
            let form = session.form(table, FormKind::Card, None).await.ok()?;
            CardForm::of(&form, &definition).map(Arc::new)
        }
    });
    Signal::derive(move || card.get().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_get_colours_and_other_values_none() {
        for (value, expected) in [
            (Value::Choice(1), Some(1)),
            (Value::Choice(7), Some(1)),
            (Value::Choice(-1), Some(5)),
            (Value::Choice(100_000_002), Some(0)),
            (Value::Boolean(true), Some(1)),
            (Value::Null, None),
        ] {
            assert_eq!(colour(&value), expected, "{value:?}");
        }
    }
}

//! Reading: bound plans, single rows, counts.

use crate::access::{Access, push_condition};
use crate::cell::Cell;
use crate::changes::push_within;
use crate::connection::Session;
use crate::dialect::{Hold, quoted};
use crate::error::Result;
use crate::layout::{Codec, ColumnLayout, Layouts, TableLayout};
use crate::packed::{NamedCell, packs, push_packed};
use crate::statement::{Question, Statement};
use crate::{names, select};
use model::{ColumnName, Columns, Row, RowId, RowVersion, Value};
use query::{Answer, AnswerRow, BoundPlan};
use std::sync::Arc;

/// A transaction that only reads: all its answers are of the same moment.
#[derive(Debug)]
pub struct ReadTransaction {
    pub(crate) session: Session,
    pub(crate) layouts: Arc<Layouts>,
}

impl ReadTransaction {
    pub(crate) const fn new(session: Session, layouts: Arc<Layouts>) -> Self {
        Self { session, layouts }
    }

    /// The answer to a plan, of the rows that `access` reaches.
    pub async fn run(&mut self, plan: &BoundPlan, access: &Access) -> Result<Answer> {
        select::run(&mut self.session, &self.layouts, plan, access).await
    }

    /// One row; without `columns` all of them. `None` when it does not exist or is out of reach.
    pub async fn row(
        &mut self,
        table: &str,
        id: RowId,
        columns: Option<&[ColumnName]>,
        access: &Access,
    ) -> Result<Option<Row>> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let picked = Picked::of(&layout, columns)?;
        row(
            &mut self.session,
            &self.layouts,
            &RowQuery { layout: &layout, id, picked: &picked, access, hold: None, names: true },
        )
        .await
    }

    /// How many rows of a table `access` reaches.
    pub async fn count(&mut self, table: &str, access: &Access) -> Result<u64> {
        self.count_within(table, None, access).await
    }

    /// How many of them meet the filter of a plan, which has no links beside it.
    pub async fn count_within(
        &mut self,
        table: &str,
        within: Option<&BoundPlan>,
        access: &Access,
    ) -> Result<u64> {
        let layout = Arc::clone(self.layouts.table(table)?);
        let mut statement = Statement::new(self.session.dialect());
        statement.push(&format!("SELECT COUNT(*) FROM {} t WHERE ", layout.sql_name()));
        push_condition(&mut statement, access, &self.layouts, &layout, "t");
        push_within(&mut statement, within, access, &self.layouts, &layout)?;
        Ok(u64::try_from(self.session.ask_integer(statement).await?).unwrap_or(0))
    }
}

/// The columns of a table that are read, in order.
pub struct Picked<'a> {
    columns: Vec<&'a ColumnLayout>,
}

impl<'a> Picked<'a> {
    /// These columns, or all.
    pub fn of(layout: &'a TableLayout, columns: Option<&[ColumnName]>) -> Result<Self> {
        let columns = match columns {
            None => layout.columns.iter().collect::<Vec<_>>(),
            Some(names) => {
                names.iter().map(|name| layout.column(name.as_str())).collect::<Result<Vec<_>>>()?
            }
        };
        Ok(Self { columns })
    }

    /// The columns without the key, which stands before them anyway.
    fn others(&self) -> impl Iterator<Item = &'a ColumnLayout> {
        self.columns.iter().copied().filter(|column| column.codec != Codec::Key)
    }

    /// `alias.key, alias.version, alias.column, …`
    pub fn push_list(&self, statement: &mut Statement, layout: &TableLayout, alias: &str) {
        statement.push(&format!("{alias}.{}, {alias}.\"__version\"", quoted(layout.key())));
        for name in self.others().flat_map(ColumnLayout::read_names) {
            statement.push(&format!(", {alias}.{}", quoted(&name)));
        }
    }

    /// The same for pages of rows; gives how many cells are read as one.
    pub fn push_packed_list(&self, statement: &mut Statement, layout: &TableLayout, alias: &str) -> usize {
        let named = |column: &'a ColumnLayout| {
            column.read_names().into_iter().zip(column.codec.storage().iter().copied())
        };
        let cells: Vec<NamedCell> = self.others().flat_map(named).collect();
        if !packs(statement.dialect(), &cells) {
            self.push_list(statement, layout, alias);
            return 0;
        }
        statement.push(&format!("{alias}.{}, {alias}.\"__version\"", quoted(layout.key())));
        push_packed(statement, &cells, alias);
        cells.len()
    }

    /// The kinds of the cells of that list.
    pub fn kinds(&self) -> Vec<crate::cell::Storage> {
        let mut kinds = vec![crate::cell::Storage::Id, crate::cell::Storage::Integer];
        kinds.extend(self.others().flat_map(|column| column.codec.storage()));
        kinds
    }

    /// The row of cells that begin with that list; what follows stays in the iterator.
    pub fn decode(&self, layout: &TableLayout, cells: &mut std::vec::IntoIter<Cell>) -> Result<Row> {
        let (id, version) = head(layout, cells)?;
        let mut columns = Columns::new();
        for column in self.others() {
            columns.set(column.column.name.clone(), column.decode(cells)?);
        }
        Ok(Row { table: layout.name().clone(), id, version: Some(version), columns })
    }

    /// As `decode`, the values in the order of the columns.
    pub fn decode_values(
        &self,
        layout: &TableLayout,
        cells: &mut std::vec::IntoIter<Cell>,
    ) -> Result<AnswerRow> {
        let (id, version) = head(layout, cells)?;
        let mut values = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            values.push(if column.codec == Codec::Key { Value::Id(id) } else { column.decode(cells)? });
        }
        Ok(AnswerRow { id: Some(id), version: Some(version), values })
    }
}

fn head(layout: &TableLayout, cells: &mut std::vec::IntoIter<Cell>) -> Result<(RowId, RowVersion)> {
    let corrupt = || crate::StoreError::Corrupt(format!("a row of {} without id", layout.name()));
    let id = cells.next().and_then(|cell| cell.as_id()).ok_or_else(corrupt)?;
    let version = cells.next().and_then(|cell| cell.as_integer()).ok_or_else(corrupt)?;
    Ok((id, RowVersion(version)))
}

/// Which row and what of it.
pub struct RowQuery<'a> {
    /// The table.
    pub layout: &'a TableLayout,
    /// The row.
    pub id: RowId,
    /// The columns.
    pub picked: &'a Picked<'a>,
    /// For whom.
    pub access: &'a Access,
    /// What others may not do to it until the transaction ends.
    pub hold: Option<Hold>,
    /// True when references shall carry names.
    pub names: bool,
}

/// One row.
pub async fn row(session: &mut Session, layouts: &Layouts, wanted: &RowQuery<'_>) -> Result<Option<Row>> {
    let mut statement = Statement::new(session.dialect());
    statement.push("SELECT ");
    wanted.picked.push_list(&mut statement, wanted.layout, "t");
    statement.push(&format!(
        " FROM {} t WHERE t.{} = ",
        wanted.layout.sql_name(),
        quoted(wanted.layout.key())
    ));
    statement.bind(Cell::id(wanted.id)).push(" AND ");
    push_condition(&mut statement, wanted.access, layouts, wanted.layout, "t");
    // A view of several tables cannot be held; nothing refers to its rows but through their own tables.
    if let Some(hold) = wanted.hold.filter(|_| !wanted.layout.is_derived()) {
        let words = session.dialect().hold(hold);
        statement.push(words);
    }
    let question = Question { statement, kinds: wanted.picked.kinds() };
    let Some(cells) = session.ask_one(question).await? else { return Ok(None) };
    let mut row = wanted.picked.decode(wanted.layout, &mut cells.into_iter())?;
    if wanted.names {
        names::fill(session, layouts, row.columns.0.values_mut()).await?;
    }
    Ok(Some(row))
}

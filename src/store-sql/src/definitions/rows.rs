//! The rows that hold the org's metadata: one for each part and layer.

use crate::cell::{Cell, Storage};
use crate::connection::Session;
use crate::error::{Result, StoreError};
use crate::statement::{Question, Statement};
use model::ComponentKind;

/// What a row describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A part of the metadata as devices know them.
    Part(ComponentKind),
    /// A column of the org's own, or a changed one.
    Column,
    /// A relationship of the org's own.
    Relationship,
    /// A many-to-many relationship of the org's own.
    ManyToMany,
    /// What holds for the whole org.
    Settings,
}

/// Whose definition it is. The later one lies over the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The solution's.
    System,
    /// The org's.
    Customized,
}

/// What a row says of its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    /// It is there, as the document says.
    Put,
    /// It is gone, or hidden.
    Removed,
    /// This layer says nothing any more: the layer below holds.
    FallsThrough,
}

/// One part in one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRow {
    /// What it describes.
    pub kind: Kind,
    /// Its name or id; `table.column` for a column.
    pub key: String,
    /// Whose definition it is.
    pub layer: Layer,
    /// What it says.
    pub state: PartState,
    /// The version of the metadata that it last changed with.
    pub version: i64,
    /// Its place among its kind.
    pub place: i64,
    /// The definition as JSON.
    pub document: Option<String>,
}

impl Kind {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Part(kind) => kind.name(),
            Self::Column => "column",
            Self::Relationship => "relationship",
            Self::ManyToMany => "many-to-many",
            Self::Settings => "settings",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let others = [Self::Column, Self::Relationship, Self::ManyToMany, Self::Settings];
        let mut all = ComponentKind::ALL.into_iter().map(Self::Part).chain(others);
        all.find(|kind| kind.name() == name)
    }
}

/// The version of the metadata.
pub async fn version(session: &mut Session) -> Result<i64> {
    session.ask_integer(Statement::of(session.dialect(), "SELECT value FROM valise_component_version")).await
}

/// Every row.
pub async fn load(session: &mut Session) -> Result<Vec<PartRow>> {
    let sql = "SELECT kind, component_key, layer, state, version, place, document FROM valise_component \
               ORDER BY kind, component_key, layer";
    let statement = Statement::of(session.dialect(), sql);
    let (text, number) = (Storage::Text, Storage::Integer);
    let kinds = vec![text, text, number, number, number, number, text];
    let mut rows = Vec::new();
    for cells in session.ask(Question { statement, kinds }).await? {
        rows.push(read(cells).ok_or_else(|| {
            StoreError::Corrupt("a row of valise_component that this program did not write".to_owned())
        })?);
    }
    Ok(rows)
}

fn read(cells: Vec<Cell>) -> Option<PartRow> {
    let mut cells = cells.into_iter();
    let kind = Kind::named(&cells.next()?.into_text()?)?;
    let key = cells.next()?.into_text()?;
    let layer = match cells.next()?.as_integer()? {
        0 => Layer::System,
        1 => Layer::Customized,
        _ => return None,
    };
    let state = match cells.next()?.as_integer()? {
        0 => PartState::Put,
        1 => PartState::Removed,
        2 => PartState::FallsThrough,
        _ => return None,
    };
    let (version, place) = (cells.next()?.as_integer()?, cells.next()?.as_integer()?);
    Some(PartRow { kind, key, layer, state, version, place, document: cells.next()?.into_text() })
}

/// Writes rows, new ones and those that change.
pub async fn keep(session: &mut Session, rows: &[PartRow]) -> Result<()> {
    let sql = "INSERT INTO valise_component (kind, component_key, layer, state, version, place, document) \
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, component_key, layer) DO UPDATE SET \
               state = excluded.state, version = excluded.version, place = excluded.place, \
               document = excluded.document";
    for row in rows {
        let binds = vec![
            Cell::text(row.kind.name()),
            Cell::text(row.key.as_str()),
            Cell::integer(i64::from(row.layer == Layer::Customized)),
            Cell::integer(match row.state {
                PartState::Put => 0,
                PartState::Removed => 1,
                PartState::FallsThrough => 2,
            }),
            Cell::integer(row.version),
            Cell::integer(row.place),
            Cell::Text(row.document.clone()),
        ];
        session.run_with(sql, binds).await?;
    }
    Ok(())
}

/// Keeps the version of the metadata.
pub async fn keep_version(session: &mut Session, version: i64) -> Result<()> {
    session.run_with("UPDATE valise_component_version SET value = ?", vec![Cell::integer(version)]).await?;
    Ok(())
}

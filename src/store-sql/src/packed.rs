//! Pages of rows with many cells, read from SQLite as one text per row.
//!
//! The driver copies every cell of a row for itself, empty ones too, and hands them from one thread to another. For tables
//! of two hundred columns that takes several times as long as everything else about a page. `json_array` makes one cell of
//! them; floating point numbers stand beside it, since there they would lose their last digits.

use crate::cell::{Cell, Storage};
use crate::dialect::{Dialect, quoted};
use crate::error::{Result, StoreError};
use crate::statement::{Question, Statement};
use model::RowId;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::fmt;

/// SQLite's functions take a thousand arguments.
const MOST_CELLS: usize = 900;
/// Fewer cells are not worth the detour.
const FEWEST_CELLS: usize = 8;
/// The id and the version, which stand before the others.
const HEAD: usize = 2;

/// A column as it is read: its name without quotes, and its kind.
pub type NamedCell = (String, Storage);

/// True when these cells are read as one.
pub fn packs(dialect: Dialect, cells: &[NamedCell]) -> bool {
    dialect == Dialect::Sqlite
        && (FEWEST_CELLS..=MOST_CELLS).contains(&cells.len())
        && cells.iter().all(|(_, kind)| *kind != Storage::Bytes)
}

/// `, json_array(…), alias."float", …`
pub fn push_packed(statement: &mut Statement, cells: &[NamedCell], alias: &str) {
    let expression = |(name, kind): &NamedCell| match kind {
        Storage::Id => format!("hex({alias}.{})", quoted(name)),
        _ => format!("{alias}.{}", quoted(name)),
    };
    let is_float = |cell: &&NamedCell| cell.1 == Storage::Float;
    let listed: Vec<String> = cells.iter().filter(|cell| !is_float(cell)).map(expression).collect();
    statement.push(&format!(", json_array({})", listed.join(", ")));
    for float in cells.iter().filter(is_float) {
        statement.push(&format!(", {}", expression(float)));
    }
}

/// A question whose answer begins with an id, a version and cells of which `packed` are read as one.
#[derive(Debug)]
pub struct PackedQuestion {
    /// The statement, with the kinds as if nothing were packed.
    pub question: Question,
    /// How many cells behind the id and the version came packed; 0 when each came on its own.
    pub packed: usize,
}

/// Reads the cells of a row of such an answer, in the order of their kinds.
pub fn read_packed_row(row: &SqliteRow, kinds: &[Storage], packed: usize) -> Result<Vec<Cell>> {
    let corrupt = || StoreError::Corrupt(format!("{} columns for {} cells", row.len(), kinds.len()));
    let (head, rest) = kinds.split_at_checked(HEAD).ok_or_else(corrupt)?;
    let (inside, behind) = rest.split_at_checked(packed).ok_or_else(corrupt)?;
    let mut cells = Vec::with_capacity(kinds.len());
    for (index, kind) in head.iter().enumerate() {
        cells.push(Cell::read_sqlite(row, index, *kind)?);
    }
    let text: &str = row.try_get_unchecked(HEAD)?;
    let unreadable =
        |error: serde_json::Error| StoreError::Corrupt(format!("a row that cannot be read: {error}"));
    let mut deserializer = serde_json::Deserializer::from_str(text);
    CellsSeed { kinds: inside, cells: &mut cells }.deserialize(&mut deserializer).map_err(unreadable)?;
    let mut next = HEAD + 1;
    for (index, kind) in inside.iter().enumerate().filter(|(_, kind)| **kind == Storage::Float) {
        let cell = Cell::read_sqlite(row, next, *kind)?;
        *cells.get_mut(HEAD + index).ok_or_else(corrupt)? = cell;
        next += 1;
    }
    for kind in behind {
        cells.push(Cell::read_sqlite(row, next, *kind)?);
        next += 1;
    }
    if next == row.len() { Ok(cells) } else { Err(corrupt()) }
}

struct CellsSeed<'r> {
    kinds: &'r [Storage],
    cells: &'r mut Vec<Cell>,
}

impl<'de> DeserializeSeed<'de> for CellsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for CellsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cells", self.kinds.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        for kind in self.kinds {
            // A place for what stands beside the text.
            let cell = match kind {
                Storage::Float => Some(Cell::null(Storage::Float)),
                kind => items.next_element_seed(CellSeed(*kind))?,
            };
            self.cells.push(cell.ok_or_else(|| A::Error::custom("too few cells"))?);
        }
        match items.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::custom("too many cells")),
        }
    }
}

struct CellSeed(Storage);

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Cell, D::Error> {
        match self.0 {
            Storage::Integer => Option::deserialize(deserializer).map(Cell::Integer),
            Storage::Text => Option::deserialize(deserializer).map(Cell::Text),
            Storage::Id => {
                // `hex` gives an empty text for no value.
                let digits = <&str>::deserialize(deserializer)?;
                match digits {
                    "" => Ok(Cell::Id(None)),
                    digits => u128::from_str_radix(digits, 16)
                        .map(|bits| Cell::id(RowId::from_u128(bits)))
                        .map_err(D::Error::custom),
                }
            }
            Storage::Float | Storage::Bytes => Err(D::Error::custom("a cell that is not packed")),
        }
    }
}

//! How the columns of a table are stored: which SQL columns each has, and the way between values and cells.

use crate::cell::{Cell, Storage};
use crate::dialect::quoted;
use crate::error::{Result, StoreError};
use model::{
    Cascade, Column, ColumnKind, ColumnName, Date, DateBehavior, Decimal, Metadata, Ownership, Party,
    Reference, RowId, Table, TableName, TableSource, Timestamp, Value,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Digits behind the point of every amount.
pub const MONEY_SCALE: u32 = 4;
/// PostgreSQL cuts names at 63 bytes; suffixes of ours need the rest.
const LONGEST_NAME: usize = 55;
/// Texts that may be longer than this have no folded shadow column; in UTF-16 units.
const LONGEST_FOLDED: u32 = 2_000_000;

/// The tables of the metadata applied last.
#[derive(Debug, Default)]
pub struct Layouts {
    tables: HashMap<TableName, Arc<TableLayout>>,
}

/// One table.
#[derive(Debug)]
pub struct TableLayout {
    /// Its definition.
    pub table: Arc<Table>,
    /// Every column that is stored or computed, in the order of the definition.
    pub columns: Vec<ColumnLayout>,
    /// Of a table whose rows belong to a parent: the lookups that lead to one, with its table.
    pub parents: Vec<(ColumnName, TableName)>,
    by_name: HashMap<String, usize>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct ColumnLayout {
    /// Its definition.
    pub column: Column,
    /// How its values are stored.
    pub codec: Codec,
}

/// How values of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// The primary key.
    Key,
    /// The version of the row, a system column.
    Version,
    /// Text with a folded shadow column.
    FoldedText,
    /// Text compared as it is (names of tables, pictures).
    PlainText,
    /// Whole number.
    Integer,
    /// Decimal times ten to this power.
    Scaled(u32),
    /// Floating point.
    Float,
    /// 0 or 1.
    Boolean,
    /// The option's number.
    Choice,
    /// `,1,2,3,`: each number between commas, so that one can be looked for.
    Choices,
    /// Days since 1970-01-01.
    Date,
    /// Milliseconds since 1970-01-01.
    DateTime,
    /// An id that is no reference.
    Id,
    /// Id and table, in two columns.
    Reference,
    /// JSON.
    Parties,
}

impl Layouts {
    /// The layouts of every table of the metadata.
    pub fn of(metadata: &Metadata) -> Result<Self> {
        let mut tables = HashMap::with_capacity(metadata.tables.len());
        for table in &metadata.tables {
            tables.insert(table.name.clone(), Arc::new(TableLayout::of(table, parents_of(table, metadata))?));
        }
        Ok(Self { tables })
    }

    /// The layout of a table.
    pub fn table(&self, name: &str) -> Result<&Arc<TableLayout>> {
        self.tables.get(name).ok_or_else(|| StoreError::UnknownTable(name.into()))
    }

    /// The layout of a table, if there is one: references may point to tables that the org has not.
    pub fn find(&self, name: &str) -> Option<&Arc<TableLayout>> {
        self.tables.get(name)
    }

    /// Every table.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<TableLayout>> {
        self.tables.values()
    }
}

impl TableLayout {
    fn of(table: &Table, parents: Vec<(ColumnName, TableName)>) -> Result<Self> {
        check_name(table.name.as_str())?;
        let mut columns = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            check_name(column.name.as_str())?;
            columns.push(ColumnLayout { column: column.clone(), codec: codec_of(table, column) });
        }
        let by_name = columns
            .iter()
            .enumerate()
            .map(|(index, layout)| (layout.column.name.as_str().to_owned(), index))
            .collect();
        Ok(Self { table: Arc::new(table.clone()), columns, parents, by_name })
    }

    /// The table's name.
    pub fn name(&self) -> &TableName {
        &self.table.name
    }

    /// The table's name in quotes.
    pub fn sql_name(&self) -> String {
        quoted(self.table.name.as_str())
    }

    /// True when its rows follow from the rows of other tables.
    pub fn is_derived(&self) -> bool {
        self.table.is_derived()
    }

    /// The name of the primary key.
    pub fn key(&self) -> &str {
        self.table.primary_id.as_str()
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Result<&ColumnLayout> {
        self.find(name).ok_or_else(|| StoreError::UnknownColumn {
            table: self.table.name.clone(),
            column: name.to_owned(),
        })
    }

    /// The column of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<&ColumnLayout> {
        self.by_name.get(name).and_then(|index| self.columns.get(*index))
    }

    /// Its column that names a row to people.
    pub fn primary_name(&self) -> Option<&ColumnLayout> {
        self.find(self.table.primary_name.as_str())
    }
}

/// The rows that rows of a table belong to: those they are deleted with.
fn parents_of(table: &Table, metadata: &Metadata) -> Vec<(ColumnName, TableName)> {
    if table.ownership != Ownership::Parent {
        return Vec::new();
    }
    if table.source == TableSource::Parties {
        return vec![("activityid".into(), model::ACTIVITY_TABLE.into())];
    }
    let relationships = metadata.tables.iter().flat_map(|parent| {
        let children = parent.relationships.iter().filter(|one| one.child == table.name);
        children.map(move |one| (one, parent))
    });
    let mut parents: Vec<(ColumnName, TableName)> = relationships
        .filter(|(relationship, _)| relationship.cascades.delete == Cascade::Cascade)
        .map(|(relationship, parent)| (relationship.column.clone(), parent.name.clone()))
        .collect();
    parents.sort();
    parents.dedup();
    parents
}

fn check_name(name: &str) -> Result<()> {
    let fits = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with("__")
        && !name.ends_with("__fold")
        && !name.ends_with("__table")
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if fits { Ok(()) } else { Err(StoreError::UnfitName(name.to_owned())) }
}

fn codec_of(table: &Table, column: &Column) -> Codec {
    if column.name == table.primary_id {
        return Codec::Key;
    }
    match &column.kind {
        ColumnKind::BigInteger if column.name == *"versionnumber" => Codec::Version,
        // A document's body: nobody compares it, and its shadow would double it.
        ColumnKind::Memo { max_length, .. } if *max_length > LONGEST_FOLDED => Codec::PlainText,
        ColumnKind::Text { .. } | ColumnKind::Memo { .. } => Codec::FoldedText,
        ColumnKind::EntityName | ColumnKind::Image => Codec::PlainText,
        ColumnKind::File { .. } | ColumnKind::UniqueId => Codec::Id,
        ColumnKind::Integer { .. } | ColumnKind::BigInteger => Codec::Integer,
        ColumnKind::Decimal { precision, .. } => Codec::Scaled(u32::from(*precision).min(10)),
        ColumnKind::Money { .. } | ColumnKind::BaseMoney { .. } => Codec::Scaled(MONEY_SCALE),
        ColumnKind::Float { .. } => Codec::Float,
        ColumnKind::Boolean(_) => Codec::Boolean,
        ColumnKind::Choice { .. } | ColumnKind::State | ColumnKind::Status => Codec::Choice,
        ColumnKind::Choices { .. } => Codec::Choices,
        ColumnKind::DateTime { behavior: DateBehavior::DateOnly, .. } => Codec::Date,
        ColumnKind::DateTime { .. } => Codec::DateTime,
        ColumnKind::Lookup { .. } => Codec::Reference,
        ColumnKind::PartyList { .. } => Codec::Parties,
    }
}

impl Codec {
    /// The kinds of the cells a value is read from.
    pub const fn storage(self) -> &'static [Storage] {
        match self {
            Self::Key | Self::Id => &[Storage::Id],
            Self::Reference => &[Storage::Id, Storage::Text],
            Self::FoldedText | Self::PlainText | Self::Choices | Self::Parties => &[Storage::Text],
            Self::Float => &[Storage::Float],
            Self::Version
            | Self::Integer
            | Self::Scaled(_)
            | Self::Boolean
            | Self::Choice
            | Self::Date
            | Self::DateTime => &[Storage::Integer],
        }
    }
}

impl ColumnLayout {
    /// The SQL columns a value is read from, without quotes.
    pub fn read_names(&self) -> Vec<String> {
        let name = self.column.name.as_str();
        match self.codec {
            Codec::Version => vec!["__version".to_owned()],
            Codec::Reference => vec![name.to_owned(), format!("{name}__table")],
            _ => vec![name.to_owned()],
        }
    }

    /// The SQL columns a value is written to with their kinds; none for the key and the version.
    pub fn write_names(&self) -> Vec<(String, Storage)> {
        let name = self.column.name.as_str();
        match self.codec {
            Codec::Key | Codec::Version => Vec::new(),
            Codec::FoldedText => {
                vec![(name.to_owned(), Storage::Text), (format!("{name}__fold"), Storage::Text)]
            }
            Codec::Reference => {
                vec![(name.to_owned(), Storage::Id), (format!("{name}__table"), Storage::Text)]
            }
            codec => codec.storage().iter().map(|storage| (name.to_owned(), *storage)).collect(),
        }
    }

    /// The SQL column that comparisons and orders use, without quotes.
    pub fn compared_name(&self) -> String {
        let name = self.column.name.as_str();
        match self.codec {
            Codec::FoldedText => format!("{name}__fold"),
            Codec::Version => "__version".to_owned(),
            _ => name.to_owned(),
        }
    }

    /// The cells of a value, as many as `write_names`.
    pub fn encode(&self, table: &TableName, value: &Value) -> Result<Vec<Cell>> {
        let mismatch =
            || StoreError::ValueMismatch { table: table.clone(), column: self.column.name.clone() };
        if value.is_null() {
            return Ok(self.write_names().into_iter().map(|(_, storage)| Cell::null(storage)).collect());
        }
        Ok(match (self.codec, value) {
            (Codec::Key | Codec::Version, _) => Vec::new(),
            (Codec::FoldedText | Codec::PlainText, Value::Text(text)) if text.contains('\0') => {
                return Err(StoreError::UnfitText);
            }
            (Codec::FoldedText, Value::Text(text)) => {
                vec![Cell::text(text.as_str()), Cell::text(query::fold(text))]
            }
            (Codec::PlainText, Value::Text(text)) => vec![Cell::text(text.as_str())],
            (Codec::Integer, Value::Integer(number)) => vec![Cell::integer(*number)],
            (Codec::Scaled(scale), Value::Decimal(number)) => {
                vec![Cell::integer(self.scaled(table, *number, scale)?)]
            }
            (Codec::Float, Value::Float(number)) if number.is_finite() => vec![Cell::Float(Some(*number))],
            (Codec::Boolean, Value::Boolean(flag)) => vec![Cell::integer(i64::from(*flag))],
            (Codec::Choice, Value::Choice(number)) => vec![Cell::integer(i64::from(*number))],
            (Codec::Choices, Value::Choices(numbers)) => vec![Cell::text(choices_text(numbers))],
            (Codec::Date, Value::Date(date)) => vec![Cell::integer(i64::from(date.days()))],
            (Codec::DateTime, Value::DateTime(at)) => vec![Cell::integer(at.milliseconds())],
            (Codec::Id, Value::Id(id)) => vec![Cell::id(*id)],
            (Codec::Reference, Value::Reference(reference)) => {
                vec![Cell::id(reference.id), Cell::text(reference.table.as_str())]
            }
            (Codec::Parties, Value::Parties(parties)) => {
                vec![Cell::text(serde_json::to_string(parties).map_err(|_| mismatch())?)]
            }
            _ => return Err(mismatch()),
        })
    }

    /// The value of cells that were read from `read_names`.
    pub fn decode(&self, cells: &mut std::vec::IntoIter<Cell>) -> Result<Value> {
        let first = cells.next().ok_or_else(|| corrupt(&self.column))?;
        Ok(match (self.codec, first) {
            (Codec::Reference, Cell::Id(id)) => {
                let table = cells.next().and_then(Cell::into_text);
                match (id, table) {
                    (Some(id), Some(table)) => {
                        Value::Reference(Reference { table: table.as_str().into(), id, name: None })
                    }
                    _ => Value::Null,
                }
            }
            (
                _,
                Cell::Integer(None)
                | Cell::Float(None)
                | Cell::Text(None)
                | Cell::Id(None)
                | Cell::Bytes(None),
            ) => Value::Null,
            (Codec::FoldedText | Codec::PlainText, Cell::Text(Some(text))) => Value::Text(text),
            (Codec::Version | Codec::Integer, Cell::Integer(Some(number))) => Value::Integer(number),
            (Codec::Scaled(scale), Cell::Integer(Some(number))) => {
                Value::Decimal(Decimal::from_i128_with_scale(i128::from(number), scale).normalize())
            }
            (Codec::Float, Cell::Float(Some(number))) => Value::Float(number),
            (Codec::Boolean, Cell::Integer(Some(number))) => Value::Boolean(number != 0),
            (Codec::Choice, Cell::Integer(Some(number))) => {
                Value::Choice(i32::try_from(number).map_err(|_| corrupt(&self.column))?)
            }
            (Codec::Choices, Cell::Text(Some(text))) => Value::Choices(
                text.split(',')
                    .filter(|part| !part.is_empty())
                    .filter_map(|part| part.parse().ok())
                    .collect(),
            ),
            (Codec::Date, Cell::Integer(Some(days))) => {
                Value::Date(Date::from_days(i32::try_from(days).map_err(|_| corrupt(&self.column))?))
            }
            (Codec::DateTime, Cell::Integer(Some(milliseconds))) => {
                Value::DateTime(Timestamp::from_milliseconds(milliseconds))
            }
            (Codec::Key | Codec::Id, Cell::Id(Some(id))) => Value::Id(id),
            (Codec::Parties, Cell::Text(Some(text))) => {
                Value::Parties(serde_json::from_str::<Vec<Party>>(&text).map_err(|_| corrupt(&self.column))?)
            }
            _ => return Err(corrupt(&self.column)),
        })
    }

    fn scaled(&self, table: &TableName, number: Decimal, scale: u32) -> Result<i64> {
        match scale_down(number, scale) {
            (scaled, true) => Ok(scaled),
            (_, false) => Err(StoreError::OutOfRange {
                table: table.clone(),
                column: self.column.name.clone(),
                digits: scale,
                largest: Decimal::from_i128_with_scale(i128::from(i64::MAX), scale),
            }),
        }
    }
}

fn corrupt(column: &Column) -> StoreError {
    StoreError::Corrupt(format!("column “{}” holds a value of another type", column.name))
}

/// A decimal times ten to the power of `scale`, rounded down, and whether nothing was lost. Ends at what 64 bits hold.
pub fn scale_down(number: Decimal, scale: u32) -> (i64, bool) {
    let mantissa = number.mantissa();
    let (scaled, exact) = if number.scale() <= scale {
        let factor = 10_i128.checked_pow(scale - number.scale());
        match factor.and_then(|factor| mantissa.checked_mul(factor)) {
            Some(scaled) => (scaled, true),
            None => (if mantissa < 0 { i128::MIN } else { i128::MAX }, false),
        }
    } else {
        let divisor = 10_i128.checked_pow(number.scale() - scale).unwrap_or(i128::MAX);
        (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor) == 0)
    };
    match i64::try_from(scaled) {
        Ok(scaled) => (scaled, exact),
        Err(_) => (if scaled < 0 { i64::MIN } else { i64::MAX }, false),
    }
}

/// Numbers of options between commas.
pub fn choices_text(numbers: &[i32]) -> String {
    let mut text = String::from(",");
    for number in numbers {
        text.push_str(&number.to_string());
        text.push(',');
    }
    text
}

/// The id in a value that names a row.
pub fn id_of(value: &Value) -> Option<RowId> {
    match value {
        Value::Id(id) => Some(*id),
        Value::Reference(reference) => Some(reference.id),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_scale_exactly_or_say_that_they_do_not() {
        let cases: [(&str, u32, i64, bool); 6] = [
            ("12.3400", 4, 123_400, true),
            ("-0.00005", 4, -1, false),
            ("0.00005", 4, 0, false),
            ("922337203685477.5807", 4, i64::MAX, true),
            ("922337203685477.5808", 4, i64::MAX, false),
            ("-79228162514264337593543950335", 10, i64::MIN, false),
        ];
        for (text, scale, scaled, exact) in cases {
            assert_eq!(scale_down(text.parse().unwrap(), scale), (scaled, exact), "{text}");
        }
    }

    #[test]
    fn names_that_could_be_cut_or_clash_are_refused() {
        for name in ["", "Name", "a b", "name__fold", "__version", "a\"b", &"n".repeat(56)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("address1_line1").is_ok());
    }
}

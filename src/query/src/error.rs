//! Why a question cannot be answered, in words that name the element and what would be right.

use model::{ColumnName, TableName};

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The text is not XML.
    #[error("the FetchXML cannot be read at <{place}>: {reason}")]
    Xml {
        /// The elements around the trouble.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// An element that does not belong where it stands.
    #[error("<{element}> is not allowed inside <{inside}>; allowed are {allowed}")]
    UnknownElement {
        /// Its name.
        element: String,
        /// The element it stands in.
        inside: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// An attribute that the element does not have.
    #[error("<{element}> has no attribute “{attribute}”; it may have {allowed}")]
    UnknownAttribute {
        /// The element.
        element: String,
        /// The attribute.
        attribute: String,
        /// The attributes it has.
        allowed: String,
    },
    /// An attribute that must be there.
    #[error("<{element}> needs the attribute “{attribute}”")]
    MissingAttribute {
        /// The element.
        element: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute's value that means nothing.
    #[error("{attribute}=\"{value}\" of <{element}> is not valid; expected {expected}")]
    BadAttribute {
        /// The element.
        element: String,
        /// The attribute.
        attribute: String,
        /// Its value.
        value: String,
        /// What would be valid.
        expected: String,
    },
    /// An element that must be there once.
    #[error("<{inside}> needs exactly one <{element}>; there are {found}")]
    NotOne {
        /// The element.
        element: &'static str,
        /// Where it must be.
        inside: &'static str,
        /// How many there are.
        found: usize,
    },
    /// Two things that exclude each other.
    #[error("{first} cannot be used together with {second}")]
    Excluded {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// More of something than can be answered.
    #[error("the query has {found} {what}; at most {limit} are allowed")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Filters or links nested without end.
    #[error("filters and links are nested more than {limit} deep")]
    TooDeep {
        /// How deep they may be.
        limit: usize,
    },
    /// A table that does not exist.
    #[error("there is no table “{table}”")]
    UnknownTable {
        /// Its name.
        table: TableName,
    },
    /// A column that does not exist.
    #[error("the table “{table}” has no column “{column}”")]
    UnknownColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// The alias of no linked table whose columns can be used here.
    #[error("there is no linked table with the alias “{alias}” here; known are: {known}")]
    UnknownAlias {
        /// The alias.
        alias: String,
        /// The aliases that could be used.
        known: String,
    },
    /// A name that is taken.
    #[error("the alias “{alias}” is used twice")]
    DuplicateAlias {
        /// The alias.
        alias: String,
    },
    /// A name that cannot be one.
    #[error("“{alias}” cannot be an alias; use letters, digits and underscores, at most 100")]
    BadAlias {
        /// The alias.
        alias: String,
    },
    /// An operator that does not exist.
    #[error("there is no operator “{operator}” (condition on “{column}”); column type {kind} has {allowed}")]
    UnknownOperator {
        /// The operator.
        operator: String,
        /// The column of the condition.
        column: ColumnName,
        /// The column's type.
        kind: &'static str,
        /// The operators that fit.
        allowed: String,
    },
    /// An operator that the column's type does not have.
    #[error(
        "the operator “{operator}” does not fit column “{column}” of table “{table}” (type {kind}); it has {allowed}"
    )]
    OperatorDoesNotFit {
        /// The operator.
        operator: String,
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// The column's type.
        kind: &'static str,
        /// The operators that fit.
        allowed: String,
    },
    /// Too few or too many operands.
    #[error("the operator “{operator}” on column “{column}” takes {expected}; {found} given")]
    WrongCount {
        /// The operator.
        operator: String,
        /// The column.
        column: ColumnName,
        /// How many it takes, in words.
        expected: &'static str,
        /// How many there are.
        found: usize,
    },
    /// An operand that is no value of the column.
    #[error("“{value}” cannot be compared with column “{column}” of table “{table}”; expected {expected}")]
    BadOperand {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// The operand.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A link that names no columns, between tables that more or fewer than one lookup joins.
    #[error(
        "the link to “{linked}” needs “from” and “to”: {found} lookups lead from it to “{outer}” or back"
    )]
    NoSingleLookup {
        /// The linked table.
        linked: TableName,
        /// The table it is linked to.
        outer: TableName,
        /// How many lookups there are.
        found: usize,
    },
    /// Two columns that cannot be compared or joined.
    #[error("columns “{first}” and “{second}” have types that cannot be compared")]
    NotComparable {
        /// One, as `table.column`.
        first: String,
        /// The other.
        second: String,
    },
    /// An operator that follows a hierarchy, where there is none.
    #[error(
        "“{operator}” on column “{column}” of table “{table}” needs the key of a table, or a lookup to one, that has a \
         hierarchical relationship with itself"
    )]
    NoHierarchy {
        /// The operator.
        operator: String,
        /// The table of the condition.
        table: TableName,
        /// Its column.
        column: ColumnName,
    },
    /// A measure or group that the column's type does not have.
    #[error(
        "{function} cannot be computed from column “{column}” of table “{table}” (type {kind}); it needs {needs}"
    )]
    FunctionDoesNotFit {
        /// The function.
        function: &'static str,
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// The column's type.
        kind: &'static str,
        /// The types it can be computed from.
        needs: &'static str,
    },
    /// An order that names no group or measure.
    #[error("the order of an aggregate must name one of its aliases ({known}), not “{alias}”")]
    UnknownOrder {
        /// What was named.
        alias: String,
        /// What could be.
        known: String,
    },
    /// Part of FetchXML that is not answered here.
    #[error("{what} is not supported")]
    Unsupported {
        /// What it is.
        what: String,
    },
}

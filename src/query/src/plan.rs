//! The one form of a question, whoever asked it, before it is bound to a caller and a moment.

use model::{ColumnName, TableName};

/// A question over one table and the tables linked to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The table whose rows are asked for.
    pub table: TableName,
    /// What comes back of each row, beside its id and version.
    pub output: Output,
    /// Which rows.
    pub filter: Option<Filter>,
    /// Tables joined in, with their own conditions.
    pub links: Vec<Link>,
    /// In which order. Executors add the primary key as the last criterion, so that paging is stable.
    pub orders: Vec<Order>,
    /// Equal output rows are given once: the first in order stays.
    pub distinct: bool,
    /// Which slice of the answer.
    pub page: Page,
    /// True when the number of all rows is wanted.
    pub wants_total: bool,
    /// True when choices sort by their numbers instead of their labels (`useraworderby`).
    pub sorts_choices_by_number: bool,
}

/// What comes back of each row.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// These columns (of the root table; links carry their own).
    Columns(Vec<OutputColumn>),
    /// Every column.
    All,
    /// Groups with measures.
    Aggregate(Aggregate),
}

/// A column in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputColumn {
    /// The column.
    pub column: ColumnName,
    /// Its name in the answer; `None` means the column's own (`alias.column` for a linked row).
    pub alias: Option<String>,
    /// Instead of the column's value, the number of the row's children (`rowaggregate="CountChildren"`): of the rows
    /// of the same table, as far as the caller may read them, whose lookup of this name holds the row. Zero without
    /// children, null for a linked row that is absent. `*` until `bind` puts in the lookup of the table's hierarchy.
    pub children: Option<ColumnName>,
}

impl OutputColumn {
    /// The column under its own name.
    #[must_use]
    pub fn named(column: impl Into<ColumnName>) -> Self {
        Self { column: column.into(), alias: None, children: None }
    }

    /// The column under another name.
    #[must_use]
    pub fn renamed(column: impl Into<ColumnName>, alias: impl Into<String>) -> Self {
        Self { column: column.into(), alias: Some(alias.into()), children: None }
    }

    /// Stands for every column of a link (`all-attributes`); `bind` spells it out.
    #[must_use]
    pub fn every() -> Self {
        Self::named("*")
    }

    /// True for the stand-in of every column.
    #[must_use]
    pub fn is_every(&self) -> bool {
        self.column == "*"
    }
}

/// Groups and measures. Texts group by their folded form and show the smallest text. `link` is the alias of a linked table, `None` the root.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Aggregate {
    /// What rows are grouped by; without any, one group.
    pub groups: Vec<GroupBy>,
    /// What is computed for each group.
    pub measures: Vec<Measure>,
}

/// One grouping column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBy {
    /// The alias of the linked table, or the root.
    pub link: Option<String>,
    /// The column.
    pub column: ColumnName,
    /// The name in the answer.
    pub alias: String,
    /// For dates: the part of the date that rows are grouped by.
    pub date_part: Option<DatePart>,
    /// True when the days are those of UTC (`usertimezone="false"`; `bind` sets it for time-zone-independent columns).
    pub in_utc: bool,
}

/// The part of a date that rows are grouped by; its value is a number, as in Dataverse (see [`DatePart::of`]).
///
/// The day of the month, the week of the year (week 1 holds 1 January), the month, the quarter of the calendar year,
/// the year. A fiscal year has the number of the calendar year it begins in, or ends in where the org names it so; a
/// fiscal period has the number of its year × 100 and its place in the year from 1: 202601 is the first of 2026.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the name FetchXML gives it")]
pub enum DatePart {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    FiscalPeriod,
    FiscalYear,
}

/// One measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The alias of the linked table, or the root.
    pub link: Option<String>,
    /// The column; ignored by `Function::Count`.
    pub column: ColumnName,
    /// The name in the answer.
    pub alias: String,
    /// What is computed.
    pub function: Function,
}

/// What a measure computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Rows.
    Count,
    /// Values that are not null.
    CountColumn,
    /// Different values.
    CountDistinct,
    /// Sum; null without values.
    Sum,
    /// Mean of the values that are not null, to 10 digits behind the point (half to even) unless it is a float.
    Average,
    /// Smallest.
    Min,
    /// Largest.
    Max,
}

/// A table joined to the one it stands in: `linked.from = outer.to`.
///
/// A partner is a linked row that meets the filter and finds partners of its own for its inner links, so an inner
/// link under an outer one never takes the outer row away. Null joins nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The linked table.
    pub table: TableName,
    /// The column of the linked table. Empty, as `to` then is, where the only lookup between the tables is meant.
    pub from: ColumnName,
    /// The column of the outer table.
    pub to: ColumnName,
    /// The name conditions and orders use; unique in the plan.
    pub alias: String,
    /// How rows without a partner are treated.
    pub kind: LinkKind,
    /// The columns that come back.
    pub columns: Vec<OutputColumn>,
    /// Conditions on the linked rows, part of the join.
    pub filter: Option<Filter>,
    /// Tables joined to the linked one.
    pub links: Vec<Link>,
}

/// The link types of FetchXML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Only rows with a partner, once per partner.
    Inner,
    /// Also rows without one.
    Outer,
    /// Rows with at least one partner, once. (`any`, `exists`, `in`)
    Any,
    /// Rows without a partner. (`not any`)
    NotAny,
    /// Rows with partners by the join columns, of which none meets the filter. (`all`, as FetchXML defines it)
    All,
    /// Rows with at least one partner that meets the filter. (`not all`, as FetchXML defines it)
    NotAll,
    /// Only rows with a partner, with the columns of the one whose id is smallest. (`matchfirstrowusingcrossapply`)
    First,
}

/// One criterion of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The alias of the linked table, or the root.
    pub link: Option<String>,
    /// The column; in an aggregate the alias of a group or measure.
    pub column: ColumnName,
    /// Largest first.
    pub descending: bool,
}

/// Which slice of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows to skip (from the page number, or from a screen that scrolls).
    pub offset: u64,
    /// Most rows to give.
    pub limit: u32,
    /// True when no page is meant to follow (`top`): then the answer never says that there is more.
    pub is_top: bool,
    /// Where the page before ended, as its answer told. `bind` turns it into a condition where that gives the same
    /// rows as skipping does, and sets `offset` to 0; executors need not look at it.
    pub after: Option<Cookie>,
}

impl Default for Page {
    /// The first 5,000 rows, Dataverse's largest page.
    fn default() -> Self {
        Self::slice(0, 5000)
    }
}

impl Page {
    /// Rows from an offset on.
    #[must_use]
    pub const fn slice(offset: u64, limit: u32) -> Self {
        Self { offset, limit, is_top: false, after: None }
    }

    /// The first rows and no others.
    #[must_use]
    pub const fn top(limit: u32) -> Self {
        Self { offset: 0, limit, is_top: true, after: None }
    }

    /// What `Answer.more` says when rows follow in truth.
    #[must_use]
    pub const fn more(&self, rows_follow: bool) -> bool {
        rows_follow && !self.is_top
    }
}

/// Where a page ended: the values its last row is ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// The number of that page, from 1.
    pub page: u32,
    /// Columns as `column` or `alias.column`, each with the last row's value as text; none for null. The primary key
    /// comes last.
    pub last: Vec<(String, Option<String>)>,
}

/// Which rows. Null columns meet no condition but `null`, as in SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every part holds; true without parts.
    And(Vec<Filter>),
    /// One part holds; false without parts.
    Or(Vec<Filter>),
    /// The part does not hold. (`not` of `$filter`)
    Not(Box<Filter>),
    /// One condition.
    Condition(Condition),
    /// A linked table inside a filter: `any`, `not any`, … and the lambdas of `$filter`.
    Linked(Box<Link>),
    /// The find columns of a quick find view (`isquickfindfields`), with `{0}` where the search text goes.
    QuickFind {
        /// The conditions on the find columns.
        fields: Box<Filter>,
        /// The search text; without one the filter is left out.
        search: Option<String>,
    },
}

/// A condition as it was written: operator name and texts, types still unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The alias of the linked table (`entityname`), or the table the filter stands in.
    pub link: Option<String>,
    /// The column.
    pub column: ColumnName,
    /// FetchXML's operator (`eq`, `last-x-days`).
    pub operator: String,
    /// The operands as text.
    pub values: Vec<String>,
    /// The column compared with, instead of values (`valueof`); `alias.column` for a linked row.
    pub value_of: Option<ColumnName>,
}

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod change;
mod column;
mod form;
mod id;
mod journal;
mod label;
mod metadata;
mod row;
mod sink;
mod sitemap;
mod table;
mod time;
mod value;
mod view;
pub mod xml;

pub use change::{Change, ChangeSet};
pub use column::{
    BooleanOptions, ChoiceOption, Column, ColumnKind, DateBehavior, DateFormat, IntegerFormat, LookupStyle,
    PrecisionSource, Requirement, TextFormat, Writable,
};
pub use form::{Cell, Control, ControlKind, Form, FormColumn, FormKind, FormRow, Section, Tab};
pub use id::{AppName, ColumnName, EntryId, FormId, IdProblem, RowId, RowVersion, TableName, ViewId};
pub use journal::{Command, CommandName, EntryState, JournalEntry, ParkReason};
pub use label::{Label, Language};
pub use metadata::{
    AppRecord, Depth, FormRecord, Metadata, Privileges, Right, TableRights, UserProfile, ViewRecord,
};
pub use row::{Columns, Row};
pub use sink::{RowSink, ValueRef};
pub use sitemap::{Area, Group, SiteMap, SubArea, SubAreaTarget};
pub use table::{Cascade, Cascades, Ownership, Relationship, State, StatusReason, Table};
pub use time::{Date, TimeZone, Timestamp, ZoneChange};
pub use value::{Party, Reference, Value};
pub use view::{LayoutCell, View, ViewKind};
pub use xml::{parse_form, parse_site_map, parse_view};

/// Exact decimal number used for money, decimals and rates.
pub use rust_decimal::Decimal;

/// Something in a definition that could not be used, kept so that an administrator can see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// What is wrong, in words an administrator understands.
    pub what: String,
    /// Where: the path of XML elements, or the table and column.
    pub place: String,
    /// What is done instead ("the cell is left out", "shown as text").
    pub instead: String,
}

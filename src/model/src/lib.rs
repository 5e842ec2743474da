#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod auto_number;
mod change;
mod chart;
mod column;
mod command_set;
pub mod component;
mod dashboard;
mod derived;
mod form;
mod id;
mod journal;
mod label;
pub mod limits;
mod metadata;
pub mod money;
mod parameters;
mod process;
mod row;
mod sentence;
mod sink;
mod sitemap;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
mod time;
mod value;
mod view;
pub mod xml;

pub use auto_number::{AutoNumber, AutoNumberProblem, FIRST_NUMBER};
pub use change::{Change, ChangeSet};
pub use chart::{Chart, ChartAxis, ChartKind, ChartRecord, ChartSeries};
pub use column::{
    BooleanOptions, ChoiceOption, Column, ColumnKind, DateBehavior, DateFormat, IntegerFormat, LookupStyle,
    MemoFormat, PrecisionSource, Requirement, TextFormat, Writable,
};
pub use command_set::{
    CommandAction, CommandButton, CommandButtonKind, CommandLocation, CommandSet, CommandSetRecord,
};
pub use component::{ComponentKey, ComponentKind, MetadataDelta};
pub use dashboard::{Component, Dashboard, DashboardRecord, GridMode};
pub use derived::{ACTIVITY_TABLE, REPEATED_COLUMNS, party_row_id, party_rows};
pub use form::{
    CardPart, Cell, Control, ControlKind, CustomControl, DisplayConditions, Form, FormColumn, FormFactor,
    FormKind, FormParameter, FormRow, LabelPosition, RelatedItem, Section, Tab,
};
pub use id::{
    AppName, ChartId, ColumnName, EntryId, FormId, IdProblem, ProcessId, RowId, RowVersion, StageId,
    TableName, ViewId,
};
pub use journal::{Command, CommandName, EntryState, JournalEntry, ParkReason, RemovedPart};
pub use label::{Label, Language};
pub use metadata::{
    AppRecord, Depth, FiscalCalendar, FiscalPeriod, FormRecord, Metadata, OrganizationSettings, Privileges,
    Right, TableRights, UserProfile, ViewRecord,
};
pub use parameters::{LookupFilter, LookupSearch, Subgrid, Timeline};
pub use process::{
    Branch, BranchTest, Process, ProcessRecord, Stage, StageCategory, StageRelationship, Step, StepKind,
};
pub use row::{Columns, Row};
pub use sentence::Sentence;
pub use sink::{RowSink, ValueRef};
pub use sitemap::{Area, Group, SiteMap, SubArea, SubAreaTarget};
pub use table::{
    Cascade, Cascades, ManyToMany, Mapping, Ownership, Relationship, State, StatusReason, Table, TableSource,
};
pub use time::{Date, TimeZone, Timestamp, ZoneChange};
pub use value::{Party, Reference, Value};
pub use view::{LayoutCell, View, ViewKind};
pub use xml::{
    parse_chart, parse_command_set, parse_dashboard, parse_form, parse_process, parse_site_map, parse_view,
};

/// Exact decimal number used for money, decimals and rates.
pub use rust_decimal::Decimal;

/// Something in a definition that could not be used, kept so that an administrator can see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// What is wrong, in words an administrator understands.
    pub what: Sentence,
    /// Where: the path of XML elements, or the table and column.
    pub place: String,
    /// What is done instead ("the cell is left out", "shown as text").
    pub instead: Sentence,
}

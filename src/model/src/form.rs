//! A form as FormXML describes it, read into values that a screen can draw.

use crate::{ColumnName, FormId, Label, TableName};
use serde::{Deserialize, Serialize};

/// A form of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The form's id.
    pub id: FormId,
    /// Its table.
    pub table: TableName,
    /// Its name.
    pub name: Label,
    /// Main, quick create, quick view, card.
    pub kind: FormKind,
    /// The fields of the header (four are shown).
    pub header: Vec<Cell>,
    /// The tabs in order.
    pub tabs: Vec<Tab>,
}

/// What a form is for (`systemform.type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FormKind {
    /// 2
    Main,
    /// 6
    QuickView,
    /// 7
    QuickCreate,
    /// 11
    Card,
    /// Any other number.
    Other(i32),
}

/// A tab of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// The name scripts and links use.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// False when hidden until a rule shows it.
    pub visible: bool,
    /// False when left out on phones.
    pub on_phone: bool,
    /// One to three columns side by side.
    pub columns: Vec<FormColumn>,
}

/// A column of a tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormColumn {
    /// Share of the tab's width in percent.
    pub width_percent: u8,
    /// The sections from top to bottom.
    pub sections: Vec<Section>,
}

/// A section: a titled block of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The name scripts and rules use.
    pub name: String,
    /// What people read.
    pub label: Label,
    /// True when the label is drawn.
    pub show_label: bool,
    /// False when hidden until a rule shows it.
    pub visible: bool,
    /// False when left out on phones.
    pub on_phone: bool,
    /// Cells side by side, 1 to 4.
    pub columns: u8,
    /// The rows of cells.
    pub rows: Vec<FormRow>,
}

/// A row of cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormRow {
    /// The cells from left to right.
    pub cells: Vec<Cell>,
}

/// A cell with or without a control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The label given on the form; empty means the column's own.
    pub label: Label,
    /// True when a label is drawn.
    pub show_label: bool,
    /// False when hidden until a rule shows it.
    pub visible: bool,
    /// False when left out on phones.
    pub on_phone: bool,
    /// Cells it takes in width.
    pub column_span: u8,
    /// Rows it takes in height.
    pub row_span: u8,
    /// What is drawn; nothing in a spacer.
    pub control: Option<Control>,
}

/// A control bound to a column, or a subgrid, timeline, quick view and the like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// The control's id in the form.
    pub id: String,
    /// What it is, from the class id.
    pub kind: ControlKind,
    /// The column it shows.
    pub column: Option<ColumnName>,
    /// True when it cannot be edited on this form.
    pub disabled: bool,
    /// True when the form insists on it beyond the column's own requirement.
    pub required: bool,
    /// Parameters by name (`ViewId`, `RelationshipName`, `TargetEntityType`, `QuickForms`, …).
    pub parameters: Vec<(String, String)>,
}

/// The kinds of control that class ids name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the name of a Dataverse control class")]
pub enum ControlKind {
    Text,
    Memo,
    Email,
    Url,
    Phone,
    Ticker,
    Integer,
    Duration,
    Language,
    TimeZone,
    Decimal,
    Float,
    Money,
    BooleanRadio,
    BooleanCheckbox,
    Choice,
    StatusReason,
    Choices,
    Lookup,
    PartyList,
    Regarding,
    DateTime,
    Subgrid,
    QuickView,
    Timeline,
    WebResource,
    IFrame,
    Map,
    Timer,
    EmailBody,
    File,
    Image,
    PowerBi,
    /// A class id that is not in the list: drawn by the column's type.
    Unknown,
}

impl Control {
    /// The value of a parameter, its name compared without case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Form {
    /// Every cell: header first, then tab by tab.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let body = self.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|column| &column.sections);
        self.header.iter().chain(body.flat_map(|section| &section.rows).flat_map(|row| &row.cells))
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: crate::Language) {
        self.name.keep(language);
        self.header.iter_mut().for_each(|cell| cell.label.keep(language));
        for tab in &mut self.tabs {
            tab.label.keep(language);
            for section in tab.columns.iter_mut().flat_map(|column| &mut column.sections) {
                section.label.keep(language);
                for cell in section.rows.iter_mut().flat_map(|row| &mut row.cells) {
                    cell.label.keep(language);
                }
            }
        }
    }
}

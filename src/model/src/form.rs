//! A form as FormXML describes it, read into values that a screen can draw.

use crate::{ColumnName, FormId, Label, Language, TableName};
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
    /// The fields of the footer.
    #[serde(default)]
    pub footer: Vec<Cell>,
    /// The entries of the Related menu.
    #[serde(default)]
    pub related: Vec<RelatedItem>,
    /// Who gets the form, and how far up in the choice of forms.
    #[serde(default)]
    pub display: DisplayConditions,
    /// What an address may hand to the form.
    #[serde(default)]
    pub parameters: Vec<FormParameter>,
    /// Columns fetched with the row though they are not drawn.
    #[serde(default)]
    pub hidden_columns: Vec<ColumnName>,
    /// The form it was made from.
    #[serde(default)]
    pub ancestor: Option<FormId>,
}

/// An entry of the Related menu (`NavBarByRelationshipItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedItem {
    /// Its id in the form.
    pub id: String,
    /// The relationship whose rows it leads to.
    pub relationship: String,
    /// What people read; empty means the plural label of the related table.
    pub label: Label,
    /// The area of the menu (`Sales`, `Service`, `Info`).
    pub area: String,
    /// False when the entry is taken out of the menu.
    pub visible: bool,
    /// Its place in the area, where one is given.
    pub sequence: Option<u32>,
}

/// Who gets a form or dashboard (`DisplayConditions`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayConditions {
    /// Its place among the forms: smaller comes first; none comes last.
    pub order: Option<u32>,
    /// True for the form given to people whom no form is meant for.
    pub fallback: bool,
    /// True when everybody gets it.
    pub everyone: bool,
    /// Ids or names of the security roles that get it.
    pub roles: Vec<String>,
}

impl Default for DisplayConditions {
    /// Everybody gets it.
    fn default() -> Self {
        Self { order: None, fallback: true, everyone: true, roles: Vec::new() }
    }
}

impl DisplayConditions {
    /// True when a user with these roles, by id or name, gets the form.
    #[must_use]
    pub fn admits<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> bool {
        self.everyone
            || roles.into_iter().any(|role| self.roles.iter().any(|known| known.eq_ignore_ascii_case(role)))
    }
}

/// What an address may hand to a form (`querystringparameter`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormParameter {
    /// The name in the address.
    pub name: String,
    /// Its type (`SafeString`, `UniqueId`, `Integer`, …).
    pub kind: String,
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

/// The parts of a card form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardPart {
    /// One choice that colours the card's edge.
    ColorStrip,
    /// The first line.
    Header,
    /// The lines below.
    Details,
    /// The last line.
    Footer,
}

impl CardPart {
    /// The name of its section.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Self::ColorStrip => "ColorStrip",
            Self::Header => "CardHeader",
            Self::Details => "CardDetails",
            Self::Footer => "CardFooter",
        }
    }
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
    /// False when the tab's label is not drawn.
    #[serde(default = "yes")]
    pub show_label: bool,
    /// False when the tab is folded at first.
    #[serde(default = "yes")]
    pub expanded: bool,
    /// One to three columns side by side.
    pub columns: Vec<FormColumn>,
}

const fn yes() -> bool {
    true
}

impl Default for Tab {
    fn default() -> Self {
        Self {
            name: String::new(),
            label: Label::default(),
            visible: true,
            on_phone: true,
            show_label: true,
            expanded: true,
            columns: Vec::new(),
        }
    }
}

impl Tab {
    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        self.label.keep(language);
        for section in self.columns.iter_mut().flat_map(|column| &mut column.sections) {
            section.label.keep(language);
            for cell in section.rows.iter_mut().flat_map(|row| &mut row.cells) {
                cell.label.keep(language);
            }
        }
    }
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
    /// Where the labels of its cells stand.
    #[serde(default)]
    pub label_position: LabelPosition,
    /// How wide a label beside its control is, in CSS pixels.
    #[serde(default)]
    pub label_width_pixels: Option<u16>,
    /// The rows of cells.
    pub rows: Vec<FormRow>,
}

/// Where the label of a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LabelPosition {
    /// As there is room.
    #[default]
    Auto,
    /// Above the control.
    Top,
    /// Beside it.
    Left,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            name: String::new(),
            label: Label::default(),
            show_label: true,
            visible: true,
            on_phone: true,
            columns: 1,
            label_position: LabelPosition::Auto,
            label_width_pixels: None,
            rows: Vec::new(),
        }
    }
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
    /// True for a cell that keeps its place empty.
    #[serde(default)]
    pub spacer: bool,
    /// True when makers of other solutions may not move or remove it.
    #[serde(default)]
    pub locked: bool,
    /// What is drawn; nothing in a spacer.
    pub control: Option<Control>,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            label: Label::default(),
            show_label: true,
            visible: true,
            on_phone: true,
            column_span: 1,
            row_span: 1,
            spacer: false,
            locked: false,
            control: None,
        }
    }
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
    /// Controls that replace it, by form factor.
    #[serde(default)]
    pub custom: Vec<CustomControl>,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: ControlKind::Unknown,
            column: None,
            disabled: false,
            required: false,
            parameters: Vec::new(),
            custom: Vec::new(),
        }
    }
}

/// A control that replaces the one of the class id (`customControl`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomControl {
    /// Where it does; none means everywhere.
    pub form_factor: Option<FormFactor>,
    /// Its name (`MscrmControls.FieldControls.RatingControl`), or its id.
    pub name: String,
    /// Parameters by name.
    pub parameters: Vec<(String, String)>,
}

/// The kind of screen a custom control is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FormFactor {
    /// 2, and 0 in older forms: a browser on a large screen.
    Web,
    /// 1
    Tablet,
    /// 0 beside 1 and 2: a phone.
    Phone,
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
    /// A form with these tabs and nothing else.
    #[must_use]
    pub fn new(id: FormId, table: TableName, kind: FormKind, tabs: Vec<Tab>) -> Self {
        Self {
            id,
            table,
            name: Label::default(),
            kind,
            header: Vec::new(),
            tabs,
            footer: Vec::new(),
            related: Vec::new(),
            display: DisplayConditions::default(),
            parameters: Vec::new(),
            hidden_columns: Vec::new(),
            ancestor: None,
        }
    }

    /// Every cell: header first, then tab by tab, the footer last.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let body = self.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|column| &column.sections);
        let body = body.flat_map(|section| &section.rows).flat_map(|row| &row.cells);
        self.header.iter().chain(body).chain(&self.footer)
    }

    /// A part of a card form, found by the name of its section.
    #[must_use]
    pub fn card_part(&self, part: CardPart) -> Option<&Section> {
        let mut sections = self.tabs.iter().flat_map(|tab| &tab.columns).flat_map(|column| &column.sections);
        sections.find(|section| section.name.eq_ignore_ascii_case(part.section()))
    }

    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        self.name.keep(language);
        self.header.iter_mut().chain(&mut self.footer).for_each(|cell| cell.label.keep(language));
        self.related.iter_mut().for_each(|item| item.label.keep(language));
        self.tabs.iter_mut().for_each(|tab| tab.keep_language(language));
    }
}

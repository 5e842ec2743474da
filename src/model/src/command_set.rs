//! The buttons of a command bar as definitions: where they stand, what they are called and what they run.

use crate::{AppName, CommandName, Label, Language, TableName};
use serde::{Deserialize, Serialize};

/// Commands as they are kept: the `appaction` elements of a solution export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandSetRecord {
    /// What names the set: the table, or the unique name of a command that stands alone.
    pub name: String,
    /// The table whose commands they are; none for those of every table.
    pub table: Option<TableName>,
    /// One `<appaction>`, or several in `<appactions>`; or the JSON of such rows.
    pub definition: String,
}

/// The commands of a table, or those of every table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommandSet {
    /// What names the set.
    pub name: String,
    /// The table; none for those of every table.
    pub table: Option<TableName>,
    /// The commands by sequence.
    pub buttons: Vec<CommandButton>,
}

/// One button, menu or group of a command bar (`appaction`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandButton {
    /// `uniquename`
    pub id: String,
    /// The app it is for; none for every app.
    pub app: Option<AppName>,
    /// The table it is for; none for every table.
    pub table: Option<TableName>,
    /// Where it stands.
    pub location: CommandLocation,
    /// Button, menu, group.
    pub kind: CommandButtonKind,
    /// The menu or group it stands in.
    pub parent: Option<String>,
    /// Its place: smaller stands further to the left.
    pub sequence: f64,
    /// True when it is not drawn.
    pub hidden: bool,
    /// True when it is drawn but cannot be used.
    pub disabled: bool,
    /// What people read.
    pub label: Label,
    /// The title of its tooltip.
    pub tooltip: Label,
    /// The text of its tooltip.
    pub description: Label,
    /// What a screen reader says, where that is not the label.
    pub accessibility: Label,
    /// The icon's name, without the `$clientsvg:` before it.
    pub icon: String,
    /// What it runs.
    pub action: CommandAction,
    /// True when a formula decides whether it is seen; such formulas are not evaluated.
    pub has_visibility_formula: bool,
}

/// Where a command stands (`appaction.location`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CommandLocation {
    /// 0
    #[default]
    Form,
    /// 1
    MainGrid,
    /// 2
    SubGrid,
    /// 3
    AssociatedGrid,
    /// 4
    QuickForm,
    /// 5
    GlobalHeader,
    /// 6
    Dashboard,
}

impl CommandLocation {
    /// The location of an option's number.
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::Form,
            1 => Self::MainGrid,
            2 => Self::SubGrid,
            3 => Self::AssociatedGrid,
            4 => Self::QuickForm,
            5 => Self::GlobalHeader,
            6 => Self::Dashboard,
            _ => return None,
        })
    }
}

/// What a command looks like (`appaction.type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CommandButtonKind {
    /// 0
    #[default]
    Button,
    /// 1: opens a menu.
    Dropdown,
    /// 2: runs, and opens a menu beside it.
    Split,
    /// 3: a titled part of a menu.
    Group,
}

impl CommandButtonKind {
    /// The kind of an option's number.
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Self::Button,
            1 => Self::Dropdown,
            2 => Self::Split,
            3 => Self::Group,
            _ => return None,
        })
    }
}

/// What a command runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandAction {
    /// Nothing: a menu or group.
    #[default]
    None,
    /// A command of this app (`close-as-won`).
    Command(CommandName),
    /// A function of a script; scripts are not run here.
    Script {
        /// The web resource.
        library: String,
        /// The function.
        function: String,
    },
    /// A Power Fx formula; formulas are not run here.
    Formula {
        /// The function in its component library.
        function: String,
    },
}

impl CommandSet {
    /// Keeps only the labels of one language: what is sent to a screen.
    pub fn keep_language(&mut self, language: Language) {
        for button in &mut self.buttons {
            button.label.keep(language);
            button.tooltip.keep(language);
            button.description.keep(language);
            button.accessibility.keep(language);
        }
    }
}
